"""Inputs to filter, search and sort customer records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import graphene

from ...consent.models import ConsentChannel, ConsentPurpose
from ...core import json_values, sql
from ...customers.filters import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    ExpectedFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RecordFilter,
    RfmFilter,
    SourceFilter,
)
from ...customers.orderings import OF_A_CURRENCY, Sort, SortField
from ...customers.queries import RecordList
from ...customers.saved_views import shown_by
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...fields.limits import Limits
from ...fields.models import FieldDefinition, FieldType
from ...groups.services import default_group
from ...records.models import Source, Stage
from ...segments.models import SavedView
from ...segments.queries import get as get_segment
from ...segments.views import find as find_view
from ..accounts.inputs import (
    CustomerRecordAccountAttributeFilterInput,
    CustomerRecordAccountMetadataFilterInput,
    attributes_filter,
    customer_types_filter,
    metadata_filter,
)
from ..consent.enums import CustomerConsentChannel, CustomerConsentPurpose, CustomerConsentState
from ..core.base import channels_of, checked_text, key_of, keys_of, record_keys_of, spelled
from ..core.mutations import actor_of
from ..core.types import JSON, DateTime, DateTimeRangeInput, IntRangeInput, OrderDirection, enum_of, list_of
from ..fields.filters import field_filters, sorted_field
from ..insights.types import CustomerRfmGroup
from ..segments.conditions import kept_query

# Longer text was pasted by mistake.
MAX_SEARCH_LENGTH = 200

# Each tag or group of `all` is a condition of its own.
MAX_LABELS = 20

# Each consent is a condition of its own; this is the number of channels and purposes.
MAX_CONSENTS = len(ConsentChannel) * len(ConsentPurpose)

# Each attribute is a condition of its own.
MAX_ATTRIBUTES = 10

# Clients split longer lists of values into several requests.
MAX_VALUES = 1000

CustomerRecordStage = enum_of(
    Stage,
    name="CustomerRecordStage",
    description="Stage of a customer: lead or customer.",
    values={
        "LEAD": "A known person with no counted order and no confirmed account",
        "CUSTOMER": "A customer with a counted order or a confirmed account; never becomes a lead again",
    },
)
CustomerRecordSource = enum_of(
    Source,
    name="CustomerRecordSource",
    description="Source of a customer's activity.",
    values={
        "ORDER": "The customer placed an order in Saleor",
        "ACCOUNT": "The customer has, or had, a Saleor account",
        "IMPORT": "The customer was in an imported list",
        "STAFF": "A staff member or an app created or edited the record",
        "CONTACT_FORM": "The customer submitted the contact form",
        "NEWSLETTER": "The customer signed up for the newsletter",
        "EMAIL": "The customer wrote an e-mail to the shop and was not known yet",
    },
)
CustomerRecordSortField = enum_of(
    SortField,
    name="CustomerRecordSortField",
    description="Sort fields of customer records.",
    values={
        "CREATED_AT": "Sort by when the shop first knew the customer",
        "NAME": "Sort by last name, then first name; by e-mail address if there is none",
        "EMAIL": "Sort by e-mail address",
        "LAST_ORDER_AT": "Sort by the date of the last counted order. Customers with no orders come last",
        "ORDER_COUNT": "Sort by the number of counted orders",
        "TOTAL_SPENT": "Sort by the total spent in `currency`. Customers who never bought in it come last",
        "NEXT_ORDER_EXPECTED_AT": "Sort by when the next order in `currency` is expected. Customers of whom none is "
        "expected come last. Requires access to all channels",
        "FIELD": "Sort by the field that `fieldKey` names. Customers with no value come last",
    },
)


class CustomerRecordMoneyRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of amounts in one currency, both ends included. At least one is required."""

    currency = graphene.String(required=True, description="ISO 4217 currency code. Other currencies are not converted.")
    gte = graphene.Float(description="Greater than or equal to this amount.")
    lte = graphene.Float(description="Less than or equal to this amount.")


class CustomerRecordLabelFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by tags or groups. All conditions must match."""

    any = list_of(graphene.ID, description="At least one of these.")
    all = list_of(graphene.ID, description="All of these, at most 20.")
    none = list_of(graphene.ID, description="None of these.")


class CustomerRecordSourceFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by sources of activity. All conditions must match."""

    any = list_of(CustomerRecordSource, description="At least one of these.")
    all = list_of(CustomerRecordSource, description="All of these sources.")
    none = list_of(CustomerRecordSource, description="None of these.")


class CustomerRecordAttributeFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by a custom attribute."""

    key = graphene.String(required=True, description="Name of the attribute, case-sensitive.")
    value = graphene.Argument(
        JSON,
        description="Value to match. A list matches if the record's list contains all its items. Null matches "
        "any value.",
    )


class CustomerRecordAcquisitionFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by how customers came to the shop, ignoring case. All that is given must match."""

    sources = list_of(graphene.String, description="Any of these sources, such as google.")
    mediums = list_of(graphene.String, description="Any of these media, such as cpc or email.")
    campaigns = list_of(graphene.String, description="Any of these campaigns.")
    surfaces = list_of(graphene.String, description="Any of these surfaces, such as storefront or pos.")


class CustomerRecordFieldFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by a field that the shop defined. All conditions must match; at least one is required."""

    key = graphene.String(required=True, description="Key of the field: see `customerFields`.")
    eq = graphene.Argument(
        JSON,
        description="Value to match: for CHOICES, a choice that must be among the record's. Texts are compared "
        "case-insensitively.",
    )
    one_of = list_of(JSON, description="Values, any of which matches. For dates, numbers and texts too.")
    gte = graphene.Argument(JSON, description="Minimum of a number, date or amount of money, included.")
    lte = graphene.Argument(JSON, description="Maximum of a number, date or amount of money, included.")
    contains = graphene.String(description="Part of a text, case-insensitive.")
    is_set = graphene.Boolean(description="Whether the record has a value in the field.")


class CustomerRecordConsentFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by the current state of a consent. History is ignored."""

    channel = graphene.Argument(CustomerConsentChannel, required=True, description="Contact channel.")
    purpose = graphene.Argument(CustomerConsentPurpose, required=True, description="Purpose of the contact.")
    states = list_of(
        CustomerConsentState,
        required=True,
        description="States, any of which matches. NOT_SUBSCRIBED matches customers who never decided.",
    )


class CustomerRecordRfmGroupFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by the RFM group in a currency."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    groups = list_of(CustomerRfmGroup, required=True, description="Groups, any of which matches.")


class CustomerRecordNextOrderFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of times at which the next order in a currency is expected, both ends included. One end is required."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    gte = DateTime(description="Expected at or after this time.")
    lte = DateTime(description="Expected at or before this time.")


class CustomerRecordFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for customer records."""

    ids = list_of(graphene.ID, description="Filter by IDs of customer records.")
    stage = graphene.Field(CustomerRecordStage, description="Filter by stage of the customer.")
    is_active = graphene.Boolean(
        description="Filter by whether the record is active. Defaults to active records; inactive ones must be "
        "requested."
    )
    has_account = graphene.Boolean(
        description="Filter by whether the record is linked to an account with a confirmed address."
    )
    has_unconfirmed_account = graphene.Boolean(
        description="Filter by whether an unconfirmed account has the record's address."
    )
    is_staff = graphene.Boolean(description="Filter by whether the customer's account is a staff account.")
    sources = CustomerRecordSourceFilterInput(description="Filter by sources of the customer's activity.")
    countries = list_of(graphene.String, description="Filter by ISO 3166-1 alpha-2 country codes.")
    cities = list_of(graphene.String, description="Filter by cities, ignoring case and accents.")
    languages = list_of(graphene.String, description="Filter by language codes, such as de or pt-br.")
    company_name = graphene.String(description="Filter by the full company name, case-insensitive.")
    attributes = list_of(
        CustomerRecordAttributeFilterInput, description="Filter by custom attributes. All must match, at most 10."
    )
    customer_types = list_of(
        graphene.ID,
        description="Filter by the customer type of the linked account: global IDs of Saleor's customer types. "
        "Requires Saleor 3.23.",
    )
    account_attributes = list_of(
        CustomerRecordAccountAttributeFilterInput,
        description="Filter by attributes of the linked account. All must match, at most 10. Requires Saleor 3.23.26.",
    )
    account_metadata = list_of(
        CustomerRecordAccountMetadataFilterInput,
        description="Filter by public metadata of the linked account. All must match, at most 10.",
    )
    account_private_metadata = list_of(
        CustomerRecordAccountMetadataFilterInput,
        description="Filter by private metadata of the linked account. All must match, at most 10. Staff accounts "
        "never match.",
    )
    acquisition = CustomerRecordAcquisitionFilterInput(
        description="Filter by how customers came to the shop, as the storefront wrote it into their first counted "
        "order. The caller must have access to its channel."
    )
    fields = list_of(
        CustomerRecordFieldFilterInput,
        description="Filter by fields that the shop defined. All must match, at most 10. Null values match only "
        "`isSet: false`.",
    )
    created_at = DateTimeRangeInput(description="Filter by when the shop first knew the customer.")
    customer_since = DateTimeRangeInput(description="Filter by when the lead became a customer.")
    last_order_at = DateTimeRangeInput(description="Filter by the date of the last counted order.")
    order_count = IntRangeInput(description="Filter by the number of counted orders.")
    total_spent = CustomerRecordMoneyRangeInput(
        description="Filter by the total spent in a currency. Zero if the customer never bought in it."
    )
    average_order_value = CustomerRecordMoneyRangeInput(
        description="Filter by the average order value in a currency. Customers who never bought in it have none."
    )
    order_channels = list_of(
        graphene.ID, description="Filter by the channels of counted orders: global IDs of Saleor channels."
    )
    is_tax_exempt = graphene.Boolean(description="Filter by tax exemption.")
    is_approved_buyer = graphene.Boolean(description="Filter by approval as a buyer.")
    accepts_promotional_mail = graphene.Boolean(description="Filter by subscription to promotional e-mails.")
    accepts_newsletter = graphene.Boolean(description="Filter by subscription to the e-mail newsletter.")
    accepts_system_mail = graphene.Boolean(description="Filter by subscription to e-mail updates about the shop.")
    consents = list_of(
        CustomerRecordConsentFilterInput, description="Filter by consent states. All must match, at most 12."
    )
    tags = CustomerRecordLabelFilterInput(description="Filter by tags of the record, by ID.")
    groups = CustomerRecordLabelFilterInput(
        description="Filter by groups of the customer, by ID. The default group contains customers with no other group."
    )
    rfm_group = CustomerRecordRfmGroupFilterInput(
        description="Filter by the RFM group in a currency. Requires access to all channels."
    )
    next_order_expected_at = CustomerRecordNextOrderFilterInput(
        description="Filter by when the next order in a currency is expected. Requires access to all channels."
    )
    segment = graphene.ID(description="Filter by a segment, by ID.")
    query = graphene.String(
        description="Filter by a condition as text, such as `order_count >= 2 AND last_order < -90d`."
    )


class CustomerRecordSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """Sorting options for customer records."""

    field = graphene.Argument(CustomerRecordSortField, required=True, description="Field to sort by.")
    direction = graphene.Argument(OrderDirection, required=True, description="Direction to sort in.")
    currency = graphene.String(
        description="ISO 4217 currency code. Required for TOTAL_SPENT and NEXT_ORDER_EXPECTED_AT, and for a field of "
        "the type MONEY that allows several currencies."
    )
    field_key = graphene.String(description="Key of the field to sort by. Required for FIELD, and allowed only for it.")


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
        wanted = _filter({name: value for name, value in given.items() if value is not None})
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
        currency = _currency(currency)
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
    return _currency(currency)


def _filter(given: Mapping[str, Any]) -> RecordFilter:
    problems, values = Problems(), {}
    for name, value in given.items():
        with problems.noted():
            values[_NAMES.get(name, name)] = _READERS.get(name, _as_it_is)(value)
    problems.raise_any()
    return RecordFilter(**values)


def _as_it_is(value: Any) -> Any:
    return value


def _ids(global_ids: Sequence[str]) -> list[int]:
    return record_keys_of(_few(global_ids, "ids"), field="ids")


def _few(values: Sequence[Any], field: str) -> Sequence[Any]:
    if len(values) > MAX_VALUES:
        raise CustomerPlusError(f"Argument `{spelled(field)}` may have at most {MAX_VALUES} values.", field=field)
    return values


def _countries(codes: Sequence[str]) -> list[str]:
    return [checked_text(code.strip(), field="countries", longest=2) for code in _few(codes, "countries")]


def _cities(names: Sequence[str]) -> list[str]:
    return [checked_text(name.strip(), field="cities", longest=256) for name in _few(names, "cities")]


def _languages(codes: Sequence[str]) -> list[str]:
    """Return language codes as stored in records: PT_BR, as in Saleor's API, becomes pt-br."""
    return [
        checked_text(code.strip(), field="languages", longest=35).lower().replace("_", "-")
        for code in _few(codes, "languages")
    ]


