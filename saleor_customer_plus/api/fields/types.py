"""Field types of the API, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import graphene

from ...fields import models
from ...fields.changes import Impact
from ...fields.limits import Limits
from ...fields.queries import FieldOfRecord, count_values, fields_of
from ...records.models import CustomerRecord
from ..core.base import channels_of, to_global_id
from ..core.dataloaders import load
from ..core.types import JSON, DateTime, id_of, list_of
from ..customers.inputs import CustomerRecordSource
from .inputs import CustomerFieldType


class CustomerFieldChoice(graphene.ObjectType):  # type: ignore[misc]
    """A value that staff can choose in a field of the types CHOICE and CHOICES."""

    value = graphene.String(required=True, description="Value of the choice, by which programs know it.")
    label = graphene.String(required=True, description="Label that staff see.")


class CustomerFieldLimits(graphene.ObjectType):  # type: ignore[misc]
    """Limits of a field's values. Both ends of a range are included. Null is no limit."""

    min_length = graphene.Int(description="Minimum number of characters of a text.")
    max_length = graphene.Int(description="Maximum number of characters of a text. Null is 255.")
    mask = graphene.String(
        description="Form of a text: `9` stands for a digit, `a` for a letter, `*` for either, and any other character "
        "for itself, as does one after a backslash."
    )
    min_number = graphene.Float(description="Minimum of a number, or of an amount of money.")
    max_number = graphene.Float(description="Maximum of a number, or of an amount of money.")
    min_date = graphene.String(description="First allowed date, such as 1900-01-01.")
    max_date = graphene.String(description="Last allowed date, such as 2026-12-31.")
    currency = graphene.String(description="ISO 4217 code of the only currency in which amounts are allowed.")


class CustomerField(graphene.ObjectType):  # type: ignore[misc]
    """A field that the shop defined for its customer records."""

    id = graphene.ID(required=True, description="Global ID of the field.")
    key = graphene.String(required=True, description="Key, by which programs know the field. It never changes.")
    label = graphene.String(required=True, description="Label that staff see, unique case-insensitively.")
    type = graphene.Field(CustomerFieldType, required=True, description="Type of the values.")
    help_text = graphene.String(required=True, description="Help for whoever fills in the field, or an empty string.")
    is_required = graphene.Boolean(required=True, description="Whether staff must fill in the field.")
    is_unique = graphene.Boolean(required=True, description="Whether no two records may have the same value.")
    is_indexed = graphene.Boolean(
        required=True, description="Whether filtering and sorting by the field is fast in a large store."
    )
    is_visible_to_customer = graphene.Boolean(
        required=True, description="Whether the value may be shown to the customer."
    )
    limits = graphene.Field(CustomerFieldLimits, required=True, description="Limits of the values.")
    choices = list_of(CustomerFieldChoice, required=True, description="Choices of CHOICE and CHOICES, in order.")
    position = graphene.Int(required=True, description="Position among the fields, from 0.")
    value_count = graphene.Int(
        required=True, description="Number of records with a value in the field, including inactive ones."
    )
    created_at = DateTime(required=True, description="When the field was created.")
    archived_at = DateTime(description="When the field was deleted or replaced. Null if it is in use.")
    updated_at = DateTime(required=True, description="When the definition was last updated.")

    @staticmethod
    def resolve_id(definition: models.FieldDefinition, _info: Any) -> str:
        return to_global_id("CustomerField", definition.pk)

    @staticmethod
    def resolve_limits(definition: models.FieldDefinition, _info: Any) -> Limits:
        return Limits.of(definition.limits)

    @staticmethod
    def resolve_value_count(definition: models.FieldDefinition, info: Any) -> Any:
        return load(info, count_values, definition.pk)

    @staticmethod
    def resolve_created_at(definition: models.FieldDefinition, _info: Any) -> datetime:
        return definition.created_at

    @staticmethod
    def resolve_archived_at(definition: models.FieldDefinition, _info: Any) -> datetime | None:
        return definition.archived_at

    @staticmethod
    def resolve_updated_at(definition: models.FieldDefinition, _info: Any) -> datetime:
        return definition.modified_at


class CustomerFieldChangePreview(graphene.ObjectType):  # type: ignore[misc]
    """What becomes of the values of a field if it is changed or deleted."""

    value_count = graphene.Int(required=True, description="Number of records with a value.")
    kept_count = graphene.Int(required=True, description="Number of values that are kept, converted if necessary.")
    lost_count = graphene.Int(required=True, description="Number of values that the changed field cannot have.")
    lost_examples = list_of(
        graphene.String, required=True, description="Different values among those that are lost, at most 10."
    )
    token = graphene.String(required=True, description="Token to send with the change, valid for one hour.")

    @staticmethod
    def resolve_value_count(impact: Impact, _info: Any) -> int:
        return impact.values

    @staticmethod
    def resolve_kept_count(impact: Impact, _info: Any) -> int:
        return impact.kept

    @staticmethod
    def resolve_lost_count(impact: Impact, _info: Any) -> int:
        return impact.lost

    @staticmethod
    def resolve_lost_examples(impact: Impact, _info: Any) -> Sequence[str]:
        return impact.examples


class CustomerRecordField(graphene.ObjectType):  # type: ignore[misc]
    """A field of a customer record, and its value."""

    key = graphene.String(required=True, description="Key, by which programs know the field.")
    label = graphene.String(required=True, description="Label that staff see.")
    type = graphene.Field(CustomerFieldType, required=True, description="Type of the value.")
    value = graphene.Field(JSON, description="Value as the field's type has it. Null if the record has none.")
    text = graphene.String(
        required=True,
        description="Value as text: labels of choices, the number of an order. An empty string if there is none.",
    )
    source = graphene.Field(
        CustomerRecordSource, description="Source of the value, or of its removal. Null if it was never set."
    )
    source_id = graphene.ID(description="ID of the staff member or job that set the value, if known.")
    updated_at = DateTime(description="When the value was set or removed. Null if it was never set.")
    is_locked = graphene.Boolean(
        required=True, description="Whether imports leave the value as it is, because staff set or removed it."
    )

    @staticmethod
    def resolve_key(field: FieldOfRecord, _info: Any) -> str:
        return field.definition.key

    @staticmethod
    def resolve_label(field: FieldOfRecord, _info: Any) -> str:
        return field.definition.label

    @staticmethod
    def resolve_type(field: FieldOfRecord, _info: Any) -> str:
        return field.definition.type

    @staticmethod
    def resolve_value(field: FieldOfRecord, _info: Any) -> Any:
        return field.json

    @staticmethod
    def resolve_source(field: FieldOfRecord, _info: Any) -> str | None:
        return field.source or None

    @staticmethod
    def resolve_source_id(field: FieldOfRecord, _info: Any) -> str | None:
        return id_of("JOB" if field.source == "IMPORT" else field.source, field.origin)

    @staticmethod
    def resolve_updated_at(field: FieldOfRecord, _info: Any) -> datetime | None:
        return field.updated_at


class FieldsOfRecord:
    """The fields of a customer record that the shop defined."""

    fields = list_of(
        CustomerRecordField,
        required=True,
        description="Fields that the shop defined, in order, including those without a value.",
        keys=list_of(graphene.String, description="Only the fields with these keys."),
    )

    @staticmethod
    def resolve_fields(record: CustomerRecord, info: Any, keys: Sequence[str] | None = None) -> Any:
        def wanted(fields: Sequence[FieldOfRecord]) -> list[FieldOfRecord]:
            return [one for one in fields if keys is None or one.definition.key in keys]

        return load(info, fields_of, record.pk, channels=channels_of(info)).then(wanted)
