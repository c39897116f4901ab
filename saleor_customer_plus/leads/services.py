"""The one writer of leads. All actions are set-wise, log what they do, and want to be called in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..activity.models import ActivityType, CauseType
from ..activity.services import Actor, Cause, Entry, append, insertion_for
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.locks import hold_records
from ..saleor_adapter import staff
from .conversion import convert_leads
from .models import OPEN_STATES, Lead, LeadOrigin, LeadState


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead to be made. `opened_at` is when it came in (UTC), if that was not just now."""

    record_id: int
    origin: LeadOrigin
    subject: str = ""
    message: str = ""
    page: str = ""
    campaign: str = ""
    owner_id: int | None = None
    next_contact_at: datetime | None = None
    opened_at: datetime | None = None


def create(rows: Sequence[NewLead], *, actor: Actor, cause: Cause | None = None) -> list[Lead]:
    """Make leads, in the order of the rows. Raise if there is no such record, or an owner is no member of staff."""
    problems = Problems()
    with problems.noted():
        staff.check({row.owner_id for row in rows if row.owner_id is not None}, field="owner_id")
    # An order that comes at the same time is either seen below, or waits for the lead and then sees it.
    wanted = {row.record_id for row in rows}
    with problems.noted():
        if hold_records(wanted) < wanted:
            raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
    problems.raise_any()
    now = timezone.now()
    leads = Lead.objects.bulk_create(
        Lead(
            record_id=row.record_id,
            origin=row.origin,
            subject=row.subject,
            message=row.message,
            page=row.page,
            campaign=row.campaign,
            owner_id=row.owner_id,
            next_contact_at=row.next_contact_at,
            opened_at=row.opened_at or now,
            created_at=row.opened_at or now,
            modified_at=now,
        )
        for row in rows
    )
    append(
        Entry(
            lead.record_id,
            ActivityType.LEAD_ADDED,
            after={"lead_id": lead.pk, "subject": lead.subject, "origin": lead.origin},
            **actor.of_entry,
            **(cause or _itself(lead.pk)).of_entry,
        )
        for lead in leads
    )
    if any(row.opened_at for row in rows):
        convert_leads({lead.record_id for lead in leads})
    return leads


def update(lead_id: int, changes: Mapping[str, Any], *, actor: Actor, cause: Cause | None = None) -> Lead:
    """Change some fields of a lead: texts, `origin`, `owner_id`, `next_contact_at`, `state` and `lost_reason`."""
    _hold_records_of(Lead.objects.filter(pk=lead_id))
    lead = Lead.objects.select_for_update().filter(pk=lead_id).first()
    if lead is None:
        raise CustomerPlusError("No lead has this id.", code=ErrorCode.NOT_FOUND, field="id")
    problems = Problems()
    with problems.noted():
        if changes.get("owner_id") is not None and changes["owner_id"] != lead.owner_id:
            staff.check({changes["owner_id"]}, field="owner_id")
    with problems.noted():
        changes = _checked(lead, changes)
    problems.raise_any()
    before = {name: getattr(lead, name) for name, value in changes.items() if getattr(lead, name) != value}
    if not before:
        return lead
    after = {name: changes[name] for name in before}
    now = timezone.now()
    if before.get("state") == LeadState.LOST:
        lead.opened_at = now  # what was bought while it was closed does not convert it
    for name, value in {**after, "modified_at": now}.items():
        setattr(lead, name, value)
    lead.save(update_fields=[*after, "opened_at", "modified_at"])
    append(
        [
            Entry(
                lead.record_id,
                ActivityType.LEAD_CHANGED,
                before=_logged(before),
                after={"lead_id": lead.pk, **_logged(after)},
                **actor.of_entry,
                **(cause or _itself(lead.pk)).of_entry,
            )
        ]
    )
    return lead


