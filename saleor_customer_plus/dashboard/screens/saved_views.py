"""Saved views: the list as somebody wants to see it again, kept for oneself or shared."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest, address
from . import choices, own_fields
from .answers import done
from .customer_filters import PAGING, filter_of
from .view_conditions import OWN, parameters_of

VIEW = """
query CustomerPlusView($id: ID!) {
  customerSavedView(id: $id) {
    id name isOwn isShared search query tree columns
    segment { id } sortBy { field direction currency fieldKey }
  }
}
"""
# The menu of the list. Where there are more, it has a field that searches them.
VIEWS = """
fragment View on CustomerSavedView { id name isOwn isShared owner { name } }
fragment Views on CustomerSavedViewCountableConnection { edges { node { ...View } } pageInfo { hasNextPage } }
"""
FOUND = (
    """
query CustomerPlusViews($search: String) { customerSavedViews(first: 50, search: $search) { ...Views } }
"""
    + VIEWS
)
CREATE = """
mutation CustomerPlusViewCreate($input: CustomerSavedViewInput!) {
  customerSavedViewCreate(input: $input) { view { id } errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusViewUpdate($id: ID!, $input: CustomerSavedViewInput!) {
  customerSavedViewUpdate(id: $id, input: $input) { view { id } errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusViewDelete($id: ID!) {
  customerSavedViewDelete(id: $id) { errors { field message code } }
}
"""

# Columns of the list, as exports know them.
EXPORTED = {
    "name": ("first_name", "last_name", "email"),
    "stage": ("stage",),
    "tags": ("tags",),
    "groups": ("groups",),
    "country": ("country_code",),
    "city": ("city",),
    "phone": ("phone",),
    "number": ("number",),
    "sources": ("sources",),
    "mail": ("accepts_newsletter", "accepts_promotional_mail"),
    "orders": ("order_count",),
    "spent": ("total_spent", "currency"),
    "average": ("average_order_value", "currency"),
    "last_order": ("last_order_at",),
    "since": ("customer_since",),
    "created": ("created_at",),
}


def opened(request: ScreenRequest, view_id: str) -> QueryDict:
    """The address of the list that a view shows."""
    view = _existing(request, view_id)
    query = QueryDict(mutable=True)
    query["tab"] = "all"
    if view["tree"]:
        types = {one["key"]: one["type"] for one in choices.fields(request)} if OWN in view["query"] else {}
        query = parameters_of(view["tree"], view["query"], functools.partial(choices.ids_of, request), types)
    query["view"], query["q"] = view_id, view["search"]
    query["segment"] = (view["segment"] or {}).get("id", "")
    query["columns"] = ",".join(_listed(view["columns"]))
    if sort := view["sortBy"]:
        field = f"{own_fields.SORT}{sort['fieldKey']}" if sort["fieldKey"] else sort["field"]
        query["sort"] = f"-{field}" if sort["direction"] == "DESC" else field
        if sort["currency"]:
            query["currency"] = sort["currency"]
    return query


def listed(connection: Mapping[str, Any]) -> dict[str, Any]:
    """What the menu shows of the views."""
    return {
        "views": [edge["node"] for edge in connection["edges"]],
        "are_more_views": connection["pageInfo"]["hasNextPage"],
    }


def suggest(request: ScreenRequest) -> Screen:
    """The views again, by what was typed into the menu."""
    found = request.execute(FOUND, search=request.query.get("view_search", "").strip())
    return Screen("customers/view_names.html", listed(found["customerSavedViews"]))


def create(request: ScreenRequest) -> Screen:
    """The dialog to save the list as it is, and what it saves."""
    form = request.form if request.is_post else request.query
    errors: list[dict[str, Any]] = []
    if request.is_post:
        given = {"name": form.get("name", ""), "isShared": form.get("isShared") == "yes"}
        payload, errors = request.change(CREATE, input={**given, **contents_of(QueryDict(form.get("list", "")))})
        if not errors:
            return done(_("View saved."), goes_to=address("customers", {"view": payload["view"]["id"]}))
    listed = form.get("list", "") if request.is_post else _without_view(request.query).urlencode()
    return Screen("customers/view.html", {"values": form.dict(), "list": listed, "errors": errors})


def edit(request: ScreenRequest, view_id: str) -> Screen:
    """Rename a view, and share it or not."""
    view = _existing(request, view_id)
    values, errors = view, list[dict[str, Any]]()
    if request.is_post:
        values = {"name": request.form.get("name", ""), "isShared": request.form.get("isShared") == "yes"}
        _payload, errors = request.change(UPDATE, id=view_id, input=values)
        if not errors:
            return done(_("View saved."))
    return Screen("customers/view.html", {"view": view, "values": values, "errors": errors})


def save(request: ScreenRequest, view_id: str) -> Screen:
    """Let a view show what the list shows now."""
    _payload, errors = request.change(UPDATE, id=view_id, input=contents_of(QueryDict(request.form.get("list", ""))))
    if errors:
        return Screen("parts/refused.html", {"title": _("This did not work"), "errors": errors})
    return done(_("View saved."))


def delete(request: ScreenRequest, view_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=view_id)
        if not errors:
            return done(_("View deleted."), goes_to=address("customers"))
    return Screen("customers/view_delete.html", {"view": _existing(request, view_id), "errors": errors})


def contents_of(query: QueryDict) -> dict[str, Any]:
    """What the list shows, as the API's input of a view."""
    wanted = filter_of(query)
    sort = sort_of(query.get("sort", ""), query.get("currency", ""))
    return {
        "segmentId": wanted.pop("segment", None),
        "filter": wanted,
        "search": query.get("q", "").strip(),
        "columns": exported_columns(query),
        **({"sortBy": sort} if sort else {}),
    }


def exported_columns(query: QueryDict) -> list[str]:
    """The columns of the list, as exports know them. None, where the list has its usual ones."""
    shown = [key for key in query.get("columns", "").split(",") if key]
    if not shown:
        return []
    columns = [
        column for key in ("name", *shown) for column in EXPORTED.get(key, (key,) if own_fields.COLUMN in key else ())
    ]
    return list(dict.fromkeys(columns))


def sort_of(sort: str, currency: str) -> dict[str, Any] | None:
    """The order of an address, as the API has it."""
    field = sort.removeprefix("-")
    if not field:
        return None
    own = own_fields.sort_of(field) or {"field": field}
    with_currency = {"currency": currency.upper()} if field == "TOTAL_SPENT" else {}
    return {**own, "direction": "DESC" if sort.startswith("-") else "ASC", **with_currency}


def _listed(columns: list[str]) -> list[str]:
    """The columns of the list for some of an export."""
    listed = [key for key, names in EXPORTED.items() if key != "name" and names[0] in columns]
    return [*listed, *(key for key in columns if key.startswith(own_fields.COLUMN))]


def _without_view(query: QueryDict) -> QueryDict:
    rest = query.copy()
    for name in ("view", *PAGING):
        rest.pop(name, None)
    return rest


def _existing(request: ScreenRequest, view_id: str) -> dict[str, Any]:
    view: dict[str, Any] | None = request.execute(VIEW, id=view_id)["customerSavedView"]
    if view is None:
        raise Http404
    return view
