"""Mutations of groups and their members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ... import settings
from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...groups import services as actions
from ..core.base import key_of, keys_of, with_ids_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .inputs import CustomerGroupInput
from .types import CustomerGroup

# Maximum number of groups in one call.
MAX_GROUPS = 1000


class CustomerGroupCreate(StaffMutation):
    """Creates a group. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The created or updated group. Null if the mutation failed.")

    class Arguments:
        input = CustomerGroupInput(required=True, description="Fields required to create a group.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, str | None]) -> dict[str, Any]:
        fields = {name: value or "" for name, value in {"name": "", **input}.items()}
        with with_ids_of("CustomerGroup"):
            return {"group": actions.create(**fields)}


class CustomerGroupUpdate(StaffMutation):
    """Updates a group. A new name is logged for each member, and shown to members soon after. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The created or updated group. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the group.")
        input = CustomerGroupInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, str | None]) -> dict[str, Any]:
        with with_ids_of("CustomerGroup"):
            group = actions.update(key_of(id, "CustomerGroup", field="id"), **input, actor=actor)
        return {"group": group}


class CustomerGroupDelete(StaffMutation):
    """Deletes a group and removes all its members. The default group cannot be deleted. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The deleted group.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the group.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        group_id = key_of(id, "CustomerGroup", field="id")
        return {"group": actions.delete(group_id, actor=actor)}


class _GroupsOfRecord(StaffMutation):
    """Base of the mutations that add and remove members."""

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Meta:
        abstract = True

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        group_ids = list_of(graphene.ID, required=True, description="IDs of the groups.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, group_ids: Sequence[str]) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            ids = keys_of(group_ids, "CustomerGroup", field="group_ids", most=MAX_GROUPS)
            if not ids:
                raise CustomerPlusError("Give the id of a group.", code=ErrorCode.REQUIRED, field="group_ids")
            cls.check(ids)
        problems.raise_any()
        cls.change([(record.pk, group_id) for group_id in ids], actor)
        return {"record": record}

    @classmethod
    def check(cls, group_ids: Sequence[int]) -> None:
        """Raise unless the record can be changed in this way. Leaving a deleted group is allowed."""

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordGroupsJoin(_GroupsOfRecord):
    """Adds a customer to groups. Requires MANAGE_USERS.

    Joining the default group removes the customer from all others. So does joining any group, unless customers can
    belong to several groups.
    """

    @classmethod
    def check(cls, group_ids: Sequence[int]) -> None:
        actions.check_known(group_ids)
        chosen, _is_active = settings.load()
        if not chosen.several_groups and len(set(group_ids)) > 1:
            raise CustomerPlusError("Customers can belong to only one group. Name one.", field="group_ids")

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        chosen, _is_active = settings.load()
        actions.join(pairs, actor=actor, several=chosen.several_groups)


class CustomerRecordGroupsLeave(_GroupsOfRecord):
    """Removes a customer from groups. Requires MANAGE_USERS.

    A customer who leaves the last one returns to the default group.
    """

    @classmethod
    def check(cls, group_ids: Sequence[int]) -> None:
        actions.refuse_kept(group_ids, field="group_ids")

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        actions.leave(pairs, actor=actor)


class GroupMutations:
    """The group mutations."""

    customer_group_create = CustomerGroupCreate.Field()
    customer_group_update = CustomerGroupUpdate.Field()
    customer_group_delete = CustomerGroupDelete.Field()
    customer_record_groups_join = CustomerRecordGroupsJoin.Field()
    customer_record_groups_leave = CustomerRecordGroupsLeave.Field()
