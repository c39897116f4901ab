"""What an import would do, counted and shown before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..models import BulkJob
from .plan import Fate, Planned
from .problems import Refused, is_passed

ROWS_SHOWN = 20

# Not `created` and so on: those count what was done.
_COUNTER = {
    Fate.CREATED: "to_create",
    Fate.UPDATED: "to_update",
    Fate.UNCHANGED: "to_leave",
    Fate.SKIPPED: "to_skip",
    Fate.INVALID: "to_refuse",
}
ACCOUNTS = "accounts_to_open"


def of_chunk(
    planned: Sequence[Planned], refused: Sequence[Refused], *, is_first: bool
) -> tuple[Counter[str], dict[str, Any]]:
    """The counters of a chunk, and what it tells: how often each field changes, and the first rows of the file."""
    counted = Counter(_COUNTER[one.fate] for one in planned)
    counted.update("to_skip" if is_passed(reasons) else "to_refuse" for _, _, reasons in refused)
    fields = Counter(name for one in planned if one.fate is Fate.UPDATED for name in one.changed)
    told: dict[str, Any] = {"fields": fields}
    if is_first:
        told["rows"] = [_shown(one) for one in planned[:ROWS_SHOWN]]
    return counted, told


def _shown(one: Planned) -> dict[str, Any]:
    """A row as it will be stored."""
    values = {name: _plain(value) for name, value in one.values.items()}
    beside: dict[str, Any] = {"tags": list(one.person.tags), "groups": list(one.person.groups)}
    return {
        "row": one.person.row,
        "fate": one.fate.value,
        "values": {"email": one.person.email, **values, **{name: value for name, value in beside.items() if value}},
        "changed": sorted(one.changed),
        "reasons": [reason.to_json() for reason in one.reasons],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def of_job(job: BulkJob) -> dict[str, Any]:
    """The preview: exact counts, how many records each field changes of, and the first rows.

    If accounts are asked for, also how many would be opened.
    """
    counts, fields, rows = Counter[str](), Counter[str](), []
    previewed = job.chunks.filter(phase="preview").order_by("number").values_list("counters", "spec")
    for counters, spec in previewed.iterator():
        counts.update(counters)
        fields.update(spec["told"]["fields"])
        rows += spec["told"].get("rows", [])
    told = {"counts": {name: counts[name] for name in _COUNTER.values()}, "changed_fields": dict(fields), "rows": rows}
    return {**told, "accounts": counts[ACCOUNTS]} if job.options.get("makes_accounts") else told
