"""Merges in the API."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_note, make_record

pytestmark = pytest.mark.django_db

PREVIEW = """query ($input: CustomerRecordMergePreviewInput!) { customerRecordMergePreview(input: $input) {
    token record { id } records { id } accountId accountIds emails runsAsJob
    fields { field fieldKey label value recordId rule alternatives { recordId value source updatedAt isLocked } }
    consents { channel purpose state records { recordId state } }
    moves { orders notes leads tags groups consentEvents addresses activity emails }
    warnings { code message recordId } blockers { code message recordId } } }"""
MERGE = """mutation ($input: CustomerRecordMergeInput!) { customerRecordMerge(input: $input) {
    merge { id state keptId mergedIds actor { type name } undoFirst { id } }
    record { id otherEmails: emails mergedRecords { id email number mergedInto merge { id } } merges { id state }
        notes(first: 5) { edges { node { text mergedFrom } } } }
    job { id } errors { field message code id } } }""".replace("otherEmails: emails ", "")
UNDO_PREVIEW = """query ($id: ID!) { customerRecordMergeUndoPreview(mergeId: $id) {
    merge { id } conflicts { code recordId field message } } }"""
UNDO = """mutation ($id: ID!) { customerRecordMergeUndo(mergeId: $id) {
    merge { id state undoneBy { type } conflicts { code } } record { id } restored { id email }
    conflicts { code recordId field message } errors { field message code id } } }"""


def gid(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def preview(api: Api, *records: CustomerRecord, **given: Any) -> dict[str, Any]:
    return api(PREVIEW, input={"ids": [gid(one) for one in records], **given})["customerRecordMergePreview"]


def test_records_are_merged_and_parted_again(api: Api) -> None:
    anna = make_record("anna@example.com", first_name="Anna", number="K1")
    other = make_record("a.rossi@example.com", first_name="Ann", last_name="Rossi", number="K2")
    make_note(other, text="Called.")
    told = preview(api, anna, other)
    assert told["record"] == {"id": gid(anna)}
    assert told["blockers"] == told["warnings"] == []
    fields = {one["field"]: one for one in told["fields"]}
    assert (fields["FIRST_NAME"]["value"], fields["FIRST_NAME"]["rule"]) == ("Anna", "KEPT_RECORD")
    assert fields["LAST_NAME"]["recordId"] == gid(other)

    done = api(MERGE, input={"ids": [gid(anna), gid(other)], "token": told["token"]})["customerRecordMerge"]

    assert done["errors"] == []
    assert done["record"]["id"] == gid(anna)
    (former,) = done["record"]["mergedRecords"]
    assert (former["id"], former["number"], former["mergedInto"]) == (gid(other), "K2", gid(anna))
    assert done["record"]["notes"]["edges"] == [{"node": {"text": "Called.", "mergedFrom": gid(other)}}]
    merge_id = done["merge"]["id"]
    assert api(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]["conflicts"] == []
    assert CustomerRecord.objects.count() == 1

    undone = api(UNDO, id=merge_id)["customerRecordMergeUndo"]

    assert undone["errors"] == undone["conflicts"] == []
    assert undone["restored"] == [{"id": gid(other), "email": "a.rossi@example.com"}]
    assert Note.objects.get().record_id == other.pk
