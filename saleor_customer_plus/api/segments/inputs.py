"""Inputs of segments and saved views."""

from __future__ import annotations

import graphene

from ..core.types import JSON, OrderDirection, list_of
from ..customers.inputs import CustomerRecordFilterInput, CustomerRecordSortingInput
from .enums import CustomerSegmentSortField


class CustomerSegmentInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a segment. Give the condition as `query` or as `tree`."""

    name = graphene.String(
        description="Name: at most 255 characters, no comma. Required to create a segment. Unchanged if omitted."
    )
    description = graphene.String(description="Internal description, at most 2000 characters. Unchanged if omitted.")
    query = graphene.String(description="Condition as text, such as `order_count >= 2 AND last_order < -90d`.")
    tree = graphene.Argument(JSON, description="Condition as JSON, as `CustomerSegment.tree` returns it.")
    is_followed = graphene.Boolean(
        description="Whether to keep the members, and to log who enters and leaves. At most 100 segments can be "
        "followed. Unchanged if omitted."
    )
    group_id = graphene.ID(
        description="Global ID of a group whose members the segment is to keep; it is then followed. Whoever is in the "
        "group and not in the segment leaves it, and nobody joins or leaves by hand. An empty ID detaches the group, "
        "which keeps the members of that moment. Unchanged if omitted."
    )


class CustomerSegmentFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for segments. All conditions must match."""

    is_ready_made = graphene.Boolean(description="Filter by whether the segment is ready-made.")
    is_followed = graphene.Boolean(description="Filter by whether the segment is followed.")


class CustomerSegmentSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """Sorting options for segments."""

    field = graphene.Argument(CustomerSegmentSortField, required=True, description="Field to sort by.")
    direction = graphene.Argument(OrderDirection, required=True, description="Direction to sort in.")


class CustomerSavedViewInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a saved view. In an update, fields of its contents replace all of the contents."""

    name = graphene.String(
        description="Name: at most 255 characters, no comma. Required to create a view. Unchanged if omitted."
    )
    is_shared = graphene.Boolean(description="Whether others can use the view, too. Unchanged if omitted.")
    segment_id = graphene.ID(description="Contents: global ID of the segment whose members the view shows.")
    query = graphene.String(description="Contents: condition as text. With a segment, both must match.")
    tree = graphene.Argument(JSON, description="Contents: condition as JSON, instead of `query`.")
    filter = CustomerRecordFilterInput(
        description="Contents: filter, as in `customerRecords`, instead of `query`. It is kept as a condition."
    )
    search = graphene.String(description="Contents: search text, as in `customerRecords`.")
    columns = list_of(
        graphene.String, description="Contents: keys of the columns, in order. See `customerExportColumns`."
    )
    sort_by = CustomerRecordSortingInput(description="Contents: order of the records.")
