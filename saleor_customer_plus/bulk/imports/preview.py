"""What an import would do, counted and shown before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ...consent.models import ConsentState
from ...jobs.models import BulkJob
from .consents import Count
from .options import ImportOptions
from .person import Reason
from .planner import Planned, RowOutcome
from .preview_changes import changes_of
from .problems import WITHHELD, Refused, is_passed

ROWS_SHOWN = 20

# Not `created` and so on: those count what was done.
_COUNTER = {
    RowOutcome.CREATED: "to_create",
    RowOutcome.UPDATED: "to_update",
    RowOutcome.UNCHANGED: "to_leave",
    RowOutcome.SKIPPED: "to_skip",
    RowOutcome.REFUSED: "to_refuse",
}
ACCOUNTS = "accounts_to_open"
_WARNED = "to_warn"
# Of the counters of a preview, those that are of consents.
_CONSENTS = {count: f"to_{count}" for count in Count}


def of_chunk(planned: Sequence[Planned], refused: Sequence[Refused]) -> tuple[Counter[str], dict[str, Any]]:
    """The counters of a chunk, and what it tells: how often each field changes, and the warnings."""
    counted = Counter(_COUNTER[one.outcome] for one in planned)
    counted.update("to_skip" if is_passed(reasons) else "to_refuse" for _, _, reasons in refused)
    counted.update(_WARNED for one in planned if any(one.warnings))
    counted.update({_CONSENTS[name]: number for name, number in consents_of(planned).items()})
    fields = Counter(name for one in planned if one.outcome is RowOutcome.UPDATED for name in one.changed)
    return counted, {"fields": fields, "warnings": warnings_of(planned)}


def first_rows(
    planned: Sequence[Planned], refused: Sequence[Refused], options: ImportOptions, *, several_groups: bool
) -> list[dict[str, Any]]:
    """The first rows of the file, with what each changes of its record, or why it is refused."""
    numbers = sorted([*(one.person.row for one in planned), *(number for number, _cells, _reasons in refused)])
    wanted = set(numbers[:ROWS_SHOWN])
    shown = [one for one in planned if one.person.row in wanted]
    changes = changes_of(shown, options, several_groups=several_groups)
    rows = [{**_shown(one), "changes": changes.get(one.record_id, [])} for one in shown]
    rows += [_refused(number, reasons) for number, _cells, reasons in refused if number in wanted]
    return sorted(rows, key=lambda row: int(row["row"]))


def consents_of(planned: Sequence[Planned]) -> Counter[Count]:
    """How many consents these rows grant and withdraw, and how many they would grant against a withdrawal."""
    counted = Counter[Count]()
    for one in planned:
        if one.outcome in (RowOutcome.CREATED, RowOutcome.UPDATED):
            counted.update(
                Count.SUBSCRIBED if consent.state is ConsentState.SUBSCRIBED else Count.UNSUBSCRIBED
                for consent in one.consents
            )
        if one.suppressed:
            counted[Count.SUPPRESSED] += 1
        withheld = sum(reason.code == WITHHELD for reason in one.reasons)
        if withheld:
            counted[Count.WITHHELD] += withheld
    return counted


def warnings_of(planned: Sequence[Planned]) -> list[list[Any]]:
    """How often each column has a warning of each code: header, key of ours, code, number."""
    counted = Counter((one.header, one.column, one.code) for person in planned for one in person.warnings)
    return [[*about, number] for about, number in sorted(counted.items())]


def sum_of_warnings(parts: Iterable[Iterable[Sequence[Any]]]) -> list[dict[str, Any]]:
    """The warnings of several chunks, the most frequent first."""
    counted = Counter[tuple[str, str, str]]()
    for part in parts:
        for header, column, code, number in part:
            counted[header, column, code] += number
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [
        {"header": header, "column": column, "code": code, "count": number}
        for (header, column, code), number in ordered
    ]


def _shown(one: Planned) -> dict[str, Any]:
    """A row as it will be stored."""
    values = {name: _plain(value) for name, value in one.values.items()}
    values |= {key: value.json for key, value in one.own.items()}
    beside: dict[str, Any] = {"tags": list(one.person.tags), "groups": list(one.person.groups), **one.person.account}
    return {
        "row": one.person.row,
        "outcome": one.outcome.value,
        "values": {"email": one.person.email, **values, **{name: value for name, value in beside.items() if value}},
        "changed": sorted(one.changed),
        "reasons": [reason.to_json() for reason in one.reasons],
    }


def _refused(number: int, reasons: Sequence[Reason]) -> dict[str, Any]:
    """A row of which nothing is stored. What is wrong names its cells."""
    outcome = RowOutcome.SKIPPED if is_passed(reasons) else RowOutcome.REFUSED
    return {
        "row": number,
        "outcome": outcome.value,
        "values": {},
        "changed": [],
        "changes": [],
        "reasons": [reason.to_json() for reason in reasons],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def preview_of(job: BulkJob) -> dict[str, Any]:
    """The preview: exact counts, how many records each field changes of, and the first rows.

    If accounts are asked for, also how many would be opened.
    """
    counts, fields, rows, warnings = Counter[str](), Counter[str](), [], []
    previewed = job.chunks.filter(phase="preview").order_by("number").values_list("counters", "spec")
    for counters, spec in previewed.iterator():
        counts.update(counters)
        fields.update(spec["shown"]["fields"])
        rows += spec["shown"].get("rows", [])
        warnings.append(spec["shown"]["warnings"])
    preview: dict[str, Any] = {
        "counts": {**{name: counts[name] for name in _COUNTER.values()}, "with_warnings": counts[_WARNED]},
        "changed_fields": dict(fields),
        "rows": rows,
        "warnings": sum_of_warnings(warnings),
    }
    if any(counts[name] for name in _CONSENTS.values()):
        preview["consents"] = {count.value: counts[name] for count, name in _CONSENTS.items()}
    return {**preview, "accounts": counts[ACCOUNTS]} if job.options.get("make_accounts") else preview
