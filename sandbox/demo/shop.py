"""What can happen in a shop: each verb writes what Saleor would write, then calls the hooks that Saleor calls.

It uses Saleor's models and its plugin manager only, so that it plays on the stand-in and on a real Saleor alike.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from saleor.channel.models import Channel
from saleor.plugins.manager import get_plugins_manager

from saleor_customer_plus.saleor_adapter.host import (
    Address,
    Order,
    OrderChargeStatus,
    OrderStatus,
    TransactionItem,
    User,
)


class Shop:
    """A shop that sells in euros and in dollars, and tells its plugins what happens."""

    def __init__(self) -> None:
        self.channels = {"EUR": _open_channel("europe", "EUR", "DE"), "USD": _open_channel("usa", "USD", "US")}
        self.hooks = get_plugins_manager(allow_replica=False)

    # People.

    @transaction.atomic
    def register(self, email: str, first_name: str, last_name: str, *, confirmed: bool = False) -> Any:
        account = User(
            email=email.lower(), first_name=first_name, last_name=last_name, is_active=True, is_confirmed=confirmed
        )
        account.set_unusable_password()
        account.save()
        self.hooks.customer_created(account)
        return account

    @transaction.atomic
    def confirm(self, account: Any) -> None:
        """The link in the mail was clicked: only now are the guest's orders the account's."""
        account.is_confirmed = True
        account.save()
        Order.objects.filter(user_email=account.email, user=None).update(user=account)
        self.hooks.account_confirmed(account)

    @transaction.atomic
    def change_email(self, account: Any, email: str) -> None:
        account.email = email
        account.save()
        self.hooks.customer_updated(account)
        self.hooks.account_email_changed(account)

    # Orders.

    @transaction.atomic
    def order(
        self,
        buyer: Any,
        total: str,
        *,
        currency: str = "EUR",
        address: dict[str, str] | None = None,
        days_ago: int = 0,
        silently: bool = False,
    ) -> Any:
        """An order of an account, or of a guest by the e-mail address. Silently: Saleor's hook gets lost."""
        account = buyer if isinstance(buyer, User) else None
        postal = Address.objects.create(**{"city": "Berlin", "country": "DE", **(address or {})})
        order = Order.objects.create(
            user=account,
            user_email=account.email if account else buyer,
            status=OrderStatus.UNFULFILLED,
            charge_status=OrderChargeStatus.NONE,
            origin="checkout",
            channel=self.channels[currency],
            currency=currency,
            created_at=timezone.now() - timedelta(days=days_ago),
            billing_address=postal,
            shipping_address=Address.objects.create(**_copy(postal)),
            lines_count=1,
            **{f"{kind}_{of}_amount": Decimal(total) for kind in ("total", "subtotal") for of in ("net", "gross")},
        )
        if not silently:
            self.hooks.order_created(order)
        return order

    @transaction.atomic
    def pay(self, order: Any, amount: str | None = None) -> Any:
        """Pay an order, in full unless an amount is given."""
        charged = Decimal(amount) if amount else order.total_gross_amount
        TransactionItem.objects.create(order=order, currency=order.currency, charged_value=charged)
        order.total_charged_amount += charged
        is_full = order.total_charged_amount >= order.total_gross_amount
        order.charge_status = OrderChargeStatus.FULL if is_full else OrderChargeStatus.PARTIAL
        order.save()
        self.hooks.order_paid(order)
        if is_full:
            self.hooks.order_fully_paid(order)
        self.hooks.order_updated(order)
        return order

    @transaction.atomic
    def refund(self, order: Any, amount: str) -> None:
        payment = TransactionItem.objects.filter(order=order).earliest("pk")
        payment.refunded_value += Decimal(amount)
        payment.charged_value -= Decimal(amount)
        payment.save()
        order.total_charged_amount -= Decimal(amount)
        order.charge_status = OrderChargeStatus.PARTIAL if order.total_charged_amount else OrderChargeStatus.NONE
        order.save()
        self.hooks.order_refunded(order)
        self.hooks.order_updated(order)

    @transaction.atomic
    def cancel(self, order: Any) -> None:
        order.status = OrderStatus.CANCELED
        order.save()
        self.hooks.order_cancelled(order)
        self.hooks.order_updated(order)

    @transaction.atomic
    def expire(self, order: Any) -> None:
        order.status = OrderStatus.EXPIRED
        order.expired_at = timezone.now()
        order.save()
        self.hooks.order_expired(order)
        self.hooks.order_updated(order)

    @transaction.atomic
    def bulk_import(self, orders: list[Any]) -> None:
        """What `orderBulkCreate` does with the orders of an old shop: one hook for all of them."""
        self.hooks.order_bulk_created(orders)


def _open_channel(slug: str, currency: str, country: str) -> Any:
    channel, _ = Channel.objects.get_or_create(
        slug=f"demo-{slug}",
        defaults={"name": slug.title(), "currency_code": currency, "default_country": country, "is_active": True},
    )
    return channel


def _copy(address: Any) -> dict[str, Any]:
    names = ("first_name", "last_name", "company_name", "street_address_1", "city", "postal_code", "country", "phone")
    return {name: getattr(address, name) for name in names}
