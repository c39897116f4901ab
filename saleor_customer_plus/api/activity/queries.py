"""The activity of all records in one list."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ...activity.models import LISTED_CAUSES
from ...activity.queries import log
from ...core.paging import Window, page
from ...errors import CustomerPlusError, ErrorCode
from ...records import former
from ..core.base import keys_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing
from ..core.types import list_of
from .inputs import CustomerRecordActivityFilterInput, activity_filter
from .types import ActivityConnection

MAX_RECORDS = 1000


class CustomerActivityFilterInput(CustomerRecordActivityFilterInput):
    """Filtering options for activity. All conditions must match."""

    record_ids = list_of(graphene.ID, description="Filter by customer records, at most 1000.")


class ActivityQueries:
    """The activity query."""

    customer_activity = graphene.Field(
        ActivityConnection,
        description=(
            "List of the activity of all customer records, newest first. To filter by an order or an "
            "account as the cause, filter by records, too. Requires MANAGE_USERS."
        ),
        filter=CustomerActivityFilterInput(description="Filtering options for activity."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_activity(
        _root: Any, info: Any, filter: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Listing:
        record_ids = (filter or {}).get("record_ids")
        if record_ids is not None:
            record_ids = tuple(
                former.current_ids(keys_of(record_ids, "CustomerRecord", field="recordIds", most=MAX_RECORDS))
            )
        wanted = activity_filter(info, filter, record_ids=record_ids)
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
