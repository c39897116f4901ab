"""What the fields of a record may hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.records.validation import WRITABLE, clean, clean_reason
from saleor_customer_plus.records.writing import COLUMNS

NFD_DOMAIN = "anna@mu\u0308nchen.de"  # as macOS types an umlaut

# As they are typed, and as they are stored.
VALID_EMAILS = {
    "anna@example.com": "anna@example.com",
    "Anna.Rossi@Example.COM": "anna.rossi@example.com",
    "  anna@example.com\n": "anna@example.com",
    "\u00a0anna@example.com\u00a0": "anna@example.com",
    "\tanna@example.com": "anna@example.com",
    "anna+shop@example.com": "anna+shop@example.com",
    "anna+shop+2@example.com": "anna+shop+2@example.com",
    "a@b.co": "a@b.co",
    "1@2.de": "1@2.de",
    "123456789@qq.com": "123456789@qq.com",
    "_@example.com": "_@example.com",
    "__anna__@example.com": "__anna__@example.com",
    "-anna-@example.com": "-anna-@example.com",
    "anna-rossi@example-shop.com": "anna-rossi@example-shop.com",
    "o'brien@example.ie": "o'brien@example.ie",
    "d'angelo.m@example.it": "d'angelo.m@example.it",
    "anna/rossi@example.com": "anna/rossi@example.com",
    "anna=rossi@example.com": "anna=rossi@example.com",
    "anna#1@example.com": "anna#1@example.com",
    "anna!@example.com": "anna!@example.com",
    "anna$@example.com": "anna$@example.com",
    "anna%x@example.com": "anna%x@example.com",
    "anna&bert@example.com": "anna&bert@example.com",
    "anna*@example.com": "anna*@example.com",
    "anna?@example.com": "anna?@example.com",
    "anna^@example.com": "anna^@example.com",
    "anna`@example.com": "anna`@example.com",
    "{anna}@example.com": "{anna}@example.com",
    "anna|bert@example.com": "anna|bert@example.com",
    "anna~@example.com": "anna~@example.com",
    "a.b.c.d.e@example.com": "a.b.c.d.e@example.com",
    "=anna@example.com": "=anna@example.com",
    "+anna@example.com": "+anna@example.com",
    '"anna"@example.com': '"anna"@example.com',
    '"anna@home"@example.com': '"anna@home"@example.com',
    '"anna..rossi"@example.com': '"anna..rossi"@example.com',
    "anna@sub.domain.example.co.uk": "anna@sub.domain.example.co.uk",
    "anna@a-b.example.com": "anna@a-b.example.com",
    "anna@1und1.de": "anna@1und1.de",
    "anna@163.com": "anna@163.com",
    "anna@t-online.de": "anna@t-online.de",
    "anna@example.museum": "anna@example.museum",
    "anna@example.photography": "anna@example.photography",
    "anna@example.xn--p1ai": "anna@example.xn--p1ai",
    "anna@xn--mnchen-3ya.de": "anna@xn--mnchen-3ya.de",
    "anna@münchen.de": "anna@münchen.de",
    "anna@MÜNCHEN.de": "anna@münchen.de",
    NFD_DOMAIN: "anna@münchen.de",
    "anna@straße.example": "anna@straße.example",
    "anna@例え.jp": "anna@例え.jp",
    "anna@почта.рф": "anna@почта.рф",
    "anna@ελλάδα.gr": "anna@ελλάδα.gr",
    "anna@[127.0.0.1]": "anna@[127.0.0.1]",
    "anna@[IPv6:2001:db8::1]": None,
    "x" * 64 + "@example.com": "x" * 64 + "@example.com",
    "x" * 65 + "@example.com": "x" * 65 + "@example.com",  # longer than RFC 5321 says, and in use
    "anna@" + "x" * 63 + ".de": "anna@" + "x" * 63 + ".de",
    "anna@" + ".".join(["x" * 60] * 4)[:-3] + ".de": "anna@" + ".".join(["x" * 60] * 4)[:-3] + ".de",
    "noreply@example.com": "noreply@example.com",
    "postmaster@example.com": "postmaster@example.com",
}
VALID_EMAILS = {raw: stored for raw, stored in VALID_EMAILS.items() if stored is not None}

INVALID_EMAILS = [
    "anna",
    "@",
    "anna@",
    "@example.com",
    "anna@example",
    "anna@localhost",
    "anna@example.",
    "anna@.example.com",
    "anna@example..com",
    "anna@example.com.",
    "anna@-example.com",
    "anna@example-.com",
    "anna@exam_ple.com",
    "anna@exam ple.com",
    "anna @example.com",
    "anna@ example.com",
    "anna rossi@example.com",
    "anna@bert@example.com",
    "anna@@example.com",
    ".anna@example.com",
    "anna.@example.com",
    "anna..rossi@example.com",
    "anna@example.c",
    "anna@example.1",
    "anna@127.0.0.1",
    "anna@[300.0.0.1]",
    "anna@[127.0.0.1",
    "anna@" + "x" * 64 + ".de",
    "x" * 250 + "@e.de",
    "anna(at)example.com",
    "anna[at]example.com",
    "anna at example.com",
    "<anna@example.com>",
    "Anna Rossi <anna@example.com>",
    "mailto:anna@example.com",
    "anna@example.com, bert@example.com",
    "anna@example.com; bert@example.com",
    "anna@example.com bert@example.com",
    "anna@example.com\nBcc: bert@example.com",
    "anna@example.com\x00",
    "an\x00na@example.com",
    "anna@exam\x00ple.com",
    '"anna\x01"@example.com',
    '"anna@example.com',
    "anna@example,com",
    "anna@example;com",
    "anna@exam\u200bple.com",
    "anna\u200b@example.com",
    "anna@exam\u00adple.com",
    "anna@\uff45xample.com",
    "anna\uff20example.com",
    "müller@example.com",
    "анна@пример.рф",
    "anna@\ud800.com",
    "anna@xn--.de",
    "anna@example.com/",
    "https://example.com",
    "+49 30 901820",
    "n/a",
    "-",
    "none@",
    "\\anna@example.com",
    "anna\\@example.com",
    "anna<script>@example.com",
    "anna@example.com?subject=x",
    "anna@example.com#",
    "👩@example.com",
    "anna@exa\u202emple.com",
]


@pytest.mark.parametrize(("raw", "stored"), VALID_EMAILS.items())
def test_an_address(raw: str, stored: str) -> None:
    assert clean({"email": raw}) == ({"email": stored}, [])
    assert clean({"email": stored}).or_raise()["email"] == stored


@pytest.mark.parametrize("raw", INVALID_EMAILS)
def test_no_address(raw: str) -> None:
    values, (error,) = clean({"email": raw})

    assert values == {}
    assert (error.field, error.code) == ("email", ErrorCode.INVALID)
    assert len(raw) < 2 or raw not in error.message


def test_there_are_more_than_a_hundred_addresses() -> None:
    assert len(VALID_EMAILS) + len(INVALID_EMAILS) > 120


@pytest.mark.parametrize("raw", [None, "", "  ", "\t\n", "\u00a0"])
def test_an_address_is_required(raw: str | None) -> None:
    (error,) = clean({"email": raw}).errors

    assert error.code == ErrorCode.REQUIRED


# Ten countries, each with the prefix, with the other way to dial it, and as at home.
PHONES = [
    ("DE", "+49 30 901820", "0049 30 901820", "030/901820", "+4930901820"),
    ("US", "+1 (202) 555-0123", "011 1 202 555 0123", "(202) 555-0123", "+12025550123"),
    ("GB", "+44 (0)20 7946 0018", "00 44 20 7946 0018", "020 7946 0018", "+442079460018"),
    ("FR", "+33 1 42 68 53 00", "0033 1 42 68 53 00", "01 42 68 53 00", "+33142685300"),
    ("IT", "+39 06 6982", "0039 06 6982", "06 6982", "+39066982"),
    ("ES", "+34 912 34 56 78", "0034 912345678", "912 345 678", "+34912345678"),
    ("SE", "+46 8 463 38 00", "0046 8 463 38 00", "08-463 38 00", "+4684633800"),
    ("JP", "+81 3-3224-5000", "010 81 3 3224 5000", "03-3224-5000", "+81332245000"),
    ("BR", "+55 (11) 96123-4567", "00 15 55 11 96123 4567", "(11) 96123-4567", "+5511961234567"),
    ("IN", "+91 98765 43210", "00 91 98765 43210", "098765 43210", "+919876543210"),
    ("PL", "+48 22 695 29 00", "0048 22 695 29 00", "22 695 29 00", "+48226952900"),
    ("AU", "+61 2 6271 2888", "0011 61 2 6271 2888", "(02) 6271 2888", "+61262712888"),
]


@pytest.mark.parametrize(("country", "international", "dialled", "at_home", "stored"), PHONES)
def test_a_phone_number(country: str, international: str, dialled: str, at_home: str, stored: str) -> None:
    assert clean({"phone": international}).values == {"phone": stored}
    assert clean({"phone": dialled}, region=country).values == {"phone": stored}
    assert clean({"phone": at_home}, region=country).values == {"phone": stored}
    assert clean({"phone": at_home, "country_code": country.lower()}, region="US").values["phone"] == stored
    assert clean({"phone": f"\uff0b{international[1:]}"}).values == {"phone": stored}
    assert clean({"phone": stored}).values == {"phone": stored}


@pytest.mark.parametrize("at_home", [phone[3] for phone in PHONES])
def test_a_phone_number_of_nowhere(at_home: str) -> None:
    (error,) = clean({"phone": at_home}).errors

    assert (error.field, error.code) == ("phone", ErrorCode.INVALID)
    assert "prefix" in error.message


@pytest.mark.parametrize(
    "raw",
    [
        "+49",
        "+49 1",
        "+999 123456789",
        "+1 202 555",
        "12",
        "110",
        "+49 12",
        "+49 1112345678",
        "+1 123 456 7890",
        "+44 1234",
        "call me",
        "+49 30 901820 ext. 5",
        "+49" + "1" * 30,
        "1" * 129,
        "030\x00901820",
        "+49 30 901820\x07",
        "@#!",
        "++49 30 901820 901820 901820",
    ],
)
def test_no_phone_number(raw: str) -> None:
    (error,) = clean({"phone": raw}, region="DE").errors

    assert (error.field, error.code) == ("phone", ErrorCode.INVALID)
    assert raw not in error.message


def test_further_phone_numbers_are_there_once() -> None:
    phones = ["+49 30 901820", "030 901820", "", "+49 30 901821"]

    assert clean({"additional_phones": phones}, region="DE").values == {
        "additional_phones": ["+4930901820", "+4930901821"]
    }


@pytest.mark.parametrize("raw", [["+49 30 901820", "x"], ["+4930901820"] * 21, "+4930901820", 5, [5]])
def test_no_further_phone_numbers(raw: Any) -> None:
    assert [error.field for error in clean({"additional_phones": raw}).errors] == ["additional_phones"]


@pytest.mark.parametrize(("raw", "stored"), [("DE", "DE"), ("de", "DE"), (" It ", "IT"), ("", ""), (None, "")])
def test_a_country(raw: Any, stored: str) -> None:
    assert clean({"country_code": raw}).values == {"country_code": stored}


@pytest.mark.parametrize("raw", ["XX", "Germany", "DEU", "276", "D", "D\x00", "\u24b9E", 49, ["DE"]])
def test_no_country(raw: Any) -> None:
    assert [error.field for error in clean({"country_code": raw}).errors] == ["country_code"]


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("pt-BR", "pt-br"),
        ("PT_BR", "pt-br"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("ast", "ast"),
        ("", ""),
        (None, ""),
        (" en ", "en"),
    ],
)
def test_a_language(raw: Any, stored: str) -> None:
    assert clean({"language_code": raw}).values == {"language_code": stored}


@pytest.mark.parametrize("raw", ["d", "german", "de-", "-de", "de--at", "de at", "dé", "de\x00", "de-" + "a" * 40, 1])
def test_no_language(raw: Any) -> None:
    assert [error.field for error in clean({"language_code": raw}).errors] == ["language_code"]


NAMES = ["first_name", "last_name", "company_name"]


@pytest.mark.parametrize("field", NAMES)
@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("  Anna ", "Anna"),
        ("Jean-Luc O'Neill", "Jean-Luc O'Neill"),
        ("李", "李"),
        ("x" * 256, "x" * 256),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("", ""),
        (None, ""),
        ("\u3000Ann\u2003", "Ann"),
    ],
)
def test_a_name(field: str, raw: Any, stored: str) -> None:
    assert clean({field: raw}).values == {field: stored}


@pytest.mark.parametrize("field", NAMES)
@pytest.mark.parametrize("raw", ["x" * 257, "a\x00b", "a\nb", "a\tb", "a\x1bb", "a\x85b", "a\ud800", 5, ["Anna"], {}])
def test_no_name(field: str, raw: Any) -> None:
    (error,) = clean({field: raw}).errors

    assert (error.field, error.code) == (field, ErrorCode.INVALID)


def test_a_number_is_a_text_or_none() -> None:
    assert clean({"number": " 007 "}).values == {"number": "007"}
    assert clean({"number": " "}).values == clean({"number": None}).values == {"number": None}
    assert clean({"number": "x" * 65}).errors
    assert clean({"number": 7}).errors


def test_a_store_note_has_lines() -> None:
    assert clean({"store_note": "a\r\nb\tc\n"}).values == {"store_note": "a\nb\tc"}
    assert clean({"store_note": "x" * 10_000}).errors == []
    assert clean({"store_note": "x" * 10_001}).errors
    assert clean({"store_note": "a\x00"}).errors


@pytest.mark.parametrize("field", ["is_tax_exempt", "is_approved_buyer"])
def test_a_flag(field: str) -> None:
    assert [clean({field: raw}).values[field] for raw in (True, False, None)] == [True, False, False]
    assert all(clean({field: raw}).errors for raw in ("yes", 1, 0, "", []))


def test_a_lawful_basis() -> None:
    assert clean({"lawful_basis": "CONTRACT"}).values == {"lawful_basis": "CONTRACT"}
    assert clean({"lawful_basis": None}).values == {"lawful_basis": ""}
    assert clean({"lawful_basis": "BECAUSE"}).errors


def test_social_profiles() -> None:
    assert clean({"social_profiles": [("Mastodon ", " @anna"), ("X", "")]}).values == {
        "social_profiles": {"Mastodon": "@anna"}
    }
    assert clean({"social_profiles": {"X": "@anna"}}).values == {"social_profiles": {"X": "@anna"}}
    assert clean({"social_profiles": None}).values == {"social_profiles": {}}


@pytest.mark.parametrize(
    "raw",
    [
        [("", "@anna")],
        [("X", "1"), ("x", "2")],
        [("X", "a\nb")],
        [("x" * 65, "a")],
        [("X", "x" * 256)],
        "X",
        5,
        [(str(number), "a") for number in range(33)],
    ],
)
def test_no_social_profiles(raw: Any) -> None:
    assert [error.field for error in clean({"social_profiles": raw}).errors] == ["social_profiles"]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"a": "x", "b": 1, "c": 1.5, "d": True, "e": None, "f": ["x", 1, None]},
        {"ключ": "значение"},
        {str(number): number for number in range(64)},
        {"x" * 64: "y" * 10_000},
        {"n": 2**63 - 1},
        {"lines": "a\nb"},
    ],
)
def test_attributes(raw: Any) -> None:
    assert clean({"attributes": raw}).values == {"attributes": raw}


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "x",
        {"a": {"b": 1}},
        {"a": [["b"]]},
        {"": 1},
        {" ": 1},
        {"a": 1, "a ": 2},
        {"x" * 65: 1},
        {"a": "x" * 16_385},
        {"a": ["x" * 8_000, "y" * 8_000, "z" * 400]},
        {str(number): number for number in range(65)},
        {"a": "b\x00"},
        {"a\x00": "b"},
        {"a": "\ud800"},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": 10**400},
        {1: "a"},
    ],
)
def test_no_attributes(raw: Any) -> None:
    assert [error.field for error in clean({"attributes": raw}).errors] == ["attributes"]


def test_all_that_is_wrong_is_told_and_the_rest_is_there() -> None:
    values, errors = clean({"email": "x", "phone": "x", "first_name": " Anna ", "number": "x" * 65})

    assert values == {"first_name": "Anna"}
    assert sorted(error.field or "" for error in errors) == ["email", "number", "phone"]


def test_a_reason() -> None:
    assert clean_reason(None) == ""
    assert clean_reason(" Moved ") == "Moved"
    with pytest.raises(CustomerPlusError) as caught:
        clean_reason("x" * 257)
    assert caught.value.field == "reason"


def test_every_field_that_can_be_written_is_checked() -> None:
    assert set(WRITABLE) == {"email", *COLUMNS}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.sampled_from(WRITABLE), anything, st.sampled_from(["", "DE"]))
def test_anything_is_refused_or_becomes_what_is_kept_as_it_is(field: str, raw: Any, region: str) -> None:
    values, errors = clean({field: raw}, region=region)

    assert bool(values) is not bool(errors)
    if values:
        assert clean(values, region=region) == (values, [])
