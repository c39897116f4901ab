"""A proof of consent as somebody reads it: words instead of values, and times as the language writes them, in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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
    "mail": {
        "QUEUED": gettext_noop("Waiting to be sent"),
        "SENDING": gettext_noop("Waiting to be sent"),
        "SENT": gettext_noop("Sent"),
        "FAILED": gettext_noop("Failed"),
        "BOUNCED": gettext_noop("Returned by the recipient's mail server"),
    },
}


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
    }


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
    return f"{date_format(at, 'DATE_FORMAT')}, {at:%H:%M:%S} UTC"
