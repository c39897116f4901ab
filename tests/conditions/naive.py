"""A condition evaluated in Python, record by record, as the reference says it: without SQL, and without our code.

Only literals and days are shared with the package (`times.day_of`), which have tests of their own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.times import day_of
from saleor_customer_plus.conditions.tree import (
    And,
    Call,
    Comparison,
    Id,
    Json,
    Money,
    Node,
    Not,
    Offset,
    Operator,
    Or,
)
from saleor_customer_plus.records.models import CustomerRecord

NEGATED = {"!=": "=", "NOT IN": "IN", "NOT CONTAINS": "CONTAINS", "IS NOT NULL": "IS NULL"}


class Person:
    """A record with all that belongs to it, as somebody sees it who sees some channels."""

    def __init__(self, record: CustomerRecord, context: Context) -> None:
        self.record, self.context = record, context
        orders = list(record.ledger.all())
        self.orders = [o for o in orders if context.channels is None or o.channel_id in context.channels]
        self.counted = [order for order in self.orders if order.counts]
        self.tags = {row.tag.name for row in record.tag_assignments.select_related("tag")}
        self.groups = {row.group.name for row in record.group_memberships.select_related("group")} or {"General"}
        self.leads = list(record.leads.all())
        self.notes = list(record.notes.all())
        self.insights = {row.currency: row.rfm_group for row in record.insights.all()}
        self.consents = {(row.channel, row.purpose): row.state for row in record.current_consents.all()}

    def value(self, name: str, currency: str) -> Any:
        record = self.record
        spent = [order.total_gross for order in self.counted if order.currency == currency]
        kept = [max(o.total_gross - o.total_refunded, Decimal(0)) for o in self.counted if o.currency == currency]
        placed = [order.placed_at for order in self.counted]
        own, _, key = name.partition(".")
        if own == "attributes":
            return record.attributes.get(key)
        if own == "consent":
            channel, purpose = key.upper().split(".")
            return self.consents.get((channel, purpose), "NOT_SUBSCRIBED")
        if own == "rfm_group":
            return self.insights.get(key) if placed else "PROSPECTS"
        since = record.customer_since if self.context.channels is None else min(placed, default=None)
        values: dict[str, Callable[[], Any]] = {
            "first_name": lambda: record.first_name or None,
            "city": lambda: record.city or None,
            "number": lambda: record.number,
            "country": lambda: record.country_code or None,
            "stage": lambda: record.stage,
            "sources": lambda: set(record.sources) or None,
            "is_active": lambda: record.is_active,
            "created_at": lambda: record.created_at,
            "customer_since": lambda: since,
            "order_count": lambda: len(placed),
            "total_spent": lambda: sum(spent),
            "net_of_refunds": lambda: sum(kept),
            "average_order_value": lambda: round(sum(spent) / len(spent), 2) if spent else None,
            "first_order": lambda: min(placed, default=None),
            "last_order": lambda: max(placed, default=None),
            "days_since_last_order": lambda: (self.context.today - self.day(max(placed))).days if placed else None,
            "tags": lambda: self.tags or None,
            "groups": lambda: self.groups,
            "rfm_groups": lambda: (set(self.insights.values()) or None) if placed else {"PROSPECTS"},
        }
        return values[name]()

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.context.zone).date()


def holds(node: Node, person: Person) -> bool:
    match node:
        case And(parts):
            return all(holds(part, person) for part in parts)
        case Or(parts):
            return any(holds(part, person) for part in parts)
        case Not(part):
            return not holds(part, person)
        case Comparison(field, operator, values):
            value = person.value(field, values[0].currency if values and isinstance(values[0], Money) else "")
            return compare(value, operator, values, person.context, is_text=field in ("first_name", "city"))
        case Call():
            return _called(node, person) is not node.negated
    raise AssertionError(node)


def compare(value: Any, operator: str, values: tuple[Any, ...], context: Context, *, is_text: bool = False) -> bool:
    """Whether a value meets an operator. None is no value, and a set has several."""
    if operator in NEGATED:
        return not compare(value, NEGATED[operator], values, context, is_text=is_text)
    if operator == Operator.IS_NULL or value is None:
        return operator == Operator.IS_NULL and value is None
    if isinstance(value, set):
        return any(str(one).lower() in {str(part).lower() for part in value} for one in values)
    if isinstance(value, datetime):
        return _times(value, operator, values, context)
    wanted = [_plain(one) for one in values]
    if operator == Operator.CONTAINS:
        if isinstance(value, list):
            return wanted[0] in value
        return isinstance(value, str) and isinstance(wanted[0], str) and fold(wanted[0]) in fold(value)
    if is_text:
        value, wanted = fold(value), [fold(one) for one in wanted]
    if operator in (Operator.EQUAL, Operator.IN):
        return any(
            (type(one) is type(value) and one == value) or (_are_numbers(one, value) and one == value) for one in wanted
        )
    return {
        Operator.GREATER: lambda: value > wanted[0],
        Operator.GREATER_OR_EQUAL: lambda: value >= wanted[0],
        Operator.LESS: lambda: value < wanted[0],
        Operator.LESS_OR_EQUAL: lambda: value <= wanted[0],
        Operator.BETWEEN: lambda: wanted[0] <= value <= wanted[1],
    }[Operator(operator)]()


def _are_numbers(one: Any, other: Any) -> bool:
    return all(isinstance(each, int | float | Decimal) and not isinstance(each, bool) for each in (one, other))


def _plain(value: Any) -> Any:
    assert not isinstance(value, Id | Json)
    return value.amount if isinstance(value, Money) else value


def fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower().replace("ß", "ss")


def _times(value: datetime, operator: str, values: tuple[Any, ...], context: Context) -> bool:
    """Days are compared with days, and moments with moments."""

    def sign(wanted: Any) -> int:
        """-1 if the value is before what is wanted, 0 within it, 1 after it."""
        if isinstance(wanted, datetime):
            return (value > wanted) - (value < wanted)
        day = day_of(wanted, context.today) if isinstance(wanted, date | Offset) else wanted
        own = value.astimezone(context.zone).date()
        return (own > day) - (own < day)

    signs = [sign(one) for one in values]
    return {
        Operator.EQUAL: lambda: signs[0] == 0,
        Operator.IN: lambda: 0 in signs,
        Operator.GREATER: lambda: signs[0] > 0,
        Operator.GREATER_OR_EQUAL: lambda: signs[0] >= 0,
        Operator.LESS: lambda: signs[0] < 0,
        Operator.LESS_OR_EQUAL: lambda: signs[0] <= 0,
        Operator.BETWEEN: lambda: signs[0] >= 0 >= signs[1],
    }[Operator(operator)]()


# Functions.

ROWS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "orders": {
        "date": lambda order: order.placed_at,
        "currency": lambda order: order.currency,
        "status": lambda order: order.status.upper(),
        "counts": lambda order: order.counts,
        "country": lambda order: order.country_code or None,
    },
    "leads": {
        "state": lambda lead: lead.state,
        "open": lambda lead: lead.state in ("NEW", "CONTACTED", "QUALIFIED"),
        "next_contact": lambda lead: lead.next_contact_at,
    },
    "notes": {"pinned": lambda note: note.is_pinned, "created": lambda note: note.created_at},
}


def _called(node: Call, person: Person) -> bool:
    rows = getattr(person, node.function)
    names = {parameter.field for parameter in node.parameters}
    if node.function == "orders" and "counts" not in names:
        rows = person.counted
    totals = [parameter for parameter in node.parameters if parameter.field in ("count", "spent", "average")]
    for parameter in node.parameters:
        if parameter not in totals:
            read = ROWS[node.function][parameter.field]
            rows = [r for r in rows if compare(read(r), parameter.operator, parameter.values, person.context)]
    if not totals:
        return bool(rows)
    return all(compare(_total(one, rows), one.operator, one.values, person.context) for one in totals)


def _total(parameter: Comparison, rows: list[Any]) -> Any:
    if parameter.field == "count":
        return len(rows)
    first = parameter.values[0]
    assert isinstance(first, Money)
    amounts = [row.total_gross for row in rows if row.currency == first.currency]
    if parameter.field == "spent":
        return sum(amounts, Decimal(0))
    return sum(amounts) / len(amounts) if amounts else None
