"""From Saleor's orders to the ledger: the one writer of `LedgerEntry`. The lines follow in `ledger.lines`.

One order or a batch of a thousand, live or reconciled, all go through `sync_orders`, in a constant number of
statements. Running it twice, late, out of order or in many workers at once comes to the same: a row is written from
what Saleor's tables say now, and never from an order read before the one that it was written from last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from ..activity.models import ActivityType, CauseType
from ..activity.services import Entry, append
from ..core import sql
from ..records.locks import share_identities
from ..settings import CustomerPlusSettings
from . import order_source
from .lines import add_lines, remove_lines, sync_lines
from .models import LedgerEntry
from .order_statement import statement


@dataclass(slots=True)
class SyncResult:
    """What a sync did: how many rows of the ledger it touched, and the records whose figures may have changed."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    records_created: int = 0
    record_ids: set[int] = field(default_factory=set)


def sync_orders(where: Q, settings: CustomerPlusSettings) -> SyncResult:
    """Bring the ledger's rows of these orders and their lines up to date, making the records that are missing.

    Call it in a transaction, and `ledger.refresh` for the records afterwards. Drafts are passed over.
    """
    share_identities()
    result = SyncResult()
    written_ids: set[int] = set()
    new_ids: set[int] = set()
    is_complete = False
    while not is_complete:
        (written,) = sql.rows(statement(where, settings))
        result.added += written.added
        result.changed += written.changed
        result.moved += written.moved
        result.records_created += written.records_created
        result.record_ids.update(written.record_ids or ())
        written_ids.update(written.entry_ids or ())
        new_ids.update(written.new_ids or ())
        # Somebody else made a record at this moment, which only a further statement can see. Nothing was written yet.
        is_complete = written.left_out == 0
    if new_ids and len(new_ids) == written.looked_at:
        add_lines(new_ids)  # as in a first run, where there is nothing to compare with
        return result
    lines = sync_lines(where)
    result.changed += len(lines.entry_ids - written_ids)
    result.record_ids |= lines.record_ids
    return result


def remove_vanished(where: Q) -> SyncResult:
    """Delete the ledger's rows, among those that `where` picks, whose order Saleor no longer has, or has as a draft."""
    vanished = sql.rows(
        sql.fill(
            """
            DELETE FROM {ledger} e
            WHERE e.id IN ({picked}) AND NOT EXISTS (
                SELECT FROM ({existing}) s WHERE s.order_id = e.order_id
            )
            RETURNING e.id, e.order_id, e.record_id, e.order_number
            """,
            ledger=sql.table(LedgerEntry),
            picked=sql.of_queryset(LedgerEntry.objects.filter(where).order_by().values("id")),
            existing=order_source.existing(),
        )
    )
    remove_lines([row.id for row in vanished])
    attached = [row for row in vanished if row.record_id is not None]
    append(_order_removed(row.record_id, row) for row in attached)
    return SyncResult(removed=len(vanished), record_ids={row.record_id for row in attached})


def sync_order_ids(order_ids: Iterable[UUID | str], settings: CustomerPlusSettings) -> SyncResult:
    """Look at these orders again, also when some of them are gone."""
    ids = [UUID(str(order_id)) for order_id in order_ids]
    result = sync_orders(Q(pk__in=ids), settings)
    removed = remove_vanished(Q(order_id__in=ids))
    result.removed = removed.removed
    result.record_ids |= removed.record_ids
    return result


def _order_removed(record_id: int, row: Any) -> Entry:
    return Entry(
        record_id,
        ActivityType.ORDER_REMOVED,
        before={"number": row.order_number},
        cause_type=CauseType.ORDER,
        cause_id=str(row.order_id),
    )
