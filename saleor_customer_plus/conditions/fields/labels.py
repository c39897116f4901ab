"""Tags and groups, by their names in any case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Model, Q

from ...groups.models import Group, GroupMembership
from ...groups.services import default_group
from ...records.labels import fold
from ...tags.models import Tag, TagAssignment
from ..registry import Data, Entry, Field, Kind, References
from ..tree import Id
from .related import of_links, reads_each

# Names among which a suggestion is looked for.
_SUGGESTIONS = 2000


def _found(label: type[Model], values: Collection[str | Id]) -> Mapping[str | Id, Any]:
    """The labels that are named, by what they are named with. One statement."""
    names = {value: fold(" ".join(value.split())) for value in values if isinstance(value, str)}
    ids = {value.key for value in values if isinstance(value, Id)}
    rows: Any = label._default_manager.filter(Q(key__in=names.values()) | Q(pk__in=ids))
    by_key = {row.key: row for row in rows}
    by_id = {row.pk: row for row in by_key.values()}
    found = {value: by_id.get(value.key) if isinstance(value, Id) else by_key.get(names[value]) for value in values}
    return {value: row for value, row in found.items() if row is not None}


def _find_tags(values: Collection[str | Id]) -> Mapping[str | Id, int]:
    return {value: tag.pk for value, tag in _found(Tag, values).items()}


def _find_groups(values: Collection[str | Id]) -> Mapping[str | Id, int]:
    """In the default group is whoever is in no other: it has the key 0, as `of_links` takes it."""
    default_group()
    found = {value: 0 if group.is_default else group.pk for value, group in _found(Group, values).items()}
    return found | {value: 0 for value in values if value == Id(0)}


def _names(label: type[Model]) -> Iterable[str]:
    return list(label._default_manager.order_by("key").values_list("name", flat=True)[:_SUGGESTIONS])


TAGS = References("tag", _find_tags, lambda: _names(Tag))
GROUPS = References("group", _find_groups, lambda: _names(Group))

FIELDS: tuple[Entry, ...] = (
    Field(
        name="tags",
        label="Tags",
        kind=Kind.SET,
        references=TAGS,
        condition=of_links(TagAssignment, "tag"),
        read=reads_each(TagAssignment, "tag__name", order="tag__key"),
        can_be_missing=True,
        depends=frozenset({Data.TAGS}),
    ),
    Field(
        name="groups",
        label="Groups",
        kind=Kind.SET,
        references=GROUPS,
        condition=of_links(GroupMembership, "group"),
        read=reads_each(GroupMembership, "group__name", order="group__key", otherwise=lambda: [default_group().name]),
        depends=frozenset({Data.GROUPS}),
        description="Whoever is in no other group is in the default one.",
    ),
)
