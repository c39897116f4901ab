"""Which JSON values can be given back, at the limits; `tests/api/core/test_json_values.py` asks the API."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from saleor_customer_plus.core.json_values import MAX_LEVELS, MAX_NAME_LENGTH, Unreturnable, check, returnable


def nested(levels: int, inner: Any = 1) -> Any:
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "é\U0001f600",
        0,
        2**63 - 1,
        -(2**63),
        2.0**53,
        -(2.0**53),
        1e-300,
        {"n" * MAX_NAME_LENGTH: 1},
        nested(MAX_LEVELS),
        nested(MAX_LEVELS, "a text is no level"),
        (1, [2]),
    ],
    ids=repr,
)
def test_what_can_be_given_back_is_taken(value: Any) -> None:
    check(value, "a")
    assert returnable(value) == (list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (2**63, "`a` must be a whole number"),
        (-(2**63) - 1, "`a` must be a whole number"),
        (math.nextafter(2.0**53, math.inf), "`a` must be a whole number"),
        (math.nextafter(-(2.0**53), -math.inf), "`a` must be a whole number"),
        (math.nan, "`a` must be a whole number"),
        (math.inf, "`a` must be a whole number"),
        ("\x00", "`a` has a character"),
        ("\ud83d", "`a` has a character"),
        ({"n" * (MAX_NAME_LENGTH + 1): 1}, "`a` has a name"),
        ({"\x00": 1}, "`a` has a name"),
        ({1: 1}, "`a` has a name"),
        (nested(MAX_LEVELS + 1), f"at most {MAX_LEVELS} levels"),
        ({"b": [0, {"c": "\x00"}]}, r"`a\.b\[1\]\.c` has a character"),
        ({"b": [0, 2**64]}, r"`a\.b\[1\]` must be"),
        (frozenset(), "`a` must be a text"),
        (b"", "`a` must be a text"),
    ],
    ids=repr,
)
def test_what_cannot_be_given_back_is_refused_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(Unreturnable, match=place):
        check(value, "a")


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        (2**63, float(2**63)),
        (2**63 + 1, str(2**63 + 1)),
        (-(2**63) - 1, str(-(2**63) - 1)),
        (10**400, str(10**400)),
        (math.inf, "inf"),
        ("a\ud83db", "a\ufffdb"),
        ({"a": {"b": [2**64]}}, {"a": {"b": [float(2**64)]}}),
        ({"\ud83d": 1}, {"\ufffd": 1}),
    ],
    ids=repr,
)
def test_what_was_stored_before_there_were_limits_is_given_as_it_can_be(stored: Any, given: Any) -> None:
    assert returnable(stored) == given


def test_what_is_too_deep_is_given_as_a_text() -> None:
    assert returnable(nested(100)) == nested(100)
    assert returnable(nested(101)) == nested(100, json.dumps([1]))
