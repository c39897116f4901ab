"""What can be done with leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db.models import Q

from .. import reactions
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from ..leads import actions
from ..leads.models import LeadOrigin
from ..records.models import Source
from ..records.queries import find
from ..records.validation import clean
from .base import key_of
from .lead_inputs import CustomerLeadCreateInput, CustomerLeadUpdateInput, written
from .leads import CustomerLead
from .mutations import StaffMutation
from .record_inputs import MOST_VALUES
from .types import list_of


class CustomerLeadCreate(StaffMutation):
    """Make a lead. Sends nothing to anybody. Requires MANAGE_USERS."""

    lead = graphene.Field(CustomerLead, description="The lead.")

    class Arguments:
        input = CustomerLeadCreateInput(required=True, description="The lead's fields.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        values = {"origin": LeadOrigin.STAFF, **written(input)}
        if not values.get("subject") and not values.get("message"):
            raise CustomerPlusError("A lead needs a subject or a message.", code=ErrorCode.REQUIRED, field="message")
        record_id = _record_of(input, LeadOrigin(values["origin"]), actor)
        (lead,) = actions.create([actions.NewLead(record_id, **values)], actor=actor)
        return {"lead": lead}


def _record_of(given: Mapping[str, Any], origin: LeadOrigin, actor: Actor) -> int:
    """The record that is named, or that of the e-mail, which may have to be made."""
    if (given.get("record_id") is None) == (given.get("email") is None):
        raise CustomerPlusError("Give exactly one of `recordId` and `email`.", code=ErrorCode.REQUIRED, field="email")
    if given.get("record_id") is not None:
        record = find(id=key_of(given["record_id"], "CustomerRecord", field="recordId"))
        if record is None:
            raise CustomerPlusError("There is no such record.", code=ErrorCode.NOT_FOUND, field="record_id")
        return record.pk
    source = Source.CONTACT_FORM if origin == LeadOrigin.CONTACT_FORM else Source.STAFF
    person = clean({name: given[name] for name in ("email", "first_name", "last_name") if name in given}).or_raise()
    return reactions.people_enquired([person], source=source, actor=actor)[person["email"]]


class CustomerLeadUpdate(StaffMutation):
    """Edit a lead, give it to somebody, or move it on. Requires MANAGE_USERS."""

    lead = graphene.Field(CustomerLead, description="The lead.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the lead.")
        input = CustomerLeadUpdateInput(required=True, description="What is to be changed.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        return {"lead": actions.update(key_of(id, "CustomerLead", field="id"), written(input), actor=actor)}


class CustomerLeadsAssign(StaffMutation):
    """Give leads to a member of staff, or to nobody. Those that are closed stay as they are. Requires MANAGE_USERS."""

    count = graphene.Int(description="How many leads changed hands.")

    class Arguments:
        ids = list_of(graphene.ID, required=True, description=f"The global ids of the leads, at most {MOST_VALUES}.")
        owner_id = graphene.ID(description="Saleor's global id of the member of staff. Null for nobody.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, ids: list[str], owner_id: str | None = None) -> dict[str, Any]:
        if len(ids) > MOST_VALUES:
            raise CustomerPlusError(f"Give at most {MOST_VALUES} leads.", field="ids")
        owner = None if owner_id is None else key_of(owner_id, "User", field="ownerId")
        lead_ids = [key_of(id, "CustomerLead", field="ids") for id in ids]
        return {"count": len(actions.assign(Q(pk__in=lead_ids), owner, actor=actor))}


class CustomerLeadDelete(StaffMutation):
    """Delete a lead. The activity of the record keeps that there was one. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the lead.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        if not actions.delete([key_of(id, "CustomerLead", field="id")], actor=actor):
            raise CustomerPlusError("There is no such lead.", code=ErrorCode.NOT_FOUND, field="id")
        return {}


class LeadMutations:
    """What can be done with leads."""

    customer_lead_create = CustomerLeadCreate.Field()
    customer_lead_update = CustomerLeadUpdate.Field()
    customer_leads_assign = CustomerLeadsAssign.Field()
    customer_lead_delete = CustomerLeadDelete.Field()
