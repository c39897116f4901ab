"""Records whose details or dates are not what their orders and their account say, and what the rules make of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..activity.models import ActivityType, CauseType
from ..activity.services import Entry, append
from ..core import sql
from ..records.addresses import ADDRESS, WHOLE, source_of
from ..records.details import FIELDS, Candidate, Details, Provenance, changed_fields, merge
from ..records.models import CustomerRecord, Source
from ..settings import CustomerPlusSettings
from .models import LedgerEntry
from .said import AT, KIND, ORIGIN, SAID, SUMMARY, SUMMARY_DIFFERS, VALUE, compared, is_in_line, listed

# What a refresh writes to a record, with the types that JSON does not have.
_WRITTEN = {
    **dict.fromkeys(FIELDS, "text"),
    "provenance": "jsonb",
    "suggestions": "jsonb",
    **{name: type for name, (type, _) in SUMMARY.items()},
}


def correct_records(ids: list[int], settings: CustomerPlusSettings) -> int:
    """Bring what differs in line, and log it. Return how many records did. Call it while they are held."""
    changes = [change for row in _read_differing(ids) if (change := _Change.of(row, settings)).differs]
    _write_records(changes)
    append(entry for change in changes for entry in change.activity())
    return len(changes)


def _read_differing(ids: list[int]) -> list[Any]:
    """Of these records, those that are not what their orders and their account say, with what these say.

    A record with locked fields, or with a value that came from somewhere else, is always among them: the rules of
    `records.details` decide. For all the others PostgreSQL compares.
    """
    if not ids:
        return []
    return sql.rows(
        sql.fill(
            """
            WITH {compared}
            SELECT c.id, c.locked_fields, c.provenance, c.suggestions, {details}, {summary_as_text},
                r.stage, r.account_id,
                {summary_differs} AS summary_differs,
                ARRAY(
                    SELECT p.key FROM jsonb_each(c.provenance) p
                    WHERE p.value ->> 'source' = 'ORDER' AND NOT EXISTS (
                        SELECT FROM {ledger} e
                        WHERE e.order_id = (p.value ->> 'origin')::uuid AND e.record_id = c.id
                    )
                ) AS orphaned
            FROM compared c JOIN {records} r ON r.id = c.id
            WHERE {summary_differs}
                OR c.locked_fields <> '{}' OR c.suggestions <> '{}' OR NOT ({in_line})
            """,
            compared=compared(ids),
            ledger=sql.table(LedgerEntry),
            records=sql.table(CustomerRecord),
            details=listed([f"c.{name}" for name in FIELDS] + [f"c.newest_{name}" for name in SAID]),
            # As text, because it only goes back to where it comes from.
            summary_as_text=listed(f"c.now_{name}::text" for name in SUMMARY),
            summary_differs=SUMMARY_DIFFERS,
            in_line=sql.Sql(" AND ".join(is_in_line(name) for name in SAID)),
        )
    )


def _candidate(newest: str) -> Candidate:
    return {
        "value": newest[VALUE],
        "source": (Source.ACCOUNT if newest[KIND] == "A" else Source.ORDER).value,
        "origin": newest[ORIGIN].rstrip(),
        "at": newest[AT],
    }


@dataclass(slots=True)
class _Change:
    """What a refresh makes of one record."""

    row: Any
    before: Details
    after: Details

    @classmethod
    def of(cls, row: Any, settings: CustomerPlusSettings) -> _Change:
        before = Details(
            {name: getattr(row, name) for name in FIELDS},
            sql.from_json(row.provenance),
            sql.from_json(row.suggestions),
        )
        if not settings.sync_details:
            return cls(row, before, before)
        newest = {name: _candidate(said) for name in SAID if (said := getattr(row, f"newest_{name}")) is not None}
        if (address := newest.pop(WHOLE, None)) is not None:
            lines: list[str] = sql.from_json(address["value"])
            newest |= {name: {**address, "value": value} for name, value in zip(ADDRESS, lines, strict=True)}
        return cls(row, before, merge(before, newest=newest, locked=row.locked_fields, orphaned=row.orphaned))

    @property
    def differs(self) -> bool:
        return self.before != self.after or self.row.summary_differs

    @property
    def values(self) -> dict[str, Any]:
        return {
            "id": self.row.id,
            **self.after.values,
            "provenance": self.after.provenance,
            "suggestions": self.after.suggestions,
            **{name: getattr(self.row, f"now_{name}") for name in SUMMARY},
        }

    def activity(self) -> Iterator[Entry]:
        if changes := changed_fields(self.before, self.after):
            # One entry for each order and account that brought something, so that who sees it sees what it brought.
            for cause, names in _by_cause({name: source_of(self.after.provenance, name) for name in changes["after"]}):
                before, after = ({name: changes[side][name] for name in names} for side in ("before", "after"))
                yield Entry(self.row.id, ActivityType.DETAILS_SYNCED, before=before, after=after, **cause)
        suggested = {
            name: candidate
            for name, candidate in self.after.suggestions.items()
            if candidate != self.before.suggestions.get(name) and not candidate.get("dismissed")
        }
        for cause, names in _by_cause(suggested):
            values = {name: suggested[name]["value"] for name in names}
            yield Entry(self.row.id, ActivityType.DETAILS_SUGGESTED, after=values, **cause)
        if self.row.now_stage != self.row.stage:
            order_id, account_id = self.row.now_latest_order_id, self.row.account_id
            yield Entry(
                self.row.id,
                ActivityType.STAGE_CHANGED,
                before={"stage": self.row.stage},
                after={"stage": self.row.now_stage},
                cause_type=CauseType.ORDER if order_id else CauseType.ACCOUNT,
                cause_id=str(order_id or account_id),
            )


def _by_cause(sources: Mapping[str, Provenance | None]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """What brought these details, as the log has it, with the names of those that it brought."""
    names: dict[tuple[str, str] | None, list[str]] = defaultdict(list)
    for name, known in sources.items():
        names[(known["source"], known["origin"]) if known else None].append(name)
    for cause, brought in names.items():
        yield {"cause_type": cause[0], "cause_id": cause[1]} if cause else {}, brought


def _write_records(changes: list[_Change]) -> None:
    if not changes:
        return
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET ({columns}) = ROW({values}), modified_at = now()
            FROM jsonb_to_recordset({changes}::jsonb) AS v(id bigint, {types})
            WHERE r.id = v.id
            """,
            records=sql.table(CustomerRecord),
            columns=sql.columns(_WRITTEN),
            values=sql.columns(_WRITTEN, prefix="v"),
            types=sql.Sql(", ".join(f"{name} {type}" for name, type in _WRITTEN.items())),
            changes=sql.to_json([change.values for change in changes]),
        )
    )
