"""The first order that counts converts a person's open leads."""

from __future__ import annotations

from collections.abc import Collection

from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import insertion
from ..core import sql
from ..ledger.models import LedgerEntry
from .models import OPEN_STATES, Lead, LeadState


def convert_leads(record_ids: Collection[int]) -> int:
    """Convert the open leads of these records that an order of the ledger came after. Return how many leads changed.

    Of the orders that count and were placed after a lead was opened, the first converts it. What is converted stays so,
    also when the order is cancelled. But orders reach the ledger in any order: where one turns up that was placed
    before the one that the lead is ascribed to, the lead is ascribed to it. So what comes out does not depend on the
    order in which tasks run. Call it in the transaction that wrote the ledger, after `ledger.refresh`, which holds the
    records: so does whoever changes the state of a lead. One statement.
    """
    if not record_ids:
        return 0
    return sql.run(
        sql.fill(
            """
            WITH due AS (
                SELECT l.id, l.state, l.converted_order_id, f.order_id, f.placed_at
                FROM {leads} l
                CROSS JOIN LATERAL (
                    SELECT e.order_id, e.placed_at FROM {ledger} e
                    WHERE e.record_id = l.record_id AND e.counts AND e.placed_at >= l.opened_at
                    ORDER BY e.placed_at, e.order_id LIMIT 1
                ) f
                WHERE l.record_id = ANY({ids}) AND (
                    l.state = ANY({open})
                    OR l.state = {converted} AND (f.placed_at, f.order_id) < (l.converted_at, l.converted_order_id)
                )
            ), written AS (
                UPDATE {leads} l
                SET state = {converted}, converted_at = d.placed_at, converted_order_id = d.order_id,
                    modified_at = now()
                FROM due d
                WHERE l.id = d.id
                RETURNING l.id, l.record_id, d.state AS old_state, d.converted_order_id AS old_order_id, d.order_id,
                    d.placed_at
            )
            {log}
            """,
            leads=sql.table(Lead),
            ledger=sql.table(LedgerEntry),
            ids=sorted(record_ids),
            open=[state.value for state in OPEN_STATES],
            converted=LeadState.CONVERTED.value,
            log=insertion(_LOG),
        )
    )


_LOG = sql.fill(
    """
    SELECT record_id, placed_at, {type}, {sync}, '', jsonb_build_object('state', old_state),
        jsonb_build_object('lead_id', id, 'state', {converted}::text), {order}, order_id::text
    FROM written WHERE old_order_id IS NULL
    UNION ALL
    SELECT record_id, now(), {changed}, {sync}, '', jsonb_build_object('converted_order_id', old_order_id),
        jsonb_build_object('lead_id', id, 'converted_order_id', order_id), {order}, order_id::text
    FROM written WHERE old_order_id IS NOT NULL
    """,
    type=ActivityType.LEAD_CONVERTED.value,
    changed=ActivityType.LEAD_CHANGED.value,
    converted=LeadState.CONVERTED.value,
    sync=ActorType.SYNC.value,
    order=CauseType.ORDER.value,
)
