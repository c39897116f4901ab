"""Listing groups, changing them, and who is in them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from .. import hooks, settings
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from ..groups import actions, models, queries
from ..labels import LONGEST_NAME
from ..paging import Window, page
from .base import checked_text, key_of, keys_of, staff_only, tells_errors, with_ids_of
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .groups import CustomerGroup
from .mutations import StaffMutation
from .records import CustomerRecord, existing_record
from .types import list_of

# What one call may name.
MOST_GROUPS = 1000

GroupConnection = connection_of(CustomerGroup, of="groups, by name")


class CustomerGroupInput(graphene.InputObjectType):  # type: ignore[misc]
    """The fields of a group. Those that are not given are kept."""

    name = graphene.String(
        description="The name, which members may see: at most 255 characters, no comma. Needed to make a group."
    )
    description = graphene.String(description="What the group is for, not shown to customers.")
    voucher_code = graphene.String(
        description="The code of a voucher of Saleor's for its members' checkouts, or blank. Whether there is such a"
        " voucher is not checked."
    )


class GroupQueries:
    """The queries for groups."""

    customer_group = graphene.Field(
        CustomerGroup,
        description="Look up a group. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the group."),
    )
    customer_groups = graphene.Field(
        GroupConnection,
        description="The groups, by name. Requires MANAGE_USERS.",
        search=graphene.String(description="A part of the name, in any case."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_group(_root: Any, _info: Any, id: str) -> models.Group | None:
        return queries.find(key_of(id, "CustomerGroup", field="id"))

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_groups(_root: Any, _info: Any, search: str | None = None, **arguments: Any) -> Listing:
        groups = queries.matching(checked_text(search or "", field="search", longest=LONGEST_NAME))
        ordering = queries.by_name(groups)
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerGroups", **arguments))), count=groups.count
        )


class CustomerGroupCreate(StaffMutation):
    """Make a group. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The group.")

    class Arguments:
        input = CustomerGroupInput(required=True, description="The group's fields.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, str | None]) -> dict[str, Any]:
        fields = {name: value or "" for name, value in {"name": "", **input}.items()}
        with with_ids_of("CustomerGroup"):
            return {"group": actions.create(**fields)}


class CustomerGroupUpdate(StaffMutation):
    """Change a group. A new name is logged at every member, and soon shown to them. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The group.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the group.")
        input = CustomerGroupInput(required=True, description="What is to change.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, str | None]) -> dict[str, Any]:
        with with_ids_of("CustomerGroup"):
            group = actions.update(key_of(id, "CustomerGroup", field="id"), **input, actor=actor)
        if input.get("name") is not None:
            hooks.memberships_changed(queries.members_with_account(group.pk))
        return {"group": group}


class CustomerGroupDelete(StaffMutation):
    """Delete a group, which all its members leave. The default group cannot be deleted. Requires MANAGE_USERS."""

    group = graphene.Field(CustomerGroup, description="The group as it was.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the group.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        group_id = key_of(id, "CustomerGroup", field="id")
        hooks.memberships_changed(queries.members_with_account(group_id))  # once it is committed
        return {"group": actions.delete(group_id, actor=actor)}


class _GroupsOfRecord(StaffMutation):
    """What joining and leaving have in common."""

    record = graphene.Field(CustomerRecord, description="The record.")

    class Meta:
        abstract = True

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")
        group_ids = list_of(graphene.ID, required=True, description="The global ids of the groups.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, group_ids: Sequence[str]) -> dict[str, Any]:
        record = existing_record(record_id)
        ids = keys_of(group_ids, "CustomerGroup", field="group_ids", most=MOST_GROUPS)
        if not ids:
            raise CustomerPlusError("Give the id of a group.", code=ErrorCode.REQUIRED, field="group_ids")
        hooks.memberships_changed(cls.change([(record.pk, group_id) for group_id in ids], actor))
        return {"record": record}

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> set[int]:
        raise NotImplementedError


class CustomerRecordGroupsJoin(_GroupsOfRecord):
    """Let a person into groups. Requires MANAGE_USERS.

    Who joins the default group leaves all others; so does who joins any, unless people may be in several groups.
    """

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> set[int]:
        actions.check_known([group_id for _, group_id in pairs])
        chosen, _is_active = settings.load()
        if not chosen.several_groups and len(set(pairs)) > 1:
            raise CustomerPlusError("A person may be in one group only, says a setting.", field="group_ids")
        return actions.join(pairs, actor=actor, several=chosen.several_groups)


class CustomerRecordGroupsLeave(_GroupsOfRecord):
    """Let a person out of groups. Who leaves the last one is in the default group. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> set[int]:
        return actions.leave(pairs, actor=actor)


class GroupMutations:
    """The mutations for groups."""

    customer_group_create = CustomerGroupCreate.Field()
    customer_group_update = CustomerGroupUpdate.Field()
    customer_group_delete = CustomerGroupDelete.Field()
    customer_record_groups_join = CustomerRecordGroupsJoin.Field()
    customer_record_groups_leave = CustomerRecordGroupsLeave.Field()
