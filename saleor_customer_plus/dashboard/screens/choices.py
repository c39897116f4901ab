"""What there is to choose among in forms: all tags, groups, segments and staff, however many pages the API has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..requests import ScreenRequest
from . import own_fields
from .segment_words import in_words

# A form with more choices than these pages hold is of no use to anybody.
MAX_PAGES = 20

TAGS = """
query CustomerPlusTags($after: String, $search: String) {
  customerTags(first: 100, after: $after, search: $search, sortBy: {field: NAME, direction: ASC}) {
    edges { node { id name color } } pageInfo { hasNextPage endCursor }
  }
}
"""
GROUPS = """
query CustomerPlusGroups($after: String) {
  customerGroups(first: 100, after: $after) {
    edges { node { id name description isDefault } } pageInfo { hasNextPage endCursor }
  }
}
"""
SEGMENTS = """
query CustomerPlusSegmentNames($after: String) {
  customerSegments(first: 100, after: $after) {
    edges { node { id name readyMade } } pageInfo { hasNextPage endCursor }
  }
}
"""
FIELDS = "query CustomerPlusFields { customerFields { ...OwnFields } }" + own_fields.FIELDS
STAFF = """
query CustomerPlusStaff($after: String) {
  customerStaff(first: 100, after: $after) {
    edges { node { id firstName lastName } } pageInfo { hasNextPage endCursor }
  }
}
"""


def tags(request: ScreenRequest, search: str | None = None) -> list[dict[str, Any]]:
    """All tags by name, or those whose name a search finds."""
    return all_of(request, TAGS, search=search)


def groups(request: ScreenRequest) -> list[dict[str, Any]]:
    return all_of(request, GROUPS)


def staff(request: ScreenRequest) -> list[dict[str, Any]]:
    return all_of(request, STAFF)


def segments(request: ScreenRequest) -> list[dict[str, Any]]:
    return list(map(in_words, all_of(request, SEGMENTS)))


def fields(request: ScreenRequest) -> list[dict[str, Any]]:
    """The fields of the shop's own."""
    found: list[dict[str, Any]] = request.execute(FIELDS)["customerFields"]
    return found


def names_of(request: ScreenRequest, kinds: Collection[str]) -> dict[str, str]:
    """The names of all there are of some kinds (tag, group, segment, field), by id."""
    found = [one for kind in kinds for one in _BY_KIND[kind](request)]
    return {one["id"]: one["name"] for one in found}


def _names_of_fields(request: ScreenRequest) -> list[dict[str, str]]:
    return list(own_fields.names_of(fields(request)))


_BY_KIND = {"tag": tags, "group": groups, "segment": segments, "field": _names_of_fields}


def all_of(request: ScreenRequest, document: str, **variables: Any) -> list[dict[str, Any]]:
    """The nodes of all pages of the one connection that a document asks for, by its variable `$after`."""
    nodes: list[dict[str, Any]] = []
    after = None
    for _page in range(MAX_PAGES):
        (connection,) = request.execute(document, **variables, after=after).values()
        nodes += [edge["node"] for edge in connection["edges"]]
        if not connection["pageInfo"]["hasNextPage"]:
            break
        after = connection["pageInfo"]["endCursor"]
    return nodes
