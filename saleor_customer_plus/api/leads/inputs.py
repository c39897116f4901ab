"""Lead inputs: filters, sorting and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...errors import Problems
from ...leads.models import LeadOrigin, LeadState
from ...leads.queries import LeadFilter, LeadList, LeadSortField
from ...saleor_adapter import staff
from ..core.base import checked_text, key_of, keys_of, record_key_of
from ..core.types import DateTime, DateTimeRangeInput, OrderDirection, enum_of, list_of
from ..customers.limits import MAX_SEARCH_LENGTH, MAX_VALUES

# Longer text was pasted by mistake.
MAX_MESSAGE_LENGTH = 10_000
_MAX_LENGTHS = {"subject": 255, "message": MAX_MESSAGE_LENGTH, "page": 2048, "campaign": 255, "lost_reason": 255}

CustomerLeadState = enum_of(
    LeadState,
    name="CustomerLeadState",
    description="Current state of a lead.",
    values={
        "NEW": "Nobody has answered yet",
        "CONTACTED": "A staff member is in contact with the customer",
        "QUALIFIED": "The customer is likely to buy",
        "CONVERTED": "The customer bought. Set by an order, and final",
        "LOST": "Closed without an order. `lostReason` says why",
    },
)
CustomerLeadOrigin = enum_of(
    LeadOrigin,
    name="CustomerLeadOrigin",
    description="How a lead reached the shop.",
    values={
        "CONTACT_FORM": "Submitted with the website's contact form",
        "PHONE": "The customer called",
        "EMAIL": "The customer wrote an e-mail",
        "STAFF": "Entered by a staff member on their own initiative",
        "IMPORT": "Created by an import",
        "OTHER": "Any other way, such as a trade fair",
    },
)
CustomerLeadSortField = enum_of(
    LeadSortField,
    name="CustomerLeadSortField",
    description="Sort fields of leads.",
    values={
        "CREATED_AT": "Sort by when the lead was created",
        "UPDATED_AT": "Sort by when the lead was last updated",
        "NEXT_CONTACT_AT": "Sort by the time of the next contact. Leads without one come last",
        "STATE": "Sort by state, from NEW to LOST, newest first within a state",
    },
)


class CustomerLeadFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for leads."""

    record_id = graphene.ID(description="Filter by customer record.")
    states = list_of(CustomerLeadState, description="Filter by states.")
    origins = list_of(CustomerLeadOrigin, description="Filter by origins.")
    owner_ids = list_of(graphene.ID, description="Filter by owners: Saleor IDs of staff members.")
    is_unassigned = graphene.Boolean(
        description="Filter by whether the lead has an owner. Owners who have left do not count."
    )
    is_overdue = graphene.Boolean(
        description="Filter by whether the lead is overdue: open, and the time of the next contact has passed."
    )
    created_at = DateTimeRangeInput(description="Filter by when the lead was created.")
    next_contact_at = DateTimeRangeInput(description="Filter by the time of the next contact.")
    campaign = graphene.String(description="Filter by campaign, exact match.")


class CustomerLeadSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """Sorting options for leads."""

    field = graphene.Argument(CustomerLeadSortField, required=True, description="Field to sort by.")
    direction = graphene.Argument(OrderDirection, required=True, description="Direction to sort in.")


class CustomerLeadInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a lead. All text is plain text."""

    subject = graphene.String(description="Subject, at most 255 characters.")
    message = graphene.String(description=f"Message, at most {MAX_MESSAGE_LENGTH} characters.")
    origin = graphene.Field(CustomerLeadOrigin, description="How the lead reached the shop.")
    page = graphene.String(description="Page that the lead was submitted from.")
    campaign = graphene.String(description="Campaign that led to the lead.")
    owner_id = graphene.ID(description="Saleor ID of the staff member to follow up. Null for no owner.")
    next_contact_at = DateTime(description="When to contact the customer next. Null for no time.")


class CustomerLeadCreateInput(CustomerLeadInput):
    """Fields required to create a lead, for a customer record or an e-mail address."""

    record_id = graphene.ID(description="Global ID of the customer record.")
    email = graphene.String(description="E-mail address of the customer. Creates a customer record if it is unknown.")
    first_name = graphene.String(description="First name for a new record.")
    last_name = graphene.String(description="Last name for a new record.")


class CustomerLeadUpdateInput(CustomerLeadInput):
    """Fields to update on a lead. Omitted fields are unchanged."""

    state = graphene.Field(
        CustomerLeadState, description="State of the lead. CONVERTED is final and set only by an order."
    )
    lost_reason = graphene.String(
        description="Why the lead was lost. Required for the state LOST, and allowed only for it."
    )


def written(given: Mapping[str, Any], *, owner_id: int | None = None) -> dict[str, Any]:
    """Validate an input and return the fields of a lead by the model's names.

    `owner_id` is the current owner, who may remain even after leaving the staff.
    """
    values: dict[str, Any] = {}
    problems = Problems()
    for name, value in given.items():
        with problems.noted():
            if name in _MAX_LENGTHS:
                values[name] = checked_text((value or "").strip(), field=name, longest=_MAX_LENGTHS[name])
            elif name == "owner_id":
                values[name] = None if value is None else _owner(value, owner_id)
            elif name == "next_contact_at" or (name in ("origin", "state") and value is not None):
                values[name] = value
    problems.raise_any()
    return values


def _owner(global_id: str, present: int | None) -> int:
    owner_id = key_of(global_id, "User", field="owner_id")
    if owner_id != present:
        staff.check({owner_id}, field="owner_id")
    return owner_id


def lead_filter(given: Mapping[str, Any] | None, search: str | None = None) -> LeadFilter:
    """Validate the filter."""
    given = {name: value for name, value in (given or {}).items() if value is not None}
    created, due = given.pop("created_at", {}), given.pop("next_contact_at", {})
    problems = Problems()
    with problems.noted():
        if "record_id" in given:
            given["record_id"] = record_key_of(given["record_id"], field="record_id")
    with problems.noted():
        if "owner_ids" in given:
            given["owner_ids"] = keys_of(given["owner_ids"], "User", field="owner_ids", most=MAX_VALUES)
    with problems.noted():
        if "campaign" in given:
            given["campaign"] = checked_text(given["campaign"], field="campaign", longest=255)
    with problems.noted():
        words = checked_text(search or "", field="search", longest=MAX_SEARCH_LENGTH)
    problems.raise_any()
    return LeadFilter(
        **given,
        created_since=created.get("gte"),
        created_until=created.get("lte"),
        due_since=due.get("gte"),
        due_until=due.get("lte"),
        search=words,
    )


def lead_list(filter: Mapping[str, Any] | None, search: str | None, sort_by: Mapping[str, Any] | None) -> LeadList:
    """Validate the list arguments."""
    wanted = lead_filter(filter, search)
    if not sort_by:
        return LeadList(wanted)
    return LeadList(wanted, LeadSortField(sort_by["field"]), sort_by["direction"] == "DESC")
