"""Mutations of fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import fields as field_jobs
from ...fields import changes
from ...fields import definitions as actions
from ..core.base import key_of, keys_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob, job_key
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

    A change that alters values, such as of the type, limits or choices, needs the token of customerFieldChangePreview.
    The field then has a new ID; customerFieldRestore takes the change back. Of more than 20,000 values, the mutation
    makes a job instead, without a token: it shows what becomes of them, and waits for customerFieldChangeStart.
    """

    field = graphene.Field(CustomerField, description="The updated field. Null if the mutation failed or made a job.")
    job = graphene.Field(CustomerJob, description="The job that changes the field, if it has very many values.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the field.")
        input = CustomerFieldUpdateInput(required=True, description="Fields to update.")
        token = graphene.String(description="Token of the preview of this change. Required if it alters values.")

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any], token: str | None = None
    ) -> dict[str, Any]:
        definition_id = key_of(id, "CustomerField", field="id")
        if changes.is_large_change(definition_id, input):
            job = field_jobs.create_change(definition_id, input, actor=actor)
            send_to_work(job)
            return {"job": job}
        return {"field": changes.update(definition_id, input, token=token, actor=actor)}


class CustomerFieldDelete(StaffMutation):
    """Deletes a field with its values. Requires MANAGE_USERS.

    If any record has a value, the token of customerFieldChangePreview is required. The field is then archived:
    customerFieldRestore brings it back for as long as the settings keep the data of jobs.
    """

    field = graphene.Field(CustomerField, description="The deleted field. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the field.")
        token = graphene.String(description="Token of the preview. Required if any record has a value.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, token: str | None = None) -> dict[str, Any]:
        return {"field": changes.delete(key_of(id, "CustomerField", field="id"), token=token)}


class CustomerFieldRestore(StaffMutation):
    """Restores a field that was deleted or changed, with its values. Requires MANAGE_USERS.

    The field that replaced it is archived. Values that were written since are kept as far as the restored field allows.
    If the field has more than 20,000 values, a job does it.
    """

    field = graphene.Field(CustomerField, description="The restored field. Null if the mutation failed or made a job.")
    job = graphene.Field(CustomerJob, description="The job that restores the field, if it has very many values.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the archived field.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        definition_id = key_of(id, "CustomerField", field="id")
        if changes.is_large_restoration(definition_id):
            job = field_jobs.create_restoration(definition_id, actor=actor)
            send_to_work(job)
            return {"job": job}
        return {"field": changes.restore(definition_id, actor=actor)}


class CustomerFieldChangeStart(StaffMutation):
    """Starts the change of a field that a job has prepared. Requires MANAGE_USERS."""

    job = graphene.Field(CustomerJob, description="The job. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of a job of the kind FIELD that is READY.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        job = field_jobs.start(job_key(id), actor=actor)
        send_to_work(job)
        return {"job": job}


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
    customer_field_change_start = CustomerFieldChangeStart.Field()
    customer_field_restore = CustomerFieldRestore.Field()
    customer_fields_reorder = CustomerFieldsReorder.Field()
