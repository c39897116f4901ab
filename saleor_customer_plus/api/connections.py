"""Connections as Saleor has them: `edges`, `pageInfo` and `totalCount`, of which only what is asked for is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import graphene
from promise import Promise

from .. import paging
from .base import tells_errors
from .types import list_of

PAGE_ARGUMENTS = {
    "first": graphene.Int(description="How many rows to return from the start, or after the cursor. At most 100."),
    "after": graphene.String(description="Return the rows after this cursor."),
    "last": graphene.Int(description="How many rows to return from the end, or before the cursor. At most 100."),
    "before": graphene.String(description="Return the rows before this cursor."),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a connection is resolved from: functions that return a `Page` and a number, or promises of them."""

    page: Callable[[], Any]
    count: Callable[[], Any]


class PageInfo(graphene.ObjectType):  # type: ignore[misc]
    """Where a page is in its list."""

    has_next_page = graphene.Boolean(required=True, description="Whether there are rows after this page.")
    has_previous_page = graphene.Boolean(required=True, description="Whether there are rows before this page.")
    start_cursor = graphene.String(description="The cursor of the page's first row.")
    end_cursor = graphene.String(description="The cursor of the page's last row.")

    @staticmethod
    def resolve_start_cursor(page: paging.Page[Any], _info: Any) -> str | None:
        return page.edges[0].cursor if page.edges else None

    @staticmethod
    def resolve_end_cursor(page: paging.Page[Any], _info: Any) -> str | None:
        return page.edges[-1].cursor if page.edges else None


def connection_of(node: type[graphene.ObjectType], *, of: str) -> type[graphene.ObjectType]:
    """Make the connection type of a node type. `of` says what its rows are, for the descriptions."""

    class Edge(graphene.ObjectType):  # type: ignore[misc]
        node_ = graphene.Field(node, name="node", required=True, description="The row.")
        cursor = graphene.String(required=True, description="The row's place in the list.")

        class Meta:
            name = f"{node._meta.name}CountableEdge"
            description = f"One of {of}, with its place in the list."

        @staticmethod
        def resolve_node_(edge: paging.Edge[Any], _info: Any) -> Any:
            return edge.row

    class Connection(graphene.ObjectType):  # type: ignore[misc]
        page_info = graphene.Field(PageInfo, required=True, description="Where the page is in the list.")
        edges = list_of(Edge, required=True, description="The rows of the page.")
        total_count = graphene.Int(description="How many rows the whole list has. Counted only when asked for.")

        class Meta:
            name = f"{node._meta.name}CountableConnection"
            description = f"A page of {of}."

        @staticmethod
        @tells_errors
        def resolve_page_info(listing: Listing, _info: Any) -> Any:
            return listing.page()

        @staticmethod
        @tells_errors
        def resolve_edges(listing: Listing, _info: Any) -> Any:
            return Promise.resolve(listing.page()).then(lambda page: page.edges)

        @staticmethod
        @tells_errors
        def resolve_total_count(listing: Listing, _info: Any) -> Any:
            return listing.count()

    return Connection
