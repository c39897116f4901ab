"""`When Saleor says X, we do Y`: effects that cross features, each in one transaction.

Every reaction reads Saleor's tables afresh, so it may come late, twice or out of order. None does anything while the
plugin is inactive; the next reconciliation catches up.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from . import host, settings, sql
from .ledger.models import LedgerEntry
from .ledger.refresh import refresh_records
from .ledger.sync import sync_order_ids, sync_orders
from .records.accounts import AccountsResult, sync_accounts


@transaction.atomic
def orders_changed(order_ids: Iterable[str]) -> None:
    """Orders were made, paid, refunded, cancelled, edited or deleted: look at them again."""
    chosen, is_active = settings.load()
    if is_active:
        sql.plan_for_batches()
        synced = sync_order_ids(order_ids, chosen)
        refresh_records(synced.record_ids, chosen)


@transaction.atomic
def account_changed(account_id: int) -> None:
    """An account was made, confirmed, edited, given another e-mail, or deleted: look at it and its orders again."""
    chosen, is_active = settings.load()
    if is_active:
        sql.plan_for_batches()
        accounts = sync_accounts([account_id], chosen)
        synced = sync_orders(Q(pk__in=_orders_concerned(account_id, accounts)), chosen)
        refresh_records(accounts.record_ids | synced.record_ids, chosen)


def address_changed(address_id: int) -> None:
    """An address was edited or deleted: look at the accounts whose default it is."""
    accounts = host.User.objects.filter(
        Q(default_billing_address=address_id) | Q(default_shipping_address=address_id)
    ).order_by("pk")
    for account_id in accounts.values_list("pk", flat=True):
        account_changed(account_id)


def _orders_concerned(account_id: int, accounts: AccountsResult) -> set[UUID]:
    """The orders that may belong to another record now.

    Saleor attaches a guest's orders to the account that is confirmed later without a word to plugins; so beside the
    orders of accounts whose tie changed, those are picked of which the ledger does not know the account or the record
    yet. Last, those that waited for somebody with their e-mail.
    """
    known = LedgerEntry.objects.filter(order_id=OuterRef("pk"), account_id=OuterRef("user_id"), record__isnull=False)
    orders = host.Order.objects.order_by().values_list("pk", flat=True)
    waiting = LedgerEntry.objects.filter(record=None, email__in=accounts.emails).values_list("order_id", flat=True)
    # Three small queries: put together with OR, no index would answer them.
    return {
        *orders.filter(user_id__in=accounts.account_ids),
        *orders.filter(~Exists(known), user_id=account_id),
        *waiting,
    }
