"""Queries for one field and the list of fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db import transaction

from ...fields import changes, models, queries
from ..core.base import key_of, staff_only, with_api_errors
from ..core.types import list_of
from .inputs import CustomerFieldUpdateInput
from .types import CustomerField, CustomerFieldChangePreview


class FieldQueries:
    """The queries of fields."""

    customer_field = graphene.Field(
        CustomerField,
        description="Look up a field by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the field."),
    )
    customer_fields = list_of(
        CustomerField,
        description="List of all fields that the shop defined, at most 100, in order. Requires MANAGE_USERS.",
        is_archived=graphene.Boolean(
            description="True for the fields that were deleted or replaced and can be restored, newest first."
        ),
    )
    customer_field_change_preview = graphene.Field(
        CustomerFieldChangePreview,
        description="What becomes of the values if a field is changed or deleted. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the field."),
        input=CustomerFieldUpdateInput(description="The change, as for customerFieldUpdate. Null for the deletion."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_field(_root: Any, _info: Any, id: str) -> models.FieldDefinition | None:
        return queries.find(key_of(id, "CustomerField", field="id"))

    @staticmethod
    @staff_only
    def resolve_customer_fields(_root: Any, _info: Any, is_archived: bool = False) -> list[models.FieldDefinition]:
        return queries.archived() if is_archived else queries.live()

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_field_change_preview(
        _root: Any, _info: Any, id: str, input: Mapping[str, Any] | None = None
    ) -> changes.Impact:
        definition_id = key_of(id, "CustomerField", field="id")
        with transaction.atomic():
            if input is None:
                return changes.impact_of_deletion(definition_id)
            return changes.impact_of_change(definition_id, input)
