"""New and returning customers by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ...core import sql
from .scope import Buyers, Months, Scope, rows


@dataclass(slots=True)
class MonthReport:
    """Who bought in a month: those whose first order is of this month, and those who had bought before."""

    month: date
    new: Buyers = field(default_factory=Buyers)
    returning: Buyers = field(default_factory=Buyers)


def new_and_returning(scope: Scope, months: Months) -> list[MonthReport]:
    """A row for each month, also where nobody bought. One statement.

    The first order is the first of those that the report is about. All orders of its month are a new customer's.
    """
    query = sql.fill(
        """
        WITH firsts AS MATERIALIZED (
            SELECT record_id, width_bucket(first_at, {bounds}) AS month FROM ({firsts}) f
        )
        SELECT month, true AS is_new, NULL AS currency, count(*) AS number, NULL::numeric AS total
        FROM firsts WHERE month BETWEEN 1 AND {last} GROUP BY 1
        UNION ALL
        SELECT o.later, false, NULL, count(*), NULL
        FROM (SELECT DISTINCT record_id, later FROM ({orders}) o) o
            JOIN firsts f ON f.record_id = o.record_id AND f.month < o.later
        GROUP BY 1
        UNION ALL
        SELECT o.later, f.month = o.later, o.currency, count(*), sum(o.total_gross)
        FROM ({orders}) o JOIN firsts f USING (record_id) GROUP BY 1, 2, 3
        """,
        bounds=scope.bounds(months),
        firsts=scope.firsts,
        orders=scope.orders(months),
        last=len(months),
    )
    reports = [MonthReport(month) for month in months]
    for row in rows(query):
        report = reports[row.month - 1]
        (report.new if row.is_new else report.returning).add(row)
    return reports
