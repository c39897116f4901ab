"""Queries for one lead, the list of leads and the number of leads by state."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ...core.paging import Window, page
from ...leads import queries
from ...leads.models import Lead
from ..core.base import key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing
from ..core.types import list_of
from .inputs import CustomerLeadFilterInput, CustomerLeadSortingInput, lead_filter, lead_list
from .types import CustomerLead, CustomerLeadCount, LeadConnection


class LeadQueries:
    """The lead queries."""

    customer_lead = graphene.Field(
        CustomerLead,
        description="Look up a lead by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the lead."),
    )
    customer_leads = graphene.Field(
        LeadConnection,
        description="List of leads, newest first by default. Requires MANAGE_USERS.",
        filter=CustomerLeadFilterInput(description="Filtering options for leads."),
        search=graphene.String(description="Words of the subject or the message. Each must match the start of a word."),
        sort_by=CustomerLeadSortingInput(description="Sort the list of leads."),
        **PAGE_ARGUMENTS,
    )
    customer_lead_counts = list_of(
        CustomerLeadCount,
        description="Number of leads by state, in the order of the states. Requires MANAGE_USERS.",
        filter=CustomerLeadFilterInput(description="Filtering options for the counted leads."),
        search=graphene.String(description="Words of the subject or the message, as in the list of leads."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_lead(_root: Any, _info: Any, id: str) -> Lead | None:
        return queries.find(key_of(id, "CustomerLead", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
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
    @with_api_errors
    def resolve_customer_lead_counts(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, search: str | None = None
    ) -> list[dict[str, Any]]:
        counts = queries.counts_by_state(lead_filter(filter, search))
        return [{"state": state, "count": count} for state, count in counts.items()]
