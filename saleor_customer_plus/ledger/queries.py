"""Reading the ledger and the figures, for any number of records in a constant number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, DateTimeField, QuerySet

from ..core import sql
from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from .channel_figures import figures_seen, orders_seen, summary_seen
from .models import CustomerFigures, LedgerEntry

_PLACED = (Key("placed_at", DateTimeField()), Key("id", BigIntegerField()))

# Orders of these are listed only when they are asked for.
UNLISTED = (host.OrderStatus.DRAFT, host.OrderStatus.CANCELED)


def figures_of(record_ids: Collection[int], channels: Channels = None) -> dict[int, list[CustomerFigures]]:
    """The figures of each record, by currency; over the orders of these channels only, if there are any given."""
    figures: dict[int, list[CustomerFigures]] = {record_id: [] for record_id in record_ids}
    if channels is not None:
        of_records = sql.fill("record_id = ANY({ids})", ids=list(record_ids))
        seen = sql.fill("{figures} ORDER BY record_id, currency", figures=figures_seen(channels, of_records))
        for found in sql.rows(seen):
            figures[found.record_id].append(CustomerFigures(**found._asdict()))
        return figures
    for row in CustomerFigures.objects.filter(record_id__in=record_ids).order_by("record_id", "currency"):
        figures[row.record_id].append(row)
    return figures


class Summary(NamedTuple):
    """The summary of a record's orders over all currencies, as somebody sees it."""

    order_count: int = 0
    last_order_at: datetime | None = None
    latest_order_id: uuid.UUID | None = None
    customer_since: datetime | None = None


def summaries_of(record_ids: Collection[int], channels: frozenset[int]) -> dict[int, Summary]:
    """The summaries that the records would have if the shop had these channels only. One statement."""
    of_records = sql.fill("id = ANY({ids})", ids=list(record_ids))
    return {record_id: Summary(*values) for record_id, *values in sql.rows(summary_seen(channels, of_records))}


def visible_orders(order_ids: Collection[uuid.UUID | str], channels: frozenset[int]) -> dict[uuid.UUID | str, bool]:
    """Which of these orders are of these channels; those that Saleor has no longer are not. One statement."""
    keys = {uuid.UUID(str(order_id)): order_id for order_id in order_ids}
    found = host.Order.objects.filter(pk__in=list(keys), channel_id__in=channels).order_by()
    return {keys[key]: True for key in found.values_list("pk", flat=True)}


def _orders(statuses: Sequence[str] | None, channels: Channels) -> QuerySet[LedgerEntry]:
    orders = orders_seen(channels)
    if statuses is None:
        return orders.exclude(status__in=UNLISTED)
    return orders.filter(status__in=statuses)


def pages_of_orders(
    record_ids: Collection[int], window: Window, *, statuses: Sequence[str] | None = None, channels: Channels = None
) -> dict[int, Page[LedgerEntry]]:
    """One page of each record's orders, newest first. Without statuses: all but canceled ones."""
    ordering = Ordering("PLACED", [Segment(_orders(statuses, channels), _PLACED, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_orders(
    record_ids: Collection[int], *, statuses: Sequence[str] | None = None, channels: Channels = None
) -> dict[int, int]:
    """How many orders `pages_of_orders` has for each record."""
    return count_of_each(_orders(statuses, channels), record_ids, parent="record")


def record_of_order(order_id: uuid.UUID, channels: Channels = None) -> int | None:
    """The owner of an order that somebody sees. None: it is not known, or a deletion released it."""
    found = orders_seen(channels).filter(order_id=order_id, is_released=False)
    return found.values_list("record_id", flat=True).first()


class DraftBuyer(NamedTuple):
    """For whom staff prepare a draft order."""

    account_id: int | None
    email: str


def buyer_of_draft(order_id: uuid.UUID, channels: Channels = None) -> DraftBuyer | None:
    """The buyer of a draft order that somebody sees. The ledger has no drafts: their buyer still changes."""
    drafts = host.Order.objects.filter(pk=order_id, status=host.OrderStatus.DRAFT)
    if channels is not None:
        drafts = drafts.filter(channel_id__in=channels)
    found = drafts.values_list("user_id", "user_email").first()
    return None if found is None else DraftBuyer(*found)


def order_numbered(number: int) -> uuid.UUID | None:
    """Saleor's order of this number, in whichever channel."""
    return host.Order.objects.filter(number=number).values_list("pk", flat=True).first()


def voucher_codes_known(codes: Collection[str]) -> set[str]:
    """Those of the voucher codes that an order was placed with, or that Saleor has. Two statements at most."""
    used = sql.rows(
        sql.fill(
            """
            SELECT c.code FROM unnest({codes}::varchar[]) c(code) WHERE EXISTS (
                SELECT FROM {ledger} e WHERE e.voucher_codes @> ARRAY[c.code]
                    AND e.counts AND e.record_id IS NOT NULL AND NOT e.voucher_codes = '{}'  -- as the index has it
            )
            """,
            codes=list(codes),
            ledger=sql.table(LedgerEntry),
        )
    )
    found = {row.code for row in used}
    return found | host.voucher_codes(set(codes) - found)


def latest_order_of(record_id: int, channels: Channels = None) -> uuid.UUID | None:
    """The newest of a record's orders, whether it counts or not, but no canceled one."""
    orders = _orders(None, channels).filter(record=record_id).order_by("-placed_at", "-id")
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
