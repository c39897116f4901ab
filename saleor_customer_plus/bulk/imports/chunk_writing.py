"""Writing what was planned of a chunk: a constant number of statements, through the one writer of each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...addresses import services as addresses
from ...consent.decisions import ConsentDecision
from ...consent.models import ConsentChannel, ConsentSource, ConsentState
from ...consent.services import record_events
from ...consent.suppressions import suppress
from ...core import sql
from ...customers.emails import give_emails
from ...groups import services as groups
from ...leads import services as leads
from ...leads.models import LeadOrigin
from ...ledger.models import LedgerEntry
from ...records import bulk_writing as records
from ...records.emails import owners
from ...records.locks import own_identities, share_identities
from ...records.models import Source
from ...records.writing import Refusal, Row, touch
from ...saleor_adapter import host, saleor_api
from ...tags import services as tags
from .consents import Consent
from .options import ImportOptions, Mode
from .person import Person, Reason
from .planner import Planned, Planner, RowOutcome, number_in_use


def write(people: Sequence[Person], planner: Planner) -> list[Planned]:
    """Write these people, no two of whom have one address, and return what became of each, in their order.

    Who is new is made before who is known is locked: an order that is attached at the same time does it in this order
    too, so that nobody waits in a circle.
    """
    if any(person.other_emails for person in people):
        own_identities()  # who gives records addresses is alone
    else:
        share_identities()
    planner.own.hold()
    known = owners([person.email for person in people])
    made: dict[str, Planned] = {}
    if planner.options.mode not in (Mode.UPDATE_ONLY, Mode.SUPPRESSION_LIST):
        made = _create([person for person in people if person.email not in known], planner)
    others = planner.plan(left := [person for person in people if person.email not in made], _locked(left))
    changed = records.write(
        [one.row for one in others if one.row is not None and one.outcome is RowOutcome.UPDATED], by=planner.writer
    )
    touch({one.record_id for one in others if one.own and one.outcome is RowOutcome.UPDATED} - changed)
    done = {**made, **{one.person.email: one for one in others}}
    _make_who_lost([one for one in others if one.outcome is RowOutcome.CREATED], planner)
    written = [one for one in done.values() if one.outcome in (RowOutcome.CREATED, RowOutcome.UPDATED)]
    _write_beside(written, planner)
    if planner.writer.cause is not None:
        listed = {one.person.email: one.suppressed for one in done.values() if one.suppressed}
        suppress(listed, job_id=int(planner.writer.cause.id))
    return [done[person.email] for person in people]


def _locked(people: Sequence[Person]) -> dict[str, Row]:
    return records.rows_of([person.email for person in people], locked=True)


def _make_who_lost(planned: Sequence[Planned], planner: Planner) -> None:
    """Make those without their customer number who should be made and were not. A strict import refuses them.

    Nobody is made twice, so they lost their number at this moment.
    """
    if not planned:
        return
    is_strict = planner.options.strict
    holders = records.holders_of_numbers({str(one.values["number"]) for one in planned if "number" in one.values})
    for one in planned:
        if (number := one.values.pop("number", None)) is not None:
            one.reasons = (*one.reasons, number_in_use(None, holders.get(number), is_strict=is_strict))
    made = {} if is_strict else _make({one.person.email: one for one in planned}, planner)
    for one in planned:
        if one.person.email not in made:
            one.outcome = RowOutcome.REFUSED


def _create(people: Sequence[Person], planner: Planner) -> dict[str, Planned]:
    """Make who is new. Who turns out to be known is not in what is returned."""
    planned = planner.plan(people, {})
    wanted = {one.person.email: one for one in planned if one.outcome is RowOutcome.CREATED}
    refused = {one.person.email: one for one in planned if one.outcome is RowOutcome.REFUSED}
    return {**_make(wanted, planner), **refused}


def _make(wanted: Mapping[str, Planned], planner: Planner) -> dict[str, Planned]:
    """Make the records of these people, and return those who were made."""
    made = records.make(
        [{"email": email, **one.values} for email, one in sorted(wanted.items())], by=planner.writer, at=planner.at
    )
    for email, record_id in made.items():
        wanted[email].record_id = record_id
    return {email: wanted[email] for email in made}


def _write_beside(written: Sequence[Planned], planner: Planner) -> None:
    actor, cause = planner.writer.actor, planner.writer.cause
    _give_emails([one for one in written if one.emails], planner)
    planner.own.write({one.record_id: one.own for one in written if one.own}, planner.writer)
    if cause is not None and (books := {one.record_id: one.addresses for one in written if one.addresses}):
        addresses.add_each(books, actor=actor, cause=cause, source=Source.IMPORT, source_id=cause.id)
    ids = tags.TAGS.ids_by_key({key for one in written for key in one.tags})
    tags.assign(
        ((one.record_id, ids[key]) for one in written for key in one.tags if key in ids), actor=actor, cause=cause
    )
    groups.join(
        ((one.record_id, group_id) for one in written for group_id in one.groups),
        actor=actor,
        cause=cause,
        several=planner.settings.several_groups,
    )
    decisions = [_decision(one.record_id, consent, planner.options) for one in written for consent in one.consents]
    record_events(decisions, actor=actor, cause=cause)
    new_leads = [_new_lead(one) for one in written if one.lead]
    if new_leads:
        leads.create(new_leads, actor=actor, cause=cause)


def _give_emails(planned: Sequence[Planned], planner: Planner) -> None:
    """Add the other addresses. One that another row of the chunk has taken by now is left out, and reported."""
    refusals = give_emails({one.record_id: one.emails for one in planned}, by=planner.writer) if planned else {}
    for one in planned:
        lost = refusals.get(one.record_id, ())
        one.emails = tuple(email for email in one.emails if email not in {email for email, _ in lost})
        one.reasons = (*one.reasons, *(_address_left_out(refusal) for _, refusal in lost))


def _address_left_out(refusal: Refusal) -> Reason:
    holder = refusal.record_id and saleor_api.global_id("CustomerRecord", refusal.record_id)
    return Reason(refusal.code.value, refusal.message, "other_emails", holder or None, is_warning=True)


def _decision(record_id: int, consent: Consent, options: ImportOptions) -> ConsentDecision:
    decision = ConsentDecision(
        record_id, ConsentChannel.EMAIL, consent.purpose, consent.state, ConsentSource.IMPORT, at=consent.at
    )
    if consent.state is not ConsentState.SUBSCRIBED:
        return decision
    return replace(
        decision,
        wording=options.wording,
        wording_version=options.wording_version,
        evidence={"lawful_basis": options.lawful_basis},
    )


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
    accounts = host.User.objects.filter(sql.is_any("email", emails)).order_by().values_list("email", flat=True)
    waiting = LedgerEntry.objects.filter(sql.is_any("identity", emails), record=None, is_released=False)
    orders = waiting.order_by().values_list("identity", flat=True)
    return sorted({*accounts, *(email for email in orders if email)})
