"""The addresses of a person together: the primary one, which is the record's own, and the further ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..activity.services import Actor
from ..addresses import services as addresses
from ..addresses.models import AddressKind, CustomerAddress
from ..addresses.queries import account_has, order_with_address
from ..errors import CustomerPlusError, ErrorCode
from ..records.addresses import ADDRESS, WHOLE, has_lines, source_of
from ..records.models import CustomerRecord, Source
from ..records.validation import clean
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from . import queries
from .services import edit_customer


def copy_address(
    record: CustomerRecord, saleor_id: int, values: Mapping[str, Any], *, actor: Actor, channels: Channels
) -> CustomerAddress:
    """Keep a copy of an address of the person's account, or of an order of theirs in one of these channels.

    `values`, which `addresses.services.cleaned` gave, replace its fields. Raises NOT_FOUND where the person has no such
    address, and what `addresses.services.add` raises.
    """
    order_id = order_with_address(record.pk, saleor_id, channels)
    of_account = order_id is None and account_has(record.account_id, saleor_id)
    found = host.Address.objects.filter(pk=saleor_id).first() if order_id or of_account else None
    if found is None:
        raise CustomerPlusError(
            "Neither the account nor an order of the person has this address.",
            code=ErrorCode.NOT_FOUND,
            field="copy_of",
        )
    source, source_id = (Source.ORDER, str(order_id)) if order_id else (Source.ACCOUNT, str(record.account_id))
    copied = _values_of(found)
    is_edited = any(copied.get(name, "") != value for name, value in values.items() if name in addresses.FIELDS)
    if is_edited:
        source, source_id = Source.STAFF, ""
    return addresses.add(record.pk, {**copied, **values}, actor=actor, source=source, source_id=source_id)


def make_primary(address: CustomerAddress, *, actor: Actor, context: Any) -> None:
    """Let the record have this address as its own, locked as any edit of staff, and keep the former one beside it."""
    record = queries.find(id=address.record_id)
    assert record is not None  # the address is held with its record
    former = {name: getattr(record, name) for name in addresses.FIELDS}
    wanted = {name: getattr(address, name) for name in ADDRESS}
    addresses.remove(address, actor=actor)
    if has_lines(former) and any(former[name] != wanted[name] for name in ADDRESS):
        _keep(record, former, actor)
    edit_customer(record, wanted, actor=actor, context=context)


def _keep(record: CustomerRecord, former: Mapping[str, Any], actor: Actor) -> None:
    known = source_of(record.provenance, WHOLE) or source_of(record.provenance, "city") or {}
    source = Source(known.get("source", Source.STAFF))
    source_id = "" if source == Source.STAFF else str(known.get("origin", ""))
    for other in CustomerAddress.objects.filter(record=record, kind=AddressKind.OTHER):
        if addresses.is_same(addresses.fields_of(other), former):
            return
    addresses.add(record.pk, former, actor=actor, source=source, source_id=source_id)


def _values_of(address: host.Address) -> dict[str, Any]:
    """The fields of an address of Saleor's. What we could not store, such as a phone that is none, is left out."""
    raw = {name: getattr(address, name) for name in addresses.FIELDS if hasattr(address, name)}
    raw |= {"country_code": address.country.code or "", "phone": str(address.phone or "")}
    return clean(raw).values
