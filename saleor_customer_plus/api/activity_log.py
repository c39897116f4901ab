"""What happened to all records, in one list."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ..activity.models import LISTED_CAUSES
from ..activity.queries import log
from ..errors import CustomerPlusError, ErrorCode
from ..paging import Window, page
from .activity import ActivityConnection, CustomerRecordActivityFilterInput, activity_filter
from .base import keys_of, staff_only, tells_errors
from .connections import PAGE_ARGUMENTS, Listing
from .types import list_of

MOST_RECORDS = 1000


class CustomerActivityFilterInput(CustomerRecordActivityFilterInput):
    """Which part of the activity is wanted. All that is given must hold."""

    record_ids = list_of(graphene.ID, description="It happened to one of these records, at most 1000.")


class ActivityQueries:
    """The query for activity."""

    customer_activity = graphene.Field(
        ActivityConnection,
        description=(
            "What happened to all records, newest first. What an order or an account caused is asked of given records"
            " only. Requires MANAGE_USERS."
        ),
        filter=CustomerActivityFilterInput(description="Which part of the activity is wanted."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_activity(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Listing:
        record_ids = (filter or {}).get("record_ids")
        if record_ids is not None:
            record_ids = tuple(keys_of(record_ids, "CustomerRecord", field="recordIds", most=MOST_RECORDS))
        wanted = activity_filter(filter, record_ids=record_ids)
        if wanted.cause and wanted.cause.type not in LISTED_CAUSES and record_ids is None:
            raise CustomerPlusError(
                "Give `recordIds` too, to ask what an order or an account caused.",
                code=ErrorCode.REQUIRED,
                field="recordIds",
            )
        ordering = log(wanted)
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerActivity", **arguments))),
            count=wanted.entries().count,
        )
