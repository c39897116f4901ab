"""Writing what was planned of a chunk: a constant number of statements, through the one writer of each table."""

from __future__ import annotations

from collections.abc import Sequence

from ... import host, sql
from ...consent.actions import record_events
from ...consent.decisions import ConsentDecision
from ...consent.models import ConsentChannel, ConsentSource, ConsentState, OptInLevel
from ...groups import actions as groups
from ...groups.consequences import after_commit
from ...leads import actions as leads
from ...leads.models import LeadOrigin
from ...ledger.models import LedgerEntry
from ...records import imports as records
from ...records.locks import share_identities
from ...records.writing import Row
from ...tags import actions as tags
from .options import Mode
from .plan import Fate, Planned, Planner
from .rows import Person, Reason


def write(people: Sequence[Person], planner: Planner) -> list[Planned]:
    """Write these people, no two of whom have one address, and return what became of each, in their order.

    Who is new is made before who is known is locked: an order that is attached at the same time does it in this order
    too, so that nobody waits in a circle.
    """
    share_identities()
    known = records.known_emails([person.email for person in people])
    made: dict[str, Planned] = {}
    if planner.options.mode is not Mode.UPDATE_ONLY:
        made = _create([person for person in people if person.email not in known], planner)
    others = planner.plan(left := [person for person in people if person.email not in made], _locked(left))
    records.write([one.row for one in others if one.row is not None and one.fate is Fate.UPDATED], by=planner.writer)
    done = {**made, **{one.person.email: one for one in others}}
    # Nobody is made twice: whoever is still without a record lost their number to somebody at this moment.
    for one in others:
        if one.fate is Fate.CREATED:
            one.fate, one.reasons = Fate.INVALID, (_LOST,)
    written = [one for one in done.values() if one.fate in (Fate.CREATED, Fate.UPDATED)]
    _write_beside(written, planner)
    return [done[person.email] for person in people]


def _locked(people: Sequence[Person]) -> dict[str, Row]:
    return records.rows_of([person.email for person in people], locked=True)


_LOST = Reason("UNIQUE", "Another record has this customer number.", "number")


def _create(people: Sequence[Person], planner: Planner) -> dict[str, Planned]:
    """Make who is new. Who turns out to be known is not in what is returned."""
    planned = planner.plan(people, {})
    wanted = {one.person.email: one for one in planned if one.fate is Fate.CREATED}
    made = records.make(
        [{"email": email, **one.values} for email, one in sorted(wanted.items())], by=planner.writer, at=planner.at
    )
    found = {}
    for email, record_id in made.items():
        one = wanted[email]
        one.record_id = record_id
        found[email] = one
    refused = {one.person.email: one for one in planned if one.fate is Fate.INVALID}
    return {**found, **refused}


def _write_beside(written: Sequence[Planned], planner: Planner) -> None:
    actor, cause, options = planner.writer.actor, planner.writer.cause, planner.options
    ids = tags.TAGS.ids_by_key({key for one in written for key in one.tags})
    tags.assign(
        ((one.record_id, ids[key]) for one in written for key in one.tags if key in ids), actor=actor, cause=cause
    )
    joined = groups.join(
        ((one.record_id, group_id) for one in written for group_id in one.groups),
        actor=actor,
        cause=cause,
        several=planner.settings.several_groups,
    )
    after_commit(joined)
    decisions = [
        ConsentDecision(
            record_id=one.record_id,
            channel=ConsentChannel.EMAIL,
            purpose=purpose,
            state=ConsentState.SUBSCRIBED,
            source=ConsentSource.IMPORT,
            opt_in_level=OptInLevel.UNKNOWN,
            wording=options.wording,
            wording_version=options.wording_version,
            evidence={"lawful_basis": options.lawful_basis},
        )
        for one in written
        for purpose in one.purposes
    ]
    record_events(decisions, actor=actor, cause=cause)
    new_leads = [_new_lead(one) for one in written if one.lead]
    if new_leads:
        leads.create(new_leads, actor=actor, cause=cause)


def _new_lead(one: Planned) -> leads.NewLead:
    said = one.person.lead
    return leads.NewLead(
        one.record_id,
        LeadOrigin.IMPORT,
        subject=said.get("lead_subject", ""),
        message=said.get("lead_message", ""),
    )


def waiting_emails(emails: Sequence[str]) -> list[str]:
    """Those of these addresses that have an account, or orders that wait for somebody. Two statements."""
    those = sql.is_any("email", emails)
    accounts = host.User.objects.filter(those).order_by().values_list("email", flat=True)
    orders = LedgerEntry.objects.filter(those, record=None).order_by().values_list("email", flat=True)
    return sorted({*accounts, *orders})
