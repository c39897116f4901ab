"""The text of a condition: what is read, what is written, and what is refused where."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.limits import MAX_CONDITIONS, MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from saleor_customer_plus.conditions.parsing import parse, parse_with_places
from saleor_customer_plus.conditions.printing import text_of_tree
from saleor_customer_plus.conditions.tree import (
    And,
    Call,
    Comparison,
    Id,
    InSegment,
    Json,
    Money,
    Not,
    Offset,
    Operator,
    Or,
)

from .trees import trees


def comparison(text: str) -> Comparison:
    tree = parse(text)
    assert isinstance(tree, Comparison)
    return tree


@pytest.mark.parametrize(
    ("text", "operator", "values"),
    [
        ("f = 'Berlin'", Operator.EQUAL, ("Berlin",)),
        ("f != true", Operator.NOT_EQUAL, (True,)),
        ("f <> FALSE", Operator.NOT_EQUAL, (False,)),
        ("f > 12", Operator.GREATER, (Decimal(12),)),
        ("f>=-1.50", Operator.GREATER_OR_EQUAL, (Decimal("-1.5"),)),
        ("f < 100 eur", Operator.LESS, (Money(Decimal(100), "EUR"),)),
        ("f <= 2026-01-31", Operator.LESS_OR_EQUAL, (date(2026, 1, 31),)),
        ("f = 2026-01-31T18:30:00+02:00", Operator.EQUAL, (datetime(2026, 1, 31, 16, 30, tzinfo=UTC),)),
        ("f >= -30d", Operator.GREATER_OR_EQUAL, (Offset(-30, "d"),)),
        ("f < +1Y", Operator.LESS, (Offset(1, "y"),)),
        ("f = #12", Operator.EQUAL, (Id(12),)),
        ("f = JSON '[\"a\", 1]'", Operator.EQUAL, (Json('["a", 1]'),)),
        ("f BETWEEN 1 AND 5", Operator.BETWEEN, (Decimal(1), Decimal(5))),
        ("f between 1 EUR and 5 EUR", Operator.BETWEEN, (Money(Decimal(1), "EUR"), Money(Decimal(5), "EUR"))),
        ("f IN ('a', 'b')", Operator.IN, ("a", "b")),
        ("f not in ('a')", Operator.NOT_IN, ("a",)),
        ("f CONTAINS 'it\\'s \\\\ \"'", Operator.CONTAINS, ("it's \\ \"",)),
        ("f NOT CONTAINS ''", Operator.NOT_CONTAINS, ("",)),
        ("f IS NULL", Operator.IS_NULL, ()),
        ("f is not null", Operator.IS_NOT_NULL, ()),
    ],
)
def test_each_operator_and_kind_of_value(text: str, operator: Operator, values: tuple[Any, ...]) -> None:
    assert comparison(text) == Comparison("f", operator, values)


def test_names_are_in_any_case_and_keys_as_they_are() -> None:
    assert comparison("CITY = 'x'").field == "city"
    assert comparison("Attributes.Level = 'x'").field == "attributes.Level"
    assert comparison('attributes."shoe size".eu = 1').field == "attributes.shoe size.eu"


def test_and_binds_closer_than_or_and_not_closest() -> None:
    a, b, c = (Comparison(name, Operator.IS_NULL) for name in "abc")

    assert parse("a IS NULL OR b IS NULL AND NOT c IS NULL") == Or((a, And((b, Not(c)))))
    assert parse("(a IS NULL OR b IS NULL) AND c IS NULL") == And((Or((a, b)), c))
    assert parse("NOT (a IS NULL AND b IS NULL)") == Not(And((a, b)))
    assert parse("a IS NULL AND (b IS NULL AND c IS NULL)") == And((a, And((b, c))))


def test_functions_and_segments() -> None:
    count = Comparison("count", Operator.GREATER_OR_EQUAL, (Decimal(2),))
    date_ = Comparison("date", Operator.GREATER_OR_EQUAL, (Offset(-90, "d"),))

    assert parse("orders MATCHES (count >= 2, date >= -90d)") == Call("orders", (count, date_))
    assert parse("orders NOT MATCHES (count >= 2)") == Call("orders", (count,), negated=True)
    assert parse("IN SEGMENT 'Best' AND NOT IN SEGMENT #3") == And((InSegment("Best"), Not(InSegment(Id(3)))))


def test_places_of_parts() -> None:
    text = "city = 'x' AND (order_count IN (1, 22) OR NOT IN SEGMENT 'y')"
    spans = parse_with_places(text).spans

    def at(*path: str | int) -> str:
        start, length = spans[path]
        return text[start : start + length]

    assert at("and", 0) == "city = 'x'"
    assert at("and", 0, "value") == "'x'"
    assert at("and", 1, "or", 0, "value", 1) == "22"
    assert at("and", 1, "or", 0, "operator") == "IN"
    assert at("and", 1, "or", 1, "not", "segment") == "'y'"


@given(trees())
@settings(max_examples=60, deadline=None)
def test_a_tree_survives_its_text(tree: Any) -> None:
    text = text_of_tree(tree)

    assert parse(text) == tree
    assert text_of_tree(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "place", "suggestion"),
    [
        ("", (0, 0), ""),
        ("city", (4, 0), "="),
        ("city = ", (7, 0), ""),
        ("city == 'x'", (6, 1), ""),
        ("city LIKE 'x'", (5, 4), "CONTAINS"),
        ("city CONTAIN 'x'", (5, 7), "CONTAINS"),
        ("city = Berlin", (7, 6), "'berlin'"),
        ('city = "Berlin"', (7, 1), ""),
        ("city = 'Berlin", (7, 7), ""),
        ("city = NULL", (7, 4), "IS NULL"),
        ("city IS 'x'", (8, 3), "IS NULL"),
        ("order_count = 12a", (14, 1), ""),
        ("a = 1 b = 2", (6, 1), ""),
        ("a = 'x' ADN b = 2", (8, 3), "AND"),
        ("(a = 1", (6, 0), ")"),
        ("a = 1)", (5, 1), ""),
        ("a BETWEEN 1, 2", (11, 1), "AND"),
        ("a NOT BETWEEN 1 AND 2", (6, 7), "BETWEEN"),
        ("a IN 1", (5, 1), "("),
        ("IN ('x')", (3, 1), "IN SEGMENT"),
        ("IN SEGMENT best", (11, 4), ""),
        ("orders MATCHES (a = 1 AND b = 2)", (22, 3), ","),
        ("a = 2026-02-30", (4, 10), ""),
        ("a = 2026-02-01T99:00:00Z", (4, 20), ""),
        ("a = 2026-02-01T10:00:00", (4, 19), ""),
        ("a = 123456789012345678", (4, 18), ""),
        ("a = JSON '{'", (4, 8), ""),
        ("a = 1 AND AND", (10, 3), ""),
        ("a = 1 ? b", (6, 1), ""),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(text: str, place: tuple[int, int], suggestion: str) -> None:
    with pytest.raises(ConditionError) as error:
        parse(text)

    assert (error.value.position, error.value.length) == place
    assert error.value.suggestion == suggestion
    assert error.value.message


WORDS = (
    "( ) , = != <= 'x' 'y 12 -3d +1y 100 EUR 2026-01-01 2026-13-01 #1 city orders AND OR NOT IN IS NULL BETWEEN "
    'CONTAINS MATCHES SEGMENT JSON true . \\ "'
)


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS.split()), max_size=25).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    try:
        tree = parse(text)
    except ConditionError as error:
        refusal = error
    else:
        assert parse(text_of_tree(tree)) == tree
        return
    assert refusal.position is not None
    assert refusal.length is not None
    assert 0 <= refusal.position <= refusal.position + refusal.length <= len(text)


class TestLimits:
    def test_conditions(self) -> None:
        assert len(parse(" AND ".join(["a = 1"] * MAX_CONDITIONS)).parts) == MAX_CONDITIONS  # type: ignore[union-attr]

        self.refused(" AND ".join(["a = 1"] * (MAX_CONDITIONS + 1)), position=MAX_CONDITIONS * len("a = 1 AND "))
        parameters = ", ".join(["a = 1"] * (MAX_CONDITIONS + 1))
        self.refused(f"orders MATCHES ({parameters})")

    def test_depth(self) -> None:
        parse("(" * MAX_DEPTH + "a = 1" + ")" * MAX_DEPTH)

        self.refused("(" * (MAX_DEPTH + 1) + "a = 1" + ")" * (MAX_DEPTH + 1), position=MAX_DEPTH)
        self.refused("NOT " * 4000 + "a = 1", position=MAX_DEPTH * 4)

    def test_length(self) -> None:
        self.refused(f"a = 1{' ' * MAX_LENGTH}", position=MAX_LENGTH)

    def test_values(self) -> None:
        self.refused(f"a IN ({', '.join(['1'] * (MAX_VALUES + 1))})", position=5)

    def refused(self, text: str, *, position: int | None = None) -> None:
        with pytest.raises(ConditionError) as error:
            parse(text)
        assert error.value.reason is Reason.LIMIT_REACHED
        assert position in (None, error.value.position)


def test_what_no_text_can_say_is_not_written() -> None:
    for tree in (And(()), Or((InSegment("a"),)), Comparison("a", Operator.IN)):
        with pytest.raises(ValueError, match="cannot be"):
            text_of_tree(tree)
