"""Undoing what a job recorded for many. The history stays: a further event says that what the job wrote is void."""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from ..activity.services import Actor, Cause
from ..records.locks import hold_records
from .decisions import ConsentDecision
from .models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from .queries import current_consents
from .services import undo_job

Key = tuple[int, str, str]  # record, channel, purpose


def undo_events(
    record_ids: Collection[int], undone: Cause, *, actor: Actor, cause: Cause, reason: str, but: Collection[str] = ()
) -> tuple[set[int], set[Key]]:
    """Let hold again what held of these records before the job, unless somebody decided something since.

    `but` are jobs that decided nothing, as they were undone, and those that undid them.

    Returns the records that were changed, and where somebody did. A constant number of statements.
    """
    ids = hold_records(record_ids)
    by_job = ConsentEvent.objects.filter(record__in=ids, cause_type=undone.type, cause_id=undone.id)
    written: dict[Key, int] = {}
    for record_id, channel, purpose, event_id in by_job.order_by("id").values_list(
        "record_id", "channel", "purpose", "id"
    ):
        written[record_id, channel, purpose] = event_id
    holding, before = _by_key(current_consents(ids, but=but)), _by_key(current_consents(ids, but=[*but, undone.id]))
    ours = [key for key in written if key in holding and _is_of(holding[key], undone)]
    decisions = [_again(key, before.get(key), reason) for key in ours]
    undo_job(decisions, undone, actor=actor, cause=cause)
    # What the job added to the past never held, and so nothing is to be undone.
    since = {
        key for key, event_id in written.items() if key not in ours and key in holding and holding[key].pk > event_id
    }
    return {key[0] for key in ours}, since


def _by_key(consents: dict[int, list[ConsentEvent]]) -> dict[Key, ConsentEvent]:
    return {(event.record_id, event.channel, event.purpose): event for found in consents.values() for event in found}


def _is_of(event: ConsentEvent, cause: Cause) -> bool:
    return (event.cause_type, event.cause_id) == (cause.type, cause.id)


def _again(key: Key, event: ConsentEvent | None, reason: str) -> ConsentDecision:
    """What held before, and holds again. Where nothing did, that nobody ever decided."""
    return ConsentDecision(
        key[0],
        ConsentChannel(key[1]),
        ConsentPurpose(key[2]),
        ConsentState(event.state) if event else ConsentState.NOT_SUBSCRIBED,
        ConsentSource(event.source) if event else ConsentSource.STAFF,
        opt_in_level=OptInLevel(event.opt_in_level) if event else OptInLevel.UNKNOWN,
        wording=event.wording if event else "",
        wording_version=event.wording_version if event else "",
        evidence=event.evidence if event else {},
        at=timezone.now(),
        override_reason=reason,
    )
