"""Cells as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.bulk.imports.values import addresses, dates, phones, places, words
from saleor_customer_plus.bulk.imports.values.base import Unreadable, stored, text_of


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (addresses.email_of, " Anna@Example.COM ", "anna@example.com"),
        (addresses.email_of, "mailto:anna@example.com?subject=x", "anna@example.com"),
        (addresses.email_of, "Anna Rossi <Anna@example.com>", "anna@example.com"),
        (addresses.email_of, "info@münchen.de", "info@münchen.de"),
        (addresses.email_of, "'anna@example.com';", "anna@example.com"),
        (addresses.email_of, "(anna@example.com).", "anna@example.com"),
        (addresses.email_of, "'anna@example.com", "'anna@example.com"),  # odd, and possible
        (addresses.email_of, "\u202aanna@example.com\u202c", "anna@example.com"),
        (addresses.email_of, "\ufeff anna@example.com\u200b", "anna@example.com"),
        (places.country_of, "de", "DE"),
        (places.country_of, "DEU", "DE"),
        (places.country_of, "Germany", "DE"),
        (places.country_of, "GERMANIA", "DE"),
        (places.country_of, "Deutschland", "DE"),
        (places.country_of, "Allemagne", "DE"),
        (places.country_of, "Alemania", "DE"),
        (places.country_of, "U.S.A.", "US"),
        (places.country_of, "Österreich", "AT"),
        (words.flag_of, "Sì", True),
        (words.flag_of, "SUBSCRIBED", True),
        (words.flag_of, "Never subscribed", False),
        (words.flag_of, "NEIN", False),
        (words.flag_of, "Not set", False),
        (words.flag_of, "Non-subscribed", False),
        (places.language_of, "Deutsch", "de"),
        (places.language_of, "pt_BR", "pt-br"),
        (words.names_of, "vip, Fair; vip", ("vip", "Fair")),
        (words.names_of, '["a","b"]', ("a", "b")),
        (words.names_of, '"a;b", c|d, """e""", "[f]"', ("a;b", "c", "d", '"e"', "[f]")),
        (words.names_of, '"VIP","Fair, 2024", say "hi', ("VIP", "Fair", "2024", 'say "hi')),
        (words.basis_of, "consent", "CONSENT"),
        (words.pairs_of, "instagram: anna; x: anna2", {"instagram": "anna", "x": "anna2"}),
        (addresses.split_name, "Anna Maria Rossi", ("Anna Maria", "Rossi")),
        (addresses.split_name, "Rossi, Anna", ("Anna", "Rossi")),
        (addresses.split_name, "Anna", ("Anna", "")),
    ],
)
def test_cells_are_read_as_people_write_them(read: Callable[[str], Any], cell: str, value: Any) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("cell", "month_first", "told"),
    [
        ("2024-05-31", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-05-31 13:14:15 UTC", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        ("2024-05-31T13:14:15+02:00", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("31.05.2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("3/4/2024", False, datetime(2024, 4, 3, tzinfo=UTC)),
        ("3/4/2024", True, datetime(2024, 3, 4, tzinfo=UTC)),
        ("5/31/2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("31/05/24 8:05", False, datetime(2024, 5, 31, 8, 5, tzinfo=UTC)),
        ("5/31/2024 1:05 PM", True, datetime(2024, 5, 31, 13, 5, tzinfo=UTC)),
        ("May 31, 2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("31-May-2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("45443", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("45443.75", False, datetime(2024, 5, 31, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_people_write_them(cell: str, month_first: bool, told: datetime) -> None:
    assert dates.time_of(cell, month_first) == told


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("anna@example.com, bo@example.com", "several"),
        ("anna@example.com ::: bo@example.com", "several"),
        ("an\u200bna@example.com", "nobody sees"),
        ("anna", "no e-mail address"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(cell: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        addresses.email_of(cell)


def test_a_quotation_mark_that_is_missing_is_told() -> None:
    with pytest.raises(Unreadable, match="quotation mark"):
        text_of("first_name", 256, "Bo\nc@example.com,Cy")


@pytest.mark.parametrize(
    ("cell", "region", "phone"),
    [
        ("+49 30 1234567", "", "+49301234567"),
        ("+49301234567", "", "+49301234567"),
        ("0049301234567", "", "+49301234567"),
        ("030/123 45 67", "DE", "+49301234567"),
        ("+49 (0)30 1234567", "", "+49301234567"),
        ("+490301234567", "", "+49301234567"),
        ("312 345 6789", "IT", "+393123456789"),
    ],
)
def test_phones_are_read_in_any_spelling(cell: str, region: str, phone: str) -> None:
    assert phones.phone_of(cell, region) == phone


@given(st.from_regex(r"\+(49|39|1|44|33|34|7|86|55)[0-9]{5,13}", fullmatch=True))
def test_the_short_way_to_a_phone_comes_to_the_same_as_the_long_one(text: str) -> None:
    def read(by: Callable[[], str]) -> str:
        try:
            return by()
        except Unreadable:
            return "refused"

    assert read(lambda: phones.phone_of(text, "")) == read(lambda: str(stored("phone", text)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_short_way_to_a_text_comes_to_the_same_as_the_long_one(text: str) -> None:
    cell = text.strip()
    if cell:
        try:
            long = stored("first_name", cell)
        except Unreadable:
            with pytest.raises(Unreadable):
                text_of("first_name", 256, cell)
        else:
            assert text_of("first_name", 256, cell) == long


@given(st.from_regex(r"[a-zA-Z0-9._%+-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{1,4}", fullmatch=True))
def test_the_short_way_to_an_address_comes_to_the_same_as_the_long_one(text: str) -> None:
    try:
        long = stored("email", text)
    except Unreadable:  # which may still be an address with a point before it
        assert not addresses._PLAIN_EMAIL.fullmatch(text)
    else:
        assert addresses.email_of(text) == long


LONG = 200_000


def test_what_is_made_to_be_read_for_hours_is_read_in_a_moment() -> None:
    """Whatever tries each character as a beginning takes the square of the length."""
    assert words.names_of("a" + "\n" * LONG + "b") == ("a", "b")
    assert addresses.email_of("\u200b" * LONG + "anna@example.com" + "\u200b" * LONG) == "anna@example.com"
