"""Shared types. Those that Saleor's API has, too, have the same name and shape."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import graphene
from django_countries import countries
from graphql import GraphQLError
from graphql.language import ast

from ...core import json_values
from ...customers.queries import SavedAddress
from .base import checked_text, raw_key_of, to_global_id


def list_of(of_type: Any, **options: Any) -> graphene.List:
    """A list without nulls."""
    return graphene.List(graphene.NonNull(of_type), **options)


def enum_of(
    choices: type[enum.Enum], *, name: str, description: str, values: Mapping[str, str] | None = None
) -> type[graphene.Enum]:
    """A GraphQL enum of a Python one. Members are described by `values`, or else by their label."""

    def describe(member: Any) -> str:
        if member is None:
            return description
        return f"{(values or {}).get(member.name, getattr(member, 'label', '')).rstrip('.')}."

    meta = type("Meta", (), {"enum": choices, "name": name, "description": staticmethod(describe)})
    return type(name, (graphene.Enum,), {"Meta": meta})


class JSON(graphene.Scalar):  # type: ignore[misc]
    """Any JSON value. Integers have up to 64 bits. Larger ones are returned as floats if exact, else as text."""

    serialize = staticmethod(json_values.returnable)

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(node: Any) -> Any:
        """Return the value of a literal, the same as that of a variable. Fields check what they accept."""
        if isinstance(node, ast.StringValue | ast.BooleanValue):
            return node.value
        if isinstance(node, ast.IntValue):
            return int(node.value)
        if isinstance(node, ast.FloatValue):
            return float(node.value)
        if isinstance(node, ast.ListValue):
            return [JSON.parse_literal(value) for value in node.values]
        if isinstance(node, ast.ObjectValue):
            return {field.name.value: JSON.parse_literal(field.value) for field in node.fields}
        if isinstance(node, ast.Variable):
            raise GraphQLError("A variable cannot stand within a JSON value. Send the whole value as one.", [node])
        raise GraphQLError("A JSON value has no names but true and false. Put a text into quotes.", [node])


class DateTime(graphene.DateTime):  # type: ignore[misc]
    """A date and time in ISO 8601 format, such as 2024-05-01T12:00:00+00:00. UTC if it has no time zone."""

    @staticmethod
    def parse_value(value: Any) -> datetime | None:
        try:
            time = datetime.fromisoformat(value)
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return None


class OrderDirection(graphene.Enum):  # type: ignore[misc]
    ASC = "ASC"
    DESC = "DESC"

    class Meta:
        @staticmethod
        def description(member: Any) -> str:
            if member is None:
                return "Sort direction."
            return (
                "Ascending order, lowest value first."
                if member.value == "ASC"
                else "Descending order, highest value first."
            )


class MoneyAmount(NamedTuple):
    """The attributes that the type `Money` resolves."""

    amount: Any
    currency: str


class Money(graphene.ObjectType):  # type: ignore[misc]
    """An amount of money in one currency."""

    amount = graphene.Float(required=True, description="Amount in units of the currency, such as euros.")
    currency = graphene.String(required=True, description="ISO 4217 currency code.")


class CountryDisplay(graphene.ObjectType):  # type: ignore[misc]
    """A country with its ISO code and English name."""

    code = graphene.String(required=True, description="ISO 3166-1 alpha-2 country code.")
    country = graphene.String(required=True, description="Country name.")

    @classmethod
    def of(cls, code: str) -> CountryDisplay | None:
        return cls(code=code, country=countries.name(code) or code) if code else None


def _of_address(name: str, default: Any, saved: SavedAddress, _info: Any) -> Any:
    return getattr(saved.address, name, default)


class Address(graphene.ObjectType):  # type: ignore[misc]
    """A postal address."""

    id = graphene.ID(required=True, description="Global ID of the Saleor address.")
    first_name = graphene.String(required=True, description="First name of the recipient.")
    last_name = graphene.String(required=True, description="Last name of the recipient.")
    company_name = graphene.String(required=True, description="Company, or an empty string.")
    street_address_1 = graphene.String(
        name="streetAddress1", required=True, description="First line of the street address."
    )
    street_address_2 = graphene.String(
        name="streetAddress2", required=True, description="Second line of the street address."
    )
    city = graphene.String(required=True, description="City or town.")
    city_area = graphene.String(required=True, description="District of the city.")
    postal_code = graphene.String(required=True, description="Postal code or ZIP code.")
    country = graphene.Field(CountryDisplay, description="Country, with its name.")
    country_area = graphene.String(required=True, description="State or province.")
    phone = graphene.String(description="Phone number in international format.")
    is_default_shipping_address = graphene.Boolean(
        description="Whether the address is the account's default shipping address. Null for an order's address."
    )
    is_default_billing_address = graphene.Boolean(
        description="Whether the address is the account's default billing address. Null for an order's address."
    )

    class Meta:
        default_resolver = _of_address

    @staticmethod
    def resolve_id(saved: SavedAddress, _info: Any) -> str:
        return to_global_id("Address", saved.address.pk)

    @staticmethod
    def resolve_country(saved: SavedAddress, _info: Any) -> CountryDisplay | None:
        return CountryDisplay.of(saved.address.country.code)

    @staticmethod
    def resolve_phone(saved: SavedAddress, _info: Any) -> str | None:
        return str(saved.address.phone or "") or None

    @staticmethod
    def resolve_is_default_shipping_address(saved: SavedAddress, _info: Any) -> bool | None:
        return saved.is_default_shipping

    @staticmethod
    def resolve_is_default_billing_address(saved: SavedAddress, _info: Any) -> bool | None:
        return saved.is_default_billing


class DateTimeRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of dates and times, both ends included."""

    gte = DateTime(description="At or after this time.")
    lte = DateTime(description="At or before this time.")


class IntRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of integers, both ends included."""

    gte = graphene.Int(description="Greater than or equal to this number.")
    lte = graphene.Int(description="Less than or equal to this number.")


# The type names in global IDs, by the kinds in our tables.
_KINDS: Mapping[str, str] = {
    "ORDER": "Order",
    "ACCOUNT": "User",
    "STAFF": "User",
    "CUSTOMER": "User",
    "APP": "App",
    "LEAD": "CustomerLead",
    "NOTE": "CustomerNote",
    "JOB": "CustomerJob",
    "IMPORT": "CustomerJob",
    "MERGE": "CustomerMerge",
    "SEGMENT": "CustomerSegment",
}


def id_of(kind: str, key: str) -> str | None:
    """Return the global ID of the object that one of our rows refers to by kind and key."""
    if not key:
        return None
    return to_global_id(_KINDS[kind], key) if kind in _KINDS else key


def key_of_kind(kind: str, global_id: str, *, field: str) -> str:
    """Return the key of an object of this kind: the inverse of `id_of`."""
    if kind not in _KINDS:
        return checked_text(global_id, field=field, longest=64)
    return raw_key_of(global_id, _KINDS[kind], field=field)
