"""Consent mutations: decisions recorded by staff and apps, and customers' own decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import graphene

from ...activity.models import ActorType
from ...activity.services import Actor
from ...consent.decisions import ConsentDecision, Outcome
from ...consent.models import ConsentState
from ...consent.services import record_events
from ...core import rate_limits
from ...customers import queries
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...sync import reactions
from ..core.mutations import BaseMutation, StaffMutation
from ..core.types import list_of
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .inputs import (
    CustomerConsentInput,
    CustomerMyConsentInput,
    checked_decisions,
    decision_of_customer,
    decision_of_staff,
)
from .queries import own_consents, signed_in_customer
from .types import CustomerMyConsent

# Changes per account and hour. Consent events are never deleted.
UPDATES_PER_HOUR = 60


class CustomerConsentRecord(StaffMutation):
    """Records consent decisions in one transaction, all or nothing. Requires MANAGE_USERS.

    The latest decision applies, but an imported grant does not override a withdrawal unless `overrideReason` is given.
    Decisions that change nothing are not recorded.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        consents = list_of(CustomerConsentInput, required=True, description="Decisions to record, at most 50.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, consents: list[dict[str, Any]]) -> dict[str, Any]:
        problems, key = Problems(), 0
        with problems.noted():
            key = existing_record(record_id, field="record_id").pk
        with problems.noted():
            decisions = checked_decisions(
                consents, lambda **fields: decision_of_staff(key, actor, **fields), field="consents"
            )
        problems.raise_any()
        outcomes = record_events(decisions, actor=actor)
        if Outcome.NO_RECORD in outcomes:
            raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
        if Outcome.WITHDRAWN in outcomes:
            raise CustomerPlusError(
                "The person withdrew. Say why it may be overridden, in `overrideReason`.",
                code=ErrorCode.REQUIRED,
                field=f"consents.{outcomes.index(Outcome.WITHDRAWN)}.override_reason",
            )
        return {"record": queries.find(id=key)}


class CustomerConsentUpdate(BaseMutation):
    """Updates the consents of the customer who is logged in."""

    consents = list_of(CustomerMyConsent, description="Current consents, one per channel and purpose.")

    class Arguments:
        consents = list_of(CustomerMyConsentInput, required=True, description="Decisions to record, at most 50.")

    @classmethod
    def check_access(cls, info: Any) -> None:
        signed_in_customer(info)

    @classmethod
    def caller(cls, info: Any) -> Actor:
        return Actor(ActorType.CUSTOMER, str(signed_in_customer(info).pk))

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, consents: list[dict[str, Any]]) -> dict[str, Any]:
        user = signed_in_customer(info)
        message = "Too many changes. Try again in an hour."
        rate_limits.count("consent", str(user.pk), limit=UPDATES_PER_HOUR, message=message)
        # Checked before a record is created.
        checked = checked_decisions(consents, lambda **fields: decision_of_customer(0, **fields), field="consents")
        record = queries.find(account_id=user.pk)
        if record is None:
            reactions.ensure_record_of_customer(user.pk)
            record = queries.find(account_id=user.pk)
        if record is None and (record := queries.find_shared(user)) is not None:
            _refuse_grants(checked)
        if record is None:
            raise CustomerPlusError("Confirm the e-mail address of your account first.", code=ErrorCode.NOT_FOUND)
        decisions = [replace(decision, record_id=record.pk) for decision in checked]
        record_events(decisions, actor=actor)
        return {"consents": own_consents(user)}


def _refuse_grants(decisions: Sequence[ConsentDecision]) -> None:
    """Raise for a grant of an account whose address is of a record that another account is linked to.

    The shop may be writing to the address, so a withdrawal holds. What else it may write is for the other one to say.
    """
    for number, decision in enumerate(decisions):
        if decision.state is ConsentState.SUBSCRIBED:
            raise CustomerPlusError(
                "This account can withdraw consents only. Please contact the shop.",
                code=ErrorCode.OUT_OF_SCOPE,
                field=f"consents.{number}.state",
            )


class ConsentMutations:
    """The consent mutations."""

    customer_consent_record = CustomerConsentRecord.Field()
    customer_consent_update = CustomerConsentUpdate.Field()
