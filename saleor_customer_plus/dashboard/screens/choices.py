"""What there is to choose among in forms: tags, groups, segments and staff.

A form offers the first of them. Where there are more, it has a field that searches them, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import Http404

from ..formats import full_name
from ..requests import Screen, ScreenRequest
from . import own_fields
from .segment_words import in_words

TAGS = """
query CustomerPlusTags($search: String) {
  customerTags(first: 100, search: $search, sortBy: {field: NAME, direction: ASC}) {
    edges { node { id name } } pageInfo { hasNextPage }
  }
}
"""
GROUPS = """
query CustomerPlusGroups($search: String) {
  customerGroups(first: 100, search: $search) { edges { node { id name isDefault } } pageInfo { hasNextPage } }
}
"""
SEGMENTS = """
query CustomerPlusSegmentNames($search: String) {
  customerSegments(first: 100, search: $search) { edges { node { id name readyMade } } pageInfo { hasNextPage } }
}
"""
STAFF = """
query CustomerPlusStaff($search: String) {
  customerStaff(first: 100, search: $search) { edges { node { id firstName lastName } } pageInfo { hasNextPage } }
}
"""
MESSAGE_TEMPLATES = "query CustomerPlusTemplateNames { customerMessageTemplates { id name } }"
FIELDS = "query CustomerPlusFields { customerFields { ...OwnFields } }" + own_fields.FIELDS

_DOCUMENTS = {"tag": TAGS, "group": GROUPS, "segment": SEGMENTS, "staff": STAFF}
# The query of one of them by its id. Members of staff have none.
_BY_ID = {"tag": "customerTag", "group": "customerGroup", "segment": "customerSegment"}
# Fields at the top of one document, of which the API limits the number.
_AT_ONCE = 20

Option = dict[str, Any]


def offer(
    request: ScreenRequest, kind: str, name: str, chosen: Iterable[str] = (), *, without_default: bool = False
) -> dict[str, Any]:
    """What `parts/choice.html` shows: the first options, those that are chosen, and whether there are more."""
    chosen = [id for id in chosen if id]
    found, are_many = _found(request, kind)
    options = [*_missing(request, kind, chosen, found), *found]
    if kind == "staff":  # whose names cannot be looked up
        options += [{"id": id, "name": ""} for id in chosen if id not in [one["id"] for one in found]]
    if without_default:
        options = [one for one in options if not one.get("isDefault")]
    return {"kind": kind, "name": name, "options": options, "chosen": chosen, "are_many": are_many}


def suggest(request: ScreenRequest, kind: str) -> Screen:
    """The options again, by what was typed. Those that are chosen stay."""
    if kind not in _DOCUMENTS:
        raise Http404
    query = request.query
    name = query.get("for", "")
    chosen = [id for id in query.getlist(name) if id]
    found, _are_many = _found(request, kind, query.get(f"{name}_search", "").strip())
    options = [*_missing(request, kind, chosen, found), *found]
    context = {"options": options, "chosen": chosen, "blank": query.get("blank", "")}
    return Screen("parts/choice_options.html", context)


def tag_names(request: ScreenRequest, search: str | None = None) -> list[str]:
    """The first tags by name, or those whose names a search finds."""
    return [one["name"] for one in _found(request, "tag", search or "")[0]]


def fields(request: ScreenRequest) -> list[dict[str, Any]]:
    """The fields of the shop's own."""
    found: list[dict[str, Any]] = request.execute(FIELDS)["customerFields"]
    return found


def names_of(request: ScreenRequest, named: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The names of tags, groups, segments and fields, by their ids, for each kind of them."""
    names: dict[str, str] = {}
    for kind, ids in named.items():
        if kind == "field":
            names |= {one["id"]: one["name"] for one in own_fields.names_of(fields(request))}
        else:
            found, _are_many = _found(request, kind)
            names |= {one["id"]: one["name"] for one in (*found, *_missing(request, kind, list(ids), found))}
    return names


def ids_of(request: ScreenRequest, kind: str, names: Iterable[str]) -> dict[str, str]:
    """The ids of tags or groups, by their names in any case."""
    ids = {one["name"].casefold(): one["id"] for one in _found(request, kind)[0]}
    for name in names:
        if name.casefold() not in ids:
            ids |= {one["name"].casefold(): one["id"] for one in _found(request, kind, name)[0]}
    return ids


def _found(request: ScreenRequest, kind: str, search: str = "") -> tuple[list[Option], bool]:
    """The first whose names a search finds, and whether there are more."""
    (connection,) = request.execute(_DOCUMENTS[kind], search=search or None).values()
    return list(_named(kind, [edge["node"] for edge in connection["edges"]])), connection["pageInfo"]["hasNextPage"]


def _named(kind: str, nodes: Sequence[Option]) -> Iterator[Option]:
    for node in nodes:
        if kind == "staff":
            yield {**node, "name": full_name(node)}
        else:
            yield in_words(node) if kind == "segment" else node


def _missing(request: ScreenRequest, kind: str, ids: Sequence[str], found: Sequence[Option]) -> list[Option]:
    """Those of these ids that are not among what was found, as far as they still exist."""
    known = {one["id"] for one in found}
    missing = [id for id in dict.fromkeys(ids) if id not in known] if kind in _BY_ID else []
    more = "readyMade" if kind == "segment" else ""
    nodes: list[Option] = []
    for start in range(0, len(missing), _AT_ONCE):
        some = {f"id{number}": id for number, id in enumerate(missing[start : start + _AT_ONCE])}
        arguments = ", ".join(f"${name}: ID!" for name in some)
        asked = " ".join(f"{name}: {_BY_ID[kind]}(id: ${name}) {{ id name {more} }}" for name in some)
        data = request.execute(f"query CustomerPlusChosen({arguments}) {{ {asked} }}", **some)
        nodes += [node for node in data.values() if node is not None]
    return list(_named(kind, nodes))


def all_of(request: ScreenRequest, document: str, **variables: Any) -> list[dict[str, Any]]:
    """The nodes of all pages of the one connection that a document asks for, by its variable `$after`."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        (connection,) = request.execute(document, **variables, after=after).values()
        nodes += [edge["node"] for edge in connection["edges"]]
        if not connection["pageInfo"]["hasNextPage"]:
            return nodes
        after = connection["pageInfo"]["endCursor"]


def message_templates(request: ScreenRequest) -> list[dict[str, Any]]:
    """The templates of messages, by name."""
    return list(request.execute(MESSAGE_TEMPLATES)["customerMessageTemplates"])
