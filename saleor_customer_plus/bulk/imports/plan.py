"""What the rows of a list mean for the records: whom they make, what they change, what they leave, what is refused.

The same decisions are shown in a preview and carried out by `writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ... import sql
from ...consent.models import ConsentChannel, ConsentPurpose, ConsentState
from ...consent.queries import current_events
from ...groups.models import Group, GroupMembership
from ...labels import fold
from ...leads.models import Lead, LeadOrigin
from ...records import imports as records
from ...records.editing import Writer
from ...records.writing import Row
from ...settings import CustomerPlusSettings
from ...tags.models import TagAssignment
from .options import ImportOptions, Mode, Overwrite, Subscribe
from .rows import Person, Reason


class Fate(StrEnum):
    """What becomes of a row. The names are those of a job's counters."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    INVALID = "invalid"


@dataclass(slots=True)
class Planned:
    """One person of a list and what is to be done about them. `row` is the record as it is, if there is one."""

    person: Person
    row: Row | None
    fate: Fate
    values: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)  # fields, and `tags`, `groups`, `accepts_marketing`, `lead`
    tags: tuple[str, ...] = ()  # folded names of those to be added
    groups: tuple[int, ...] = ()
    purposes: tuple[ConsentPurpose, ...] = ()
    lead: bool = False
    record_id: int = 0  # once there is a record
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides about the rows of one list. `tags` of all rows, and the group of all, are in the options."""

    options: ImportOptions
    settings: CustomerPlusSettings
    writer: Writer
    at: datetime

    def plan(self, people: Sequence[Person], rows: Mapping[str, Row]) -> list[Planned]:
        """Decide about these people, no two of whom have one address, in a constant number of statements.

        `rows` are the records that there are, by their addresses.
        """
        known = _Known.read([row.id for row in rows.values()], self)
        holders = records.holders_of_numbers(
            {person.values["number"] for person in people if "number" in person.values}
        )
        return [self._decide(person, rows.get(person.email), known, holders) for person in people]

    def _decide(self, person: Person, row: Row | None, known: _Known, holders: dict[str, str]) -> Planned:
        number = person.values.get("number")
        if number and holders.get(number) != person.email and (number in holders or person.number_in):
            whose = "Another record" if number in holders else f"Row {person.number_in}"
            reason = Reason("UNIQUE", f"{whose} has this customer number.", "number")
            return Planned(person, row, Fate.INVALID, reasons=(reason,))
        mode = self.options.mode
        if (row is None and mode is Mode.UPDATE_ONLY) or (row is not None and mode is Mode.CREATE_ONLY):
            said = "is known already" if row else "is not known"
            return Planned(person, row, Fate.SKIPPED, reasons=(Reason("SKIPPED", f"This person {said}."),))
        wrong = [name for name in person.groups if fold(name) not in known.groups]
        if wrong:
            reason = Reason("NOT_FOUND", "There is no such group. Make it first.", "groups")
            return Planned(person, row, Fate.INVALID, reasons=(reason,))
        values = self._values(person, row)
        planned = Planned(person, row, Fate.CREATED, values)
        if row is not None:
            planned.record_id = row.id
            planned.changed = records.decide(row, values, by=self.writer, at=self.at)
        self._decide_beside(planned, known)
        if row is not None:
            planned.fate = Fate.UPDATED if planned.changed else Fate.UNCHANGED
        return planned

    def _values(self, person: Person, row: Row | None) -> dict[str, Any]:
        values = dict(person.values)
        del values["email"]
        if row is None:
            if self.options.lawful_basis:
                values.setdefault("lawful_basis", self.options.lawful_basis)
        elif self.options.erases_blanks and self.options.overwrite is Overwrite.OVERWRITE:
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
            groups = [known.groups[fold(name)] for name in person.groups]
            if options.group_id is not None:
                groups.append(options.group_id)
            planned.groups = known.to_join(id, list(dict.fromkeys(groups)), several=self.settings.several_groups)
            if planned.groups:
                planned.changed.add("groups")
        if options.subscribe is not Subscribe.NOBODY:
            planned.purposes = tuple(one for one in self._purposes(person) if (id, one.value) not in known.settled)
            planned.changed.update(_SUBSCRIBED[one] for one in planned.purposes)
        if options.makes_leads and self._lead_of(planned) not in known.leads:
            planned.lead = True
            planned.changed.add("lead")

    def _purposes(self, person: Person) -> Iterable[ConsentPurpose]:
        if person.accepts.get("accepts_marketing", self.options.subscribe is Subscribe.ALL):
            yield ConsentPurpose.PROMOTIONAL
        if person.accepts.get("accepts_system_mail", False):
            yield ConsentPurpose.SYSTEM

    def _lead_of(self, planned: Planned) -> tuple[int, str, str]:
        lead = planned.person.lead
        return planned.record_id, lead.get("lead_subject", ""), lead.get("lead_message", "")


_SUBSCRIBED = {
    ConsentPurpose.PROMOTIONAL: "accepts_marketing",
    ConsentPurpose.SYSTEM: "accepts_system_mail",
}


@dataclass(slots=True)
class _Known:
    """What is known of the records of a chunk beside their fields."""

    groups: dict[str, int] = field(default_factory=dict)  # all of them, by their folded names
    default_group: int | None = None
    tagged: set[tuple[int, str]] = field(default_factory=set)
    memberships: dict[int, set[int]] = field(default_factory=dict)
    settled: set[tuple[int, str]] = field(default_factory=set)  # consents that an import does not change
    leads: set[tuple[int, str, str]] = field(default_factory=set)

    @classmethod
    def read(cls, ids: list[int], planner: Planner) -> _Known:
        known = cls()
        for group_id, key, is_default in Group.objects.values_list("pk", "key", "is_default"):
            known.groups[key] = group_id
            if is_default:
                known.default_group = group_id
        if not ids:
            return known
        those = sql.is_any("record_id", ids)
        tagged = TagAssignment.objects.filter(those)
        known.tagged = set(tagged.values_list("record_id", "tag__key"))
        for record_id, group_id in GroupMembership.objects.filter(those).values_list("record_id", "group"):
            known.memberships.setdefault(record_id, set()).add(group_id)
        if planner.options.subscribe is not Subscribe.NOBODY:
            known.settled = {
                (event.record_id, event.purpose)
                for event in sql.rows(current_events(ids))
                if event.channel == ConsentChannel.EMAIL
                and event.state in (ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED)
            }
        if planner.options.makes_leads:
            leads = Lead.objects.filter(those, origin=LeadOrigin.IMPORT)
            known.leads = set(leads.values_list("record_id", "subject", "message"))
        return known

    def to_join(self, record_id: int, wanted: list[int], *, several: bool) -> tuple[int, ...]:
        """The groups among those wanted that the person is not in yet: see `groups.actions.join`."""
        held = self.memberships.get(record_id, set())
        if not several:
            wanted = wanted[-1:]
        if self.default_group in wanted:
            return () if not held else tuple(wanted)
        return tuple(one for one in wanted if one not in held)
