"""Types that features share. What Saleor's own API has too is named and shaped as there."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import graphene
from django_countries import countries
from graphene.types.generic import GenericScalar

from ..records.queries import SavedAddress
from .base import checked_text, raw_key_of, to_global_id


def list_of(of_type: Any, **options: Any) -> graphene.List:
    """A list without nulls in it."""
    return graphene.List(graphene.NonNull(of_type), **options)


def enum_of(choices: type[enum.Enum], *, name: str, description: str) -> type[graphene.Enum]:
    """A GraphQL enum with the members of a Python one. A member is described by its label."""

    def describe(member: Any) -> str:
        return description if member is None else f"{getattr(member, 'label', member.value).rstrip('.')}."

    meta = type("Meta", (), {"enum": choices, "name": name, "description": staticmethod(describe)})
    return type(name, (graphene.Enum,), {"Meta": meta})


class JSON(GenericScalar):  # type: ignore[misc]
    """Any JSON value."""


class DateTime(graphene.DateTime):  # type: ignore[misc]
    """A time as in ISO 8601, such as 2024-05-01T12:00:00+00:00. Without a zone it is meant in UTC."""

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
                return "The direction of a sort."
            return "From the lowest to the highest." if member.value == "ASC" else "From the highest to the lowest."


class MoneyAmount(NamedTuple):
    """What the type `Money` shows."""

    amount: Any
    currency: str


class Money(graphene.ObjectType):  # type: ignore[misc]
    """An amount of money in one currency."""

    amount = graphene.Float(required=True, description="The amount.")
    currency = graphene.String(required=True, description="The currency's ISO 4217 code.")


class CountryDisplay(graphene.ObjectType):  # type: ignore[misc]
    """A country."""

    code = graphene.String(required=True, description="The country's ISO 3166-1 alpha-2 code.")
    country = graphene.String(required=True, description="The country's name.")

    @classmethod
    def of(cls, code: str) -> CountryDisplay | None:
        return cls(code=code, country=countries.name(code) or code) if code else None


def _of_address(name: str, default: Any, saved: SavedAddress, _info: Any) -> Any:
    return getattr(saved.address, name, default)


class Address(graphene.ObjectType):  # type: ignore[misc]
    """A postal address."""

    id = graphene.ID(required=True, description="Saleor's global id of the address.")
    first_name = graphene.String(required=True, description="The first name.")
    last_name = graphene.String(required=True, description="The last name.")
    company_name = graphene.String(required=True, description="The company.")
    street_address_1 = graphene.String(
        name="streetAddress1", required=True, description="The first line of the street address."
    )
    street_address_2 = graphene.String(
        name="streetAddress2", required=True, description="The second line of the street address."
    )
    city = graphene.String(required=True, description="The city.")
    city_area = graphene.String(required=True, description="The district of the city.")
    postal_code = graphene.String(required=True, description="The postal code.")
    country = graphene.Field(CountryDisplay, description="The country.")
    country_area = graphene.String(required=True, description="The state or province.")
    phone = graphene.String(description="The phone number in international format.")
    is_default_shipping_address = graphene.Boolean(
        description="Whether the account ships here by default. Null for an address of an order."
    )
    is_default_billing_address = graphene.Boolean(
        description="Whether the account's bills go here by default. Null for an address of an order."
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
    """A range of times, both ends included."""

    gte = DateTime(description="Not before this time.")
    lte = DateTime(description="Not after this time.")


class IntRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """A range of whole numbers, both ends included."""

    gte = graphene.Int(description="Not less than this number.")
    lte = graphene.Int(description="Not more than this number.")


# What a kind of thing, as our tables name it, is called in a global id.
_KINDS: Mapping[str, str] = {
    "ORDER": "Order",
    "ACCOUNT": "User",
    "STAFF": "User",
    "CUSTOMER": "User",
    "APP": "App",
    "LEAD": "CustomerLead",
    "NOTE": "CustomerNote",
    "JOB": "CustomerJob",
}


def id_of(kind: str, key: str) -> str | None:
    """The global id of something that one of our rows points at by a kind and a key."""
    if not key:
        return None
    return to_global_id(_KINDS[kind], key) if kind in _KINDS else key


def key_of_kind(kind: str, global_id: str, *, field: str) -> str:
    """The key by which our rows point at something of a kind: what `id_of` made the global id of."""
    if kind not in _KINDS:
        return checked_text(global_id, field=field, longest=64)
    return raw_key_of(global_id, _KINDS[kind], field=field)
