"""What the synchronisation with Saleor changes of a record is in its log too, as done by nobody in particular."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.saleor_adapter.host import OrderStatus
from tests.factories import change, make_account, make_address, make_lead, make_order, make_payment_refund, make_record

from .test_completeness import observe

pytestmark = pytest.mark.django_db


class Shop:
    """Anna has an account and an order; Ben bought as a guest, and has an open enquiry."""

    def __init__(self) -> None:
        self.account = make_account("anna@example.com", first_name="Anna")
        self.order = make_order(account=self.account, billing_address=make_address(company_name="Rossi"))
        tasks.sync_accounts([self.account.pk])
        make_lead(make_record("ben@example.com"))

    def saw(self, order: Any) -> None:
        tasks.sync_orders([str(order.pk)])

    def guest_buys(self) -> None:
        self.saw(make_order("carla@example.com"))

    def lead_buys(self) -> None:
        self.saw(make_order("ben@example.com"))

    def order_with_other_details(self) -> None:
        self.saw(make_order(account=self.account, billing_address=make_address(company_name="Rossi & Figlie")))

    def order_is_canceled(self) -> None:
        change(self.order, status=OrderStatus.CANCELED)
        self.saw(self.order)

    def order_is_refunded(self) -> None:
        make_payment_refund(self.order, 5)
        self.saw(self.order)

    def order_is_deleted(self) -> None:
        key = str(self.order.pk)
        self.order.delete()
        tasks.sync_orders([key])

    def account_is_edited(self) -> None:
        change(self.account, first_name="Annina", language_code="it", updated_at=timezone.now())
        tasks.sync_accounts([self.account.pk])

    def account_is_renamed(self) -> None:
        change(self.account, email="annina@example.com")
        tasks.sync_accounts([self.account.pk])

    def account_is_deleted(self) -> None:
        key = self.account.pk
        self.account.delete()
        tasks.sync_accounts([key])

    def account_of_a_guest(self) -> None:
        tasks.sync_accounts([make_account("ben@example.com").pk])

    def account_of_nobody(self) -> None:
        tasks.sync_accounts([make_account("dora@example.com").pk])

    def nothing(self) -> None:
        self.saw(self.order)
        tasks.sync_accounts([self.account.pk])

    def reconciliation(self) -> None:
        make_order("carla@example.com")
        change(self.account, first_name="Annina", updated_at=timezone.now())
        tasks.reconcile()


@pytest.mark.parametrize(
    ("event", "people"),
    [
        (Shop.guest_buys, "carla"),
        (Shop.lead_buys, "ben"),
        (Shop.order_with_other_details, "anna"),
        (Shop.order_is_canceled, "anna"),
        (Shop.order_is_refunded, "anna"),
        (Shop.order_is_deleted, "anna"),
        (Shop.account_is_edited, "anna"),
        (Shop.account_is_renamed, "annina"),
        (Shop.account_is_deleted, "anna"),
        (Shop.account_of_a_guest, "ben"),
        (Shop.account_of_nobody, "dora"),
        (Shop.nothing, ""),
        (Shop.reconciliation, "anna carla"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_whatever_changes_is_logged(event: Callable[[Shop], None], people: str, on_commit: Callable[[], Any]) -> None:
    shop = Shop()

    def act() -> None:
        with on_commit():
            event(shop)

    observed = observe(("SYNC", ""), act)

    assert observed.changed == set(people.split())
    assert observed.changed == observed.logged
