"""What people allowed the shop to send them: `consent.email.newsletter = 'SUBSCRIBED'`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import Q

from ...consent.models import ConsentChannel, ConsentPurpose, ConsentState, CurrentConsent
from ..context import Context
from ..predicates import NOBODY, OneOf, Predicate
from ..registry import Data, Entry, Family, Field, Kind
from .columns import boolean_field
from .related import has, rows_of

_DEPENDS = frozenset({Data.CONSENT})
_UNDECIDED = ConsentState.NOT_SUBSCRIBED


def _condition(channel: str, purpose: str, predicate: Predicate, context: Context) -> Q:
    if not isinstance(predicate, OneOf):
        return NOBODY
    kept = rows_of(CurrentConsent).filter(channel=channel, purpose=purpose)
    # Whoever never decided has no row, or one that says so.
    if _UNDECIDED in predicate.values:
        return ~has(kept.exclude(state__in=predicate.values))
    return has(kept, state__in=predicate.values)


def _read(
    channel: str, purpose: str, record_ids: Collection[int], predicate: Predicate, context: Context
) -> Mapping[int, Any]:
    kept = CurrentConsent.objects.filter(record__in=record_ids, channel=channel, purpose=purpose)
    return dict.fromkeys(record_ids, str(_UNDECIDED)) | dict(kept.values_list("record_id", "state"))


def _field(key: str) -> Field | None:
    channel, _, purpose = key.upper().partition(".")
    if channel not in ConsentChannel.values or purpose not in ConsentPurpose.values:
        return None
    return Field(
        name=f"consent.{key.lower()}",
        label=f"{ConsentChannel(channel).label}: {ConsentPurpose(purpose).label}",
        kind=Kind.CHOICE,
        choices=tuple(ConsentState.values),
        condition=partial(_condition, channel, purpose),
        read=partial(_read, channel, purpose),
        depends=_DEPENDS,
    )


def _keys() -> list[str]:
    return [f"{channel}.{purpose}".lower() for channel in ConsentChannel for purpose in ConsentPurpose]


FIELDS: tuple[Entry, ...] = (
    Family(
        name="consent",
        label="Consent",
        field=_field,
        known_keys=_keys,
        description="The current state of a consent, by channel and purpose. Whoever never decided is NOT_SUBSCRIBED.",
    ),
    boolean_field("accepts_promotional_mail", "Accepts promotional e-mails", depends=_DEPENDS),
    boolean_field("accepts_newsletter", "Accepts the newsletter", depends=_DEPENDS),
    boolean_field("accepts_system_mail", "Accepts updates by e-mail", depends=_DEPENDS),
)
