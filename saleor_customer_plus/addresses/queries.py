"""Reading the addresses of people: those that staff keep, and those of their orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ..core import sql
from ..ledger.models import LedgerEntry
from ..records.models import Source
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from .models import AddressKind, CustomerAddress

# The newest orders of each record whose addresses are looked at, and the most addresses that come of them.
ORDERS_LOOKED_AT = 50
MAX_OF_ORDERS = 20


def addresses_of(record_ids: Collection[int], channels: Channels = None) -> dict[int, list[CustomerAddress]]:
    """The addresses that staff keep for these people, oldest first. One statement, or two.

    Without those that were copied from an order of a channel that the caller has no access to.
    """
    found: dict[int, list[CustomerAddress]] = {record_id: [] for record_id in record_ids}
    addresses = list(CustomerAddress.objects.filter(record__in=record_ids).order_by("pk"))
    seen = _visible(addresses, channels)
    for address in addresses:
        if address.source != Source.ORDER or seen is None or address.source_id in seen:
            found[address.record_id].append(address)
    return found


def is_visible(address: CustomerAddress, channels: Channels) -> bool:
    """Whether somebody who sees the orders of these channels may see the address."""
    seen = _visible([address], channels)
    return address.source != Source.ORDER or seen is None or address.source_id in seen


def _visible(addresses: Iterable[CustomerAddress], channels: Channels) -> set[str] | None:
    """Those of the orders that these were copied from that may be seen; None for all."""
    if channels is None:
        return None
    ids = {address.source_id for address in addresses if address.source == Source.ORDER}
    if not ids:
        return set()
    orders = host.Order.objects.filter(pk__in=ids, channel_id__in=channels).order_by()
    return {str(pk) for pk in orders.values_list("pk", flat=True)}


def seen_address(alias: str, channels: Channels) -> sql.Sql:
    """The same as `is_visible`, as a condition on the rows of a statement."""
    if channels is None:
        return sql.Sql("true")
    return sql.fill(
        "({copied} <> {order} OR EXISTS (SELECT FROM {orders} o WHERE o.id::text = {origin} "
        "AND o.channel_id = ANY({channels})))",
        copied=sql.Sql(f"{alias}.source"),
        order=Source.ORDER.value,
        orders=sql.table(host.Order),
        origin=sql.Sql(f"{alias}.source_id"),
        channels=sorted(channels),
    )


@dataclass(frozen=True, slots=True)
class OrderAddress:
    """An address that a person ordered with: Saleor's, as the newest order has it, and when it was used last."""

    address: Any
    kinds: tuple[AddressKind, ...]
    order_id: UUID
    used_at: datetime


def addresses_of_orders(record_ids: Collection[int], channels: Channels = None) -> dict[int, list[OrderAddress]]:
    """The addresses of the newest orders of these people, each once, the one used last first. Two statements.

    They are Saleor's own rows and not copied: an order that is corrected, canceled or deleted in Saleor takes its
    address along. Two are the same if recipient, street, postal code, city, state, country and phone are, whatever
    their case and spaces.
    """
    rows = sql.rows(
        sql.fill(
            """
            SELECT DISTINCT ON (record_id, key) record_id, order_id, placed_at, address_id,
                bool_or(is_shipping) OVER same AS is_shipping, bool_or(NOT is_shipping) OVER same AS is_billing
            FROM (
                SELECT w.record_id, e.order_id, e.placed_at, a.id AS address_id,
                    used.is_shipping, {key} AS key
                FROM unnest({ids}) AS w(record_id)
                CROSS JOIN LATERAL (
                    SELECT * FROM {ledger} l WHERE l.record_id = w.record_id AND {seen}
                    ORDER BY l.placed_at DESC, l.id DESC LIMIT {most}
                ) e
                JOIN {orders} o ON o.id = e.order_id
                CROSS JOIN LATERAL (VALUES (o.shipping_address_id, true), (o.billing_address_id, false))
                    AS used(address_id, is_shipping)
                JOIN {addresses} a ON a.id = used.address_id
                WHERE {has_lines}
            ) found
            WINDOW same AS (PARTITION BY record_id, key)
            ORDER BY record_id, key, placed_at DESC, is_shipping DESC, address_id
            """,
            key=_KEY,
            ids=list(record_ids),
            ledger=sql.table(LedgerEntry),
            seen=_seen(channels),
            most=ORDERS_LOOKED_AT,
            orders=sql.table(host.Order),
            addresses=sql.table(host.Address),
            has_lines=_HAS_LINES,
        )
    )
    addresses = host.Address.objects.in_bulk([row.address_id for row in rows])
    found: dict[int, list[OrderAddress]] = {record_id: [] for record_id in record_ids}
    for row in sorted(rows, key=lambda row: (row.placed_at, row.address_id), reverse=True):
        kinds = [kind for kind, is_used in zip(_KINDS, (row.is_shipping, row.is_billing), strict=True) if is_used]
        listed = found[row.record_id]
        if row.address_id in addresses and len(listed) < MAX_OF_ORDERS:
            listed.append(OrderAddress(addresses[row.address_id], tuple(kinds), row.order_id, row.placed_at))
    return found


def order_with_address(record_id: int, address_id: int, channels: Channels = None) -> UUID | None:
    """The newest of the person's orders that has this address of Saleor's, if the caller sees one."""
    rows = sql.rows(
        sql.fill(
            """
            SELECT l.order_id FROM {ledger} l JOIN {orders} o ON o.id = l.order_id
            WHERE l.record_id = {record} AND {address} IN (o.shipping_address_id, o.billing_address_id) AND {seen}
            ORDER BY l.placed_at DESC, l.id DESC LIMIT 1
            """,
            ledger=sql.table(LedgerEntry),
            orders=sql.table(host.Order),
            record=record_id,
            address=address_id,
            seen=_seen(channels),
        )
    )
    return rows[0].order_id if rows else None


def account_has(account_id: int | None, address_id: int) -> bool:
    """Whether the address is one of those saved on the account."""
    links = host.User.addresses.through.objects
    return account_id is not None and links.filter(user_id=account_id, address_id=address_id).exists()


_KINDS = (AddressKind.SHIPPING, AddressKind.BILLING)
_COMPARED = (
    *("first_name", "last_name", "company_name", "street_address_1", "street_address_2"),
    *("postal_code", "city", "country_area", "country", "phone"),
)
_KEY = sql.Sql(
    "md5(lower(regexp_replace(concat_ws(chr(31), "
    + ", ".join(f"btrim(a.{name})" for name in _COMPARED)
    + "), ' +', ' ', 'g')))"
)
_HAS_LINES = sql.Sql("(a.street_address_1 || a.street_address_2 || a.postal_code || a.city || a.country_area) <> ''")


def _seen(channels: Channels) -> sql.Sql:
    if channels is None:
        return sql.Sql("true")
    return sql.fill("l.channel_id = ANY({channels})", channels=sorted(channels))
