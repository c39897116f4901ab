"""What an import would change of the records that its preview shows: each field before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...addresses.services import Values, address_books, one_line
from ...consent.models import ConsentPurpose, ConsentState
from ...core import sql
from ...groups.models import Group, GroupMembership
from ...records.labels import fold
from ...tags.models import Tag, TagAssignment
from .consents import Known
from .options import ImportOptions
from .planner import Planned, RowOutcome

Change = dict[str, Any]


def changes_of(planned: Sequence[Planned], options: ImportOptions, *, several_groups: bool) -> dict[int, list[Change]]:
    """The changes of those who are known already, by record: `{field, before, after}`. Six statements."""
    updated = [one for one in planned if one.outcome is RowOutcome.UPDATED]
    beside = _Beside.read(updated, options, several_groups=several_groups)
    return {one.record_id: [*_fields(one), *beside.changes_of(one)] for one in updated}


def _fields(one: Planned) -> list[Change]:
    row = one.row
    if row is None:
        return []
    names = sorted(one.changed & row.changes.keys())
    return [{"field": name, "before": row.before[name], "after": row.changes[name]} for name in names]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What these people have beside the fields of their records, and the names of what they get."""

    tags: dict[int, list[str]]
    groups: dict[int, list[str]]
    addresses: dict[int, list[Values]]
    held: dict[tuple[int, ConsentPurpose], Any]
    tag_names: dict[str, str]  # by folded name
    group_names: dict[int, str]
    default_group: int | None
    several_groups: bool

    @classmethod
    def read(cls, planned: Sequence[Planned], options: ImportOptions, *, several_groups: bool) -> _Beside:
        ids = [one.record_id for one in planned]
        those = sql.is_any("record_id", ids)
        tags, groups = defaultdict(list), defaultdict(list)
        for id, name in TagAssignment.objects.filter(those).order_by("tag__name").values_list("record_id", "tag__name"):
            tags[id].append(name)
        memberships = GroupMembership.objects.filter(those).order_by("group__name")
        for id, name in memberships.values_list("record_id", "group__name"):
            groups[id].append(name)
        typed = {fold(name): name for one in planned for name in (*options.tags, *one.person.tags)}
        spelt = dict(Tag.objects.filter(key__in=list(typed)).values_list("key", "name"))
        known = list(Group.objects.values_list("pk", "name", "is_default"))
        return cls(
            tags,
            groups,
            address_books([one.record_id for one in planned if one.addresses]),
            Known.read(ids),
            typed | spelt,
            {id: name for id, name, _default in known},
            next((id for id, _name, is_default in known if is_default), None),
            several_groups,
        )

    def changes_of(self, one: Planned) -> list[Change]:
        changes: list[Change] = []
        if one.tags:
            before = self.tags.get(one.record_id, [])
            changes.append(
                {"field": "tags", "before": before, "after": [*before, *(self.tag_names[key] for key in one.tags)]}
            )
        if one.groups:
            before = self.groups.get(one.record_id, [])
            # Joining the default group, or any where only one is allowed, leaves the others.
            is_kept = self.several_groups and self.default_group not in one.groups
            joined = [self.group_names[id] for id in one.groups]
            changes.append({"field": "groups", "before": before, "after": [*(before if is_kept else ()), *joined]})
        if one.emails:
            before = one.row.before["other_emails"] if one.row is not None else []
            changes.append({"field": "other_emails", "before": before, "after": [*before, *one.emails]})
        if one.addresses:
            before = [one_line(address) for address in self.addresses.get(one.record_id, [])]
            changes.append(
                {"field": "address_book", "before": before, "after": [*before, *map(one_line, one.addresses)]}
            )
        for consent in one.consents:
            held = self.held.get((one.record_id, consent.purpose))
            before_it = None if held is None else held.state == ConsentState.SUBSCRIBED
            changes.append(
                {"field": consent.column, "before": before_it, "after": consent.state is ConsentState.SUBSCRIBED}
            )
        if one.lead:
            changes.append({"field": "lead", "before": None, "after": one.person.lead.get("lead_subject", "") or None})
        return changes
