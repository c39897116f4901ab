"""A row is refused for its address alone: any other cell that cannot be read is left out, and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from saleor_customer_plus.bulk.imports import row_reader
from saleor_customer_plus.bulk.imports.column_findings import ColumnFindings
from saleor_customer_plus.bulk.imports.headers.mapping import map_columns
from saleor_customer_plus.bulk.imports.person import Person, Reason, RowKeys
from saleor_customer_plus.bulk.imports.row_reader import RowReader
from saleor_customer_plus.bulk.imports.values.base import Doubtful
from saleor_customer_plus.bulk.imports.values.choices import Answer


def read(headers: Sequence[str], cells: Sequence[str], **options: Any) -> Person | list[Reason]:
    return RowReader(map_columns(headers, [], keep_unknown=True), **options).read(2, cells)


def person(headers: Sequence[str], cells: Sequence[str], **options: Any) -> Person:
    found = read(headers, cells, **options)
    assert isinstance(found, Person), found
    return found


def told(reasons: Sequence[Reason]) -> list[tuple[str, str, str, bool]]:
    return [(one.column, one.header, one.value, one.is_warning) for one in reasons]


@pytest.mark.parametrize(
    ("header", "key", "cell"),
    [
        ("Mobile phone", "phone", "123"),
        ("Land", "country_code", "Atlantis"),
        ("Language", "language_code", "Elvish"),
        ("Known since", "created_at", "yesterday"),
        ("Customer number", "number", "x" * 65),
        ("Active", "is_active", "perhaps"),
        ("Lawful basis", "lawful_basis", "because"),
        ("Social profiles", "social_profiles", "anna"),
        ("First name", "first_name", "x" * 257),
        ("Store note", "store_note", "x" * 10_001),
        ("Shoe", "attribute:Shoe", "x" * 70_000),
        ("Accepts newsletter", "accepts_newsletter", "perhaps"),
    ],
)
def test_a_cell_that_cannot_be_read_is_left_out_with_a_warning(header: str, key: str, cell: str) -> None:
    headers, cells = ["E-Mail", header], ["a@example.com", cell]
    found = person(headers, cells)
    assert found.values == {"email": "a@example.com"}
    assert told(found.warnings) == [(key, header, cell[:100], True)]
    assert key not in found.blanks  # it is no blank that erases anything
    refused = read(headers, cells, is_strict=True)
    assert isinstance(refused, list)
    assert told(refused) == [(key, header, cell[:100], False)]


def test_a_row_without_a_usable_address_is_refused_and_everything_about_it_is_told() -> None:
    refused = read(["E-Mail", "Phone"], ["anna@", "123"])
    assert isinstance(refused, list)
    assert told(refused) == [("email", "E-Mail", "anna@", False), ("phone", "Phone", "123", True)]


def test_a_value_that_is_doubtful_is_kept_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_reader.places, "country_of", lambda cell: Doubtful("DE", "Is this Germany?"))
    monkeypatch.setattr(row_reader.phones, "phones_of", lambda cell, region: Doubtful(["+49301234567"], "Ends early."))
    found = person(["email", "country", "phone"], ["a@example.com", "Germoney", "030 1234567 x"])
    assert found.values == {"email": "a@example.com", "country_code": "DE", "phone": "+49301234567"}
    assert [(one.column, one.message) for one in found.warnings] == [
        ("country_code", "Is this Germany?"),
        ("phone", "Ends early."),
    ]


def test_a_phone_is_not_read_by_another_country_than_the_one_that_the_row_names() -> None:
    found = person(["email", "country", "phone"], ["a@example.com", "Atlantis", "030 1234567"], region="DE")
    assert [one.column for one in found.warnings] == ["country_code", "phone"]
    assert "phone" not in found.values


@pytest.mark.parametrize("header", ["Accepts newsletter", "Accepts marketing", "Accepts promotional mail"])
def test_a_consent_that_cannot_be_read_is_no_yes(header: str) -> None:
    assert list(person(["email", header], ["a@example.com", "perhaps"]).accepts.values()) == [Answer.NO]


def test_a_date_of_unsubscribing_that_cannot_be_read_says_no_all_the_same() -> None:
    found = person(["email", "Unsubscribed at"], ["a@example.com", "some day"])
    assert (found.accepts, found.unsubscribed_at) == ({"accepts_marketing": Answer.WITHDRAWN}, None)
    assert told(found.warnings) == [("unsubscribed_at", "Unsubscribed at", "some day", True)]


def test_a_row_with_fewer_cells_than_the_header_has_a_warning_and_one_with_more_is_refused() -> None:
    headers = ["email", "first name", "last name"]
    short = person(headers, ["a@example.com", "Anna"], least_cells=3)
    assert (short.values["first_name"], [one.code for one in short.warnings]) == ("Anna", ["TOO_FEW_CELLS"])
    assert short.warnings[0].message.startswith("This row has fewer cells than the header (2 of 3).")
    assert person(headers, ["a@example.com", "Anna", "", "", " "], least_cells=3).warnings == ()
    refused = read(headers, ["a@example.com", "Anna", "Maria", "Rossi"], least_cells=3)
    assert isinstance(refused, list)
    assert [one.code for one in refused] == ["TOO_MANY_CELLS"]


def test_rows_are_compared_by_what_is_stored_of_them() -> None:
    reader = RowReader(map_columns(["email", "customer number", "tags", "created"], []))
    tags: dict[str, str] = {}
    findings = ColumnFindings()
    keys = reader.keys_of(["A@example.com", "7", "vip", "1/31/2024"], tags, findings)
    assert keys == RowKeys("a@example.com", "7")
    assert reader.keys_of(["a@example.com", "1.2E+10"], tags, findings) == RowKeys("a@example.com")
    too_many = reader.keys_of(["a@example.com", "7", "", "", "x"], tags, findings)
    assert too_many == RowKeys("a@example.com", is_valid=False)
    assert reader.keys_of(["anna", "7"], tags, findings) is None
    assert (tags, findings.to_json()) == ({"vip": "vip"}, {"3": {"month_first": 1}})


def test_a_strict_import_does_not_say_what_it_would_leave_out_of_a_row_that_it_refuses() -> None:
    numbers = ",".join(f"+4930123456{number}" for number in range(10, 31))
    headers, cells = ["email", "phone", "additional phones"], ["a@example.com", "+4930999", numbers]
    (warning,) = person(headers, cells).warnings
    assert warning.message == "At most 20 phone numbers are allowed. The others are left out."
    (refusal,) = read(headers, cells, is_strict=True)
    assert refusal.message == "At most 20 phone numbers are allowed."
