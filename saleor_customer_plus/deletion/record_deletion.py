"""Deleting records so that nobody comes back by themselves.

Saleor keeps its orders and, by default, the account. Neither may make the person known again: the ledger
keeps a mark for each of the orders, with nothing in it, and there is a mark for each account. Only what comes later, a
new order for example, starts a new record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from ..core import sql
from ..ledger.owners import release_orders
from ..ledger.sync import sync_orders
from ..records.former import images_of
from ..records.locks import own_identities
from ..records.models import CustomerRecord, ReleasedAccount
from ..records.spelling import spelt_alike
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings


class Person(NamedTuple):
    """A record that is about to be deleted."""

    record_id: int
    # All of them, the primary one first.
    emails: tuple[str, ...]
    account_id: int | None
    image: str


@dataclass(frozen=True, slots=True)
class Traces:
    """What Saleor has of people with these addresses and accounts."""

    emails: frozenset[str]
    linked: frozenset[int]
    # Their accounts, also others of the same address, and their orders, also drafts.
    account_ids: list[int]
    order_ids: list[UUID]


@dataclass(slots=True)
class Deleted:
    """What became of a deletion: which records it was, what is left of them, and which others it concerns."""

    record_ids: list[int] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    # Accounts that stay, and now have no record.
    account_ids: list[int] = field(default_factory=list)
    orders_kept: int = 0
    # Other records, to which orders went that were looked up on this occasion: refresh them.
    touched: set[int] = field(default_factory=set)


def look_for(record_ids: Collection[int]) -> Traces:
    """Find what Saleor has of these people. It may take a while: do it before they are locked."""
    return _traces(_people(CustomerRecord.objects.filter(pk__in=record_ids)))


def lock(record_ids: Collection[int]) -> list[Person]:
    """Let nobody add to these records, nor any orders be attributed, until the transaction ends."""
    own_identities()
    return _people(CustomerRecord.objects.select_for_update().filter(pk__in=record_ids))


def delete(people: list[Person], traces: Traces, settings: CustomerPlusSettings) -> Deleted:
    """Delete these records, which are locked, with all that hangs on them.

    Call it by `deletion.services.delete_records`, which knows which features keep something for a record.
    """
    if not people:
        return Deleted()
    emails = _emails(people)
    if not (traces.emails.issuperset(emails) and traces.linked.issuperset(_linked(people))):
        traces = _traces(people)  # somebody's address or account changed meanwhile
    result = Deleted(
        record_ids=[person.record_id for person in people],
        images=[*(person.image for person in people if person.image), *images_of([one.record_id for one in people])],
        account_ids=traces.account_ids,
    )
    # First the ledger has to know each of their orders, also those of which a task is under way or was lost.
    result.touched = sync_orders(Q(pk__in=traces.order_ids), settings).record_ids - set(result.record_ids)
    result.orders_kept = release_orders(result.record_ids, emails)
    ReleasedAccount.objects.bulk_create(
        [ReleasedAccount(account_id=account_id) for account_id in traces.account_ids], ignore_conflicts=True
    )
    CustomerRecord.objects.filter(pk__in=result.record_ids).only("pk").delete()
    return result


def _people(records: QuerySet[CustomerRecord]) -> list[Person]:
    rows = records.order_by("pk").values_list("pk", "email", "other_emails", "account_id", "image")
    return [
        Person(record_id, (email, *others), account_id, image) for record_id, email, others, account_id, image in rows
    ]


def _emails(people: list[Person]) -> list[str]:
    return [email for person in people for email in person.emails]


def _linked(people: list[Person]) -> list[int]:
    return [person.account_id for person in people if person.account_id is not None]


def _traces(people: list[Person]) -> Traces:
    emails, linked = _emails(people), _linked(people)
    account_ids = _ids(
        "SELECT u.id FROM {table} u WHERE u.id = ANY({keys}) UNION {spelt_alike} ORDER BY 1",
        table=sql.table(host.User),
        keys=linked,
        spelt_alike=spelt_alike(host.User, "email", emails),
    )
    order_ids = _ids(
        "SELECT o.id FROM {table} o WHERE o.user_id = ANY({keys}) UNION {spelt_alike} ORDER BY 1",
        table=sql.table(host.Order),
        keys=account_ids,
        spelt_alike=spelt_alike(host.Order, "user_email", emails),
    )
    return Traces(frozenset(emails), frozenset(linked), account_ids, order_ids)


def _ids(query: str, **parts: Any) -> list[Any]:
    return [row.id for row in sql.rows(sql.fill(query, **parts))]
