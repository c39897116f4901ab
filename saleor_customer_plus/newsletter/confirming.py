"""Confirming a sign-up by the link of its mail: a POST makes it a grant, once."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .. import settings as plugin_settings
from ..activity.models import ActorType, CauseType
from ..activity.services import Actor
from ..consent import links
from ..consent.decisions import BARS
from ..consent.models import ConsentChannel, ConsentEvent, ConsentState, OptInLevel
from ..consent.services import record_events
from ..mail.models import Mail
from ..records.locks import hold_records
from . import tasks
from .models import NewsletterSignup, SignupState
from .services import decision_of
from .tokens import read_token

_PERSON = Actor(ActorType.CUSTOMER)


class Confirmation(StrEnum):
    """What became of a confirmation."""

    CONFIRMED = "CONFIRMED"
    ALREADY = "ALREADY"
    INVALID = "INVALID"


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
            decision_of(signup, purpose, ConsentState.SUBSCRIBED, OptInLevel.CONFIRMED_OPT_IN, **proof)
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
