"""Activity types of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from ...activity.models import ActivityEntry, ActivityType, ActorType
from ...activity.queries import count_activity, names_of_actors, pages_of_activity
from ...activity.services import Actor
from ...core.paging import Window
from ...customers.queries import records_by_id
from ...records.addresses import LINES
from ...records.models import CustomerRecord
from ..core.back_references import named
from ..core.base import channels_of, to_global_id, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.merged_from import merged_from
from ..core.types import JSON, DateTime, id_of
from .enums import CustomerRecordActivityType, CustomerRecordActorType, CustomerRecordCauseType
from .inputs import CustomerRecordActivityFilterInput, activity_filter


class CustomerRecordActor(graphene.ObjectType):  # type: ignore[misc]
    """Who performed an activity."""

    type = graphene.Field(
        CustomerRecordActorType, required=True, description="Which kind of actor performed an activity."
    )
    id = graphene.ID(description="Global ID of the Saleor user or app. Null for synchronization.")
    name = graphene.String(description="Name of the staff member or app. Null for other actors and deleted ones.")

    @staticmethod
    def resolve_id(actor: Actor, _info: Any) -> str | None:
        return id_of(actor.type, actor.id)

    @staticmethod
    def resolve_name(actor: Actor, info: Any) -> Any:
        return load(info, names_of_actors, (actor.type, actor.id))


class CustomerRecordCause(graphene.ObjectType):  # type: ignore[misc]
    """What caused an activity, such as an order or a job."""

    type = graphene.Field(CustomerRecordCauseType, required=True, description="Type of object that is the cause.")
    id = graphene.ID(required=True, description="Global ID of the cause.")


class CustomerRecordActivity(graphene.ObjectType):  # type: ignore[misc]
    """An entry in the activity log of a customer record."""

    id = graphene.ID(required=True, description="ID of the activity entry.")
    created_at = DateTime(required=True, description="When the activity happened. For an order, when it was placed.")
    type = graphene.Field(CustomerRecordActivityType, required=True, description="What happened.")
    record = graphene.Field(
        named("CustomerRecord"), required=True, description="Customer record that the activity belongs to."
    )
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who did it.")
    before = graphene.Field(JSON, required=True, description="Values before the change, for changed fields only.")
    after = graphene.Field(JSON, required=True, description="Values after the change, for changed fields only.")
    cause = graphene.Field(CustomerRecordCause, description="What caused the activity, if known.")
    merged_from = merged_from("activity")

    @staticmethod
    def resolve_id(entry: ActivityEntry, _info: Any) -> str:
        return to_global_id("CustomerRecordActivity", entry.pk)

    @staticmethod
    def resolve_created_at(entry: ActivityEntry, _info: Any) -> datetime:
        return entry.at

    @staticmethod
    def resolve_actor(entry: ActivityEntry, _info: Any) -> Actor:
        return Actor(ActorType(entry.actor_type), entry.actor_id)

    @staticmethod
    def resolve_record(entry: ActivityEntry, info: Any) -> Any:
        return load(info, records_by_id, entry.record_id)

    @staticmethod
    def resolve_before(entry: ActivityEntry, info: Any) -> dict[str, Any]:
        # What was there before may have come from an order of another channel.
        hidden = () if channels_of(info) is None else ("converted_order_id", *LINES)
        return _in_camel_case({name: value for name, value in entry.before.items() if name not in hidden})

    @staticmethod
    def resolve_after(entry: ActivityEntry, info: Any) -> dict[str, Any]:
        # So may what was suggested.
        is_suggested = entry.type == ActivityType.SUGGESTION_ACCEPTED
        hidden = LINES if is_suggested and channels_of(info) is not None else ()
        return _in_camel_case({name: value for name, value in entry.after.items() if name not in hidden})

    @staticmethod
    def resolve_cause(entry: ActivityEntry, _info: Any) -> CustomerRecordCause | None:
        if not entry.cause_type:
            return None
        return CustomerRecordCause(type=entry.cause_type, id=id_of(entry.cause_type, entry.cause_id))


# Which kinds of object the keys in the log belong to.
_IDS = {
    "attachment_id": "CustomerNoteAttachment",
    "converted_order_id": "Order",
    "kept_id": "CustomerRecord",
    "lead_id": "CustomerLead",
    "mentions": "User",
    "merged_ids": "CustomerRecord",
    "note_id": "CustomerNote",
    "owner_id": "User",
}


def _in_camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rename fields, and convert references, to what the rest of the API uses."""
    return {to_camel_case(name): _named(_IDS[name], value) if name in _IDS else value for name, value in values.items()}


def _named(kind: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_named(kind, one) for one in value]
    return None if value is None else to_global_id(kind, value)


ActivityConnection = connection_of(CustomerRecordActivity, of="activity entries, newest first")


class ActivityOfRecord:
    """The activity fields of a customer record."""

    activity = graphene.Field(
        ActivityConnection,
        required=True,
        description="Activity of the record, newest first.",
        filter=CustomerRecordActivityFilterInput(description="Filtering options for activity."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @with_api_errors
    def resolve_activity(
        record: CustomerRecord, info: Any, filter: dict[str, Any] | None = None, **page: Any
    ) -> Listing:
        wanted = activity_filter(info, filter)
        return Listing(
            page=lambda: load(info, pages_of_activity, record.pk, window=Window.of("activity", **page), wanted=wanted),
            count=lambda: load(info, count_activity, record.pk, wanted=wanted),
        )
