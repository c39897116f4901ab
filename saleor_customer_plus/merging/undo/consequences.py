"""What follows from who has which address: orders, stages, leads and consents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from ...activity.models import ActivityEntry, ActivityType, CauseType
from ...consent.decisions import BARS, ConsentDecision
from ...consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState
from ...consent.moving import undo_restriction
from ...consent.services import record_events, rewrite_current
from ...core import sql
from ...leads.models import Lead, LeadState
from ...ledger.models import LedgerEntry
from ...ledger.owners import hand_back
from ...records.models import CustomerRecord, Stage, generated_kept
from .conflicts import ConflictCode
from .parting import Parting


def return_orders(parting: Parting, owners: Mapping[str, int]) -> None:
    """Give each order to the owner of its address, also those placed since, with their entries in the log."""
    moved = hand_back(parting.merge.kept_id, owners)
    accounts = {
        str(account_id): record_id
        for record_id, account_id in CustomerRecord.objects.filter(
            pk__in=parting.rows, account__isnull=False
        ).values_list("pk", "account_id")
    }
    causes = [(CauseType.ORDER, str(id), owner) for id, owner in moved.items()]
    causes += [(CauseType.ACCOUNT, id, owner) for id, owner in accounts.items()]
    if causes:
        sql.run(
            sql.fill(
                """
                UPDATE {entries} e SET record_id = v.owner
                FROM unnest({types}::text[], {keys}::text[], {owners}::bigint[]) AS v(type, key, owner)
                WHERE e.record_id = {kept} AND e.id > {last} AND e.cause_type = v.type AND e.cause_id = v.key
                    AND e.type = ANY({kinds})
                """,
                entries=sql.table(ActivityEntry),
                types=[type.value for type, _, _ in causes],
                keys=[key for _, key, _ in causes],
                owners=[owner for _, _, owner in causes],
                kept=parting.merge.kept_id,
                last=parting.merge.before["last_entry"],
                kinds=[
                    type.value
                    for type in (
                        ActivityType.ORDER_ADDED,
                        ActivityType.ORDER_CHANGED,
                        ActivityType.ORDER_REMOVED,
                        ActivityType.ACCOUNT_LINKED,
                        ActivityType.ACCOUNT_UNLINKED,
                    )
                ],
            )
        )


def raise_stages(parting: Parting) -> None:
    """Who bought or signed up since is a customer, also if the order was cancelled meanwhile."""
    sql.run(
        sql.fill(
            """
            WITH bought AS (
                SELECT e.record_id, min(coalesce(l.placed_at, e.at)) AS at
                FROM {entries} e LEFT JOIN {ledger} l ON l.order_id::text = e.cause_id
                WHERE e.record_id = ANY({ids}) AND e.id > {last} AND e.cause_type = {order}
                    AND e.type = ANY({types}) AND e.after ->> 'counts' = 'true'
                GROUP BY e.record_id
            )
            UPDATE {records} r
            SET stage = {customer}, customer_since = least(r.customer_since, b.at) {generated}
            FROM bought b WHERE r.id = b.record_id AND r.stage <> {customer}
            """,
            entries=sql.table(ActivityEntry),
            ledger=sql.table(LedgerEntry),
            ids=parting.ids,
            last=parting.merge.before["last_entry"],
            order=CauseType.ORDER.value,
            types=[ActivityType.ORDER_ADDED.value, ActivityType.ORDER_CHANGED.value],
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            customer=Stage.CUSTOMER.value,
        )
    )


def reopen_leads(parting: Parting) -> None:
    """Open leads again that an order of another one of the records converted."""
    snapshot: Mapping[str, Any] = parting.merge.before["leads"]
    converted = Lead.objects.filter(sql.is_any("record_id", parting.ids), state=LeadState.CONVERTED)
    order_ids = [order for order in converted.values_list("converted_order_id", flat=True) if order]
    entries = LedgerEntry.objects.filter(order_id__in=order_ids)
    owners: dict[UUID | None, int | None] = dict(entries.values_list("order_id", "record_id"))
    ids: set[int | None] = {*parting.ids}
    wrong = [
        lead
        for lead in converted.order_by("pk")
        if (owner := owners.get(lead.converted_order_id)) in ids and owner != lead.record_id
    ]
    for lead in wrong:
        state, at, order_id = snapshot.get(str(lead.pk)) or (_state_before(lead), None, None)
        lead.state, lead.converted_order_id = state, order_id
        lead.converted_at = datetime.fromisoformat(at) if at else None
        lead.modified_at = timezone.now()
    Lead.objects.bulk_update(wrong, ["state", "converted_at", "converted_order_id", "modified_at"])


def part_consents(parting: Parting) -> None:
    """Let what the merge recorded count for nothing. A withdrawal since then holds of all the records."""
    kept_id, cause = parting.merge.kept_id, parting.merge.cause
    undo_restriction(kept_id, cause, actor=parting.actor)
    rewrite_current(parting.ids)
    since = ConsentEvent.objects.filter(
        record=kept_id, recorded_at__gt=parting.merge.created_at, state__in=BARS, undoes=""
    ).exclude(cause_type=cause.type, cause_id=cause.id)
    decisions = []
    for event in since.order_by("at", "pk"):
        decisions += [
            ConsentDecision(
                record_id,
                ConsentChannel(event.channel),
                ConsentPurpose(event.purpose),
                ConsentState(event.state),
                ConsentSource(event.source),
                at=event.at,
                wording=event.wording,
                wording_version=event.wording_version,
            )
            for record_id in parting.rows
        ]
        for record_id in parting.rows:
            message = "This was withdrawn since. It holds of all the records."
            what = f"{event.channel} {event.purpose}"
            parting.conflict(ConflictCode.WITHDRAWN_SINCE, record_id, message, what)
    record_events(decisions, actor=parting.actor, cause=cause)


def _state_before(lead: Lead) -> str:
    """The state that a lead had before an order converted it, by the log."""
    entries = ActivityEntry.objects.filter(
        record=lead.record_id, type=ActivityType.LEAD_CONVERTED, after__lead_id=lead.pk
    )
    before: Any = entries.order_by("-pk").values_list("before", flat=True).first() or {}
    return str(before.get("state", LeadState.NEW))
