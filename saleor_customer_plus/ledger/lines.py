"""From the lines of Saleor's orders to ours: the one writer of `LedgerLine`.

`ledger.sync` calls it in the transaction in which it wrote the orders' own rows, and after them: what it wrote stays
locked, so two workers never write the lines of one order at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from ..core import sql
from . import order_source
from .models import LedgerEntry, LedgerLine

_OF_ENTRY = ("record_id", "channel_id", "currency", "placed_at")
_OF_LINE = ("product_id", "variant_id", "quantity", "total_gross")
_WRITTEN = (*_OF_ENTRY, *_OF_LINE)
_COLUMNS = ("entry_id", "line_id", *_WRITTEN)


@dataclass(slots=True)
class LinesResult:
    """The rows of the ledger whose lines were corrected, and the records that these are of."""

    entry_ids: set[int] = field(default_factory=set)
    record_ids: set[int] = field(default_factory=set)


def sync_lines(where: Q) -> LinesResult:
    """Bring the lines of these orders up to date, in one statement. Nothing is written where they are so already.

    The rows of the ledger must have been written before, in the same transaction.
    """
    (done,) = sql.rows(
        sql.fill(
            """
            WITH entries AS MATERIALIZED (
                SELECT e.id, e.order_id, e.order_updated_at, {of_entry},
                    e.counts AND e.record_id IS NOT NULL AS is_listed
                FROM ({orders}) o
                -- OFFSET 0: one by one, also while a table has no statistics (see `ledger.order_statement`).
                CROSS JOIN LATERAL (SELECT * FROM {ledger} e WHERE e.order_id = o.order_id OFFSET 0) e
            ), differing AS MATERIALIZED (
                SELECT e.id AS entry_id, e.order_updated_at, d.*
                FROM entries e CROSS JOIN LATERAL (
                    SELECT old.id AS old_id, {of_old}, {of_entry}, s.line_id, s.quantity, s.total_gross,
                        -- Saleor forgets which variant it was once that is deleted. We do not.
                        CASE WHEN s.variant_id IS NULL THEN old.product_id ELSE s.product_id END AS product_id,
                        CASE WHEN s.variant_id IS NULL THEN old.variant_id ELSE s.variant_id END AS variant_id
                    FROM (SELECT * FROM ({lines}) s WHERE s.order_id = e.order_id AND e.is_listed OFFSET 0) s
                    FULL JOIN (SELECT * FROM {table} k WHERE k.entry_id = e.id OFFSET 0) old
                        ON old.line_id = s.line_id
                    OFFSET 0
                ) d
                WHERE d.line_id IS NULL OR ROW({now}) IS DISTINCT FROM ROW({before})
            ), held AS MATERIALIZED (
                SELECT d.* FROM differing d CROSS JOIN LATERAL (
                    -- The order's row was not written, only its lines are to be. Whoever writes it at this moment
                    -- writes its lines, too; and whoever did since we looked has read more than we have.
                    SELECT FROM {ledger} e
                    WHERE e.id = d.entry_id AND e.order_updated_at = d.order_updated_at
                        AND ROW({of_entry}) IS NOT DISTINCT FROM ROW({of_difference})
                    FOR NO KEY UPDATE SKIP LOCKED
                ) e
            ), gone AS (
                DELETE FROM {table} k WHERE k.id = ANY(ARRAY(SELECT old_id FROM held WHERE line_id IS NULL))
            ), written AS (
                INSERT INTO {table} AS k ({columns}) SELECT {columns} FROM held WHERE line_id IS NOT NULL
                ORDER BY entry_id, line_id
                ON CONFLICT (entry_id, line_id) DO UPDATE SET ({written}) = ROW({excluded})
            )
            SELECT array_agg(DISTINCT entry_id) AS entry_ids,
                array_remove(array_agg(DISTINCT record_id), NULL) AS record_ids
            FROM held
            """,
            orders=order_source.ids(where),
            lines=order_source.lines(),
            ledger=sql.table(LedgerEntry),
            table=sql.table(LedgerLine),
            of_entry=sql.columns(_OF_ENTRY, prefix="e"),
            of_difference=sql.columns(_OF_ENTRY, prefix="d"),
            of_old=sql.Sql(", ".join(f"old.{name} AS old_{name}" for name in _WRITTEN)),
            now=sql.columns(_WRITTEN, prefix="d"),
            before=sql.Sql(", ".join(f"d.old_{name}" for name in _WRITTEN)),
            columns=sql.columns(_COLUMNS),
            written=sql.columns(_WRITTEN),
            excluded=sql.columns(_WRITTEN, prefix="EXCLUDED"),
        )
    )
    return LinesResult(set(done.entry_ids or ()), set(done.record_ids or ()))


def add_lines(entry_ids: Collection[int]) -> None:
    """Write the lines of rows of the ledger that were made just before, in the same transaction.

    Nobody else sees these rows yet, so there is nothing to compare with and nobody to wait for. One statement.
    """
    sql.run(
        sql.fill(
            """
            INSERT INTO {table} ({columns})
            SELECT e.id, s.line_id, {of_entry}, {of_line}
            FROM unnest({ids}) AS made(id)
            -- OFFSET 0: one by one, also while a table has no statistics (see `ledger.order_statement`).
            CROSS JOIN LATERAL (
                SELECT * FROM {ledger} e WHERE e.id = made.id AND e.counts AND e.record_id IS NOT NULL OFFSET 0
            ) e
            CROSS JOIN LATERAL (SELECT * FROM ({lines}) s WHERE s.order_id = e.order_id OFFSET 0) s
            ORDER BY e.id, s.line_id
            """,
            table=sql.table(LedgerLine),
            ledger=sql.table(LedgerEntry),
            lines=order_source.lines(),
            columns=sql.columns(_COLUMNS),
            of_entry=sql.columns(_OF_ENTRY, prefix="e"),
            of_line=sql.columns(_OF_LINE, prefix="s"),
            ids=sorted(entry_ids),
        )
    )


def release_lines(record_ids: Collection[int]) -> None:
    """Forget what these people bought. Call it while nobody else attributes orders (`records.locks.own_identities`)."""
    LedgerLine.objects.filter(sql.is_any("record_id", record_ids)).delete()


def hand_over_lines(record_ids: Collection[int], to: int) -> None:
    """Let what these people bought be of the record that they are merged into. Call it by `ledger.owners.hand_over`."""
    LedgerLine.objects.filter(sql.is_any("record_id", record_ids)).update(record_id=to)


def hand_back_lines(entry_ids: Collection[int]) -> None:
    """Let the lines of these rows of the ledger be of whom the rows are of by now."""
    if entry_ids:
        sql.run(
            sql.fill(
                """
                UPDATE {table} k SET record_id = e.record_id FROM {ledger} e
                WHERE e.id = ANY({ids}) AND k.entry_id = e.id
                """,
                table=sql.table(LedgerLine),
                ledger=sql.table(LedgerEntry),
                ids=list(entry_ids),
            )
        )


def remove_lines(entry_ids: Collection[int]) -> None:
    """Delete the lines of rows of the ledger that were deleted just before, in the same transaction."""
    if entry_ids:
        LedgerLine.objects.filter(sql.is_any("entry_id", entry_ids)).delete()
