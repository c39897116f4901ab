"""Group types of the API, for staff. Customers see the names of their own groups on their Saleor account."""

from __future__ import annotations

from typing import Any

import graphene

from ...groups import models
from ...groups.queries import count_members, groups_of
from ...records.models import CustomerRecord
from ..core.base import to_global_id
from ..core.dataloaders import load
from ..core.types import DateTime, list_of


class CustomerGroup(graphene.ObjectType):  # type: ignore[misc]
    """A group of customers. Members may see its name."""

    id = graphene.ID(required=True, description="Global ID of the group.")
    name = graphene.String(required=True, description="Name of the group, unique case-insensitively.")
    description = graphene.String(required=True, description="Internal description, not shown to customers.")
    is_default = graphene.Boolean(
        required=True, description="Whether this is the default group, which contains customers with no other group."
    )
    voucher_code = graphene.String(
        required=True,
        description="Code of the voucher applied to members' checkouts automatically, or an empty string.",
    )
    is_kept = graphene.Boolean(
        required=True,
        description="Whether a segment keeps the members: see `CustomerSegment.group`. Nobody joins or leaves by hand.",
    )
    created_at = DateTime(required=True, description="When the group was created.")
    member_count = graphene.Int(
        required=True, description="Number of customer records in the group, including inactive ones."
    )

    @staticmethod
    def resolve_id(group: models.Group, _info: Any) -> str:
        return to_global_id("CustomerGroup", group.pk)

    @staticmethod
    def resolve_created_at(group: models.Group, _info: Any) -> Any:
        return group.created_at

    @staticmethod
    def resolve_member_count(group: models.Group, info: Any) -> Any:
        return load(info, count_members, group.pk)


class GroupsOfRecord:
    """The group fields of a customer record."""

    groups = list_of(
        CustomerGroup,
        required=True,
        description="Groups of the customer, sorted by name. The default group if there is no other.",
    )

    @staticmethod
    def resolve_groups(record: CustomerRecord, info: Any) -> Any:
        return load(info, groups_of, record.pk)
