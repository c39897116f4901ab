"""The list of customers."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ..formats import own_value
from ..requests import Screen, ScreenRequest, address, page_of
from . import choices, own_fields, saved_views
from .customer_filters import PAGING, chips_of, filter_of, named_in, selection_of, tab_of
from .rights import may_order

ROWS_ON_A_PAGE = 50

LIST = (
    """
query CustomerPlusList(
  $first: Int, $after: String, $last: Int, $before: String,
  $filter: CustomerRecordFilterInput, $search: String, $sortBy: CustomerRecordSortingInput, $spent: Boolean!
  $fields: [String!], $hasFields: Boolean!, $view: ID!, $hasView: Boolean!
) {
  rights: customerSettings { permissions }
  customerFields { ...OwnFields }
  customerSavedViews(first: 50) { ...Views }
  customerSavedView(id: $view) @include(if: $hasView) { ...View }
  customerSettings @include(if: $spent) { channels { currency } }
  customerRecords(
    first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search, sortBy: $sortBy
  ) {
    edges {
      node {
        id email firstName lastName companyName phone number city stage isActive isStaff hasAccount image
        country { code }
        sources orderCount lastOrderAt customerSince createdAt acceptsNewsletter acceptsPromotionalMail
        tags { id name color }
        groups { id name }
        figures { currency totalSpent { amount currency } averageOrderValue { amount currency } }
        fields(keys: $fields) @include(if: $hasFields) { key type value text }
      }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
    + own_fields.FIELDS
    + saved_views.VIEWS
)

COUNT = """
query CustomerPlusCount($filter: CustomerRecordFilterInput, $search: String) {
  customerRecords(first: 1, filter: $filter, search: $search) { totalCount }
}
"""

COUNTRIES = "query CustomerPlusCountries { customerSettings { countries { code } } }"

# The columns that there are, in their order: key, heading, how it is sorted, whether it is shown by default.
COLUMNS = (
    ("name", _("Customer"), "NAME", True),
    ("stage", _("Stage"), "", True),
    ("tags", _("Tags"), "", True),
    ("groups", _("Groups"), "", False),
    ("country", _("Country"), "", True),
    ("city", _("City"), "", False),
    ("phone", _("Phone"), "", False),
    ("number", _("Number"), "", False),
    ("sources", _("Sources"), "", False),
    ("mail", _("Subscribed"), "", True),
    ("orders", _("Orders"), "ORDER_COUNT", True),
    ("spent", _("Total spent"), "TOTAL_SPENT", True),
    ("average", _("Average order"), "", False),
    ("last_order", _("Last order"), "LAST_ORDER_AT", True),
    ("since", _("Customer since"), "", False),
    ("created", _("Created"), "CREATED_AT", True),
)
# What to say of an empty tab that no filter and no search narrows.
EMPTY_TABS = {
    "customers": (_("No customers yet"), _("Whoever has bought something is listed here.")),
    "leads": (_("No leads"), _("Whoever has not bought anything yet is listed here.")),
    "inactive": (_("Nobody is inactive"), _("Customers whom you deactivate are listed here.")),
}
TABS = (
    ("all", _("All")),
    ("customers", _("Customers")),
    ("leads", _("Leads")),
    ("inactive", _("Inactive")),
)


def show_list(request: ScreenRequest) -> Screen:
    """The whole screen. The script takes the list out of it where only that changes."""
    query = request.query.copy()
    if (view := query.get("view")) and not query.get("tab"):
        query = saved_views.opened(request, str(view))
    if "column" in query:  # from the dialog: one for each box that is ticked
        query["columns"] = ",".join(query.pop("column"))
    page = page_of(query, ROWS_ON_A_PAGE)
    shown = _shown_columns(query)
    keys = sorted(key.removeprefix(own_fields.COLUMN) for key in shown if key.startswith(own_fields.COLUMN))
    data = request.execute(
        LIST,
        **page,
        **selection_of(query),
        sortBy=_sort(query),
        spent="spent" in shown,
        fields=keys,
        hasFields=bool(keys),
        view=query.get("view", ""),
        hasView=bool(query.get("view")),
    )
    records, currencies = data["customerRecords"], _currencies(query, data.get("customerSettings"))
    columns = [*COLUMNS, *_own_columns(data["customerFields"])]
    current_view = data.get("customerSavedView")
    names = choices.names_of(request, named_in(query))
    context = {
        "records": [_row(edge["node"]) for edge in records["edges"]],
        "columns": [
            _column(query, key, heading, field, currencies) for key, heading, field, _default in columns if key in shown
        ],
        "all_columns": [(key, heading, key in shown) for key, heading, _field, _default in columns if key != "name"],
        "tabs": [
            (tab, label, _with(query, tab=tab, view=""), tab == tab_of(query) and current_view is None)
            for tab, label in TABS
        ],
        **saved_views.listed(data["customerSavedViews"]),
        "current_view": current_view,
        "listed": query.urlencode(),
        "save_view": address("views/new", query),
        "chips": chips_of(query, names),
        "query": query,
        "hidden": [(name, value) for name, values in query.lists() for value in values if name not in ("q", *PAGING)],
        "search": query.get("q", ""),
        "count": address("customers/count", query),
        "export": address("export", query),
        "filters": address("customers/filters", query),
        "bulk_all": address("bulk", {"all": "yes", **{name: query.getlist(name) for name in query}}),
        "next": _with(query, after=records["pageInfo"]["endCursor"]) if records["pageInfo"]["hasNextPage"] else "",
        "previous": (
            _with(query, before=records["pageInfo"]["startCursor"]) if records["pageInfo"]["hasPreviousPage"] else ""
        ),
        "nobody": _nobody(query),
        "may_order": may_order(data),
    }
    return Screen("customers/list.html", context, address=address("customers", query))


def _nobody(query: QueryDict) -> tuple[Any, Any] | None:
    """What to say and to advise if the list is empty. Nothing, if it shows everybody: then there is nobody at all."""
    tab, search = tab_of(query), bool(query.get("q", "").strip())
    is_filtered = filter_of(query) != filter_of(QueryDict(f"tab={tab}"))
    if is_filtered or search:
        advice = {
            (True, True): _("Take a filter off, or search for something shorter."),
            (True, False): _("Take a filter off."),
            (False, True): _("Search for something shorter: the beginning of a name, of an address or of a number."),
        }
        return _("Nobody matches"), advice[is_filtered, search]
    return EMPTY_TABS.get(tab)


def show_count(request: ScreenRequest) -> Screen:
    """How many there are: counted only when somebody asks."""
    data = request.execute(COUNT, **selection_of(request.query))
    return Screen("customers/count.html", {"count": data["customerRecords"]["totalCount"]})


def show_filters(request: ScreenRequest) -> Screen:
    """The dialog with all filters."""
    query = request.query
    context = {
        "labels": [
            (choices.offer(request, "tag", "tag_any", query.getlist("tag_any")), _("Tags: any of")),
            (choices.offer(request, "tag", "tag_none", query.getlist("tag_none")), _("Tags: none of")),
            (choices.offer(request, "group", "group_any", query.getlist("group_any")), _("Groups: any of")),
        ],
        "segments": choices.offer(request, "segment", "segment", query.getlist("segment")),
        "own_fields": choices.fields(request),
        "countries": [one["code"] for one in request.execute(COUNTRIES)["customerSettings"]["countries"]],
        "sources": ("ORDER", "ACCOUNT", "IMPORT", "STAFF", "CONTACT_FORM", "NEWSLETTER", "EMAIL"),
        "chosen": {name: query.getlist(name) for name in query},
        "form": query.dict(),
        "query": query,
        "kept": [(name, query[name]) for name in ("tab", "q", "sort", "columns") if query.get(name)],
    }
    return Screen("customers/filters.html", context)


def _sort(query: QueryDict) -> dict[str, Any] | None:
    sort = query.get("sort", "")
    field = sort.removeprefix("-")
    direction = "DESC" if sort.startswith("-") else "ASC"
    if own := own_fields.sort_of(field):
        return {**own, "direction": direction}
    if field not in [field for _key, _heading, field, _default in COLUMNS if field]:
        return None
    sorting = {"field": field, "direction": direction}
    return {**sorting, "currency": query.get("currency", "").upper()} if field == "TOTAL_SPENT" else sorting


def _own_columns(definitions: list[dict[str, Any]]) -> list[tuple[str, str, str, bool]]:
    """As `COLUMNS`, for the fields of the shop's own."""
    return [
        (
            f"{own_fields.COLUMN}{one['key']}",
            one["label"],
            f"{own_fields.SORT}{one['key']}" if own_fields.is_sorted(one) else "",
            False,
        )
        for one in definitions
    ]


def _shown_columns(query: QueryDict) -> set[str]:
    chosen = [key for key in query.get("columns", "").split(",") if key]
    return {"name", *chosen} if chosen else {key for key, _heading, _field, default in COLUMNS if default}


def _with(query: QueryDict, **changed: str) -> str:
    """The address of the list with something changed; it begins again at the first page."""
    rest = query.copy()
    for name in PAGING:
        rest.pop(name, None)
    for name, value in changed.items():
        rest[name] = value
    return address("customers", rest)


def _currencies(query: QueryDict, settings: dict[str, Any] | None) -> list[str]:
    """In which currencies the list can be sorted by what was spent: those of the channels, or that of the filter."""
    chosen = {query.get("currency", "").upper()} - {""}
    is_of_filter = any(query.get(f"{name}_{end}") for name in ("spent", "average") for end in ("min", "max"))
    offered = {channel["currency"] for channel in settings["channels"]} if settings and not is_of_filter else set()
    return sorted(chosen | offered)


def _column(query: QueryDict, key: str, heading: Any, field: str, currencies: list[str]) -> dict[str, Any]:
    sort = query.get("sort", "-CREATED_AT")
    is_sorted, is_descending = field != "" and sort.removeprefix("-") == field, sort.startswith("-")
    current = query.get("currency", "").upper()
    # Figures and times begin with the largest, names with the first.
    first = field if field in ("NAME", "EMAIL") or field.startswith(own_fields.SORT) else f"-{field}"
    then = field if is_descending else f"-{field}"
    addresses = {"": _with(query, sort=then if is_sorted else first)} if field else {}
    if field == "TOTAL_SPENT":
        addresses = {
            currency: _with(query, sort=then if is_sorted and currency == current else first, currency=currency)
            for currency in currencies
        }
    return {
        "key": key,
        "heading": heading,
        "sorted": ("descending" if is_descending else "ascending") if is_sorted else "",
        "address": next(iter(addresses.values())) if len(addresses) == 1 else "",
        "currency": current,
        "choices": list(addresses.items()) if len(addresses) > 1 else [],
        "is_number": key in ("orders", "spent", "average"),
        "is_day": key in ("last_order", "since", "created"),
    }


def _row(record: dict[str, Any]) -> dict[str, Any]:
    own = {f"{own_fields.COLUMN}{one['key']}": own_value(one) for one in record.get("fields", ())}
    return {**record, "has_mail": record["acceptsNewsletter"] or record["acceptsPromotionalMail"], "own": own}
