"""The four walks: for each, its keys, and what is done with a batch of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from ..accounts.linking import released_accounts, sync_accounts
from ..core import sql
from ..core.garbage_collection import uncollected
from ..core.set_aside.models import RowKind
from ..core.set_aside.services import Runner, together
from ..groups.mirror import mirror_accounts
from ..leads.conversion import convert_leads
from ..ledger.models import LedgerEntry
from ..ledger.refresh import refresh_records
from ..ledger.sync import SyncResult, remove_vanished, sync_order_ids, sync_orders
from ..records.models import CustomerRecord
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings


class Walk(models.TextChoices):
    """The walks of a reconciliation, in the order in which they are done: the phases of the job."""

    ACCOUNTS = "accounts", "Saleor's accounts, by id"
    ORDERS = "orders", "Saleor's orders, by number"
    LEDGER = "ledger", "Our ledger, by id: orders that Saleor no longer has"
    RECORDS = "records", "Our records, by id: figures and details"


# What a walk looked at.
SEEN = ("accounts", "orders", "ledger", "records")
# What a batch found to be wrong, and corrected. Zero of each is the proof that nothing drifted.
DRIFT = (
    "records_created",
    "links_corrected",
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

    def bounds(self, size: int) -> list[int]:
        """Where to cut the walk so that there are about so many rows between two cuts; the first and last included.

        By rows and not by keys: one order with a number of two thousand million would make a hundred thousand ranges.
        """
        field = self.queryset().model._meta.get_field(self.field)
        cuts = sql.rows(
            sql.fill(
                """
                SELECT key FROM (SELECT {key} AS key, row_number() OVER (ORDER BY {key}) AS place FROM {table}) k
                WHERE place %% {size} = 1 ORDER BY key
                """,
                key=sql.Sql(field.column),
                table=sql.table(self.queryset().model),
                size=size,
            )
        )
        last = self.within(None).values_list(self.field, flat=True).last()
        return [*(cut.key for cut in cuts), last + 1] if last is not None else []

    def batch(self, lower: int, upper: int, size: int, since: datetime | None) -> list[int]:
        rows = self.within(since).filter(**{f"{self.field}__gte": lower, f"{self.field}__lt": upper})
        return list(rows.values_list(self.field, flat=True)[:size])


KEYS = {
    Walk.ACCOUNTS: Keys(lambda: host.User.objects.all(), "id"),
    Walk.ORDERS: Keys(lambda: host.Order.objects.all(), "number"),
    Walk.LEDGER: Keys(lambda: LedgerEntry.objects.all(), "id"),
    Walk.RECORDS: Keys(lambda: CustomerRecord.objects.all(), "id"),
}


@dataclass(slots=True)
class Found:
    """What was counted, and the records to refresh."""

    counted: Counter[str] = field(default_factory=Counter)
    record_ids: set[int] = field(default_factory=set)

    def add(self, others: Iterable[Found]) -> None:
        for other in others:
            self.counted += other.counted
            self.record_ids |= other.record_ids


@uncollected()
def walk_batch(
    walk: Walk, keys: list[int], settings: CustomerPlusSettings, *, refresh: bool, run: Runner = together
) -> Counter[str]:
    """Do a batch, in the caller's transaction. With `refresh`, records are not left to the last walk.

    With the runner `halving`, rows that fail are set aside.
    """
    found = Found()
    if walk == Walk.ACCOUNTS:
        found.counted["accounts"] = len(keys)
        accounts_walk(keys, settings, run, found, orders_follow=refresh)
    elif walk == Walk.ORDERS:
        found.counted["orders"] = len(keys)

        def sync(part: list[int]) -> Found:
            # Of recent changes there may be years of orders between two.
            return _of_ledger(sync_orders(_among("number", part) if refresh else _between("number", part), settings))

        found.add(run(RowKind.ORDER, keys, sync, names=_ids_of_numbers))
    elif walk == Walk.LEDGER:
        found.counted["ledger"] = len(keys)
        found.add(run(RowKind.LEDGER_ENTRY, keys, lambda part: _of_ledger(remove_vanished(_between("id", part)))))
    else:
        found.counted["records"] = len(keys)
        gone = CustomerRecord.objects.filter(sql.is_any("pk", keys), account_id__isnull=False).exclude(
            account_id__in=host.User.objects.filter(pk=OuterRef("account_id")).values("pk")
        )
        looked_at = [*gone.values_list("account_id", flat=True), *released_accounts(keys)]
        accounts_walk(looked_at, settings, run, found)
        found.record_ids.update(keys)
        refresh = True
    if refresh:
        refresh_walk(settings, run, found)
    return found.counted


def refresh_walk(settings: CustomerPlusSettings, run: Runner, found: Found) -> None:
    """Recompute the records that were found, and convert the leads of those who bought."""

    def refreshed(part: list[int]) -> Found:
        done = refresh_records(part, settings)
        return Found(
            Counter(
                figures_corrected=done.figures_corrected,
                records_corrected=done.records_corrected,
                leads_converted=convert_leads(part),
            )
        )

    found.add(run(RowKind.RECORD, sorted(found.record_ids), refreshed))


def accounts_walk(
    ids: Collection[int], settings: CustomerPlusSettings, run: Runner, found: Found, *, orders_follow: bool = False
) -> None:
    """Link and unlink accounts, and attach the orders that this moves."""
    followed: set[int] = set()
    shifted: set[int] = set()

    def sync(part: list[int]) -> Found:
        accounts = sync_accounts(part, settings)
        # The orders of new accounts come with the walk over the orders, unless this run looks at few of them.
        followed.update(accounts.account_ids if orders_follow else accounts.moved_account_ids)
        shifted.update(accounts.shifted_record_ids)
        return Found(
            Counter(
                groups_mirrored=mirror_accounts({*part, *accounts.account_ids}),
                records_created=accounts.created,
                links_corrected=accounts.linked + accounts.unlinked + accounts.renamed,
                account_details_corrected=accounts.details_changed,
            ),
            set(accounts.record_ids),
        )

    found.add(run(RowKind.ACCOUNT, ids, sync))
    orders = host.Order.objects.order_by().values_list("pk", flat=True)
    moved = set(orders.filter(sql.is_any("user_id", followed))) if followed else set()
    if shifted:
        moved.update(LedgerEntry.objects.filter(sql.is_any("record_id", shifted)).values_list("order_id", flat=True))
    if orders_follow:
        # Saleor attaches a guest's orders to an account without a new time of their change.
        known = LedgerEntry.objects.filter(
            order_id=OuterRef("pk"), account_id=OuterRef("user_id"), record__isnull=False
        )
        moved.update(orders.filter(~Exists(known), sql.is_any("user_id", ids)))
    if moved:
        found.add(run(RowKind.ORDER, sorted(moved), lambda part: _of_ledger(sync_orders(Q(pk__in=part), settings))))


def orders_walk(ids: Collection[UUID], settings: CustomerPlusSettings, run: Runner) -> list[Found]:
    """Sync these orders, also those that are gone."""
    return run(RowKind.ORDER, ids, lambda part: _of_ledger(sync_order_ids(part, settings)))


def _between(field: str, keys: list[int]) -> Q:
    """All of a batch, as a range: there is nothing else between two keys of it."""
    return Q(**{f"{field}__gte": keys[0], f"{field}__lte": keys[-1]})


def _among(field: str, keys: list[int]) -> Q:
    return Q(sql.is_any(field, keys))


def _as_they_are(keys: Sequence[int]) -> list[str]:
    return [str(key) for key in keys]


def _ids_of_numbers(numbers: Sequence[int]) -> list[str]:
    """Orders are set aside by their ids. One that is gone has none."""
    ids = dict(host.Order.objects.filter(sql.is_any("number", numbers)).values_list("number", "pk"))
    return [str(ids.get(number, f"number {number}")) for number in numbers]


# How the rows of each walk are named when they are set aside.
ROWS: dict[Walk, tuple[RowKind, Callable[[Sequence[int]], Sequence[str]]]] = {
    Walk.ACCOUNTS: (RowKind.ACCOUNT, _as_they_are),
    Walk.ORDERS: (RowKind.ORDER, _ids_of_numbers),
    Walk.LEDGER: (RowKind.LEDGER_ENTRY, _as_they_are),
    Walk.RECORDS: (RowKind.RECORD, _as_they_are),
}


def _of_ledger(synced: SyncResult) -> Found:
    counted = Counter(
        records_created=synced.records_created,
        ledger_added=synced.added,
        ledger_corrected=synced.changed + synced.moved,
        ledger_removed=synced.removed,
    )
    return Found(counted, set(synced.record_ids))
