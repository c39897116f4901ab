"""Signing up for the newsletter, confirming it, and choosing what the shop may write about. The one writer of sign-ups.

A sign-up is taken in by one statement, whoever it is, and dealt with by a task: it makes the record, records a PENDING
consent and queues the mail that asks for a confirmation. Only the link in that mail, and a POST, make it a grant.

Somebody who is subscribed already is sent a mail that says so. Somebody who withdrew, whose address bounced or is on a
suppression list is asked to confirm even where a single opt-in would do: anybody can type any address.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel, Model, Q, QuerySet
from django.utils import timezone

from .. import settings as plugin_settings
from ..activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from ..activity.services import SYNC, Actor
from ..consent import links
from ..consent.decisions import BARS, ConsentDecision
from ..consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from ..consent.queries import consents_of, newest_events
from ..consent.services import record_events
from ..consent.suppressions import suppressed_records
from ..core import rate_limits, sql
from ..deletion.services import delete_records
from ..errors import CustomerPlusError, ErrorCode
from ..mail import outbox
from ..mail.composing import Composed, compose
from ..mail.models import Mail, MailKind
from ..records.email import mailbox_of
from ..records.locks import hold_records, own_identities
from ..records.models import CustomerRecord, Source, Stage
from ..saleor_adapter import host
from ..settings import PLUGIN_ID, CustomerPlusSettings, OptInMode
from ..sync import reactions
from . import tasks, texts
from .models import NewsletterSignup, SignupState
from .tokens import new_token, read_token

logger = logging.getLogger(__name__)

# Below the plugin's own path.
CONFIRM_PATH = "/newsletter/confirm/"

# Which page somebody used: the plugin's own, or the shop's.
PAGE, SHOP = "PAGE", "SHOP"

# How many mails one address is sent that nobody answers, within the time in which a sign-up can be confirmed.
MAX_MAILS = 5
# Of the addresses that reach one mailbox, beside the plain one: how many a day can sign up.
_MAX_VARIANTS, _DAY = MAX_MAILS, 24 * 3600
# By then its own task has run, if it was sent at all.
_LATE = timedelta(minutes=2)
_BATCH = 100
_PERSON = Actor(ActorType.CUSTOMER)
# What the log of a record has that came about by a sign-up, and by nothing else that somebody did.
_OF_SIGNUPS = (ActivityType.RECORD_CREATED, ActivityType.CONSENT_CHANGED, ActivityType.MESSAGE_SENT)
_AUTOMATIC = (ActivityType.SEGMENT_ENTERED, ActivityType.SEGMENT_LEFT, ActivityType.MESSAGE_FAILED)
# What a sign-up leaves in other tables, by their names, or the plugin finds out by itself. A row in any other table is
# of something else that happened to the person.
_OF_ITSELF = frozenset(
    {
        *("ActivityEntry", "ConsentEvent", "CurrentConsent", "Mail", "NewsletterSignup", "PreferenceLink"),
        *("CustomerInsight", "DuplicateKey", "DuplicatePair", "SegmentMembership"),
    }
)


class Confirmation(StrEnum):
    """What became of a confirmation."""

    CONFIRMED = "CONFIRMED"
    ALREADY = "ALREADY"
    INVALID = "INVALID"


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
            *(_decision(signup, purpose, ConsentState.PENDING, OptInLevel.UNKNOWN) for purpose in needed),
            *(_decision(signup, purpose, ConsentState.SUBSCRIBED, OptInLevel.SINGLE_OPT_IN) for purpose in granted),
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
    current = {event.purpose: event for event in consents_of([record_id])[record_id] if _is_by_email(event)}
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


def _is_by_email(event: ConsentEvent) -> bool:
    return bool(event.channel == ConsentChannel.EMAIL)


def _decision(
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


# Confirming.


def to_confirm(token: str) -> NewsletterSignup | None:
    """The sign-up that a token confirms, or confirmed before. None for anything else. Changes nothing."""
    chosen, _is_active = plugin_settings.load()
    signup = read_token(token, chosen.newsletter_pending)
    if signup is None or not links.has_address(signup.record, signup.email):
        return None
    if signup.state == SignupState.CONFIRMED:
        return signup
    return signup if signup.state == SignupState.PENDING and _open_purposes(signup) else None


@transaction.atomic
def confirm(token: str, *, way: str, ip_address: str | None = None) -> tuple[Confirmation, NewsletterSignup | None]:
    """Make a sign-up a grant, once. `way` says how the person confirmed: by our page, or by the shop's."""
    chosen, is_active = plugin_settings.load()
    signup = read_token(token, chosen.newsletter_pending) if is_active else None
    if signup is None or signup.record_id is None:
        return Confirmation.INVALID, None
    hold_records([signup.record_id])
    signup = (
        NewsletterSignup.objects.select_for_update(of=("self",)).filter(pk=signup.pk).select_related("record").first()
    )
    if signup is None or not links.has_address(signup.record, signup.email):
        return Confirmation.INVALID, None
    if signup.state == SignupState.CONFIRMED:
        return Confirmation.ALREADY, signup
    purposes = _open_purposes(signup)
    if signup.state != SignupState.PENDING or not purposes:
        return Confirmation.INVALID, None
    signup.state, signup.confirmed_at = SignupState.CONFIRMED, timezone.now()
    signup.confirmed_ip_address = ip_address if chosen.newsletter_keep_ip else None
    mail = Mail.objects.filter(pk__in=signup.mail_ids).order_by("-pk").values("message_id", "sent_at").first()
    proof = {
        "way": way,
        "confirmed_at": signup.confirmed_at.isoformat(),
        "mail": mail["message_id"] if mail else "",
        "mail_sent_at": mail["sent_at"].isoformat() if mail and mail["sent_at"] else "",
    }
    record_events(
        [
            _decision(signup, purpose, ConsentState.SUBSCRIBED, OptInLevel.CONFIRMED_OPT_IN, **proof)
            for purpose in purposes
        ],
        actor=_PERSON,
    )
    # An earlier mail of the same sign-up is of no use any more, but is a part of the proof.
    earlier = NewsletterSignup.objects.filter(
        record=signup.record_id, email=signup.email, state=SignupState.PENDING, purposes__contained_by=purposes
    ).exclude(pk=signup.pk)
    signup.mail_ids = sorted(
        {*signup.mail_ids, *(id for ids in earlier.values_list("mail_ids", flat=True) for id in ids)}
    )
    earlier.delete()
    signup.save(update_fields=["state", "confirmed_at", "confirmed_ip_address", "mail_ids"])
    tasks.announce_confirmed(signup.pk)
    return Confirmation.CONFIRMED, signup


