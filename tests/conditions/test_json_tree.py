"""The JSON of a condition."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.conditions import json_tree
from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.limits import MAX_CONDITIONS
from saleor_customer_plus.conditions.parsing import parse

from .trees import trees


def test_by_example() -> None:
    tree = parse(
        "country IN ('DE', 'FR') AND NOT total_spent < 99.5 EUR AND orders MATCHES (count >= 2, date >= -90d) "
        "AND IN SEGMENT 'Best' AND last_order IS NULL"
    )

    assert json_tree.dump(tree) == {
        "and": [
            {"field": "country", "operator": "IN", "value": ["DE", "FR"]},
            {"not": {"field": "total_spent", "operator": "<", "value": {"amount": "99.5", "currency": "EUR"}}},
            {
                "function": "orders",
                "operator": "MATCHES",
                "parameters": [
                    {"field": "count", "operator": ">=", "value": 2},
                    {"field": "date", "operator": ">=", "value": {"offset": "-90d"}},
                ],
            },
            {"segment": "Best"},
            {"field": "last_order", "operator": "IS NULL"},
        ]
    }


@given(trees())
@settings(max_examples=60, deadline=None)
def test_a_tree_survives_its_json(tree: Any) -> None:
    text = json.dumps(json_tree.dump(tree))

    assert json_tree.load(json.loads(text)) == tree
    assert json.dumps(json_tree.dump(json_tree.load(json.loads(text)))) == text


def test_what_is_joined_with_nothing_is_itself() -> None:
    assert json_tree.load({"and": [{"segment": "a"}]}) == parse("IN SEGMENT 'a'")


@pytest.mark.parametrize(
    ("value", "path", "suggestion"),
    [
        (None, (), ""),
        ([], (), ""),
        ({}, (), "field"),
        ({"feild": "a"}, (), "field"),
        ({"and": []}, ("and",), ""),
        ({"and": [{"segment": 5}]}, ("and", 0, "segment"), ""),
        ({"not": {"field": "a"}}, ("not", "operator"), ""),
        ({"field": "a", "operator": "CONTAIN", "value": 1}, ("operator",), "CONTAINS"),
        ({"field": "a", "operator": "=", "values": 1}, ("values",), "value"),
        ({"field": "a", "operator": "="}, (), ""),
        ({"field": "", "operator": "=", "value": 1}, ("field",), ""),
        ({"field": "a", "operator": "IN", "value": "x"}, ("value",), ""),
        ({"field": "a", "operator": "IN", "value": ["x", None]}, ("value", 1), ""),
        ({"field": "a", "operator": "BETWEEN", "value": [1]}, ("value",), ""),
        ({"field": "a", "operator": "IS NULL", "value": 1}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": {"amount": "1"}}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": {"amount": "1", "currency": "EURO"}}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": {"date": "2026-02-30"}}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": {"offset": "30"}}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": float("nan")}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": 10**5000}, ("value",), ""),
        ({"field": "a", "operator": "=", "value": "\x00"}, ("value",), ""),
        ({"function": "a", "parameters": []}, ("parameters",), ""),
        ({"function": "a", "parameters": [{"field": "b"}]}, ("parameters", 0, "operator"), ""),
        ({"function": "a", "operator": "=", "parameters": [{}]}, ("operator",), ""),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_path(value: Any, path: tuple[Any, ...], suggestion: str) -> None:
    with pytest.raises(ConditionError) as error:
        json_tree.load(value)

    assert error.value.path == path
    assert error.value.suggestion == suggestion


def test_limits() -> None:
    nested: Any = {"segment": "a"}
    for _ in range(2000):
        nested = {"not": nested}
    many = {"and": [{"or": [{"segment": "a"}] * 60}] * 2}

    for value in (nested, many, {"and": [{"segment": "a"}] * (MAX_CONDITIONS + 1)}):
        with pytest.raises(ConditionError) as error:
            json_tree.load(value)
        assert error.value.reason is Reason.LIMIT_REACHED


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["and", "or", "not", "field", "operator", "value", "function", "parameters", "amount", "id"]
                ),
                inner | st.sampled_from(["=", "IN", "city"]),
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        tree = json_tree.load(value)
    except ConditionError:
        return
    assert json_tree.load(json_tree.dump(tree)) == tree
