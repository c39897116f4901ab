"""Reading segments and who is in them, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..conditions.compiling import compile_tree
from ..conditions.parsing import parse
from ..core import sql
from ..core.paging import Key, Ordering, of_each
from ..core.paging import Segment as Part
from ..errors import CustomerPlusError, ErrorCode
from ..records.labels import fold
from ..saleor_adapter.staff import Channels
from . import definitions, ready_made
from .following import present_in
from .models import Segment, SegmentMembership


class SegmentSortField(StrEnum):
    """What segments can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


def find(segment_id: int) -> Segment | None:
    return Segment.objects.filter(pk=segment_id).first()


def get(segment_id: int, *, field: str) -> Segment:
    """The segment. Raises NOT_FOUND if there is none. `field` names the input that the id came from."""
    segment = find(segment_id)
    if segment is None:
        raise CustomerPlusError("No segment has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return segment


@dataclass(frozen=True, slots=True)
class SegmentList:
    """Segments whose name has a text in it, in any case; those that are ready-made or followed, if that is given."""

    search: str = ""
    is_ready_made: bool | None = None
    is_followed: bool | None = None
    sort: SegmentSortField = SegmentSortField.NAME
    descending: bool = False

    @property
    def rows(self) -> QuerySet[Segment]:
        there = ready_made.ensure()
        rows = Segment.objects.filter(key__contains=fold(" ".join(self.search.split())))
        # A field that a ready-made segment is about may be deleted.
        rows = rows.filter(Q(ready_made=None) | Q(ready_made__in=there))
        if self.is_ready_made is not None:
            rows = rows.filter(ready_made__isnull=not self.is_ready_made)
        return rows if self.is_followed is None else rows.filter(is_followed=self.is_followed)

    @property
    def ordering(self) -> Ordering[Segment]:
        name = f"{'-' if self.descending else ''}{self.sort}"
        return Ordering(name, [Part(self.rows, _KEYS[self.sort], self.descending)])

    def count(self) -> int:
        return self.rows.count()


_field: Any = Segment._meta.get_field
_ID = Key("id", _field("id"))
_KEYS = {
    SegmentSortField.NAME: (Key("key", _field("key")), _ID),
    SegmentSortField.CREATED_AT: (Key("created_at", _field("created_at")), _ID),
    SegmentSortField.UPDATED_AT: (Key("modified_at", _field("modified_at")), _ID),
}


class Members(NamedTuple):
    """The condition that a record is in a segment, in two parts that both hold.

    Of `guessable` PostgreSQL has statistics (see `paging.Segment`).
    """

    guessable: Q
    unguessable: Q


def members(segment_id: int, channels: Channels = None) -> Members:
    """Who is in a segment, as somebody sees it who sees the orders of these channels.

    Whoever sees all orders gets what is kept of a followed segment, also if its condition has no meaning any more.
    What is kept is over all channels: for everybody else the condition is evaluated.
    """
    segment = get(segment_id, field="segment")
    if channels is None and segment.is_followed and segment.complete_since is not None:
        kept = SegmentMembership.objects.filter(segment=segment_id, record=OuterRef("pk"))
        return Members(Q(), Q(Exists(kept)))
    found = definitions.compiled(segment, definitions.context(channels=channels))
    return Members(found.guessable, found.unguessable)


def matching(query: str, channels: Channels = None) -> Members:
    """Who meets a condition that is kept as text: see `Segment.query`."""
    found = compile_tree(parse(query), definitions.context(channels=channels))
    return Members(found.guessable, found.unguessable)


class Membership(NamedTuple):
    """A followed segment that a record is in, and since when, where that is known."""

    segment: Segment
    since: datetime | None


def memberships_of(record_ids: Collection[int], channels: Channels = None) -> dict[int, list[Membership]]:
    """The followed segments that each record is in, by name, as somebody sees it who sees the orders of these channels.

    Two statements, or a constant number of them for whoever does not see all orders: then the segments are evaluated,
    and since when somebody is in them is not shown.
    """
    found: dict[int, list[Membership]] = {record_id: [] for record_id in record_ids}
    if channels is None:
        kept = SegmentMembership.objects.filter(
            record__in=record_ids, segment__is_followed=True, segment__complete_since__isnull=False
        )
        for one in kept.select_related("segment").order_by("segment__key"):
            found[one.record_id].append(Membership(one.segment, one.since))
        return found
    segments = {segment.pk: segment for segment in Segment.objects.filter(is_followed=True).order_by("key")}
    if segments and found:
        conditions = definitions.conditions_of(segments.values(), definitions.context(channels=channels)).conditions
        asked = [(id, of_each(condition)) for id, condition in sorted(conditions.items())]
        query = present_in(asked, Q(sql.is_any("pk", list(found))))
        pairs = {(row.segment_id, row.record_id) for row in sql.rows(query)} if conditions else set()
        for segment in segments.values():
            for record_id in found:
                if (segment.pk, record_id) in pairs:
                    found[record_id].append(Membership(segment, None))
    return found


def by_id(segment_ids: Collection[int]) -> dict[int, Segment]:
    """Segments by their ids. One statement."""
    return Segment.objects.in_bulk(segment_ids)
