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

from .. import settings
from ..accounts.linking import AccountsResult, released_accounts, sync_accounts
from ..activity.models import ActorType
from ..activity.services import SYNC, Actor, Cause
from ..core import sql
from ..core.set_aside.models import RowKind
from ..core.set_aside.services import Runner, carefully
from ..groups import mirror
from ..leads import notifications as lead_notices
from ..leads import submissions
from ..leads.conversion import convert_leads
from ..leads.models import LeadOrigin
from ..leads.people import records_of
from ..leads.services import NewLead
from ..leads.services import create as create_leads
from ..ledger.models import LedgerEntry
from ..ledger.refresh import refresh_carefully, refresh_records
from ..ledger.sync import SyncResult, sync_order_ids, sync_orders
from ..records.email import normalize_email
from ..records.locks import own_identities
from ..records.models import CustomerRecord, ReleasedAccount, Source
from ..records.spelling import spelt_alike
from ..saleor_adapter import host
from ..segments.touching import touch
from ..settings import CustomerPlusSettings


def orders_changed(order_ids: Iterable[str]) -> None:
    """Orders were made, paid, refunded, cancelled, edited or deleted: look at them again.

    One that cannot be synced is set aside, and stops none of the others. The same holds for accounts, below.
    """
    accounts_changed(carefully(partial(_orders_changed, list(order_ids))))


def _orders_changed(order_ids: list[str], run: Runner) -> list[int]:
    """Return the accounts to look at next, in transactions of their own: to be linked takes another lock."""
    chosen, is_active = settings.load()
    if not is_active:
        return []
    sql.plan_for_batches()
    synced = run(RowKind.ORDER, order_ids, lambda part: sync_order_ids(part, chosen))
    touched = _records_of(synced)
    _refresh(touched, chosen, run)
    released = released_accounts(touched) if any(result.records_created for result in synced) else []
    return sorted({*released, *_new_buyers_of_staff(order_ids)})


def _records_of(synced: Iterable[SyncResult | AccountsResult]) -> set[int]:
    return {record_id for result in synced for record_id in result.record_ids}


def _refresh(record_ids: Collection[int], chosen: CustomerPlusSettings, run: Runner) -> None:
    """Recompute these records, and convert the leads of those who bought."""

    def refresh(part: list[int]) -> None:
        refresh_records(part, chosen)
        convert_leads(part)
        touch(part)

    run(RowKind.RECORD, sorted(record_ids), refresh)


def _new_buyers_of_staff(order_ids: list[str]) -> list[int]:
    """Members of staff whom an order made customers, to be linked now: of their account itself Saleor tells nothing."""
    buyers = LedgerEntry.objects.filter(order_id__in=order_ids, record__isnull=False).values("account_id")
    linked = CustomerRecord.objects.filter(account=OuterRef("pk"))
    members = host.User.objects.filter(~Exists(linked), pk__in=buyers, is_staff=True, is_confirmed=True)
    return list(members.order_by("pk").values_list("pk", flat=True))


def account_changed(account_id: int, *, actor: Actor = SYNC) -> None:
    """An account was made, confirmed, edited, given another e-mail, or deleted: look at it and its orders again."""
    carefully(partial(_accounts_changed, [account_id], actor))


def accounts_changed(account_ids: Iterable[int]) -> None:
    """The same for several, each in a transaction of its own: linked accounts are locked one after the other."""
    for account_id in account_ids:
        account_changed(account_id)


def _accounts_changed(account_ids: Collection[int], actor: Actor, run: Runner) -> None:
    chosen, is_active = settings.load()
    if is_active:
        sql.plan_for_batches()
        touched = _sync_accounts(account_ids, chosen, run, actor=actor)
        _refresh(touched, chosen, run)
        # Metadata, attributes and the customer type are read where Saleor has them: nothing of ours changes with them.
        touch(set(CustomerRecord.objects.filter(account__in=account_ids).values_list("pk", flat=True)) - touched)


def _sync_accounts(
    account_ids: Collection[int],
    chosen: CustomerPlusSettings,
    run: Runner,
    *,
    actor: Actor = SYNC,
    emails: Collection[str] = (),
) -> set[int]:
    """Link or unlink these accounts, and attach their orders and those that waited for one of these addresses. Return
    the records to refresh.
    """
    links = AccountsResult(emails=set(emails))
    for done in run(RowKind.ACCOUNT, account_ids, lambda part: sync_accounts(part, chosen, actor=actor)):
        links.record_ids |= done.record_ids
        links.account_ids |= done.account_ids
        links.shifted_record_ids |= done.shifted_record_ids
        links.emails |= done.emails
    _mirror_afterwards({*account_ids, *links.account_ids})
    orders = sorted(_orders_concerned(account_ids, links))
    synced = run(RowKind.ORDER, orders, lambda part: sync_orders(Q(pk__in=part), chosen))
    return links.record_ids | _records_of(synced)


@transaction.atomic
def ensure_record_of_customer(account_id: int) -> None:
    """A customer who is signed in and has no record said something that belongs into one: make it, unless the address
    is not confirmed. Whoever was deleted is known again by it, as by a later order.
    """
    account_changed(account_id)
    customers = host.User.objects.filter(
        pk=account_id, is_confirmed=True, pk__in=ReleasedAccount.objects.values("account_id")
    )
    for email in customers.values_list("email", flat=True):
        actor = Actor(ActorType.CUSTOMER, str(account_id))
        records_of_enquirers([{"email": normalize_email(email)}], source=Source.ACCOUNT, actor=actor)
        account_changed(account_id)


