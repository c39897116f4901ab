"""Recording consents: what staff and apps say of people, and what people decide for themselves."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import graphene
from django.utils import timezone

from .. import host, rate_limits, reactions
from ..activity.actions import Actor
from ..activity.models import ActorType
from ..consent.actions import record_events
from ..consent.decisions import ConsentDecision, Outcome
from ..consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    OptInLevel,
)
from ..consent.queries import current_consents
from ..errors import CustomerPlusError, ErrorCode
from ..records import queries
from .base import Resolver, key_of, tells_errors
from .consent import (
    CustomerConsentChannel,
    CustomerConsentOptInLevel,
    CustomerConsentPurpose,
    CustomerConsentSource,
    CustomerConsentState,
    CustomerMyConsent,
)
from .mutations import BaseMutation, StaffMutation
from .records import CustomerRecord
from .types import JSON, DateTime, list_of

# One form has a handful.
MOST_DECISIONS = 50
# How often one account may change its mind within an hour: what is written can never be taken back.
UPDATES_PER_HOUR = 60


class CustomerConsentInput(graphene.InputObjectType):  # type: ignore[misc]
    """A decision of a person, to be recorded."""

    channel = graphene.Argument(
        CustomerConsentChannel, required=True, description="By which way the person is reached."
    )
    purpose = graphene.Argument(CustomerConsentPurpose, required=True, description="What the person is reached for.")
    state = graphene.Argument(
        CustomerConsentState, required=True, description="What the person decided: SUBSCRIBED, UNSUBSCRIBED or PENDING."
    )
    opt_in_level = graphene.Argument(CustomerConsentOptInLevel, description="How it was given. UNKNOWN unless told.")
    wording = graphene.String(description="The text that the person was shown.")
    wording_version = graphene.String(description="The version of that text.")
    at = DateTime(description="When the person decided. Now, unless told.")
    source = graphene.Argument(
        CustomerConsentSource,
        description="Where it was made: STAFF or APP, as who calls, unless told. CUSTOMER is for customers only.",
    )
    evidence = graphene.Argument(JSON, description="Further proof: an object of at most 10,000 characters.")
    override_reason = graphene.String(description="Why an imported grant holds although the person withdrew.")


class CustomerMyConsentInput(graphene.InputObjectType):  # type: ignore[misc]
    """A decision for oneself."""

    channel = graphene.Argument(CustomerConsentChannel, required=True, description="By which way to be reached.")
    purpose = graphene.Argument(CustomerConsentPurpose, required=True, description="What to be reached for.")
    state = graphene.Argument(CustomerConsentState, required=True, description="SUBSCRIBED or UNSUBSCRIBED.")
    wording = graphene.String(description="The text that was shown.")
    wording_version = graphene.String(description="The version of that text.")


def checked_decisions(
    given: Sequence[dict[str, Any]], make: Callable[..., ConsentDecision], *, field: str
) -> list[ConsentDecision]:
    """The decisions that a client sent, each made by `make` of its fields. Errors name the place in the list."""
    if not 0 < len(given) <= MOST_DECISIONS:
        raise CustomerPlusError(f"Give from 1 to {MOST_DECISIONS} decisions.", field=field)
    now = timezone.now()
    decisions = []
    for number, fields in enumerate(given):
        try:
            present = {name: value for name, value in fields.items() if value is not None}
            decisions.append(make(**present).checked(now))
        except CustomerPlusError as error:
            error.field = f"{field}.{number}.{error.field}"
            raise
    return decisions


def decision_of_staff(record_id: int, actor: Actor, **fields: Any) -> ConsentDecision:
    """What a member of staff, or an app, says of somebody."""
    source = ConsentSource(fields.pop("source", "APP" if actor.type is ActorType.APP else "STAFF"))
    if source is ConsentSource.CUSTOMER:
        raise CustomerPlusError("Customers say this themselves, with customerConsentUpdate.", field="source")
    return ConsentDecision(
        record_id,
        ConsentChannel(fields.pop("channel")),
        ConsentPurpose(fields.pop("purpose")),
        ConsentState(fields.pop("state")),
        source,
        opt_in_level=OptInLevel(fields.pop("opt_in_level", OptInLevel.UNKNOWN)),
        **fields,
    )


def _decision_of_customer(record_id: int, **fields: Any) -> ConsentDecision:
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


class CustomerConsentRecord(StaffMutation):
    """Record what a person decided: in one transaction, all or nothing. Requires MANAGE_USERS.

    The latest decision holds. Only an imported grant never takes back a withdrawal, unless `overrideReason` is given.
    What says nothing new is not written.
    """

    record = graphene.Field(CustomerRecord, description="The record.")

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")
        consents = list_of(CustomerConsentInput, required=True, description="The decisions, at most 50.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, consents: list[dict[str, Any]]) -> dict[str, Any]:
        key = key_of(record_id, "CustomerRecord", field="record_id")
        decisions = checked_decisions(
            consents, lambda **fields: decision_of_staff(key, actor, **fields), field="consents"
        )
        outcomes = record_events(decisions, actor=actor)
        if Outcome.NO_RECORD in outcomes:
            raise CustomerPlusError("There is no such record.", code=ErrorCode.NOT_FOUND, field="record_id")
        if Outcome.WITHDRAWN in outcomes:
            raise CustomerPlusError(
                "The person withdrew. Say why it may be overridden, in `overrideReason`.",
                code=ErrorCode.REQUIRED,
                field=f"consents.{outcomes.index(Outcome.WITHDRAWN)}.override_reason",
            )
        return {"record": queries.find(id=key)}


def _customer(info: Any) -> Any:
    """The account that asks. Apps have none, and whoever is not logged in is refused as everywhere."""
    user = info.context.user
    if info.context.app or not user or not user.is_active:
        raise host.PermissionDenied("Log in with the customer's own account.")
    return user


def customers_only(resolver: Resolver) -> Resolver:
    """Let in who is logged in with an account, and no app."""

    @functools.wraps(resolver)
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        _customer(info)
        return resolver(root, info, **arguments)

    return resolve  # type: ignore[return-value]


def _own_consents(user: Any) -> list[ConsentEvent]:
    record = queries.find(account_id=user.pk)
    return [] if record is None else current_consents([record.pk])[record.pk]


class CustomerConsentUpdate(BaseMutation):
    """Decide for oneself what the shop may send. For a customer who is logged in, about nobody else."""

    consents = list_of(CustomerMyConsent, description="What holds now, one for each channel and purpose.")

    class Arguments:
        consents = list_of(CustomerMyConsentInput, required=True, description="The decisions, at most 50.")

    @classmethod
    def check_access(cls, info: Any) -> None:
        _customer(info)

    @classmethod
    def caller(cls, info: Any) -> Actor:
        return Actor(ActorType.CUSTOMER, str(_customer(info).pk))

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, consents: list[dict[str, Any]]) -> dict[str, Any]:
        user = _customer(info)
        message = "Too many changes. Try again in an hour."
        rate_limits.count("consent", str(user.pk), limit=UPDATES_PER_HOUR, message=message)
        # Checked before a record is made for it.
        checked_decisions(consents, lambda **fields: _decision_of_customer(0, **fields), field="consents")
        record = queries.find(account_id=user.pk)
        if record is None:
            reactions.customer_spoke(user.pk)
            record = queries.find(account_id=user.pk)
        if record is None:
            raise CustomerPlusError("Confirm the e-mail address of your account first.", code=ErrorCode.NOT_FOUND)
        record_id = record.pk
        decisions = checked_decisions(
            consents, lambda **fields: _decision_of_customer(record_id, **fields), field="consents"
        )
        record_events(decisions, actor=actor)
        return {"consents": _own_consents(user)}


class ConsentQueries:
    """The query for one's own consents."""

    customer_my_consents = graphene.Field(
        list_of(CustomerMyConsent),
        description="What holds for the customer who is logged in, one for each channel and purpose.",
    )

    @staticmethod
    @customers_only
    @tells_errors
    def resolve_customer_my_consents(_root: Any, info: Any) -> list[ConsentEvent]:
        return _own_consents(_customer(info))


class ConsentMutations:
    """The mutations for consents."""

    customer_consent_record = CustomerConsentRecord.Field()
    customer_consent_update = CustomerConsentUpdate.Field()
