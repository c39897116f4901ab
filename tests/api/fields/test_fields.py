"""Fields of the shop's own by the API."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.queries import live
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_field, make_field_values, make_record

pytestmark = pytest.mark.django_db

ERRORS = "errors { field message code id }"
FIELD = """
  id key label type helpText isRequired isUnique isIndexed isVisibleToCustomer position valueCount
  limits { minLength maxLength mask minNumber maxNumber minDate maxDate currency } choices { value label }
"""
CREATE = (
    f"mutation ($input: CustomerFieldCreateInput!) {{ customerFieldCreate(input: $input) {{"
    f" field {{ {FIELD} }} {ERRORS} }} }}"
)
UPDATE = (
    f"mutation ($id: ID!, $input: CustomerFieldUpdateInput!) {{ customerFieldUpdate(id: $id, input: $input) {{"
    f" field {{ {FIELD} }} {ERRORS} }} }}"
)
DELETE = f"mutation ($id: ID!) {{ customerFieldDelete(id: $id) {{ field {{ id key }} {ERRORS} }} }}"
REORDER = f"mutation ($ids: [ID!]!) {{ customerFieldsReorder(ids: $ids) {{ fields {{ key position }} {ERRORS} }} }}"
OF_RECORD = "fields { key label type value text source sourceId isLocked }"
CREATE_RECORD = (
    "mutation ($input: CustomerRecordCreateInput!)"
    f" {{ customerRecordCreate(input: $input) {{ record {{ id {OF_RECORD} }} {ERRORS} }} }}"
)
UPDATE_RECORD = (
    "mutation ($id: ID!, $input: CustomerRecordInput!, $version: String) { customerRecordUpdate(id: $id,"
    f" input: $input, version: $version) {{ record {{ version {OF_RECORD} }} {ERRORS} }} }}"
)


def gid(row: Any) -> str:
    kind = {"FieldDefinition": "CustomerField", "User": "User"}.get(type(row).__name__, type(row).__name__)
    return b64encode(f"{kind}:{row.pk}".encode()).decode()


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    ((_, payload),) = answer.items()
    return [(error["field"], error["code"]) for error in payload["errors"]]


class TestDefinitions:
    def test_create(self, api: Api) -> None:
        payload = api(
            CREATE,
            input={
                "label": "Shoe size",
                "type": "NUMBER",
                "isIndexed": True,
                "helpText": "In EU sizes.",
                "limits": {"minNumber": 15, "maxNumber": 55.5},
            },
        )["customerFieldCreate"]

        field = FieldDefinition.objects.get()
        assert payload == {
            "field": {
                "id": gid(field),
                "key": "shoe_size",
                "label": "Shoe size",
                "type": "NUMBER",
                "helpText": "In EU sizes.",
                "isRequired": False,
                "isUnique": False,
                "isIndexed": True,
                "isVisibleToCustomer": False,
                "position": 0,
                "valueCount": 0,
                "limits": {
                    "minLength": None,
                    "maxLength": None,
                    "mask": None,
                    "minNumber": 15.0,
                    "maxNumber": 55.5,
                    "minDate": None,
                    "maxDate": None,
                    "currency": None,
                },
                "choices": [],
            },
            "errors": [],
        }

    def test_all_that_is_wrong_is_told_at_once(self, api: Api) -> None:
        given = {"label": "", "type": "TEXT", "limits": {"minNumber": 1}, "choices": [{"label": "A"}]}
        assert errors(api(CREATE, input=given)) == [
            ("label", "REQUIRED"),
            ("limits.minNumber", "INVALID"),
            ("choices", "INVALID"),
            ("key", "REQUIRED"),
        ]

    def test_update(self, api: Api) -> None:
        field = make_field("size", label="Size", limits={"max_length": 5})
        payload = api(UPDATE, id=gid(field), input={"label": "Shoe size", "isRequired": True})["customerFieldUpdate"]
        assert payload["errors"] == []
        assert (payload["field"]["label"], payload["field"]["isRequired"]) == ("Shoe size", True)
        assert payload["field"]["limits"]["maxLength"] == 5
        assert errors(api(UPDATE, id=b64encode(b"CustomerField:0").decode(), input={})) == [("id", "NOT_FOUND")]

    def test_a_change_that_would_alter_values(self, api: Api) -> None:
        field, record = make_field("size"), make_record()
        make_field_values(record, size="L")
        for input in ({"limits": {"maxLength": 1}}, {"isUnique": True}, {"isIndexed": True}):
            assert errors(api(UPDATE, id=gid(field), input=input)) == [("token", "REQUIRED")]
        assert errors(api(DELETE, id=gid(field))) == [("token", "REQUIRED")]
        FieldValue.objects.all().delete()
        assert errors(api(UPDATE, id=gid(field), input={"isIndexed": True})) == []

    def test_list_reorder_and_delete(self, api: Api) -> None:
        one, two = make_field("one", position=0), make_field("two", position=1)
        make_field_values(make_record(), one="x")
        listed = "{ customerFields { key valueCount } }"
        assert api(listed) == {"customerFields": [{"key": "one", "valueCount": 1}, {"key": "two", "valueCount": 0}]}
        assert api(REORDER, ids=[gid(two)])["customerFieldsReorder"]["fields"] == [
            {"key": "two", "position": 0},
            {"key": "one", "position": 1},
        ]
        assert api(DELETE, id=gid(two))["customerFieldDelete"]["field"] == {"id": gid(two), "key": "two"}
        assert api(listed) == {"customerFields": [{"key": "one", "valueCount": 1}]}
        query = "query ($id: ID!) { customerField(id: $id) { key } }"
        assert api(query, id=gid(one)) == {"customerField": {"key": "one"}}
        assert api(query, id=gid(two)) == {"customerField": None}


class TestChanges:
    def test_preview_change_and_restore(self, api: Api) -> None:
        field = make_field("size")
        anna, ben = make_record(), make_record()
        make_field_values(anna, size="38")
        make_field_values(ben, size="large")
        preview = (
            "query ($id: ID!, $input: CustomerFieldUpdateInput) { customerFieldChangePreview(id: $id, input: $input)"
            " { valueCount keptCount lostCount lostExamples token } }"
        )
        input = {"type": "NUMBER"}
        told = api(preview, id=gid(field), input=input)["customerFieldChangePreview"]
        token = told.pop("token")
        assert told == {"valueCount": 2, "keptCount": 1, "lostCount": 1, "lostExamples": ["large"]}
        update = UPDATE.replace("($id", "($token: String, $id").replace(
            "input: $input)", "input: $input, token: $token)"
        )
        changed = api(update, id=gid(field), input=input, token=token)["customerFieldUpdate"]
        assert (changed["errors"], changed["field"]["type"], changed["field"]["valueCount"]) == ([], "NUMBER", 1)

        archived = api("{ customerFields(isArchived: true) { id type archivedAt } }")["customerFields"]
        assert [(one["id"], one["type"]) for one in archived] == [(gid(field), "TEXT")]
        restore = f"mutation ($id: ID!) {{ customerFieldRestore(id: $id) {{ field {{ id valueCount }} {ERRORS} }} }}"
        assert api(restore, id=gid(field))["customerFieldRestore"] == {
            "field": {"id": gid(field), "valueCount": 2},
            "errors": [],
        }
        assert errors(api(restore, id=gid(field))) == [("id", "NOT_FOUND")]

        delete = DELETE.replace("($id: ID!)", "($id: ID!, $token: String)").replace(
            "(id: $id)", "(id: $id, token: $token)"
        )
        token = api(preview, id=gid(field))["customerFieldChangePreview"]["token"]
        assert errors(api(delete, id=gid(field), token=token)) == []
        assert api("{ customerFields { id } }") == {"customerFields": []}

    def test_what_is_wrong_with_a_change(self, api: Api) -> None:
        query = (
            "query ($id: ID!, $input: CustomerFieldUpdateInput) { customerFieldChangePreview(id: $id, input: $input)"
            " { token } }"
        )
        (error,) = api.errors(query, id=gid(make_field("size")), input={"type": "CHOICE"})
        assert (error["extensions"]["field"], error["extensions"]["code"]) == ("choices", "REQUIRED")


class TestValues:
    def test_create_and_update(self, api: Api, staff: Any) -> None:
        make_field("size", "CHOICE", label="Size", choices=["Small", "Large"], position=0)
        make_field("birthday", "DATE", label="Birthday", position=1)
        created = api(
            CREATE_RECORD, input={"email": "anna@example.com", "fields": [{"key": "size", "value": "small"}]}
        )["customerRecordCreate"]
        assert created["errors"] == []
        size = {
            "key": "size",
            "label": "Size",
            "type": "CHOICE",
            "value": "small",
            "text": "Small",
            "source": "STAFF",
            "sourceId": gid(staff),
            "isLocked": False,
        }
        birthday = {
            "key": "birthday",
            "label": "Birthday",
            "type": "DATE",
            "value": None,
            "text": "",
            "source": None,
            "sourceId": None,
            "isLocked": False,
        }
        assert created["record"]["fields"] == [size, birthday]

        given = [{"key": "size", "value": "large"}, {"key": "birthday", "value": "1980-02-29"}]
        updated = api(UPDATE_RECORD, id=created["record"]["id"], input={"fields": given})["customerRecordUpdate"]
        assert updated["errors"] == []
        assert [(one["value"], one["text"], one["isLocked"]) for one in updated["record"]["fields"]] == [
            ("large", "Large", True),
            ("1980-02-29", "1980-02-29", True),
        ]
        entry = ActivityEntry.objects.latest("id")
        assert (entry.before, entry.after) == (
            {"fields": {"size": "small", "birthday": None}},
            {"fields": {"size": "large", "birthday": "1980-02-29"}},
        )

    def test_the_log_by_the_api(self, api: Api) -> None:
        record, _ = make_record(), make_field("shoe_size", "NUMBER")
        api(UPDATE_RECORD, id=gid(record), input={"fields": [{"key": "shoe_size", "value": 38}]})
        query = "query ($id: ID!) { customerRecord(id: $id) { activity(first: 1) { edges { node { after } } } } }"
        (edge,) = api(query, id=gid(record))["customerRecord"]["activity"]["edges"]
        assert edge["node"]["after"] == {"fields": {"shoe_size": 38}}

    def test_what_is_wrong_is_told_at_its_place(self, api: Api) -> None:
        anna, ben = make_record(), make_record()
        make_field("size", "NUMBER", is_required=True)
        make_field("badge_no", is_unique=True)
        make_field_values(anna, badge_no="A-1")
        given = [{"key": "badge_no", "value": "x"}, {"key": "colour", "value": 1}, {"key": "size", "value": None}]
        for answer in (
            api(UPDATE_RECORD, id=gid(ben), input={"fields": given}),
            api(CREATE_RECORD, input={"email": "carla@example.com", "fields": given}),
        ):
            assert errors(answer) == [("fields.1.key", "NOT_FOUND"), ("fields.2.value", "REQUIRED")]
        given = [{"key": "size", "value": 1}, {"key": "badge_no", "value": "a-1"}]
        for answer in (
            api(UPDATE_RECORD, id=gid(ben), input={"fields": given}),
            api(CREATE_RECORD, input={"email": "carla@example.com", "fields": given}),
        ):
            ((_, payload),) = answer.items()
            (error,) = payload["errors"]
            assert (error["field"], error["code"], error["id"]) == ("fields.1.value", "UNIQUE", gid(anna))
        assert errors(api(CREATE_RECORD, input={"email": "carla@example.com"})) == [("fields", "REQUIRED")]
        assert CustomerRecord.objects.count() == 2

    def test_a_required_field_does_not_keep_other_fields_from_being_edited(self, api: Api) -> None:
        record, _ = make_record(), make_field("size", is_required=True)
        assert errors(api(UPDATE_RECORD, id=gid(record), input={"firstName": "Anna"})) == []

    def test_two_who_edit_at_once(self, api: Api) -> None:
        record, _ = make_record(), make_field("size")
        version = api("query ($id: ID!) { customerRecord(id: $id) { version } }", id=gid(record))["customerRecord"]
        given = {"fields": [{"key": "size", "value": "L"}]}
        assert errors(api(UPDATE_RECORD, id=gid(record), input=given, **version)) == []
        assert errors(api(UPDATE_RECORD, id=gid(record), input=given, **version)) == [("version", "STALE")]

    def test_some_of_the_fields(self, api: Api) -> None:
        make_record()
        make_field("one")
        make_field("two")
        query = '{ customerRecords(first: 1) { edges { node { fields(keys: ["two", "three"]) { key } } } } }'
        (edge,) = api(query)["customerRecords"]["edges"]
        assert edge["node"] == {"fields": [{"key": "two"}]}

    def test_statements_do_not_grow_with_the_page(self, api: Api) -> None:
        make_field("size")
        make_field("colour")

        def count() -> int:
            query = "{ customerRecords(first: 100) { edges { node { fields { key value text } } } } }"
            with CaptureQueriesContext(connection) as queries:
                api(query)
            return len(queries)

        make_field_values(make_record(), size="L")
        count()  # a real Saleor reads its settings once
        few = count()
        for _ in range(10):
            make_field_values(make_record(), size="L", colour="red")
        assert count() == few


class TestVeryManyValues:
    @pytest.fixture(autouse=True)
    def _few_are_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(changes, "MAX_VALUES", 1)

    def test_a_job_shows_what_becomes_of_them_and_waits(self, api: Api, on_commit: Any) -> None:
        field = make_field("size")
        for text in ("1", "many"):
            make_field_values(make_record(), size=text)
        id = gid(field)
        preview = "query ($id: ID!) { customerFieldChangePreview(id: $id, input: {type: NUMBER}) { token } }"
        (error,) = api.errors(preview, id=id)
        assert error["extensions"]["code"] == "LIMIT_REACHED"
        update = """
            mutation ($id: ID!) {
              customerFieldUpdate(id: $id, input: {type: NUMBER}) { field { id } job { id } errors { field code } }
            }
        """
        with on_commit():
            payload = api(update, id=id)["customerFieldUpdate"]
        assert (payload["field"], payload["errors"]) == (None, [])
        job = """
            query ($id: ID!) { customerJob(id: $id) { kind state report {
              ... on CustomerFieldChangeReport { valueCount keptCount lostCount lostExamples }
            } } }
        """
        assert api(job, id=payload["job"]["id"])["customerJob"] == {
            "kind": "FIELD",
            "state": "READY",
            "report": {"valueCount": 2, "keptCount": 1, "lostCount": 1, "lostExamples": ["many"]},
        }
        start = "mutation ($id: ID!) { customerFieldChangeStart(id: $id) { job { id } errors { field code } } }"
        with on_commit():
            assert api(start, id=payload["job"]["id"])["customerFieldChangeStart"]["errors"] == []
        assert api(job, id=payload["job"]["id"])["customerJob"]["state"] == "SUCCEEDED"
        assert [one.type for one in live()] == ["NUMBER"]
        restore = "mutation ($id: ID!) { customerFieldRestore(id: $id) { job { id } errors { field code } } }"
        make_field_values(make_record(), size=3)
        with on_commit():
            assert api(restore, id=id)["customerFieldRestore"]["job"]
        assert live() == [field]
