"""Groups, as the API shows them to staff. Customers see the names of their own on their account in Saleor."""

from __future__ import annotations

from typing import Any

import graphene

from ..groups import models
from ..groups.queries import count_members, groups_of
from ..records.models import CustomerRecord
from .base import to_global_id
from .loading import load
from .types import DateTime, list_of


class CustomerGroup(graphene.ObjectType):  # type: ignore[misc]
    """A group of customers, whose name its members may see."""

    id = graphene.ID(required=True, description="The global id of the group.")
    name = graphene.String(required=True, description="The name, which no other group has in any case.")
    description = graphene.String(required=True, description="What the group is for, not shown to customers.")
    is_default = graphene.Boolean(required=True, description="Whether whoever is in no other group is in this one.")
    voucher_code = graphene.String(
        required=True, description="The code of the voucher that its members' checkouts get by themselves, or blank."
    )
    created = DateTime(required=True, description="When the group was made.")
    member_count = graphene.Int(required=True, description="How many records are in it, inactive ones included.")

    @staticmethod
    def resolve_id(group: models.Group, _info: Any) -> str:
        return to_global_id("CustomerGroup", group.pk)

    @staticmethod
    def resolve_created(group: models.Group, _info: Any) -> Any:
        return group.created_at

    @staticmethod
    def resolve_member_count(group: models.Group, info: Any) -> Any:
        return load(info, count_members, group.pk)


class GroupsOfRecord:
    """The part of a record that comes from groups."""

    groups = list_of(
        CustomerGroup,
        required=True,
        description="The groups that the person is in, by name: the default one, if no other.",
    )

    @staticmethod
    def resolve_groups(record: CustomerRecord, info: Any) -> Any:
        return load(info, groups_of, record.pk)
