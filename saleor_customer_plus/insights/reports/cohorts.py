"""Retention: of the customers whose first order is of one month, how many bought again in each later one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ...core import sql
from ...ledger.catalogue import product_names
from ...ledger.models import CustomerAcquisition, LedgerEntry, LedgerLine
from .scope import Buyers, Months, Scope, rows


class Dimension(StrEnum):
    """What cohorts can be divided by: something of the customer's first order."""

    COUNTRY = "COUNTRY"
    CHANNEL = "CHANNEL"
    PRODUCT = "PRODUCT"
    SOURCE = "SOURCE"


# The value of each, for a row `e` of the ledger that is a customer's first, or for what is joined to it.
_VALUES = {
    Dimension.COUNTRY: "e.country_code",
    Dimension.CHANNEL: "e.channel_slug",
    Dimension.PRODUCT: "(SELECT l.product_id FROM {lines} l WHERE l.entry_id = e.id AND l.product_id IS NOT NULL "
    "ORDER BY l.total_gross DESC, l.line_id LIMIT 1)",
    # What is kept of a person is of the first order of all: whoever does not see its channel gets nothing.
    Dimension.SOURCE: "(SELECT lower(a.source) FROM {acquisitions} a WHERE a.record_id = e.record_id AND {is_seen})",
}


@dataclass(slots=True)
class Cohort:
    """The customers whose first order is of one month, and what they bought in each month from then on."""

    months: list[date]
    buyers: list[Buyers]

    @property
    def month(self) -> date:
        return self.months[0]

    @property
    def customers(self) -> int:
        return self.buyers[0].customers

    def retention(self, number: int) -> float | None:
        """The share of the cohort that bought so many months after the first order."""
        return self.buyers[number].customers / self.customers if self.customers else None


@dataclass(slots=True)
class CohortGroup:
    """The cohorts of those whose first order has one value of a dimension.

    The value is blank where the order has none. Of a product it is the key, and `label` what it is called. `is_rest` is
    the group of all that are not among the largest values.
    """

    value: str
    cohorts: list[Cohort]
    is_rest: bool = False
    by: Dimension | None = None
    label: str = ""

    @property
    def customers(self) -> int:
        return sum(cohort.customers for cohort in self.cohorts)


def cohorts(scope: Scope, months: Months, by: Dimension | None = None, values: int = 10) -> list[CohortGroup]:
    """The cohorts of these months, each until the last of them. One statement, and one more for the names of products.

    Without a dimension there is one group. With one, there are the `values` with most customers, the largest first,
    and the rest.
    """
    query = sql.fill(
        """
        WITH firsts AS MATERIALIZED (
            SELECT record_id, month, value FROM (
                SELECT record_id, width_bucket(first_at, {bounds}) AS month, value FROM ({first_orders}) f
            ) f WHERE month BETWEEN 1 AND {last}
        ), places AS (
            SELECT value, row_number() OVER (ORDER BY count(*) DESC, value) AS place FROM firsts GROUP BY value
        ), members AS MATERIALIZED (
            SELECT f.record_id, f.month, least(p.place, {values} + 1) AS place,
                CASE WHEN p.place <= {values} THEN value ELSE '' END AS value
            FROM firsts f JOIN places p USING (value)
        )
        SELECT place, value, month, later, NULL AS currency, count(*) AS number, NULL::numeric AS total
        FROM (SELECT DISTINCT record_id, later FROM ({orders}) o) o JOIN members USING (record_id) GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT place, value, month, later, currency, count(*), sum(total_gross)
        FROM ({orders}) o JOIN members USING (record_id) GROUP BY 1, 2, 3, 4, 5
        """,
        bounds=scope.bounds(months),
        first_orders=_first_orders(scope, by),
        orders=scope.orders(months),
        values=values,
        last=len(months),
    )
    groups: dict[int, CohortGroup] = {} if by else {1: CohortGroup("", [])}
    cells: dict[tuple[int, int, int], Buyers] = defaultdict(Buyers)
    for row in rows(query):
        groups.setdefault(row.place, CohortGroup(row.value, [], row.place > values, by))
        cells[row.place, row.month, row.later].add(row)
    all_months = list(months)
    for place, group in groups.items():
        group.cohorts = [
            Cohort(all_months[number - 1 :], [cells[place, number, later] for later in range(number, len(months) + 1)])
            for number in range(1, len(months) + 1)
        ]
    if by is Dimension.PRODUCT:
        _name_products(groups.values())
    return [groups[place] for place in sorted(groups)]


def _name_products(groups: Collection[CohortGroup]) -> None:
    names = product_names({int(group.value) for group in groups if group.value}, {})
    for group in groups:
        group.label = names.get(int(group.value), "") if group.value else ""


def _first_orders(scope: Scope, by: Dimension | None) -> sql.Sql:
    """The first order of each customer: `record_id`, `first_at` and the `value` of the dimension."""
    if by is None:
        return sql.fill("SELECT f.*, ''::text AS value FROM ({firsts}) f", firsts=scope.firsts)
    seen = (
        sql.Sql("true") if scope.channels is None else sql.fill("a.channel_id = ANY({ids})", ids=sorted(scope.channels))
    )
    value = sql.fill(
        _VALUES[by], lines=sql.table(LedgerLine), acquisitions=sql.table(CustomerAcquisition), is_seen=seen
    )
    return sql.fill(
        """
        SELECT e.record_id, e.placed_at AS first_at, coalesce({value}::text, '') AS value
        FROM (
            SELECT DISTINCT ON (e.record_id) e.* FROM {ledger} e WHERE {condition}
            ORDER BY e.record_id, e.placed_at, e.id
        ) e
        """,
        value=value,
        ledger=sql.table(LedgerEntry),
        condition=scope.condition,
    )
