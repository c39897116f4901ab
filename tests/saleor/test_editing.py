"""Editing a person who has an account: Saleor changes the account by its own rules, and the record follows."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.records.models import CustomerRecord
from tests import factories
from tests.client import OUR_PATH
from tests.drift import drift

from .client import SaleorApi
from .operations import account_of, create_confirmed_customer, mark_as_paid, place_order
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

UPDATE = """mutation ($id: ID!, $input: CustomerRecordInput!, $version: String) {
  customerRecordUpdate(id: $id, input: $input, version: $version) {
    record { email firstName userId version } errors { field message code id }
  }
}"""
DEACTIVATE = """mutation ($id: ID!, $also: Boolean) {
  customerRecordDeactivate(id: $id, alsoAccount: $also) { record { isActive } errors { field code } }
}"""
ACTIVATE = """mutation ($id: ID!, $also: Boolean) {
  customerRecordActivate(id: $id, alsoAccount: $also) { record { isActive } errors { field code } }
}"""


@pytest.fixture
def ours(saleor: SaleorApi) -> SaleorApi:
    """Our endpoint, asked by the staff who may do everything in Saleor too, with what a commit starts."""
    return SaleorApi(token=saleor.token, path=OUR_PATH)


def refused(ours: SaleorApi, query: str, **variables: Any) -> list[tuple[str, str]]:
    """The errors of the payload."""
    (answer,) = super(SaleorApi, ours).__call__(query, **variables).values()
    assert answer["record"] is None
    return [(error["field"], error["code"]) for error in answer["errors"]]


@pytest.fixture
def anna(saleor: SaleorApi) -> CustomerRecord:
    create_confirmed_customer(saleor, "anna@example.com")
    record = CustomerRecord.objects.get(email="anna@example.com")
    assert record.account_id is not None
    return record


def edit(ours: SaleorApi, record: CustomerRecord, **input: Any) -> dict[str, Any]:
    found: dict[str, Any] = ours(UPDATE, id=global_id(record), input=input)["record"]
    return found


def test_the_account_gets_the_new_address_and_the_record_follows_at_once(
    ours: SaleorApi, saleor: SaleorApi, shop: Shop, anna: CustomerRecord
):
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account_of("anna@example.com"))))
    ActivityEntry.objects.all().delete()

    answer = edit(ours, anna, email="Anne@example.com", firstName="Anne")

    account = account_of("anne@example.com")
    assert (answer["email"], answer["firstName"], answer["userId"]) == ("anne@example.com", "Anne", global_id(account))
    assert account.pk == anna.account_id
    assert account.first_name != "Anne", "the record's own detail is no business of the account"
    assert CustomerRecord.objects.get().order_count == 1
    entry = ActivityEntry.objects.get(type=ActivityType.EMAIL_CHANGED)
    assert (entry.actor_type, entry.before, entry.after) == (
        "STAFF",
        {"email": "anna@example.com"},
        {"email": "anne@example.com"},
    )
    assert drift() == {}


def test_an_address_that_another_account_has_is_refused_by_saleor(ours: SaleorApi, anna: CustomerRecord):
    factories.make_staff("boss@example.com")  # who has no record

    assert refused(ours, UPDATE, id=global_id(anna), input={"email": "boss@example.com", "firstName": "X"}) == [
        ("email", "UNIQUE")
    ]

    anna.refresh_from_db()
    assert (anna.email, anna.first_name) == ("anna@example.com", "Anna")
    assert account_of("anna@example.com").pk == anna.account_id


def test_what_is_refused_afterwards_undoes_the_change_of_the_account(ours: SaleorApi, anna: CustomerRecord):
    factories.make_record(number="K1")

    errors = refused(ours, UPDATE, id=global_id(anna), input={"email": "anne@example.com", "number": "K1"})

    assert errors == [("number", "UNIQUE")]
    assert account_of("anna@example.com").pk == anna.account_id


def test_a_stale_edit_does_not_touch_the_account(ours: SaleorApi, anna: CustomerRecord):
    version = edit(ours, anna)["version"]
    edit(ours, anna, firstName="Anne")

    errors = refused(ours, UPDATE, id=global_id(anna), input={"email": "anne@example.com"}, version=version)

    assert errors == [("version", "STALE")]
    assert account_of("anna@example.com").pk == anna.account_id


def test_the_account_is_deactivated_too_when_asked(ours: SaleorApi, anna: CustomerRecord):
    assert ours(DEACTIVATE, id=global_id(anna), also=False)["record"] == {"isActive": False}
    assert account_of("anna@example.com").is_active

    assert ours(DEACTIVATE, id=global_id(anna), also=True)["record"] == {"isActive": False}
    assert not account_of("anna@example.com").is_active

    assert ours(ACTIVATE, id=global_id(anna), also=True)["record"] == {"isActive": True}
    assert account_of("anna@example.com").is_active
    assert CustomerRecord.objects.get(pk=anna.pk).account_id == anna.account_id


def test_a_record_made_for_an_account_that_has_none_is_linked(ours: SaleorApi, saleor: SaleorApi, anna: CustomerRecord):
    CustomerRecord.objects.all().delete()

    query = """mutation ($input: CustomerRecordCreateInput!) {
      customerRecordCreate(input: $input) { record { userId stage } errors { code } }
    }"""
    answer = ours(query, input={"email": "anna@example.com"})["record"]

    assert answer == {"userId": global_id(account_of("anna@example.com")), "stage": "CUSTOMER"}
    assert drift() == {}
