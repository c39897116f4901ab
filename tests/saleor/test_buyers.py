"""A shop that sells to approved buyers only: real checkouts, completed in each way that Saleor has."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus import hooks
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Order
from tests import factories
from tests.client import Api
from tests.factories import save_settings

from .client import SaleorApi
from .operations import ERRORS, create_checkout, create_confirmed_customer, create_transaction
from .shop import Shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

COMPLETE = f"mutation ($id: ID!) {{ checkoutComplete(id: $id) {{ order {{ id }} {ERRORS} }} }}"
CREATE = f"mutation ($id: ID!) {{ orderCreateFromCheckout(id: $id) {{ order {{ id }} {ERRORS} }} }}"


@pytest.fixture
def buyer(saleor: SaleorApi, storefront: SaleorApi) -> SaleorApi:
    """A storefront with a customer logged in, who is not approved."""
    return storefront.by(factories.make_token(create_confirmed_customer(saleor, "anna@example.com")))


def complete(api: SaleorApi, query: str, checkout_id: str) -> list[dict[str, Any]]:
    """Complete the checkout; return the errors."""
    (answer,) = Api.__call__(api, query, id=checkout_id).values()
    assert (answer["order"] is None) == bool(answer["errors"])
    return answer["errors"]


def checkout(saleor: SaleorApi, customer: SaleorApi, shop: Shop, **fields: Any) -> str:
    checkout_id = create_checkout(customer, shop, **fields)
    create_transaction(saleor, checkout_id, charged="15.00")
    return checkout_id


def approve(email: str) -> None:
    CustomerRecord.objects.filter(email=email).update(is_approved_buyer=True)


def refused(errors: list[dict[str, Any]]) -> None:
    (error,) = errors
    assert (error["field"], error["message"], error["code"]) == ("user", hooks.BUYER_REFUSED, "GRAPHQL_ERROR")
    assert Order.objects.count() == 0


def test_a_buyer_completes_the_checkout_once_approved(saleor: SaleorApi, buyer: SaleorApi, shop: Shop) -> None:
    save_settings(require_approved_buyers=True)
    checkout_id = checkout(saleor, buyer, shop)

    refused(complete(buyer, COMPLETE, checkout_id))

    approve("anna@example.com")
    assert complete(buyer, COMPLETE, checkout_id) == []
    assert Order.objects.count() == 1


def test_an_app_makes_an_order_of_the_checkout_once_the_buyer_is_approved(
    saleor: SaleorApi, buyer: SaleorApi, shop: Shop
) -> None:
    save_settings(require_approved_buyers=True)
    checkout_id = checkout(saleor, buyer, shop)
    _app, token = factories.make_app(permissions=("handle_checkouts",))
    app = SaleorApi(token=token)

    refused(complete(app, CREATE, checkout_id))

    approve("anna@example.com")
    assert complete(app, CREATE, checkout_id) == []


def test_a_payment_of_the_older_kind_is_refused_before_it_is_taken(
    saleor: SaleorApi, buyer: SaleorApi, shop: Shop
) -> None:
    from django.apps import apps
    from graphene import Node

    save_settings(require_approved_buyers=True)
    checkout_id = create_checkout(buyer, shop)
    payment = apps.get_model("payment", "Payment").objects.create(
        gateway="mirumee.payments.dummy",
        is_active=True,
        checkout_id=Node.from_global_id(checkout_id)[1],
        total="15.00",
        currency="EUR",
        token="token",
        billing_email="anna@example.com",
    )

    errors = complete(buyer, COMPLETE, checkout_id)

    refused(errors)
    payment.refresh_from_db()
    assert (payment.order_id, payment.transactions.count()) == (None, 0)


def test_a_guest_buys_unless_guests_are_blocked(saleor: SaleorApi, storefront: SaleorApi, shop: Shop) -> None:
    save_settings(require_approved_buyers=True, block_guest_buyers=True)
    checkout_id = checkout(saleor, storefront, shop, email="guest@example.com")

    (error,) = complete(storefront, COMPLETE, checkout_id)
    assert (error["field"], error["message"]) == ("user", hooks.GUEST_REFUSED)

    save_settings(require_approved_buyers=True)
    assert complete(storefront, COMPLETE, checkout_id) == []


@pytest.mark.parametrize(
    "saved", [{}, {"block_guest_buyers": True}, {"require_approved_buyers": True, "active": False}]
)
def test_anybody_buys_where_the_shop_did_not_choose_so(
    saleor: SaleorApi, buyer: SaleorApi, storefront: SaleorApi, shop: Shop, saved: dict[str, Any]
) -> None:
    save_settings(**saved)

    assert complete(buyer, COMPLETE, checkout(saleor, buyer, shop)) == []
    assert complete(storefront, COMPLETE, checkout(saleor, storefront, shop, email="guest@example.com")) == []


def test_the_checkout_goes_on_when_we_cannot_tell(
    saleor: SaleorApi, buyer: SaleorApi, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_account: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(hooks, "is_approved_buyer", fail)
    save_settings(require_approved_buyers=True)

    assert complete(buyer, COMPLETE, checkout(saleor, buyer, shop)) == []
