"""Deleting a person together with the account, by Saleor's own rules, and what a real shop does afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from saleor_customer_plus.records.models import CustomerRecord, ReleasedAccount
from saleor_customer_plus.saleor_adapter.host import Order, User
from tests import factories
from tests.client import OUR_PATH, Api
from tests.drift import drift

from .client import SaleorApi
from .operations import (
    complete_checkout,
    create_checkout,
    create_confirmed_customer,
    create_transaction,
    mark_as_paid,
    place_order,
    update_customer,
)
from .people import Figures, Person, known
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

PREVIEW = "query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token ordersKept hasAccount } }"
DELETE = """mutation ($id: ID!, $token: String!, $account: Boolean) {
  customerRecordDelete(id: $id, token: $token, alsoAccount: $account) { id ordersKept errors { field message code } }
}"""


@pytest.fixture
def ours(saleor: SaleorApi) -> SaleorApi:
    return SaleorApi(token=saleor.token, path=OUR_PATH)


def delete(ours: SaleorApi, email: str, *, account: bool) -> dict[str, Any]:
    """Preview and delete; return the payload, with its errors."""
    id = global_id(CustomerRecord.objects.get(email=email))
    told = ours(PREVIEW, id=id)
    (answer,) = Api.__call__(ours, DELETE, id=id, token=told["token"], account=account).values()
    return answer


def test_the_account_is_deleted_too_and_the_orders_stay(ours: SaleorApi, saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, "anna@example.com")
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))
    assert known("anna@example.com").orders

    answer = delete(ours, "anna@example.com", account=True)

    assert (answer["ordersKept"], answer["errors"]) == (1, [])
    assert not User.objects.filter(pk=account.pk).exists()
    assert Order.objects.get().user_email == "anna@example.com"
    assert known("anna@example.com") is None
    assert ReleasedAccount.objects.count() == 0
    assert drift() == {}


def test_the_account_stays_and_a_later_purchase_makes_the_person_known_again(
    ours: SaleorApi, saleor: SaleorApi, storefront: SaleorApi, shop: Shop
) -> None:
    account = create_confirmed_customer(saleor, "anna@example.com")
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))

    assert delete(ours, "anna@example.com", account=False)["errors"] == []

    update_customer(saleor, account, firstName="Anne")
    assert known("anna@example.com") is None
    assert drift() == {}

    customer = storefront.by(factories.make_token(account))
    checkout_id = create_checkout(customer, shop)
    create_transaction(saleor, checkout_id, charged="15.00")
    complete_checkout(customer, checkout_id)

    person = known("anna@example.com")
    assert person == Person(
        account=global_id(account),
        figures={"EUR": Figures(1, "15.00", "15.00")},
        orders=[("UNFULFILLED", True)],
    )
    assert drift() == {}


def test_nothing_of_ours_is_deleted_when_saleor_refuses_to_delete_the_account(
    ours: SaleorApi, saleor: SaleorApi, shop: Shop
) -> None:
    staff = factories.make_staff("member@example.com")
    place_order(saleor, shop, user=global_id(staff))
    record = CustomerRecord.objects.get(email="member@example.com")
    if record.account_id is None:
        factories.change(record, account=staff)

    (error,) = delete(ours, "member@example.com", account=True)["errors"]

    assert "DELETE_STAFF_ACCOUNT" in error["message"]
    assert (error["field"], error["code"]) == ("id", "GRAPHQL_ERROR")
    assert User.objects.filter(pk=staff.pk).exists()
    assert CustomerRecord.objects.filter(pk=record.pk).exists()


def test_saleors_hook_comes_after_the_whole_deletion(ours: SaleorApi, saleor: SaleorApi, shop: Shop) -> None:
    """`customer_deleted` is told once, of an account whose record is gone: nothing is left to be unlinked or logged."""
    account = create_confirmed_customer(saleor, "anna@example.com")

    delete(ours, "anna@example.com", account=True)

    assert CustomerRecord.objects.count() == 0
    assert apps.get_model("saleor_customer_plus", "ActivityEntry").objects.count() == 0
    assert not User.objects.filter(pk=account.pk).exists()
