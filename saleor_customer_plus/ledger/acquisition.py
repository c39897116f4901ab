"""How a person came to the shop: what the first order that counts says of its origin and of the marketing before it.

Storefronts write it into the order's metadata, under the keys of Saleor's "Commerce Context": `commerce.context.origin`
(the surface and system that made the order) and `commerce.context.marketing` (first-touch UTM fields). Both are JSON in
a text. Of orders without them nothing is known.

It is computed afresh whenever the figures of a record are, and written where it differs: a first order that is
canceled hands over to the second.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from ..core import sql
from ..saleor_adapter import host
from .models import CustomerAcquisition, LedgerEntry

ORIGIN, MARKETING = "commerce.context.origin", "commerce.context.marketing"

# Our columns, by the names in the two objects.
_OF_MARKETING = {
    "source": "source",
    "medium": "medium",
    "campaign": "campaign",
    "term": "term",
    "content": "content",
    "landingPath": "landing_path",
}
_OF_ORIGIN = {"surface": "surface", "system": "system", "device": "device"}
FIELDS = (*_OF_MARKETING.values(), *_OF_ORIGIN.values())
_LONGEST = {field.name: field.max_length or 0 for field in CustomerAcquisition._meta.fields if field.name in FIELDS}
_KEPT = ("order_id", "channel_id", "placed_at", *FIELDS)


def write_acquisitions(record_ids: Collection[int]) -> int:
    """Bring what is kept of these records in line with their first orders. Return how many differed.

    One statement, and two more where something is to be written. Call it while the records are held.
    """
    wrong: list[CustomerAcquisition] = []
    gone: list[int] = []
    for row in sql.rows(_found(record_ids)):
        said = _read(row.origin, row.marketing)
        if not said:
            if row.kept_id is not None:
                gone.append(row.record_id)
            continue
        values = {"order_id": row.order_id, "channel_id": row.channel_id, "placed_at": row.placed_at, **said}
        if row.kept_id is None or values != {name: getattr(row, f"kept_{name}") for name in _KEPT}:
            wrong.append(CustomerAcquisition(record_id=row.record_id, **values))
    if gone:
        CustomerAcquisition.objects.filter(record__in=gone).delete()
    if wrong:
        CustomerAcquisition.objects.bulk_create(
            wrong, update_conflicts=True, unique_fields=["record"], update_fields=_KEPT
        )
    return len(gone) + len(wrong)


def acquisitions_of(
    record_ids: Collection[int], channels: frozenset[int] | None = None
) -> dict[int, CustomerAcquisition]:
    """What is known of these records, unless it is of an order of another channel. One statement."""
    rows = CustomerAcquisition.objects.filter(record__in=record_ids)
    if channels is not None:
        rows = rows.filter(channel_id__in=channels)
    return {row.record_id: row for row in rows}


def _found(record_ids: Collection[int]) -> sql.Sql:
    """The first order that counts of each record, if it says anything, and what is kept; nothing of the others."""
    kept = ", ".join(f"a.{name} AS kept_{name}" for name in _KEPT)
    return sql.fill(
        """
        SELECT w.record_id, e.order_id, e.channel_id, e.placed_at, a.id AS kept_id, {kept},
            o.metadata ->> {origin} AS origin, o.metadata ->> {marketing} AS marketing
        FROM unnest({ids}) AS w(record_id)
        LEFT JOIN LATERAL (
            SELECT l.order_id, l.channel_id, l.placed_at FROM {ledger} l
            WHERE l.record_id = w.record_id AND l.counts ORDER BY l.placed_at, l.id LIMIT 1
        ) e ON true
        LEFT JOIN {orders} o ON o.id = e.order_id AND (o.metadata ? {origin} OR o.metadata ? {marketing})
        LEFT JOIN {acquisitions} a ON a.record_id = w.record_id
        WHERE o.id IS NOT NULL OR a.id IS NOT NULL
        """,
        kept=sql.Sql(kept),
        origin=ORIGIN,
        marketing=MARKETING,
        ids=list(record_ids),
        ledger=sql.table(LedgerEntry),
        orders=sql.table(host.Order),
        acquisitions=sql.table(CustomerAcquisition),
    )


def _read(origin: str | None, marketing: str | None) -> dict[str, str]:
    """The columns of what an order says; nothing, where that is nothing. Marketing that was not consented to is not
    read, should somebody have written it all the same.
    """
    of_origin, of_marketing = _object(origin), _object(marketing)
    if of_origin.get("consent") == "denied":
        of_marketing = {}
    values = {name: _text(name, of_marketing.get(key)) for key, name in _OF_MARKETING.items()}
    values |= {name: _text(name, of_origin.get(key)) for key, name in _OF_ORIGIN.items()}
    return values if any(values.values()) else {}


def _object(text: str | None) -> Mapping[str, Any]:
    """The object that a text of JSON is; whatever else a storefront wrote is nothing."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(name: str, value: Any) -> str:
    """A value as it is kept: cut, rather than lost, where it is longer than any campaign is called."""
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value if sql.can_hold(char)).strip()[: _LONGEST[name]]
