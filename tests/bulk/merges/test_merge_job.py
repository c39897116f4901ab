"""Merging many groups as one job, and what other jobs are to records that were merged since."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import merges, undo
from saleor_customer_plus.bulk.updates import update_job
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.merging import undo as undoing
from saleor_customer_plus.merging.duplicates import services
from saleor_customer_plus.merging.models import Merge, MergeState
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.values import Choice, MergeField
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_account, make_record, make_staff

from ..exports.test_export_job import export, table
from ..imports.test_import_job import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:
    return make_staff()


def run(job: BulkJob) -> BulkJob:
    for _ in engine.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


def test_many_groups_are_merged_and_parted_as_one(staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merges.merge_job, "GROUPS_AT_ONCE", 2)
    actor = Actor(ActorType.STAFF, str(staff.pk))
    records = [make_record() for _ in range(8)]
    groups = [[one.pk, other.pk] for one, other in zip(records[::2], records[1::2], strict=True)]
    for record in records[:2]:
        CustomerRecord.objects.filter(pk=record.pk).update(account=make_account(record.email))

    job = run(merges.create([*groups, groups[-1]], actor=actor))

    assert {name: job.counters[name] for name in ("read", "updated", "refused", "unchanged")} == {
        "read": 5,
        "updated": 3,
        "refused": 1,
        "unchanged": 1,
    }
    assert [reason["field"] for problem in job.problems.all() for reason in problem.reasons] == ["account_id"]
    assert CustomerRecord.objects.count() == 5
    assert set(Merge.objects.values_list("job_id", flat=True)) == {job.pk}

    back = run(undo.create(job.pk, actor=actor))

    assert (back.counters["updated"], back.report) == (3, {"changed": 3, "kept": 0})
    assert set(Merge.objects.values_list("state", flat=True)) == {MergeState.UNDONE}
    assert CustomerRecord.objects.count() == 8


def test_only_who_is_still_certain_to_be_one_person_is_merged(staff: Any) -> None:
    """Between the choice and the merge, somebody denies one of three and another one moves to a new phone."""
    actor = Actor(ActorType.STAFF, str(staff.pk))
    groups = [
        [
            make_record(
                f"{mailbox}{number}@web.de", first_name="Anna", last_name="Kalkbrenner", phone=f"+49151000000{number}"
            ).pk
            for mailbox in ("a", "zz")
        ]
        for number in range(3)
    ]
    job = merges.create(groups, actor=actor, only_certain=True)
    services.dismiss(groups[0], actor=actor)
    CustomerRecord.objects.filter(pk=groups[1][0]).update(phone="+491519999999")
    run(job)
    assert (job.counters["updated"], job.counters["refused"]) == (1, 2)
    assert [reason["code"] for problem in job.problems.all() for reason in problem.reasons] == ["STALE", "STALE"]
    assert [merge.merged_ids for merge in Merge.objects.all()] == [[groups[2][1]]]


def test_a_job_before_the_merge_is_undone_for_the_record_that_it_was_about(staff: Any) -> None:
    actor = Actor(ActorType.STAFF, str(staff.pk))
    anna, ben = make_record(company_name="A"), make_record(company_name="B")
    values = {"values": {"company_name": "Z"}}
    job = run(update_job.create("set_fields", values, of=[ben.pk, anna.pk], actor=actor))
    done = merge(Request([anna.pk, ben.pk], anna.pk), actor=actor, requestor=staff)

    run(undo.create(job.pk, actor=actor))

    anna.refresh_from_db()
    assert anna.company_name == "A", "and not what the other record had"
    undoing.undo(done.pk, actor=actor, requestor=staff)
    assert dict(CustomerRecord.objects.values_list("pk", "company_name")) == {anna.pk: "A", ben.pk: "Z"}


def test_a_group_whose_kept_record_was_merged_meanwhile(staff: Any) -> None:
    actor = Actor(ActorType.STAFF, str(staff.pk))
    anna, ben, carla = make_record(phone="+491"), make_record(phone="+492"), make_record()
    job = merges.create([Request([anna.pk, ben.pk], anna.pk, choices=[Choice(MergeField.PHONE, anna.pk)])], actor=actor)
    merge(Request([carla.pk, anna.pk], carla.pk), actor=actor, requestor=staff)

    assert run(job).counters["updated"] == 1

    left = CustomerRecord.objects.get()
    assert (left.pk, left.phone) == (carla.pk, "+491")


def test_lists_that_know_the_others_find_the_record_that_is_left(staff: Any) -> None:
    actor = Actor(ActorType.STAFF, str(staff.pk))
    anna = make_record("anna@example.com", number="A")
    ben, carla = make_record("ben@example.com", number="B"), make_record("carla@example.com", number="C")
    before = load("email,first name,tags\nben@example.com,Benno,vip\nnew@example.com,New,vip\n")
    done = merge(Request([anna.pk, ben.pk, carla.pk], anna.pk), actor=actor, requestor=staff)

    since = load(
        "email,company,customer number\nanna@example.com,Neri,\nBen@example.com,Rossi,\nother@example.com,Verdi,C\n"
    )

    assert {name: since.counters[name] for name in ("updated", "skipped", "created")} == {
        "updated": 1,
        "skipped": 1,  # of one person the last row counts
        "created": 1,
    }
    (taken,) = [one["id"] for problem in since.problems.all() for one in problem.reasons if one["code"] == "UNIQUE"]
    assert taken == to_global_id("CustomerRecord", anna.pk), "C is of the one who is left"
    rows = table(export(columns=["email", "other_emails", "number", "first_name", "company_name", "tags"]))
    assert rows[1:] == [
        ["anna@example.com", "ben@example.com, carla@example.com", "A", "Benno", "Rossi", "vip"],
        ["new@example.com", "", "", "New", "", "vip"],
        ["other@example.com", "", "", "", "Verdi", ""],
    ]

    run(undo.create(before.pk, actor=actor))

    assert dict(CustomerRecord.objects.values_list("email", "company_name")) == {
        "anna@example.com": "Rossi",
        "other@example.com": "Verdi",
    }
    run(undo.create(since.pk, actor=actor))
    left = CustomerRecord.objects.get()
    assert (left.pk, left.first_name, left.company_name) == (anna.pk, "Benno", "")
    undoing.undo(done.pk, actor=actor, requestor=staff)
    assert dict(CustomerRecord.objects.values_list("email", "first_name")) == {
        "anna@example.com": "",
        "ben@example.com": "Benno",
        "carla@example.com": "",
    }
