"""What the screens in the Dashboard have a real Saleor do: draft orders, accounts."""

from __future__ import annotations

import pytest

from saleor_customer_plus.saleor_adapter.host import Order, User
from tests import factories
from tests.dashboard.client import Browser, events

from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]


@pytest.fixture
def seller() -> Browser:
    """A member of staff who may manage customers and orders."""
    factories.save_settings(dashboard=True)
    return Browser(factories.make_token(factories.make_staff(permissions=("manage_users", "manage_orders"))))


def test_a_draft_order_without_lines_is_made_and_opened(shop: Shop, seller: Browser) -> None:
    record = factories.make_record("anna@example.com", first_name="Anna")
    path = f"customers/{global_id(record)}/order"
    assert f'value="{shop.channel.slug}"' in seller.screen(path)

    response = seller.post(path, {"channel": shop.channel.slug})

    order = Order.objects.get()
    assert (order.status, order.user_email, order.lines.count()) == ("draft", "anna@example.com", 0)
    assert events(response)["customerPlusGo"]["to"] == f"/orders/{global_id(order)}".replace("=", "%3D")


def test_addresses_that_lack_a_street_are_left_out_and_the_notice_says_so(shop: Shop, seller: Browser) -> None:
    # Saleor looks at the billing address only once the other one is complete.
    places = [factories.make_address(street_address_1="", postal_code="", city="Rome", country="IT") for _ in range(2)]
    account = factories.make_account(
        "anna@example.com", default_shipping_address=places[0], default_billing_address=places[1]
    )
    record = factories.make_record("anna@example.com", account=account)

    response = seller.post(f"customers/{global_id(record)}/order", {"channel": shop.channel.slug})

    order = Order.objects.get()
    assert (order.shipping_address, order.billing_address) == (None, None)
    assert "without addresses" in events(response)["customerPlusNotice"]["text"]


def test_a_voucher_that_saleor_refuses_is_told(shop: Shop, seller: Browser) -> None:
    path = f"customers/{global_id(factories.make_record('anna@example.com'))}/order"
    html = seller.change(path, {"channel": shop.channel.slug, "voucher": "NONE<b>"})
    assert 'role="alert"' in html
    assert "NONE&lt;b&gt;" in html
    assert not Order.objects.exists()


def test_an_account_is_made_and_goes_and_comes_with_the_record(shop: Shop, seller: Browser) -> None:
    record = factories.make_record("ben@example.com", first_name="Ben")
    path = f"customers/{global_id(record)}"
    assert "customerPlusReload" in events(seller.post(f"{path}/account"))
    account = User.objects.get(email="ben@example.com")

    seller.change(f"{path}/deactivate", {"also_account": "yes"})
    account.refresh_from_db()
    assert not account.is_active
    seller.change(f"{path}/activate", {"also_account": "yes"})
    account.refresh_from_db()
    assert account.is_active
