"""What a field may hold, and how it is told."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.fields.models import FieldDefinition, FieldType
from saleor_customer_plus.fields.values import BLANK, Value, clean, shown

SIZES = [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}, {"value": "xl", "label": "Extra large"}]
ORDER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def field(type: str, **fields: Any) -> FieldDefinition:
    return FieldDefinition(pk=7, key="key", label="Label", type=type, **fields)


def gid(text: str) -> str:
    return b64encode(text.encode()).decode()


class TestClean:
    @pytest.mark.parametrize(
        ("definition", "raw", "value"),
        [
            (field("TEXT"), "  Anna\t", Value("Anna", text="anna")),
            (field("TEXT"), "Straße", Value("Straße", text="strasse")),
            (field("TEXT", limits={"max_length": 300}), "a\r\nb", Value("a\nb", text="a\nb")),
            (field("TEXT", limits={"mask": "aa-9999"}), "ab-2041", Value("ab-2041", text="ab-2041")),
            (field("NUMBER"), 5, Value(5, number=Decimal(5))),
            (field("NUMBER"), 100, Value(100, number=Decimal(100))),
            (field("NUMBER"), 5.0, Value(5, number=Decimal(5))),
            (field("NUMBER"), -0.0, Value(0, number=Decimal(0))),
            (field("NUMBER"), 0.000001, Value(0.000001, number=Decimal("0.000001"))),
            (field("NUMBER"), 999_999_999_999_999, Value(999_999_999_999_999, number=Decimal(999_999_999_999_999))),
            (field("DATE"), " 1980-02-29 ", Value("1980-02-29", date=date(1980, 2, 29))),
            (field("BOOLEAN"), False, Value(False, boolean=False)),
            (field("CHOICE", choices=SIZES), "l", Value("l", text="l")),
            (field("CHOICES", choices=SIZES), ["xl", "s", "xl"], Value(["s", "xl"], choices=("7:s", "7:xl"))),
            (field("CHOICES", choices=SIZES), "s", Value(["s"], choices=("7:s",))),
            (
                field("MONEY"),
                {"amount": 12.5, "currency": "eur"},
                Value({"amount": 12.5, "currency": "EUR"}, text="EUR", number=Decimal("12.5")),
            ),
            (field("PRODUCT"), gid("Product:07"), Value(gid("Product:7"), text="7")),
            (field("ORDER"), gid(f"Order:{ORDER.upper()}"), Value(gid(f"Order:{ORDER}"), text=ORDER)),
        ],
    )
    def test_a_value_that_fits(self, definition: FieldDefinition, raw: Any, value: Value) -> None:
        assert clean(definition, raw) == value
        assert clean(definition, value.json) == value, "what is told can be given back"

    @pytest.mark.parametrize(
        ("definition", "raw"),
        [
            (field("TEXT"), "x" * 255),
            (field("TEXT", limits={"min_length": 3, "max_length": 3}), "xyz"),
            (field("NUMBER", limits={"min_number": "1.5", "max_number": "1.5"}), 1.5),
            (field("MONEY", limits={"min_number": "9", "max_number": "9"}), {"amount": 9, "currency": "EUR"}),
            (field("DATE", limits={"min_date": "2026-01-31", "max_date": "2026-01-31"}), "2026-01-31"),
        ],
    )
    def test_both_ends_of_the_limits_are_allowed(self, definition: FieldDefinition, raw: Any) -> None:
        assert clean(definition, raw).json == raw

    @pytest.mark.parametrize(
        ("definition", "raw", "message"),
        [
            (field("TEXT"), 5, "Give a text."),
            (field("TEXT"), "x" * 256, "This may have at most 255 characters."),
            (field("TEXT", limits={"max_length": 2}), "xyz", "This may have at most 2 characters."),
            (field("TEXT", limits={"min_length": 2}), "x", "This must have at least 2 characters."),
            (field("TEXT"), "a\nb", "This has a character that is not allowed."),
            (field("TEXT"), "\x00", "This has a character that is not allowed."),
            (field("TEXT"), "\ud800", "This has a character that is not allowed."),
            (
                field("TEXT", limits={"mask": "aa-9999"}),
                "A1-2041",
                "This must have the form aa-9999 (9: a digit, a: a letter, *: either).",
            ),
            (field("NUMBER"), True, "Give a number of at most 15 digits and 6 decimals."),
            (field("NUMBER"), "5", "Give a number of at most 15 digits and 6 decimals."),
            (field("NUMBER"), float("nan"), "Give a number of at most 15 digits and 6 decimals."),
            (field("NUMBER"), 1e300, "Give a number of at most 15 digits and 6 decimals."),
            (field("NUMBER"), 10**15, "Give a number of at most 15 digits and 6 decimals."),
            pytest.param(
                field("NUMBER"),
                10**5000,
                "Give a number of at most 15 digits and 6 decimals.",
                id="too long",
            ),
            (field("NUMBER"), 0.0000001, "Give a number of at most 15 digits and 6 decimals."),
            (field("NUMBER", limits={"min_number": "0"}), -1, "This must be at least 0."),
            (field("NUMBER", limits={"max_number": "9.5"}), 10, "This must be at most 9.5."),
            (field("DATE"), "1981-02-29", "Give a date such as 2026-11-27."),
            (field("DATE"), "20260101", "Give a date such as 2026-11-27."),
            (field("DATE"), 2026, "Give a date such as 2026-11-27."),
            (field("DATE", limits={"min_date": "1900-01-01"}), "1899-12-31", "This must not be before 1900-01-01."),
            (field("DATE", limits={"max_date": "2026-01-01"}), "2026-01-02", "This must not be after 2026-01-01."),
            (field("BOOLEAN"), "yes", "Give true or false."),
            (field("BOOLEAN"), 1, "Give true or false."),
            (field("CHOICE", choices=SIZES), "Large", "Choose one of s, l, xl."),
            (field("CHOICE", choices=SIZES), ["l"], "Choose one of s, l, xl."),
            (field("CHOICES", choices=SIZES), ["l", {}], "Choose one of s, l, xl."),
            (field("MONEY"), 5, 'Give an amount such as {"amount": 12.5, "currency": "EUR"}.'),
            (
                field("MONEY"),
                {"amount": 1.2345, "currency": "EUR"},
                "Give an amount of at most 15 digits and 3 decimals.",
            ),
            (
                field("MONEY"),
                {"amount": 1, "currency": "Euro"},
                "Give the currency as an ISO 4217 code, such as EUR.",
            ),
            (
                field("MONEY", limits={"currency": "EUR"}),
                {"amount": 1, "currency": "USD"},
                "Give the amount in EUR.",
            ),
            (field("PRODUCT"), gid(f"Order:{ORDER}"), "Give the id of a Product."),
            (field("PRODUCT"), gid("Product:x"), "Give the id of a Product."),
            (field("ORDER"), gid("Order:7"), "Give the id of a Order."),
            (field("ORDER"), gid(f"User:{ORDER}"), "Give the id of a Order."),
            (field("ORDER"), ORDER, "Give the id of a Order."),
            (field("ORDER"), {"id": 1}, "Give the id of a Order."),
        ],
    )
    def test_a_value_that_does_not_fit(self, definition: FieldDefinition, raw: Any, message: str) -> None:
        with pytest.raises(CustomerPlusError) as caught:
            clean(definition, raw, field="fields.0.value")
        assert caught.value.message == f"The field 'Label': {message}"
        assert (caught.value.code, caught.value.field) == (ErrorCode.INVALID, "fields.0.value")

    @pytest.mark.parametrize("type", FieldType)
    @pytest.mark.parametrize("raw", [None, "", " \n ", []])
    def test_nothing_clears_a_field_unless_it_is_required(self, type: FieldType, raw: Any) -> None:
        assert clean(field(type), raw) == BLANK
        with pytest.raises(CustomerPlusError) as caught:
            clean(field(type, is_required=True), raw)
        assert caught.value.message == "The field 'Label' is required."
        assert caught.value.code == ErrorCode.REQUIRED

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=5,
        )
    )
    def test_whatever_is_given_is_told_or_refused(self, raw: Any) -> None:
        for type in FieldType:
            definition = field(type, choices=SIZES)
            try:
                value = clean(definition, raw)
            except CustomerPlusError:
                continue
            assert clean(definition, value.json) == value
            assert isinstance(shown(definition, value.json), str)


@pytest.mark.parametrize(
    ("definition", "json", "text"),
    [
        (field("TEXT"), None, ""),
        (field("TEXT"), "Anna", "Anna"),
        (field("NUMBER"), 5, "5"),
        (field("NUMBER"), 0.000001, "0.000001"),
        (field("DATE"), "1980-02-29", "1980-02-29"),
        (field("BOOLEAN"), False, "no"),
        (field("CHOICE", choices=SIZES), "l", "Large"),
        (field("CHOICE", choices=SIZES), "gone", "gone"),
        (field("CHOICES", choices=SIZES), ["s", "xl"], "Small, Extra large"),
        (field("MONEY"), {"amount": 12.5, "currency": "EUR"}, "12.50 EUR"),
        (field("MONEY"), {"amount": 100, "currency": "JPY"}, "100 JPY"),
        (field("MONEY"), {"amount": 0.125, "currency": "EUR"}, "0.125 EUR"),
        (field("ORDER"), gid(f"Order:{ORDER}"), ORDER),
    ],
)
def test_a_value_as_text(definition: FieldDefinition, json: Any, text: str) -> None:
    assert shown(definition, json) == text


@given(st.text(max_size=8), st.text(max_size=8))
def test_texts_that_differ_in_case_only_are_one_unique_value(one: str, other: str) -> None:
    values = []
    for text in (one, other):
        try:
            values.append(clean(field("TEXT"), text))
        except CustomerPlusError:
            return
    is_same = values[0].unique_key == values[1].unique_key
    assert is_same == (values[0].text == values[1].text)
