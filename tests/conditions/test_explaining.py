"""Why a record meets a condition, or does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.conditions.catalogue import REGISTRY
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context, SavedTree
from saleor_customer_plus.conditions.explaining import OF_NOBODY, Explanation, explain
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.predicates import Missing, Within
from saleor_customer_plus.conditions.registry import Family, Field, Kind
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import DEFAULTS
from tests.factories import make_channel, make_group, make_ledger_entry, make_record, make_tag

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def explained(record: CustomerRecord, text: str, **context: Any) -> Explanation:
    found = explain(compile_tree(parse(text), Context(now=NOW, zone=UTC, **context)), record.pk)
    assert found is not None
    return found


def test_each_clause_has_its_answer_and_its_value() -> None:
    anna = make_record(country_code="DE", created_at=NOW - timedelta(days=1))
    for total in (10, 20):
        make_ledger_entry(anna, total=total, placed_at=NOW)
    refresh_records([anna.pk], DEFAULTS)

    found = explained(
        anna,
        "total_spent > 100 EUR OR (country = 'DE' AND orders MATCHES (count >= 2, spent > 5 EUR, date >= -90d)) "
        "OR is_active = false OR last_order = -0d",
    )

    assert found.holds
    spent, both, active, last = found.parts
    assert (spent.text, spent.holds, spent.value) == ("total_spent > 100 EUR", False, "30 EUR")
    assert (both.holds, both.value, both.path) == (True, None, ("or", 1))
    country, orders = both.parts
    assert (country.holds, country.value, country.path) == (True, "DE", ("or", 1, "and", 0))
    assert (orders.holds, orders.value) == (True, "matching 2, count 2, spent 30")
    assert (active.holds, active.value) == (False, "yes")
    assert (last.holds, last.value) == (True, "2026-03-15 12:00+00:00")


def test_a_negation_that_holds_because_there_is_nothing_says_so() -> None:
    nobody, german = make_record(), make_record(country_code="DE")

    for text in ("country != 'FR'", "NOT country = 'FR'", "orders NOT MATCHES (date >= -30d)"):
        assert (explained(nobody, text).holds, explained(nobody, text).note) == (True, OF_NOBODY)
    assert explained(german, "country != 'FR'").note == ""
    assert explained(german, "NOT country = 'FR'").note == ""
    assert explained(nobody, "country IS NOT NULL").note == ""
    assert explained(nobody, "country = 'FR'").note == ""


def test_what_is_within_a_segment() -> None:
    anna = make_record(city="Bonn")
    saved = SavedTree(1, parse("city = 'Bonn'"))

    found = explained(anna, "NOT IN SEGMENT 'x'", find_segment=lambda name: saved)

    (segment,) = found.parts
    (city,) = segment.parts
    assert [(one.holds, one.text) for one in (found, segment, city)] == [
        (False, "NOT IN SEGMENT 'x'"),
        (True, "IN SEGMENT 'x'"),
        (True, "city = 'Bonn'"),
    ]
    assert city.value == "Bonn"


def test_of_nobody() -> None:
    assert explain(compile_tree(parse("city = 'x'")), 0) is None


def test_restricted_staff_are_told_the_values_of_their_channels() -> None:
    seen, other = make_channel(), make_channel()
    anna = make_record()
    for channel, total, at in ((seen, 10, NOW - timedelta(days=1)), (other, 20, NOW)):  # the newer one has the address
        make_ledger_entry(anna, total=total, placed_at=at, channel_id=channel.pk, city="Bonn", country_code="DE")
    refresh_records([anna.pk], DEFAULTS)
    anna.refresh_from_db()
    channels = frozenset({seen.pk})

    for text, value in (
        ("total_spent > 0 EUR", "10 EUR"),
        ("net_of_refunds > 0 EUR", "10 EUR"),
        ("average_order_value > 0 EUR", "10 EUR"),
        ("order_count > 0", "1"),
        ("orders MATCHES (count > 0)", "matching 1, count 1"),
        ("city = 'Bonn'", None),
    ):
        assert explained(anna, text, channels=channels).value == value


KEYS = {"attributes": "level", "consent": "email.newsletter", "days_until_anniversary": "first_order"}


def fields() -> list[Field]:
    """All fields that restricted staff may ask for, too, and one of each of these families."""
    members = (entry.field(KEYS[entry.name]) for entry in REGISTRY if isinstance(entry, Family) and entry.name in KEYS)
    return [
        *(entry for entry in REGISTRY if isinstance(entry, Field) and entry.name != "rfm_groups"),
        *filter(None, members),
    ]


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.name)
@pytest.mark.parametrize("is_restricted", [False, True])
def test_each_field_reads_its_values_at_once(field: Field, is_restricted: bool) -> None:
    make_tag("vip")
    make_group("Trade")
    ids = [make_record().pk for _ in range(3)]
    channels = frozenset({make_channel().pk}) if is_restricted else None
    predicate = Within(currency="EUR") if field.kind is Kind.MONEY else Missing()
    context = Context(now=NOW, channels=channels)
    field.read(ids[:1], predicate, context)  # makes what there has to be, such as the default group

    with CaptureQueriesContext(connection) as queries:
        values = field.read(ids, predicate, context)

    assert set(values) <= set(ids)
    assert len(queries) <= 2
