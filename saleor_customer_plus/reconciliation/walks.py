"""The four walks: for each, its keys, and what is done with a batch of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from .. import host, sql
from ..garbage import uncollected
from ..groups.mirror import mirror_accounts
from ..leads.conversion import convert_leads
from ..ledger.models import LedgerEntry
from ..ledger.refresh import refresh_records
from ..ledger.sync import SyncResult, remove_vanished, sync_orders
from ..records.accounts import released_accounts, sync_accounts
from ..records.models import CustomerRecord
from ..settings import CustomerPlusSettings
from .models import Walk

# What a batch found to be wrong, and corrected. Zero of each is the proof that nothing drifted.
DRIFT = (
    "records_created",
    "ties_corrected",
    "account_details_corrected",
    "ledger_added",
    "ledger_corrected",
    "ledger_removed",
    "figures_corrected",
    "records_corrected",
    "leads_converted",
    "groups_mirrored",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where a walk gets its keys from: a model and an integer field of it, indexed and unique."""

    queryset: Callable[[], QuerySet[Any, Any]]
    field: str

    def within(self, since: datetime | None) -> QuerySet[Any, Any]:
        rows = self.queryset().order_by(self.field)
        return rows if since is None else rows.filter(updated_at__gte=since)

    def batch(self, lower: int, upper: int, size: int, since: datetime | None) -> list[int]:
        rows = self.within(since).filter(**{f"{self.field}__gte": lower, f"{self.field}__lt": upper})
        return list(rows.values_list(self.field, flat=True)[:size])


KEYS = {
    Walk.ACCOUNTS: Keys(lambda: host.User.objects.all(), "id"),
    Walk.ORDERS: Keys(lambda: host.Order.objects.all(), "number"),
    Walk.LEDGER: Keys(lambda: LedgerEntry.objects.all(), "id"),
    Walk.RECORDS: Keys(lambda: CustomerRecord.objects.all(), "id"),
}


@uncollected()
def walk_batch(walk: Walk, keys: list[int], settings: CustomerPlusSettings, *, refresh: bool) -> Counter[str]:
    """Do a batch, in the caller's transaction. With `refresh`, records are not left to the last walk."""
    counted = Counter[str]()
    if walk == Walk.ACCOUNTS:
        counted["accounts"] = len(keys)
        touched = _accounts(keys, settings, counted, orders_follow=refresh)
    elif walk == Walk.ORDERS:
        counted["orders"] = len(keys)
        # Of recent changes there may be years of orders between two.
        where = Q(sql.is_any("number", keys)) if refresh else _between("number", keys)
        touched = _count(counted, sync_orders(where, settings))
    elif walk == Walk.LEDGER:
        counted["ledger"] = len(keys)
        touched = _count(counted, remove_vanished(_between("id", keys)))
    else:
        counted["records"] = len(keys)
        gone = CustomerRecord.objects.filter(sql.is_any("pk", keys), account_id__isnull=False).exclude(
            account_id__in=host.User.objects.filter(pk=OuterRef("account_id")).values("pk")
        )
        looked_at = [*gone.values_list("account_id", flat=True), *released_accounts(keys)]
        touched, refresh = {*keys, *_accounts(looked_at, settings, counted)}, True
    if refresh:
        refreshed = refresh_records(touched, settings)
        counted["figures_corrected"] += refreshed.figures_corrected
        counted["records_corrected"] += refreshed.records_corrected
        counted["leads_converted"] += convert_leads(touched)
    return counted


def _between(field: str, keys: list[int]) -> Q:
    """All of a batch, as a range: there is nothing else between two keys of it."""
    return Q(**{f"{field}__gte": keys[0], f"{field}__lte": keys[-1]})


def _accounts(
    ids: list[int], settings: CustomerPlusSettings, counted: Counter[str], *, orders_follow: bool = False
) -> set[int]:
    accounts = sync_accounts(ids, settings)
    counted["groups_mirrored"] += mirror_accounts({*ids, *accounts.account_ids})
    counted["records_created"] += accounts.created
    counted["ties_corrected"] += accounts.tied + accounts.untied + accounts.renamed
    counted["account_details_corrected"] += accounts.details_changed
    # The orders of new accounts come with the walk over the orders, unless this run looks at few of them.
    followed = accounts.account_ids if orders_follow else accounts.moved_account_ids
    touched = set(accounts.record_ids)
    if followed:
        touched |= _count(counted, sync_orders(Q(user_id__in=followed), settings))
    return touched


def _count(counted: Counter[str], synced: SyncResult) -> set[int]:
    counted["records_created"] += synced.records_created
    counted["ledger_added"] += synced.added
    counted["ledger_corrected"] += synced.changed + synced.moved
    counted["ledger_removed"] += synced.removed
    return synced.record_ids
