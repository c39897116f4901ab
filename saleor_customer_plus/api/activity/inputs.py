"""Filters of the activity log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import graphene

from ...activity.models import ActorType, CauseType
from ...activity.queries import ActivityFilter
from ...activity.services import Cause
from ...errors import CustomerPlusError
from ..core.base import channels_of, key_of
from ..core.types import DateTimeRangeInput, key_of_kind, list_of
from .enums import CustomerRecordActivityType, CustomerRecordActorType, CustomerRecordCauseType


class CustomerRecordCauseInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by the cause of an activity."""

    type = graphene.Argument(CustomerRecordCauseType, required=True, description="Type of object that is the cause.")
    id = graphene.ID(required=True, description="Global ID of the cause.")


class CustomerRecordActivityFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for activity. All conditions must match."""

    types = list_of(CustomerRecordActivityType, description="Filter by activity types. Any of them matches.")
    actors = list_of(CustomerRecordActorType, description="Filter by types of actor. Any of them matches.")
    actor_id = graphene.ID(description="Filter by actor: the Saleor ID of a user or an app.")
    created_at = DateTimeRangeInput(description="Filter by when the activity happened.")
    cause = CustomerRecordCauseInput(description="Filter by the cause of the activity.")


def activity_filter(
    info: Any, given: Mapping[str, Any] | None, *, record_ids: tuple[int, ...] | None = None
) -> ActivityFilter:
    """Validate a filter and limit it to what the caller may see. Null means not given."""
    present = {name: value for name, value in (given or {}).items() if value is not None}
    times = present.get("created_at", {})
    actors, actor_id = _actor(present.get("actors"), present.get("actor_id"))
    return ActivityFilter(
        types=tuple(present["types"]) if "types" in present else None,
        actors=actors,
        actor_id=actor_id,
        since=times.get("gte"),
        until=times.get("lte"),
        cause=_cause(**present["cause"]) if "cause" in present else None,
        record_ids=record_ids,
        channels=channels_of(info),
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
