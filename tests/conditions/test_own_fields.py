"""Fields of the shop's own in the language: each type, compared with what Python says of the same values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.fields.filters import field_filters
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.explaining import explain
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.printing import text_of_tree
from saleor_customer_plus.conditions.registry import Data
from saleor_customer_plus.conditions.tree import Comparison, Money, Node, Not, Operator
from saleor_customer_plus.core.paging import Window, page
from saleor_customer_plus.customers.filters import RecordFilter
from saleor_customer_plus.customers.orderings import Sort, SortField
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.fields.queries import fields_of
from saleor_customer_plus.records.labels import fold
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_field, make_field_values, make_product, make_record

HERE = Context(now=datetime(2026, 3, 15, 12, tzinfo=UTC))


def meeting(text: str | Node) -> set[str]:
    compiled = compile_tree(parse(text) if isinstance(text, str) else text, HERE)
    records = CustomerRecord.objects.filter(compiled.condition)
    return {record.email.partition("@")[0] for record in records}


def define(*, is_indexed: bool) -> None:
    make_field("word", is_indexed=is_indexed)
    make_field("points", "NUMBER", is_indexed=is_indexed)
    make_field("birthday", "DATE", is_indexed=is_indexed)
    make_field("club", "BOOLEAN", is_indexed=is_indexed)
    make_field("size", "CHOICE", choices=["Small", "Large"], is_indexed=is_indexed)
    make_field("likes", "CHOICES", choices=["Chairs", "Lamps"], is_indexed=is_indexed)
    make_field("limit", "MONEY", is_indexed=is_indexed)


@pytest.mark.django_db
@pytest.mark.parametrize("is_indexed", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fields.word = 'STRASSE'", {"anna"}),
        ("fields.word CONTAINS 'raß'", {"anna"}),
        ("fields.word CONTAINS '%'", set()),
        ("fields.word IN ('x', 'y')", {"ben"}),
        ("fields.word != 'x'", {"anna", "carl"}),
        ("fields.word IS NULL", {"carl"}),
        ("fields.word IS NOT NULL", {"anna", "ben"}),
        ("fields.points > 5", {"anna"}),
        ("fields.points BETWEEN 5 AND 5.5", {"anna", "ben"}),
        ("NOT fields.points > 5", {"ben", "carl"}),
        ("fields.birthday < 1990-01-01", {"anna"}),
        ("fields.birthday >= -20y", {"ben"}),
        ("fields.birthday = 1980-02-29", {"anna"}),
        ("fields.birthday.days_until_anniversary = 0", {"ben"}),
        ("fields.birthday.days_until_anniversary >= 350", {"anna"}),
        ("fields.birthday.days_until_anniversary IS NULL", {"carl"}),
        ("fields.club = true", {"anna"}),
        ("fields.club != true", {"ben", "carl"}),
        ("fields.size = 'LARGE'", {"anna"}),
        ("fields.size NOT IN ('small')", {"anna", "carl"}),
        ("fields.likes CONTAINS 'lamps'", {"anna", "ben"}),
        ("fields.likes NOT CONTAINS 'chairs'", {"ben", "carl"}),
        ("fields.likes IS NULL", {"carl"}),
        ("fields.limit >= 100 EUR", {"anna"}),
        ("fields.limit >= 100 USD", {"ben"}),
        ("fields.limit < 100 USD OR fields.word = 'x'", {"ben"}),
    ],
)
def test_each_type(text: str, expected: set[str], is_indexed: bool) -> None:
    define(is_indexed=is_indexed)
    make_field_values(
        make_record("anna@example.com"),
        word="Straße",
        points=5.5,
        birthday="1980-02-29",
        club=True,
        size="large",
        likes=["chairs", "lamps"],
        limit={"amount": 100, "currency": "EUR"},
    )
    make_field_values(
        make_record("ben@example.com"),
        word="x",
        points=5,
        birthday="2010-03-15",
        club=False,
        size="small",
        likes=["lamps"],
        limit={"amount": 500, "currency": "USD"},
    )
    carl = make_record("carl@example.com")
    make_field_values(carl, word="gone")
    make_field_values(carl, word=None)
    assert meeting(text) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason", "suggestion"),
    [
        ("fields.birthdy IS NULL", Reason.UNKNOWN_FIELD, "fields.birthday"),
        ("fields.points.days_until_anniversary = 1", Reason.UNKNOWN_FIELD, None),
        ("fields.birthday.week = 1", Reason.UNKNOWN_FIELD, None),
        ("fields.points = 'five'", Reason.WRONG_TYPE, None),
        ("fields.points CONTAINS '5'", Reason.OPERATOR_NOT_ALLOWED, None),
        ("fields.limit > 5", Reason.CURRENCY_REQUIRED, "5 EUR"),
        ("fields.size = 'smal'", Reason.INVALID_VALUE, "'small'"),
        ("fields.first = '17'", Reason.INVALID_VALUE, None),
    ],
)
def test_what_is_wrong_is_told(text: str, reason: Reason, suggestion: str | None) -> None:
    define(is_indexed=False)
    make_field("first", "ORDER")
    with pytest.raises(ConditionError) as caught:
        compile_tree(parse(text), HERE)
    assert caught.value.reason == reason
    if suggestion is not None:
        assert caught.value.suggestion == suggestion


@pytest.mark.django_db
@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_product_is_found_by_slug_or_id_and_told_by_its_name(is_indexed: bool) -> None:
    make_field("favourite", "PRODUCT", is_indexed=is_indexed)
    shirt, mug = make_product("shirt", name="A shirt"), make_product("mug")
    for name, product in (("anna", shirt), ("ben", mug)):
        record = make_record(f"{name}@example.com", first_name=name)
        make_field_values(record, favourite=to_global_id("Product", product.pk))
    nobody = make_record("clara@example.com", first_name="clara")

    def found(wanted: RecordFilter) -> list[str]:
        page_of = page(RecordList(filter=wanted, sort=Sort(SortField.NAME)).ordering, Window(9))
        return [edge.row.first_name for edge in page_of.edges]

    for text, names in (
        ("fields.favourite = 'shirt'", ["anna"]),
        (f"fields.favourite IN ('{to_global_id('Product', mug.pk)}', #{shirt.pk})", ["anna", "ben"]),
        ("NOT fields.favourite = 'shirt'", ["ben", nobody.first_name]),
    ):
        assert found(RecordFilter(query=text)) == names
    given = [{"key": "favourite", "eq": to_global_id("Product", mug.pk)}]
    assert found(RecordFilter(fields=field_filters(given))) == ["ben"]
    with pytest.raises(ConditionError) as caught:
        compile_tree(parse("fields.favourite = 'shirts'"), HERE)
    assert (caught.value.reason, caught.value.suggestion) == (Reason.NOT_FOUND, "'shirt'")

    anna = CustomerRecord.objects.get(first_name="anna")
    explained = explain(compile_tree(parse("fields.favourite = 'shirt'"), HERE), anna.pk)
    assert explained is not None
    assert (explained.holds, explained.value) == (True, "A shirt")
    assert fields_of([anna.pk])[anna.pk][0].text == "A shirt"


@pytest.mark.django_db
def test_what_it_depends_on_and_explains() -> None:
    define(is_indexed=False)
    record = make_record("anna@example.com")
    make_field_values(record, birthday="1980-03-16", limit={"amount": 5, "currency": "EUR"})
    compiled = compile_tree(parse("fields.birthday.days_until_anniversary <= 7 AND fields.limit > 4 EUR"), HERE)
    assert Data.FIELDS in compiled.depends
    assert compiled.next_boundary == datetime(2026, 3, 16, tzinfo=UTC), "an anniversary is one day nearer"
    explained = explain(compiled, record.pk)
    assert explained is not None
    assert [(part.holds, part.value) for part in explained.parts] == [(True, "1"), (True, "5 EUR")]


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "word": st.sampled_from(["Straße", "STRASSE", "a%b", "_", "ß"]),
    "points": st.sampled_from([-1, 0, 0.5, 2, 10]),
    "birthday": st.dates(date(1970, 1, 1), date(1970, 1, 5)).map(date.isoformat),
    "club": st.booleans(),
    "size": st.sampled_from(["small", "large"]),
    "likes": st.sets(st.sampled_from(["chairs", "lamps"]), min_size=1).map(sorted),
    "limit": st.builds(
        lambda amount, currency: {"amount": amount, "currency": currency},
        st.sampled_from([0, 1.5, 3]),
        st.sampled_from(["EUR", "USD"]),
    ),
    "favourite": st.sampled_from(["mug", "shirt"]),  # a product by its slug
}
ORDERED = {
    Operator.EQUAL: lambda one, other: one == other,
    Operator.NOT_EQUAL: lambda one, other: one != other,
    Operator.GREATER: lambda one, other: one > other,
    Operator.GREATER_OR_EQUAL: lambda one, other: one >= other,
    Operator.LESS: lambda one, other: one < other,
    Operator.LESS_OR_EQUAL: lambda one, other: one <= other,
}


def literal(key: str, value: Any) -> Any:
    match key:
        case "points":
            return Decimal(repr(value))
        case "birthday":
            return date.fromisoformat(value)
        case "limit":
            return Money(Decimal(repr(value["amount"])), value["currency"])
        case "likes":
            return value[0]
    return value


def holds(key: str, operator: Operator, wanted: Any, value: Any) -> bool:
    """Naively: whoever has no value meets a negated condition only."""
    if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
        return (value is None) == (operator is Operator.IS_NULL)
    negated = operator in (Operator.NOT_EQUAL, Operator.NOT_CONTAINS)
    if value is None:
        return negated
    if key == "word":
        found = fold(wanted) in fold(value) if "CONTAINS" in operator.value else fold(wanted) == fold(value)
        return found is not negated
    if key == "likes":
        return (wanted in value) is not negated
    if key == "limit":
        if value["currency"] != wanted.currency:
            return negated
        return bool(ORDERED[operator](Decimal(repr(value["amount"])), wanted.amount))
    return bool(ORDERED[operator](literal(key, value), wanted))


OPERATORS: dict[str, list[Operator]] = {
    "word": [Operator.EQUAL, Operator.NOT_EQUAL, Operator.CONTAINS, Operator.NOT_CONTAINS],
    "likes": [Operator.CONTAINS, Operator.NOT_CONTAINS],
    **{key: list(ORDERED) for key in ("points", "birthday", "limit")},
    **{key: [Operator.EQUAL, Operator.NOT_EQUAL] for key in ("club", "size", "favourite")},
}


@st.composite
def comparisons(draw: Any) -> tuple[str, Operator, Any]:
    key = draw(st.sampled_from(sorted(VALUES)))
    operator = draw(st.sampled_from([*OPERATORS[key], Operator.IS_NULL, Operator.IS_NOT_NULL]))
    return key, operator, literal(key, draw(VALUES[key]))


class Naively(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=15)
    @given(
        st.lists(st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=4),
        st.lists(comparisons(), min_size=5, max_size=5),
        st.booleans(),
    )
    def test_sql_says_what_python_says(
        self, people: list[dict[str, Any]], asked: list[tuple[str, Operator, Any]], is_indexed: bool
    ) -> None:
        define(is_indexed=is_indexed)
        make_field("favourite", "PRODUCT", is_indexed=is_indexed)
        ids = {slug: to_global_id("Product", make_product(slug).pk) for slug in ("mug", "shirt")}
        for number, values in enumerate(people):
            favourite = {key: ids[slug] for key, slug in values.items() if key == "favourite"}
            make_field_values(make_record(f"{number}@example.com"), **values | favourite)
        for key, operator, wanted in asked:
            is_null = operator in (Operator.IS_NULL, Operator.IS_NOT_NULL)
            tree = Comparison(f"fields.{key}", operator, () if is_null else (wanted,))
            expected = {
                str(number) for number, values in enumerate(people) if holds(key, operator, wanted, values.get(key))
            }
            assert parse(text_of_tree(tree)) == tree
            assert meeting(tree) == expected
            assert meeting(Not(tree)) == {str(number) for number in range(len(people))} - expected
