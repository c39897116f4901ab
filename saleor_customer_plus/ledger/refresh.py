"""Everything of a record that follows from its ledger: figures, stage, dates, details.

It is computed afresh from the ledger's rows (and from what the account said last) and written where it differs, for
any number of records in a constant number of statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..activity.models import ActivityType, CauseType
from ..activity.services import Entry, append
from ..core import sql
from ..core.set_aside.models import RowKind
from ..core.set_aside.services import carefully
from ..records.addresses import ADDRESS, LINES, WHOLE, source_of
from ..records.details import FIELDS, Candidate, Details, Provenance, changed_fields, merge
from ..records.locks import hold_records
from ..records.models import CustomerRecord, Source, Stage
from ..settings import CustomerPlusSettings
from .acquisition import write_acquisitions
from .currencies import decimals_sql
from .models import CustomerFigures, LedgerEntry

_FIGURES = ["order_count", "total_gross", "net_of_refunds", "average_gross", "first_order_at", "last_order_at"]

# What follows from the ledger beside the details, with the type of the column and how it is computed: `r` is the
# record, `o` what its orders add up to, `a` when its account joined.
_SUMMARY = {
    "stage": ("text", "CASE WHEN {is_customer} THEN {customer} ELSE r.stage END"),
    "sources": (
        "varchar[]",
        "CASE WHEN o.record_id IS NULL OR {order} = ANY(r.sources) THEN r.sources"
        " ELSE array_append(r.sources, {order}::varchar) END",
    ),
    "created_at": ("timestamptz", "least(r.created_at, a.joined_at, o.first_seen_at)"),
    "customer_since": (
        "timestamptz",
        "coalesce(least(CASE WHEN {is_customer} THEN a.joined_at END, o.first_order_at), r.customer_since)",
    ),
    "order_count": ("integer", "coalesce(o.order_count, 0)"),
    "last_order_at": ("timestamptz", "o.last_order_at"),
    "latest_order_id": ("uuid", "o.latest_order_id"),
}
_IS_CUSTOMER = sql.fill(
    "(r.stage = {customer} OR o.order_count > 0 OR r.account_id IS NOT NULL)", customer=Stage.CUSTOMER.value
)

# What orders and the account say, each of them as one value: the address as a JSON array of its fields. What is said of
# the country by itself, in `country_code`, counts only where nothing says a whole address.
_SAID = (*(name for name in FIELDS if name not in ADDRESS), "country_code", WHOLE)

# What a refresh writes to a record, with the types that JSON does not have.
_WRITTEN = {
    **dict.fromkeys(FIELDS, "text"),
    "provenance": "jsonb",
    "suggestions": "jsonb",
    **{name: type for name, (type, _) in _SUMMARY.items()},
}


@dataclass(slots=True)
class RefreshResult:
    """How many records, and how many of their figures in a currency, were not what the ledger says."""

    figures_corrected: int = 0
    records_corrected: int = 0


def refresh_records(record_ids: Collection[int], settings: CustomerPlusSettings) -> RefreshResult:
    """Recompute these records from their ledger rows. Call it in the transaction that wrote the ledger."""
    ids = sorted(record_ids)
    if not ids:
        return RefreshResult()
    # Whoever adds to the same record meanwhile waits here, and then computes with our rows as well as its own: the
    # statements that follow see everything that was committed before them.
    hold_records(ids)
    figures_corrected = _write_figures(ids)
    write_acquisitions(ids)
    changes = [change for row in _read_differing(ids) if (change := _Change.of(row, settings)).differs]
    _write_records(changes)
    append(entry for change in changes for entry in change.activity())
    return RefreshResult(figures_corrected=figures_corrected, records_corrected=len(changes))


def refresh_carefully(record_ids: Collection[int], settings: CustomerPlusSettings) -> RefreshResult:
    """The same for work of others: a record whose figures or details cannot be stored does not stop that work."""
    done = carefully(lambda run: run(RowKind.RECORD, sorted(record_ids), lambda part: refresh_records(part, settings)))
    return RefreshResult(
        figures_corrected=sum(result.figures_corrected for result in done),
        records_corrected=sum(result.records_corrected for result in done),
    )


def _write_figures(ids: list[int]) -> int:
    """The figures of each record in each currency, in one statement. Return how many differed."""
    ((written, gone),) = sql.rows(
        sql.fill(
            """
            WITH wanted AS (
                SELECT record_id, currency,
                    count(*) AS order_count,
                    sum(total_gross) AS total_gross,
                    sum(greatest(total_gross - total_refunded, 0)) AS net_of_refunds,
                    round(sum(total_gross) / count(*), {decimals}) AS average_gross,
                    min(placed_at) AS first_order_at,
                    max(placed_at) AS last_order_at
                -- OFFSET 0: record by record, also while the ledger has no statistics. Else all of it may be read.
                FROM unnest({ids}) AS w(id)
                CROSS JOIN LATERAL (SELECT * FROM {ledger} e WHERE e.record_id = w.id AND e.counts OFFSET 0) e
                GROUP BY record_id, currency
            ), written AS (
                INSERT INTO {figures} AS f (record_id, currency, {columns})
                SELECT record_id, currency, {columns} FROM wanted
                ON CONFLICT (record_id, currency) DO UPDATE SET ({columns}) = ROW({excluded})
                WHERE ROW({existing}) IS DISTINCT FROM ROW({excluded})
                RETURNING 1
            ), gone AS (
                DELETE FROM {figures} f
                WHERE f.record_id = ANY({ids}) AND NOT EXISTS (
                    SELECT FROM wanted w WHERE w.record_id = f.record_id AND w.currency = f.currency
                )
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM written) AS written, (SELECT count(*) FROM gone) AS gone
            """,
            ledger=sql.table(LedgerEntry),
            figures=sql.table(CustomerFigures),
            decimals=sql.Sql(decimals_sql("currency")),  # half away from zero
            columns=sql.columns(_FIGURES),
            excluded=sql.columns(_FIGURES, prefix="EXCLUDED"),
            existing=sql.columns(_FIGURES, prefix="f"),
            ids=ids,
        )
    )
    return int(written + gone)


# To find the newest of several values by a mere `max`, each is written as a text that sorts as the values are to win:
#     1  2024-05-01T12:00:00.000000Z  O  3f0c...  Anna          (without the blanks between)
# A digit: 1 for what the account or an order that counts says, 0 for other orders. The time, 27 characters. O for an
# order, A for the account. Its id, 36 characters, padded with blanks. Then the value. So there is no sort, and no more
# memory for a person with fifty thousand orders than for one with two.
_AT, _KIND, _ORIGIN, _VALUE = slice(1, 28), 28, slice(29, 65), slice(65, None)
_TIME = """to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _read_differing(ids: list[int]) -> list[Any]:
    """Of these records, those that are not what their orders and their account say, with what these say.

    A record with locked fields, or with a value that came from somewhere else, is always among them: the rules of
    `records.details` decide. For all the others PostgreSQL compares.
    """
    summary = {
        name: sql.fill(
            expression,
            is_customer=_IS_CUSTOMER,
            customer=Stage.CUSTOMER.value,
            order=Source.ORDER.value,
        )
        for name, (_, expression) in _SUMMARY.items()
    }
    return sql.rows(
        sql.fill(
            """
            WITH orders AS (
                SELECT e.record_id,
                    count(*) FILTER (WHERE e.counts) AS order_count,
                    min(e.placed_at) AS first_seen_at,
                    min(e.placed_at) FILTER (WHERE e.counts) AS first_order_at,
                    max(e.placed_at) FILTER (WHERE e.counts) AS last_order_at,
                    substr(max(k.key) FILTER (WHERE e.counts), 30, 36)::uuid AS latest_order_id,
                    {newest_of_orders}
                FROM unnest({ids}) AS w(id)
                -- OFFSET 0: as for the figures
                CROSS JOIN LATERAL (SELECT * FROM {ledger} e WHERE e.record_id = w.id OFFSET 0) e
                CROSS JOIN LATERAL (
                    SELECT (e.counts::int || {order_time} || 'O' || e.order_id) COLLATE "C" AS key
                    OFFSET 0  -- once for each order, and not again for each use
                ) k
                GROUP BY e.record_id
            ), compared AS MATERIALIZED (  -- for the same reason
                SELECT r.id, r.locked_fields, r.provenance, r.suggestions, {current}, {summary}, {newest}
                FROM {records} r
                LEFT JOIN orders o ON o.record_id = r.id
                CROSS JOIN LATERAL (
                    SELECT (r.account_details ->> 'joined_at')::timestamptz AS joined_at,
                        -- also of an account that is gone: a detail does not go with it
                        r.account_details -> 'fields' AS fields, r.account_details ->> 'account_id' AS id
                ) a
                WHERE r.id = ANY({ids})
            )
            SELECT c.id, c.locked_fields, c.provenance, c.suggestions, {details}, {summary_as_text},
                r.stage, r.account_id,
                ROW({summary_before}) IS DISTINCT FROM ROW({summary_after}) AS summary_differs,
                ARRAY(
                    SELECT p.key FROM jsonb_each(c.provenance) p
                    WHERE p.value ->> 'source' = 'ORDER' AND NOT EXISTS (
                        SELECT FROM {ledger} e
                        WHERE e.order_id = (p.value ->> 'origin')::uuid AND e.record_id = c.id
                    )
                ) AS orphaned
            FROM compared c JOIN {records} r ON r.id = c.id
            WHERE ROW({summary_before}) IS DISTINCT FROM ROW({summary_after})
                OR c.locked_fields <> '{}' OR c.suggestions <> '{}' OR NOT ({in_line})
            """,
            ledger=sql.table(LedgerEntry),
            records=sql.table(CustomerRecord),
            order_time=sql.Sql(_TIME.format(moment="e.placed_at")),
            newest_of_orders=_listed(
                f"max(k.key || {_value_of(name, 'e')}) FILTER (WHERE {_is_said(name, 'e')}) AS {name}" for name in _SAID
            ),
            current=_listed(f"r.{name}" for name in FIELDS),
            summary=_listed(sql.fill("{value} AS now_" + name, value=value) for name, value in summary.items()),
            newest=_listed(_newest(name) for name in _SAID),
            details=_listed([f"c.{name}" for name in FIELDS] + [f"c.newest_{name}" for name in _SAID]),
            # As text, because it only goes back to where it comes from.
            summary_as_text=_listed(f"c.now_{name}::text" for name in _SUMMARY),
            summary_before=_listed(f"r.{name}" for name in _SUMMARY),
            summary_after=_listed(f"c.now_{name}" for name in _SUMMARY),
            in_line=sql.Sql(" AND ".join(_is_in_line(name) for name in _SAID)),
            ids=ids,
        )
    )


