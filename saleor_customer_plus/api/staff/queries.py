"""The staff members who can be lead owners or be mentioned in notes."""

from __future__ import annotations

import functools
from typing import Any

import graphene
from django.db.models import CharField, IntegerField

from ...core.paging import Key, Ordering, Segment, Window, page
from ...saleor_adapter import staff
from ..core.base import checked_text, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from .types import CustomerStaffName

StaffConnection = connection_of(CustomerStaffName, of="staff members, sorted by name")


_BY_NAME = (Key("last_name", CharField()), Key("first_name", CharField()), Key("id", IntegerField()))


class StaffQueries:
    """The staff query."""

    customer_staff = graphene.Field(
        StaffConnection,
        description="List of active staff members, sorted by name, for owners and mentions. Requires MANAGE_USERS.",
        search=graphene.String(description="Parts of the first or last name, case-insensitive. All must match."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_staff(_root: Any, _info: Any, search: str | None = None, **arguments: Any) -> Listing:
        found = staff.matching(checked_text(search or "", field="search", longest=200))
        return Listing(
            page=functools.cache(
                lambda: page(Ordering("NAME", [Segment(found, _BY_NAME)]), Window.of("customerStaff", **arguments))
            ),
            count=found.count,
        )
