"""Find what changed since the last look: tasks get lost, workers stop, and Saleor tells nobody of some changes.

A pass looks at the accounts and the orders whose `updated_at` is younger than the pass before it has seen, in the order
of that time; then for what leaves no such trace, by comparing counts. Its position is kept in the database with each
batch, so that it goes on after any outage, in any process, and never starts over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from .. import settings
from ..core import sql
from ..core.set_aside.faults import is_of_row
from ..core.set_aside.models import SetAsideRow
from ..core.set_aside.services import Runner, halving, put_aside, together
from ..jobs.models import UNDER_WAY, JobState
from ..ledger.models import LedgerEntry
from ..records.models import CustomerRecord
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings
from . import reconciliation
from .models import CatchUp, Look
from .reconciliation import GIVE_UP
from .walks import KEYS, ROWS, Found, Walk, accounts_walk, orders_walk, refresh_walk, walk_batch

logger = logging.getLogger(__name__)

# How far a pass goes back behind what the one before has seen: the clocks of Saleor's machines may differ by so much.
# Transactions that were open then are taken into account as they are, see `_seen_by_now`.
MARGIN = timedelta(minutes=30)
# A transaction that stays open for longer than this may be forgotten about.
MAX_TRANSACTION = timedelta(days=1)
# Times further ahead than this are no times of a change. They are left to the reconciliation.
AHEAD = timedelta(hours=1)

_LOWEST = -(2**62)


def catch_up(*, seconds: float) -> bool:
    """Go on with the pass under way, or with a new one, for so long. Return False if there is more to do.

    One worker at a time does it; any other returns at once. A row that cannot be synced is set aside.
    """
    _chosen, is_active = settings.load()
    if not is_active:
        return True
    CatchUp.objects.get_or_create(id=1, defaults={"seen_until": _first_look()})
    deadline = time.monotonic() + seconds
    while _step():
        if time.monotonic() >= deadline:
            return False
    return True


def _first_look() -> datetime:
    """Since the last reconciliation of the whole store began: it may have passed by whatever changed after that."""
    runs = reconciliation.of_whole_store()
    run = runs.filter(state=JobState.SUCCEEDED).first() or runs.first()
    return run.created_at if run else timezone.now()


def _step() -> bool:
    """Do the next batch. Return whether there is more to do for this process."""
    under_way: list[tuple[CatchUp, list[int]]] = []
    try:
        try:
            return _do_step(together, under_way)
        except Exception as error:
            if not is_of_row(error):
                raise
        return _do_step(halving, under_way)
    except Exception as error:
        if under_way:
            with suppress(DatabaseError):
                _note_failure(*under_way[-1], error)
        raise


def _do_step(run: Runner, under_way: list[tuple[CatchUp, list[int]]]) -> bool:
    chosen, _is_active = settings.load()
    with transaction.atomic():
        sql.plan_for_batches()
        at = CatchUp.objects.select_for_update(skip_locked=True).first()
        if at is None:
            return False
        if at.until is None:
            at.until = _seen_by_now()
            _begin(at, Look.ACCOUNTS)
        keys: list[int] = []
        under_way.append((copy(at), keys))  # as it was before
        size = max(chosen.reconcile_batch >> at.failures, 1)
        is_over = _LOOKS[Look(at.look)](at, size, chosen, run, keys)
        at.failures = max(at.failures - 1, 0)
        if is_over:
            _next_look(at)
        at.save()
        return at.until is not None


def _begin(at: CatchUp, look: Look) -> None:
    at.look, at.position_at, at.position = look, at.seen_until - MARGIN, _LOWEST


def _next_look(at: CatchUp) -> None:
    looks = list(Look)
    following = looks[looks.index(Look(at.look)) + 1 :]
    if following:
        _begin(at, following[0])
    elif at.until is not None:
        at.seen_until, at.until = at.until, None


def _note_failure(at: CatchUp, keys: list[int], error: BaseException) -> None:
    """As in a reconciliation: let the next batch be half as large, and pass over a row that failed alone too often."""
    with transaction.atomic():
        now = CatchUp.objects.select_for_update().get(pk=at.pk)
        if now.until is not None and (now.look, now.position_at, now.position) != (
            at.look,
            at.position_at,
            at.position,
        ):
            return  # somebody got past it
        if now.until is None:
            now.until, now.look = at.until, at.look
            now.position_at, now.position = at.position_at, at.position
        now.failures = min(now.failures + 1, GIVE_UP)
        if at.failures >= GIVE_UP and len(keys) <= 1:
            if keys and at.look in _WALKS:
                walk = _WALKS[Look(at.look)]
                kind, names = ROWS[walk]
                put_aside(kind, names(keys)[0], error)
                row = KEYS[walk].queryset().filter(**{KEYS[walk].field: keys[0]}).values_list("updated_at", flat=True)
                now.position_at, now.position = row.first() or now.position_at, keys[0]
            else:
                logger.error("Gave up a part of the periodic look, %s: %s.", at.look, type(error).__name__)
                _next_look(now)
        now.save()


def _seen_by_now() -> datetime:
    """The moment before which everything is committed, so that a pass that begins now sees it.

    A row says when it was changed, and is seen only once that is committed. So a transaction that is writing now counts
    from its beginning.
    """
    ((moment,),) = sql.rows(
        sql.fill(
            """
            SELECT greatest(
                least(clock_timestamp(), min(xact_start)), clock_timestamp() - {longest}::interval
            ) AS moment
            FROM pg_stat_activity
            WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
            """,
            longest=MAX_TRANSACTION,
        )
    )
    until: datetime = min(moment, timezone.now())
    return until


# Each look does one batch from `position` on, of `size` rows. It puts their keys into `keys`, moves the position, and
# returns whether that was the last one.
_Do = Callable[[CatchUp, int, CustomerPlusSettings, Runner, list[int]], bool]

_WALKS = {Look.ACCOUNTS: Walk.ACCOUNTS, Look.ORDERS: Walk.ORDERS}


def _changed(at: CatchUp, size: int, chosen: CustomerPlusSettings, run: Runner, keys: list[int]) -> bool:
    """Accounts, or orders, by the time of their last change: Saleor has an index of it."""
    walk = _WALKS[Look(at.look)]
    field = KEYS[walk].field
    rows = (
        KEYS[walk]
        .queryset()
        .filter(updated_at__gte=at.position_at, updated_at__lte=timezone.now() + AHEAD)
        .filter(Q(updated_at__gt=at.position_at) | Q(**{f"{field}__gt": at.position}))
        .order_by("updated_at", field)
        .values_list("updated_at", field)[:size]
    )
    found = list(rows)
    keys += [key for _, key in found]
    if found:
        walk_batch(walk, sorted(keys), chosen, refresh=True, run=run)
        at.position_at, at.position = found[-1]
    return len(found) < size


def _compared(at: CatchUp, size: int, chosen: CustomerPlusSettings, run: Runner, keys: list[int]) -> bool:
    """Orders of which only one side knows, such as those that were deleted: counted by ranges of 1024 numbers.

    Saleor's side is read from the index of numbers alone, less the drafts, which have an index by status.
    """
    runs = reconciliation.of_whole_store()
    if runs.filter(state__in=UNDER_WAY).exists() or not runs.filter(state=JobState.SUCCEEDED).exists():
        return True  # nearly all ranges would differ, and that run looks at each of them anyway
    found = sql.rows(sql.fill(_DIFFERING, position=at.position, size=size, **_TABLES))
    keys += [row.number for row in found]
    if found:
        _sync_orders([row.order_id for row in found], chosen, run)
        at.position = found[-1].number
    return len(found) < size


def _sync_orders(order_ids: list[Any], chosen: CustomerPlusSettings, run: Runner) -> None:
    found = Found()
    found.add(orders_walk(order_ids, chosen, run))
    refresh_walk(chosen, run, found)


_TABLES = {
    "orders": sql.table(host.Order),
    "users": sql.table(host.User),
    "ledger": sql.table(LedgerEntry),
    "records": sql.table(CustomerRecord),
    "aside": sql.table(SetAsideRow),
    "draft": host.OrderStatus.DRAFT,
}

# The sum of hashes tells apart two sets of as many numbers.
_DIFFERING = """
    WITH saleor AS (
        SELECT number::bigint >> 10 AS part, count(*) AS rows, sum(hashint8(number::bigint)) AS hash
        FROM {orders} GROUP BY 1
    ), drafts AS (
        SELECT number::bigint >> 10 AS part, count(*) AS rows, sum(hashint8(number::bigint)) AS hash
        FROM {orders} WHERE status = {draft} GROUP BY 1
    ), ours AS (
        SELECT order_number >> 10 AS part, count(*) AS rows, sum(hashint8(order_number)) AS hash
        FROM {ledger} GROUP BY 1
    ), differing AS MATERIALIZED (
        SELECT part FROM saleor s FULL JOIN ours o USING (part) LEFT JOIN drafts d USING (part)
        WHERE coalesce(s.rows, 0) - coalesce(d.rows, 0) <> coalesce(o.rows, 0)
            OR coalesce(s.hash, 0) - coalesce(d.hash, 0) <> coalesce(o.hash, 0)
    )
    SELECT number, order_id FROM (
        SELECT e.order_number AS number, e.order_id FROM {ledger} e
        WHERE e.order_number >> 10 IN (SELECT part FROM differing)
            AND NOT EXISTS (SELECT FROM {orders} o WHERE o.id = e.order_id AND o.status <> {draft})
        UNION
        SELECT o.number, o.id FROM differing d
        JOIN {orders} o ON o.number BETWEEN (d.part << 10) AND (d.part << 10) + 1023
        WHERE o.status <> {draft} AND NOT EXISTS (SELECT FROM {ledger} e WHERE e.order_id = o.id)
    ) found
    WHERE number > {position}
        AND NOT EXISTS (SELECT FROM {aside} a WHERE a.kind = 'ORDER' AND a.key = found.order_id::text)
    ORDER BY number, order_id
    LIMIT {size}
