"""Computing what is kept of insights, set-wise: first the thresholds of all currencies, then range by range of records.

Only rows that differ are written: a second computation of the same orders writes none.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import pairwise

from django.db.models import Q

from ..core import sql
from ..ledger.models import LAST_TIME, CustomerFigures, LedgerEntry
from . import rfm
from .models import CurrencyInsight, CustomerInsight

_COLUMNS = (
    "recency_score",
    "frequency_score",
    "monetary_score",
    "rfm_group",
    "median_days_between_orders",
    "next_order_expected_at",
)
_THRESHOLDS = ("customers", "recency_thresholds", "frequency_thresholds", "monetary_thresholds", "time_zone")
# Beyond the ids of all records.
_END = 2**62


def ranges(size: int) -> list[tuple[int, int]]:
    """Ranges of ids that have all records, with figures of about so many of them in each."""
    cuts = sql.rows(
        sql.fill(
            """
            SELECT DISTINCT record_id FROM (
                SELECT record_id, row_number() OVER (ORDER BY record_id) AS place FROM {figures}
            ) f
            WHERE place %% {size} = 0 ORDER BY record_id
            """,
            figures=sql.table(CustomerFigures),
            size=size,
        )
    )
    return list(pairwise([0, *(cut.record_id for cut in cuts), _END]))


def write_thresholds(time_zone: str) -> None:
    """Compare the customers of each currency, and keep where a higher score begins."""
    sql.run(
        sql.fill(
            """
            WITH customers AS (
                SELECT currency, count(*)::integer AS customers FROM {figures} GROUP BY currency
            ), recency AS (
                SELECT currency, {recency} AS thresholds FROM (
                    SELECT currency, value, sum(number) OVER (PARTITION BY currency) AS customers,
                        sum(number) OVER (PARTITION BY currency ORDER BY value DESC) - number AS better
                    FROM (
                        SELECT currency, (last_order_at AT TIME ZONE {zone}::text)::date AS value, count(*) AS number
                        FROM {figures} GROUP BY 1, 2
                    ) v
                ) v GROUP BY currency
            ), frequency AS ({frequency}), monetary AS ({monetary}), written AS (
                INSERT INTO {currencies} AS c (currency, {columns})
                SELECT currency, n.customers, r.thresholds, f.thresholds, m.thresholds, {zone}
                FROM customers n JOIN recency r USING (currency) JOIN frequency f USING (currency)
                    JOIN monetary m USING (currency)
                ORDER BY currency
                ON CONFLICT (currency) DO UPDATE SET ({columns}) = ROW({excluded})
            )
            DELETE FROM {currencies} c WHERE NOT EXISTS (SELECT FROM customers n WHERE n.currency = c.currency)
            """,
            figures=sql.table(CustomerFigures),
            currencies=sql.table(CurrencyInsight),
            recency=rfm.thresholds_sql(f"better * {rfm.SCORES} < ({rfm.SCORES} - {{fifth}}) * customers"),
            frequency=_thresholds_of("order_count"),
            monetary=_thresholds_of("net_of_refunds"),
            columns=sql.columns(_THRESHOLDS),
            excluded=sql.columns(_THRESHOLDS, prefix="EXCLUDED"),
            zone=time_zone,
        )
    )


def _thresholds_of(measure: str) -> sql.Sql:
    """Of a measure in which more is better."""
    return sql.fill(
        """
        SELECT currency, {thresholds} AS thresholds FROM (
            SELECT currency, value, sum(number) OVER (PARTITION BY currency) AS customers,
                sum(number) OVER (PARTITION BY currency ORDER BY value) - number AS worse
            FROM (SELECT currency, {measure} AS value, count(*) AS number FROM {figures} GROUP BY 1, 2) v
        ) v GROUP BY currency
        """,
        thresholds=rfm.thresholds_sql(f"worse * {rfm.SCORES} >= {{fifth}} * customers"),
        measure=sql.Sql(measure),
        figures=sql.table(CustomerFigures),
    )


def write_records(lower: int, upper: int, time_zone: str) -> Counter[str]:
    """Write the insights of the records with ids from `lower` to before `upper`, where they differ, in one statement.

    A currency that came after the thresholds were written waits for the next computation.
    """
    (counted,) = sql.rows(
        sql.fill(
            """
            WITH figures AS (
                SELECT f.* FROM {figures} f WHERE f.record_id >= {lower} AND f.record_id < {upper}
            ), days AS (
                SELECT DISTINCT e.record_id, e.currency, (e.placed_at AT TIME ZONE {zone}::text)::date AS day
                FROM {ledger} e JOIN figures f ON f.record_id = e.record_id AND f.currency = e.currency
                WHERE e.record_id >= {lower} AND e.record_id < {upper} AND e.counts AND f.order_count > 1
            ), gaps AS (
                SELECT record_id, currency, day - lag(day) OVER (PARTITION BY record_id, currency ORDER BY day) AS gap
                FROM days
            ), rhythm AS (
                SELECT record_id, currency,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)::numeric(9, 1) AS median_days
                FROM gaps WHERE gap IS NOT NULL GROUP BY record_id, currency
            ), scored AS (
                SELECT f.record_id, f.currency, f.last_order_at, r.median_days,
                    {recency} AS recency, {frequency} AS frequency, {monetary} AS monetary
                FROM figures f JOIN {currencies} c USING (currency) LEFT JOIN rhythm r USING (record_id, currency)
            ), wanted AS (
                SELECT record_id, currency, recency AS recency_score, frequency AS frequency_score,
                    monetary AS monetary_score, {group} AS rfm_group, median_days AS median_days_between_orders,
                    CASE WHEN median_days * interval '24 hours' < {end} - last_order_at
                        THEN last_order_at + median_days * interval '24 hours' END AS next_order_expected_at
                FROM scored
            ), written AS (
                INSERT INTO {insights} AS i (record_id, currency, {columns})
                SELECT w.record_id, w.currency, {of_wanted} FROM wanted w
                -- Those that are as they should be are not even locked.
                WHERE NOT EXISTS (
                    SELECT FROM {insights} k WHERE k.record_id = w.record_id AND k.currency = w.currency
                        AND ROW({kept}) IS NOT DISTINCT FROM ROW({of_wanted})
                )
                ORDER BY w.record_id, w.currency
                ON CONFLICT (record_id, currency) DO UPDATE SET ({columns}) = ROW({excluded})
                RETURNING (xmax = 0) AS is_new
            ), gone AS (
                DELETE FROM {insights} i
                WHERE i.record_id >= {lower} AND i.record_id < {upper} AND NOT EXISTS (
                    SELECT FROM wanted w WHERE w.record_id = i.record_id AND w.currency = i.currency
                )
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM wanted) AS read, (SELECT count(*) FROM written WHERE is_new) AS created,
                (SELECT count(*) FROM written WHERE NOT is_new) AS updated, (SELECT count(*) FROM gone) AS removed
            """,
            figures=sql.table(CustomerFigures),
            ledger=sql.table(LedgerEntry),
            currencies=sql.table(CurrencyInsight),
            insights=sql.table(CustomerInsight),
            recency=rfm.score_sql("(f.last_order_at AT TIME ZONE c.time_zone)::date", "c.recency_thresholds"),
            frequency=rfm.score_sql("f.order_count", "c.frequency_thresholds"),
            monetary=rfm.score_sql("f.net_of_refunds", "c.monetary_thresholds"),
            group=rfm.group_sql("recency", "frequency", "monetary"),
            columns=sql.columns(_COLUMNS),
            of_wanted=sql.columns(_COLUMNS, prefix="w"),
            kept=sql.columns(_COLUMNS, prefix="k"),
            excluded=sql.columns(_COLUMNS, prefix="EXCLUDED"),
            zone=time_zone,
            end=LAST_TIME,
            lower=lower,
            upper=upper,
        )
    )
    found = Counter(counted._asdict())
    found["unchanged"] = found["read"] - found["created"] - found["updated"]
    return found


def finish(computed_at: datetime) -> None:
    """Tell of what is kept now that it is of this moment, unless it is of a later one: an older job was retried."""
    known = CurrencyInsight.objects.filter(Q(computed_at=None) | Q(computed_at__lt=computed_at))
    known.update(computed_at=computed_at)
