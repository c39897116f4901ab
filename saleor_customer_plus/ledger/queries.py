"""Reading the ledger and the figures, for any number of records in a constant number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from .. import host
from ..paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from .models import CustomerFigures, LedgerEntry

_PLACED = (Key("placed_at", DateTimeField()), Key("id", BigIntegerField()))

# Orders of these are listed only when they are asked for.
UNLISTED = (host.OrderStatus.DRAFT, host.OrderStatus.CANCELED)


def figures_of(record_ids: Collection[int]) -> dict[int, list[CustomerFigures]]:
    """The figures of each record, by currency."""
    figures: dict[int, list[CustomerFigures]] = {record_id: [] for record_id in record_ids}
    for row in CustomerFigures.objects.filter(record_id__in=record_ids).order_by("record_id", "currency"):
        figures[row.record_id].append(row)
    return figures


def _orders(statuses: Sequence[str] | None) -> QuerySet[LedgerEntry]:
    if statuses is None:
        return LedgerEntry.objects.exclude(status__in=UNLISTED)
    return LedgerEntry.objects.filter(status__in=statuses)


def pages_of_orders(
    record_ids: Collection[int], window: Window, *, statuses: Sequence[str] | None = None
) -> dict[int, Page[LedgerEntry]]:
    """One page of each record's orders, newest first. Without statuses: all but canceled ones."""
    ordering = Ordering("PLACED", [Segment(_orders(statuses), _PLACED, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_orders(record_ids: Collection[int], *, statuses: Sequence[str] | None = None) -> dict[int, int]:
    """How many orders `pages_of_orders` has for each record."""
    return count_of_each(_orders(statuses), record_ids, parent="record")


def latest_order_of(record_id: int) -> uuid.UUID | None:
    """The newest of a record's orders, whether it counts or not, but no canceled one."""
    orders = _orders(None).filter(record=record_id).order_by("-placed_at", "-id")
    return orders.values_list("order_id", flat=True).first()


class OrderAddresses(NamedTuple):
    """Where an order went to, if anywhere, and where its bill went to."""

    shipping: host.Address | None = None
    billing: host.Address | None = None


def addresses_of_orders(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OrderAddresses]:
    """The addresses of Saleor's orders as they are now. Two statements."""
    orders = host.Order.objects.filter(pk__in=order_ids).values_list("pk", "shipping_address_id", "billing_address_id")
    used = {pk: (shipping, billing) for pk, shipping, billing in orders}
    addresses = host.Address.objects.in_bulk([pk for pair in used.values() for pk in pair if pk is not None])
    return {
        order_id: OrderAddresses(addresses.get(shipping), addresses.get(billing))
        for order_id, (shipping, billing) in used.items()
    }
