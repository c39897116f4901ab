"""Tag inputs and sorting."""

from __future__ import annotations

import graphene

from ...tags.queries import TagSortField
from ..core.types import OrderDirection, enum_of

CustomerTagSortField = enum_of(
    TagSortField,
    name="CustomerTagSortField",
    description="Sort fields of tags.",
    values={
        "NAME": "Sort by name",
        "USAGE_COUNT": "Sort by number of records",
    },
)


class CustomerTagSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """Sorting options for tags."""

    field = graphene.Argument(CustomerTagSortField, required=True, description="Field to sort by.")
    direction = graphene.Argument(OrderDirection, required=True, description="Direction to sort in.")


class CustomerTagInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a tag."""

    name = graphene.String(
        description="Name: at most 255 characters, no comma. Required to create a tag. Unchanged if omitted."
    )
    color = graphene.String(description="Color, such as #d4a017, or an empty string for none. Unchanged if omitted.")
