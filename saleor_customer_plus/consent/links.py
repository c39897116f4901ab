"""Links by which people change what the shop may write to them: no account, no password, for as long as they are known.

A link names a random key that this database keeps, the purpose of the message that it is in, and a signature. It tells
nothing of the person, and works while the record still has the address that the message went to:

    message.extra_headers |= links.unsubscribe_headers(record, ConsentPurpose.PROMOTIONAL)
    footer = links.unsubscribe_url(record, ConsentPurpose.PROMOTIONAL)

The page that a link opens, and the one-click POST of RFC 8058, are in `api.newsletter.pages`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core import signing

from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..records.models import CustomerRecord
from ..saleor_adapter import host
from ..settings import PLUGIN_ID
from .models import ConsentPurpose, PreferenceLink

# Below the plugin's own path.
PATH = "/newsletter/preferences/"

# The addresses of messages that go to no other one of their record.
_PRIMARY: Mapping[int, str] = {}
_SALT = "saleor_customer_plus.consent.links"
_KEY_BYTES = 16
# One letter in the URL: mail programs break long ones. Blank is a link of no message in particular.
_LETTERS = {ConsentPurpose.PROMOTIONAL: "p", ConsentPurpose.SYSTEM: "s", ConsentPurpose.NEWSLETTER: "n", None: "x"}
_PURPOSES = {letter: purpose for purpose, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """Whose consents a link is about, the address that it was sent to, and the purpose of that message."""

    record_id: int
    email: str
    key: str
    purpose: ConsentPurpose | None


def unsubscribe_url(record: CustomerRecord, purpose: ConsentPurpose | None = None, *, email: str = "") -> str:
    """The URL by which whoever reads the record's mail unsubscribes from this purpose, or chooses among all of them.

    Give the `email` to which the message goes, unless that is the primary one: the page shows a part of it, and the
    link works while it is the record's.
    """
    return unsubscribe_urls([record], purpose, emails={record.pk: email} if email else {})[record.pk]


def unsubscribe_urls(
    records: Collection[CustomerRecord], purpose: ConsentPurpose | None = None, *, emails: Mapping[int, str] = _PRIMARY
) -> dict[int, str]:
    """The same for many. The same ones each time. At most three statements, in the caller's transaction if any."""
    tokens = tokens_of(records, purpose, emails=emails)
    site = host.absolute_url(f"/plugins/{PLUGIN_ID}{PATH}") if tokens else ""
    return {record_id: f"{site}{token}" for record_id, token in tokens.items()}


def unsubscribe_headers(record: CustomerRecord, purpose: ConsentPurpose) -> dict[str, str]:
    """The headers of a promotional message: by them mail programs offer to unsubscribe with one click (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(record, purpose)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def token_of(record: CustomerRecord, purpose: ConsentPurpose | None = None) -> str:
    """What `read` reads."""
    return tokens_of([record], purpose)[record.pk]


def tokens_of(
    records: Collection[CustomerRecord], purpose: ConsentPurpose | None = None, *, emails: Mapping[int, str] = _PRIMARY
) -> dict[int, str]:
    """What `read` reads, for each of these records. At most three statements."""
    sent_to = {record.pk: emails.get(record.pk, record.email) for record in records}
    keys = _keys_of(sent_to)
    missing = [record for record in records if record.pk not in keys]
    if missing:
        # Two at once: the second has the keys of the first.
        PreferenceLink.objects.bulk_create(
            [
                PreferenceLink(record=one, email=sent_to[one.pk], key=secrets.token_urlsafe(_KEY_BYTES))
                for one in missing
            ],
            ignore_conflicts=True,
        )
        keys |= _keys_of({record.pk: sent_to[record.pk] for record in missing})
    signer, letter = _signer(), _LETTERS[purpose]
    return {record.pk: signer.sign(f"{keys[record.pk]}{letter}") for record in records}


def _keys_of(emails: Mapping[int, str]) -> dict[int, str]:
    links = PreferenceLink.objects.filter(record__in=list(emails)).values_list("record", "email", "key")
    return {record_id: key for record_id, email, key in links if emails[record_id] == email}


def read(token: str) -> Link | None:
    """Whom a token is of; None if it is not ours, was revoked, or is of an address that the record no longer has."""
    if not token.isascii():
        return None
    try:
        signed = _signer().unsign(token)
    except signing.BadSignature:
        return None
    key, purpose = signed[:-1], _PURPOSES[signed[-1]]
    link = PreferenceLink.objects.select_related("record").filter(key=key).first()
    if link is None or not has_address(link.record, link.email):
        return None
    return Link(link.record_id, link.email, key, purpose)


def has_address(record: CustomerRecord | None, email: str) -> bool:
    """Whether messages to this address reach the person of the record."""
    return record is not None and email in (record.email, *record.other_emails)


def revoke(record_id: int, *, actor: Actor) -> int:
    """Let no link that was sent to this person work any more. Return how many addresses they were sent to."""
    revoked, _ = PreferenceLink.objects.filter(record=record_id).delete()
    if revoked:
        append([Entry(record_id, ActivityType.LINKS_REVOKED, after={"links": revoked}, **actor.of_entry)])
    return revoked


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
