"""A record's consents, as the API shows them."""

from __future__ import annotations

from typing import Any

import graphene

from ..activity.actions import Actor
from ..activity.models import ActorType
from ..consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    OptInLevel,
)
from ..consent.queries import count_consent_events, current_consents, pages_of_consent_events
from ..paging import Window
from ..records.models import CustomerRecord as Record
from .activity import CustomerRecordActor, CustomerRecordCause
from .base import to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .loading import load
from .types import JSON, DateTime, enum_of, id_of, list_of

CustomerConsentChannel = enum_of(
    ConsentChannel, name="CustomerConsentChannel", description="By which way a person may be reached."
)
CustomerConsentPurpose = enum_of(
    ConsentPurpose, name="CustomerConsentPurpose", description="What a person may be reached for."
)
CustomerConsentState = enum_of(
    ConsentState,
    name="CustomerConsentState",
    description="What a person decided, as at Shopify. SUBSCRIBED, UNSUBSCRIBED and PENDING can be set.",
)
CustomerConsentOptInLevel = enum_of(
    OptInLevel, name="CustomerConsentOptInLevel", description="How a consent was given, as at Shopify."
)
CustomerConsentSource = enum_of(
    ConsentSource, name="CustomerConsentSource", description="Where a decision was made or recorded."
)


class _Decided:
    """What everybody may see of a decision."""

    channel = graphene.Field(CustomerConsentChannel, required=True, description="By which way the person is reached.")
    purpose = graphene.Field(CustomerConsentPurpose, required=True, description="What the person is reached for.")
    state = graphene.Field(CustomerConsentState, required=True, description="What the person decided.")
    opt_in_level = graphene.Field(CustomerConsentOptInLevel, required=True, description="How it was given.")
    wording = graphene.String(required=True, description="The text that the person was shown, or blank.")
    wording_version = graphene.String(required=True, description="The version of that text, or blank.")
    at = DateTime(required=True, description="When the person decided.")


class CustomerMyConsent(_Decided, graphene.ObjectType):  # type: ignore[misc]
    """What holds for oneself on one channel and purpose."""


class CustomerConsent(_Decided, graphene.ObjectType):  # type: ignore[misc]
    """One decision of one person, with its proof. It is never edited: another decision follows it."""

    id = graphene.ID(required=True, description="The global id of the decision.")
    source = graphene.Field(CustomerConsentSource, required=True, description="Where it was made or recorded.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who wrote it down.")
    recorded_at = DateTime(required=True, description="When it was written down.")
    evidence = graphene.Field(JSON, required=True, description="Further proof: an object.")
    override_reason = graphene.String(required=True, description="Why a withdrawal was overridden, or blank.")
    cause = graphene.Field(CustomerRecordCause, description="What caused it, where that is known.")

    @staticmethod
    def resolve_id(event: ConsentEvent, _info: Any) -> str:
        return to_global_id("CustomerConsent", event.pk)

    @staticmethod
    def resolve_actor(event: ConsentEvent, _info: Any) -> Actor:
        return Actor(ActorType(event.actor_type), event.actor_id)

    @staticmethod
    def resolve_cause(event: ConsentEvent, _info: Any) -> CustomerRecordCause | None:
        if not event.cause_type:
            return None
        return CustomerRecordCause(type=event.cause_type, id=id_of(event.cause_type, event.cause_id))


ConsentConnection = connection_of(CustomerConsent, of="a person's decisions, newest first")


class ConsentOfRecord:
    """The part of a record that comes from consent events."""

    accepts_marketing = graphene.Boolean(
        required=True, description="Whether the person is subscribed to offers or the newsletter by e-mail."
    )
    accepts_system_mail = graphene.Boolean(
        required=True, description="Whether the person is subscribed to updates on the shop by e-mail."
    )
    consents = list_of(
        CustomerConsent,
        required=True,
        description="The decisions that hold, one for each channel and purpose: NOT_SUBSCRIBED where there is none.",
    )
    consent_events = graphene.Field(
        ConsentConnection, required=True, description="All decisions, newest first.", **PAGE_ARGUMENTS
    )

    @staticmethod
    def resolve_consents(record: Record, info: Any) -> Any:
        return load(info, current_consents, record.pk)

    @staticmethod
    def resolve_consent_events(record: Record, info: Any, **page: Any) -> Listing:
        return Listing(
            page=lambda: load(info, pages_of_consent_events, record.pk, window=Window.of("consentEvents", **page)),
            count=lambda: load(info, count_consent_events, record.pk),
        )
