"""What a condition means: the compiled SQL says what an evaluation in Python says, of random trees and random shops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import BigIntegerField
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.conditions import json_tree
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.explaining import explain
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.printing import text_of_tree
from saleor_customer_plus.conditions.tree import Call, Comparison, Money, Not, Offset, Operator
from saleor_customer_plus.consent.models import CurrentConsent
from saleor_customer_plus.core.paging import Key, Segment
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import make_channel, make_group, make_lead, make_ledger_entry, make_note, make_record, make_tag
from tests.properties import examples

from .naive import Person, holds
from .trees import trees

pytestmark = pytest.mark.django_db

_ID = Key("id", BigIntegerField())

NOW = datetime(2026, 3, 29, 9, 30, tzinfo=UTC)  # the clocks went forward in the night
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = ["Ana", "ANÁ", "Ben %", "weiß", ""]
CITIES = ["Köln", "koln", "Bonn", ""]
DAYS = [0, 0.41, 1, 1.4, 7, 30, 31, 400]

# Leaves: each field with operators and values that are found in the shops below, and some that are not.

IS_NULL = (Operator.IS_NULL, Operator.IS_NOT_NULL)
EQUAL = (Operator.EQUAL, Operator.NOT_EQUAL)
LISTS = (Operator.IN, Operator.NOT_IN)
CONTAINS = (Operator.CONTAINS, Operator.NOT_CONTAINS)
ORDERS = (*EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL)


def comparing(names: list[str], operators: tuple[Operator, ...], values: st.SearchStrategy[Any]) -> Any:
    """Comparisons of these fields."""

    def of(operator: Operator) -> st.SearchStrategy[Comparison]:
        if operator in IS_NULL:
            given_values: Any = st.just(())
        elif operator is Operator.BETWEEN:
            given_values = st.tuples(values, values).filter(_is_in_order)
        elif operator in LISTS:
            given_values = st.lists(values, min_size=1, max_size=2).filter(_is_one_currency).map(tuple)
        else:
            given_values = st.tuples(values)
        return st.builds(Comparison, st.sampled_from(names), st.just(operator), given_values)

    return st.sampled_from(operators).flatmap(of)


def _is_one_currency(values: Any) -> bool:
    return len({value.currency for value in values if isinstance(value, Money)}) < 2


def _is_in_order(values: Any) -> bool:
    low, high = values
    if isinstance(low, Decimal):
        return bool(low <= high)
    if isinstance(low, Money):
        return low.currency == high.currency and low.amount <= high.amount
    are_offsets = isinstance(low, Offset) and isinstance(high, Offset)
    return bool(are_offsets and low.unit == high.unit and low.amount <= high.amount)


numbers = st.sampled_from([Decimal(number) for number in ("0", "1", "2", "1.5", "30", "31", "-1")])
moneys = st.builds(
    Money,
    st.sampled_from([Decimal(amount) for amount in ("0", "10", "15", "20", "-1")]),
    st.sampled_from(["EUR", "JPY"]),
)
times = st.one_of(
    st.builds(Offset, st.sampled_from([0, -1, -7, -30, -31]), st.just("d")),
    st.builds(Offset, st.sampled_from([-1, -13]), st.just("m")),
    st.sampled_from([date(2026, 3, 28), date(2026, 3, 29), NOW, NOW - timedelta(days=1)]),
)
booleans = st.booleans()

leaves = st.one_of(
    comparing(["first_name"], (*EQUAL, *LISTS, *IS_NULL), st.sampled_from(["ana", "WEISS", "ben %", "x"])),
    comparing(["first_name", "city"], CONTAINS, st.sampled_from(["n", "%", "ó", "ß"])),
    comparing(["city"], (*EQUAL, *LISTS, *IS_NULL), st.sampled_from(["KÖLN", "bonn"])),
    comparing(["number"], (*EQUAL, *LISTS, *IS_NULL), st.sampled_from(["K-1", "K-2"])),
    comparing(["country"], (*EQUAL, *LISTS, *IS_NULL), st.sampled_from(["DE", "FR"])),
    comparing(["stage"], (*EQUAL, *LISTS), st.sampled_from(["LEAD", "CUSTOMER"])),
    comparing(["sources"], (*CONTAINS, *LISTS, *IS_NULL), st.sampled_from(["ORDER", "IMPORT"])),
    comparing(["is_active"], EQUAL, booleans),
    comparing(["created_at"], (*ORDERS, *LISTS, Operator.BETWEEN), times),
    comparing(["customer_since", "first_order", "last_order"], (*ORDERS, *LISTS, Operator.BETWEEN, *IS_NULL), times),
    comparing(["order_count"], (*ORDERS, *LISTS, Operator.BETWEEN), numbers),
    comparing(["days_since_last_order"], (*ORDERS, *LISTS, Operator.BETWEEN, *IS_NULL), numbers),
    comparing(["total_spent", "net_of_refunds", "average_order_value"], (*ORDERS, *LISTS, Operator.BETWEEN), moneys),
    comparing(["tags"], (*CONTAINS, *LISTS, *IS_NULL), st.sampled_from(["vip", "PRESS"])),
    comparing(["groups"], (*CONTAINS, *LISTS), st.sampled_from(["trade", "general"])),
    comparing(
        ["attributes.level"],
        (*EQUAL, *LISTS, *CONTAINS, *IS_NULL),
        st.sampled_from(["gold", "OL", Decimal(5), Decimal("1.5"), True]),
    ),
    comparing(
        ["consent.email.newsletter"],
        (*EQUAL, *LISTS),
        st.sampled_from(["NOT_SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED"]),
    ),
)
rfm_groups = st.sampled_from(["CHAMPIONS", "NEW", "PROSPECTS"])
# Of the orders of all channels: whoever is restricted to some is refused.
insights = st.one_of(
    comparing(["rfm_groups"], (*CONTAINS, *LISTS, *IS_NULL), rfm_groups),
    comparing(["rfm_group.EUR"], (*EQUAL, *LISTS, *IS_NULL), rfm_groups),
)
calls = st.one_of(
    st.builds(
        Call,
        st.just("orders"),
        st.lists(
            st.one_of(
                comparing(["count"], (*ORDERS, *LISTS), numbers),
                comparing(["spent", "average"], (*ORDERS, Operator.BETWEEN), moneys),
                comparing(["date"], ORDERS, times),
                comparing(["currency"], (*EQUAL, *LISTS), st.sampled_from(["EUR", "JPY"])),
                comparing(["status"], EQUAL, st.sampled_from(["CANCELED", "FULFILLED"])),
                comparing(["counts"], EQUAL, booleans),
                comparing(["country"], (*EQUAL, *IS_NULL), st.sampled_from(["DE"])),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        booleans,
    ),
    st.builds(
        Call,
        st.just("leads"),
        st.lists(
            st.one_of(
                comparing(["count"], ORDERS, numbers),
                comparing(["state"], EQUAL, st.sampled_from(["NEW", "LOST"])),
                comparing(["open"], EQUAL, booleans),
                comparing(["next_contact"], (*ORDERS, *IS_NULL), times),
            ),
            min_size=1,
            max_size=2,
        ).map(tuple),
        booleans,
    ),
    st.builds(
        Call,
        st.just("notes"),
        st.lists(
            st.one_of(comparing(["count"], ORDERS, numbers), comparing(["pinned"], EQUAL, booleans)),
            min_size=1,
            max_size=2,
        ).map(tuple),
        booleans,
    ),
)

moments = st.sampled_from([NOW - timedelta(days=days) for days in DAYS])
people = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(NAMES),
        "city": st.sampled_from(CITIES),
        "country_code": st.sampled_from(["DE", "FR", ""]),
        "sources": st.sampled_from([[], ["ORDER"], ["IMPORT"], ["IMPORT", "ORDER"]]),
        "is_active": st.booleans(),
        "created_at": moments,
        "attributes": st.sampled_from(
            [{}, {"level": "gold"}, {"level": 5}, {"level": 1.5}, {"level": True}, {"level": ["gold", 5]}, {"other": 1}]
        ),
    }
)
orders = st.fixed_dictionaries(
    {
        "total": st.sampled_from(["0", "10", "20"]),
        "refunded": st.sampled_from(["0", "5", "15"]),
        "currency": st.sampled_from(["EUR", "JPY"]),
        "placed_at": moments,
        "counts": st.sampled_from([True, True, False]),
        "status": st.sampled_from(["canceled", "fulfilled"]),
        "country_code": st.sampled_from(["DE", ""]),
        "channel": st.sampled_from([0, 1]),
    }
)
belongings = st.fixed_dictionaries(
    {
        "number": st.sampled_from([True, False]),
        "tags": st.sets(st.sampled_from([0, 1])),
        "is_grouped": st.booleans(),
        "lead": st.sampled_from([None, "NEW", "LOST"]),
        "due_at": st.none() | moments,
        "note": st.sampled_from([None, True, False]),
        "consent": st.sampled_from([None, "SUBSCRIBED", "UNSUBSCRIBED", "NOT_SUBSCRIBED"]),
        "insights": st.dictionaries(st.sampled_from(["EUR", "JPY"]), st.sampled_from(["CHAMPIONS", "NEW"])),
    }
)
shops = st.lists(st.tuples(people, st.lists(orders, max_size=3), belongings), min_size=3, max_size=6)


class _Undone(Exception):
    """Ends a shop."""


@contextmanager
def shop(rows: list[Any]) -> Iterator[list[int]]:
    """A shop of these people, which is gone afterwards; the ids of its two channels."""
    try:
        with transaction.atomic():
            channels = [make_channel(), make_channel()]
            default_group()
            tags, group = [make_tag("Vip"), make_tag("press")], make_group("Trade")
            for number, (fields, bought, has) in enumerate(rows):
                record = make_record(number=f"K-{number}" if has["number"] else None, **fields)
                for order in bought:
                    channel = channels[order["channel"]]
                    make_ledger_entry(
                        record, **{k: v for k, v in order.items() if k != "channel"}, channel_id=channel.pk
                    )
                TagAssignment.objects.bulk_create(TagAssignment(record=record, tag=tags[tag]) for tag in has["tags"])
                if has["is_grouped"]:
                    GroupMembership.objects.create(record=record, group=group)
                if has["lead"]:
                    make_lead(record, state=has["lead"], next_contact_at=has["due_at"])
                if has["note"] is not None:
                    make_note(record, is_pinned=has["note"])
                for currency, rfm_group in has["insights"].items():
                    scores = {"recency_score": 5, "frequency_score": 1, "monetary_score": 2}
                    CustomerInsight.objects.create(record=record, currency=currency, rfm_group=rfm_group, **scores)
                if has["consent"]:
                    CurrentConsent.objects.create(
                        record=record, channel="EMAIL", purpose="NEWSLETTER", state=has["consent"]
                    )
            refresh_records(list(CustomerRecord.objects.values_list("pk", flat=True)), DEFAULTS)
            yield [channel.pk for channel in channels]
            raise _Undone
    except _Undone:
        assert not LedgerEntry.objects.exists()


def _asked(is_restricted: bool) -> Any:
    some = trees(leaves | calls if is_restricted else leaves | calls | insights)
    return st.tuples(st.lists(some, min_size=6, max_size=10), st.just(is_restricted))


@given(rows=shops, asked=st.booleans().flatmap(_asked))
@settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_sql_says_what_a_naive_evaluation_says(rows: list[Any], asked: tuple[list[Any], bool]) -> None:
    some, is_restricted = asked
    with shop(rows) as channels:
        context = Context(now=NOW, zone=BERLIN, channels=frozenset(channels[:1]) if is_restricted else None)
        everybody = CustomerRecord.objects.order_by("pk")
        persons = [Person(record, context) for record in everybody]
        for tree in some:
            compiled = compile_tree(tree, context)
            found = set(everybody.filter(compiled.condition).values_list("pk", flat=True))

            assert found == {person.record.pk for person in persons if holds(tree, person)}, text_of_tree(tree)

            opposite = everybody.filter(compile_tree(Not(tree), context).condition)
            assert set(opposite.values_list("pk", flat=True)) == {p.record.pk for p in persons} - found
            in_order = Segment(everybody, [_ID], condition=compiled.condition, scope=CustomerRecord.objects.all())
            assert [record.pk for record in in_order.read(None, len(persons))] == sorted(found)  # as pages ask
            assert set(everybody.filter(compiled.guessable, compiled.unguessable).values_list("pk", flat=True)) == found
            for person in persons[:2]:
                explanation = explain(compiled, person.record.pk)
                assert explanation is not None
                assert explanation.holds is (person.record.pk in found)
            assert parse(text_of_tree(tree)) == tree
            assert json_tree.load(json_tree.dump(tree)) == tree
