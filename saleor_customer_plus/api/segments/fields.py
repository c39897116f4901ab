"""The fields of conditions as data, for whoever builds conditions."""

from __future__ import annotations

from typing import Any

import graphene

from ...conditions.catalogue import REGISTRY
from ...conditions.literals import name_text
from ...conditions.registry import Entry, Family, Field, Function
from ..core.types import list_of
from .enums import CustomerSegmentFieldType

# Of one field, to choose from: more are found by typing.
MAX_CHOICES = 500


class CustomerSegmentField(graphene.ObjectType):  # type: ignore[misc]
    """A field that a condition can be about, or a function with parameters."""

    name = graphene.String(required=True, description="Name, as conditions spell it.")
    label = graphene.String(required=True, description="Name for people, in English.")
    description = graphene.String(required=True, description="What it means, where the label does not say it.")
    type = graphene.Field(CustomerSegmentFieldType, description="Type of the values. Null for a function.")
    operators = list_of(graphene.String, required=True, description="Operators, such as `>=` or `IS NULL`.")
    choices = list_of(
        graphene.String,
        required=True,
        description="Values or names to choose from, at most 500. Empty if anything can be written.",
    )
    is_function = graphene.Boolean(
        required=True, description="Whether it is written as `name MATCHES (parameter ..., ...)`."
    )
    parameters = list_of(lambda: CustomerSegmentField, required=True, description="Parameters of a function.")

    @staticmethod
    def resolve_name(entry: Field | Function, _info: Any) -> str:
        return name_text(entry.name)

    @staticmethod
    def resolve_type(entry: Field | Function, _info: Any) -> str | None:
        return entry.kind.value if isinstance(entry, Field) else None

    @staticmethod
    def resolve_operators(entry: Field | Function, _info: Any) -> list[str]:
        return [str(one) for one in entry.operators] if isinstance(entry, Field) else ["MATCHES", "NOT MATCHES"]

    @staticmethod
    def resolve_choices(entry: Field | Function, _info: Any) -> list[str]:
        if isinstance(entry, Function):
            return []
        found = entry.choices if entry.references is None else entry.references.names()
        return list(found)[:MAX_CHOICES]

    @staticmethod
    def resolve_is_function(entry: Field | Function, _info: Any) -> bool:
        return isinstance(entry, Function)

    @staticmethod
    def resolve_parameters(entry: Field | Function, _info: Any) -> list[Field]:
        return list(entry.parameters) if isinstance(entry, Function) else []


def all_fields() -> list[Field | Function]:
    """All fields and functions, those of families by the keys that there are."""
    return [one for entry in REGISTRY for one in _fields_of(entry)]


def _fields_of(entry: Entry) -> list[Field | Function]:
    if not isinstance(entry, Family):
        return [entry]
    found = (entry.field(key) for key in list(entry.known_keys())[:MAX_CHOICES])
    return [field for field in found if field is not None]
