"""Everything of a record that follows from its ledger: figures, stage, dates, details.

It is computed afresh from the ledger's rows (and from what the account said last) and written where it differs, for
any number of records in a constant number of statements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .. import sql
from ..activity.actions import Entry, append
from ..activity.models import ActivityType, CauseType
from ..records.details import FIELDS, Details, changed_fields, merge
from ..records.models import CustomerRecord, Source, Stage
from ..settings import CustomerPlusSettings
from .models import CustomerFigures, LedgerEntry

_FIGURES = ["order_count", "total_gross", "net_of_refunds", "average_gross", "first_order_at", "last_order_at"]

# What a refresh may write to a record, with the types that JSON does not tell.
_WRITTEN = {
    **dict.fromkeys(FIELDS, "text"),
    "provenance": "jsonb",
    "suggestions": "jsonb",
    "stage": "text",
    "sources": "varchar[]",
    "created_at": "timestamptz",
    "customer_since": "timestamptz",
    "order_count": "integer",
    "last_order_at": "timestamptz",
    "latest_order_id": "uuid",
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
    sql.rows(
        sql.fill(
            "SELECT id FROM {records} WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE",
            records=sql.table(CustomerRecord),
            ids=ids,
        )
    )
    figures_corrected = _write_figures(ids)
    changes = [change for row in _read(ids) if (change := _Change.of(row, settings)).differs]
    _write_records(changes)
    append(entry for change in changes for entry in change.activity())
    return RefreshResult(figures_corrected=figures_corrected, records_corrected=len(changes))


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
                    round(sum(total_gross) / count(*), 3) AS average_gross,
                    min(placed_at) AS first_order_at,
                    max(placed_at) AS last_order_at
                FROM {ledger}
                WHERE record_id = ANY({ids}) AND counts
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
            columns=sql.columns(_FIGURES),
            excluded=sql.columns(_FIGURES, prefix="EXCLUDED"),
            existing=sql.columns(_FIGURES, prefix="f"),
            ids=ids,
        )
    )
    return int(written + gone)


def _read(ids: list[int]) -> list[Any]:
    """Each record as it is, and what its orders and its account say of it."""
    return sql.rows(
        sql.fill(
            """
            WITH candidate AS (
                SELECT e.record_id, f.field, f.value, 'ORDER' AS source, e.order_id::text AS origin,
                    e.placed_at AS at, e.counts AS firm
                FROM {ledger} e CROSS JOIN LATERAL (VALUES {order_details}) AS f(field, value)
                WHERE e.record_id = ANY({ids}) AND f.value <> ''
                UNION ALL
                SELECT r.id, a.key, a.value ->> 'value', 'ACCOUNT', r.account_id::text,
                    (a.value ->> 'at')::timestamptz, true
                FROM {records} r CROSS JOIN LATERAL jsonb_each(r.account_details -> 'fields') AS a
                WHERE r.id = ANY({ids}) AND r.account_id IS NOT NULL AND a.value ->> 'value' <> ''
            ), newest AS (
                SELECT DISTINCT ON (record_id, field) * FROM candidate
                ORDER BY record_id, field, firm DESC, at DESC, origin DESC
            ), details AS (
                SELECT record_id, jsonb_object_agg(field, jsonb_build_object(
                    'value', value, 'source', source, 'origin', origin,
                    'at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                )) AS newest
                FROM newest GROUP BY record_id
            ), orders AS (
                SELECT record_id,
                    count(*) FILTER (WHERE counts) AS order_count,
                    min(placed_at) AS first_seen_at,
                    min(placed_at) FILTER (WHERE counts) AS first_order_at,
                    max(placed_at) FILTER (WHERE counts) AS last_order_at,
                    (array_agg(order_id ORDER BY placed_at DESC, order_number DESC) FILTER (WHERE counts))[1]
                        AS latest_order_id
                FROM {ledger} WHERE record_id = ANY({ids}) GROUP BY record_id
            )
            SELECT r.id, r.account_id, r.locked_fields, {written},
                (r.account_details ->> 'joined_at')::timestamptz AS joined_at,
                coalesce(d.newest, '{}') AS newest,
                ARRAY(
                    SELECT p.key FROM jsonb_each(r.provenance) p
                    WHERE p.value ->> 'source' = 'ORDER' AND NOT EXISTS (
                        SELECT FROM {ledger} e
                        WHERE e.order_id = (p.value ->> 'origin')::uuid AND e.record_id = r.id
                    )
                ) AS orphaned,
                o.record_id IS NOT NULL AS has_orders,
                coalesce(o.order_count, 0) AS orders_now,
                o.first_seen_at, o.first_order_at, o.last_order_at AS last_order_now,
                o.latest_order_id AS latest_order_now
            FROM {records} r
            LEFT JOIN details d ON d.record_id = r.id
            LEFT JOIN orders o ON o.record_id = r.id
            WHERE r.id = ANY({ids})
            """,
            ledger=sql.table(LedgerEntry),
            records=sql.table(CustomerRecord),
            order_details=sql.Sql(", ".join(f"('{name}', e.{name})" for name in FIELDS)),
            written=sql.columns(_WRITTEN, prefix="r"),
            ids=ids,
        )
    )


@dataclass(slots=True)
class _Change:
    """What a refresh makes of one record."""

    row: Any
    before: Details
    after: Details
    values: dict[str, Any]

    @classmethod
    def of(cls, row: Any, settings: CustomerPlusSettings) -> _Change:
        before = Details(
            {name: getattr(row, name) for name in FIELDS},
            sql.from_json(row.provenance),
            sql.from_json(row.suggestions),
        )
        after = before
        if settings.sync_details:
            after = merge(before, newest=sql.from_json(row.newest), locked=row.locked_fields, orphaned=row.orphaned)
        is_customer = row.stage == Stage.CUSTOMER or row.orders_now > 0 or row.account_id is not None
        sources = set(row.sources) | ({Source.ORDER.value} if row.has_orders else set())
        values = {
            **after.values,
            "provenance": after.provenance,
            "suggestions": after.suggestions,
            "stage": Stage.CUSTOMER.value if is_customer else row.stage,
            "sources": row.sources if sources == set(row.sources) else sorted(sources),
            "created_at": _earliest(row.created_at, row.joined_at, row.first_seen_at),
            "customer_since": _earliest(row.joined_at if is_customer else None, row.first_order_at)
            or row.customer_since,
            "order_count": row.orders_now,
            "last_order_at": row.last_order_now,
            "latest_order_id": row.latest_order_now,
        }
        return cls(row, before, after, values)

    @property
    def differs(self) -> bool:
        as_it_is = {name: getattr(self.row, name) for name in self.values}
        as_it_is["provenance"], as_it_is["suggestions"] = self.before.provenance, self.before.suggestions
        return as_it_is != self.values

    def activity(self) -> Iterator[Entry]:
        if told := changed_fields(self.before, self.after):
            yield Entry(self.row.id, ActivityType.DETAILS_SYNCED, **told, **self._cause(told["after"]))
        if suggested := {
            name: candidate["value"]
            for name, candidate in self.after.suggestions.items()
            if candidate != self.before.suggestions.get(name)
        }:
            yield Entry(self.row.id, ActivityType.DETAILS_SUGGESTED, after=suggested)
        if self.values["stage"] != self.row.stage:
            order_id = self.row.latest_order_now
            yield Entry(
                self.row.id,
                ActivityType.STAGE_CHANGED,
                before={"stage": self.row.stage},
                after={"stage": self.values["stage"]},
                cause_type=CauseType.ORDER if order_id else CauseType.ACCOUNT,
                cause_id=str(order_id or self.row.account_id),
            )

    def _cause(self, names: Iterable[str]) -> dict[str, Any]:
        """What brought these details, where it was one thing."""
        origins = {(known["source"], known["origin"]) for name in names if (known := self.after.provenance.get(name))}
        if len(origins) != 1:
            return {}
        ((source, origin),) = origins
        return {"cause_type": source, "cause_id": origin}


def _earliest(*moments: Any) -> Any:
    return min((moment for moment in moments if moment is not None), default=None)


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
            changes=sql.to_json([{"id": change.row.id, **change.values} for change in changes]),
        )
    )
