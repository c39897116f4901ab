"""How a client says which records it wants, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import graphene

from .. import sql
from ..errors import CustomerPlusError, ErrorCode
from ..groups.actions import default_group
from ..records.filters import LabelFilter, MoneyRange, Range, RecordFilter
from ..records.models import Source, Stage
from ..records.orderings import Sort, SortField
from ..records.queries import RecordList
from .base import checked_text, key_of, keys_of
from .types import DateTimeRangeInput, IntRangeInput, OrderDirection, enum_of, list_of

# More is no search but a paste gone wrong.
LONGEST_SEARCH = 200

# Each label that a record must have is looked for by itself.
MOST_LABELS = 20

# More values in one filter are a list of their own, to be asked for in parts.
MOST_VALUES = 1000

CustomerRecordStage = enum_of(Stage, name="CustomerRecordStage", description="How far a person has come.")
CustomerRecordSource = enum_of(Source, name="CustomerRecordSource", description="Where activity of a person came from.")
CustomerRecordSortField = enum_of(
    SortField, name="CustomerRecordSortField", description="What a list of records can be sorted by."
)


class CustomerRecordMoneyRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """A range of amounts in one currency, both ends included, at least one of them given."""

    currency = graphene.String(required=True, description="The currency's ISO 4217 code. Others are not converted.")
    gte = graphene.Float(description="Not less than this amount.")
    lte = graphene.Float(description="Not more than this amount.")


class CustomerRecordLabelFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Which tags, or which groups, a record has. All that is given must hold."""

    any = list_of(graphene.ID, description="At least one of these.")
    all = list_of(graphene.ID, description="Every one of these, at most 20.")
    none = list_of(graphene.ID, description="Not any of these.")


class CustomerRecordFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """What all listed records have in common."""

    ids = list_of(graphene.ID, description="The record is one of these.")
    stage = graphene.Field(CustomerRecordStage, description="How far the person has come.")
    is_active = graphene.Boolean(
        description="Active records, or inactive ones. Active ones unless told: inactive ones must be asked for."
    )
    has_account = graphene.Boolean(description="The person has an account, or has none.")
    sources = list_of(CustomerRecordSource, description="Activity came from at least one of these.")
    countries = list_of(graphene.String, description="The country is one of these ISO 3166-1 alpha-2 codes.")
    company = graphene.String(description="The name of the company, all of it, in any case.")
    created = DateTimeRangeInput(description="When the shop first knew the person.")
    customer_since = DateTimeRangeInput(description="When the person became a customer.")
    last_order = DateTimeRangeInput(description="When the last order that counts was placed.")
    order_count = IntRangeInput(description="How many orders count.")
    total_spent = CustomerRecordMoneyRangeInput(
        description="What the person spent in a currency: nothing, for who never bought in it."
    )
    average_order_value = CustomerRecordMoneyRangeInput(
        description="The average order in a currency: there is none for who never bought in it."
    )
    is_tax_exempt = graphene.Boolean(description="The person is exempt from taxes, or is not.")
    accepts_marketing = graphene.Boolean(
        description="The person is subscribed to offers or the newsletter by e-mail, or is not."
    )
    accepts_system_mail = graphene.Boolean(
        description="The person is subscribed to updates on the shop by e-mail, or is not."
    )
    tags = CustomerRecordLabelFilterInput(description="Which tags the record has, by their global ids.")
    groups = CustomerRecordLabelFilterInput(
        description="Which groups the person is in, by their global ids. In the default one is who is in no other."
    )


class CustomerRecordSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """How a list of records is sorted."""

    field = graphene.Argument(CustomerRecordSortField, required=True, description="What it is sorted by.")
    direction = graphene.Argument(OrderDirection, required=True, description="In which direction.")
    currency = graphene.String(description="The ISO 4217 code of the currency, for TOTAL_SPENT and for it only.")


def record_list(filter: Mapping[str, Any] | None, search: str | None, sort_by: Mapping[str, Any] | None) -> RecordList:
    """The list that a client asked for, checked. An argument that is null is an argument that is not given."""
    return RecordList(
        filter=_filter({name: value for name, value in (filter or {}).items() if value is not None}),
        search=_search(search or ""),
        sort=_sort(sort_by) if sort_by else None,
    )


