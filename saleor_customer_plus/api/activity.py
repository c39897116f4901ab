"""A record's activity, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from ..activity.actions import Actor, Cause
from ..activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from ..activity.queries import ActivityFilter, count_activity, names_of_actors, pages_of_activity
from ..errors import CustomerPlusError
from ..paging import Window
from ..records.models import CustomerRecord
from ..records.queries import records_by_id
from .base import key_of, tells_errors, to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .loading import load
from .types import JSON, DateTime, DateTimeRangeInput, enum_of, id_of, key_of_kind, list_of

CustomerRecordActivityType = enum_of(ActivityType, name="CustomerRecordActivityType", description="What happened.")
CustomerRecordActorType = enum_of(ActorType, name="CustomerRecordActorType", description="Who did something.")
CustomerRecordCauseType = enum_of(
    CauseType, name="CustomerRecordCauseType", description="What kind of thing caused something."
)


class CustomerRecordActor(graphene.ObjectType):  # type: ignore[misc]
    """Who did something."""

    type = graphene.Field(CustomerRecordActorType, required=True, description="What kind of actor it was.")
    id = graphene.ID(description="Saleor's global id of the user or the app. Null for the synchronisation.")
    name = graphene.String(
        description="What the member of staff, or the app, is called. Null for others, and for who is gone."
    )

    @staticmethod
    def resolve_id(actor: Actor, _info: Any) -> str | None:
        return id_of(actor.type, actor.id)

    @staticmethod
    def resolve_name(actor: Actor, info: Any) -> Any:
        return load(info, names_of_actors, (actor.type, actor.id))


class CustomerRecordCause(graphene.ObjectType):  # type: ignore[misc]
    """What something was caused by."""

    type = graphene.Field(CustomerRecordCauseType, required=True, description="What kind of thing it was.")
    id = graphene.ID(required=True, description="Its global id.")


def _record_type() -> Any:
    from .records import CustomerRecord  # which has activity itself

    return CustomerRecord


class CustomerRecordActivity(graphene.ObjectType):  # type: ignore[misc]
    """One thing that happened to a record."""

    id = graphene.ID(required=True, description="The global id of the entry.")
    at = DateTime(required=True, description="When it happened; for an order, when it was placed.")
    type = graphene.Field(CustomerRecordActivityType, required=True, description="What happened.")
    record = graphene.Field(_record_type, required=True, description="The record that it happened to.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who did it.")
    before = graphene.Field(JSON, required=True, description="What was before, as far as it changed.")
    after = graphene.Field(JSON, required=True, description="What has been since, as far as it changed.")
    cause = graphene.Field(CustomerRecordCause, description="What caused it, where that is known.")

    @staticmethod
    def resolve_id(entry: ActivityEntry, _info: Any) -> str:
        return to_global_id("CustomerRecordActivity", entry.pk)

    @staticmethod
    def resolve_actor(entry: ActivityEntry, _info: Any) -> Actor:
        return Actor(ActorType(entry.actor_type), entry.actor_id)

    @staticmethod
    def resolve_record(entry: ActivityEntry, info: Any) -> Any:
        return load(info, records_by_id, entry.record_id)

    @staticmethod
    def resolve_before(entry: ActivityEntry, _info: Any) -> dict[str, Any]:
        return _in_camel_case(entry.before)

    @staticmethod
    def resolve_after(entry: ActivityEntry, _info: Any) -> dict[str, Any]:
        return _in_camel_case(entry.after)

    @staticmethod
    def resolve_cause(entry: ActivityEntry, _info: Any) -> CustomerRecordCause | None:
        if not entry.cause_type:
            return None
        return CustomerRecordCause(type=entry.cause_type, id=id_of(entry.cause_type, entry.cause_id))


# What the numbers are of that the log names things by.
_IDS = {
    "attachment_id": "CustomerAttachment",
    "converted_order_id": "Order",
    "lead_id": "CustomerLead",
    "mentions": "User",
    "note_id": "CustomerNote",
    "owner_id": "User",
}


def _in_camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """Name fields, and the things that they point at, as the rest of the API does."""
    return {to_camel_case(name): _named(_IDS[name], value) if name in _IDS else value for name, value in values.items()}


def _named(kind: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_named(kind, one) for one in value]
    return None if value is None else to_global_id(kind, value)


ActivityConnection = connection_of(CustomerRecordActivity, of="what happened to records, newest first")


class CustomerRecordCauseInput(graphene.InputObjectType):  # type: ignore[misc]
    """What something was caused by."""

    type = graphene.Argument(CustomerRecordCauseType, required=True, description="What kind of thing it was.")
    id = graphene.ID(required=True, description="Its global id.")


class CustomerRecordActivityFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Which part of the activity is wanted. All that is given must hold."""

    types = list_of(CustomerRecordActivityType, description="What happened: any of these.")
    actors = list_of(CustomerRecordActorType, description="What kind of actor did it: any of these.")
    actor_id = graphene.ID(description="Who did it: Saleor's global id of a user or an app.")
    at = DateTimeRangeInput(description="When it happened.")
    cause = CustomerRecordCauseInput(description="What caused it.")


def activity_filter(given: Mapping[str, Any] | None, *, record_ids: tuple[int, ...] | None = None) -> ActivityFilter:
    """What a client asked for, checked. What is null is not given."""
    present = {name: value for name, value in (given or {}).items() if value is not None}
    times = present.get("at", {})
    actors, actor_id = _actor(present.get("actors"), present.get("actor_id"))
    return ActivityFilter(
        types=tuple(present["types"]) if "types" in present else None,
        actors=actors,
        actor_id=actor_id,
        since=times.get("gte"),
        until=times.get("lte"),
        cause=_cause(**present["cause"]) if "cause" in present else None,
        record_ids=record_ids,
    )


_USERS, _APPS = (ActorType.STAFF, ActorType.CUSTOMER), (ActorType.APP,)


def _actor(actors: Sequence[str] | None, global_id: str | None) -> tuple[tuple[ActorType, ...] | None, str | None]:
    wanted = None if actors is None else tuple(map(ActorType, actors))
    if global_id is None:
        return wanted, None
    for kind, types in (("User", _USERS), ("App", _APPS)):
        with suppress(CustomerPlusError):
            number = key_of(global_id, kind, field="actorId")
            return tuple(type for type in types if wanted is None or type in wanted), str(number)
    raise CustomerPlusError("Argument `actorId` must have the id of a User or an App.", field="actorId")


def _cause(*, type: str, id: str) -> Cause:
    return Cause(CauseType(type), key_of_kind(type, id, field="cause.id"))


class ActivityOfRecord:
    """The part of a record that comes from the activity log."""

    activity = graphene.Field(
        ActivityConnection,
        required=True,
        description="What happened to the record, newest first.",
        filter=CustomerRecordActivityFilterInput(description="Which part of the activity is wanted."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @tells_errors
    def resolve_activity(
        record: CustomerRecord, info: Any, filter: dict[str, Any] | None = None, **page: Any
    ) -> Listing:
        wanted = activity_filter(filter)
        return Listing(
            page=lambda: load(info, pages_of_activity, record.pk, window=Window.of("activity", **page), wanted=wanted),
            count=lambda: load(info, count_activity, record.pk, wanted=wanted),
        )
