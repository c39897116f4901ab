"""Orders of a real Saleor, from its own API to the figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.sync.catch_up import catch_up
from tests import factories
from tests.client import Api

from .client import SaleorApi
from .operations import (
    ADDRESS,
    ERRORS,
    cancel_order,
    change_order_email,
    complete_checkout,
    complete_draft,
    create_checkout,
    create_confirmed_customer,
    create_draft,
    create_transaction,
    mark_as_paid,
    place_order,
    update_transaction,
)
from .people import Figures, Person, known
from .shop import Shop, global_id, open_shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

GUEST = "guest@example.com"


def one_order(total: str = "15.00", *, net: str | None = None, status: str = "UNFULFILLED") -> Person:
    return Person(figures={"EUR": Figures(1, total, net or total)}, orders=[(status, True)])


def unpaid(status: str = "UNFULFILLED") -> Person:
    return Person(stage="LEAD", orders=[(status, False)])


# Orders that staff takes.


def test_draft_is_nobody_s_purchase_until_it_is_completed(saleor: SaleorApi, shop: Shop) -> None:
    draft = create_draft(saleor, shop, userEmail=GUEST)
    assert known(GUEST) is None

    complete_draft(saleor, draft)
    assert known(GUEST) == unpaid()


def test_order_marked_as_paid_counts(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST, quantity=3)

    mark_as_paid(saleor, order)

    assert known(GUEST) == one_order("35.00")


@pytest.mark.parametrize("strategy", ["transaction_flow", "payment_flow"])
def test_order_marked_as_paid_counts_in_either_flow(saleor: SaleorApi, shop: Shop, strategy: str) -> None:
    shop.change_channel(order_mark_as_paid_strategy=strategy)
    order = place_order(saleor, shop, userEmail=GUEST)

    mark_as_paid(saleor, order)

    assert known(GUEST) == one_order()


def test_order_of_an_account_belongs_to_its_record(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, "anna@example.com")

    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))

    assert known("anna@example.com") == Person(
        account=global_id(account), figures={"EUR": Figures(1, "15.00", "15.00")}, orders=[("UNFULFILLED", True)]
    )


def test_currencies_are_never_added(saleor: SaleorApi, shop: Shop) -> None:
    other = open_shop("us", currency="USD")
    mark_as_paid(saleor, place_order(saleor, shop, userEmail=GUEST))
    mark_as_paid(saleor, place_order(saleor, other, userEmail=GUEST, quantity=2))

    person = known(GUEST)

    assert person is not None
    assert person.figures == {"EUR": Figures(1, "15.00", "15.00"), "USD": Figures(1, "25.00", "25.00")}


def test_order_that_is_confirmed_later_counts_from_then_on(saleor: SaleorApi, shop: Shop) -> None:
    shop.change_channel(automatically_confirm_all_new_orders=False, allow_unpaid_orders=True)
    order = complete_checkout(saleor.by(None), create_checkout(saleor.by(None), shop, email=GUEST))
    create_transaction(saleor, global_id(order), charged="15.00")
    assert known(GUEST) == unpaid("UNCONFIRMED")

    saleor(f"mutation ($id: ID!) {{ orderConfirm(id: $id) {{ {ERRORS} }} }}", id=global_id(order))

    assert known(GUEST) == one_order()


def test_fulfilled_order_stays_the_same_purchase(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)
    mark_as_paid(saleor, order)
    line = order.lines.get()

    saleor(
        f"""mutation ($order: ID!, $input: OrderFulfillInput!) {{ orderFulfill(order: $order, input: $input) {{
            {ERRORS}
        }} }}""",
        order=global_id(order),
        input={
            "lines": [
                {
                    "orderLineId": global_id(line),
                    "stocks": [{"quantity": 1, "warehouse": global_id(shop.warehouse)}],
                }
            ]
        },
    )

    assert known(GUEST) == one_order(status="FULFILLED")


def test_cancelled_order_counts_no_more(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)
    create_transaction(saleor, global_id(order), charged="15.00")
    assert known(GUEST) == one_order()

    cancel_order(saleor, order)

    # A customer never becomes a lead again.
    assert known(GUEST) == Person(orders=[("CANCELED", False)])


def test_expired_order_counts_for_nobody(saleor: SaleorApi, shop: Shop, on_commit: Any) -> None:
    from saleor.order.tasks import expire_orders_task

    shop.change_channel(allow_unpaid_orders=True, automatically_confirm_all_new_orders=False, expire_orders_after=10)
    order = complete_checkout(saleor.by(None), create_checkout(saleor.by(None), shop, email=GUEST))
    factories.change(order, created_at=timezone.now() - timedelta(hours=1))

    with on_commit():
        expire_orders_task()

    assert known(GUEST) == unpaid("EXPIRED")


def test_order_whose_email_staff_corrects_moves_to_the_other_person(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail="typo@example.com")
    mark_as_paid(saleor, order)

    change_order_email(saleor, order, GUEST)

    assert known(GUEST) == one_order()
    assert known("typo@example.com") == Person()


# Payments.


def test_payment_in_parts_counts_when_it_is_complete(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)

    create_transaction(saleor, global_id(order), charged="6.00")
    assert known(GUEST) == unpaid()

    create_transaction(saleor, global_id(order), charged="9.00")
    assert known(GUEST) == one_order()


def test_overpaid_order_counts_with_its_total(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)

    create_transaction(saleor, global_id(order), charged="20.00")

    assert known(GUEST) == one_order()


def test_refunds_lower_the_net_only(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)
    transaction = create_transaction(saleor, global_id(order), charged="15.00")

    update_transaction(saleor, transaction, amountCharged="11.00", amountRefunded="4.00")
    assert known(GUEST) == one_order(net="11.00")

    update_transaction(saleor, transaction, amountCharged="0.00", amountRefunded="15.00")
    assert known(GUEST) == one_order(net="0.00")


def test_refund_of_the_older_payment_flow_lowers_the_net_only(saleor: SaleorApi, shop: Shop) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)
    mark_as_paid(saleor, order)

    saleor(
        f"mutation ($id: ID!) {{ orderRefund(id: $id, amount: 4) {{ {ERRORS} }} }}",
        id=global_id(order),
    )

    assert known(GUEST) == one_order(net="11.00")


def test_granted_refund_that_makes_an_order_paid_in_full_is_found_by_the_next_look(
    saleor: SaleorApi, shop: Shop
) -> None:
    """Saleor takes it off what is owed, and tells nobody."""
    order = place_order(saleor, shop, userEmail=GUEST)
    transaction = create_transaction(saleor, global_id(order), charged="11.00")
    saleor(
        f"""mutation ($id: ID!, $input: OrderGrantRefundCreateInput!) {{
            orderGrantRefundCreate(id: $id, input: $input) {{ {ERRORS} }}
        }}""",
        id=global_id(order),
        input={"amount": "4.00", "transactionId": transaction},
    )
    assert known(GUEST) == unpaid()

    catch_up(seconds=60)

    assert known(GUEST) == one_order()


# Orders of other systems.


def bulk_order(shop: Shop, email: str, *, gross: str, paid: bool) -> dict[str, Any]:
    money = {"gross": gross, "net": gross}
    return {
        "channel": shop.channel.slug,
        "createdAt": "2019-05-01T10:00:00Z",
        "status": "UNFULFILLED",
        "user": {"email": email},
        "billingAddress": ADDRESS,
        "currency": shop.channel.currency_code,
        "languageCode": "EN",
        "lines": [
            {
                "variantId": shop.variant_id,
                "createdAt": "2019-05-01T10:00:00Z",
                "isShippingRequired": False,
                "isGiftCard": False,
                "quantity": 1,
                "totalPrice": money,
                "undiscountedTotalPrice": money,
                "warehouse": global_id(shop.warehouse),
                "taxClassId": global_id(shop.tax_class),
            }
        ],
        "transactions": [{"amountCharged": {"amount": gross, "currency": "EUR"}}] if paid else [],
    }


def test_bulk_created_orders_are_history(saleor: SaleorApi, shop: Shop) -> None:
    answer = saleor(
        """mutation ($orders: [OrderBulkCreateInput!]!) {
            orderBulkCreate(orders: $orders, stockUpdatePolicy: SKIP) {
                count errors { path message code } results { errors { path message code } }
            }
        }""",
        orders=[
            bulk_order(shop, "old@example.com", gross="40.00", paid=True),
            bulk_order(shop, "old@example.com", gross="2.50", paid=True),
            bulk_order(shop, "slow@example.com", gross="7.00", paid=False),
        ],
    )

    assert answer["count"] == 3, answer
    assert known("old@example.com") == Person(
        figures={"EUR": Figures(2, "42.50", "42.50")}, orders=[("UNFULFILLED", True)] * 2
    )
    assert known("slow@example.com") == unpaid()


# Checkouts.


def test_order_has_the_id_that_saleor_gives_it(saleor: SaleorApi, shop: Shop, api: Api) -> None:
    order = place_order(saleor, shop, userEmail=GUEST)

    answer = api(
        "query ($email: String!) { customerRecord(email: $email) { orders(first: 1) { edges { node { id } } } } }",
        email=GUEST,
    )

    assert answer["customerRecord"]["orders"]["edges"] == [{"node": {"id": global_id(order)}}]


@pytest.fixture
def trusting_shop(shop: Shop) -> Shop:
    """A shop that takes orders before they are paid, and confirms them when they are."""
    shop.change_channel(allow_unpaid_orders=True)
    return shop


def test_guest_s_checkout_that_is_paid_counts_at_once(storefront: SaleorApi, saleor: SaleorApi, shop: Shop) -> None:
    checkout = create_checkout(storefront, shop, email="Guest@Example.com", quantity=2)
    create_transaction(saleor, checkout, charged="25.00")

    complete_checkout(storefront, checkout)

    assert known(GUEST) == one_order("25.00")


def test_guest_s_checkout_that_is_not_paid_makes_a_lead(storefront: SaleorApi, trusting_shop: Shop) -> None:
    complete_checkout(storefront, create_checkout(storefront, trusting_shop, email=GUEST))

    assert known(GUEST) == unpaid("UNCONFIRMED")


def test_free_order_counts(storefront: SaleorApi, shop: Shop) -> None:
    shop.variant.channel_listings.update(price_amount=0, discounted_price_amount=0)
    shop.shipping_method.channel_listings.update(price_amount=0)

    complete_checkout(storefront, create_checkout(storefront, shop, email=GUEST))

    assert known(GUEST) == one_order("0.00")


def test_customer_s_checkout_belongs_to_the_account(storefront: SaleorApi, saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, "anna@example.com")
    anna = storefront.by(factories.make_token(account))
    # The account's orders are the account's, whatever e-mail was typed in.
    checkout = create_checkout(anna, shop, email="typed@example.com")
    create_transaction(saleor, checkout, charged="15.00")

    complete_checkout(anna, checkout)

    assert known("anna@example.com") == Person(
        account=global_id(account), figures={"EUR": Figures(1, "15.00", "15.00")}, orders=[("UNFULFILLED", True)]
    )
    assert known("typed@example.com") is None


def test_details_come_from_the_order(storefront: SaleorApi, trusting_shop: Shop) -> None:
    from saleor_customer_plus.records.models import CustomerRecord

    complete_checkout(storefront, create_checkout(storefront, trusting_shop, email=GUEST, languageCode="IT"))

    record = CustomerRecord.objects.get(email=GUEST)
    assert (record.first_name, record.last_name, record.company_name) == ("Anna", "Rossi", "Rossi Srl")
    assert (record.phone, record.country_code, record.language_code) == ("+493012345678", "DE", "it")