def _search(text: str) -> str:
    if len(text) > LONGEST_SEARCH:
        raise CustomerPlusError(f"A search may have at most {LONGEST_SEARCH} characters.", field="search")
    # What no name can contain separates words.
    return "".join(char if sql.can_hold(char) else " " for char in text).strip()


def _sort(given: Mapping[str, Any]) -> Sort:
    field = SortField(given["field"])
    currency = given.get("currency")
    if field is SortField.TOTAL_SPENT:
        if not currency:
            raise CustomerPlusError(
                "Sorting by TOTAL_SPENT needs a `currency`.", code=ErrorCode.REQUIRED, field="currency"
            )
        currency = _currency(currency)
    elif currency:
        raise CustomerPlusError("A `currency` goes with sorting by TOTAL_SPENT only.", field="currency")
    return Sort(field, descending=given["direction"] == "DESC", currency=currency or "")


def _filter(given: Mapping[str, Any]) -> RecordFilter:
    return RecordFilter(**{name: _READERS.get(name, _as_it_is)(value) for name, value in given.items()})


def _as_it_is(value: Any) -> Any:
    return value


def _ids(global_ids: Sequence[str]) -> list[int]:
    return [key_of(global_id, "CustomerRecord", field="ids") for global_id in _few(global_ids, "ids")]


def _few(values: Sequence[Any], field: str) -> Sequence[Any]:
    if len(values) > MOST_VALUES:
        raise CustomerPlusError(f"Argument `{field}` may have at most {MOST_VALUES} values.", field=field)
    return values


def _countries(codes: Sequence[str]) -> list[str]:
    return [checked_text(code.strip(), field="countries", longest=2) for code in _few(codes, "countries")]


def _currency(code: str) -> str:
    code = code.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise CustomerPlusError("Argument `currency` must be an ISO 4217 code, such as EUR.", field="currency")
    return code


def _tags(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    return _labels({side: _label_ids(ids, "CustomerTag", f"tags.{side}") for side, ids in given.items()})


def _groups(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    default = default_group().pk
    ids = {side: _label_ids(ids, "CustomerGroup", f"groups.{side}") for side, ids in given.items()}
    return _labels(
        {
            side: None if keys is None else [None if key == default else key for key in keys]
            for side, keys in ids.items()
        }
    )


def _label_ids(global_ids: Sequence[str] | None, kind: str, field: str) -> list[int] | None:
    most = MOST_LABELS if field.endswith(".all") else MOST_VALUES
    return None if global_ids is None else keys_of(global_ids, kind, field=field, most=most)


def _labels(ids: Mapping[str, Sequence[int | None] | None]) -> LabelFilter:
    return LabelFilter(**{side: tuple(keys) for side, keys in ids.items() if keys is not None})


def _range(given: Mapping[str, Any]) -> Range:
    return Range(given.get("gte"), given.get("lte"))


def _money(given: Mapping[str, Any]) -> MoneyRange:
    bounds = [None if given.get(end) is None else Decimal(str(given[end])) for end in ("gte", "lte")]
    if bounds == [None, None]:
        raise CustomerPlusError("A range of amounts needs `gte` or `lte`.", code=ErrorCode.REQUIRED)
    if any(bound is not None and not (bound.is_finite() and abs(bound) < _TOO_MUCH) for bound in bounds):
        raise CustomerPlusError(f"An amount must be less than {_TOO_MUCH}.")
    return MoneyRange(_currency(given["currency"]), Range(*bounds))


# Amounts are stored with 17 digits before the point.
_TOO_MUCH = 10**17

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "ids": _ids,
    "countries": _countries,
    "company": lambda name: checked_text(name.strip(), field="company", longest=256),
    "created": _range,
    "customer_since": _range,
    "last_order": _range,
    "order_count": _range,
    "total_spent": _money,
    "average_order_value": _money,
    "tags": _tags,
    "groups": _groups,
}
