"""Saved views: type, queries and mutations."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk.columns import ATTRIBUTE
from ...bulk.exports.column_sql import is_column
from ...bulk.exports.field_columns import definitions_of
from ...conditions import json_tree
from ...conditions.printing import text_of_tree
from ...conditions.tree import Node
from ...core.paging import Window, page
from ...customers.filters import condition_of
from ...customers.orderings import SortField
from ...errors import CustomerPlusError, ErrorCode, Problems, SeveralErrors
from ...records.labels import MAX_NAME_LENGTH
from ...segments import definitions, models, queries, views
from ...segments.definitions import named_trees
from ...segments.queries import by_id
from ...segments.views import Contents
from ..activity.types import CustomerRecordActor
from ..core.base import checked_text, key_of, staff_only, to_global_id, with_api_errors, with_ids_of
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.mutations import StaffMutation, actor_of
from ..core.types import JSON, DateTime, OrderDirection, list_of
from ..customers.arguments import read_filter, read_search, read_sort
from ..customers.inputs import CustomerRecordSortField
from .conditions import Condition, errors_of, located, read_condition
from .inputs import CustomerSavedViewInput
from .types import CustomerSegment

# Of one view.
MAX_COLUMNS = 200


class CustomerSavedViewSort(graphene.ObjectType):  # type: ignore[misc]
    """The order of a saved view."""

    field = graphene.Field(CustomerRecordSortField, required=True, description="Field to sort by.")
    direction = graphene.Field(OrderDirection, required=True, description="Direction to sort in.")
    currency = graphene.String(description="ISO 4217 currency code, for sorts by an amount of money.")
    field_key = graphene.String(description="Key of the field, for FIELD.")

    @staticmethod
    def resolve_field(view: models.SavedView, _info: Any) -> str:
        return view.sort_field

    @staticmethod
    def resolve_direction(view: models.SavedView, _info: Any) -> str:
        return "DESC" if view.sort_descending else "ASC"

    @staticmethod
    def resolve_currency(view: models.SavedView, _info: Any) -> str | None:
        return view.sort_currency or None

    @staticmethod
    def resolve_field_key(view: models.SavedView, _info: Any) -> str | None:
        return view.sort_field_key or None


class CustomerSavedView(graphene.ObjectType):  # type: ignore[misc]
    """A list of customer records as somebody saved it: which records, which columns, in which order."""

    id = graphene.ID(required=True, description="Global ID of the view.")
    name = graphene.String(required=True, description="Name of the view, unique among those of its owner.")
    owner = graphene.Field(CustomerRecordActor, required=True, description="Who created it, and alone can change it.")
    is_own = graphene.Boolean(required=True, description="Whether the caller is the owner.")
    is_shared = graphene.Boolean(required=True, description="Whether others can use it, too.")
    segment = graphene.Field(CustomerSegment, description="Segment whose members it shows.")
    query = graphene.String(description="Condition as text. With a segment, both must match.")
    tree = graphene.Field(JSON, description="Condition as JSON.")
    search = graphene.String(required=True, description="Search text, or an empty string.")
    columns = list_of(graphene.String, required=True, description="Keys of the columns, in order. Empty for the usual.")
    sort_by = graphene.Field(CustomerSavedViewSort, description="Order of the records. Null for the usual.")
    created_at = DateTime(required=True, description="When the view was created.")
    updated_at = DateTime(required=True, description="When the view was last updated.")

    @staticmethod
    def resolve_id(view: models.SavedView, _info: Any) -> str:
        return to_global_id("CustomerSavedView", view.pk)

    @staticmethod
    def resolve_is_own(view: models.SavedView, info: Any) -> bool:
        return view.owner == actor_of(info)

    @staticmethod
    def resolve_segment(view: models.SavedView, info: Any) -> Any:
        return None if view.segment_id is None else load(info, by_id, view.segment_id)

    @staticmethod
    def resolve_query(view: models.SavedView, info: Any) -> Any:
        return _tree(view, info, text_of_tree)

    @staticmethod
    def resolve_tree(view: models.SavedView, info: Any) -> Any:
        return _tree(view, info, json_tree.dump)

    @staticmethod
    def resolve_sort_by(view: models.SavedView, _info: Any) -> models.SavedView | None:
        return view if view.sort_field else None

    @staticmethod
    def resolve_updated_at(view: models.SavedView, _info: Any) -> Any:
        return view.modified_at


def _tree(view: models.SavedView, info: Any, shown: Any) -> Any:
    return load(info, named_trees, view.query).then(lambda tree: tree and shown(tree)) if view.query else None


SavedViewConnection = connection_of(CustomerSavedView, of="saved views")


class SavedViewQueries:
    """The queries of saved views."""

    customer_saved_view = graphene.Field(
        CustomerSavedView,
        description="Look up a saved view by ID: the caller's own or a shared one. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the view."),
    )
    customer_saved_views = graphene.Field(
        SavedViewConnection,
        description="List of the caller's own and the shared saved views, sorted by name. Requires MANAGE_USERS.",
        search=graphene.String(description="Part of the name, case-insensitive."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_saved_view(_root: Any, info: Any, id: str) -> models.SavedView | None:
        key = key_of(id, "CustomerSavedView", field="id")
        return views.usable(actor_of(info)).filter(pk=key).first()

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_saved_views(_root: Any, info: Any, search: str | None = None, **arguments: Any) -> Listing:
        text = checked_text(search or "", field="search", longest=MAX_NAME_LENGTH)
        found = views.usable(actor_of(info), search=text)
        ordering = views.by_name(found)
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerSavedViews", **arguments))),
            count=found.count,
        )


_CONTENTS = ("segment_id", "query", "tree", "filter", "search", "columns", "sort_by")


def _contents(problems: Problems, input: Mapping[str, Any]) -> tuple[Contents | None, Condition | None]:
    """What a view is to show, if anything is given, and its condition as it was given.

    What is wrong is noted.
    """
    if not any(input.get(name) is not None for name in _CONTENTS):
        return None, None
    contents, condition, tree = dict[str, Any](), None, None
    with problems.noted():
        if input.get("segment_id") is not None:
            segment_id = key_of(input["segment_id"], "CustomerSegment", field="segment_id")
            contents["segment_id"] = queries.get(segment_id, field="segment_id").pk
    with problems.noted():
        condition = read_condition(input.get("query"), input.get("tree"))
        tree = None if condition is None else condition.tree
    with problems.noted():
        if input.get("filter") is not None:
            tree = _tree_of_filter(input["filter"])
            if condition is not None:
                raise CustomerPlusError("Give either `filter` or a condition.", field="filter")
    with problems.noted():
        contents["search"] = read_search(input.get("search") or "")
    with problems.noted():
        contents["columns"] = _columns(input.get("columns") or ())
    with problems.noted():
        if input.get("sort_by") is not None:
            sort = read_sort(input["sort_by"])
            contents |= {
                "sort_field": SortField(sort.field).value,
                "sort_descending": sort.descending,
                "sort_currency": sort.currency,
                "sort_field_key": "" if sort.own is None else sort.own.key,
            }
    return Contents(**contents, tree=tree), condition


def _tree_of_filter(given: Mapping[str, Any]) -> Node | None:
    """The condition that a filter comes to. Raises all that is wrong with it, each with the field `filter` or below."""
    tree = condition_of(read_filter(given, path="filter."))
    if tree is not None:
        try:
            definitions.checked(tree)
        except (CustomerPlusError, SeveralErrors) as error:
            for one in errors_of(error):
                one.field = one.field or "filter"
            raise
    return tree


def _columns(keys: Sequence[str]) -> list[str]:
    if len(keys) > MAX_COLUMNS:
        raise CustomerPlusError(
            f"A view may have at most {MAX_COLUMNS} columns.", code=ErrorCode.LIMIT_REACHED, field="columns"
        )
    for key in keys:
        checked_text(key, field="columns", longest=300)
    fields = definitions_of(keys)
    if not all(key in fields or is_column(key) or key.startswith(ATTRIBUTE) for key in keys):
        raise CustomerPlusError("One of the columns does not exist.", code=ErrorCode.NOT_FOUND, field="columns")
    return list(dict.fromkeys(keys))


class CustomerSavedViewCreate(StaffMutation):
    """Saves a view for the caller. Requires MANAGE_USERS."""

    view = graphene.Field(CustomerSavedView, description="The created view. Null if the mutation failed.")

    class Arguments:
        input = CustomerSavedViewInput(required=True, description="Fields required to create a view.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        contents, condition = _contents(problems, input)
        with problems.noted():
            checked_text(input.get("name") or "", field="name", longest=10_000)
        problems.raise_any()
        with with_ids_of("CustomerSavedView"), located(condition):
            view = views.create(
                name=input.get("name") or "",
                contents=contents or Contents(),
                is_shared=bool(input.get("is_shared")),
                owner=actor,
            )
        return {"view": view}


class CustomerSavedViewUpdate(StaffMutation):
    """Updates a saved view of the caller. Requires MANAGE_USERS.

    Views of staff who left can be updated by everybody who can use them.
    """

    view = graphene.Field(CustomerSavedView, description="The updated view. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the view.")
        input = CustomerSavedViewInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, name = Problems(), input.get("name")
        with problems.noted():
            views.find(key_of(id, "CustomerSavedView", field="id"), actor=actor)
        contents, condition = _contents(problems, input)
        with problems.noted():
            checked_text(name or "", field="name", longest=10_000)
        problems.raise_any()
        with with_ids_of("CustomerSavedView"), located(condition):
            view = views.update(
                key_of(id, "CustomerSavedView", field="id"),
                name=name,
                contents=contents,
                is_shared=input.get("is_shared"),
                actor=actor,
            )
        return {"view": view}


class CustomerSavedViewDelete(StaffMutation):
    """Deletes a saved view of the caller. Requires MANAGE_USERS."""

    view = graphene.Field(CustomerSavedView, description="The deleted view.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the view.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"view": views.delete(key_of(id, "CustomerSavedView", field="id"), actor=actor)}


class SavedViewMutations:
    """The mutations of saved views."""

    customer_saved_view_create = CustomerSavedViewCreate.Field()
    customer_saved_view_update = CustomerSavedViewUpdate.Field()
    customer_saved_view_delete = CustomerSavedViewDelete.Field()
