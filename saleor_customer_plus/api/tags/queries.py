"""Queries for one tag and the list of tags."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ...core.paging import Window, page
from ...records.labels import MAX_NAME_LENGTH
from ...tags import models, queries
from ...tags.queries import TagSortField
from ..core.base import checked_text, key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from .inputs import CustomerTagSortingInput
from .types import CustomerTag

TagConnection = connection_of(CustomerTag, of="tags")


class TagQueries:
    """The tag queries."""

    customer_tag = graphene.Field(
        CustomerTag,
        description="Look up a tag by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the tag."),
    )
    customer_tags = graphene.Field(
        TagConnection,
        description="List of tags, sorted by name by default. Requires MANAGE_USERS.",
        search=graphene.String(description="Part of the name, case-insensitive."),
        sort_by=CustomerTagSortingInput(description="Sort the list of tags."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_tag(_root: Any, _info: Any, id: str) -> models.Tag | None:
        return queries.find(key_of(id, "CustomerTag", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_tags(
        _root: Any, _info: Any, search: str | None = None, sort_by: Mapping[str, str] | None = None, **arguments: Any
    ) -> Listing:
        tags = queries.matching(checked_text(search or "", field="search", longest=MAX_NAME_LENGTH))
        sort = sort_by or {"field": TagSortField.NAME, "direction": "ASC"}
        ordering = queries.tags_sorted(tags, TagSortField(sort["field"]), descending=sort["direction"] == "DESC")
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerTags", **arguments))), count=tags.count
        )
