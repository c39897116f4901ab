"""A proof of consent as somebody reads it: words instead of values, and times as the language writes them, in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..consent.models import ConsentPurpose
from .rendering import render
from .texts import LANGUAGES, purpose_label

_WORDS = {
    "channel": {
        "EMAIL": gettext_noop("E-mail"),
        "SMS": gettext_noop("SMS"),
        "PHONE": gettext_noop("Phone"),
        "POST": gettext_noop("Post"),
    },
    "state": {
        "NOT_SUBSCRIBED": gettext_noop("Not subscribed"),
        "PENDING": gettext_noop("Asked, and not yet confirmed"),
        "SUBSCRIBED": gettext_noop("Subscribed"),
        "UNSUBSCRIBED": gettext_noop("Unsubscribed"),
        "INVALID": gettext_noop("The address accepts no messages"),
        "REDACTED": gettext_noop("Redacted"),
    },
    "opt_in_level": {
        "SINGLE_OPT_IN": gettext_noop("Single opt-in"),
        "CONFIRMED_OPT_IN": gettext_noop("Confirmed opt-in"),
        "SOFT_OPT_IN": gettext_noop("Existing customer (soft opt-in)"),
        "UNKNOWN": "",
    },
    "source": {
        "STAFF": gettext_noop("Staff"),
        "CUSTOMER": gettext_noop("The customer's account"),
        "IMPORT": gettext_noop("Import"),
        "CONTACT_FORM": gettext_noop("Contact form"),
        "CHECKOUT": gettext_noop("Checkout"),
        "NEWSLETTER": gettext_noop("Newsletter form"),
        "APP": gettext_noop("App"),
        "PREFERENCES": gettext_noop("Link to unsubscribe"),
    },
    "actor": {
        "SYNC": gettext_noop("Synchronization with Saleor"),
        "STAFF": gettext_noop("Staff"),
        "APP": gettext_noop("App"),
        "CUSTOMER": gettext_noop("The customer"),
        "IMPORT": gettext_noop("Import"),
    },
    "sign_up": {
        "PENDING": gettext_noop("Waiting for a confirmation"),
        "CONFIRMED": gettext_noop("Confirmed"),
        "SUBSCRIBED": gettext_noop("Subscribed at once"),
        "KNOWN": gettext_noop("Subscribed before"),
    },
    # What the plugin itself writes down of a decision. What others recorded has their own names.
    "evidence": {
        "signup": gettext_noop("Sign-up"),
        "form": gettext_noop("Page of the form"),
        "received_at": gettext_noop("Form received"),
        "way": gettext_noop("Way"),
        "confirmed_at": gettext_noop("Confirmed"),
        "mail": gettext_noop("Message-ID of the e-mail"),
        "mail_sent_at": gettext_noop("E-mail sent"),
        "message": gettext_noop("Link in a message about"),
        "lawful_basis": gettext_noop("Lawful basis"),
    },
    "way": {
        "PAGE": gettext_noop("Button on the plugin's page"),
        "SHOP": gettext_noop("Button on the shop's page"),
        "ONE_CLICK": gettext_noop("Unsubscribe button of the mail program"),
        "NOT_CONFIRMED": gettext_noop("Nobody confirmed it in time"),
    },
    "lawful_basis": {
        "CONSENT": gettext_noop("Consent"),
        "CONTRACT": gettext_noop("Contract"),
        "LEGAL_OBLIGATION": gettext_noop("Legal obligation"),
        "LEGITIMATE_INTEREST": gettext_noop("Legitimate interest"),
    },
    "cause": {
        "ORDER": gettext_noop("Order"),
        "ACCOUNT": gettext_noop("Account"),
        "JOB": gettext_noop("Job"),
        "NOTE": gettext_noop("Note"),
        "LEAD": gettext_noop("Lead"),
        "MERGE": gettext_noop("Merge"),
        "SEGMENT": gettext_noop("Segment"),
    },
    "mail": {
        "QUEUED": gettext_noop("Waiting to be sent"),
        "SENDING": gettext_noop("Waiting to be sent"),
        "SENT": gettext_noop("Sent"),
        "FAILED": gettext_noop("Failed"),
        "BOUNCED": gettext_noop("Returned by the recipient's mail server"),
    },
}

_TIMES = ("received_at", "confirmed_at", "mail_sent_at")


def as_page(proof: Mapping[str, Any], language: str = "en") -> bytes:
    """A proof as an HTML page in a language of ours; English for any other."""
    with translation.override(language if language in LANGUAGES else "en"):
        shown = {
            **proof,
            "made_at": _moment(proof["made_at"]),
            "in_force": [_event(event) for event in proof["in_force"]],
            "decisions": [_event(event) for event in proof["decisions"]],
            "sign_ups": [_signup(signup) for signup in proof["sign_ups"]],
        }
        return render("proof.html", {"proof": shown, "language": translation.get_language()}).encode()


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    by = event["recorded_by"]
    return {
        **event,
        "channel": _word("channel", event["channel"]),
        "purpose": purpose_label(event["purpose"]),
        "state": _word("state", event["state"]),
        "opt_in_level": _word("opt_in_level", event["opt_in_level"]),
        "source": _word("source", event["source"]),
        "recorded_by": f"{_word('actor', by['type'])} {by['id']}".strip(),
        "decided_at": _moment(event["decided_at"]),
        "recorded_at": _moment(event["recorded_at"]),
        "evidence": [(_word("evidence", name), _shown(name, value)) for name, value in event["evidence"].items()],
        "cause": f"{_word('cause', event['cause']['type'])} {event['cause']['id']}".strip(),
    }


def _shown(name: str, value: Any) -> Any:
    """What was recorded of a decision. Others may have recorded something else by the same names."""
    if not isinstance(value, str):
        return value
    if name in _TIMES:
        with suppress(ValueError):
            return _moment(value)
    if name == "message":
        return purpose_label(value) if value in ConsentPurpose.values else value
    return _word(name, value) if name in ("way", "lawful_basis") else value


def _signup(signup: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **signup,
        "state": _word("sign_up", signup["state"]),
        "purposes": [purpose_label(purpose) for purpose in signup["purposes"]],
        "received_at": _moment(signup["received_at"]),
        "confirmed_at": _moment(signup["confirmed_at"]),
        "mails": [
            {**mail, "state": _word("mail", mail["state"]), "at": _moment(mail["sent_at"] or mail["queued_at"])}
            for mail in signup["mails"]
        ],
    }


def _word(kind: str, value: str) -> str:
    word = _WORDS[kind].get(value, value)
    return _(word) if word else ""


def _moment(moment: str) -> str:
    if not moment:
        return ""
    at = datetime.fromisoformat(moment)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M:%S} UTC"