"""


def _gone(at: CatchUp, size: int, chosen: CustomerPlusSettings, run: Runner, keys: list[int]) -> bool:
    """Accounts that were deleted while a record is linked to them, or an order is known as theirs: by indexes alone."""
    found = sql.rows(
        sql.fill(
            """
            SELECT account_id FROM (
                SELECT r.account_id FROM {records} r WHERE r.account_id > {position}
                    AND NOT EXISTS (SELECT FROM {users} u WHERE u.id = r.account_id)
                UNION
                SELECT e.account_id FROM {ledger} e WHERE e.account_id > {position}
                    AND NOT EXISTS (SELECT FROM {users} u WHERE u.id = e.account_id)
            ) found
            WHERE NOT EXISTS (SELECT FROM {aside} a WHERE a.kind = 'ACCOUNT' AND a.key = found.account_id::text)
            ORDER BY 1 LIMIT {size}
            """,
            position=at.position,
            size=size,
            **_TABLES,
        )
    )
    keys += [row.account_id for row in found]
    if found:
        result = Found()
        accounts_walk(list(keys), chosen, run, result)
        theirs = LedgerEntry.objects.filter(sql.is_any("account_id", keys)).order_by("pk")
        result.add(orders_walk(list(theirs.values_list("order_id", flat=True)), chosen, run))
        refresh_walk(chosen, run, result)
        at.position = keys[-1]
    return len(found) < size


_LOOKS: dict[Look, _Do] = {
    Look.ACCOUNTS: _changed,
    Look.ORDERS: _changed,
    Look.NUMBERS: _compared,
    Look.DELETED_ACCOUNTS: _gone,
}
