"""Leads, as the API shows them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import graphene
from django.utils import timezone

from ..leads import queries
from ..leads.models import OPEN_STATES, Lead
from ..paging import Window, page
from ..records.models import CustomerRecord as Record
from ..records.queries import records_by_id
from .base import key_of, staff_only, tells_errors, to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .lead_inputs import (
    CustomerLeadFilterInput,
    CustomerLeadOrigin,
    CustomerLeadSortingInput,
    CustomerLeadState,
    lead_filter,
    lead_list,
)
from .loading import load
from .staff import CustomerStaffMember, load_member
from .types import DateTime, list_of


def _record_type() -> Any:
    from .records import CustomerRecord  # which has leads itself

    return CustomerRecord


class CustomerLead(graphene.ObjectType):  # type: ignore[misc]
    """One enquiry of a person. All texts are plain, as they were typed: whoever shows them escapes them."""

    id = graphene.ID(required=True, description="The global id of the lead.")
    record = graphene.Field(_record_type, required=True, description="The record of the person.")
    subject = graphene.String(required=True, description="What it is about, or blank.")
    message = graphene.String(required=True, description="What the person wants, or blank.")
    origin = graphene.Field(CustomerLeadOrigin, required=True, description="How it reached the shop.")
    page = graphene.String(required=True, description="The page that it was sent from, or blank.")
    campaign = graphene.String(required=True, description="The campaign that it came from, or blank.")
    state = graphene.Field(CustomerLeadState, required=True, description="How far it has come.")
    lost_reason = graphene.String(required=True, description="Why nothing came of it, or blank.")
    owner = graphene.Field(CustomerStaffMember, description="Who follows it up. Null if nobody does, or who did left.")
    next_contact_at = DateTime(description="When the person is to be contacted next.")
    is_overdue = graphene.Boolean(
        required=True, description="Whether it is open and the time of the next contact has passed."
    )
    converted_at = DateTime(description="When the order was placed that it led to.")
    converted_order_id = graphene.ID(description="Saleor's global id of the order that it led to.")
    created = DateTime(required=True, description="When it came in.")
    modified = DateTime(required=True, description="When it last changed.")

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
    def resolve_converted_order_id(lead: Lead, _info: Any) -> str | None:
        return None if lead.converted_order_id is None else to_global_id("Order", lead.converted_order_id)

    @staticmethod
    def resolve_created(lead: Lead, _info: Any) -> datetime:
        return lead.created_at

    @staticmethod
    def resolve_modified(lead: Lead, _info: Any) -> datetime:
        return lead.modified_at


LeadConnection = connection_of(CustomerLead, of="leads")


class CustomerLeadCount(graphene.ObjectType):  # type: ignore[misc]
    """How many leads are in one state."""

    state = graphene.Field(CustomerLeadState, required=True, description="The state.")
    count = graphene.Int(required=True, description="How many leads are in it.")


class LeadsOfRecord:
    """The part of a record that are its leads."""

    leads = graphene.Field(
        LeadConnection,
        required=True,
        description="The person's enquiries, newest first.",
        states=list_of(CustomerLeadState, description="Only those in one of these states."),
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


class LeadQueries:
    """The queries for leads."""

    customer_lead = graphene.Field(
        CustomerLead,
        description="Look up a lead. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the lead."),
    )
    customer_leads = graphene.Field(
        LeadConnection,
        description="The leads, newest first unless they are sorted. Requires MANAGE_USERS.",
        filter=CustomerLeadFilterInput(description="What all listed leads have in common."),
        search=graphene.String(description="Words of the subject or the message. Each must be the start of one there."),
        sort_by=CustomerLeadSortingInput(description="How the list is sorted."),
        **PAGE_ARGUMENTS,
    )
    customer_lead_counts = list_of(
        CustomerLeadCount,
        description="How many leads are in each state, in the order of the states. Requires MANAGE_USERS.",
        filter=CustomerLeadFilterInput(description="Which leads are counted."),
        search=graphene.String(description="Words of the subject or the message, as in the list."),
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_lead(_root: Any, _info: Any, id: str) -> Lead | None:
        return queries.find(key_of(id, "CustomerLead", field="id"))

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_leads(
        _root: Any,
        _info: Any,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        sort_by: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Listing:
        wanted = lead_list(filter, search, sort_by)
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerLeads", **arguments))),
            count=wanted.count,
        )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_lead_counts(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, search: str | None = None
    ) -> list[dict[str, Any]]:
        counts = queries.counts_by_state(lead_filter(filter, search))
        return [{"state": state, "count": count} for state, count in counts.items()]
