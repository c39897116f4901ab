"""Reading the activity log, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, DateTimeField, Exists, OuterRef, Q, QuerySet, UUIDField, When
from django.db.models.functions import Cast

from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from .models import ActivityEntry, ActivityType, ActorType, CauseType
from .services import Cause

_AT = (Key("at", DateTimeField()), Key("id", BigIntegerField()))


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which part of the log is wanted. Nothing given, all of it."""

    types: tuple[ActivityType, ...] | None = None
    actors: tuple[ActorType, ...] | None = None
    # The number of a user or of an app: together with `actors`, as either may have it.
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cause: Cause | None = None
    record_ids: tuple[int, ...] | None = None
    # What an order of another channel caused is left out. None: nothing is.
    channels: Channels = None

    def entries(self) -> QuerySet[ActivityEntry]:
        lookups = {
            "type__in": self.types,
            "actor_type__in": self.actors,
            "actor_id": self.actor_id,
            "at__gte": self.since,
            "at__lte": self.until,
            "cause_type": self.cause.type if self.cause else None,
            "cause_id": self.cause.id if self.cause else None,
            "record__in": self.record_ids,
        }
        entries = ActivityEntry.objects.filter(**{name: value for name, value in lookups.items() if value is not None})
        return entries if self.channels is None else _visible(entries, self.channels)


def _visible(entries: QuerySet[ActivityEntry], channels: frozenset[int]) -> QuerySet[ActivityEntry]:
    """Those that no order caused, or an order of these channels.

    And none about segments: who is in one is found over the orders of all channels.
    """
    entries = entries.exclude(cause_type=CauseType.SEGMENT)
    of_order = Q(cause_type=CauseType.ORDER)
    # Only there is it a UUID.
    order_id = Case(When(of_order, then=Cast("cause_id", UUIDField())), output_field=UUIDField())
    seen = host.Order.objects.filter(pk=OuterRef("ordered"), channel_id__in=sorted(channels))
    return entries.alias(ordered=order_id).filter(~of_order | Q(Exists(seen)))


def log(wanted: ActivityFilter) -> Ordering[ActivityEntry]:
    """What happened to all records, newest first."""
    return Ordering("LOG", [Segment(wanted.entries(), _AT, descending=True)])


def names_of_actors(actors: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What members of staff and apps are called, by the type and the id of an actor. Nobody else has a name here.

    Whoever has no name is called by the e-mail address. Who is gone is left out, and so is who never had an id: staff
    that a test or a script of the shop wrote, say.
    """
    staff, apps = ({id for type, id in actors if id and type == wanted} for wanted in (ActorType.STAFF, ActorType.APP))
    names: dict[tuple[str, str], str] = {}
    if staff:
        users = host.User.objects.filter(pk__in=staff, is_staff=True).order_by()
        for pk, email, first, last in users.values_list("pk", "email", "first_name", "last_name"):
            names[ActorType.STAFF, str(pk)] = f"{first} {last}".strip() or email
    if apps:
        for pk, name in host.App.objects.filter(pk__in=apps).order_by().values_list("pk", "name"):
            names[ActorType.APP, str(pk)] = name
    return names


def pages_of_activity(
    record_ids: Collection[int], window: Window, wanted: ActivityFilter
) -> dict[int, Page[ActivityEntry]]:
    """One page of what happened to each record, newest first."""
    ordering = Ordering("AT", [Segment(wanted.entries(), _AT, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_activity(record_ids: Collection[int], wanted: ActivityFilter) -> dict[int, int]:
    """How much happened to each record."""
    return count_of_each(wanted.entries(), record_ids, parent="record")
