"""Mutations of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...fields import definitions as actions
from ..core.base import key_of, keys_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from .inputs import CustomerFieldCreateInput, CustomerFieldUpdateInput
from .types import CustomerField


class CustomerFieldCreate(StaffMutation):
    """Creates a field for all customer records, as the last one. Requires MANAGE_USERS."""

    field = graphene.Field(CustomerField, description="The created field. Null if the mutation failed.")

    class Arguments:
        input = CustomerFieldCreateInput(required=True, description="Fields required to create a field.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        return {"field": actions.create(input)}


class CustomerFieldUpdate(StaffMutation):
    """Updates the definition of a field. Requires MANAGE_USERS.

    A change that would alter values, such as of limits, choices or uniqueness, fails if any record has a value.
    """

    field = graphene.Field(CustomerField, description="The updated field. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the field.")
        input = CustomerFieldUpdateInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        return {"field": actions.update(key_of(id, "CustomerField", field="id"), input)}


class CustomerFieldDelete(StaffMutation):
    """Deletes a field. Fails if any record has a value in it. Requires MANAGE_USERS."""

    field = graphene.Field(CustomerField, description="The deleted field. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the field.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"field": actions.delete(key_of(id, "CustomerField", field="id"))}


class CustomerFieldsReorder(StaffMutation):
    """Puts fields into another order. Requires MANAGE_USERS."""

    fields = list_of(CustomerField, description="All fields, in their new order. Null if the mutation failed.")

    class Arguments:
        ids = list_of(
            graphene.ID, required=True, description="Global IDs of the first fields, in order. The others follow them."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, ids: Sequence[str]) -> dict[str, Any]:
        return {"fields": actions.reorder(keys_of(ids, "CustomerField", field="ids", most=actions.MAX_FIELDS))}


class FieldMutations:
    """The mutations of fields."""

    customer_field_create = CustomerFieldCreate.Field()
    customer_field_update = CustomerFieldUpdate.Field()
    customer_field_delete = CustomerFieldDelete.Field()
    customer_fields_reorder = CustomerFieldsReorder.Field()
