"""Mutations of segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import updates
from ...customers.filters import RecordFilter
from ...customers.queries import RecordList
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...groups import queries as groups
from ...segments import queries, services
from ...segments.models import Segment
from ..core.base import channels_of, checked_text, key_of, with_ids_of
from ..core.mutations import StaffMutation
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob
from ..updates.inputs import job_of_action, shown
from .conditions import Condition, located, read_condition
from .inputs import CustomerSegmentInput
from .types import CustomerSegment


def _read(
    problems: Problems, input: Mapping[str, Any], *, is_new: bool = False
) -> tuple[dict[str, str], Condition | None]:
    """The name and the description, as far as they are given, and the condition. What is wrong with them is noted."""
    texts, condition = {}, None
    for name in ("name", "description"):
        with problems.noted():
            if input.get(name) is not None:
                texts[name] = checked_text(input[name], field=name, longest=10_000)
    with problems.noted():
        condition = read_condition(input.get("query"), input.get("tree"), required=is_new)
    with problems.noted():
        _group(input)
    return texts, condition


def _keeping(info: Any, segment: Segment, input: Mapping[str, Any]) -> Segment:
    """The segment, with the group that it is to keep, if one is given."""
    if input.get("group_id") is None:
        return segment
    return services.keep_group(segment.pk, _group(input), channels=channels_of(info))


def _group(input: Mapping[str, Any]) -> int | None:
    """The group that a segment is to keep, if there is to be one."""
    if not input.get("group_id"):
        return None
    group_id = key_of(input["group_id"], "CustomerGroup", field="group_id")
    if groups.find(group_id) is None:
        raise CustomerPlusError("No group has this id.", code=ErrorCode.NOT_FOUND, field="group_id")
    return group_id


class CustomerSegmentCreate(StaffMutation):
    """Creates a segment. Requires MANAGE_USERS."""

    segment = graphene.Field(CustomerSegment, description="The created segment. Null if the mutation failed.")

    class Arguments:
        input = CustomerSegmentInput(required=True, description="Fields required to create a segment.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        texts, condition = _read(problems, input, is_new=True)
        problems.raise_any()
        assert condition is not None
        with with_ids_of("CustomerSegment"), condition.located():
            segment = services.create(
                **{"name": "", **texts},
                tree=condition.tree,
                is_followed=bool(input.get("is_followed")),
                actor=actor,
            )
        return {"segment": _keeping(info, segment, input)}


class CustomerSegmentUpdate(StaffMutation):
    """Updates a segment. Requires MANAGE_USERS.

    With another condition, a followed segment finds its members again, and does not log who enters or leaves thereby.
    A ready-made segment can only be followed, and keep a group.
    """

    segment = graphene.Field(CustomerSegment, description="The updated segment. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the segment.")
        input = CustomerSegmentInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            queries.get(key_of(id, "CustomerSegment", field="id"), field="id")
        texts, condition = _read(problems, input)
        problems.raise_any()
        with with_ids_of("CustomerSegment"), located(condition):
            segment = services.update(
                key_of(id, "CustomerSegment", field="id"),
                **texts,
                tree=None if condition is None else condition.tree,
                is_followed=input.get("is_followed"),
                actor=actor,
                channels=None if condition is None else channels_of(info),
            )
        return {"segment": _keeping(info, segment, input)}


class CustomerSegmentDelete(StaffMutation):
    """Deletes a segment. Requires MANAGE_USERS.

    A segment that other segments or saved views refer to cannot be deleted.
    """

    segment = graphene.Field(CustomerSegment, description="The deleted segment.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the segment.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        with with_ids_of("CustomerSegment"):
            return {"segment": services.delete(key_of(id, "CustomerSegment", field="id"))}


class CustomerSegmentSnapshot(StaffMutation):
    """Adds a tag to the current members of a segment, or adds them to a group, in the background.

    Later members are not included. `customerJobUndo` undoes it. Requires MANAGE_USERS.
    """

    job = graphene.Field(CustomerJob, description="The job that performs the action. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the segment.")
        tag = graphene.String(description="Name of a tag, case-insensitive. A tag with a new name is created.")
        group_id = graphene.ID(description="Global ID of a group, instead of a tag.")

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, id: str, tag: str | None = None, group_id: str | None = None
    ) -> dict[str, Any]:
        if (tag is None) == (group_id is None):
            raise CustomerPlusError("Give either `tag` or `groupId`.", code=ErrorCode.REQUIRED, field="tag")
        problems = Problems()
        with problems.noted():
            queries.members(queries.get(key_of(id, "CustomerSegment", field="id"), field="id").pk)  # if it is broken
        action = {"group": [group_id]} if tag is None else {"tag": {"names": [tag]}}
        with problems.noted():
            try:
                name, arguments = job_of_action(action, actor)
            except CustomerPlusError as error:
                error.field = "group_id" if tag is None else "tag"
                raise
        problems.raise_any()
        of = RecordList(filter=RecordFilter(segments=(key_of(id, "CustomerSegment", field="id"),)))
        job = updates.create(name, arguments, of=of, actor=actor, asked=shown(action))
        send_to_work(job)
        return {"job": job}


class SegmentMutations:
    """The segment mutations."""

    customer_segment_create = CustomerSegmentCreate.Field()
    customer_segment_update = CustomerSegmentUpdate.Field()
    customer_segment_delete = CustomerSegmentDelete.Field()
    customer_segment_snapshot = CustomerSegmentSnapshot.Field()
