"""What changed, in the reader's words, whatever the log holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityType
from saleor_customer_plus.dashboard.log_values import changes
from saleor_customer_plus.dashboard.wording import WORDS


def told(
    before: dict[str, Any], after: dict[str, Any], type: str = "DETAILS_EDITED", definitions: Any = ()
) -> dict[str, tuple[str, str]]:
    entry = {"type": type, "before": before, "after": after}
    # Whether a narrow no-break space precedes "AM" depends on the version of Babel.
    return {
        change["name"]: (change["before"].replace("\u202f", " "), change["after"].replace("\u202f", " "))
        for change in changes(entry, definitions)
    }


def test_every_kind_of_entry_has_words() -> None:
    assert set(ActivityType.values) <= WORDS.keys()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"chargeStatus": "none"}, {"chargeStatus": "full"}, {"Payment": ("Not paid", "Paid")}),
        ({}, {"totalGross": "12.500", "currency": "EUR"}, {"Total": ("", "€12.50")}),
        ({"totalRefunded": "0.000"}, {"totalRefunded": "80.000"}, {"Refunded": ("0", "80")}),
        ({"counts": False}, {"counts": True}, {"Counts": ("No", "Yes")}),
        ({"countryCode": ""}, {"countryCode": "DE"}, {"Country": ("", "Germany")}),
        ({"channel": "EMAIL"}, {"channel": "EMAIL"}, {"Channel": ("", "E-mail")}),
        ({}, {"optInLevel": "UNKNOWN"}, {}),
        ({}, {"fields": ["first_name"]}, {"Fields": ("", "First name")}),
        ({"ownerId": None}, {"ownerId": "VXNlcjox", "leadId": "x"}, {"Owner": ("nobody", "somebody")}),
        ({}, {"mergedIds": ["Q3VzdG9tZXI="], "phone": "+49301"}, {"Phone": ("", "+49301")}),
        ({"phone": "+49301"}, {}, {"Phone": ("+49301", "")}),
        ({"mentions": []}, {"mentions": ["VXNlcjox"]}, {"Mentions": ("None", "1")}),
        ({"attributes": {"a": [1, True]}}, {"attributes": {}}, {"Attributes": ("a: 1, Yes", "")}),
        ({}, {"at": "2026-01-02T03:04:05+00:00"}, {"Decided": ("", "Jan 2, 2026, 3:04:05 AM")}),
    ],
)
def test_names_and_values_are_in_words(before: Any, after: Any, expected: Any) -> None:
    with translation.override("en"):
        assert told(before, after) == expected


def test_the_number_of_an_order_is_not_that_of_the_customer() -> None:
    with translation.override("en"):
        assert told({}, {"number": 17}, "ORDER_ADDED") == {"Number": ("", "17")}
        assert told({}, {"number": "K-1"}) == {"Customer number": ("", "K-1")}


OWN = [
    {"key": "level", "label": "Level", "type": "CHOICE", "choices": [{"value": "gold", "label": "Gold member"}]},
    {"key": "likes", "label": "Likes", "type": "CHOICES", "choices": [{"value": "tea", "label": "Tea"}]},
    *(
        {"key": type.lower(), "label": type.title(), "type": type, "choices": []}
        for type in ("TEXT", "NUMBER", "DATE", "BOOLEAN", "MONEY")
    ),
]


@pytest.mark.parametrize(
    ("key", "before", "after", "expected"),
    [
        ("level", None, "gold", {"Level": ("", "Gold member")}),
        ("level", "silver", None, {"Level": ("silver", "")}),
        ("likes", ["tea"], ["tea", "rum"], {"Likes": ("Tea", "Tea, rum")}),
        ("text", "a", "b", {"Text": ("a", "b")}),
        ("number", 1234.5, 0.000001, {"Number": ("1,234.5", "0.000001")}),
        ("date", None, "1980-01-02", {"Date": ("", "Jan 2, 1980")}),
        ("boolean", True, False, {"Boolean": ("Yes", "No")}),
        ("money", None, {"amount": 12.5, "currency": "EUR"}, {"Money": ("", "€12.50")}),
        ("date", "soon", 7, {"Date": ("soon", "7")}),  # it was of another type then
        ("gone", None, "x", {"gone": ("", "x")}),
    ],
)
def test_fields_of_the_shop_have_their_labels(key: str, before: Any, after: Any, expected: Any) -> None:
    with translation.override("en"):
        assert told({"fields": {key: before}}, {"fields": {key: after}}, definitions=OWN) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.text(max_size=9) | st.sampled_from(
    ["size", "totalGross", "currency", "state", "country", "languageCode", "fields", "mentions", "at", "ownerId"]
)


@settings(max_examples=50)
@given(st.dictionaries(NAMES, JSON, max_size=4), st.dictionaries(NAMES, JSON, max_size=4))
def test_nothing_that_the_log_may_hold_breaks_the_page(before: Any, after: Any) -> None:
    for change in changes({"type": "DETAILS_EDITED", "before": before, "after": after}, OWN):
        assert all(isinstance(text, str) for text in change.values())
