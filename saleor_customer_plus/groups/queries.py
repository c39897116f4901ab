"""Reading groups, for any number of records or groups in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet, TextField

from ..core.paging import Key, Ordering, Segment, count_of_each
from ..records.labels import clean_name, fold
from ..records.models import CustomerRecord
from .models import Group, GroupMembership
from .services import default_group


def find(group_id: int) -> Group | None:
    return Group.objects.filter(pk=group_id).first()


def ids_by_name(names: Collection[str]) -> dict[str, int]:
    """The groups of these names, by the folded name (`records.labels.fold`). Names that no group has are left out."""
    keys = {fold(clean_name(name, field="names")) for name in names}
    if keys:
        default_group()  # which is there from the start, for whoever asks
    return dict(Group.objects.filter(key__in=keys).values_list("key", "pk"))


def default_group_ids(keys: Collection[bool]) -> dict[bool, int]:
    """The id of the default group, for a data loader: the same for each key."""
    return dict.fromkeys(keys, default_group().pk)


def matching(search: str = "") -> QuerySet[Group]:
    """The groups whose name has the text in it, in any case."""
    default_group()
    text = fold(" ".join(search.split()))
    return Group.objects.filter(key__contains=text) if text else Group.objects.all()


def by_name(groups: QuerySet[Group]) -> Ordering[Group]:
    """The groups in the order of their names."""
    return Ordering("NAME", [Segment(groups, (Key("key", TextField()),))])


def groups_of(record_ids: Collection[int]) -> dict[int, list[Group]]:
    """The groups that each record is in, by name: the default one, if no other."""
    found: dict[int, list[Group]] = {record_id: [] for record_id in record_ids}
    memberships = GroupMembership.objects.filter(record__in=record_ids).select_related("group")
    for membership in memberships.order_by("group__key"):
        found[membership.record_id].append(membership.group)
    if not all(found.values()):
        default = default_group()
        return {record_id: groups or [default] for record_id, groups in found.items()}
    return found


def by_id(group_ids: Collection[int]) -> dict[int, Group]:
    """Groups by their ids. One statement."""
    return Group.objects.in_bulk(group_ids)


def count_members(group_ids: Collection[int]) -> dict[int, int]:
    """How many records are in each group. In the default one is whoever is in no other."""
    counts = count_of_each(GroupMembership.objects.all(), group_ids, parent="group")
    default_id = default_group().pk
    if default_id in counts:
        somewhere = GroupMembership.objects.filter(record=OuterRef("pk"))
        counts[default_id] = CustomerRecord.objects.filter(~Exists(somewhere)).count()
    return counts
