"""Bring the whole store to the state in which it would be had every hook been delivered.

A reconciliation is a job. It walks Saleor's accounts and orders and our own tables by key, in ranges that any number of
workers take, and each range in batches. It corrects what it finds and counts it: a second run counts nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import settings
from ..activity.models import ActorType
from ..activity.services import Actor
from ..core import sql
from ..core.set_aside.faults import is_of_row
from ..core.set_aside.services import Runner, carefully, of_sync, put_aside
from ..errors import CustomerPlusError
from ..jobs import kinds, lifecycle
from ..jobs.models import UNDER_WAY, BulkChunk, BulkJob, JobEventType, JobKind, JobState
from ..settings import CustomerPlusSettings
from .walks import KEYS, ROWS, Walk, walk_batch

# In whose name the machine reconciles.
SYNC = Actor(ActorType.SYNC)
# Rows in one range: what a worker takes at a time.
RANGE = 20_000
# Of the ledger so many times the rows of another batch are looked at.
LEDGER_BATCHES = 10
# How often a batch fails, half as large each time, before its only row is set aside, whatever the errors were.
GIVE_UP = 16
# A reconciliation in which nobody did a batch for so long is given up: workers are sent every minute.
STUCK_AFTER = timedelta(hours=6)


class Reconciliation(kinds.Kind):
    """A phase for each walk, a chunk for each range of keys, a step of it for each batch of `reconcile_batch` rows."""

    kind = JobKind.RECONCILIATION
    phases: ClassVar[tuple[str, ...]] = tuple(Walk.values)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        """Cut a walk into ranges, from what there is when it begins: the walks before it made rows of ours."""
        if phase not in _walks(since_of(job)):
            return []
        bounds = KEYS[Walk(phase)].bounds(RANGE)
        return [{"lower": lower, "upper": upper} for lower, upper in pairwise(bounds)]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        """Do the next batch of a range. A row that cannot be synced is set aside."""
        chosen, _is_active = settings.load()
        walk, since = Walk(chunk.phase), since_of(job)
        # Each failure halves the batch, and so does each worker that died at it; each success doubles it again.
        size = max(_batch(walk, chosen) >> (chunk.failures + max(chunk.starts - 1, 0)), 1)
        keys = KEYS[walk].batch(_position(chunk), chunk.spec["upper"], size, since)
        counted = Counter(read=len(keys))
        if keys:
            counted += carefully(partial(_walked, walk, keys, chosen, refresh=since is not None))
        chunk.position = keys[-1] + 1 if len(keys) == size else None
        chunk.failures = max(chunk.failures - 1, 0)
        return counted

    def failed(self, job: BulkJob, chunk: BulkChunk, error: Exception) -> bool:
        """Let the next batch be half as large. A row that failed alone too often is passed over."""
        if chunk.failures < GIVE_UP:
            chunk.failures += 1
        else:
            walk, position = Walk(chunk.phase), _position(chunk)
            keys = KEYS[walk].batch(position, chunk.spec["upper"], 1, since_of(job))
            if keys:
                kind, names = ROWS[walk]
                put_aside(kind, names(keys)[0], error)
                chunk.position = keys[0] + 1
        return is_of_row(error)

    def finish(self, job: BulkJob) -> None:
        job.report = {"set_aside": of_sync().count()}

    def notifies(self, job: BulkJob) -> bool:
        """Of those that start by themselves every day, staff hear only that one failed, and only once."""
        if job.actor != SYNC:
            return True
        return job.state == JobState.FAILED and not job.events.filter(type=JobEventType.RETRIED).exists()


def _position(chunk: BulkChunk) -> int:
    return int(chunk.spec["lower"]) if chunk.position is None else chunk.position


def _batch(walk: Walk, chosen: CustomerPlusSettings) -> int:
    """How many rows of a walk are looked at in one transaction: more of the ledger's, which holds and writes nothing
    but where an order is gone.
    """
    return chosen.reconcile_batch * (LEDGER_BATCHES if walk == Walk.LEDGER else 1)


def _walked(walk: Walk, keys: list[int], chosen: CustomerPlusSettings, run: Runner, *, refresh: bool) -> Counter[str]:
    return walk_batch(walk, keys, chosen, refresh=refresh, run=run)


def since_of(job: BulkJob) -> datetime | None:
    """The moment (UTC) since which a reconciliation looks at changes; None if it looks at the whole store."""
    since = job.options.get("since")
    return None if since is None else datetime.fromisoformat(since)


def _walks(since: datetime | None) -> list[Walk]:
    """The walks of a run. One over recent changes corrects records at once, and leaves the rest alone."""
    return [Walk.ACCOUNTS, Walk.ORDERS] if since else list(Walk)


# Starting, and when.


def all_runs() -> QuerySet[BulkJob]:
    """All reconciliations, the latest first."""
    return BulkJob.objects.filter(kind=JobKind.RECONCILIATION).order_by("-created_at", "-id")


def of_whole_store() -> QuerySet[BulkJob]:
    """The reconciliations that are not only about recent changes, the latest first."""
    return all_runs().exclude(options__has_key="since")


def current() -> BulkJob | None:
    """The reconciliation under way, if any."""
    return all_runs().filter(state__in=UNDER_WAY).first()


def is_due() -> bool:
    """Whether it is time to start one, or to start over.

    The last one is old enough, or began under other settings; or the one under way did not move for so long that
    whoever was at it hangs. Never while the plugin is inactive.
    """
    chosen, is_active = settings.load()
    if not is_active:
        return False
    now = timezone.now()
    under_way = current()
    if under_way is not None and (under_way.worked_at or under_way.created_at) <= now - STUCK_AFTER:
        return True
    last = of_whole_store().first()
    if last is not None and last.options["settings"] != _relevant(chosen):
        return True
    return under_way is None and (last is None or last.created_at <= now - chosen.reconcile_every)


def _relevant(chosen: CustomerPlusSettings) -> list[str]:
    """The settings that decide what records and figures there are, to be kept with a run."""
    return [str(value) for value in chosen.of_records]


def create(since: datetime | None = None, *, actor: Actor = SYNC) -> BulkJob:
    """Make a reconciliation. Raises `lifecycle.AlreadyUnderWay`: there is one at a time.

    With `since`, only accounts and orders that changed since that moment (UTC) are looked at.
    """
    chosen, _is_active = settings.load()
    options: dict[str, Any] = {"settings": _relevant(chosen)}
    if since is not None:
        options["since"] = since.isoformat()
    return lifecycle.create(JobKind.RECONCILIATION, actor=actor, options=options, is_confirmed=True)


def start(since: datetime | None = None, *, actor: Actor = SYNC) -> BulkJob:
    """Start a reconciliation, or return the one that is under way. One that failed last goes on."""
    run = resume(actor=actor)
    if run is not None:
        return run
    try:
        return create(since, actor=actor)
    except lifecycle.AlreadyUnderWay:  # somebody was faster
        return start(since, actor=actor)


def resume(*, actor: Actor = SYNC) -> BulkJob | None:
    """The reconciliation to go on with: the one under way, or the last one, if it failed under the same settings."""
    chosen, is_active = settings.load()
    last = all_runs().first()
    has_failed = last is not None and last.state == JobState.FAILED and last.files_removed_at is None
    if last is not None and has_failed and is_active and last.options["settings"] == _relevant(chosen):
        with suppress(CustomerPlusError):  # somebody was faster
            lifecycle.retry(last.pk, actor=actor)
    return current()


def start_over() -> BulkJob:
    """Start a reconciliation of the whole store, canceling the one under way: it began under other settings, or hangs.

    Whoever is at a batch of that one finishes it, and finds nothing more to do.
    """
    try:
        with transaction.atomic():
            for run in all_runs().filter(state__in=UNDER_WAY).select_for_update():
                lifecycle.cancel(run.pk, actor=SYNC)
            return create()
    except lifecycle.AlreadyUnderWay:  # somebody else has started over just now
        return start()


# Rehearsing.


class Batch(NamedTuple):
    """A batch that was rehearsed: of which walk, how many keys, and what was counted."""

    walk: Walk
    keys: int
    counted: Counter[str]


def rehearse(since: datetime | None = None) -> Iterator[Batch]:
    """Do every batch and roll it back, to count what a reconciliation would correct. Nothing is kept."""
    for walk in _walks(since):
        position, upper = 0, 2**62
        while True:
            chosen, _is_active = settings.load()
            keys = KEYS[walk].batch(position, upper, _batch(walk, chosen), since)
            if not keys:
                break
            yield Batch(walk, len(keys), carefully(partial(_rehearsed, walk, keys, chosen)))
            position = keys[-1] + 1


def _rehearsed(walk: Walk, keys: list[int], chosen: CustomerPlusSettings, run: Runner) -> Counter[str]:
    sql.plan_for_batches()
    with transaction.atomic():
        counted = walk_batch(walk, keys, chosen, refresh=True, run=run)
        transaction.set_rollback(True)
    return counted
