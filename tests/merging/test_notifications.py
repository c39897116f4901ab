"""What Saleor's plugins and apps are told of merges."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import merges
from saleor_customer_plus.core.models import OwedNotice
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import preview, undo
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests.factories import make_record, make_staff

pytestmark = pytest.mark.django_db

OnCommit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Saleor was told."""
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: events.append((event, payload)))
    return events


@pytest.fixture
def staff() -> Any:
    return make_staff()


@pytest.fixture
def actor(staff: Any) -> Actor:
    return Actor(ActorType.STAFF, str(staff.pk))


def test_a_merge_and_its_undo_are_told_once_each_without_anything_of_the_people(
    staff: Any, actor: Actor, told: list[Any], on_commit: OnCommit
) -> None:
    anna, ben, carla = make_record("anna@example.com", phone="+491"), make_record(phone="+492"), make_record()

    with on_commit():
        done = merge(Request([carla.pk, anna.pk, ben.pk], anna.pk), actor=actor, requestor=staff)
    CustomerRecord.objects.filter(pk=anna.pk).update(phone="+493")
    with on_commit():
        preview(done.pk, actor=actor, requestor=staff)
    assert len(told) == 1, "a preview is rolled back"
    with on_commit():
        back, _conflicts = undo(done.pk, actor=actor, requestor=staff)
    tasks.announce_merges([done.pk])

    of_both = {
        "merge_id": done.pk,
        "record_id": anna.pk,
        "merged_ids": [ben.pk, carla.pk],
        "job_id": None,
        "actor_type": "STAFF",
        "actor_id": str(staff.pk),
    }
    assert back.undone_at is not None
    conflicts = len(back.conflicts)
    assert told == [
        ("customer_plus.records_merged", {**of_both, "at": done.created_at.isoformat()}),
        ("customer_plus.merge_undone", {**of_both, "conflicts": conflicts, "at": back.undone_at.isoformat()}),
    ]
    assert not OwedNotice.objects.exists()


def test_the_merges_of_a_job_are_told_with_the_job(actor: Actor, told: list[Any], on_commit: OnCommit) -> None:
    records = [make_record() for _ in range(4)]
    job = merges.create([[records[0].pk, records[1].pk], [records[2].pk, records[3].pk]], actor=actor)

    with on_commit():
        for _ in engine.run(job.pk):
            pass

    merged = [payload for event, payload in told if event == "customer_plus.records_merged"]
    assert [(one["record_id"], one["merged_ids"], one["job_id"]) for one in merged] == [
        (records[0].pk, [records[1].pk], job.pk),
        (records[2].pk, [records[3].pk], job.pk),
    ]


def test_the_periodic_task_tells_in_order_what_no_task_told(staff: Any, actor: Actor, told: list[Any]) -> None:
    done = merge(Request([make_record().pk, make_record().pk]), actor=actor, requestor=staff)
    undo(done.pk, actor=actor, requestor=staff)
    tasks.send_notices()
    assert told == [], "their own task may still be under way"
    for notice in OwedNotice.objects.all():
        notice.due_at -= timedelta(minutes=3)
        notice.save()

    tasks.send_notices()
    tasks.send_notices()

    assert [event for event, _ in told] == ["customer_plus.records_merged", "customer_plus.merge_undone"]


def test_nobody_is_told_of_a_merge_whose_record_was_deleted_meanwhile(
    staff: Any, actor: Actor, told: list[Any]
) -> None:
    done = merge(Request([make_record().pk, make_record().pk]), actor=actor, requestor=staff)
    Merge.objects.filter(pk=done.pk).delete()

    tasks.announce_merges([done.pk])

    assert told == []
    assert not OwedNotice.objects.exists()


def test_a_failure_of_saleor_to_hear_of_a_merge_stops_nothing(
    staff: Any, actor: Actor, on_commit: OnCommit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any) -> None:
        raise ConnectionError("anna@example.com")

    monkeypatch.setattr(host, "notify", broken)

    with on_commit():
        done = merge(Request([make_record().pk, make_record().pk]), actor=actor, requestor=staff)

    assert CustomerRecord.objects.count() == 1
    assert f"Could not notify of merge {done.pk}: ConnectionError" in caplog.text
    assert "anna@example.com" not in caplog.text
