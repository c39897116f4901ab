"""`When Saleor says X, we do Y`: effects that cross features, each in one transaction.

Every reaction reads Saleor's tables afresh, so it may come late, twice or out of order. None does anything while the
plugin is inactive; the next reconciliation catches up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from . import host, settings, sql
from .activity.actions import SYNC, Actor, Cause
from .activity.models import ActorType
from .groups import mirror
from .leads import submissions
from .leads.actions import NewLead
from .leads.actions import create as create_leads
from .leads.conversion import convert_leads
from .leads.models import LeadOrigin
from .leads.people import records_of
from .ledger.models import LedgerEntry
from .ledger.refresh import refresh_records
from .ledger.sync import sync_order_ids, sync_orders
from .records.accounts import AccountsResult, released_accounts, sync_accounts
from .records.email import normalize_email
from .records.locks import own_identities
from .records.models import CustomerRecord, ReleasedAccount, Source


def orders_changed(order_ids: Iterable[str]) -> None:
    """Orders were made, paid, refunded, cancelled, edited or deleted: look at them again."""
    for account_id in _orders_changed(list(order_ids)):
        account_changed(account_id)


@transaction.atomic
def _orders_changed(order_ids: list[str]) -> list[int]:
    """Return the accounts to look at next, in transactions of their own: to be tied takes another lock."""
    chosen, is_active = settings.load()
    if not is_active:
        return []
    sql.plan_for_batches()
    synced = sync_order_ids(order_ids, chosen)
    refresh_records(synced.record_ids, chosen)
    convert_leads(synced.record_ids)
    released = released_accounts(synced.record_ids) if synced.records_created else []
    return sorted({*released, *_new_buyers_of_staff(order_ids)})


def _new_buyers_of_staff(order_ids: list[str]) -> list[int]:
    """Members of staff whom an order made customers, to be tied now: of their account itself Saleor tells nothing."""
    buyers = LedgerEntry.objects.filter(order_id__in=order_ids, record__isnull=False).values("account_id")
    tied = CustomerRecord.objects.filter(account=OuterRef("pk"))
    members = host.User.objects.filter(~Exists(tied), pk__in=buyers, is_staff=True, is_confirmed=True)
    return list(members.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def account_changed(account_id: int, *, actor: Actor = SYNC) -> None:
    """An account was made, confirmed, edited, given another e-mail, or deleted: look at it and its orders again."""
    chosen, is_active = settings.load()
    if is_active:
        sql.plan_for_batches()
        accounts = sync_accounts([account_id], chosen, actor=actor)
        _mirror_afterwards({account_id, *accounts.account_ids})
        synced = sync_orders(Q(pk__in=_orders_concerned([account_id], accounts)), chosen)
        touched = accounts.record_ids | synced.record_ids
        refresh_records(touched, chosen)
        convert_leads(touched)


@transaction.atomic
def customer_spoke(account_id: int) -> None:
    """A customer who is signed in and has no record said something that belongs into one: make it, unless the address
    is not confirmed. Whoever was deleted is known again by it, as by a later order.
    """
    account_changed(account_id)
    customers = host.User.objects.filter(
        pk=account_id, is_confirmed=True, pk__in=ReleasedAccount.objects.values("account_id")
    )
    for email in customers.values_list("email", flat=True):
        actor = Actor(ActorType.CUSTOMER, str(account_id))
        people_enquired([{"email": normalize_email(email)}], source=Source.ACCOUNT, actor=actor)
        account_changed(account_id)


def people_known(record_ids: Iterable[int], emails: Collection[str]) -> None:
    """Records were made for these addresses, or got them, by somebody's hand: tie whoever has an account to it, attach
    the orders that waited, and recompute.

    Call it in the transaction that wrote the records, which holds the identities alone (`records.locks`).
    """
    chosen, _ = settings.load()
    # As Saleor writes them today. Older spellings are found by the next reconciliation: no index knows them.
    accounts = host.User.objects.filter(email__in=emails).order_by("pk").values_list("pk", flat=True)
    account_ids = list(accounts)
    ties = sync_accounts(account_ids, chosen) if account_ids else AccountsResult()
    _mirror_afterwards(ties.account_ids)
    ties.emails |= set(emails)
    synced = sync_orders(Q(pk__in=_orders_concerned(account_ids, ties)), chosen)
    touched = {*record_ids, *ties.record_ids, *synced.record_ids}
    refresh_records(touched, chosen)
    convert_leads(touched)


def details_released(record_ids: Collection[int]) -> None:
    """Details were locked or unlocked: suggest or take over what orders and accounts say, in the same transaction."""
    chosen, _ = settings.load()
    refresh_records(record_ids, chosen)


def memberships_changed(record_ids: Collection[int]) -> None:
    """People joined or left groups, or their groups have other names: let Saleor know of whoever has an account."""
    mirror.mirror_records(record_ids)


def _mirror_afterwards(account_ids: Collection[int]) -> None:
    # Not while we hold the identities: a checkout may hold the account for as long as a payment takes.
    transaction.on_commit(partial(mirror.mirror_accounts, account_ids))


def address_changed(address_id: int) -> None:
    """An address was edited or deleted: look at the accounts whose default it is."""
    accounts = host.User.objects.filter(
        Q(default_billing_address=address_id) | Q(default_shipping_address=address_id)
    ).order_by("pk")
    for account_id in accounts.values_list("pk", flat=True):
        account_changed(account_id)


@transaction.atomic
def people_enquired(
    people: Sequence[Mapping[str, Any]], *, source: Source, actor: Actor, cause: Cause | None = None
) -> dict[str, int]:
    """The records of these people by their e-mails, made where there was none: see `leads.people`.

    Of those made, the account that has the e-mail is tied, and the orders that waited for somebody are attached.
    """
    own_identities()
    found = records_of(people, source=source, actor=actor, cause=cause)
    if found.new:
        people_known([found.ids[email] for email in found.new], found.new)
    return found.ids


@transaction.atomic
def enquiry_received(submission_id: int) -> int | None:
    """Make a lead of what somebody sent with the contact form. Return its id; nothing, if that was done before."""
    _chosen, is_active = settings.load()
    submission = submissions.hold(submission_id) if is_active else None
    if submission is None:
        return None
    actor = Actor(ActorType.CUSTOMER)
    ids = people_enquired([submissions.person_of(submission)], source=Source.CONTACT_FORM, actor=actor)
    new = NewLead(
        record_id=ids[submission.email],
        origin=LeadOrigin.CONTACT_FORM,
        opened_at=submission.received_at,
        **{name: getattr(submission, name) for name in submissions.TEXTS},
    )
    (lead,) = create_leads([new], actor=actor)
    submission.delete()
    return lead.pk


def _orders_concerned(account_ids: Collection[int], accounts: AccountsResult) -> set[UUID]:
    """The orders that may belong to another record now.

    Saleor attaches a guest's orders to the account that is confirmed later without a word to plugins; so beside the
    orders of accounts whose tie changed, those are picked of which the ledger does not know the account or the record
    yet. Last, those that waited for somebody with their e-mail.
    """
    known = LedgerEntry.objects.filter(order_id=OuterRef("pk"), account_id=OuterRef("user_id"), record__isnull=False)
    orders = host.Order.objects.order_by().values_list("pk", flat=True)
    waiting = LedgerEntry.objects.filter(record=None, is_released=False, email__in=accounts.emails)
    # Three small queries: put together with OR, no index would answer them.
    return {
        *orders.filter(user_id__in=accounts.account_ids),
        *orders.filter(~Exists(known), user_id__in=account_ids),
        *waiting.values_list("order_id", flat=True),
    }
