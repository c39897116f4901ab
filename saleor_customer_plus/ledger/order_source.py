"""What the ledger reads of Saleor's orders, as one query."""

from __future__ import annotations

import functools
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from ..core import sql
from ..records.saleor_addresses import first_said, of_one_address
from ..saleor_adapter import host

# The orders that are nobody's purchase, whatever was paid. features.md 41; drafts are not even in the ledger.
NEVER_COUNT = (
    host.OrderStatus.DRAFT,
    host.OrderStatus.UNCONFIRMED,
    host.OrderStatus.CANCELED,
    host.OrderStatus.EXPIRED,
)
# Where the details of a person are looked for, in this order.
_ADDRESSES = ("billing_address", "shipping_address")
CHARGED = (host.OrderChargeStatus.FULL, host.OrderChargeStatus.OVERCHARGED)


def _refunded() -> Any:
    """What was paid back, in the order's currency: by transactions, and by payments of Saleor's older kind.

    Saleor has no column for it; it computes the same in `Order.totalRefunded`.
    """
    by_transactions = (
        host.TransactionItem.objects.filter(order_id=OuterRef("pk"))
        .order_by()
        .values("order_id")
        .values(total=Sum("refunded_value"))
    )
    by_payments = (
        host.Transaction.objects.filter(
            payment__order_id=OuterRef("pk"), kind=host.TransactionKind.REFUND, is_success=True
        )
        .order_by()
        .values("payment__order_id")
        .values(total=Sum("amount"))
    )
    zero = Value(0, output_field=host.TransactionItem._meta.get_field("refunded_value"))
    return Coalesce(Subquery(by_transactions), zero) + Coalesce(Subquery(by_payments), zero)


def _voucher_codes() -> Any:
    """The voucher codes of an order's lines; the order's own is another column."""
    lines = host.OrderLine.objects.filter(order_id=OuterRef("pk"), voucher_code__gt="").order_by()
    return ArraySubquery(lines.values("voucher_code").distinct())


def orders(where: Q) -> sql.Sql:
    """The orders that `where` picks by columns of their own, drafts excepted, as the ledger takes them over."""
    return _with(_orders(), where)


@functools.cache  # compiling it takes longer than PostgreSQL does with a few orders
def _orders() -> sql.Sql:
    return sql.of_queryset(
        host.Order.objects.exclude(status=host.OrderStatus.DRAFT)
        .order_by()
        .values(
            "status",
            "charge_status",
            "origin",
            "channel_id",
            "currency",
            "language_code",
            "total_gross_amount",
            "total_charged_amount",
            order_id=F("pk"),
            order_number=F("number"),
            order_email=F("user_email"),
            account_id=F("user_id"),
            account_email=F("user__email"),
            account_is_confirmed=F("user__is_confirmed"),
            # Not a join: from a handful of channels PostgreSQL would start, and read the orders once for each.
            channel_slug=Subquery(host.Channel.objects.filter(pk=OuterRef("channel_id")).order_by().values("slug")),
            refunded=_refunded(),
            order_voucher=F("voucher_code"),
            line_vouchers=_voucher_codes(),
            first_name=first_said("first_name", *_ADDRESSES),
            last_name=first_said("last_name", *_ADDRESSES),
            company_name=first_said("company_name", *_ADDRESSES),
            phone=first_said("phone", *_ADDRESSES),
            **of_one_address(*_ADDRESSES),
            placed_at=F("created_at"),
            order_updated_at=F("updated_at"),
        )
    )


@functools.cache
def existing() -> sql.Sql:
    """Every order that Saleor has, drafts excepted, by its id alone."""
    return sql.of_queryset(
        host.Order.objects.exclude(status=host.OrderStatus.DRAFT).order_by().values(order_id=F("pk"))
    )


def ids(where: Q) -> sql.Sql:
    """The same orders by their ids alone."""
    return _with(existing(), where)


def _with(query: sql.Sql, where: Q) -> sql.Sql:
    """A query of orders that ends with its conditions, with one more."""
    return sql.fill("{query} AND {condition}", query=query, condition=sql.of_condition(host.Order, where))


@functools.cache
def lines() -> sql.Sql:
    """The lines of all orders, with the columns that `ledger.lines` takes over."""
    return sql.of_queryset(
        host.OrderLine.objects.order_by().values(
            "order_id",
            "variant_id",
            "quantity",
            line_id=F("pk"),
            product_id=F("variant__product_id"),
            total_gross=F("total_price_gross_amount"),
        )
    )
