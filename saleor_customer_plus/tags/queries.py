"""Reading tags, for any number of records or tags in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from django.db.models import Count, IntegerField, QuerySet, TextField

from ..core.paging import Key, Ordering, Segment, count_of_each
from ..records.labels import clean_name, fold
from .models import Tag, TagAssignment


class TagSortField(StrEnum):
    """What tags can be sorted by."""

    NAME = "NAME"
    USAGE_COUNT = "USAGE_COUNT"


_NAME = Key("key", TextField())


def find(tag_id: int) -> Tag | None:
    return Tag.objects.filter(pk=tag_id).first()


def ids_by_name(names: Collection[str]) -> dict[str, int]:
    """The tags of these names, by the folded name (`records.labels.fold`). Names that no tag has are left out."""
    keys = {fold(clean_name(name, field="names")) for name in names}
    return dict(Tag.objects.filter(key__in=keys).values_list("key", "pk"))


def matching(search: str = "") -> QuerySet[Tag]:
    """The tags whose name has the text in it, in any case."""
    text = fold(" ".join(search.split()))
    return Tag.objects.filter(key__contains=text) if text else Tag.objects.all()


def tags_sorted(tags: QuerySet[Tag], field: TagSortField, *, descending: bool = False) -> Ordering[Tag]:
    """The tags in order: by name, or by how many records have them and then by name."""
    name = f"{'-' if descending else ''}{field}"
    if field is TagSortField.NAME:
        return Ordering(name, [Segment(tags, (_NAME,), descending)])
    used = tags.annotate(usage=Count("assignments"))
    return Ordering(name, [Segment(used, (Key("usage", IntegerField()), _NAME), descending)])


def tags_of(record_ids: Collection[int]) -> dict[int, list[Tag]]:
    """The tags of each record, by name."""
    found: dict[int, list[Tag]] = {record_id: [] for record_id in record_ids}
    assignments = TagAssignment.objects.filter(record__in=record_ids).select_related("tag")
    for assignment in assignments.order_by("tag__key"):
        found[assignment.record_id].append(assignment.tag)
    return found


def count_usage(tag_ids: Collection[int]) -> dict[int, int]:
    """How many records have each tag."""
    return count_of_each(TagAssignment.objects.all(), tag_ids, parent="tag")
