"""Queries for one field and the list of fields."""

from __future__ import annotations

from typing import Any

import graphene

from ...fields import models, queries
from ..core.base import key_of, staff_only, with_api_errors
from ..core.types import list_of
from .types import CustomerField


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
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_field(_root: Any, _info: Any, id: str) -> models.FieldDefinition | None:
        return queries.find(key_of(id, "CustomerField", field="id"))

    @staticmethod
    @staff_only
    def resolve_customer_fields(_root: Any, _info: Any) -> list[models.FieldDefinition]:
        return queries.live()
