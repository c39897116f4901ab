"""Consents of records that become one, or that are parted again: whose the history is, and what holds of whom.

Of people who are one the most restrictive decision holds, on each channel and for each purpose: a withdrawal goes
before a grant. Whoever never decided has no say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.utils import timezone

from ..activity.services import Actor, Cause
from ..core import sql
from .decisions import ConsentDecision
from .models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    OptInLevel,
)
from .queries import current_consents
from .services import record_over, rewrite_current, undo_job
from .suppressions import suppressed_records

# The most restrictive first.
RESTRICTIONS = (
    ConsentState.REDACTED,
    ConsentState.UNSUBSCRIBED,
    ConsentState.INVALID,
    ConsentState.PENDING,
    ConsentState.SUBSCRIBED,
)


class Restriction(NamedTuple):
    """What holds of several records together on one channel for one purpose, and of each of them that decided."""

    channel: ConsentChannel
    purpose: ConsentPurpose
    state: ConsentState
    states: Mapping[int, ConsentState]

    @property
    def differs(self) -> bool:
        return len(set(self.states.values())) > 1


def strictest(record_ids: Collection[int]) -> list[Restriction]:
    """What holds of these records once they are one. Two statements."""
    states: dict[tuple[str, str], dict[int, ConsentState]] = {}
    for record_id, events in current_consents(record_ids).items():
        for event in events:
            if event.state != ConsentState.NOT_SUBSCRIBED:
                states.setdefault((event.channel, event.purpose), {})[record_id] = ConsentState(event.state)
    for record_id, purpose in suppressed_records(record_ids):
        # Of a list of people who want no mail. Who decided since is not asked of it.
        if (decided := states.get((ConsentChannel.EMAIL.value, purpose))) is not None:
            decided.setdefault(record_id, ConsentState.UNSUBSCRIBED)
    return [
        Restriction(
            ConsentChannel(channel), ConsentPurpose(purpose), min(by_record.values(), key=RESTRICTIONS.index), by_record
        )
        for (channel, purpose), by_record in sorted(states.items())
    ]


def restrict(record_id: int, wanted: Collection[Restriction], *, actor: Actor, cause: Cause) -> None:
    """Let hold of a record, to which the histories of others came, what is wanted. Call it in a transaction.

    Where the history says so already nothing is recorded.
    """
    rewrite_current([record_id])
    holding = {(event.channel, event.purpose): event for event in current_consents([record_id])[record_id]}
    decisions = []
    for one in wanted:
        event = holding.get((one.channel.value, one.purpose.value))
        if event is not None and event.state == one.state:
            continue
        decisions.append(
            ConsentDecision(
                record_id,
                one.channel,
                one.purpose,
                one.state,
                ConsentSource.STAFF,
                at=timezone.now(),
                override_reason=f"Merge {cause.id}: the most restrictive decision holds.",
            )
        )
    record_over(decisions, actor=actor, cause=cause)


def undo_restriction(record_id: int, merge: Cause, *, actor: Actor) -> None:
    """Let what a merge recorded count for nothing any more, and keep what holds of the record now."""
    by_merge = ConsentEvent.objects.filter(record=record_id, cause_type=merge.type, cause_id=merge.id, undoes="")
    keys = sorted(set(by_merge.order_by().values_list("channel", "purpose")))
    if not keys:
        return
    before = {
        (event.channel, event.purpose): event for event in current_consents([record_id], but_merge=merge.id)[record_id]
    }
    decisions = []
    for channel, purpose in keys:
        event = before.get((channel, purpose))
        decisions.append(
            ConsentDecision(
                record_id,
                ConsentChannel(channel),
                ConsentPurpose(purpose),
                ConsentState(event.state) if event else ConsentState.NOT_SUBSCRIBED,
                ConsentSource(event.source) if event else ConsentSource.STAFF,
                opt_in_level=OptInLevel(event.opt_in_level) if event else OptInLevel.UNKNOWN,
                at=timezone.now(),
                override_reason=f"Undo of merge {merge.id}.",
            )
        )
    undo_job(decisions, merge, actor=actor, cause=merge)


def allow_moving(value: str) -> None:
    """Let events go over to another record, for the rest of the transaction or until it is turned off again.

    The database refuses any other change of them.
    """
    sql.rows(sql.fill("SELECT set_config('customer_plus.merge', {value}, true)", value=value))
