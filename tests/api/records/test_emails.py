"""The e-mail addresses of a record over the API: added, removed, made primary, and what goes with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_account, make_order, make_record

pytestmark = pytest.mark.django_db

SHOWN = "record { email emails { email isPrimary source createdAt } orderCount } errors { field message code id }"
CALL = f"mutation ($id: ID!, $email: String!) {{ NAME(recordId: $id, email: $email) {{ {SHOWN} }} }}"


def call(api: Api, name: str, record: CustomerRecord, email: str) -> Any:
    query = CALL.replace("NAME", f"customerRecordEmail{name}")
    return api(query, id=to_global_id("CustomerRecord", record.pk), email=email)[f"customerRecordEmail{name}"]


def bought(email: str, account: Any = None) -> Any:
    order = make_order(email, account=account)
    reactions.orders_changed([str(order.pk)])
    return order


def owner(order: Any) -> str:
    entry = LedgerEntry.objects.select_related("record").get(order_id=order.pk)
    return entry.record.email if entry.record else ""


def test_another_address_is_added_with_its_orders_and_removed_with_them(api: Api) -> None:
    bought("anna@example.com")
    anna = CustomerRecord.objects.get()
    answer = call(api, "Add", anna, " Anna@Work.example ")
    assert answer["errors"] == []
    (first, second) = answer["record"]["emails"]
    assert first == {"email": "anna@example.com", "isPrimary": True, "source": None, "createdAt": None}
    assert (second["email"], second["isPrimary"], second["source"]) == ("anna@work.example", False, "STAFF")
    later = bought("ANNA@work.example")
    assert owner(later) == "anna@example.com"
    found = api('{ customerRecord(email: "anna@WORK.example") { orderCount } }')["customerRecord"]
    assert found == {"orderCount": 2}

    answer = call(api, "Remove", anna, "anna@work.example")
    assert (answer["errors"], answer["record"]["orderCount"], len(answer["record"]["emails"])) == ([], 1, 1)
    assert owner(later) == "anna@work.example"
    assert CustomerRecord.objects.get(email="anna@work.example").order_count == 1
    told = list(ActivityEntry.objects.filter(type__startswith="EMAIL").values_list("type", "before", "after"))
    email = {"email": "anna@work.example"}
    assert sorted(told) == [("EMAIL_ADDED", {}, email), ("EMAIL_REMOVED", email, {})]


def test_another_address_becomes_the_primary_one_and_no_order_moves(api: Api) -> None:
    first = bought("anna@example.com")
    anna = CustomerRecord.objects.get()
    call(api, "Add", anna, "anna@work.example")
    second = bought("anna@work.example")
    answer = call(api, "MakePrimary", anna, "anna@work.example")
    assert [one["email"] for one in answer["record"]["emails"]] == ["anna@work.example", "anna@example.com"]
    for order in (first, second, bought("anna@example.com"), bought("anna@work.example")):
        reactions.orders_changed([str(order.pk)])
        assert owner(order) == "anna@work.example"
    # What was settled by nobody is still each address's own.
    call(api, "Remove", anna, "anna@example.com")
    assert (owner(first), owner(second)) == ("anna@example.com", "anna@work.example")


def test_what_is_wrong_is_told_with_the_record_in_the_way(api: Api) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com", others=["ben@work.example"])
    wrong = {"Add": ["ben@work.example", "ben@example.com", "anna@example.com", "no address", ""]}
    wrong |= {"Remove": ["anna@example.com", "ben@work.example"], "MakePrimary": ["ben@work.example"]}
    wrong = {name: [*some, "a\x00@example.com"] for name, some in wrong.items()}
    told = {
        (name, email): [(error["code"], error["id"]) for error in call(api, name, anna, email)["errors"]]
        for name, some in wrong.items()
        for email in some
    }
    of_ben = to_global_id("CustomerRecord", ben.pk)
    assert told == {
        ("Add", "ben@work.example"): [("UNIQUE", of_ben)],
        ("Add", "ben@example.com"): [("UNIQUE", of_ben)],
        ("Add", "anna@example.com"): [("UNIQUE", to_global_id("CustomerRecord", anna.pk))],
        ("Add", "no address"): [("INVALID", None)],
        ("Add", ""): [("REQUIRED", None)],
        ("Remove", "anna@example.com"): [("INVALID", None)],
        ("Remove", "ben@work.example"): [("NOT_FOUND", None)],
        ("MakePrimary", "ben@work.example"): [("NOT_FOUND", None)],
        ("Add", "a\x00@example.com"): [("INVALID", None)],
        ("Remove", "a\x00@example.com"): [("NOT_FOUND", None)],
        ("MakePrimary", "a\x00@example.com"): [("NOT_FOUND", None)],
    }
    update = "mutation ($id: ID!, $email: String!) { customerRecordUpdate(id: $id, input: {email: $email}) { %s } }"
    answer = api(update % SHOWN, id=to_global_id("CustomerRecord", anna.pk), email="ben@work.example")
    assert [(e["code"], e["id"]) for e in answer["customerRecordUpdate"]["errors"]] == [("UNIQUE", of_ben)]


def test_there_is_a_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emails, "MAX_EMAILS", 2)
    anna = make_record(others=["one@example.com"])
    assert [error["code"] for error in call(api, "Add", anna, "two@example.com")["errors"]] == ["INVALID"]


def test_the_account_of_an_added_address_is_linked_and_a_second_one_is_not(api: Api) -> None:
    anna = make_record("anna@example.com")
    account = make_account("anna@work.example", is_staff=True)  # who has no record yet: no order, no customer
    call(api, "Add", anna, "anna@work.example")
    order = bought("", account)
    reactions.account_changed(account.pk)
    anna.refresh_from_db()
    assert (anna.account_id, anna.email, anna.other_emails) == (account.pk, "anna@work.example", ["anna@example.com"])
    second = make_account("anna@example.com")
    reactions.account_changed(second.pk)
    anna.refresh_from_db()
    assert anna.account_id == account.pk
    other = bought("", second)
    assert owner(order) == owner(other) == "anna@work.example"
    # It gets what is its own once the address is.
    call(api, "Remove", anna, "anna@example.com")
    own = CustomerRecord.objects.get(email="anna@example.com")
    assert (own.account_id, owner(other), owner(order)) == (second.pk, "anna@example.com", "anna@work.example")


def test_an_account_of_another_address_is_shown_and_found_by_filters_and_conditions(api: Api) -> None:
    make_record("nobody@example.com")
    make_record("anna@example.com", others=["anna@work.example"])
    make_record("ben@example.com", others=["ben@work.example"])
    make_account("anna@work.example", is_confirmed=False)
    make_account("ben@work.example", is_staff=True)
    node = "edges { node { email isStaff account { isConfirmed } } }"
    assert {
        one["node"]["email"]: (one["node"]["isStaff"], one["node"]["account"])
        for one in api(f"{{ customerRecords(first: 9) {{ {node} }} }}")["customerRecords"]["edges"]
    } == {
        "nobody@example.com": (False, None),
        "anna@example.com": (False, {"isConfirmed": False}),
        "ben@example.com": (True, {"isConfirmed": True}),
    }

    def found(said: str) -> set[str]:
        ask = (
            "query ($said: String!) { customerRecords(first: 9, filter: {query: $said}) { edges { node { email } } } }"
        )
        return {one["node"]["email"] for one in api(ask, said=said)["customerRecords"]["edges"]}

    assert found("is_staff = true") == {"ben@example.com"}
    assert found("has_unconfirmed_account = true") == {"anna@example.com"}
    assert found("email = 'Anna@work.example'") == found("email CONTAINS 'ANNA@WORK'") == {"anna@example.com"}
    assert found("email CONTAINS '@work.example'") == {"anna@example.com", "ben@example.com"}
    assert found("NOT email CONTAINS '@work.example'") == {"nobody@example.com"}


def test_a_page_of_records_takes_one_more_statement_at_the_most(api: Api) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            api("{ customerRecords(first: 10) { edges { node { emails { email } } } } }")
        return len(captured)

    make_record()
    statements()  # Saleor's first request reads its site, too
    without = statements()
    make_record(others=["one@example.com"])
    make_record(others=["two@example.com", "three@example.com"])
    assert statements() == without + 1
