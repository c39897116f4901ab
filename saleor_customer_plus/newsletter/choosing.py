"""What the shop may write about, as the person says it by the link of a message: no account, no password."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from .. import settings as plugin_settings
from ..activity.models import ActorType
from ..activity.services import Actor
from ..consent import links
from ..consent.decisions import ConsentDecision
from ..consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState
from ..consent.queries import consents_of
from ..consent.services import record_events
from ..records.locks import hold_records
from ..settings import CustomerPlusSettings
from . import texts
from .models import NewsletterSignup
from .services import is_by_email, receive

_PERSON = Actor(ActorType.CUSTOMER)
# Which page somebody used: the plugin's own, or the shop's.
PAGE, SHOP = "PAGE", "SHOP"


@transaction.atomic
def withdraw(link: links.Link, purposes: Collection[str], *, way: str) -> None:
    """End what the person agreed to, for these purposes, also where nobody ever asked: it is an objection then."""
    hold_records([link.record_id])
    record_events(
        [
            ConsentDecision(
                link.record_id,
                ConsentChannel.EMAIL,
                ConsentPurpose(purpose),
                ConsentState.UNSUBSCRIBED,
                ConsentSource.PREFERENCES,
                evidence={"way": way} | ({"message": link.purpose.value} if link.purpose else {}),
            )
            for purpose in purposes
        ],
        actor=_PERSON,
    )


@transaction.atomic
def choose(link: links.Link, wanted: Collection[str], *, way: str, language: str) -> NewsletterSignup | None:
    """Let the shop write about these purposes and no others. Return the sign-up that a new one takes, if any."""
    chosen, _is_active = plugin_settings.load()
    hold_records([link.record_id])
    states = states_of(link.record_id)
    ended = [
        purpose
        for purpose, state in states.items()
        if purpose not in wanted and state in (ConsentState.SUBSCRIBED, ConsentState.PENDING)
    ]
    if ended:
        withdraw(link, ended, way=way)
    new = [purpose for purpose in offered(chosen) if purpose in wanted and states[purpose] != ConsentState.SUBSCRIBED]
    if not new:
        return None
    wording = texts.ticked(new, language, is_our_page=way == PAGE)
    return receive({"email": link.email, "purposes": new, "wording": wording, "language_code": language})


def states_of(record_id: int) -> dict[str, str]:
    """What holds of each purpose by e-mail."""
    return {event.purpose: event.state for event in consents_of([record_id])[record_id] if is_by_email(event)}


def offered(settings: CustomerPlusSettings) -> list[str]:
    """The purposes that people can sign up for."""
    return [name.upper() for name in settings.newsletter_purposes.split(",")] if settings.newsletter else []
