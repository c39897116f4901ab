"""Queries for newsletter sign-ups, and for the proof of consent of one customer."""

from __future__ import annotations

import functools
from typing import Any

import graphene
from django.core.files.base import ContentFile

from ...core.paging import Window
from ...newsletter import proof as proofs
from ...newsletter.proof import ProofFormat
from ...newsletter.proof_page import as_page
from ...newsletter.queries import count_signups, page_of_signups
from ...newsletter.texts import LANGUAGES
from ...saleor_adapter import staff
from ..core.base import staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing
from ..core.downloads import Download, address_of, register
from ..core.types import enum_of, list_of
from ..records.lookup import existing_record
from .types import CustomerNewsletterSignupState, SignupConnection

_KIND = "consent-proof"

CustomerConsentProofFormat = enum_of(
    ProofFormat,
    name="CustomerConsentProofFormat",
    description="What a proof is written in.",
    values={
        "JSON": "Structured data, for programs",
        "HTML": "A page to read, to print, and to save as a PDF",
    },
)


class CustomerConsentProof(graphene.ObjectType):  # type: ignore[misc]
    """Proof of what one customer consented to and withdrew: each decision with its wording, time, way and mails."""

    url = graphene.String(
        required=True, description="URL to download the proof, valid for one hour. Anyone who has it can use it."
    )


class NewsletterQueries:
    """The newsletter queries for staff."""

    customer_newsletter_signups = graphene.Field(
        SignupConnection,
        description="List of newsletter sign-ups, newest first. Requires MANAGE_USERS.",
        states=list_of(CustomerNewsletterSignupState, description="States of the sign-ups. All by default."),
        **PAGE_ARGUMENTS,
    )
    customer_consent_proof = graphene.Field(
        CustomerConsentProof,
        description="Proof of consent of one customer. Null if there is no such record. Requires MANAGE_USERS.",
        record_id=graphene.ID(required=True, description="Global ID of the customer record."),
        format=graphene.Argument(CustomerConsentProofFormat, description="Format of the proof. JSON by default."),
        language_code=graphene.String(description="Language of the HTML page: en, de, es, fr or it. en by default."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_newsletter_signups(
        _root: Any, _info: Any, states: list[Any] | None = None, **arguments: Any
    ) -> Listing:
        wanted = [getattr(state, "value", state) for state in states or ()]
        window = functools.partial(Window.of, "customerNewsletterSignups", **arguments)
        return Listing(
            page=functools.cache(lambda: page_of_signups(window(), wanted)), count=lambda: count_signups(wanted)
        )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_consent_proof(
        _root: Any, info: Any, record_id: str, format: Any = ProofFormat.JSON, language_code: str | None = None
    ) -> CustomerConsentProof:
        record = existing_record(record_id, field="record_id")
        base = (language_code or "en").lower()[:2]
        name = f"{getattr(format, 'value', format)} {base if base in LANGUAGES else 'en'}"
        return CustomerConsentProof(url=address_of(_KIND, record.pk, name, info.context))


def _made(record_id: int, name: str, _channels: staff.Channels) -> Download | None:
    """The proof as it is now, made for whoever follows the link."""
    proof = proofs.proof_of(record_id)
    if proof is None:
        return None
    format, _space, language = name.partition(" ")
    kind = ProofFormat(format)
    content = proofs.as_json(proof) if kind is ProofFormat.JSON else as_page(proof, language)
    return Download(ContentFile(content), f"consent-{record_id}.{kind.value.lower()}", proofs.CONTENT_TYPES[kind])


register(_KIND, _made)
