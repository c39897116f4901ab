"""What a withdrawal means for an address that leaves its record, or comes to another one.

A record's consents by e-mail are of all its addresses together, so an address that leaves takes the withdrawals along:
it is remembered as on a suppression list, and no import or job subscribes whoever has it next. If it comes to a record
that is subscribed, the most restrictive decision holds, as in a merge: nobody is subscribed by a move who said no.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils import timezone

from ..activity.services import Actor, Cause
from ..core import sql
from .decisions import GRANTS, ConsentDecision
from .models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState
from .queries import current_consents, current_events
from .services import record_events
from .suppressions import no_longer_remember, remember, suppressed_among


def address_left(released: Mapping[int, Collection[str]]) -> None:
    """Remember what was withdrawn of addresses that leave these records, and no longer what was granted since.

    At most four statements. Call it while the records are held.
    """
    if not any(released.values()):
        return
    barred: dict[str, set[ConsentPurpose]] = {}
    granted: dict[str, set[ConsentPurpose]] = {}
    for event in sql.rows(current_events(list(released))):
        if event.channel != ConsentChannel.EMAIL:
            continue
        is_granted = event.kind == "word" and event.state == ConsentState.SUBSCRIBED
        for email in released[event.record_id] if event.is_barred or is_granted else ():
            (barred if event.is_barred else granted).setdefault(email, set()).add(ConsentPurpose(event.purpose))
    remember(barred)
    no_longer_remember(granted)


def address_came(
    given: Mapping[int, Collection[str]],
    *,
    actor: Actor,
    cause: Cause | None = None,
    source: ConsentSource = ConsentSource.STAFF,
) -> None:
    """Withdraw what these records granted, where one of the addresses that they got is barred from it.

    Two statements where no address is, otherwise a constant number. Call it in a transaction.
    """
    suppressed = suppressed_among(sorted({email for some in given.values() for email in some}))
    concerned = {
        record_id: purposes
        for record_id, some in given.items()
        if (purposes := {one for email in some for one in suppressed.get(email, ())})
    }
    if not concerned:
        return
    now = timezone.now()
    decisions = [
        ConsentDecision(
            record_id,
            ConsentChannel.EMAIL,
            ConsentPurpose(event.purpose),
            ConsentState.UNSUBSCRIBED,
            source,
            at=now,
            evidence={"reason": "The record got an address of which this was withdrawn."},
        )
        for record_id, events in current_consents(sorted(concerned)).items()
        for event in events
        if event.channel == ConsentChannel.EMAIL and event.purpose in concerned[record_id] and event.state in GRANTS
    ]
    record_events(decisions, actor=actor, cause=cause)
