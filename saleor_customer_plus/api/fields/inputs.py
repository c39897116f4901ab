"""Inputs of fields, and of their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import graphene

from ...errors import CustomerPlusError, SeveralErrors
from ...fields.models import FieldType
from ...fields.services import LOGGED_AS, Given
from ..core.types import JSON, enum_of, list_of

CustomerFieldType = enum_of(
    FieldType,
    name="CustomerFieldType",
    description="What the values of a field that the shop defined look like.",
    values={
        "TEXT": "A text: a string",
        "NUMBER": "A number of at most 15 digits, 6 of them after the decimal point",
        "DATE": 'A date without a time: a string such as "2026-11-27"',
        "BOOLEAN": "True or false",
        "CHOICE": "One of the choices: a string, the choice's `value`",
        "CHOICES": "Any number of the choices: a list of strings",
        "MONEY": 'An amount in a currency: an object such as {"amount": 12.5, "currency": "EUR"}',
        "ORDER": "An order: its global ID in Saleor's API, a string",
        "PRODUCT": "A product: its global ID in Saleor's API, a string",
    },
)


class CustomerFieldLimitsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Limits of a field's values. Both ends of a range are included. Each limit is allowed for some types only."""

    min_length = graphene.Int(description="Minimum number of characters of a text.")
    max_length = graphene.Int(
        description="Maximum number of characters of a text, 255 if omitted. At most 10,000, or 255 for a field that "
        "is indexed or unique. A text of more than 255 characters may have several lines."
    )
    mask = graphene.String(
        description="Form of a text: `9` stands for a digit, `a` for a letter, `*` for either, and any other character "
        "for itself, as does one after a backslash. `aa-9999` matches AB-2041."
    )
    min_number = graphene.Float(description="Minimum of a number, or of an amount of money.")
    max_number = graphene.Float(description="Maximum of a number, or of an amount of money.")
    min_date = graphene.String(description="First allowed date, such as 1900-01-01.")
    max_date = graphene.String(description="Last allowed date, such as 2026-12-31.")
    currency = graphene.String(description="ISO 4217 code of the only currency in which amounts are allowed.")


class CustomerFieldChoiceInput(graphene.InputObjectType):  # type: ignore[misc]
    """A value that staff can choose in a field of the types CHOICE and CHOICES."""

    value = graphene.String(
        description="Value of the choice, by which programs know it: lower-case letters, digits, hyphens and "
        "underscores. Made of the label if omitted."
    )
    label = graphene.String(required=True, description="Label of the choice: at most 255 characters, no comma.")


class CustomerFieldInput(graphene.InputObjectType):  # type: ignore[misc]
    """Definition of a field. Omitted values are unchanged."""

    label = graphene.String(
        description="Label, unique case-insensitively: at most 255 characters, no comma. Required to create a field."
    )
    help_text = graphene.String(description="Help for whoever fills in the field, at most 1,000 characters.")
    is_required = graphene.Boolean(
        description="Whether staff must fill in the field: a record cannot be created without it, and it cannot be "
        "cleared. Orders, accounts and imports are accepted without it."
    )
    is_unique = graphene.Boolean(
        description="Whether no two records may have the same value. Allowed for TEXT, NUMBER, DATE and ORDER. Texts "
        "are compared case-insensitively."
    )
    is_indexed = graphene.Boolean(
        description="Whether filtering and sorting by the field is fast in a large store. At most 20 fields. Writing "
        "an indexed value takes a little longer."
    )
    is_visible_to_customer = graphene.Boolean(
        description="Whether the value may be shown to the customer. Clients decide by this: the plugin itself shows "
        "no field to customers."
    )
    limits = CustomerFieldLimitsInput(description="Limits of the values. Replaces all limits.")
    choices = list_of(
        CustomerFieldChoiceInput,
        description="Choices of CHOICE and CHOICES in the order in which they are offered, at most 200. Replaces all.",
    )


class CustomerFieldCreateInput(CustomerFieldInput):
    """Fields required to create a field."""

    key = graphene.String(
        description="Key, by which programs know the field: lower-case letters, digits and underscores, at most 64 "
        "characters. It never changes. Made of the label if omitted."
    )
    label = graphene.String(
        required=True, description="Label, unique case-insensitively: at most 255 characters, no comma."
    )
    type = graphene.Argument(CustomerFieldType, required=True, description="Type of the values.")


class CustomerFieldUpdateInput(CustomerFieldInput):
    """Parts of a definition to update."""

    type = graphene.Argument(CustomerFieldType, description="Type of the values. Limits of another type are removed.")


class CustomerRecordFieldInput(graphene.InputObjectType):  # type: ignore[misc]
    """A value for a field that the shop defined."""

    key = graphene.String(required=True, description="Key of the field: see `customerFields`.")
    value = graphene.Argument(
        JSON, description="Value as the field's type has it. Null, an empty string or an empty list clears the field."
    )


def given_fields(input: Sequence[Mapping[str, Any]] | None) -> list[Given]:
    """Convert a `fields` input."""
    return [Given(one["key"], one.get("value")) for one in input or ()]


@contextmanager
def places_of(given: Sequence[Given]) -> Iterator[None]:
    """Name the fields in errors by their place in the input: `fields.birthday` becomes `fields.0.value`."""
    try:
        yield
    except CustomerPlusError as error:
        _place([error], given)
        raise
    except SeveralErrors as several:
        _place(several.errors, given)
        raise


def _place(errors: Iterable[CustomerPlusError], given: Sequence[Given]) -> None:
    numbers = {f"{LOGGED_AS}.{one.key}": number for number, one in enumerate(given)}
    for error in errors:
        if error.field in numbers:
            error.field = f"{LOGGED_AS}.{numbers[error.field]}.value"
