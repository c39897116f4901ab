"""A merge that a job undoes: the same as at once, and never by halves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import merges
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.jobs import engine, lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.merging import undo as undoing
from saleor_customer_plus.merging.models import Merge, MergedRecord, MergeState, MovedRow
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import make_note, make_order, make_record, make_staff, make_tag

from .test_merge_job import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:
    return make_staff()


@pytest.fixture
def actor(staff: Any) -> Actor:
    return Actor(ActorType.STAFF, str(staff.pk))


@pytest.fixture
def done(staff: Any, actor: Actor) -> Merge:
    """A merge of two people with orders, a note and a tag. The note was deleted since, and an order came."""
    orders = [make_order(email, total=9) for email in ("anna@example.com", "ben@example.com", "ben@example.com")]
    reactions.orders_changed([str(order.pk) for order in orders])
    anna, ben = CustomerRecord.objects.order_by("email")
    make_note(ben, text="Called.")
    TagAssignment.objects.create(record=ben, tag=make_tag("vip"))
    made = merge(Request([anna.pk, ben.pk], anna.pk), actor=actor, requestor=staff)
    reactions.orders_changed([str(make_order("ben@example.com", total=1).pk)])
    Note.objects.get().delete()
    return made


def world() -> dict[str, Any]:
    """All that an undo writes, without when."""
    return {
        "records": list(CustomerRecord.objects.order_by("pk").values("pk", "email", "order_count", "stage")),
        "emails": list(CustomerEmail.objects.order_by("email").values_list("email", "record_id")),
        "tags": list(TagAssignment.objects.order_by("tag_id").values_list("tag_id", "record_id")),
        "log": list(ActivityEntry.objects.order_by("pk").values("type", "record_id", "before", "after", "cause_type")),
        "merges": list(Merge.objects.values("state", "conflicts", "before", "after", "undone_by_type")),
        "kept": (MovedRow.objects.count(), MergedRecord.objects.count()),
    }


def test_a_job_comes_to_the_same_as_an_undo_at_once(staff: Any, actor: Actor, done: Merge) -> None:
    with transaction.atomic():
        undoing.undo(done.pk, actor=actor, requestor=staff)
        at_once = world()
        transaction.set_rollback(True)
    assert at_once["kept"] == (0, 0)
    assert [record["order_count"] for record in at_once["records"]] == [1, 3]

    job = run(merges.create_undo(done, actor=actor))

    assert world() == at_once
    assert (job.kind, job.rows_total, job.counters["read"], job.counters["updated"]) == (JobKind.MERGE_UNDO, 1, 1, 1)
    assert job.report == {"changed": 1, "kept": 1}
    ((reason,),) = [problem.reasons for problem in job.problems.all()]
    assert reason["message"] == at_once["merges"][0]["conflicts"][0]["message"]


def test_nobody_else_undoes_the_merge_or_merges_the_record_while_the_job_waits(
    staff: Any, actor: Actor, done: Merge
) -> None:
    other = make_record()
    job = merges.create_undo(done, actor=actor)

    for way in (
        lambda: undoing.undo(done.pk, actor=actor, requestor=staff),
        lambda: undoing.as_job(done.pk, requestor=staff),
        lambda: merge(Request([done.kept_id, other.pk]), actor=actor, requestor=staff),
    ):
        with pytest.raises(CustomerPlusError, match=f"Job {job.pk} is working on this record."):
            way()

    lifecycle.cancel(job.pk, actor=actor)
    assert Merge.objects.get(pk=done.pk).state == MergeState.MERGED
    undoing.undo(done.pk, actor=actor, requestor=staff)


def test_a_canceled_job_that_goes_on_finds_what_was_undone_meanwhile(staff: Any, actor: Actor, done: Merge) -> None:
    job = merges.create_undo(done, actor=actor)
    lifecycle.cancel(job.pk, actor=actor)
    undoing.undo(done.pk, actor=actor, requestor=staff)
    before = world()

    lifecycle.retry(job.pk, actor=actor)
    run(job)

    assert {name: job.counters.get(name, 0) for name in ("read", "updated", "unchanged", "refused")} == {
        "read": 1,
        "updated": 0,
        "unchanged": 1,
        "refused": 0,
    }
    assert world() == before


def test_a_job_that_fails_half_way_leaves_nothing_and_is_retried(
    actor: Actor, done: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world()
    job = merges.create_undo(done, actor=actor)
    with monkeypatch.context() as broken:
        broken.setattr("saleor_customer_plus.merging.undo.services.part_consents", lambda _parting: 1 / 0)
        for _ in engine.run(job.pk):
            pass
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "INTERNAL")
    assert world() == before

    lifecycle.retry(job.pk, actor=actor)

    assert run(job).counters["updated"] == 1
    assert CustomerRecord.objects.count() == 2


def test_what_is_in_the_way_by_then_is_a_problem_of_the_job(staff: Any, actor: Actor, done: Merge) -> None:
    job = merges.create_undo(done, actor=actor)
    lifecycle.cancel(job.pk, actor=actor)
    later = merge(Request([done.kept_id, make_record().pk], done.kept_id), actor=actor, requestor=staff)
    lifecycle.retry(job.pk, actor=actor)

    run(job)

    assert job.counters["refused"] == 1
    ((reason,),) = [problem.reasons for problem in job.problems.all()]
    assert reason["code"] == ErrorCode.OUT_OF_SCOPE
    assert reason["message"].endswith(f"in this order: {later.pk}.")


def test_the_size_counts_what_moved_and_the_orders(staff: Any, done: Merge) -> None:
    moved = MovedRow.objects.filter(merge=done).count()
    assert undoing.size(done) == moved + 3, "the two orders that were there, and the one since"
    assert undoing.as_job(done.pk, requestor=staff) is None


def test_an_undo_that_cannot_be_done_makes_no_job(staff: Any, actor: Actor, done: Merge) -> None:
    undoing.undo(done.pk, actor=actor, requestor=staff)
    with pytest.raises(CustomerPlusError, match="undone already"):
        undoing.as_job(done.pk, requestor=staff)
    with pytest.raises(CustomerPlusError, match="No merge has this id"):
        undoing.as_job(done.pk + 1, requestor=staff)
    assert not BulkJob.objects.exists()
