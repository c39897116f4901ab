"""What the rows of a list mean for the records: whom they make, what they change, what they leave, what is refused.

The same decisions are shown in a preview and carried out by `chunk_writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...addresses import services as addresses
from ...consent.models import ConsentPurpose
from ...core import sql
from ...customers.emails import too_many
from ...errors import ErrorCode
from ...fields.values import Value
from ...groups.models import Group, GroupMembership
from ...leads.models import Lead, LeadOrigin
from ...records import bulk_writing as records
from ...records import emails as record_emails
from ...records.bulk_writing import Holder
from ...records.editing import Writer
from ...records.emails import owners
from ...records.labels import fold
from ...records.writing import Row
from ...saleor_adapter import saleor_api
from ...settings import CustomerPlusSettings
from ...tags.models import TagAssignment
from . import consents
from .consents import Consent, Consents
from .options import ImportOptions, Mode
from .own_fields import OwnFields
from .person import TITLE, Person, Reason
from .problems import OVERRULED
from .row_keys import Passed, key_of


def number_in_use(taken: Passed | None, holder: Holder | None, *, is_strict: bool) -> Reason:
    """Why somebody cannot have a customer number: because of an earlier row of the file, or of a record.

    What was so before anything was written comes first: who has the number by now depends on which chunk came first.
    """
    if taken is not None and taken.other:
        return Reason("UNIQUE", f"Row {taken.other} has this customer number.", "number", is_warning=not is_strict)
    record_id = (taken and taken.holder) or (holder and holder.id)
    id = saleor_api.global_id("CustomerRecord", record_id) if record_id else None
    return Reason("UNIQUE", "Another record has this customer number.", "number", id, is_warning=not is_strict)


def email_in_use(record_id: int | None, *, row: int | None = None, is_strict: bool) -> Reason:
    """Why somebody does not get another address: it is of another row, or of another record, and nothing moves from
    there silently.
    """
    if row is not None:
        message = f"Row {row} has this e-mail address. Merge the two if they are the same person."
        return Reason("UNIQUE", message, "other_emails", is_warning=not is_strict)
    id = saleor_api.global_id("CustomerRecord", record_id) if record_id else None
    message = "Another record has this e-mail address. Merge the two if they are the same person."
    return Reason("UNIQUE", message, "other_emails", id, is_warning=not is_strict)


def _overruled(person: Person) -> Iterator[Reason]:
    for column, word in person.overruled.items():
        yield Reason(OVERRULED, f"Another row of this address says {word}, which counts.", column)


class RowOutcome(StrEnum):
    """What becomes of a row. The names are those of a job's counters."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(slots=True)