def records_identified(record_ids: Iterable[int], emails: Collection[str]) -> None:
    """Records were made for these addresses, or got them, by somebody's hand: link whoever has an account to it, attach
    the orders that waited, and recompute.

    Call it in the transaction that wrote the records, which holds the identities alone (`records.locks`).
    """
    chosen, _ = settings.load()
    # As Saleor writes them today. Older spellings are found by the next reconciliation: no index knows them.
    accounts = host.User.objects.filter(email__in=emails).order_by("pk").values_list("pk", flat=True)
    account_ids = list(accounts)
    ids = list(record_ids)

    def link(run: Runner) -> None:
        _refresh({*ids, *_sync_accounts(account_ids, chosen, run, emails=emails)}, chosen, run)

    carefully(link)


def emails_released(record_ids: Collection[int], emails: Collection[str]) -> None:
    """These addresses are no longer of these records: attach their accounts and orders to whoever has them, who is
    made where there are any.

    Call it in the transaction that took them away, which holds the identities alone (`records.locks`).
    """
    chosen, _ = settings.load()
    sql.plan_for_batches()
    accounts = [row.id for row in sql.rows(spelt_alike(host.User, "email", list(emails)))]
    orders = LedgerEntry.objects.filter(record__in=record_ids, identity__in=emails)
    order_ids = list(orders.order_by("order_id").values_list("order_id", flat=True))

    def release(run: Runner) -> None:
        touched = _sync_accounts(sorted(accounts), chosen, run, emails=emails)
        synced = run(RowKind.ORDER, order_ids, lambda part: sync_orders(Q(pk__in=part), chosen))
        _refresh({*record_ids, *touched, *_records_of(synced)}, chosen, run)

    carefully(release)


def details_released(record_ids: Collection[int]) -> None:
    """Details were locked or unlocked: suggest or take over what orders and accounts say, in the same transaction."""
    chosen, _ = settings.load()
    refresh_carefully(record_ids, chosen)


def _mirror_afterwards(account_ids: Collection[int]) -> None:
    # Not while we hold the identities: a checkout may hold the account for as long as a payment takes.
    transaction.on_commit(partial(mirror.mirror_accounts, account_ids))


def address_changed(address_id: int) -> None:
    """An address was edited or deleted: look at the accounts whose default it is."""
    accounts = host.User.objects.filter(
        Q(default_billing_address=address_id) | Q(default_shipping_address=address_id)
    ).order_by("pk")
    accounts_changed(accounts.values_list("pk", flat=True))


@transaction.atomic
def records_of_enquirers(
    people: Sequence[Mapping[str, Any]], *, source: Source, actor: Actor, cause: Cause | None = None
) -> dict[str, int]:
    """The records of these people by their e-mails, made where there was none: see `leads.people`.

    Of those made, the account that has the e-mail is linked, and the orders that waited for somebody are attached.
    """
    own_identities()
    found = records_of(people, source=source, actor=actor, cause=cause)
    if found.new:
        records_identified([found.ids[email] for email in found.new], found.new)
    return found.ids


@transaction.atomic
def enquiry_received(submission_id: int) -> int | None:
    """Make a lead of what somebody sent with the contact form. Return its id; nothing, if that was done before."""
    _chosen, is_active = settings.load()
    submission = submissions.hold(submission_id) if is_active else None
    if submission is None:
        return None
    actor = Actor(ActorType.CUSTOMER)
    ids = records_of_enquirers([submissions.person_of(submission)], source=Source.CONTACT_FORM, actor=actor)
    new = NewLead(
        record_id=ids[submission.email],
        origin=LeadOrigin.CONTACT_FORM,
        opened_at=submission.received_at,
        **{name: getattr(submission, name) for name in submissions.TEXTS},
    )
    (lead,) = create_leads([new], actor=actor)
    lead_notices.owe(lead.pk)
    submission.delete()
    return lead.pk


def _orders_concerned(account_ids: Collection[int], accounts: AccountsResult) -> set[UUID]:
    """The orders that may belong to another record now.

    Saleor attaches a guest's orders to the account that is confirmed later without a word to plugins; so beside the
    orders of accounts whose link changed, those are picked of which the ledger does not know the account or the record
    yet. Then those of records that got another address or lost their account: a guest's orders do not go along. Last,
    those that waited for somebody with their e-mail.
    """
    known = LedgerEntry.objects.filter(order_id=OuterRef("pk"), account_id=OuterRef("user_id"), record__isnull=False)
    orders = host.Order.objects.order_by().values_list("pk", flat=True)
    waiting = LedgerEntry.objects.filter(record=None, is_released=False, identity__in=accounts.emails)
    shifted = LedgerEntry.objects.filter(record__in=accounts.shifted_record_ids)
    # Orders stay when their account is deleted, without it and without a new time of change.
    left_behind = LedgerEntry.objects.filter(
        Exists(host.Order.objects.filter(pk=OuterRef("order_id"), user=None)), account_id__in=account_ids
    )
    # A few small queries: put together with OR, no index would answer them.
    return {
        *orders.filter(user_id__in=accounts.account_ids),
        *orders.filter(~Exists(known), user_id__in=account_ids),
        *shifted.values_list("order_id", flat=True),
        *waiting.values_list("order_id", flat=True),
        *left_behind.values_list("order_id", flat=True),
    }
