"""Inputs of what Saleor keeps of an account: to change it, and to filter by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...accounts.account_changes import AccountChanges
from ...accounts.account_data import Kind, check_attributes, check_customer_types, input_types
from ...accounts.account_filters import AccountAttributeFilter, MetadataFilter
from ...errors import CustomerPlusError, ErrorCode, Problems
from ..core.base import checked_text, key_of, keys_of
from ..core.types import DateTimeRangeInput, list_of

# Each of them is a condition, or a value, of its own; longer lists were pasted by mistake.
MAX_ATTRIBUTES = 50
MAX_VALUES = 100
MAX_METADATA = 50
MAX_CONDITIONS = 10
_KEY, _SLUG, _VALUE = 256, 255, 10_000


class CustomerAccountAttributeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Values of an attribute."""

    slug = graphene.String(required=True, description="Slug of the attribute, which the customer type must have.")
    values = list_of(
        graphene.String,
        required=True,
        description="All values as text: names or slugs of choices, a number, an ISO 8601 date or time, `yes` or `no`, "
        "or plain text. An empty list clears the attribute.",
    )


class CustomerMetadataInput(graphene.InputObjectType):  # type: ignore[misc]
    """An entry of metadata."""

    key = graphene.String(required=True, description="Key of the entry, at most 256 characters.")
    value = graphene.String(
        description="Value of the entry, at most 10,000 characters. If it is null or omitted, the entry is deleted."
    )


class CustomerAccountInput(graphene.InputObjectType):  # type: ignore[misc]
    """Changes to an account. Omitted fields are unchanged, and so are attributes and metadata that are not named."""

    customer_type = graphene.ID(description="Global ID of Saleor's CustomerType. Requires Saleor 3.23.")
    attributes = list_of(
        CustomerAccountAttributeInput,
        description="Attributes of the customer type, at most 50. Files, references and rich text can be set in "
        "Saleor only. Requires Saleor 3.23.26.",
    )
    metadata = list_of(CustomerMetadataInput, description="Public metadata, at most 50 entries.")
    private_metadata = list_of(CustomerMetadataInput, description="Private metadata, at most 50 entries.")


class CustomerFloatRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of numbers, both ends included."""

    gte = graphene.Float(description="Greater than or equal to this number.")
    lte = graphene.Float(description="Less than or equal to this number.")


class CustomerRecordAccountAttributeFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by an attribute of the linked account. All that is given must match."""

    slug = graphene.String(required=True, description="Slug by which Saleor knows the attribute.")
    values = list_of(
        graphene.String, description="Names or slugs of choices, or whole texts, any of which matches. Case-sensitive."
    )
    boolean = graphene.Boolean(description="Value of a BOOLEAN attribute.")
    numeric = CustomerFloatRangeInput(description="Range of a NUMERIC attribute.")
    date_time = DateTimeRangeInput(description="Range of a DATE or DATE_TIME attribute.")


class CustomerRecordAccountMetadataFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by an entry of metadata of the linked account."""

    key = graphene.String(required=True, description="Key of the entry, case-sensitive.")
    value = graphene.String(description="Value of the entry, case-sensitive. Null matches any value.")


def account_changes(given: Mapping[str, Any]) -> AccountChanges:
    """Check the input and convert it. Raises all errors at once."""
    problems, values = Problems(), dict[str, Any]()
    if given.get("customer_type") is not None:
        with problems.noted():
            check_customer_types("customer_type")
            values["customer_type"] = key_of(given["customer_type"], "CustomerType", field="customer_type")
    if given.get("attributes"):
        with problems.noted():
            check_attributes("attributes")
            values["attributes"] = _attributes(given["attributes"])
    for name in ("metadata", "private_metadata"):
        if given.get(name):
            with problems.noted():
                values[name] = _metadata(given[name], name)
    problems.raise_any()
    return AccountChanges(**values)


def _attributes(given: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[str]]:
    _few(given, MAX_ATTRIBUTES, "attributes")
    problems, found = Problems(), dict[str, Sequence[str]]()
    for number, one in enumerate(given):
        path, slug, values = f"attributes.{number}", "", list[str]()
        with problems.noted():
            slug = _named(one["slug"], f"{path}.slug", _SLUG)
            if slug in found:
                raise CustomerPlusError("This attribute is there twice.", field=f"{path}.slug")
        with problems.noted():
            few = _few(one["values"], MAX_VALUES, f"{path}.values")
            values = [checked_text(value, field=f"{path}.values", longest=_VALUE) for value in few]
        found[slug] = values
    problems.raise_any()
    return found


def _metadata(given: Sequence[Mapping[str, Any]], name: str) -> dict[str, str | None]:
    _few(given, MAX_METADATA, name)
    problems, found = Problems(), dict[str, str | None]()
    for number, one in enumerate(given):
        path, key, value = f"{name}.{number}", "", one.get("value")
        with problems.noted():
            key = _named(one["key"], f"{path}.key", _KEY)
            if key in found:
                raise CustomerPlusError("This key is there twice.", field=f"{path}.key")
        with problems.noted():
            value = None if value is None else checked_text(value, field=f"{path}.value", longest=_VALUE)
        found[key] = value
    problems.raise_any()
    return found


def customer_types_filter(ids: Sequence[str]) -> list[int]:
    check_customer_types("customer_types")
    return keys_of(ids, "CustomerType", field="customer_types", most=MAX_VALUES)


def attributes_filter(given: Sequence[Mapping[str, Any]]) -> list[AccountAttributeFilter]:
    check_attributes("account_attributes")
    _few(given, MAX_CONDITIONS, "account_attributes")
    problems, found = Problems(), []
    for number, one in enumerate(given):
        path = f"account_attributes.{number}"
        with problems.noted():
            found.append(_attribute_filter(one, path))
    problems.raise_any()
    known = input_types([one.slug for one in found])
    for number, wanted in enumerate(found):
        with problems.noted():
            _check_kind(wanted, known.get(wanted.slug), f"account_attributes.{number}")
    problems.raise_any()
    return found


_DATES = (Kind.DATE, Kind.DATE_TIME)


def _check_kind(wanted: AccountAttributeFilter, input_type: str | None, path: str) -> None:
    """Raise unless there is such an attribute, which has values of the kind that it is compared with."""
    if input_type is None:
        raise CustomerPlusError(
            "Saleor has no attribute of customers with this slug.", code=ErrorCode.NOT_FOUND, field=f"{path}.slug"
        )
    given = {
        "values": wanted.values is not None and input_type in (Kind.NUMERIC, Kind.BOOLEAN, *_DATES),
        "boolean": wanted.boolean is not None and input_type != Kind.BOOLEAN,
        "numeric": wanted.numeric != (None, None) and input_type != Kind.NUMERIC,
        "date_time": wanted.date_time != (None, None) and input_type not in _DATES,
    }
    for name, is_wrong in given.items():
        if is_wrong:
            raise CustomerPlusError(
                f"The attribute is of the kind {input_type}: it has no such values.", field=f"{path}.{name}"
            )


def _attribute_filter(given: Mapping[str, Any], path: str) -> AccountAttributeFilter:
    values, slug, problems = given.get("values"), "", Problems()
    numeric, times = given.get("numeric") or {}, given.get("date_time") or {}
    with problems.noted():
        slug = _named(given["slug"], f"{path}.slug", _SLUG)
    with problems.noted():
        if values is not None:
            _few(values, MAX_VALUES, f"{path}.values")
            values = [checked_text(value, field=f"{path}.values", longest=_VALUE) for value in values]
    problems.raise_any()
    return AccountAttributeFilter(
        slug,
        values,
        given.get("boolean"),
        (numeric.get("gte"), numeric.get("lte")),
        (times.get("gte"), times.get("lte")),
    )


def metadata_filter(given: Sequence[Mapping[str, Any]], *, is_private: bool = False) -> list[MetadataFilter]:
    name = "account_private_metadata" if is_private else "account_metadata"
    _few(given, MAX_CONDITIONS, name)
    problems, found = Problems(), []
    for number, one in enumerate(given):
        path, key, value = f"{name}.{number}", "", one.get("value")
        with problems.noted():
            key = _named(one["key"], f"{path}.key", _KEY)
        with problems.noted():
            value = None if value is None else checked_text(value, field=f"{path}.value", longest=_VALUE)
        found.append(MetadataFilter(key, value, is_private))
    problems.raise_any()
    return found


def _named(text: str, field: str, longest: int) -> str:
    if not text.strip():
        raise CustomerPlusError("Name it: this may not be blank.", field=field)
    return checked_text(text.strip(), field=field, longest=longest)


def _few(values: Sequence[Any], most: int, field: str) -> Sequence[Any]:
    if len(values) > most:
        raise CustomerPlusError(f"At most {most} are allowed.", field=field)
    return values