def _value_of(name: str, row: str) -> str:
    """One detail of a row as it is compared."""
    return f"jsonb_build_array({_fields_of(row, ADDRESS)})::text" if name == WHOLE else f"{row}.{name}"


def _is_said(name: str, row: str) -> str:
    has_lines = f"({_fields_of(row, LINES, ' || ')}) <> ''"
    if name == WHOLE:
        return has_lines
    return f"{row}.{name} <> ''" + (f" AND NOT ({has_lines})" if name in ADDRESS else "")


def _fields_of(row: str, names: Iterable[str], separator: str = ", ") -> str:
    return separator.join(f"{row}.{name}" for name in names)


def _newest(name: str) -> str:
    """The newest of what the orders and the account say of one detail."""
    said = f"a.fields -> '{name}'"
    time = _TIME.format(moment=f"({said} ->> 'at')::timestamptz")
    return f"""greatest(
        o.{name},
        CASE WHEN {said} ->> 'value' <> '' THEN
            ('1' || {time} || 'A' || rpad(a.id, 36) || ({said} ->> 'value')) COLLATE "C"
        END
    ) AS newest_{name}"""


def _is_in_line(name: str) -> str:
    known, newest = f"c.provenance -> '{name}'", f"c.newest_{name}"
    if name in ADDRESS:  # the country by itself
        newest = f"CASE WHEN c.newest_{WHOLE} IS NULL THEN {newest} END"
    return f"""(CASE
        WHEN {newest} IS NULL THEN {known} IS NULL
        ELSE {_value_of(name, "c")} = substr({newest}, 66) AND {known} ->> 'at' = substr({newest}, 2, 27)
            AND {known} ->> 'origin' = rtrim(substr({newest}, 30, 36))
    END) IS TRUE"""


def _listed(parts: Iterable[str | sql.Sql]) -> sql.Sql:
    pieces = [part if isinstance(part, sql.Sql) else sql.Sql(part) for part in parts]
    return sql.Sql(
        ", ".join(piece.text for piece in pieces), tuple(param for piece in pieces for param in piece.params)
    )


def _candidate(newest: str) -> Candidate:
    return {
        "value": newest[_VALUE],
        "source": (Source.ACCOUNT if newest[_KIND] == "A" else Source.ORDER).value,
        "origin": newest[_ORIGIN].rstrip(),
        "at": newest[_AT],
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
        newest = {name: _candidate(said) for name in _SAID if (said := getattr(row, f"newest_{name}")) is not None}
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
            **{name: getattr(self.row, f"now_{name}") for name in _SUMMARY},
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
