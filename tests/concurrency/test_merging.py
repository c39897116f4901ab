"""Several staff members merge the same records at once, while workers are at their orders."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import merges
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, JobState
from saleor_customer_plus.merging.duplicates import services as duplicates
from saleor_customer_plus.merging.models import Merge, MergeState
from saleor_customer_plus.merging.preview import Request, plan
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import services as undo_services
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import make_order, make_record, make_staff
from ..processes import at_once, start, while_open

EMAILS = ["anna@example.com", "ann@example.com", "anni@example.com"]


def sync(orders: list[Any], seed: int) -> None:
    for order in random.Random(seed).sample(orders, len(orders)):
        reactions.orders_changed([str(order.pk)])


def merge_unless_too_late(ids: list[int], staff: Any, token: str | None = None) -> None:
    try:
        merge(Request(ids), actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff, token=token)
    except CustomerPlusError as refused:
        if refused.code not in (ErrorCode.NOT_FOUND, ErrorCode.STALE):
            raise


def test_records_are_merged_once_and_no_order_is_lost() -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    actor = Actor(ActorType.STAFF, str(staff.pk))
    orders = [make_order(EMAILS[number % 3], total=1) for number in range(18)]
    sync(orders[:6], 0)
    ids = list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))
    token = plan(Request(ids), requestor=staff).token

    at_once(
        partial(merge_unless_too_late, ids, staff, token),
        partial(merge_unless_too_late, ids, staff, token),
        partial(merge_unless_too_late, ids, staff),
        partial(merge_unless_too_late, ids[1:], staff),
        partial(sync, orders, 1),
    )

    made = list(Merge.objects.order_by("pk"))
    reconcile()
    assert CustomerRecord.objects.count() == 3 - sum(len(one.merged_ids) for one in made) >= 1
    assert sum(CustomerRecord.objects.values_list("order_count", flat=True)) == 18
    assert drift() == {}
    for one in reversed(made):
        undo(one.pk, actor=actor, requestor=staff)
    assert drift() == {}
    assert list(CustomerRecord.objects.order_by("pk").values_list("pk", "order_count")) == [(id, 6) for id in ids]


def work(job: BulkJob) -> None:
    for _ in engine.run(job.pk):
        pass


def test_a_worker_that_is_killed_while_it_undoes_a_merge_undoes_nothing_and_the_next_one_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    actor = Actor(ActorType.STAFF, str(staff.pk))
    sync([make_order(EMAILS[number % 3], total=1) for number in range(9)], 0)
    ids = list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))
    merge(Request(ids), actor=actor, requestor=staff)
    job = merges.create_undo(Merge.objects.get(), actor=actor)

    with monkeypatch.context() as stuck:
        stuck.setattr(undo_services, "part_consents", lambda _parting: time.sleep(600))  # its last step but one
        (process,) = start(partial(work, job))
        deadline = time.monotonic() + 120
        while not BulkChunk.objects.filter(job=job, starts=1).exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1)
        process.kill()
        process.join()

    assert Merge.objects.get().state == MergeState.MERGED
    assert CustomerRecord.objects.count() == 1
    at_once(partial(work, job), partial(work, job))
    job.refresh_from_db()
    assert (job.state, job.counters["updated"]) == (JobState.SUCCEEDED, 1)
    assert drift() == {}
    assert list(CustomerRecord.objects.order_by("pk").values_list("pk", "order_count")) == [(id, 3) for id in ids]


MEANWHILE: dict[str, tuple[Callable[[list[int], Any, Actor], object], dict[str, int], list[str]]] = {
    "edited": (
        lambda ids, _staff, _actor: CustomerRecord.objects.filter(pk=ids[0]).update(phone="+491519999999"),
        {"refused": 1},
        ["STALE"],
    ),
    "dismissed": (lambda ids, _staff, actor: duplicates.dismiss(ids, actor=actor), {"refused": 1}, ["STALE"]),
    "deleted": (lambda ids, _staff, actor: delete_records(ids[:1], actor=actor), {"refused": 1}, ["NOT_FOUND"]),
    "merged": (
        lambda ids, staff, actor: merge(Request(ids), actor=actor, requestor=staff),
        {"unchanged": 1},
        [],
    ),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_group_that_changes_at_the_moment_when_all_that_are_certain_are_merged(what: str) -> None:
    """Somebody's transaction is open when the group's turn comes: the job waits, and looks at what came of it."""
    change, counted, codes = MEANWHILE[what]
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    actor = Actor(ActorType.STAFF, str(staff.pk))
    ids = [
        make_record(email, first_name="Anna", last_name="Kalkbrenner", phone="+491510000001").pk
        for email in ("a@web.de", "zz@web.de")
    ]
    job = merges.create([ids], actor=actor, only_certain=True)

    while_open(lambda: change(ids, staff, actor), partial(work, job))

    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert {
        name: job.counters[name] for name in ("updated", "refused", "unchanged") if job.counters.get(name)
    } == counted
    assert [reason["code"] for problem in job.problems.all() for reason in problem.reasons] == codes
    assert Merge.objects.filter(job_id=job.pk).count() == 0
