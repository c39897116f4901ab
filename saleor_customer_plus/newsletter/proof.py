"""The proof of what one person agreed to (GDPR Art. 7(1)): each decision with its wording, time and way, and the mails.

As JSON for programs, and as a page that is printed, or saved as a PDF, by any browser. Saleor ships no library that
writes PDF, and a page that its reader prints is legible in every script.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from .. import __version__
from .. import settings as plugin_settings
from ..consent.models import ConsentEvent
from ..consent.queries import consents_of
from ..mail.models import Mail
from ..records.models import CustomerRecord
from . import texts
from .models import NewsletterSignup
from .queries import mails_of
from .tokens import without_signatures


class ProofFormat(StrEnum):
    """What a proof is written in."""

    JSON = "JSON"
    HTML = "HTML"


CONTENT_TYPES = {ProofFormat.JSON: "application/json", ProofFormat.HTML: "text/html; charset=utf-8"}


def proof_of(record_id: int) -> dict[str, Any] | None:
    """All that proves what a person agreed to and withdrew. A constant number of statements."""
    record = CustomerRecord.objects.filter(pk=record_id).first()
    if record is None:
        return None
    chosen, _is_active = plugin_settings.load()
    events = ConsentEvent.objects.filter(record=record).order_by("at", "pk")
    signups = list(NewsletterSignup.objects.filter(record=record).order_by("received_at", "pk"))
    mails = mails_of([signup.pk for signup in signups])
    return {
        "made_at": _moment(timezone.now()),
        "made_by": f"Customer Plus {__version__}",
        "shop": texts.shop_name(chosen),
        "person": {"email": record.email, "first_name": record.first_name, "last_name": record.last_name},
        "in_force": [_event(event) for event in consents_of([record.pk])[record.pk] if event.pk is not None],
        "decisions": [_event(event) for event in events],
        "sign_ups": [_signup(signup, mails[signup.pk]) for signup in signups],
    }


def as_json(proof: Mapping[str, Any]) -> bytes:
    return json.dumps(proof, ensure_ascii=False, indent=2).encode()


def _event(event: ConsentEvent) -> dict[str, Any]:
    return {
        "channel": event.channel,
        "purpose": event.purpose,
        "state": event.state,
        "opt_in_level": event.opt_in_level,
        "decided_at": _moment(event.at),
        "recorded_at": _moment(event.recorded_at),
        "source": event.source,
        "recorded_by": {"type": event.actor_type, "id": event.actor_id},
        "cause": {"type": event.cause_type, "id": event.cause_id},
        "wording": event.wording,
        "wording_version": event.wording_version,
        "evidence": event.evidence,
        "override_reason": event.override_reason,
    }


def _signup(signup: NewsletterSignup, mails: list[Mail]) -> dict[str, Any]:
    return {
        "id": signup.key,
        "state": signup.state,
        "email": signup.email,
        "purposes": signup.purposes,
        "language_code": signup.language_code,
        "page": signup.page,
        "wording": signup.wording,
        "wording_version": signup.wording_version,
        "received_at": _moment(signup.received_at),
        "ip_address": signup.ip_address or "",
        "confirmed_at": _moment(signup.confirmed_at),
        "confirmed_ip_address": signup.confirmed_ip_address or "",
        "mails": [
            {
                "message_id": mail.message_id,
                "state": mail.state,
                "queued_at": _moment(mail.created_at),
                "sent_at": _moment(mail.sent_at),
                "sender": mail.sender,
                "recipient": mail.recipient,
                "subject": mail.subject,
                "text": without_signatures(mail.text),
            }
            for mail in mails
        ],
    }


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat()
