"""Changes of fields with too many values for one transaction: prepared, seen, started, canceled and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import fields as field_jobs
from saleor_customer_plus.bulk.fields import field_job
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.queries import archived, fields_of, live
from saleor_customer_plus.jobs import engine, lifecycle, retention
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.values import Choice, MergeField
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_field, make_field_values, make_record, make_staff

pytestmark = pytest.mark.django_db

SARA = Actor(ActorType.STAFF, "7")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_job, "PART", 2)
    monkeypatch.setattr(changes, "MAX_VALUES", 3)


def run(job: BulkJob) -> BulkJob:
    for _ in engine.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def values(key: str = "field") -> list[Any]:
    """What each record has, in order."""
    ids = list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))
    return [next(one.json for one in fields_of([id])[id] if one.definition.key == key) for id in ids]


def stored(definition: FieldDefinition) -> list[Any]:
    names = ("value", "text", "number", "unique_key", "is_indexed", "source", "origin", "updated_at", "is_locked")
    return list(FieldValue.objects.filter(definition=definition).order_by("record_id").values_list("record_id", *names))


def log() -> list[Any]:
    return list(ActivityEntry.objects.order_by("record_id", "id").values_list("record_id", "before", "after"))


def some(*texts: str | None) -> tuple[FieldDefinition, list[CustomerRecord]]:
    field, records = make_field("field"), [make_record() for _ in texts]
    for record, text in zip(records, texts, strict=True):
        if text is not None:
            make_field_values(record, field=text)
    return field, records


def change(field: FieldDefinition, **raw: Any) -> BulkJob:
    job = run(field_jobs.create_change(field.pk, raw, actor=SARA))
    assert job.state == JobState.READY, job.error_message
    return job


def start(job: BulkJob) -> BulkJob:
    return run(field_jobs.start(job.pk, actor=SARA))


def test_a_change_is_shown_before_anything_changes() -> None:
    field, _records = some("1", "2", "many", "3", None, "few")
    logged = log()

    job = change(field, type="NUMBER", is_indexed=True)

    assert (job.counters["read"], job.counters["kept"]) == (5, 3)
    assert field_job.examples_of(job) == ["many", "few"]
    assert values() == ["1", "2", "many", "3", None, "few"]
    assert (live(), archived(), log()) == ([field], [], logged)


def test_it_does_what_the_change_at_once_does() -> None:
    """Two fields with the same values: one is changed at once, and the other by a job."""
    field, records = some("1", "2", "many", "3", None, "few")
    other = make_field("other")
    changes_of_both = {"type": "NUMBER", "is_indexed": True}
    for record, text in zip(records, ("1", "2", "many", "3", None, "few"), strict=True):
        if text is not None:
            make_field_values(record, other=text)
    moments = dict(FieldValue.objects.filter(definition=field).values_list("record_id", "updated_at"))
    for record_id, at in moments.items():
        FieldValue.objects.filter(record=record_id).update(updated_at=at)
    before = ActivityEntry.objects.latest("id").pk

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes, "MAX_VALUES", 100)
        token = changes.impact_of_change(other.pk, changes_of_both).token
        at_once = changes.update(other.pk, changes_of_both, token=token, actor=SARA)
    job = start(change(field, **changes_of_both))

    assert (job.state, job.counters["updated"]) == (JobState.SUCCEEDED, 5)
    new = next(one for one in live() if one.key == "field")
    assert stored(new) == stored(at_once)
    told = ActivityEntry.objects.filter(pk__gt=before).order_by("record_id").values_list("record_id", "before", "after")
    by_key: dict[str, list[Any]] = {"field": [], "other": []}
    for record_id, was, became in told:
        ((key, value),) = was["fields"].items()
        by_key[key].append((record_id, value, became["fields"][key]))
    assert by_key["field"] == by_key["other"] != []
    assert (new.type, new.position) == ("NUMBER", field.position)
    assert {one.pk for one in archived()} == {field.pk, other.pk}


def test_what_is_written_between_preview_and_start_is_kept() -> None:
    field, records = some("1", "2", "3", "4", "5", None)
    job = change(field, type="NUMBER")
    make_field_values(records[0], field="10")
    make_field_values(records[1], field="many")
    make_field_values(records[2], field=None)
    make_field_values(records[5], field="6")
    records[3].delete()

    start(job)

    assert values() == [10, None, None, 5, 6]


def test_a_unique_value_may_go_from_one_record_to_another_meanwhile() -> None:
    field, records = some("1", "2", "3", "4")
    job = change(field, type="NUMBER", is_unique=True)
    make_field_values(records[0], field="2")
    make_field_values(records[1], field="1")

    assert start(job).state == JobState.SUCCEEDED

    assert values() == [2, 1, 3, 4]


def test_a_field_with_equal_values_does_not_become_unique() -> None:
    field, _records = some("1", "2", "3", "1")
    job = run(field_jobs.create_change(field.pk, {"is_unique": True}, actor=SARA))
    assert (job.state, job.error_code) == (JobState.FAILED, ErrorCode.UNIQUE)
    assert live() == [field]


def test_a_value_that_a_merge_moved_meanwhile_is_prepared_again() -> None:
    field, records = some("1", "2", "3", "4")
    FieldValue.objects.update(updated_at=timezone.now())  # as one chunk of an import leaves them
    job = change(field, type="NUMBER")
    request = Request(
        [records[0].pk, records[1].pk], records[0].pk, None, [Choice(MergeField.FIELD, records[1].pk, "field")]
    )
    merge(request, actor=SARA, requestor=make_staff())

    start(job)

    assert values() == [2, 3, 4]


def test_a_canceled_change_has_changed_nothing_and_its_values_go_with_the_job() -> None:
    field, _records = some("1", "2", "3", "4")
    job = change(field, type="NUMBER")
    lifecycle.cancel(job.pk, actor=SARA)
    assert values() == ["1", "2", "3", "4"]

    retention.forget(job.pk, actor=SARA)

    assert FieldDefinition.objects.get() == field
    assert FieldValue.objects.count() == 4


def test_a_worker_that_dies_harms_nothing() -> None:
    """Whatever the step at which it dies, the field is as before or as after, and the job goes on."""
    field, _records = some("1", "2", "3", "4", "5")
    job = field_jobs.create_change(field.pk, {"type": "NUMBER"}, actor=SARA)
    for _ in range(20):
        work = engine.run(job.pk)
        next(work)  # one step, and no more of this worker
        work.close()
        assert values() in (["1", "2", "3", "4", "5"], [1, 2, 3, 4, 5])
        job.refresh_from_db()
        if job.state == JobState.READY:
            assert values() == ["1", "2", "3", "4", "5"]
            field_jobs.start(job.pk, actor=SARA)
        if job.state == JobState.SUCCEEDED:
            break
    assert values() == [1, 2, 3, 4, 5]
    assert len([one for one in log() if one[1].get("fields", {}).get("field") is not None]) == 5


def test_a_field_that_was_changed_meanwhile_is_left_alone() -> None:
    field, _records = some("1", "2", "3", "4")
    job = change(field, type="NUMBER")
    changes.update(field.pk, {"label": "Other"}, token=None, actor=SARA)
    assert (start(job).state, job.refresh_from_db(), job.error_code) == (JobState.FAILED, None, ErrorCode.STALE)
    assert values() == ["1", "2", "3", "4"]


def test_a_change_is_taken_back_by_a_job() -> None:
    field, records = some("1", "2", "many", "3", "4")
    start(change(field, type="NUMBER"))
    make_field_values(records[0], field=10)
    assert changes.is_large_restoration(field.pk)

    job = run(field_jobs.create_restoration(field.pk, actor=SARA))

    assert job.state == JobState.SUCCEEDED, job.error_message
    assert values() == ["10", "2", "many", "3", "4"]
    assert live() == [field]
    told = [(before["fields"]["field"], after["fields"]["field"]) for _, before, after in log()[-1:]]
    assert told == [(4, "4")]


@pytest.mark.parametrize("many", [False, True])
def test_a_restored_field_stays_unique(many: bool) -> None:
    field, records = some("1", "2", "3", "4")
    start(change(field, is_unique=True))
    (unique,) = live()
    start(change(unique, is_unique=False))
    make_field_values(records[0], field="2")
    if many:
        job = run(field_jobs.create_restoration(unique.pk, actor=SARA))
        assert (job.state, job.error_code) == (JobState.FAILED, ErrorCode.UNIQUE)
    else:
        with pytest.raises(CustomerPlusError) as caught:
            changes.restore(unique.pk, actor=SARA)
        assert caught.value.code == ErrorCode.UNIQUE


def test_only_a_change_of_a_field_is_started_here() -> None:
    field, _records = some("1", "2", "3", "4")
    job = change(field, type="NUMBER")
    BulkJob.objects.filter(pk=job.pk).update(kind="IMPORT")
    with pytest.raises(CustomerPlusError, match="does not change a field"):
        field_jobs.start(job.pk, actor=SARA)
