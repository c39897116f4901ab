"""Bring the whole store to the state in which it would be had every hook been delivered.

A reconciliation walks Saleor's accounts and orders and our own tables by key, in ranges that any number of workers
take. It corrects what it finds and counts it: a second run counts nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from .. import settings, sql
from ..schedule import TICK_SECONDS
from .models import Reconciliation, ReconciliationRange, Walk
from .walks import KEYS, walk_batch


class Batch(NamedTuple):
    """A batch that was done: of which walk, how many keys, and what was counted."""

    walk: Walk
    keys: int
    counted: Counter[str]


# Keys in one range: what a worker takes at a time.
RANGE = 20_000
# Tasks that are sent out for one reconciliation; more would only wait.
WORKERS = 8
# Seconds between looks at what others are doing.
WAIT = 0.2


def current() -> Reconciliation | None:
    """The reconciliation under way, if any."""
    return Reconciliation.objects.filter(finished_at=None).first()


def is_due() -> bool:
    """Whether it is time to start: the plugin is active, none is under way, and the last one is old enough."""
    chosen, is_active = settings.load()
    if not is_active or current() is not None:
        return False
    last = Reconciliation.objects.filter(since=None).order_by("-started_at").first()
    return last is None or last.started_at <= timezone.now() - chosen.reconcile_every


def start(since: datetime | None = None) -> Reconciliation:
    """Start a reconciliation, or return the one that is under way.

    With `since`, only accounts and orders that changed since that moment (UTC) are looked at.
    """
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(since=since)
            _plan(run, Walk.ACCOUNTS)
            return run
    except IntegrityError:
        run_under_way = current()
        if run_under_way is None:  # it ended this moment
            return start(since)
        return run_under_way


def start_over() -> Reconciliation:
    """Start a reconciliation of the whole store, giving up the one under way: it began under other settings."""
    with transaction.atomic():
        under_way = Reconciliation.objects.select_for_update().filter(finished_at=None).first()
        if under_way is not None:
            under_way.ranges.update(is_done=True)
            under_way.finished_at = timezone.now()
            under_way.save(update_fields=["finished_at"])
    return start()


def work(*, seconds: float) -> int:
    """Work on the reconciliation under way for a while. Return how many workers should go on: 0 if there is no need."""
    _chosen, is_active = settings.load()
    run = current() if is_active else None
    deadline = time.monotonic() + seconds
    while run is not None:
        if do_batch(run) is None:
            return min(run.ranges.filter(is_done=False).count(), WORKERS) if _advance(run) else 0
        if time.monotonic() >= deadline:
            return 1
    return 0


def batches(run: Reconciliation) -> Iterator[Batch]:
    """Do batches in this process until all is done, waiting at the end for what other workers are at."""
    while True:
        done = do_batch(run)
        if done is not None:
            yield done
        elif not _advance(run):
            if Reconciliation.objects.filter(pk=run.pk, finished_at__isnull=False).exists():
                return
            time.sleep(WAIT)


def do_batch(run: Reconciliation) -> Batch | None:
    """Do the next batch that nobody else is at; None if there is none.

    The work and the new position are one transaction: who is killed in it has done nothing.
    """
    chosen, _is_active = settings.load()
    with transaction.atomic():
        sql.plan_for_batches()
        part = (
            run.ranges.select_for_update(skip_locked=True, of=("self",))
            .filter(is_done=False)
            .order_by("walk", "id")
            .first()
        )
        if part is None:
            return None
        walk = Walk(part.walk)
        keys = KEYS[walk].batch(part.position, part.upper, chosen.reconcile_batch, run.since)
        counted = walk_batch(walk, keys, chosen, refresh=run.since is not None) if keys else Counter[str]()
        part.position = keys[-1] + 1 if keys else part.upper
        part.is_done = len(keys) < chosen.reconcile_batch
        part.counters = dict(Counter(part.counters) + counted)
        part.save(update_fields=["position", "is_done", "counters"])
        return Batch(walk, len(keys), counted)


def rehearse(since: datetime | None = None) -> Iterator[Batch]:
    """Do every batch and roll it back, to count what a reconciliation would correct. Nothing is kept."""
    return _one_by_one(since, is_kept=False)


def catch_up(*, seconds: float) -> None:
    """Look again at the accounts and orders that changed of late: Saleor tells nobody of some changes, and tasks get
    lost. It takes no longer than told; should everything have changed, the next reconciliation does the rest.
    """
    _chosen, is_active = settings.load()
    deadline = time.monotonic() + seconds
    for _batch in _one_by_one(_of_late(), is_kept=True) if is_active else ():
        if time.monotonic() >= deadline:
            return


def _of_late() -> datetime:
    """Three ticks ago; or, where a reconciliation ended since, its beginning: it may have passed by what changed."""
    earliest = timezone.now() - 3 * timedelta(seconds=TICK_SECONDS)
    ended = Reconciliation.objects.filter(finished_at__gte=earliest).aggregate(began=Min("started_at"))
    return min(earliest, ended["began"] or earliest)


def _one_by_one(since: datetime | None, *, is_kept: bool) -> Iterator[Batch]:
    """Do every batch in this process, without a reconciliation that others could help with."""
    for walk in _walks(since):
        position, upper = 0, 2**62
        while True:
            chosen, _is_active = settings.load()
            keys = KEYS[walk].batch(position, upper, chosen.reconcile_batch, since)
            if not keys:
                break
            with transaction.atomic():
                sql.plan_for_batches()
                counted = walk_batch(walk, keys, chosen, refresh=True)
                if not is_kept:
                    transaction.set_rollback(True)
            yield Batch(walk, len(keys), counted)
            position = keys[-1] + 1


def _walks(since: datetime | None) -> list[Walk]:
    """The walks of a run. One over recent changes corrects records at once, and leaves the rest alone."""
    return [Walk.ACCOUNTS, Walk.ORDERS] if since else list(Walk)


def _advance(run: Reconciliation) -> bool:
    """Begin the next walk once nobody is at the last one. Return whether there is more to do."""
    with transaction.atomic():
        run = Reconciliation.objects.select_for_update().get(pk=run.pk)
        if run.finished_at is not None or run.ranges.filter(is_done=False).exists():
            return False
        done = set(run.ranges.values_list("walk", flat=True))
        left = [walk for walk in _walks(run.since) if walk not in done]
        if left:
            _plan(run, left[0])
            return True
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
        return False


def _plan(run: Reconciliation, walk: Walk) -> None:
    """Cut a walk into ranges, from what there is when it begins: the walks before it made rows of ours."""
    field = KEYS[walk].field
    rows = KEYS[walk].within(None).values_list(field, flat=True)
    first, last = rows.first(), rows.last()
    lower, upper = (0, 1) if first is None or last is None else (first, last + 1)
    ReconciliationRange.objects.bulk_create(
        ReconciliationRange(reconciliation=run, walk=walk, lower=start, upper=min(start + RANGE, upper), position=start)
        for start in range(lower, upper, RANGE)
    )


def summary(run: Reconciliation) -> dict[str, int]:
    """What a reconciliation has counted so far, over all its ranges."""
    return dict(sum((Counter(part.counters) for part in run.ranges.all()), Counter[str]()))
