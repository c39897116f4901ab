"""Random trees, whatever they mean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from saleor_customer_plus.conditions.tree import (
    UNITS,
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

texts = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=20
) | st.sampled_from(["it's", "\\", "\\'", "AND", "a\nb", "100 EUR", '"'])
numbers = st.decimals(-(10**12), 10**12, places=3, allow_nan=False).map(
    lambda number: Decimal(f"{number.normalize():f}") if number else Decimal(0)
)
money = st.builds(Money, numbers, st.sampled_from(["EUR", "USD", "JPY"]))
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))
times = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
offsets = st.builds(Offset, st.integers(-500, 500), st.sampled_from(UNITS))
ids = st.builds(Id, st.integers(0, 2**63 - 1))
jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text("ab'\\\"", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=4,
).map(lambda value: Json(json.dumps(value, ensure_ascii=False, sort_keys=True)))
literals = st.one_of(texts, numbers, st.booleans(), money, dates, times, offsets, ids, jsons)

names = st.sampled_from(["city", "order_count", "total_spent", "anything"]) | st.builds(
    lambda key: f"attributes.{key}", st.text("abc -_.\"\\'ü9", min_size=1, max_size=8)
)


def _comparison(operator: Operator) -> st.SearchStrategy[Comparison]:
    fewest, most = {Operator.BETWEEN: (2, 2), Operator.IN: (1, 4), Operator.NOT_IN: (1, 4)}.get(operator, (1, 1))
    if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
        fewest, most = 0, 0
    values = st.lists(literals, min_size=fewest, max_size=most).map(tuple)
    return st.builds(Comparison, names, st.just(operator), values)


comparisons = st.sampled_from(Operator).flatmap(_comparison)
calls = st.builds(
    Call,
    st.sampled_from(["orders", "products"]),
    st.lists(comparisons, min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
segments = st.builds(InSegment, texts | ids)


def _joined(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(And, parts) | st.builds(Or, parts) | st.builds(Not, inner)


def trees(leaves: st.SearchStrategy[object] = comparisons | calls | segments) -> st.SearchStrategy[object]:
    """Trees of at most ten levels."""
    return st.recursive(leaves, _joined, max_leaves=6)