def _currency(code: str, *, field: str = "currency") -> str:
    code = code.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise CustomerPlusError("Argument `currency` must be an ISO 4217 code, such as EUR.", field=field)
    return code


def _tags(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    return _labels(_sides(given, "CustomerTag", "tags"))


def _groups(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    default = default_group().pk
    ids = _sides(given, "CustomerGroup", "groups")
    return _labels(
        {
            side: None if keys is None else [None if key == default else key for key in keys]
            for side, keys in ids.items()
        }
    )


def _sides(given: Mapping[str, Sequence[str] | None], kind: str, field: str) -> dict[str, list[int] | None]:
    problems, ids = Problems(), {}
    for side, global_ids in given.items():
        with problems.noted():
            ids[side] = _label_ids(global_ids, kind, f"{field}.{side}")
    problems.raise_any()
    return ids


def _label_ids(global_ids: Sequence[str] | None, kind: str, field: str) -> list[int] | None:
    most = MAX_LABELS if field.endswith(".all") else MAX_VALUES
    return None if global_ids is None else keys_of(global_ids, kind, field=field, most=most)


def _labels(ids: Mapping[str, Sequence[int | None] | None]) -> LabelFilter:
    return LabelFilter(**{side: tuple(keys) for side, keys in ids.items() if keys is not None})


def _acquisition(given: Mapping[str, Sequence[str] | None]) -> AcquisitionFilter:
    problems, values = Problems(), dict[str, tuple[str, ...]]()
    for name, texts in given.items():
        if texts is not None:
            field = f"acquisition.{name}"
            with problems.noted():
                values[name] = tuple(
                    checked_text(text.strip(), field=field, longest=255) for text in _few(texts, field)
                )
    problems.raise_any()
    return AcquisitionFilter(**values)


def _consents(given: Sequence[Mapping[str, Any]]) -> list[ConsentFilter]:
    if len(given) > MAX_CONSENTS:
        raise CustomerPlusError(f"Filter by at most {MAX_CONSENTS} consents.", field="consents")
    problems = Problems()
    problems.errors += [
        CustomerPlusError("Name at least one state.", code=ErrorCode.REQUIRED, field=f"consents.{number}.states")
        for number, one in enumerate(given)
        if not one["states"]
    ]
    problems.raise_any()
    return [
        ConsentFilter(str(one["channel"]), str(one["purpose"]), tuple(dict.fromkeys(map(str, one["states"]))))
        for one in given
    ]


def _sources(given: Mapping[str, Sequence[Source] | None]) -> SourceFilter:
    return SourceFilter(**{side: tuple(map(Source, sources)) for side, sources in given.items() if sources is not None})


def _attributes(given: Sequence[Mapping[str, Any]]) -> list[AttributeFilter]:
    if len(given) > MAX_ATTRIBUTES:
        raise CustomerPlusError(f"Filter by at most {MAX_ATTRIBUTES} attributes.", field="attributes")
    return [_attribute(one, f"attributes.{number}") for number, one in enumerate(given)]


def _attribute(given: Mapping[str, Any], field: str) -> AttributeFilter:
    key = checked_text(given["key"].strip(), field=f"{field}.key", longest=json_values.MAX_NAME_LENGTH)
    value = given.get("value")
    if value is None:
        return AttributeFilter(key)
    try:
        json_values.check(value, "value")
    except json_values.Unreturnable as error:
        raise CustomerPlusError(str(error), field=f"{field}.value") from error
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return AttributeFilter(key, checked_text(text, field=f"{field}.value", longest=_MAX_VALUE))


# The JSON of an attribute's value in a filter.
_MAX_VALUE = 1000


def _segment(global_id: str) -> tuple[int, ...]:
    return (get_segment(key_of(global_id, "CustomerSegment", field="segment"), field="segment").pk,)


def _range(given: Mapping[str, Any]) -> Range:
    return Range(given.get("gte"), given.get("lte"))


def _money(field: str, given: Mapping[str, Any]) -> MoneyRange:
    bounds = {end: None if given.get(end) is None else Decimal(str(given[end])) for end in ("gte", "lte")}
    problems = Problems()
    if set(bounds.values()) == {None}:
        with problems.noted():
            raise CustomerPlusError("A range of amounts needs `gte` or `lte`.", code=ErrorCode.REQUIRED, field=field)
    for end, bound in bounds.items():
        if bound is not None and not (bound.is_finite() and abs(bound) < _TOO_MUCH):
            with problems.noted():
                raise CustomerPlusError(f"An amount must be less than {_TOO_MUCH}.", field=f"{field}.{end}")
    with problems.noted():
        currency = _currency(given["currency"], field=f"{field}.currency")
    problems.raise_any()
    return MoneyRange(currency, Range(bounds["gte"], bounds["lte"]))


def _rfm_group(given: Mapping[str, Any]) -> RfmFilter:
    if not given["groups"]:
        raise CustomerPlusError("Name at least one group.", code=ErrorCode.REQUIRED, field="rfm_group.groups")
    currency = _currency(given["currency"], field="rfm_group.currency")
    return RfmFilter(currency, tuple(dict.fromkeys(map(str, given["groups"]))))


def _next_order(given: Mapping[str, Any]) -> ExpectedFilter:
    times = _range(given)
    if times == Range():
        raise CustomerPlusError(
            "A range of times needs `gte` or `lte`.", code=ErrorCode.REQUIRED, field="next_order_expected_at"
        )
    return ExpectedFilter(_currency(given["currency"], field="next_order_expected_at.currency"), times)


# Amounts are stored with 17 digits before the decimal point.
_TOO_MUCH = 10**17

_READERS: Mapping[str, Callable[[Any], Any]] = {
    "ids": _ids,
    "acquisition": _acquisition,
    "customer_types": customer_types_filter,
    "account_attributes": attributes_filter,
    "account_metadata": metadata_filter,
    "account_private_metadata": partial(metadata_filter, is_private=True),
    "countries": _countries,
    "cities": _cities,
    "languages": _languages,
    "sources": _sources,
    "attributes": _attributes,
    "fields": field_filters,
    "order_channels": lambda ids: keys_of(ids, "Channel", field="order_channels", most=MAX_VALUES),
    "company_name": lambda name: checked_text(name.strip(), field="company_name", longest=256),
    "created_at": _range,
    "customer_since": _range,
    "last_order_at": _range,
    "order_count": _range,
    "total_spent": partial(_money, "total_spent"),
    "average_order_value": partial(_money, "average_order_value"),
    "consents": _consents,
    "tags": _tags,
    "groups": _groups,
    "rfm_group": _rfm_group,
    "next_order_expected_at": _next_order,
    "segment": _segment,
    "query": kept_query,
}
# What a filter is called where it can have several values.
_NAMES = {"segment": "segments"}