def _logged(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the log tells them: of the message how long it was, so that a lead that is deleted is gone."""
    logged = dict(values)
    if "message" in logged:
        logged["characters"] = len(logged.pop("message"))
    return logged


def _checked(lead: Lead, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, with what follows from the state. Raise if it cannot become that."""
    state = changes.get("state", lead.state)
    reason = changes.get("lost_reason", lead.lost_reason if state == lead.state else "")
    problems = Problems()
    with problems.noted():
        if state != lead.state and lead.state == LeadState.CONVERTED:
            raise CustomerPlusError("An order converted this lead, for good. Make another one.", field="state")
        if state != lead.state and state == LeadState.CONVERTED:
            raise CustomerPlusError("Only an order converts a lead.", field="state")
    with problems.noted():
        if state == LeadState.LOST and not reason:
            raise CustomerPlusError("Say why the lead is lost.", code=ErrorCode.REQUIRED, field="lost_reason")
        if state != LeadState.LOST and reason:
            raise CustomerPlusError("A reason goes with the state LOST only.", field="lost_reason")
    problems.raise_any()
    return {**changes, "lost_reason": reason}


class Assigned(NamedTuple):
    """A lead that was given to somebody, and whom it belonged to before."""

    lead_id: int
    record_id: int
    owner_before: int | None


def assign(which: Q, owner_id: int | None, *, actor: Actor, cause: Cause | None = None) -> list[Assigned]:
    """Give leads to a member of staff, or to nobody. Those that are closed stay with who had them.

    `which` says which leads: `Q(record_id__in=ids)`, `Q(pk__in=ids)`. A constant number of statements.
    """
    if owner_id is not None:
        staff.check({owner_id}, field="owner")
    leads = Lead.objects.filter(which, state__in=OPEN_STATES)
    _hold_records_of(leads)
    leads = leads.order_by("pk").select_for_update()
    return assign_each(dict.fromkeys(leads.values_list("pk", flat=True), owner_id), actor=actor, cause=cause)


def assign_each(owners: Mapping[int, int | None], *, actor: Actor, cause: Cause | None = None) -> list[Assigned]:
    """Give each lead to its own member of staff, as to undo an assignment. It is not asked whether they still are."""
    if not owners:
        return []
    written = sql.rows(
        sql.fill(
            """
            WITH held AS (
                SELECT l.id, l.owner_id AS old_owner_id, v.owner_id
                FROM {leads} l
                JOIN jsonb_to_recordset({values}::jsonb) AS v(id bigint, owner_id integer) ON v.id = l.id
                ORDER BY l.id
                FOR NO KEY UPDATE OF l
            )
            UPDATE {leads} l SET owner_id = h.owner_id, modified_at = now()
            FROM held h
            WHERE l.id = h.id AND h.owner_id IS DISTINCT FROM h.old_owner_id
            RETURNING l.id, l.record_id, h.old_owner_id, h.owner_id
            """,
            leads=sql.table(Lead),
            values=sql.to_json([{"id": id, "owner_id": owner_id} for id, owner_id in owners.items()]),
        )
    )
    append(
        Entry(
            row.record_id,
            ActivityType.LEAD_CHANGED,
            before={"owner_id": row.old_owner_id},
            after={"lead_id": row.id, "owner_id": row.owner_id},
            **actor.of_entry,
            **(cause or _itself(row.id)).of_entry,
        )
        for row in sorted(written)
    )
    return [Assigned(row.id, row.record_id, row.old_owner_id) for row in sorted(written)]


def delete(lead_ids: Collection[int], *, actor: Actor, cause: Cause | None = None) -> int:
    """Delete leads. Return how many there were. A constant number of statements."""
    _hold_records_of(Lead.objects.filter(pk__in=lead_ids))
    return sql.run(
        sql.fill(
            """
            WITH deleted AS (
                DELETE FROM {leads} WHERE id = ANY({ids}) RETURNING id, record_id, subject, origin, state
            ) {log}
            """,
            leads=sql.table(Lead),
            ids=sorted(lead_ids),
            log=insertion_for(_DELETED, type=ActivityType.LEAD_DELETED, actor=actor, cause=cause),
        )
    )


_DELETED = sql.Sql(
    """
    SELECT record_id, '{}'::jsonb AS after,
        jsonb_build_object('lead_id', id, 'subject', subject, 'origin', origin, 'state', state) AS before
    FROM deleted
    """
)


def _hold_records_of(leads: QuerySet[Lead]) -> None:
    """Whoever writes to leads holds their records first: so does a deletion, and neither waits in a circle."""
    hold_records(set(leads.order_by().values_list("record_id", flat=True)))


def _itself(lead_id: int) -> Cause:
    """What the log names as the cause where it was nothing else."""
    return Cause(CauseType.LEAD, str(lead_id))