def _open_purposes(signup: NewsletterSignup) -> list[str]:
    """Those of a sign-up that nobody withdrew since: whoever did must not be subscribed by an older mail."""
    withdrawals = ConsentEvent.objects.filter(
        record=signup.record_id,
        channel=ConsentChannel.EMAIL,
        purpose__in=signup.purposes,
        state__in=[state.value for state in BARS],
        recorded_at__gt=signup.asked_at or signup.received_at,
    )
    # What a merge repeats with a reason of its own was decided before.
    withdrawals = withdrawals.exclude(Q(cause_type=CauseType.MERGE) & ~Q(override_reason=""))
    withdrawn = set(withdrawals.values_list("purpose", flat=True))
    return [purpose for purpose in signup.purposes if purpose not in withdrawn]


def _is_outdated(signup: NewsletterSignup, settings: CustomerPlusSettings) -> bool:
    return signup.received_at < timezone.now() - settings.newsletter_pending


# Choosing.


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
    return {event.purpose: event.state for event in consents_of([record_id])[record_id] if _is_by_email(event)}


def offered(settings: CustomerPlusSettings) -> list[str]:
    """The purposes that people can sign up for."""
    return [name.upper() for name in settings.newsletter_purposes.split(",")] if settings.newsletter else []


# Forgetting.


