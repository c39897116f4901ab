"""What clients say of leads: which they want, and what is to be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ..leads.models import LeadOrigin, LeadState
from ..leads.queries import LeadFilter, LeadList, LeadSortField
from .base import checked_text, key_of, keys_of
from .record_inputs import LONGEST_SEARCH, MOST_VALUES
from .types import DateTime, DateTimeRangeInput, OrderDirection, enum_of, list_of

# More is no enquiry but a paste gone wrong.
LONGEST_MESSAGE = 10_000
_LONGEST = {"subject": 255, "message": LONGEST_MESSAGE, "page": 2048, "campaign": 255, "lost_reason": 255}

CustomerLeadState = enum_of(LeadState, name="CustomerLeadState", description="How far an enquiry has come.")
CustomerLeadOrigin = enum_of(LeadOrigin, name="CustomerLeadOrigin", description="How an enquiry reached the shop.")
CustomerLeadSortField = enum_of(
    LeadSortField, name="CustomerLeadSortField", description="What a list of leads can be sorted by."
)


class CustomerLeadFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """What all listed leads have in common."""

    record_id = graphene.ID(description="The lead is this record's.")
    states = list_of(CustomerLeadState, description="The state is one of these.")
    origins = list_of(CustomerLeadOrigin, description="The lead came in by one of these ways.")
    owner_ids = list_of(graphene.ID, description="One of these members of staff follows it up: Saleor's global ids.")
    is_unassigned = graphene.Boolean(description="Nobody follows it up, or whoever did has left; or somebody does.")
    is_overdue = graphene.Boolean(description="It is open and the time of the next contact has passed, or not so.")
    created = DateTimeRangeInput(description="When it came in.")
    next_contact = DateTimeRangeInput(description="When the person is to be contacted next.")
    campaign = graphene.String(description="The campaign that it came from, exactly.")


class CustomerLeadSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """How a list of leads is sorted."""

    field = graphene.Argument(CustomerLeadSortField, required=True, description="What it is sorted by.")
    direction = graphene.Argument(OrderDirection, required=True, description="In which direction.")


class CustomerLeadInput(graphene.InputObjectType):  # type: ignore[misc]
    """What can be written of a lead. All texts are plain."""

    subject = graphene.String(description="What it is about, in at most 255 characters.")
    message = graphene.String(description=f"What the person wants, in at most {LONGEST_MESSAGE} characters.")
    origin = graphene.Field(CustomerLeadOrigin, description="How it reached the shop.")
    page = graphene.String(description="The page that it was sent from.")
    campaign = graphene.String(description="The campaign that it came from.")
    owner_id = graphene.ID(description="Saleor's global id of the member of staff who follows it up. Null for nobody.")
    next_contact_at = DateTime(description="When the person is to be contacted next. Null for no such time.")


class CustomerLeadCreateInput(CustomerLeadInput):
    """A lead to be made: of the record that is named, or of whoever has the e-mail address."""

    record_id = graphene.ID(description="The global id of the record.")
    email = graphene.String(description="The e-mail address. For an unknown one a record is made.")
    first_name = graphene.String(description="The first name, for a record that is made.")
    last_name = graphene.String(description="The last name, for a record that is made.")


class CustomerLeadUpdateInput(CustomerLeadInput):
    """What is to be changed of a lead. What is not given stays."""

    state = graphene.Field(
        CustomerLeadState, description="How far it has come. Only an order makes it CONVERTED, and that is for good."
    )
    lost_reason = graphene.String(description="Why nothing came of it. Goes with the state LOST, and must.")


def written(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a lead that an input holds, checked, by the model's names."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in _LONGEST:
            values[name] = checked_text((value or "").strip(), field=name, longest=_LONGEST[name])
        elif name == "owner_id":
            values[name] = None if value is None else key_of(value, "User", field="ownerId")
        elif name == "next_contact_at" or (name in ("origin", "state") and value is not None):
            values[name] = value
    return values


def lead_filter(given: Mapping[str, Any] | None, search: str | None = None) -> LeadFilter:
    """The filter that a client asked for, checked."""
    given = {name: value for name, value in (given or {}).items() if value is not None}
    created, due = given.pop("created", {}), given.pop("next_contact", {})
    if "record_id" in given:
        given["record_id"] = key_of(given["record_id"], "CustomerRecord", field="recordId")
    if "owner_ids" in given:
        given["owner_ids"] = keys_of(given["owner_ids"], "User", field="ownerIds", most=MOST_VALUES)
    if "campaign" in given:
        given["campaign"] = checked_text(given["campaign"], field="campaign", longest=255)
    return LeadFilter(
        **given,
        created_since=created.get("gte"),
        created_until=created.get("lte"),
        due_since=due.get("gte"),
        due_until=due.get("lte"),
        search=checked_text(search or "", field="search", longest=LONGEST_SEARCH),
    )


def lead_list(filter: Mapping[str, Any] | None, search: str | None, sort_by: Mapping[str, Any] | None) -> LeadList:
    """The list that a client asked for, checked."""
    wanted = lead_filter(filter, search)
    if not sort_by:
        return LeadList(wanted)
    return LeadList(wanted, LeadSortField(sort_by["field"]), sort_by["direction"] == "DESC")
