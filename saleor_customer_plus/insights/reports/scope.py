"""Which orders a report is about, and the calendar of its months."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from ...core import sql
from ...ledger.models import CustomerFigures, LedgerEntry
from ...saleor_adapter.staff import Channels


class Amount(NamedTuple):
    """An amount in one currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which orders that count a report is about: of these channels, and in this currency, where they are given."""

    time_zone: str = "UTC"
    channels: Channels = None
    currency: str | None = None

    @property
    def condition(self) -> sql.Sql:
        """About a row `e` of the ledger."""
        condition = sql.Sql("e.counts AND e.record_id IS NOT NULL")
        if self.channels is not None:
            condition = sql.fill("{a} AND e.channel_id = ANY({ids})", a=condition, ids=sorted(self.channels))
        if self.currency is not None:
            condition = sql.fill("{a} AND e.currency = {currency}", a=condition, currency=self.currency)
        return condition

    @property
    def firsts(self) -> sql.Sql:
        """`record_id`, and when the first of these orders was placed as `first_at`."""
        if self.channels is not None:
            return sql.fill(
                "SELECT e.record_id, min(e.placed_at) AS first_at FROM {ledger} e WHERE {condition} GROUP BY 1",
                ledger=sql.table(LedgerEntry),
                condition=self.condition,
            )
        return sql.fill(
            "SELECT record_id, min(first_order_at) AS first_at FROM {figures} WHERE {condition} GROUP BY 1",
            figures=sql.table(CustomerFigures),
            condition=sql.Sql("true") if self.currency is None else sql.fill("currency = {c}", c=self.currency),
        )

    def bounds(self, months: Months) -> sql.Sql:
        """The moments at which these months begin and the last one ends: an array, which is computed once.

        `width_bucket` finds the number of a month by it, from 1, without a calendar for each order.
        """
        return sql.fill(
            "(SELECT array_agg(day::timestamp AT TIME ZONE {zone}::text ORDER BY day) FROM unnest({days}::date[]) day)",
            zone=self.time_zone,
            days=[*months, months.end],
        )

    def orders(self, months: Months) -> sql.Sql:
        """The orders of these months: `record_id`, `currency`, `total_gross` and the number of the month, `later`.

        What is read is in the index `customer_plus_ledger_channel`, which is much smaller than the ledger itself.
        """
        return sql.fill(
            """
            SELECT record_id, currency, total_gross, later FROM (
                SELECT e.record_id, e.currency, e.total_gross, width_bucket(e.placed_at, {bounds}) AS later
                FROM {ledger} e WHERE {condition}
            ) e WHERE later BETWEEN 1 AND {number}
            """,
            bounds=self.bounds(months),
            ledger=sql.table(LedgerEntry),
            condition=self.condition,
            number=len(months),
        )


@dataclass(frozen=True, slots=True)
class Months:
    """Consecutive months, each named by its first day."""

    first: date
    last: date

    @classmethod
    def until(cls, last: date, number: int) -> Months:
        """So many months, of which this is the last."""
        return cls(add_months(last, 1 - number), last)

    @property
    def end(self) -> date:
        return add_months(self.last, 1)

    def __iter__(self) -> Iterator[date]:
        return (add_months(self.first, number) for number in range(len(self)))

    def __len__(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def add_months(month: date, number: int) -> date:
    """The month so many months later.

    >>> add_months(date(2026, 1, 1), -2)
    datetime.date(2025, 11, 1)
    """
    months = month.year * 12 + month.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


def month_of(moment: datetime, time_zone: str) -> date:
    """The month, in this time zone, that a moment is in."""
    return moment.astimezone(ZoneInfo(time_zone)).date().replace(day=1)


@dataclass(slots=True)
class Buyers:
    """Customers, how many orders they placed, and what they spent, by currency."""

    customers: int = 0
    orders: int = 0
    spent: dict[str, Decimal] = field(default_factory=dict)

    @property
    def amounts(self) -> list[Amount]:
        return [Amount(amount, currency) for currency, amount in sorted(self.spent.items())]

    def add(self, row: Any) -> None:
        """Take over a row of a report: a number of customers or, with a `currency`, their orders and what they spent.

        Who bought in two currencies is one customer: so customers are counted apart.
        """
        if row.currency is None:
            self.customers += row.number
        else:
            self.orders += row.number
            self.spent[row.currency] = row.total


def rows(query: sql.Sql) -> list[Any]:
    """Read a large part of the ledger: with memory to do it, and without compiling the statement first."""
    with reading():
        return sql.rows(query)


@contextmanager
def reading() -> Iterator[None]:
    with transaction.atomic():
        sql.run(sql.Sql("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'"))
        yield
