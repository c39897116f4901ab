"""What a condition is understood in: the time, the time zone, whose orders are seen, and the other segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TypeAlias

from django.utils import timezone

from ..saleor_adapter.staff import Channels
from .tree import Id, Node


@dataclass(frozen=True, slots=True)
class SavedTree:
    """A saved segment's key, by which a cycle is noticed, and its tree."""

    key: int
    tree: Node


# The segment of a name or id, or None where there is none.
SegmentFinder: TypeAlias = Callable[[str | Id], SavedTree | None]


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is the moment that offsets are counted from, and `zone` defines where a day begins:
    the shop's, from the settings.

    `channels` are those whose orders and figures somebody may see: None, all. `find_segment` answers IN SEGMENT, and
    `segment` is the key of the segment that the tree is of, if it is saved. With `is_of_each` the condition is asked of
    a few records, of one at a time.
    """

    now: datetime = field(default_factory=timezone.now)
    zone: tzinfo = field(default_factory=timezone.get_default_timezone)
    channels: Channels = None
    find_segment: SegmentFinder | None = None
    segment: int | None = None
    is_of_each: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()
