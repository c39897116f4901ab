"""Connections as in Saleor: `edges`, `pageInfo` and `totalCount`, each loaded only if requested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import graphene
from promise import Promise

from ...core import paging
from .base import with_api_errors
from .types import list_of

PAGE_ARGUMENTS = {
    "first": graphene.Int(description="Retrieve the first n items, optionally after the cursor. At most 100."),
    "after": graphene.String(description="Retrieve the items after the cursor."),
    "last": graphene.Int(description="Retrieve the last n items, optionally before the cursor. At most 100."),
    "before": graphene.String(description="Retrieve the items before the cursor."),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The data source of a connection: functions that return a `Page` and a count, or promises of them."""

    page: Callable[[], Any]
    count: Callable[[], Any]


class PageInfo(graphene.ObjectType):  # type: ignore[misc]
    """Pagination data of a connection."""

    has_next_page = graphene.Boolean(required=True, description="Whether more items follow this page.")
    has_previous_page = graphene.Boolean(required=True, description="Whether more items precede this page.")
    start_cursor = graphene.String(description="Cursor of the first item on the page.")
    end_cursor = graphene.String(description="Cursor of the last item on the page.")

    @staticmethod
    def resolve_start_cursor(page: paging.Page[Any], _info: Any) -> str | None:
        return page.edges[0].cursor if page.edges else None

    @staticmethod
    def resolve_end_cursor(page: paging.Page[Any], _info: Any) -> str | None:
        return page.edges[-1].cursor if page.edges else None


def connection_of(node: type[graphene.ObjectType], *, of: str) -> type[graphene.ObjectType]:
    """Create the connection type of a node type. `of` names the items, for the descriptions."""

    class Edge(graphene.ObjectType):  # type: ignore[misc]
        node_ = graphene.Field(node, name="node", required=True, description="The item at the end of the edge.")
        cursor = graphene.String(required=True, description="Cursor for pagination.")

        class Meta:
            name = f"{node._meta.name}CountableEdge"
            description = f"An item and its cursor in a list of {of}."

        @staticmethod
        def resolve_node_(edge: paging.Edge[Any], _info: Any) -> Any:
            return edge.row

    class Connection(graphene.ObjectType):  # type: ignore[misc]
        page_info = graphene.Field(PageInfo, required=True, description="Pagination data of the connection.")
        edges = list_of(Edge, required=True, description="Items on the page.")
        total_count = graphene.Int(description="Total number of items in the list. Counted only if requested.")

        class Meta:
            name = f"{node._meta.name}CountableConnection"
            description = f"A page of {of}."

        @staticmethod
        @with_api_errors
        def resolve_page_info(listing: Listing, _info: Any) -> Any:
            return listing.page()

        @staticmethod
        @with_api_errors
        def resolve_edges(listing: Listing, _info: Any) -> Any:
            return Promise.resolve(listing.page()).then(lambda page: page.edges)

        @staticmethod
        @with_api_errors
        def resolve_total_count(listing: Listing, _info: Any) -> Any:
            return listing.count()

    return Connection
