"""Lead mutations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db.models import Q

from ...activity.services import Actor
from ...customers.queries import find
from ...customers.services import record_of_person
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...leads import queries
from ...leads import services as actions
from ...leads.models import LeadOrigin
from ...records.models import Source
from ...records.validation import clean
from ...saleor_adapter import staff
from ..core.base import key_of, keys_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..customers.limits import MAX_VALUES
from .inputs import CustomerLeadCreateInput, CustomerLeadUpdateInput, written
from .types import CustomerLead


class CustomerLeadCreate(StaffMutation):
    """Creates a lead. Sends no e-mail. Requires MANAGE_USERS."""

    lead = graphene.Field(CustomerLead, description="The created or updated lead. Null if the mutation failed.")

    class Arguments:
        input = CustomerLeadCreateInput(required=True, description="Fields required to create a lead.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, values = Problems(), dict[str, Any]()
        with problems.noted():
            if not any((input.get(name) or "").strip() for name in ("subject", "message")):
                raise CustomerPlusError(
                    "A lead needs a subject or a message.", code=ErrorCode.REQUIRED, field="message"
                )
        with problems.noted():
            values = {"origin": LeadOrigin.STAFF, **written(input)}
        with problems.noted():
            record_id = _record_of(input, LeadOrigin(values.get("origin", LeadOrigin.STAFF)), actor)
        problems.raise_any()
        (lead,) = actions.create([actions.NewLead(record_id, **values)], actor=actor)
        return {"lead": lead}


def _record_of(given: Mapping[str, Any], origin: LeadOrigin, actor: Actor) -> int:
    """Return the given record, or that of the e-mail address, which is created if necessary."""
    if (given.get("record_id") is None) == (given.get("email") is None):
        raise CustomerPlusError("Give exactly one of `recordId` and `email`.", code=ErrorCode.REQUIRED, field="email")
    if given.get("record_id") is not None:
        record = find(id=key_of(given["record_id"], "CustomerRecord", field="record_id"))
        if record is None:
            raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
        return record.pk
    source = Source.CONTACT_FORM if origin == LeadOrigin.CONTACT_FORM else Source.STAFF
    person = clean({name: given[name] for name in ("email", "first_name", "last_name") if name in given}).or_raise()
    return record_of_person(person, source=source, actor=actor)


class CustomerLeadUpdate(StaffMutation):
    """Updates the fields, owner or state of a lead. Requires MANAGE_USERS."""

    lead = graphene.Field(CustomerLead, description="The created or updated lead. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the lead.")
        input = CustomerLeadUpdateInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, owner_id = Problems(), None
        with problems.noted():
            lead_id = key_of(id, "CustomerLead", field="id")
            lead = queries.find(lead_id)
            if lead is None:
                raise CustomerPlusError("No lead has this id.", code=ErrorCode.NOT_FOUND, field="id")
            owner_id = lead.owner_id
        with problems.noted():
            values = written(input, owner_id=owner_id)
        problems.raise_any()
        return {"lead": actions.update(lead_id, values, actor=actor)}


class CustomerLeadsAssign(StaffMutation):
    """Assigns leads to a staff member, or unassigns them. Closed leads are unchanged. Requires MANAGE_USERS."""

    count = graphene.Int(description="Number of leads with a new owner.")

    class Arguments:
        ids = list_of(graphene.ID, required=True, description=f"IDs of the leads, at most {MAX_VALUES}.")
        owner_id = graphene.ID(description="Saleor ID of the staff member. Null to unassign.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, ids: list[str], owner_id: str | None = None) -> dict[str, Any]:
        problems, owner = Problems(), None
        with problems.noted():
            lead_ids = keys_of(ids, "CustomerLead", field="ids", most=MAX_VALUES)
        with problems.noted():
            owner = None if owner_id is None else key_of(owner_id, "User", field="owner_id")
            staff.check(set() if owner is None else {owner}, field="owner_id")
        problems.raise_any()
        return {"count": len(actions.assign(Q(pk__in=lead_ids), owner, actor=actor))}


class CustomerLeadDelete(StaffMutation):
    """Deletes a lead. The activity of the record still mentions it. Requires MANAGE_USERS."""

    lead = graphene.Field(CustomerLead, description="The deleted lead.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the lead.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        lead_id = key_of(id, "CustomerLead", field="id")
        lead = queries.find(lead_id)
        if not actions.delete([lead_id], actor=actor):
            raise CustomerPlusError("No lead has this id.", code=ErrorCode.NOT_FOUND, field="id")
        return {"lead": lead}


class LeadMutations:
    """Lead mutations."""

    customer_lead_create = CustomerLeadCreate.Field()
    customer_lead_update = CustomerLeadUpdate.Field()
    customer_leads_assign = CustomerLeadsAssign.Field()
    customer_lead_delete = CustomerLeadDelete.Field()
