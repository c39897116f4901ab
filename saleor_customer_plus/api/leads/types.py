"""Lead types of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene
from django.utils import timezone
from promise import Promise

from ...core.paging import Window
from ...customers.queries import records_by_id
from ...leads import queries
from ...leads.models import OPEN_STATES, Lead
from ...records.models import CustomerRecord as Record
from ..core.back_references import named
from ..core.base import to_global_id
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.merged_from import merged_from
from ..core.types import DateTime, list_of
from ..ledger.types import visible_order_id
from ..staff.types import CustomerStaffMember, load_member
from .inputs import CustomerLeadOrigin, CustomerLeadState


class CustomerLead(graphene.ObjectType):  # type: ignore[misc]
    """A lead: an enquiry of a customer. All text is plain text as entered, and must be escaped for display."""

    id = graphene.ID(required=True, description="Global ID of the lead.")
    record = graphene.Field(
        named("CustomerRecord"), required=True, description="Customer record that the lead belongs to."
    )
    subject = graphene.String(required=True, description="Subject, or an empty string.")
    message = graphene.String(required=True, description="Message, or an empty string.")
    origin = graphene.Field(CustomerLeadOrigin, required=True, description="How the lead reached the shop.")
    page = graphene.String(required=True, description="Page that the lead was submitted from, or an empty string.")
    campaign = graphene.String(required=True, description="Campaign that led to the lead, or an empty string.")
    state = graphene.Field(CustomerLeadState, required=True, description="Current state of the lead.")
    lost_reason = graphene.String(required=True, description="Why the lead was lost, or an empty string.")
    owner = graphene.Field(
        CustomerStaffMember, description="Staff member who follows up. Null if there is none, or the owner has left."
    )
    next_contact_at = DateTime(description="When to contact the customer next. Null if no time is set.")
    is_overdue = graphene.Boolean(
        required=True, description="Whether the lead is open and the time of the next contact has passed."
    )
    converted_at = DateTime(
        description="When the order that converted the lead was placed. Null if the caller has no access to its "
        "channel."
    )
    converted_order_id = graphene.ID(
        description="Global ID of the Saleor order that converted the lead. Null if the caller has no access to its "
        "channel."
    )
    created_at = DateTime(required=True, description="When the lead was created.")
    updated_at = DateTime(required=True, description="When the lead was last updated.")
    merged_from = merged_from("leads")

    @staticmethod
    def resolve_id(lead: Lead, _info: Any) -> str:
        return to_global_id("CustomerLead", lead.pk)

    @staticmethod
    def resolve_record(lead: Lead, info: Any) -> Any:
        return load(info, records_by_id, lead.record_id)

    @staticmethod
    def resolve_owner(lead: Lead, info: Any) -> Any:
        return load_member(info, lead.owner_id)

    @staticmethod
    def resolve_is_overdue(lead: Lead, _info: Any) -> bool:
        return lead.state in OPEN_STATES and lead.next_contact_at is not None and lead.next_contact_at < timezone.now()

    @staticmethod
    def resolve_converted_at(lead: Lead, info: Any) -> Any:
        visible = Promise.resolve(visible_order_id(info, lead.converted_order_id))
        return visible.then(lambda order_id: lead.converted_at if order_id else None)

    @staticmethod
    def resolve_converted_order_id(lead: Lead, info: Any) -> Any:
        return visible_order_id(info, lead.converted_order_id)

    @staticmethod
    def resolve_created_at(lead: Lead, _info: Any) -> datetime:
        return lead.created_at

    @staticmethod
    def resolve_updated_at(lead: Lead, _info: Any) -> datetime:
        return lead.modified_at


LeadConnection = connection_of(CustomerLead, of="leads")


class CustomerLeadCount(graphene.ObjectType):  # type: ignore[misc]
    """Number of leads in a state."""

    state = graphene.Field(CustomerLeadState, required=True, description="State of the counted leads.")
    count = graphene.Int(required=True, description="Number of leads in the state.")


class LeadsOfRecord:
    """The lead fields of a customer record."""

    leads = graphene.Field(
        LeadConnection,
        required=True,
        description="Leads of the customer, newest first.",
        states=list_of(CustomerLeadState, description="Filter by states of the lead."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_leads(record: Record, info: Any, states: list[Any] | None = None, **arguments: Any) -> Listing:
        chosen = None if states is None else tuple(states)
        return Listing(
            page=lambda: load(
                info, queries.pages_of_leads, record.pk, window=Window.of("leads", **arguments), states=chosen
            ),
            count=lambda: load(info, queries.count_leads, record.pk, states=chosen),
        )