def forget_old() -> int:
    """Forget sign-ups that nobody confirmed in time, and IP addresses that are old. Return how many sign-ups it were.

    A record that only an unconfirmed sign-up made is deleted with all that hangs on it. Of anybody else what held
    before holds again; that somebody signed up stays in the history of the consents.
    """
    chosen, is_active = plugin_settings.load()
    if not is_active:
        return 0
    now = timezone.now()
    NewsletterSignup.objects.filter(
        Q(ip_address__isnull=False) | Q(confirmed_ip_address__isnull=False),
        received_at__lt=now - timedelta(days=chosen.newsletter_ip_days),
    ).update(ip_address=None, confirmed_ip_address=None)
    outdated = NewsletterSignup.objects.filter(received_at__lt=now - chosen.newsletter_pending)
    # Nobody could be mailed in time.
    forgotten, _tables = outdated.filter(state=SignupState.RECEIVED).delete()
    old = outdated.filter(state__in=[SignupState.PENDING, SignupState.KNOWN])
    while ids := list(old.order_by("received_at", "pk").values_list("pk", flat=True)[:_BATCH]):
        forgotten += _forget(ids, now)
    return forgotten


@transaction.atomic
def _forget(signup_ids: Collection[int], now: datetime) -> int:
    own_identities()
    signups = list(NewsletterSignup.objects.filter(pk__in=signup_ids).order_by("received_at", "pk"))
    record_ids = hold_records({signup.record_id for signup in signups if signup.record_id is not None})
    gone = _only_signed_up(record_ids, signup_ids)
    if gone:
        delete_records(gone, actor=SYNC)
    left = [signup for signup in signups if signup.record_id not in gone]
    NewsletterSignup.objects.filter(pk__in=[signup.pk for signup in left]).delete()
    record_events(_as_before(left, now), actor=SYNC)
    return len(signups)


def _only_signed_up(record_ids: Collection[int], signup_ids: Collection[int]) -> set[int]:
    """Those of these records that nothing is known of but these sign-ups, which nobody confirmed."""
    fresh = CustomerRecord.objects.filter(
        pk__in=record_ids, stage=Stage.LEAD, sources=[Source.NEWSLETTER.value], account=None, order_count=0
    )
    logged = ActivityEntry.objects.exclude(type__in=_AUTOMATIC)
    known: list[QuerySet[Any]] = [
        logged.exclude(type__in=_OF_SIGNUPS, actor_type__in=[ActorType.CUSTOMER, ActorType.SYNC]),
        ConsentEvent.objects.exclude(state__in=[ConsentState.PENDING, ConsentState.NOT_SUBSCRIBED]),
        Mail.objects.exclude(kind__in=[MailKind.OPT_IN, MailKind.BOUNCE]),
        NewsletterSignup.objects.exclude(pk__in=signup_ids),
        *(model._base_manager.all() for model in _tables_of_records() if model.__name__ not in _OF_ITSELF),
    ]
    kept = {id for rows in known for id in rows.filter(record__in=record_ids).values_list("record", flat=True)}
    return set(fresh.values_list("pk", flat=True)) - kept


def _tables_of_records() -> set[type[Model]]:
    """Every model that refers to records."""
    relations = CustomerRecord._meta.get_fields(include_hidden=True)
    return {one.related_model for one in relations if isinstance(one, ForeignObjectRel) and one.related_model != "self"}


def _as_before(forgotten: Collection[NewsletterSignup], now: datetime) -> list[ConsentDecision]:
    """What held before these people were asked, unless they were asked again since or decided otherwise."""
    last = {signup.record_id: signup for signup in forgotten if signup.record_id is not None}
    words = {
        (row.record_id, row.channel, row.purpose): row.state
        for row in sql.rows(newest_events(last))
        if row.kind == "word"
    }
    waiting = NewsletterSignup.objects.filter(record__in=last, state=SignupState.PENDING)
    asked_again = {(row.record_id, purpose) for row in waiting for purpose in row.purposes}
    return [
        ConsentDecision(
            record_id,
            ConsentChannel.EMAIL,
            ConsentPurpose(event.purpose),
            _before(words.get((record_id, event.channel, event.purpose))),
            ConsentSource.NEWSLETTER,
            at=now,
            evidence={"way": "NOT_CONFIRMED", "signup": last[record_id].key},
        )
        for record_id, events in consents_of(list(last)).items()
        for event in events
        # Of a sign-up here: other tools have some that nobody confirmed, too.
        if event.state == ConsentState.PENDING
        and "signup" in event.evidence
        and (record_id, event.purpose) not in asked_again
    ]


def _before(word: str | None) -> ConsentState:
    """What held before a sign-up: the person's own word, if that bars others, or else nothing."""
    return ConsentState(word) if word in BARS else ConsentState.NOT_SUBSCRIBED
