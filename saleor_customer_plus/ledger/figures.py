"""The figures of each record in each currency: the one writer of `CustomerFigures`."""

from __future__ import annotations

from ..core import sql
from .currencies import decimals_sql
from .models import CustomerFigures, LedgerEntry

_FIGURES = ["order_count", "total_gross", "net_of_refunds", "average_gross", "first_order_at", "last_order_at"]


def write_figures(ids: list[int]) -> int:
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
