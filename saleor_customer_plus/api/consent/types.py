"""Consent types of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ...activity.models import ActorType
from ...activity.services import Actor
from ...consent.models import ConsentEvent
from ...consent.queries import consents_of, count_consent_events, pages_of_consent_events
from ...core.paging import Window
from ...records.models import CustomerRecord as Record
from ..activity.types import CustomerRecordActor, CustomerRecordCause
from ..core.base import to_global_id
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.merged_from import merged_from
from ..core.types import JSON, DateTime, id_of, list_of
from .enums import (
    CustomerConsentChannel,
    CustomerConsentOptInLevel,
    CustomerConsentPurpose,
    CustomerConsentSource,
    CustomerConsentState,
)


class _Decided:
    """The fields of a decision that the customer may see, too."""

    channel = graphene.Field(CustomerConsentChannel, required=True, description="Contact channel.")
    purpose = graphene.Field(CustomerConsentPurpose, required=True, description="Purpose of the contact.")
    state = graphene.Field(CustomerConsentState, required=True, description="Current decision.")
    opt_in_level = graphene.Field(CustomerConsentOptInLevel, required=True, description="How consent was given.")
    wording = graphene.String(required=True, description="Consent text shown to the customer, or an empty string.")
    wording_version = graphene.String(required=True, description="Version of the consent text, or an empty string.")
    decided_at = DateTime(description="When the customer decided. Null if the customer never decided.")

    @staticmethod
    def resolve_decided_at(decided: Any, _info: Any) -> datetime | None:
        moment: datetime | None = decided.at
        return moment


class CustomerMyConsent(_Decided, graphene.ObjectType):  # type: ignore[misc]
    """A customer's own consent for one channel and purpose."""


class CustomerConsent(_Decided, graphene.ObjectType):  # type: ignore[misc]
    """A consent decision with its proof. NOT_SUBSCRIBED, with no ID, if the customer never decided."""

    id = graphene.ID(description="ID of the consent event.")
    source = graphene.Field(CustomerConsentSource, description="Where the decision was made or recorded.")
    actor = graphene.Field(CustomerRecordActor, description="Who recorded the decision.")
    created_at = DateTime(description="When the decision was recorded.")
    evidence = graphene.Field(JSON, required=True, description="Additional proof: a JSON object.")
    override_reason = graphene.String(required=True, description="Why a withdrawal was overridden, or an empty string.")
    cause = graphene.Field(
        CustomerRecordCause, description="What caused the decision to be recorded, such as a job. Null if unknown."
    )
    merged_from = merged_from("consent_events")

    @staticmethod
    def resolve_id(event: ConsentEvent, _info: Any) -> str | None:
        return None if event.pk is None else to_global_id("CustomerConsent", event.pk)

    @staticmethod
    def resolve_source(event: ConsentEvent, _info: Any) -> str | None:
        return event.source or None

    @staticmethod
    def resolve_created_at(event: ConsentEvent, _info: Any) -> datetime | None:
        moment: datetime | None = event.recorded_at
        return moment

    @staticmethod
    def resolve_actor(event: ConsentEvent, _info: Any) -> Actor | None:
        return None if event.pk is None else Actor(ActorType(event.actor_type), event.actor_id)

    @staticmethod
    def resolve_cause(event: ConsentEvent, _info: Any) -> CustomerRecordCause | None:
        if not event.cause_type:
            return None
        return CustomerRecordCause(type=event.cause_type, id=id_of(event.cause_type, event.cause_id))


ConsentConnection = connection_of(CustomerConsent, of="consent events, newest first")


class ConsentOfRecord:
    """The consent fields of a customer record."""

    accepts_promotional_mail = graphene.Boolean(
        required=True, description="Whether the customer is subscribed to promotional e-mails."
    )
    accepts_newsletter = graphene.Boolean(
        required=True, description="Whether the customer is subscribed to the e-mail newsletter."
    )
    accepts_system_mail = graphene.Boolean(
        required=True, description="Whether the customer is subscribed to e-mail updates about the shop."
    )
    consents = list_of(
        CustomerConsent,
        required=True,
        description="Current consents, one per channel and purpose. NOT_SUBSCRIBED if the customer never decided.",
    )
    consent_events = graphene.Field(
        ConsentConnection, required=True, description="Consent history, newest first.", **PAGE_ARGUMENTS
    )

    @staticmethod
    def resolve_consents(record: Record, info: Any) -> Any:
        return load(info, consents_of, record.pk)

    @staticmethod
    def resolve_consent_events(record: Record, info: Any, **page: Any) -> Listing:
        return Listing(
            page=lambda: load(info, pages_of_consent_events, record.pk, window=Window.of("consentEvents", **page)),
            count=lambda: load(info, count_consent_events, record.pk),
        )
