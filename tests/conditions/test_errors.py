"""What is wrong with a condition is told at its place, with what was probably meant."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.conditions import json_tree
from saleor_customer_plus.conditions.checking import check
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context, SavedTree
from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.limits import MAX_DEPTH
from saleor_customer_plus.conditions.parsing import parse, parse_with_places, placed
from saleor_customer_plus.conditions.tree import Id
from saleor_customer_plus.errors import CustomerPlusError, SeveralErrors
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_channel, make_record

pytestmark = pytest.mark.django_db


def errors_of(text: str, context: Context | None = None) -> list[tuple[Reason, str, str]]:
    """The reason of each error, the words at its place, and the suggestion."""
    parsed = parse_with_places(text)
    with pytest.raises((ConditionError, SeveralErrors)) as raised:
        check(parsed.tree, context or Context())
    placed(raised.value, parsed.spans)
    errors: list[CustomerPlusError] = getattr(raised.value, "errors", [raised.value])  # type: ignore[list-item]
    found = []
    for error in errors:
        assert isinstance(error, ConditionError)
        assert error.position is not None
        assert error.length is not None
        found.append((error.reason, text[error.position : error.position + error.length], error.suggestion))
    return found


@pytest.mark.parametrize(
    ("text", "reason", "words", "suggestion"),
    [
        ("order_cuont > 2", Reason.UNKNOWN_FIELD, "order_cuont", "order_count"),
        ("xyzzy = 1", Reason.UNKNOWN_FIELD, "xyzzy", ""),
        ("city.x = 1", Reason.UNKNOWN_FIELD, "city.x", "city"),
        ("attributes = 1", Reason.UNKNOWN_FIELD, "attributes", "attributes"),
        ("orders = 1", Reason.UNKNOWN_FIELD, "orders", "orders MATCHES (count ...)"),
        ("city MATCHES (count = 1)", Reason.UNKNOWN_FIELD, "city", ""),
        ("order MATCHES (count = 1)", Reason.UNKNOWN_FIELD, "order", "orders"),
        ("orders MATCHES (cuont = 1)", Reason.UNKNOWN_FIELD, "cuont", "count"),
        ("city > 'x'", Reason.OPERATOR_NOT_ALLOWED, ">", ""),
        ("sources = 'ORDER'", Reason.OPERATOR_NOT_ALLOWED, "=", "CONTAINS"),
        ("country CONTAINS 'D'", Reason.OPERATOR_NOT_ALLOWED, "CONTAINS", "="),
        ("order_count IS NULL", Reason.OPERATOR_NOT_ALLOWED, "IS NULL", ""),
        ("city = 12", Reason.WRONG_TYPE, "12", "'12'"),
        ("order_count > '2'", Reason.WRONG_TYPE, "'2'", "12"),
        ("order_count > 2 EUR", Reason.WRONG_TYPE, "2 EUR", "2"),
        ("is_active = 1", Reason.WRONG_TYPE, "1", "true"),
        ("created_at > '2026-01-01'", Reason.WRONG_TYPE, "'2026-01-01'", "2026-01-31"),
        ("total_spent > 100", Reason.CURRENCY_REQUIRED, "100", "100 EUR"),
        ("total_spent BETWEEN 1 EUR AND 2 USD", Reason.INVALID_VALUE, "total_spent BETWEEN 1 EUR AND 2 USD", ""),
        ("order_count BETWEEN 5 AND 1", Reason.INVALID_VALUE, "order_count BETWEEN 5 AND 1", ""),
        ("orders MATCHES (spent > 5)", Reason.CURRENCY_REQUIRED, "5", "5 EUR"),
        ("stage = 'CUSTMER'", Reason.INVALID_VALUE, "'CUSTMER'", "'CUSTOMER'"),
        ("sources IN ('ORDER', 'FAX')", Reason.INVALID_VALUE, "'FAX'", ""),
        ("country = 'Germany'", Reason.INVALID_VALUE, "'Germany'", ""),
        ("city CONTAINS ''", Reason.INVALID_VALUE, "''", ""),
        ("orders MATCHES (channel = 'europ')", Reason.NOT_FOUND, "'europ'", "'europe'"),
        ("orders MATCHES (channel = #99999999)", Reason.NOT_FOUND, "#99999999", ""),
        ("IN SEGMENT 'x'", Reason.NOT_FOUND, "'x'", ""),
    ],
)
def test_each_reason(text: str, reason: Reason, words: str, suggestion: str) -> None:
    make_channel("europe")

    assert errors_of(f"is_staff = true AND NOT ({text})") == [(reason, words, suggestion)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert [words for _, words, _ in errors_of("a = 1 OR city > 'x' AND NOT total_spent > 1")] == ["a", ">", "1"]


def test_errors_of_json_have_a_path() -> None:
    tree = json_tree.load({"or": [{"segment": "x"}, {"field": "country", "operator": "IN", "value": ["DE", "DEU"]}]})

    with pytest.raises(SeveralErrors) as error:
        check(tree, Context())

    assert [one.path for one in error.value.errors if isinstance(one, ConditionError)] == [
        ("or", 0, "segment"),
        ("or", 1, "value", 1),
    ]


class TestSegments:
    def context(self, texts: dict[str, str], **more: int) -> Context:
        keys = {name: number for number, name in enumerate(texts, start=1)}

        def find(segment: str | Id) -> SavedTree | None:
            return SavedTree(keys[segment], parse(texts[segment])) if segment in texts else None  # type: ignore[index]

        return Context(find_segment=find, **more)

    def test_within_each_other(self) -> None:
        make_record("anna@example.com", city="Berlin", country_code="DE")
        make_record("ben@example.com", city="Bonn", country_code="DE")
        context = self.context({"german": "country = 'DE'", "berlin": "IN SEGMENT 'german' AND city = 'Berlin'"})
        compiled = compile_tree(parse("NOT IN SEGMENT 'berlin' AND IN SEGMENT 'german'"), context)

        assert [record.email for record in CustomerRecord.objects.filter(compiled.condition)] == ["ben@example.com"]
        assert compiled.segments == {1, 2}

    def test_a_cycle_is_refused(self) -> None:
        context = self.context({"a": "IN SEGMENT 'b'", "b": "city = 'x' OR IN SEGMENT 'a'"})

        assert errors_of("IN SEGMENT 'a'", context) == [(Reason.CYCLE, "'a'", "")]

    def test_a_segment_within_itself_is_refused(self) -> None:
        context = self.context({"a": "city = 'x'"}, segment=1)

        assert errors_of("IN SEGMENT 'a'", context) == [(Reason.CYCLE, "'a'", "")]

    def test_a_broken_segment_breaks_those_that_refer_to_it(self) -> None:
        context = self.context({"a": "orders MATCHES (channel = 'gone')", "b": "IN SEGMENT 'a'"})

        assert errors_of("city = 'x' AND IN SEGMENT 'b'", context) == [(Reason.NOT_FOUND, "'b'", "")]

    def test_too_many_within_each_other(self) -> None:
        depth = MAX_DEPTH + 2
        texts = {str(number): f"IN SEGMENT '{number + 1}'" for number in range(depth)} | {str(depth): "city = 'x'"}

        assert errors_of("IN SEGMENT '0'", self.context(texts)) == [(Reason.LIMIT_REACHED, "'0'", "")]

    def test_segments_that_multiply_are_refused(self) -> None:
        texts = {str(number): " OR ".join([f"IN SEGMENT '{number + 1}'"] * 20) for number in range(6)}
        texts["6"] = "city = 'x'"

        assert errors_of("IN SEGMENT '0'", self.context(texts)) == [(Reason.LIMIT_REACHED, "'0'", "")]


def test_names_are_looked_up_at_once() -> None:
    make_channel("a")
    make_channel("b")
    tree = parse("orders MATCHES (channel = 'a') OR orders MATCHES (channel IN ('a', 'b')) OR city = 'x'")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        check(tree, Context())

    assert len(queries) == 1
