"""Merges in the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import key_of, to_global_id
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tasks import run_job
from tests.client import Api
from tests.factories import make_field, make_field_values, make_note, make_record

pytestmark = pytest.mark.django_db

PREVIEW = """query ($input: CustomerRecordMergePreviewInput!) { customerRecordMergePreview(input: $input) {
    token record { id } records { id } accountId accountIds emails runsAsJob
    fields { field fieldKey label value recordId rule
        alternatives { recordId value source sourceId updatedAt isLocked } }
    consents { channel purpose state records { recordId state } }
    moves { orders notes leads tags groups consentEvents addresses activity emails }
    warnings { code message recordId } blockers { code message recordId } } }"""
MERGE = """mutation ($input: CustomerRecordMergeInput!) { customerRecordMerge(input: $input) {
    merge { id state keptId mergedIds jobId choices { field fieldKey recordId } actor { type } undoFirst { id } }
    record { id firstName mergedRecords { id email number mergedInto merge { id } } merges { id state }
        notes(first: 5) { edges { node { text mergedFrom } } } }
    job { id kind state } errors { field message code id } } }"""
UNDO_PREVIEW = """query ($id: ID!) { customerRecordMergeUndoPreview(mergeId: $id) {
    merge { id } isComplete conflicts { code recordId field message } runsAsJob } }"""
UNDO = """mutation ($id: ID!) { customerRecordMergeUndo(mergeId: $id) {
    merge { id state undoneBy { type } conflicts { code } } record { id } restored { id email }
    conflicts { code recordId field message } job { id kind } errors { field message code id } } }"""


def gid(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def preview(api: Api, *records: CustomerRecord, **given: Any) -> dict[str, Any]:
    return api(PREVIEW, input={"ids": [gid(one) for one in records], **given})["customerRecordMergePreview"]


def merged(api: Api, *records: CustomerRecord, **given: Any) -> dict[str, Any]:
    given = {"token": preview(api, *records)["token"], **given} if "token" not in given else given
    return api(MERGE, input={"ids": [gid(one) for one in records], **given})["customerRecordMerge"]


def test_records_are_merged_and_parted_again(api: Api) -> None:
    make_field("size", label="Size")
    anna = make_record("anna@example.com", first_name="Anna", number="K1")
    other = make_record("a.rossi@example.com", first_name="Ann", last_name="Rossi", number="K2", city="Ulm")
    make_field_values(other, size="L")
    make_note(other, text="Called.")

    told = preview(api, anna, other)

    assert told["record"] == {"id": gid(anna)}
    assert told["emails"] == ["anna@example.com", "a.rossi@example.com"]
    assert told["blockers"] == told["warnings"] == []
    assert (told["moves"]["notes"], told["moves"]["emails"], told["runsAsJob"]) == (1, 1, False)
    fields = {one["field"]: one for one in told["fields"]}
    assert (fields["FIRST_NAME"]["value"], fields["FIRST_NAME"]["rule"]) == ("Anna", "KEPT_RECORD")
    assert fields["LAST_NAME"]["recordId"] == gid(other)
    assert fields["ADDRESS"]["value"]["city"] == "Ulm"
    assert (fields["FIELD"]["fieldKey"], fields["FIELD"]["label"], fields["FIELD"]["value"]) == ("size", "Size", "L")
    assert fields["FIELD"]["alternatives"][0]["source"] == "STAFF"

    done = merged(api, anna, other, choices=[{"field": "FIRST_NAME", "recordId": gid(other)}])

    assert done["errors"] == []
    assert (done["record"]["id"], done["record"]["firstName"]) == (gid(anna), "Ann")
    (former,) = done["record"]["mergedRecords"]
    assert (former["id"], former["number"], former["mergedInto"]) == (gid(other), "K2", gid(anna))
    assert done["record"]["notes"]["edges"] == [{"node": {"text": "Called.", "mergedFrom": gid(other)}}]
    assert done["merge"]["choices"] == [{"field": "FIRST_NAME", "fieldKey": None, "recordId": gid(other)}]
    merge_id = done["merge"]["id"]
    assert api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]["conflicts"] == []
    assert CustomerRecord.objects.count() == 1, "a preview changes nothing"

    undone = api(UNDO, id=merge_id)["customerRecordMergeUndo"]

    assert undone["errors"] == undone["conflicts"] == []
    assert undone["restored"] == [{"id": gid(other), "email": "a.rossi@example.com"}]
    assert Note.objects.get().record_id == other.pk
    assert api(UNDO, id=merge_id)["customerRecordMergeUndo"]["errors"][0]["code"] == "ALREADY_EXISTS"


def test_a_token_is_of_what_was_seen(api: Api) -> None:
    anna, ben, carla = make_record(), make_record(), make_record()
    token = preview(api, anna, ben)["token"]

    (other,) = merged(api, anna, carla, token=token)["errors"]
    make_note(ben)
    (changed,) = merged(api, anna, ben, token=token)["errors"]
    (forged,) = merged(api, anna, ben, token="x")["errors"]

    assert [(one["field"], one["code"]) for one in (other, changed, forged)] == [
        ("token", "STALE"),
        ("token", "STALE"),
        ("token", "INVALID"),
    ]
    assert not Merge.objects.exists()


def test_who_merges_the_same_records_later_is_told(api: Api) -> None:
    anna, ben = make_record(), make_record()
    token = preview(api, anna, ben)["token"]
    assert merged(api, anna, ben, token=token)["errors"] == []

    (error,) = merged(api, anna, ben, token=token)["errors"]

    assert (error["code"], error["id"]) == ("ALREADY_EXISTS", gid(anna))


def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    anna, ben, carla = make_record(), make_record(), make_record()
    choices = [
        {"field": "PHONE", "recordId": gid(carla)},
        {"field": "FIELD", "recordId": gid(ben)},
        {"field": "FIELD", "fieldKey": "no", "recordId": gid(ben)},
    ]
    done = merged(
        api,
        anna,
        ben,
        winnerId=gid(carla),
        accountId=to_global_id("User", 999),
        choices=choices,
        token=preview(api, anna, ben)["token"],
    )

    assert {error["field"] for error in done["errors"]} == {
        "winnerId",
        "accountId",
        "choices.0.recordId",
        "choices.1.fieldKey",
        "choices.2.fieldKey",
    }


def test_a_merged_id_is_taken_for_the_record_that_is_left_but_not_to_delete_it(api: Api) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com", number="K2")
    merged(api, anna, ben)

    assert api("query ($id: ID) { customerRecord(id: $id) { id } }", id=gid(ben)) == {
        "customerRecord": {"id": gid(anna)}
    }
    assert api('{ customerRecord(number: "K2") { id } }') == {"customerRecord": {"id": gid(anna)}}
    tag = """mutation ($id: ID!) { customerRecordTagsAdd(recordId: $id, names: ["VIP"]) {
        record { id } errors { message } } }"""
    assert api(tag, id=gid(ben))["customerRecordTagsAdd"]["record"] == {"id": gid(anna)}
    listed = "query ($ids: [ID!]) { customerRecords(filter: {ids: $ids}, first: 5) { edges { node { id } } } }"
    assert api(listed, ids=[gid(ben)])["customerRecords"]["edges"] == [{"node": {"id": gid(anna)}}]
    (error,) = api.errors("query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token } }", id=gid(ben))
    assert error["extensions"]["code"] == "STALE"


def test_much_is_moved_by_a_job_that_is_undone_as_one(
    api: Api, on_commit: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saleor_customer_plus.bulk.merges.starting.MOVED_AT_ONCE", 0)
    anna, ben = make_record(), make_record()
    make_note(ben)

    with on_commit():
        done = merged(api, anna, ben)

    assert (done["merge"], done["errors"], done["job"]["kind"]) == (None, [], "MERGE")
    job = "query ($id: ID!) { customerJob(id: $id) { state progress { updated refused } } }"
    assert api(job, id=done["job"]["id"])["customerJob"] == {
        "state": "SUCCEEDED",
        "progress": {"updated": 1, "refused": 0},
    }
    assert Merge.objects.get().record_id == anna.pk
    with on_commit():
        undo = api(
            "mutation ($id: ID!) { customerJobUndo(id: $id) { job { id } errors { message } } }", id=done["job"]["id"]
        )
    assert undo["customerJobUndo"]["errors"] == []
    assert CustomerRecord.objects.count() == 2
    assert Note.objects.get().record_id == ben.pk


def test_a_request_looks_for_conflicts_only_where_that_is_quick(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ben = make_record(), make_record()
    note = make_note(ben)
    merge_id = merged(api, anna, ben)["merge"]["id"]
    note.delete()
    shown = api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]
    assert (shown["isComplete"], [one["code"] for one in shown["conflicts"]]) == (True, ["DELETED_SINCE"])
    monkeypatch.setattr("saleor_customer_plus.merging.undo.services.PREVIEWED_AT_ONCE", 0)
    with CaptureQueriesContext(connection) as captured:
        shown = api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]
    assert (shown["isComplete"], shown["conflicts"]) == (False, [])
    verbs = {query["sql"].split(maxsplit=1)[0] for query in captured.captured_queries}
    assert verbs.isdisjoint({"INSERT", "UPDATE", "DELETE"})


def test_much_is_given_back_by_a_job(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ben = make_record(), make_record()
    make_note(ben)
    merge_id = merged(api, anna, ben)["merge"]["id"]
    assert api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]["runsAsJob"] is False
    for module in ("merging.undo.services", "api.merging.queries"):
        monkeypatch.setattr(f"saleor_customer_plus.{module}.MOVED_AT_ONCE", 0)
    assert api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]["runsAsJob"] is True

    undone = api(UNDO, id=merge_id)["customerRecordMergeUndo"]

    assert (undone["merge"], undone["record"], undone["restored"], undone["errors"]) == (None, None, None, [])
    assert undone["job"]["kind"] == "MERGE_UNDO"
    assert Merge.objects.get().state == "MERGED"
    (again,) = api(UNDO, id=merge_id)["customerRecordMergeUndo"]["errors"]
    assert again["code"] == "OUT_OF_SCOPE", "one job is enough"
    run_job(key_of(undone["job"]["id"], "CustomerJob", field="id"))
    job = """query ($id: ID!) { customerJob(id: $id) { state progress { updated }
        report { ... on CustomerUndoReport { changed kept } } } }"""
    assert api(job, id=undone["job"]["id"])["customerJob"] == {
        "state": "SUCCEEDED",
        "progress": {"updated": 1},
        "report": {"changed": 1, "kept": 0},
    }
    assert Note.objects.get().record_id == ben.pk