class Planned:
    """One person of a list and what is to be done about them. `row` is the record as it is, if there is one."""

    person: Person
    row: Row | None
    outcome: RowOutcome
    values: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)  # fields, and `tags`, `groups`, `accepts_newsletter`, `lead`
    tags: tuple[str, ...] = ()  # folded names of those to be added
    groups: tuple[int, ...] = ()
    consents: tuple[Consent, ...] = ()
    suppressed: tuple[ConsentPurpose, ...] = ()  # for which the address of nobody is remembered
    lead: bool = False
    emails: tuple[str, ...] = ()  # beside the primary one
    addresses: tuple[addresses.Values, ...] = ()  # beside that of the record itself
    own: dict[str, Value] = field(default_factory=dict)  # of the shop's own fields, by the names of their columns
    record_id: int = 0  # once there is a record
    reasons: tuple[Reason, ...] = ()

    @property
    def warnings(self) -> Iterator[Reason]:
        """The reasons for which a part of the row is left out of what is written, or is doubtful."""
        if self.outcome in (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED):
            yield from (reason for reason in self.reasons if reason.is_warning)


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides about the rows of one list. `tags` of all rows, and the group of all, are in the options."""

    options: ImportOptions
    consents: Consents
    settings: CustomerPlusSettings
    writer: Writer
    at: datetime
    own: OwnFields = field(default_factory=OwnFields)

    def plan(self, people: Sequence[Person], rows: Mapping[str, Row]) -> list[Planned]:
        """Decide about these people, no two of whom have one address, in a constant number of statements.

        `rows` are the records that there are, by their addresses.
        """
        known = _Known.read([row.id for row in rows.values()], people, self)
        self.own.read(people, rows)
        holders = records.holders_of_numbers(
            {person.values["number"] for person in people if "number" in person.values}
        )
        return [self._decide(person, rows.get(person.email), known, holders) for person in people]

    def refused(self, people: Iterable[Person]) -> dict[int, list[Reason]]:
        """The rows that a strict import refuses though they could be read, as the scan found them. One statement.

        They are no candidates: another row of the same address may be written.
        """
        if not self.options.strict:
            return {}
        known = _Known(dict(Group.objects.values_list("key", "pk")))
        wrong = {
            one.row: [
                *([number_in_use(one.number_taken, None, is_strict=True)] if one.number_taken else ()),
                *self._wrong_groups(one, known),
            ]
            for one in people
        }
        return {row: reasons for row, reasons in wrong.items() if reasons}

    def _decide(self, person: Person, row: Row | None, known: _Known, holders: dict[str, Holder]) -> Planned:
        if self.options.mode is Mode.SUPPRESSION_LIST:
            return self._suppress(person, row, known)
        mode = self.options.mode
        if (row is None and mode is Mode.UPDATE_ONLY) or (row is not None and mode is Mode.CREATE_ONLY):
            said = "is known already" if row else "is not known"
            return Planned(person, row, RowOutcome.SKIPPED, reasons=(Reason("SKIPPED", f"This person {said}."),))
        own, lost = self.own.decide(person, row, self.writer)
        wrong = [*self._wrong_number(person, row, holders), *self._wrong_groups(person, known), *lost]
        wrong += self._wrong_emails(person, row, known)
        wrong += self._too_many_addresses(person, row, known)
        if wrong and self.options.strict:
            return Planned(person, row, RowOutcome.REFUSED, reasons=tuple(wrong))
        values = self._values(person, row)
        if any(reason.column == "number" for reason in wrong):
            del values["number"]
        planned = Planned(
            person, row, RowOutcome.CREATED, values, reasons=(*person.warnings, *wrong, *_overruled(person))
        )
        if row is not None:
            planned.record_id = row.id
            planned.changed = records.decide(row, values, by=self.writer, at=self.at) | own.keys()
        planned.own = own
        self._decide_beside(planned, known)
        if row is not None:
            planned.outcome = RowOutcome.UPDATED if planned.changed else RowOutcome.UNCHANGED
        return planned

    def _wrong_number(self, person: Person, row: Row | None, holders: Mapping[str, Holder]) -> Iterator[Reason]:
        number = person.values.get("number")
        holder = holders.get(number) if number else None
        is_own = holder is not None and (holder.email == person.email or (row is not None and holder.id == row.id))
        if number and not is_own and (holder is not None or person.number_taken is not None):
            yield number_in_use(person.number_taken, holder, is_strict=self.options.strict)

    def _wrong_emails(self, person: Person, row: Row | None, known: _Known) -> Iterator[Reason]:
        for email in person.other_emails:
            holder, claimant = known.owners.get(email), person.taken.get(key_of(email))
            is_own = holder is not None and row is not None and holder == row.id
            if not is_own and (claimant is not None or holder is not None):
                yield email_in_use(holder, row=claimant, is_strict=self.options.strict)
        if left_out := _free_emails(person, known)[_room(row) :]:
            message = f"{too_many()} Addresses that were left out: {len(left_out)}."
            yield Reason(ErrorCode.INVALID.value, message, "other_emails", is_warning=not self.options.strict)

    def _too_many_addresses(self, person: Person, row: Row | None, known: _Known) -> Iterator[Reason]:
        held = known.addresses.get(row.id, []) if row is not None else []
        if len(held) + len(addresses.unknown_among(person.addresses, held)) > addresses.MAX_ADDRESSES:
            message = f"A person may have at most {addresses.MAX_ADDRESSES} addresses."
            yield Reason("LIMIT_REACHED", message, "address_book", is_warning=not self.options.strict)

    def _wrong_groups(self, person: Person, known: _Known) -> Iterator[Reason]:
        unknown = [name for name in person.groups if fold(name) not in known.groups]
        if unknown:
            message = f"No group has the name {', '.join(unknown)}. Create it first."
            yield Reason("NOT_FOUND", message, "groups", is_warning=not self.options.strict)
        if kept := [name for name in person.groups if known.groups.get(fold(name)) in known.kept]:
            message = f"A segment keeps the members of {', '.join(kept)}. Detach the group from the segment first."
            yield Reason("DISABLED", message, "groups", is_warning=not self.options.strict)

    def _suppress(self, person: Person, row: Row | None, known: _Known) -> Planned:
        """Somebody on a suppression list: nothing but the consents is written, and nobody is created."""
        consents, suppressed = self.consents.suppress(person, row.id if row else 0, known.consents, self.at)
        outcome = RowOutcome.SKIPPED if row is None else RowOutcome.UPDATED if consents else RowOutcome.UNCHANGED
        return Planned(
            person,
            row,
            outcome,
            changed={one.column for one in consents},
            consents=consents,
            suppressed=suppressed,
            record_id=row.id if row else 0,
        )

    def _values(self, person: Person, row: Row | None) -> dict[str, Any]:
        values = dict(person.values)
        del values["email"]
        if row is not None and person.titled:
            values = _with_titles(values, person, row)
        if row is None:
            if self.options.lawful_basis:
                values.setdefault("lawful_basis", self.options.lawful_basis)
        elif self.options.erase_blanks and not self.options.fill_blanks:
            values.update(records.blanks_of(person.blanks))
        return values

    def _decide_beside(self, planned: Planned, known: _Known) -> None:
        """Decide about what is not a field of the record: tags, groups, consents, a lead.

        Most of a million rows have none of them, so each is looked at only where the row or the options name it.
        """
        person, id, options = planned.person, planned.record_id, self.options
        if person.tags or options.tags:
            wanted = dict.fromkeys(fold(name) for name in (*options.tags, *person.tags))
            if tags := tuple(key for key in wanted if (id, key) not in known.tagged):
                planned.tags = tags
                planned.changed.add("tags")
        if person.groups or options.group_id is not None:
            groups = [known.groups[key] for name in person.groups if (key := fold(name)) in known.groups]
            if options.group_id is not None:
                groups.append(options.group_id)
            planned.groups = known.to_join(id, list(dict.fromkeys(groups)), several=self.settings.several_groups)
            if planned.groups:
                planned.changed.add("groups")
        if person.other_emails and (emails := tuple(_free_emails(person, known)[: _room(planned.row)])):
            planned.emails = emails
            planned.changed.add("other_emails")
        if person.addresses:
            held = known.addresses.get(id, [])
            room = max(addresses.MAX_ADDRESSES - len(held), 0)  # a merge can have given more
            planned.addresses = tuple(addresses.unknown_among(person.addresses, held)[:room])
            if planned.addresses:
                planned.changed.add("address_book")
        decided = self.consents.decide(person, id, known.consents, self.at, more_emails=planned.emails)
        if decided is not consents.NOTHING:
            planned.consents, planned.reasons = decided.consents, (*planned.reasons, *decided.withheld)
            planned.changed.update(one.column for one in decided.consents)
        if options.make_leads and self._lead_of(planned) not in known.leads:
            planned.lead = True
            planned.changed.add("lead")

    def _lead_of(self, planned: Planned) -> tuple[int, str, str]:
        lead = planned.person.lead
        return planned.record_id, lead.get("lead_subject", ""), lead.get("lead_message", "")


def _free_emails(person: Person, known: _Known) -> list[str]:
    """The other addresses of a row that neither a record has nor another row claims."""
    free = (email for email in person.other_emails if email not in known.owners and email != person.email)
    return [email for email in dict.fromkeys(free) if key_of(email) not in person.taken]


def _room(row: Row | None) -> int:
    """How many more addresses a record can be given: see `customers.emails`."""
    known = row.before["other_emails"] if row is not None else ()
    return max(record_emails.MAX_EMAILS - 1 - len(known), 0)


def _with_titles(values: dict[str, Any], person: Person, row: Row) -> dict[str, Any]:
    """The values, with names as the record has them already: what went out with a title comes back with it."""
    for name, text in person.titled.items():
        if row.before.get(name) == text:
            values[name] = text
            attributes = {key: one for key, one in values["attributes"].items() if key != TITLE}
            values["attributes"] = attributes
            if not attributes:
                del values["attributes"]
    return values


@dataclass(slots=True)
class _Known:
    """What is known of the records of a chunk beside their fields."""

    groups: dict[str, int] = field(default_factory=dict)  # all of them, by their folded names
    kept: set[int] = field(default_factory=set)  # those whose members a segment keeps
    default_group: int | None = None
    tagged: set[tuple[int, str]] = field(default_factory=set)
    memberships: dict[int, set[int]] = field(default_factory=dict)
    addresses: dict[int, list[addresses.Values]] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)  # of the other addresses that the rows name
    consents: consents.Known = field(default_factory=consents.Known)
    leads: set[tuple[int, str, str]] = field(default_factory=set)

    @classmethod
    def read(cls, ids: list[int], people: Sequence[Person], planner: Planner) -> _Known:
        known = cls()
        for group_id, key, is_default, is_kept in Group.objects.values_list("pk", "key", "is_default", "is_kept"):
            known.groups[key] = group_id
            if is_kept:
                known.kept.add(group_id)
            if is_default:
                known.default_group = group_id
        known.consents = planner.consents.known_of(people, ids)
        known.owners = owners({email for person in people for email in person.other_emails})
        if not ids:
            return known
        if any(person.addresses for person in people):
            known.addresses = addresses.address_books(ids)
        those = sql.is_any("record_id", ids)
        tagged = TagAssignment.objects.filter(those)
        known.tagged = set(tagged.values_list("record_id", "tag__key"))
        for record_id, group_id in GroupMembership.objects.filter(those).values_list("record_id", "group"):
            known.memberships.setdefault(record_id, set()).add(group_id)
        if planner.options.make_leads:
            leads = Lead.objects.filter(those, origin=LeadOrigin.IMPORT)
            known.leads = set(leads.values_list("record_id", "subject", "message"))
        return known

    def to_join(self, record_id: int, wanted: list[int], *, several: bool) -> tuple[int, ...]:
        """The groups among those wanted that the person is not in yet: see `groups.services.join`."""
        wanted = [one for one in wanted if one not in self.kept]
        held = self.memberships.get(record_id, set()) - self.kept
        if not several:
            wanted = wanted[-1:]
        if self.default_group in wanted:
            return () if not held else tuple(wanted)
        return tuple(one for one in wanted if one not in held)
