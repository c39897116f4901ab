"""Forgetting sign-ups that nobody confirmed in time, and IP addresses that are old."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ForeignObjectRel, Model, Q, QuerySet
from django.utils import timezone

from .. import settings as plugin_settings
from ..activity.models import ActivityEntry, ActivityType, ActorType
from ..activity.services import SYNC
from ..consent.decisions import BARS, ConsentDecision
from ..consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState
from ..consent.queries import consents_of, newest_events
from ..consent.services import record_events
from ..core import sql
from ..deletion.services import delete_records
from ..mail.models import Mail, MailKind
from ..records.locks import hold_records, own_identities
from ..records.models import CustomerRecord, Source, Stage
from .models import NewsletterSignup, SignupState

_BATCH = 100
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
