"""Reading the activity log, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Count, DateTimeField, QuerySet

from ..paging import Key, Ordering, Page, Segment, Window, page_of_each
from .models import ActivityEntry, ActivityType, ActorType

_AT = (Key("at", DateTimeField()), Key("id", BigIntegerField()))


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which part of the log is wanted. Nothing given, all of it."""

    types: tuple[ActivityType, ...] | None = None
    actors: tuple[ActorType, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def entries(self) -> QuerySet[ActivityEntry]:
        lookups = {
            "type__in": self.types,
            "actor_type__in": self.actors,
            "at__gte": self.since,
            "at__lte": self.until,
        }
        return ActivityEntry.objects.filter(**{name: value for name, value in lookups.items() if value is not None})


def pages_of_activity(
    record_ids: Collection[int], window: Window, wanted: ActivityFilter
) -> dict[int, Page[ActivityEntry]]:
    """One page of what happened to each record, newest first."""

    ordering = Ordering("AT", [Segment(wanted.entries(), _AT, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_activity(record_ids: Collection[int], wanted: ActivityFilter) -> dict[int, int]:
    """How much happened to each record."""
    counted = wanted.entries().filter(record_id__in=record_ids).order_by().values("record_id")
    return dict.fromkeys(record_ids, 0) | dict(counted.annotate(n=Count("id")).values_list("record_id", "n"))
