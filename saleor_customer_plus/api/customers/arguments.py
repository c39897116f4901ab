"""The arguments of lists of customer records, and of mutations that select some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...core import sql
from ...customers.filters import RecordFilter
from ...customers.orderings import OF_A_CURRENCY, Sort, SortField
from ...customers.queries import RecordList
from ...customers.saved_views import shown_by
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...fields.limits import Limits
from ...fields.models import FieldDefinition, FieldType
from ...segments.models import SavedView
from ...segments.views import find as find_view
from ..core.base import channels_of, key_of
from ..core.mutations import actor_of
from ..fields.filters import sorted_field
from .filter_values import currency_of, record_filter
from .limits import MAX_SEARCH_LENGTH


def selected_records(
    info: Any, filter: Mapping[str, Any] | None, search: str | None, view: SavedView | None = None
) -> RecordList:
    """Validate the arguments of a mutation that select records. Its errors name fields as `filter.tags.any`."""
    return record_list(info, filter, search, None, view=view, path="filter.")


def usable_view(info: Any, view: str | None) -> SavedView | None:
    """The saved view of the argument `view`, if it is given, which the caller may use."""
    if view is None:
        return None
    return find_view(key_of(view, "CustomerSavedView", field="view"), actor=actor_of(info), field="view")


def record_list(
    info: Any,
    filter: Mapping[str, Any] | None,
    search: str | None,
    sort_by: Mapping[str, Any] | None,
    *,
    view: SavedView | None = None,
    path: str = "",
) -> RecordList:
    """Validate the list arguments, and restrict figures to those that the caller may see.

    A null argument means not given. What is given narrows the list of the view, if there is one. `path` comes before
    the fields of the filter in errors.
    """
    problems = Problems()
    with problems.noted():
        wanted_filter = read_filter(filter or {}, path=path)
    with problems.noted():
        text = read_search(search or "")
    with problems.noted():
        sort = read_sort(sort_by) if sort_by else None
    problems.raise_any()
    wanted = RecordList(filter=wanted_filter, search=text, sort=sort)
    if view is not None:
        wanted = shown_by(view, wanted)
    # Determined only if needed: it takes a statement.
    return replace(wanted, channels=channels_of(info)) if wanted.tells_of_orders else wanted


def read_filter(given: Mapping[str, Any], *, path: str = "") -> RecordFilter:
    """Validate a filter. `path` comes before its fields in errors."""
    problems, wanted = Problems(), RecordFilter()
    with problems.noted():
        wanted = record_filter({name: value for name, value in given.items() if value is not None})
    for error in problems.errors:
        error.field = error.field and f"{path}{error.field}"
    problems.raise_any()
    return wanted


def read_search(text: str) -> str:
    """Validate the text of a search."""
    if len(text) > MAX_SEARCH_LENGTH:
        raise CustomerPlusError(f"A search may have at most {MAX_SEARCH_LENGTH} characters.", field="search")
    # Characters that no name can contain separate words.
    return "".join(char if sql.can_hold(char) else " " for char in text).strip()


def read_sort(given: Mapping[str, Any]) -> Sort:
    """Validate an order."""
    field = SortField(given["field"])
    currency = given.get("currency")
    descending = given["direction"] == "DESC"
    if given.get("field_key") and field is not SortField.FIELD:
        raise CustomerPlusError("A `fieldKey` goes with sorting by FIELD only.", field="field_key")
    if field is SortField.FIELD:
        definition = sorted_field(given.get("field_key") or "")
        return Sort(field, descending, _currency_of_field(definition, currency), definition)
    if field in OF_A_CURRENCY:
        if not currency:
            raise CustomerPlusError(
                f"Sorting by {field.value} needs a `currency`.", code=ErrorCode.REQUIRED, field="currency"
            )
        currency = currency_of(currency)
    elif currency:
        raise CustomerPlusError(
            f"A `currency` goes with sorting by {' or '.join(OF_A_CURRENCY)} only.", field="currency"
        )
    return Sort(field, descending=descending, currency=currency or "")


def _currency_of_field(definition: FieldDefinition, currency: str | None) -> str:
    """The currency that a field is sorted in; blank, unless it holds money."""
    if definition.type != FieldType.MONEY:
        if currency:
            raise CustomerPlusError("A `currency` goes with a field of the type MONEY only.", field="currency")
        return ""
    currency = currency or Limits.of(definition.limits).currency
    if not currency:
        raise CustomerPlusError(
            "Sorting by an amount of money needs a `currency`.", code=ErrorCode.REQUIRED, field="currency"
        )
    return currency_of(currency)
