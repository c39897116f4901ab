"""Signing up for the newsletter: the one writer of sign-ups, with `confirming` and `forgetting`.

A sign-up is taken in by one statement, whoever it is, and dealt with by a task: it makes the record, records a PENDING
consent and queues the mail that asks for a confirmation. Only the link in that mail, and a POST, make it a grant.

Somebody who is subscribed already is sent a mail that says so. Somebody who withdrew, whose address bounced or is on a
suppression list is asked to confirm even where a single opt-in would do: anybody can type any address.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from .. import settings as plugin_settings
from ..activity.models import ActorType
from ..activity.services import Actor
from ..consent import links
from ..consent.decisions import BARS, ConsentDecision
from ..consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from ..consent.queries import consents_of
from ..consent.services import record_events
from ..consent.suppressions import suppressed_records
from ..core import rate_limits
from ..errors import CustomerPlusError, ErrorCode
from ..mail import outbox
from ..mail.composing import Composed, compose
from ..mail.models import Mail, MailKind
from ..records.email import mailbox_of
from ..records.locks import hold_records
from ..records.models import CustomerRecord, Source
from ..saleor_adapter import host
from ..settings import PLUGIN_ID, CustomerPlusSettings, OptInMode
from ..sync import reactions
from . import texts
from .models import NewsletterSignup, SignupState
from .tokens import new_token

logger = logging.getLogger(__name__)

# Below the plugin's own path.
CONFIRM_PATH = "/newsletter/confirm/"

# How many mails one address is sent that nobody answers, within the time in which a sign-up can be confirmed.
MAX_MAILS = 5
# Of the addresses that reach one mailbox, beside the plain one: how many a day can sign up.
_MAX_VARIANTS, _DAY = MAX_MAILS, 24 * 3600
# By then its own task has run, if it was sent at all.
_LATE = timedelta(minutes=2)
_BATCH = 100
_PERSON = Actor(ActorType.CUSTOMER)


# Signing up.


def receive(values: Mapping[str, Any]) -> NewsletterSignup:
    """Keep what somebody sent. One statement, whoever it is."""
    return NewsletterSignup.objects.create(**values)


def left_behind() -> list[int]:
    """Sign-ups whose task was lost, the oldest first, but for those that are about to be forgotten."""
    (chosen, _is_active), now = plugin_settings.load(), timezone.now()
    late = NewsletterSignup.objects.filter(
        state=SignupState.RECEIVED, received_at__range=(now - chosen.newsletter_pending, now - _LATE)
    )
    return list(late.order_by("received_at", "pk").values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def take_up(signup_id: int) -> bool:
    """Deal with a sign-up. Return whether there is a mail to be sent."""
    chosen, is_active = plugin_settings.load()
    if not is_active:
        return False
    try:
        outbox.check_ready(chosen)
    except CustomerPlusError:
        logger.error("Newsletter sign-ups wait, because Saleor cannot send mail.")
        return False
    received = NewsletterSignup.objects.filter(pk=signup_id, state=SignupState.RECEIVED)
    signup = received.select_for_update(skip_locked=True).first()
    if signup is None or _is_outdated(signup, chosen):
        return False
    if chosen.newsletter_opt_in is OptInMode.CONFIRMED and _is_one_of_many(signup.email):
        signup.delete()
        return False
    person = {name: getattr(signup, name) for name in ("email", "first_name", "last_name", "language_code")}
    ids = reactions.records_of_enquirers([person], source=Source.NEWSLETTER, actor=_PERSON)
    signup.record_id = ids[signup.email]
    hold_records([signup.record_id])
    if _has_had_enough(signup.record_id, signup.email, chosen):
        signup.delete()
        return False
    needed, granted = _weighed(signup, chosen)
    signup.asked_at = timezone.now()
    signup.state = SignupState.PENDING if needed else SignupState.SUBSCRIBED if granted else SignupState.KNOWN
    signup.purposes = needed or granted or signup.purposes
    record_events(
        [
            *(decision_of(signup, purpose, ConsentState.PENDING, OptInLevel.UNKNOWN) for purpose in needed),
            *(decision_of(signup, purpose, ConsentState.SUBSCRIBED, OptInLevel.SINGLE_OPT_IN) for purpose in granted),
        ],
        actor=_PERSON,
    )
    if signup.state != SignupState.SUBSCRIBED:
        _queue(signup, chosen, actor=_PERSON)
    signup.save()
    return signup.state != SignupState.SUBSCRIBED


def _is_one_of_many(email: str) -> bool:
    """Whether too many addresses of one mailbox signed up today: tags after a +, and the dots of Gmail, are endless."""
    mailbox = mailbox_of(email)
    return mailbox != email and rate_limits.is_too_often(
        "newsletter mailbox", mailbox, limit=_MAX_VARIANTS, seconds=_DAY
    )


def _has_had_enough(record_id: int, email: str, settings: CustomerPlusSettings) -> bool:
    """Whether this address was just sent a mail, or many that nobody answered: a form must not be a bomb."""
    now = timezone.now()
    sent = Mail.objects.filter(record=record_id, kind=MailKind.OPT_IN, recipient=email)
    times = list(
        sent.filter(created_at__gt=now - max(settings.newsletter_pending, settings.newsletter_resend))
        .order_by("-created_at")
        .values_list("created_at", flat=True)[:MAX_MAILS]
    )
    return len(times) == MAX_MAILS or bool(times and times[0] > now - settings.newsletter_resend)


def _weighed(signup: NewsletterSignup, settings: CustomerPlusSettings) -> tuple[list[str], list[str]]:
    """The purposes that are to be confirmed, and those that are granted at once. Of the rest there is nothing to do."""
    record_id = signup.record_id or 0
    current = {event.purpose: event for event in consents_of([record_id])[record_id] if is_by_email(event)}
    suppressed = suppressed_records([record_id])
    needed: list[str] = []
    granted: list[str] = []
    for purpose in signup.purposes:
        event = current[purpose]
        is_single = settings.newsletter_opt_in is OptInMode.SINGLE
        if event.state == ConsentState.SUBSCRIBED and (is_single or event.opt_in_level == OptInLevel.CONFIRMED_OPT_IN):
            continue
        is_barred = event.state in BARS or getattr(event, "is_barred", False) or (record_id, purpose) in suppressed
        (granted if is_single and not is_barred else needed).append(purpose)
    return needed, granted


def is_by_email(event: ConsentEvent) -> bool:
    return bool(event.channel == ConsentChannel.EMAIL)


def decision_of(
    signup: NewsletterSignup, purpose: str, state: ConsentState, level: OptInLevel, **evidence: Any
) -> ConsentDecision:
    said = {"signup": signup.key, "form": signup.page, "received_at": signup.received_at.isoformat(), **evidence}
    return ConsentDecision(
        signup.record_id or 0,
        ConsentChannel.EMAIL,
        ConsentPurpose(purpose),
        state,
        ConsentSource.NEWSLETTER,
        opt_in_level=level,
        wording=signup.wording,
        wording_version=signup.wording_version,
        evidence={name: value for name, value in said.items() if value},
    )


# The mail.


def _queue(signup: NewsletterSignup, settings: CustomerPlusSettings, *, actor: Actor) -> None:
    """Let the mail of a sign-up be sent. Whoever calls it sends the task."""
    (mail,) = outbox.queue(
        [
            outbox.NewMail(
                signup.record_id or 0,
                signup.email,
                _composed(signup, settings),
                kind=MailKind.OPT_IN,
                language=_language(signup, settings),
                is_automatic=True,
            )
        ],
        settings,
        actor=actor,
    )
    signup.mail_ids = [*signup.mail_ids, mail.pk]


def _composed(signup: NewsletterSignup, settings: CustomerPlusSettings) -> Composed:
    language = _language(signup, settings)
    if signup.state == SignupState.PENDING:
        letter, url = texts.confirmation(settings, signup.purposes, language), confirmation_url(signup)
    else:
        letter = texts.already_subscribed(settings, signup.purposes, language)
        url = links.unsubscribe_url(CustomerRecord.objects.get(pk=signup.record_id or 0), email=signup.email)
    composed = compose(letter.subject, letter.body, {"link": url}, settings, language=language, signed=False)
    # A link with a name is for HTML: the plain part has the address alone.
    return replace(composed, text=composed.text.replace(f"]({url})", f"]:\n{url}\n").replace("\n\n\n", "\n\n"))


def _language(signup: NewsletterSignup, settings: CustomerPlusSettings) -> str:
    known = CustomerRecord.objects.filter(pk=signup.record_id or 0).values_list("language_code", flat=True)
    return texts.spoken(settings, [signup.language_code, *known])


def confirmation_url(signup: NewsletterSignup) -> str:
    return host.absolute_url(f"/plugins/{PLUGIN_ID}{CONFIRM_PATH}{new_token(signup)}")


def resend(record_id: int, *, actor: Actor) -> NewsletterSignup:
    """Send the latest sign-up of a record that waits for its confirmation another mail. Call it in a transaction."""
    chosen, _is_active = plugin_settings.load()
    hold_records([record_id])
    waiting = NewsletterSignup.objects.filter(record=record_id, state=SignupState.PENDING)
    signup = waiting.select_for_update().order_by("-received_at", "-pk").first()
    if signup is None:
        raise CustomerPlusError("No sign-up of this customer waits to be confirmed.", code=ErrorCode.NOT_FOUND)
    if _is_outdated(signup, chosen):
        raise CustomerPlusError("The sign-up is too old to be confirmed.", code=ErrorCode.DISABLED)
    if _has_had_enough(record_id, signup.email, chosen):
        raise CustomerPlusError(
            f"This address was sent a mail within the last {chosen.newsletter_resend_minutes} minutes, or "
            f"{MAX_MAILS} that nobody answered. Try again later.",
            code=ErrorCode.RATE_LIMITED,
        )
    _queue(signup, chosen, actor=actor)
    signup.save(update_fields=["mail_ids"])
    return signup


def _is_outdated(signup: NewsletterSignup, settings: CustomerPlusSettings) -> bool:
    return signup.received_at < timezone.now() - settings.newsletter_pending
