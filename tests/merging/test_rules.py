"""Which value is kept: the rules of docs/merging.md, one by one, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.merging.rules import combine, default_winner
from saleor_customer_plus.merging.values import Choice, MergeField, Outcome, OwnValue, Party, Rule
from saleor_customer_plus.records.addresses import ADDRESS
from saleor_customer_plus.records.details import FIELDS
from saleor_customer_plus.records.validation import MAX_STORE_NOTE_LENGTH

ROW: dict[str, Any] = {
    **dict.fromkeys(FIELDS, ""),
    "other_emails": [],
    "account_id": None,
    "account_details": {},
    "number": None,
    "additional_phones": [],
    "image": "",
    "store_note": "",
    "is_tax_exempt": False,
    "social_profiles": {},
    "attributes": {},
    "is_active": True,
    "deactivation_reason": "",
    "is_approved_buyer": False,
    "lawful_basis": "",
    "stage": "LEAD",
    "sources": [],
    "created_at": "2024-01-01T00:00:00+00:00",
    "customer_since": None,
    "last_order_at": None,
    "locked_fields": [],
    "provenance": {},
    "suggestions": {},
}


def party(id: int, *, own: dict[str, OwnValue] | None = None, **row: Any) -> Party:
    return Party(id, {**ROW, "email": f"{id}@example.com", **row}, own or {})


def known(source: str, at: int, origin: str = "x") -> dict[str, str]:
    return {"source": source, "origin": origin, "at": f"202{at}-01-01T00:00:00.000000Z"}


def merged(*parties: Party, choices: Any = (), account_id: int | None = None, counting: Any = ("x",)) -> Outcome:
    return combine(parties, winner_id=parties[0].id, account_id=account_id, choices=choices, counting=counting)


@pytest.mark.parametrize(
    ("parties", "winner"),
    [
        ([party(3), party(1), party(2)], 1),
        ([party(1, last_order_at="2024"), party(2, last_order_at="2025")], 2),
        ([party(1, last_order_at="2025"), party(2, account_id=7)], 2),
    ],
    ids=["the oldest", "the newest order", "an account"],
)
def test_the_record_that_is_kept_by_default(parties: list[Party], winner: int) -> None:
    assert default_winner(parties) == winner


@pytest.mark.parametrize(
    ("one", "other", "value", "rule"),
    [
        ({"first_name": ""}, {"first_name": "Ann"}, "Ann", Rule.SAME),
        ({"first_name": "Anna"}, {"first_name": "Ann"}, "Anna", Rule.KEPT_RECORD),
        (
            {"first_name": "Anna", "provenance": {"first_name": known("ORDER", 4)}},
            {"first_name": "Ann", "provenance": {"first_name": known("STAFF", 5)}},
            "Ann",
            Rule.NEWEST,
        ),
        (
            {"first_name": "Anna", "provenance": {"first_name": known("ORDER", 5)}},
            {"first_name": "Ann", "provenance": {"first_name": known("IMPORT", 4)}, "locked_fields": ["first_name"]},
            "Ann",
            Rule.LOCKED,
        ),
        (
            {"first_name": "Anna", "provenance": {"first_name": known("ORDER", 3)}},
            {"first_name": "Ann", "provenance": {"first_name": known("ORDER", 5, "unpaid")}},
            "Anna",
            Rule.NEWEST,
        ),
        (
            {"first_name": "Anna", "provenance": {"first_name": known("ORDER", 3)}},
            {"first_name": "Ann", "provenance": {"first_name": known("ACCOUNT", 5)}, "account_details": {}},
            "Anna",
            Rule.NEWEST,
        ),
        ({"first_name": "", "locked_fields": ["first_name"]}, {"first_name": "Ann"}, "Ann", Rule.SAME),
    ],
    ids=["not blank", "kept first", "newest", "locked", "counting orders first", "an account without a link", "blanks"],
)
def test_details(one: dict[str, Any], other: dict[str, Any], value: str, rule: Rule) -> None:
    outcome = merged(party(1, **one), party(2, **other))

    decision = outcome.decision(MergeField.FIRST_NAME)
    assert decision is not None
    assert (outcome.row["first_name"], decision.rule) == (value, rule)
    assert ("first_name" in outcome.row["locked_fields"]) == (rule is Rule.LOCKED)


def test_an_address_is_kept_as_a_whole() -> None:
    old = {
        "city": "Bonn",
        "street_address_1": "Markt 1",
        "country_code": "DE",
        "provenance": {"address": known("ORDER", 3)},
    }
    new = {"city": "Rome", "country_code": "IT", "provenance": {"address": known("ORDER", 4)}}

    row = merged(party(1, **old), party(2, **new)).row

    assert {name: row[name] for name in ADDRESS if row[name]} == {"city": "Rome", "country_code": "IT"}
    assert row["provenance"] == {"address": known("ORDER", 4)}


def test_a_choice_is_kept_and_locked_though_it_is_blank() -> None:
    outcome = merged(
        party(1, first_name="Anna", phone="+491"),
        party(2, company_name="Rossi", phone="+492"),
        choices=[Choice(MergeField.FIRST_NAME, 2), Choice(MergeField.PHONE, 2)],
    )

    assert (outcome.row["first_name"], outcome.row["phone"]) == ("", "+492")
    assert outcome.row["locked_fields"] == ["first_name", "phone"]
    assert outcome.row["additional_phones"] == ["+491"], "no number is lost"


def test_what_only_staff_know() -> None:
    row = merged(
        party(1, attributes={"a": 1, "b": 1}, social_profiles={"x": "anna"}, is_tax_exempt=True, is_active=False,
              deactivation_reason="Moved", is_approved_buyer=True, sources=["STAFF"], store_note="One."),
        party(2, attributes={"b": 2, "c": 2}, number="K2", is_approved_buyer=True, sources=["IMPORT"], stage="CUSTOMER",
              customer_since="2023", created_at="2022", store_note="Two.", additional_phones=["+493"], image="two.jpg"),
    ).row  # fmt: skip

    assert row["attributes"] == {"a": 1, "b": 1, "c": 2}
    assert row["social_profiles"] == {"x": "anna"}
    assert (row["is_tax_exempt"], row["is_approved_buyer"]) == (False, True), "only if all are"
    assert (row["is_active"], row["deactivation_reason"]) == (True, ""), "if any is"
    assert (row["stage"], row["customer_since"], row["created_at"]) == ("CUSTOMER", "2023", "2022")
    assert row["sources"] == ["STAFF", "IMPORT"]
    assert row["store_note"] == "One.\n\nTwo."
    assert (row["number"], row["image"], row["additional_phones"]) == ("K2", "two.jpg", ["+493"])


def test_notes_that_are_too_long_together_stay_apart() -> None:
    outcome = merged(
        party(1, store_note="x" * MAX_STORE_NOTE_LENGTH), party(2, store_note="y"), party(3, store_note="y")
    )

    assert outcome.row["store_note"] == "x" * MAX_STORE_NOTE_LENGTH
    assert outcome.notes_apart == [2]


def test_the_account_that_stays_says_which_address_is_the_primary_one() -> None:
    outcome = merged(
        party(1, account_details={"joined_at": "2024", "account_id": 6}, account_id=6),
        party(2, account_details={"joined_at": "2023", "account_id": 7}, account_id=7),
        account_id=7,
    )

    assert (outcome.row["email"], outcome.row["account_id"]) == ("2@example.com", 7)
    assert outcome.row["account_details"] == {"joined_at": "2023", "account_id": 7}


def test_own_fields() -> None:
    def own(value: Any, at: str, is_locked: bool = False) -> OwnValue:
        return OwnValue(value, "STAFF", "", at, is_locked)

    one = {
        "size": own("S", "2024"),
        "color": own("red", "2024", True),
        "cup": own(None, "2026"),
        "hat": own("a", "2024"),
    }
    other = {"size": own("L", "2025"), "color": own("blue", "2025"), "cup": own("tea", "2020")}
    outcome = merged(party(1, own=one), party(2, own=other), choices=[Choice(MergeField.FIELD, 2, "hat")])

    kept = {one.key: (one.value, one.rule) for one in outcome.decisions if one.key}
    assert kept == {
        "size": ("L", Rule.NEWEST),
        "color": ("red", Rule.LOCKED),
        "cup": ("tea", Rule.SAME),
        "hat": (None, Rule.CHOSEN),
    }
