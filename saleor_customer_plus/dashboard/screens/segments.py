"""Segments: the list of them, the editor, and what can be done with one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..requests import Screen, ScreenRequest, address, page_of
from . import choices, jobs
from .answers import done, refused
from .segment_editor import editor
from .segment_words import in_words

ROWS_ON_A_PAGE = 50

LIST = """
query CustomerPlusSegments(
  $first: Int, $after: String, $last: Int, $before: String, $search: String, $filter: CustomerSegmentFilterInput
) {
  customerSegments(first: $first, after: $after, last: $last, before: $before, search: $search, filter: $filter) {
    edges { node { id name description query readyMade brokenReason memberCount countedAt isFollowed completeSince } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""

SEGMENT = """
query CustomerPlusSegment($id: ID!) {
  customerSegment(id: $id) { id name description query readyMade brokenReason isFollowed }
}
"""

CREATE = """
mutation CustomerPlusSegmentCreate($input: CustomerSegmentInput!) {
  customerSegmentCreate(input: $input) { segment { id } errors { field message code } }
}
"""

UPDATE = """
mutation CustomerPlusSegmentUpdate($id: ID!, $input: CustomerSegmentInput!) {
  customerSegmentUpdate(id: $id, input: $input) { segment { id } errors { field message code } }
}
"""

DELETE = """
mutation CustomerPlusSegmentDelete($id: ID!) {
  customerSegmentDelete(id: $id) { errors { field message code } }
}
"""

SNAPSHOT = """
mutation CustomerPlusSegmentSnapshot($id: ID!, $tag: String, $groupId: ID) {
  customerSegmentSnapshot(id: $id, tag: $tag, groupId: $groupId) { job { id } errors { field message code } }
}
"""

TABS: dict[str, tuple[Any, dict[str, Any]]] = {
    "all": (gettext_lazy("All"), {}),
    "own": (gettext_lazy("The shop's own"), {"isReadyMade": False}),
    "ready": (gettext_lazy("Ready-made"), {"isReadyMade": True}),
    "followed": (gettext_lazy("Followed"), {"isFollowed": True}),
}


def show_list(request: ScreenRequest) -> Screen:
    """The whole screen. The script takes the list out of it where only that changes."""
    query = request.query
    tab = query.get("tab", "all") if query.get("tab") in TABS else "all"
    kept = {"tab": tab if tab != "all" else "", "q": query.get("q", "").strip()}
    found = request.execute(LIST, **page_of(query, ROWS_ON_A_PAGE), search=kept["q"] or None, filter=TABS[tab][1])[
        "customerSegments"
    ]
    page = found["pageInfo"]
    context = {
        "segments": [in_words(edge["node"]) for edge in found["edges"]],
        "tabs": [
            (address("segments", {"tab": key, "q": kept["q"]}), words, key == tab) for key, (words, _) in TABS.items()
        ],
        "search": kept["q"],
        "tab": kept["tab"],
        "next": address("segments", {**kept, "after": page["endCursor"]}) if page["hasNextPage"] else "",
        "previous": address("segments", {**kept, "before": page["startCursor"]}) if page["hasPreviousPage"] else "",
    }
    return Screen("segments/list.html", context, address=address("segments", query))


def create(request: ScreenRequest) -> Screen:
    """The editor of a new segment, which may begin as a copy of another, or with the condition of an address."""
    if not request.is_post:
        values = {"query": request.query.get("query", ""), "name": "", "description": ""}
        if copied := request.query.get("copy"):
            segment = _segment(request, copied)
            values = {**segment, "name": _("Copy of %s") % segment["name"]}
        return editor(request, values)
    _payload, errors = request.change(CREATE, input=_input(request))
    if errors:
        return editor(request, _input(request), errors=errors)
    return done(_("The segment was saved."), goes_to=address("segments"))


def edit(request: ScreenRequest, segment_id: str) -> Screen:
    segment = _segment(request, segment_id)
    if not request.is_post:
        return editor(request, segment, segment=segment)
    _payload, errors = request.change(UPDATE, id=segment_id, input=_input(request))
    if errors:
        return editor(request, _input(request), segment=segment, errors=errors)
    return done(_("The segment was saved."), goes_to=address("segments"))


def follow(request: ScreenRequest, segment_id: str) -> Screen:
    """Start following a segment, or stop."""
    is_followed = request.form.get("follow") == "yes"
    _payload, errors = request.change(UPDATE, id=segment_id, input={"isFollowed": is_followed})
    if errors:
        return refused(errors)
    return done(_("The segment is followed.") if is_followed else _("The segment is no longer followed."))


def delete(request: ScreenRequest, segment_id: str) -> Screen:
    context = {"segment": _segment(request, segment_id)}
    if not request.is_post:
        return Screen("segments/delete.html", context)
    _payload, errors = request.change(DELETE, id=segment_id)
    return (
        Screen("segments/delete.html", {**context, "errors": errors}) if errors else done(_("The segment was deleted."))
    )


def snapshot(request: ScreenRequest, segment_id: str) -> Screen:
    """Give everybody who is in the segment now a tag, or put them into a group."""
    context = {
        "segment": _segment(request, segment_id),
        "groups": choices.offer(request, "group", "group", request.form.getlist("group")),
        "form": request.form,
    }
    if not request.is_post:
        return Screen("segments/snapshot.html", context)
    tag, group = request.form.get("add_tag", "").strip(), request.form.get("group", "")
    payload, errors = request.change(SNAPSHOT, id=segment_id, tag=tag or None, groupId=group or None)
    if errors:
        return Screen("segments/snapshot.html", {**context, "errors": errors})
    return jobs.show_in_dialog(request, payload["job"]["id"])


def _segment(request: ScreenRequest, segment_id: str) -> dict[str, Any]:
    segment: dict[str, Any] | None = request.execute(SEGMENT, id=segment_id)["customerSegment"]
    if segment is None:
        raise Http404
    return in_words(segment)


def _input(request: ScreenRequest) -> dict[str, Any]:
    """What was typed, as the API takes it and as the form shows it again."""
    texts = {name: request.form.get(name, "") for name in ("name", "description", "query")}
    return {**texts, "isFollowed": request.form.get("isFollowed") == "yes"}
