"""Reading sign-ups, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, DateTimeField

from ..core.paging import Key, Ordering, Page, Segment, Window, page
from ..mail.models import Mail
from .models import NewsletterSignup, SignupState

_RECEIVED_AT = (Key("received_at", DateTimeField()), Key("id", BigIntegerField()))
# Of one record. Who signs up more often is a robot.
_MOST = 20


def signups_of(record_ids: Collection[int]) -> dict[int, list[NewsletterSignup]]:
    """The sign-ups of each record, newest first. One statement."""
    found: dict[int, list[NewsletterSignup]] = defaultdict(list)
    rows = NewsletterSignup.objects.filter(record__in=record_ids).order_by("-received_at", "-pk")
    for signup in rows:
        if signup.record_id is not None and len(found[signup.record_id]) < _MOST:
            found[signup.record_id].append(signup)
    return {record_id: found[record_id] for record_id in record_ids}


def mails_of(signup_ids: Collection[int]) -> dict[int, list[Mail]]:
    """The mails that each sign-up led to, oldest first. Two statements."""
    wanted = dict(NewsletterSignup.objects.filter(pk__in=signup_ids).values_list("pk", "mail_ids"))
    mails = Mail.objects.in_bulk({mail_id for ids in wanted.values() for mail_id in ids})
    return {
        signup_id: [mails[mail_id] for mail_id in sorted(wanted.get(signup_id, ())) if mail_id in mails]
        for signup_id in signup_ids
    }


def page_of_signups(window: Window, states: Collection[str]) -> Page[NewsletterSignup]:
    """One page of sign-ups in these states, newest first. Those that are not dealt with yet belong to nobody."""
    ordering: Ordering[Any] = Ordering("RECEIVED_AT", [Segment(_signups(states), _RECEIVED_AT, descending=True)])
    return page(ordering, window)


def count_signups(states: Collection[str]) -> int:
    return int(_signups(states).count())


def _signups(states: Collection[str]) -> Any:
    chosen = set(states or SignupState.values) - {SignupState.RECEIVED.value}
    return NewsletterSignup.objects.filter(state__in=sorted(chosen)).select_related("record")
