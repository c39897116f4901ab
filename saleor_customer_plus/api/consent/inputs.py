"""Consent inputs, and their conversion to decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import graphene
from django.utils import timezone

from ...activity.models import ActorType
from ...activity.services import Actor
from ...consent.decisions import ConsentDecision
from ...consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from ...errors import CustomerPlusError, Problems, SeveralErrors
from ..core.types import JSON, DateTime
from .enums import (
    CustomerConsentChannel,
    CustomerConsentOptInLevel,
    CustomerConsentPurpose,
    CustomerConsentSource,
    CustomerConsentState,
)

# A form has only a few.
MAX_DECISIONS = 50


class CustomerConsentInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields to record a consent decision."""

    channel = graphene.Argument(CustomerConsentChannel, required=True, description="Contact channel.")
    purpose = graphene.Argument(CustomerConsentPurpose, required=True, description="Purpose of the contact.")
    state = graphene.Argument(
        CustomerConsentState, required=True, description="State to record: SUBSCRIBED, UNSUBSCRIBED or PENDING."
    )
    opt_in_level = graphene.Argument(
        CustomerConsentOptInLevel, description="How consent was given. UNKNOWN by default."
    )
    wording = graphene.String(description="Consent text shown to the customer.")
    wording_version = graphene.String(description="Version of the consent text.")
    decided_at = DateTime(description="When the customer decided. Defaults to the current time.")
    source = graphene.Argument(
        CustomerConsentSource,
        description="Where the decision was made. Defaults to STAFF or APP, depending on the caller. CUSTOMER is "
        "reserved for customers.",
    )
    evidence = graphene.Argument(JSON, description="Additional proof: a JSON object of at most 10,000 characters.")
    override_reason = graphene.String(description="Why an imported grant overrides the customer's withdrawal.")


class CustomerMyConsentInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields for customers to record their own consent decision."""

    channel = graphene.Argument(CustomerConsentChannel, required=True, description="Contact channel for the decision.")
    purpose = graphene.Argument(
        CustomerConsentPurpose, required=True, description="What the customer is contacted about."
    )
    state = graphene.Argument(CustomerConsentState, required=True, description="SUBSCRIBED or UNSUBSCRIBED.")
    wording = graphene.String(description="Consent text shown with the form.")
    wording_version = graphene.String(description="Version of the consent text.")


def checked_decisions(
    given: Sequence[dict[str, Any]], make: Callable[..., ConsentDecision], *, field: str
) -> list[ConsentDecision]:
    """Convert the inputs to decisions with `make`. Errors contain the index in the list."""
    if not 0 < len(given) <= MAX_DECISIONS:
        raise CustomerPlusError(f"Give from 1 to {MAX_DECISIONS} decisions.", field=field)
    now = timezone.now()
    decisions, errors = [], []
    for number, fields in enumerate(given):
        problems = Problems()
        present = {name: value for name, value in fields.items() if value is not None}
        if "decided_at" in present:
            present["at"] = present.pop("decided_at")
        with problems.noted():
            decisions.append(make(**present).checked(now))
        for error in problems.errors:
            error.field = f"{field}.{number}.{'decided_at' if error.field == 'at' else error.field}"
        errors += problems.errors
    if errors:
        raise SeveralErrors(errors)
    return decisions


def decision_of_staff(record_id: int, actor: Actor, **fields: Any) -> ConsentDecision:
    """A decision recorded by a staff member or an app."""
    source = ConsentSource(fields.pop("source", "APP" if actor.type is ActorType.APP else "STAFF"))
    if source is ConsentSource.CUSTOMER:
        raise CustomerPlusError("Only customers can use this source, with `customerConsentUpdate`.", field="source")
    return ConsentDecision(
        record_id,
        ConsentChannel(fields.pop("channel")),
        ConsentPurpose(fields.pop("purpose")),
        ConsentState(fields.pop("state")),
        source,
        opt_in_level=OptInLevel(fields.pop("opt_in_level", OptInLevel.UNKNOWN)),
        **fields,
    )


def decision_of_customer(record_id: int, **fields: Any) -> ConsentDecision:
    state = ConsentState(fields.pop("state"))
    if state is ConsentState.PENDING:
        raise CustomerPlusError("Set SUBSCRIBED or UNSUBSCRIBED.", field="state")
    return ConsentDecision(
        record_id,
        ConsentChannel(fields.pop("channel")),
        ConsentPurpose(fields.pop("purpose")),
        state,
        ConsentSource.CUSTOMER,
        opt_in_level=OptInLevel.SINGLE_OPT_IN,
        **fields,
    )
