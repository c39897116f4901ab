"""The e-mail addresses of a person: adding, removing, and which of them is the primary one.

Each function runs in the caller's transaction and takes the locks that it needs. Orders and accounts of an address go
with it. What merges and imports do is the same, for many at once: see `add_emails`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..consent.address_moves import address_came, address_left
from ..consent.models import ConsentSource
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from ..records import emails
from ..records.editing import Writer
from ..records.emails import OtherEmail
from ..records.locks import hold_records, own_identities
from ..records.models import CustomerRecord, Source
from ..records.writing import Refusal
from ..sync import reactions
from .services import edit_customer, raise_refusals


def too_many() -> str:
    """What is said of an address that a record cannot be given any more."""
    return f"A record can be given at most {emails.MAX_EMAILS} addresses. Remove one of them first."


def add_email(record: CustomerRecord, email: str, *, actor: Actor) -> None:
    """Give a person another address, cleaned by `records.validation`. Whoever has an account or orders with it is them.

    Raises UNIQUE with the id of the record that has it, and LIMIT where there are too many.
    """
    raise_refusals(add_emails({record.pk: [email]}, by=Writer(actor)).get(record.pk, ()))


def add_emails(wanted: Mapping[int, Collection[str]], *, by: Writer) -> dict[int, list[Refusal]]:
    """Give records more addresses, with the accounts and orders of those. Return why some were left out.

    Nothing is ever taken away from another record: to have its addresses, the two have to be merged.
    """
    own_identities()
    hold_records(wanted.keys())
    refused = give_emails(wanted, by=by)
    left_out = {email for some in refused.values() for email, _ in some}
    added = [email for some in wanted.values() for email in some if email not in left_out]
    if added:
        reactions.records_identified(wanted.keys(), added)
    return {record_id: [refusal for _, refusal in some] for record_id, some in refused.items()}


def give_emails(wanted: Mapping[int, Collection[str]], *, by: Writer) -> dict[int, list[tuple[str, Refusal]]]:
    """The same for records that are locked, by somebody who holds the identities alone, and calls
    `sync.reactions.records_identified` afterwards. A constant number of statements.
    """
    existing = set(CustomerRecord.objects.filter(sql.is_any("pk", wanted.keys())).values_list("pk", flat=True))
    has = emails.owners(list({email for some in wanted.values() for email in some}))
    room = {id: emails.MAX_EMAILS - 1 - len(known) for id, known in emails.others_of(existing).items()}
    refusals: dict[int, list[tuple[str, Refusal]]] = {}
    added: list[OtherEmail] = []
    now = timezone.now()
    for record_id, some in wanted.items():
        for email in dict.fromkeys(some):
            refusal = None
            if record_id not in existing:
                refusal = Refusal("No record has this id.", ErrorCode.NOT_FOUND, "record_id")
            elif has.get(email) == record_id:
                refusal = Refusal("The record has this e-mail address already.", ErrorCode.UNIQUE, "email", record_id)
            elif email in has:
                message = "Another record has this e-mail address. Merge the two if they are the same person."
                refusal = Refusal(message, ErrorCode.UNIQUE, "email", has[email])
            elif room[record_id] <= 0:
                refusal = Refusal(too_many(), ErrorCode.INVALID, "email")
            if refusal is not None:
                refusals.setdefault(record_id, []).append((email, refusal))
                continue
            has[email] = record_id
            room[record_id] -= 1
            added.append(OtherEmail(record_id, email, by.source, now))
    emails.give(added)
    source = ConsentSource.IMPORT if by.source == Source.IMPORT else ConsentSource.STAFF
    address_came(_by_record(added), actor=by.actor, cause=by.cause, source=source)
    append(Entry(one.record_id, ActivityType.EMAIL_ADDED, after={"email": one.email}, **by.of_entry) for one in added)
    return refusals


def _by_record(some: Iterable[OtherEmail]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for one in some:
        found.setdefault(one.record_id, []).append(one.email)
    return found


def remove_emails(wanted: Mapping[int, Collection[str]], *, by: Writer) -> None:
    """Take other addresses away from records that are locked, by somebody who holds the identities alone."""
    taken = emails.take([email for some in wanted.values() for email in some])
    append(
        Entry(one.record_id, ActivityType.EMAIL_REMOVED, before={"email": one.email}, **by.of_entry) for one in taken
    )
    if taken:
        address_left(_by_record(taken))
        reactions.emails_released(sorted({one.record_id for one in taken}), [one.email for one in taken])


def remove_email(record: CustomerRecord, email: str, *, actor: Actor) -> None:
    """Take an address away from a person, beside the primary one. It is anybody's then.

    Its orders go to whoever has the address: a record of its own, made for them. Raises NOT_FOUND, or INVALID for the
    primary address.
    """
    own_identities()
    present = CustomerRecord.objects.filter(pk__in=hold_records([record.pk])).first()
    if present is None:
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
    check_own(present, email)
    if email == present.email:
        raise CustomerPlusError(
            "This is the primary e-mail address. Make another one the primary one first.",
            code=ErrorCode.INVALID,
            field="email",
        )
    remove_emails({record.pk: [email]}, by=Writer(actor))


def check_own(record: CustomerRecord, email: str) -> None:
    """Raise NOT_FOUND unless this is one of the addresses of a record."""
    if email != record.email and email not in record.other_emails:
        raise CustomerPlusError("The record has no such e-mail address.", code=ErrorCode.NOT_FOUND, field="email")


def make_primary(
    record: CustomerRecord, email: str, *, actor: Actor, context: Any, version: datetime | None = None
) -> None:
    """Make another address of a person the primary one; the former one stays beside it, with its orders.

    Where the person has an account, Saleor gives the account the address, as whoever sent the request `context`.
    Raises NOT_FOUND where the record has no such address, and what `edit_customer` raises.
    """
    check_own(record, email)
    edit_customer(record, {"email": email}, actor=actor, context=context, version=version)
