"""Queries for one group and the list of groups."""

from __future__ import annotations

import functools
from typing import Any

import graphene

from ...core.paging import Window, page
from ...groups import models, queries
from ...records.labels import MAX_NAME_LENGTH
from ..core.base import checked_text, key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from .types import CustomerGroup

GroupConnection = connection_of(CustomerGroup, of="groups, sorted by name")


class GroupQueries:
    """The group queries."""

    customer_group = graphene.Field(
        CustomerGroup,
        description="Look up a group by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the group."),
    )
    customer_groups = graphene.Field(
        GroupConnection,
        description="List of groups, sorted by name. Requires MANAGE_USERS.",
        search=graphene.String(description="Part of the name, case-insensitive."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_group(_root: Any, _info: Any, id: str) -> models.Group | None:
        return queries.find(key_of(id, "CustomerGroup", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_groups(_root: Any, _info: Any, search: str | None = None, **arguments: Any) -> Listing:
        groups = queries.matching(checked_text(search or "", field="search", longest=MAX_NAME_LENGTH))
        ordering = queries.by_name(groups)
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerGroups", **arguments))), count=groups.count
        )
