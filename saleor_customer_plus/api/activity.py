"""A record's activity, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from ..activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from ..activity.queries import ActivityFilter, count_activity, pages_of_activity
from ..paging import Window
from ..records.models import CustomerRecord
from .base import to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .loading import load
from .types import JSON, DateTime, DateTimeRangeInput, enum_of, id_of, list_of

CustomerRecordActivityType = enum_of(ActivityType, name="CustomerRecordActivityType", description="What happened.")
CustomerRecordActorType = enum_of(ActorType, name="CustomerRecordActorType", description="Who did something.")
CustomerRecordCauseType = enum_of(
    CauseType, name="CustomerRecordCauseType", description="What kind of thing caused something."
)


class CustomerRecordActor(graphene.ObjectType):  # type: ignore[misc]
    """Who did something."""

    type = graphene.Field(CustomerRecordActorType, required=True, description="What kind of actor it was.")
    id = graphene.ID(description="Saleor's global id of the user or the app. Null for the synchronisation.")


class CustomerRecordCause(graphene.ObjectType):  # type: ignore[misc]
    """What something was caused by."""

    type = graphene.Field(CustomerRecordCauseType, required=True, description="What kind of thing it was.")
    id = graphene.ID(required=True, description="Its global id.")


class CustomerRecordActivity(graphene.ObjectType):  # type: ignore[misc]
    """One thing that happened to a record."""

    id = graphene.ID(required=True, description="The global id of the entry.")
    at = DateTime(required=True, description="When it happened; for an order, when it was placed.")
    type = graphene.Field(CustomerRecordActivityType, required=True, description="What happened.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who did it.")
    before = graphene.Field(JSON, required=True, description="What was before, as far as it changed.")
    after = graphene.Field(JSON, required=True, description="What has been since, as far as it changed.")
    cause = graphene.Field(CustomerRecordCause, description="What caused it, where that is known.")

    @staticmethod
    def resolve_id(entry: ActivityEntry, _info: Any) -> str:
        return to_global_id("CustomerRecordActivity", entry.pk)

    @staticmethod
    def resolve_actor(entry: ActivityEntry, _info: Any) -> CustomerRecordActor:
        return CustomerRecordActor(type=entry.actor_type, id=id_of(entry.actor_type, entry.actor_id))

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


ActivityConnection = connection_of(CustomerRecordActivity, of="what happened to a record, newest first")


class CustomerRecordActivityFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Which part of the activity is wanted."""

    types = list_of(CustomerRecordActivityType, description="What happened: any of these.")
    actors = list_of(CustomerRecordActorType, description="Who did it: any of these.")
    at = DateTimeRangeInput(description="When it happened.")


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
    def resolve_activity(
        record: CustomerRecord, info: Any, filter: dict[str, Any] | None = None, **page: Any
    ) -> Listing:
        given = filter or {}
        times = given.get("at") or {}
        wanted = ActivityFilter(
            types=None if given.get("types") is None else tuple(given["types"]),
            actors=None if given.get("actors") is None else tuple(given["actors"]),
            since=times.get("gte"),
            until=times.get("lte"),
        )
        return Listing(
            page=lambda: load(info, pages_of_activity, record.pk, window=Window.of("activity", **page), wanted=wanted),
            count=lambda: load(info, count_activity, record.pk, wanted=wanted),
        )
