"""Where the details of a record came from, and which of them the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import graphene
from promise import Promise

from ...ledger.queries import visible_orders
from ...records.addresses import source_of
from ...records.details import FIELDS
from ...records.models import CustomerRecord as Record
from ...records.models import Source
from ..core.base import channels_of
from ..core.dataloaders import load
from ..core.types import DateTime, id_of
from ..customers.inputs import CustomerRecordSource
from ..ledger.types import visible_order_id
from .enums import CustomerRecordDetail


class CustomerRecordProvenance(graphene.ObjectType):  # type: ignore[misc]
    """Source of a detail's value."""

    field = graphene.Field(CustomerRecordDetail, required=True, description="Detail of the record.")
    source = graphene.Field(
        CustomerRecordSource,
        required=True,
        description="Kind of the source: an order, the account, an import or staff.",
    )
    source_id = graphene.ID(
        description="ID of the source order, account, member of staff or import. Null for an order in a channel that "
        "the caller has no access to."
    )
    updated_at = DateTime(
        required=True,
        description="When the value was given: the time of the order, of the edit or of the change of the account.",
    )

    @staticmethod
    def resolve_source_id(known: Mapping[str, Any], info: Any) -> Any:
        if known["source"] == Source.ORDER:
            return visible_order_id(info, known["origin"])
        return id_of(known["source"], known["origin"])


class CustomerRecordSuggestion(CustomerRecordProvenance):
    """A suggestion: the value that a locked detail would have if it were not locked."""

    value = graphene.String(required=True, description="Suggested value.")


def known_details(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries stored for a record's details, in order, for the two types above."""
    return [
        {
            "field": name,
            "source": details[name]["source"],
            "origin": details[name]["origin"],
            "updated_at": datetime.fromisoformat(details[name]["at"]),
            "value": details[name].get("value"),
        }
        for name in FIELDS
        if name in details
    ]


def line_of(name: str, record: Record, info: Any) -> Any:
    """Return a line of the address, or a promise of it: blank if it came from an order that the caller cannot see."""
    value, known = getattr(record, name), source_of(record.provenance, name)
    if not value or known is None:
        return value
    return Promise.resolve(is_seen(known, info)).then(lambda is_seen: value if is_seen else "")


def is_seen(known: Mapping[str, Any], info: Any) -> Any:
    """Return whether the caller can see where a value came from, or a promise of it."""
    channels = channels_of(info) if known["source"] == Source.ORDER else None
    if channels is None:
        return True
    return load(info, visible_orders, known["origin"], channels=channels).then(bool)
