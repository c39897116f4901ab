"""Opening an account and placing an order for a person: Saleor's own mutations, run within ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core import mail

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Order, User
from tests import factories
from tests.client import OUR_PATH

from .client import SaleorApi
from .operations import ADDRESS, account_of, create_confirmed_customer, place_order, update_customer
from .people import known
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

ACCOUNT = """mutation ($id: ID!) { customerAccountCreate(recordId: $id) {
  userId record { id userId } errors { field message code id }
} }"""
DRAFT = """mutation ($id: ID!, $channel: String!, $lines: [CustomerOrderLineInput!]!, $voucher: String) {
  customerDraftOrderCreate(recordId: $id, channel: $channel, lines: $lines, voucherCode: $voucher) {
    orderId record { id } errors { field message code id }
  }
}"""


@pytest.fixture
def ours(saleor: SaleorApi) -> SaleorApi:
    """Our endpoint, asked by the staff who may do everything in Saleor too, with what a commit starts."""
    return SaleorApi(token=saleor.token, path=OUR_PATH)


def record_id(record: CustomerRecord) -> str:
    return global_id(record)


def record_of(email: str) -> CustomerRecord:
    return CustomerRecord.objects.get(email=email)


def refused(ours: SaleorApi, query: str, **variables: Any) -> list[dict[str, Any]]:
    """The errors of the payload."""
    (answer,) = super(SaleorApi, ours).__call__(query, **variables).values()
    assert answer["errors"]
    return answer["errors"]


def entries(record: CustomerRecord, type: ActivityType) -> list[tuple[str, str, str]]:
    found = ActivityEntry.objects.filter(record=record, type=type)
    return [(entry.actor_type, entry.cause_type, entry.cause_id) for entry in found]


# Accounts.


def test_an_account_is_opened_with_what_is_known_and_without_a_mail(ours: SaleorApi, saleor: SaleorApi, shop: Shop):
    place_order(saleor, shop, userEmail="anna@example.com", languageCode="DE")
    record = record_of("anna@example.com")

    answer = ours(ACCOUNT, id=record_id(record))

    account = account_of("anna@example.com")
    assert answer["userId"] == global_id(account)
    assert (account.first_name, account.last_name, account.language_code) == ("Anna", "Rossi", "de")
    assert account.default_billing_address.street_address_1 == ADDRESS["streetAddress1"]
    assert str(account.default_shipping_address.phone) == ADDRESS["phone"]
    assert (account.is_confirmed, account.is_active, account.is_staff) == (False, True, False)
    assert mail.outbox == []
    assert entries(record, ActivityType.ACCOUNT_OPENED) == [("STAFF", "ACCOUNT", str(account.pk))]
    assert known("anna@example.com").account is None, "linked before the address is confirmed"


def test_the_record_is_linked_when_the_address_is_confirmed(ours: SaleorApi, saleor: SaleorApi):
    record = factories.make_record("anna@example.com", first_name="Anna")
    ours(ACCOUNT, id=record_id(record))
    account = account_of("anna@example.com")

    update_customer(saleor, account, isConfirmed=True)

    record.refresh_from_db()
    assert record.account_id == account.pk
    assert CustomerRecord.objects.count() == 1


def test_a_record_that_has_an_account_gets_no_second_one(ours: SaleorApi, saleor: SaleorApi):
    account = create_confirmed_customer(saleor, "anna@example.com")
    record = record_of("anna@example.com")

    (error,) = refused(ours, ACCOUNT, id=record_id(record))

    assert (error["code"], error["field"], error["id"]) == ("ALREADY_EXISTS", "recordId", global_id(account))
    assert entries(record, ActivityType.ACCOUNT_OPENED) == []


def test_an_account_that_waits_for_its_confirmation_is_named(ours: SaleorApi):
    record = factories.make_record("anna@example.com")
    ours(ACCOUNT, id=record_id(record))

    (error,) = refused(ours, ACCOUNT, id=record_id(record))

    account = account_of("anna@example.com")
    assert (error["code"], error["field"], error["id"]) == ("UNIQUE", "email", global_id(account))
    assert len(entries(record, ActivityType.ACCOUNT_OPENED)) == 1
    assert User.objects.filter(email="anna@example.com").count() == 1


def test_a_language_that_saleor_has_not_and_an_address_that_was_not_validated_are_left_out(ours: SaleorApi, shop: Shop):
    odd = factories.make_address(postal_code="not a code", validation_skipped=True)
    order = factories.make_order("anna@example.com", channel=shop.channel, shipping_address=odd, billing_address=odd)
    record = factories.make_record("anna@example.com", language_code="tlh")
    factories.make_ledger_entry(record, order_id=order.pk)

    ours(ACCOUNT, id=record_id(record))

    account = account_of("anna@example.com")
    assert (account.default_billing_address, account.default_shipping_address) == (None, None)


def test_an_unknown_record_is_told(ours: SaleorApi):
    (error,) = refused(ours, ACCOUNT, id="Q3VzdG9tZXJSZWNvcmQ6OTk5")

    assert (error["code"], error["field"]) == ("NOT_FOUND", "recordId")


def test_an_app_opens_an_account(shop: Shop):
    _app, token = factories.make_app()
    record = factories.make_record("anna@example.com")

    SaleorApi(token=token, path=OUR_PATH)(ACCOUNT, id=record_id(record))

    account = account_of("anna@example.com")
    assert entries(record, ActivityType.ACCOUNT_OPENED) == [("APP", "ACCOUNT", str(account.pk))]


# Orders.


def lines(shop: Shop, quantity: int = 2) -> list[dict[str, Any]]:
    return [{"variantId": shop.variant_id, "quantity": quantity}]


def order_of(answer: dict[str, Any]) -> Any:
    from graphene import Node

    return Order.objects.get(pk=Node.from_global_id(answer["orderId"])[1])


def test_a_draft_for_a_guest_has_the_addresses_of_the_latest_order(ours: SaleorApi, saleor: SaleorApi, shop: Shop):
    place_order(saleor, shop, userEmail="anna@example.com", languageCode="DE")
    record = record_of("anna@example.com")

    order = order_of(ours(DRAFT, id=record_id(record), channel="main", lines=lines(shop)))

    assert (order.status, order.user_email, order.user, order.channel) == (
        "draft", "anna@example.com", None, shop.channel,
    )  # fmt: skip
    assert order.lines.get().quantity == 2
    assert order.shipping_address.street_address_1 == ADDRESS["streetAddress1"]
    assert order.billing_address.street_address_1 == ADDRESS["streetAddress1"]
    assert order.language_code == "de"
    assert entries(record, ActivityType.DRAFT_ORDER_CREATED) == [("STAFF", "ORDER", str(order.pk))]


def test_a_draft_for_an_account_has_its_default_addresses(ours: SaleorApi, saleor: SaleorApi, shop: Shop):
    account = create_confirmed_customer(saleor, "anna@example.com")
    update_customer(saleor, account, defaultShippingAddress=ADDRESS | {"city": "Potsdam", "postalCode": "14467"})
    record = record_of("anna@example.com")

    order = order_of(ours(DRAFT, id=record_id(record), channel=global_id(shop.channel), lines=lines(shop)))

    assert order.user == account
    assert order.shipping_address.city.upper() == "POTSDAM"
    assert order.billing_address is None


def test_a_draft_for_an_account_that_is_gone_is_one_for_a_guest(ours: SaleorApi, saleor: SaleorApi, shop: Shop):
    account = create_confirmed_customer(saleor, "anna@example.com")
    User.objects.filter(pk=account.pk).delete()  # past Saleor, or a task of ours is late
    record = record_of("anna@example.com")
    assert record.account_id == account.pk

    order = order_of(ours(DRAFT, id=record_id(record), channel="main", lines=lines(shop)))

    assert (order.user_email, order.user) == ("anna@example.com", None)


def test_the_account_is_found_however_its_address_is_spelt(ours: SaleorApi, shop: Shop):
    account = factories.make_account("Anna@Example.com")
    record = factories.make_record("anna@example.com", account=account)

    order = order_of(ours(DRAFT, id=record_id(record), channel="main", lines=lines(shop)))

    assert order.user == account


def test_an_address_that_was_not_validated_is_taken_over(ours: SaleorApi, shop: Shop):
    odd = factories.make_address(postal_code="not a code", validation_skipped=True)
    old = factories.make_order("anna@example.com", channel=shop.channel, shipping_address=odd)
    record = factories.make_record("anna@example.com")
    factories.make_ledger_entry(record, order_id=old.pk)

    order = order_of(ours(DRAFT, id=record_id(record), channel="main", lines=lines(shop)))

    assert order.shipping_address.postal_code == "not a code"


def make_voucher(shop: Shop, code: str) -> Any:
    voucher = apps.get_model("discount", "Voucher").objects.create(
        type="entire_order", discount_value_type="percentage"
    )
    voucher.codes.create(code=code)
    voucher.channel_listings.create(channel=shop.channel, currency="EUR", discount_value=50)
    return voucher


def test_a_voucher_is_applied(ours: SaleorApi, shop: Shop):
    make_voucher(shop, "HALF")
    record = factories.make_record("anna@example.com")

    order = order_of(ours(DRAFT, id=record_id(record), channel="main", lines=lines(shop), voucher="HALF"))

    assert order.voucher_code == "HALF"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"voucher": "NO-SUCH-CODE"}, "voucherCode", "INVALID_VOUCHER_CODE"),
        ({"quantity": 0}, "quantity", "ZERO_QUANTITY"),
    ],
)
def test_what_saleor_says_against_an_order_is_returned_and_nothing_is_done(
    ours: SaleorApi, shop: Shop, changed: dict[str, Any], field: str, code: str
):
    record = factories.make_record("anna@example.com")
    given = {"channel": "main", "lines": lines(shop, changed.pop("quantity", 1))} | changed

    (error,) = refused(ours, DRAFT, id=record_id(record), **given)

    assert (error["field"], error["code"]) == (field, "GRAPHQL_ERROR")
    assert f"(Saleor: {code})" in error["message"]
    assert Order.objects.count() == 0
    assert entries(record, ActivityType.DRAFT_ORDER_CREATED) == []


@pytest.mark.parametrize(
    ("channel", "code"), [("no-such-shop", "INVALID"), ("Q2hhbm5lbDo5OTk5", "NOT_FOUND"), ("T3JkZXI6MQ==", "INVALID")]
)
def test_an_unknown_channel_is_told(ours: SaleorApi, shop: Shop, channel: str, code: str):
    record = factories.make_record("anna@example.com")

    (error,) = refused(ours, DRAFT, id=record_id(record), channel=channel, lines=lines(shop))

    assert (error["field"], error["code"]) == ("channel", code)


def test_a_variant_that_is_none_is_told(ours: SaleorApi, shop: Shop):
    record = factories.make_record("anna@example.com")

    (error,) = refused(
        ours, DRAFT, id=record_id(record), channel="main", lines=[{"variantId": "\x00nonsense", "quantity": 1}]
    )

    assert error["code"] == "GRAPHQL_ERROR"
    assert Order.objects.count() == 0


def test_orders_are_refused_to_whoever_may_not_manage_them_in_saleor(shop: Shop):
    record = factories.make_record("anna@example.com")
    ours = SaleorApi(token=factories.make_token(factories.make_staff()), path=OUR_PATH)

    (error,) = ours.errors(DRAFT, id=record_id(record), channel="main", lines=lines(shop))

    assert error["extensions"]["exception"]["code"] == "PermissionDenied"
    assert "MANAGE_ORDERS" in error["message"]
    assert Order.objects.count() == 0
