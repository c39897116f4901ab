"""The board of leads: a column for each state, those to contact first at its top."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from ..requests import Screen, ScreenRequest, address
from . import choices
from .lead_fragments import CARD, STATES
from .rights import may_order

COUNTS = """
query CustomerPlusLeadCounts($filter: CustomerLeadFilterInput, $search: String) {
  customerLeadCounts(filter: $filter, search: $search) { state count }
}
"""
COLUMN = (
    """
query CustomerPlusLeadColumn(
  $filter: CustomerLeadFilterInput, $search: String, $after: String, $sortBy: CustomerLeadSortingInput
) {
  customerLeads(first: 20, after: $after, filter: $filter, search: $search, sortBy: $sortBy) { ...Cards }
  rights: customerSettings { permissions }
}
"""
    + CARD
)
OWNERS = """
query CustomerPlusOwners($search: String) {
  rights: customerSettings { permissions }
  customerStaff(first: 100, search: $search) { edges { node { id firstName lastName } } pageInfo { hasNextPage } }
}
"""

ORIGINS = ("CONTACT_FORM", "PHONE", "EMAIL", "STAFF", "IMPORT", "OTHER")
CLOSED = ("CONVERTED", "LOST")
NOBODY = "nobody"
MOST_OVERDUE_FIRST = {"field": "NEXT_CONTACT_AT", "direction": "ASC"}


def show_board(request: ScreenRequest) -> Screen:
    query = request.query
    data = request.execute(COUNTS, filter=filter_of(query) or None, search=_search(query))
    counts = {one["state"]: one["count"] for one in data["customerLeadCounts"]}
    context = {
        "columns": [_column(request, state, counts[state]) for state in STATES],
        "query": query,
        "owners": choices.offer(request, "staff", "owner", {query.get("owner", "")} - {NOBODY}),
        "origins": ORIGINS,
        "is_filtered": bool(query.get("q") or filter_of(query)),
        "is_empty": not any(counts.values()),
        "open": query.get("open", ""),
    }
    # A lead that an address opens is opened once, and not again by whatever reloads the board.
    kept = {name: value for name, value in query.items() if name != "open"}
    return Screen("leads/board.html", context, address=address("leads", kept))


def show_more(request: ScreenRequest) -> Screen:
    """The leads of one column that follow."""
    return Screen("leads/cards.html", {"column": _column(request, request.query.get("state", ""))})


def suggest_owners(request: ScreenRequest) -> Screen:
    """The members of staff who can own a lead, by what was typed."""
    data = request.execute(OWNERS, search=request.query.get("owner_search", "").strip() or None)
    return Screen("leads/owners.html", {"owners": [edge["node"] for edge in data["customerStaff"]["edges"]]})


def filter_of(query: QueryDict) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if query.get("owner") == NOBODY:
        chosen["isUnassigned"] = True
    elif owner := query.get("owner"):
        chosen["ownerIds"] = [owner]
    if origin := query.get("origin"):
        chosen["origins"] = [origin]
    if query.get("overdue") == "yes":
        chosen["isOverdue"] = True
    return chosen


def _search(query: QueryDict) -> str | None:
    return query.get("q", "").strip() or None


def _column(request: ScreenRequest, state: str, count: int | None = None) -> dict[str, Any]:
    """A page of one column. Each is asked for alone: a document with all of them and a search would cost too much."""
    query = request.query
    column: dict[str, Any] = {"state": state, "count": count, "leads": [], "more": ""}
    if count == 0:
        return column
    data = request.execute(
        COLUMN,
        filter={**filter_of(query), "states": [state]},
        search=_search(query),
        after=query.get("after") or None,
        sortBy={"field": "UPDATED_AT", "direction": "DESC"} if state in CLOSED else MOST_OVERDUE_FIRST,
    )
    leads = data["customerLeads"]
    column["may_order"] = may_order(data)
    column["leads"] = [edge["node"] for edge in leads["edges"]]
    if leads["pageInfo"]["hasNextPage"]:
        kept = {name: value for name, value in query.items() if name not in ("open", "after", "state")}
        column["more"] = address("leads/more", {**kept, "state": state, "after": leads["pageInfo"]["endCursor"]})
    return column
