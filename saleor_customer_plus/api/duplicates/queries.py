"""Queries of duplicates."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ...core.paging import Window, page
from ...merging.duplicates.queries import DismissalList, DuplicateList
from ...merging.duplicates.scoring import Band
from ..core.base import staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.types import list_of
from .types import CustomerDuplicate, CustomerDuplicateBand, CustomerDuplicateDismissal

DuplicateConnection = connection_of(CustomerDuplicate, of="duplicates")
DismissalConnection = connection_of(CustomerDuplicateDismissal, of="dismissals")


class CustomerDuplicateFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for duplicates."""

    bands = list_of(CustomerDuplicateBand, description="Only these bands.")


class DuplicateQueries:
    """The queries of duplicates."""

    customer_duplicates = graphene.Field(
        DuplicateConnection,
        description="List of records that seem to be of the same person, the surest first. Requires MANAGE_USERS.",
        filter=CustomerDuplicateFilterInput(description="Filtering options for duplicates."),
        **PAGE_ARGUMENTS,
    )
    customer_duplicate_dismissals = graphene.Field(
        DismissalConnection,
        description="List of records that were said not to be of the same person, newest first. Requires MANAGE_USERS.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_duplicates(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Listing:
        bands = (filter or {}).get("bands")
        wanted = DuplicateList(None if bands is None else [Band(band) for band in bands])
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerDuplicates", **arguments))),
            count=wanted.count,
        )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_duplicate_dismissals(_root: Any, _info: Any, **arguments: Any) -> Listing:
        wanted = DismissalList()
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerDuplicateDismissals", **arguments))),
            count=wanted.count,
        )
