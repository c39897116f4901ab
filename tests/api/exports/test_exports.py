"""Exports by the API, from the request to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.exports.inputs import Language
from saleor_customer_plus.bulk.columns import COLUMNS, LANGUAGES
from saleor_customer_plus.bulk.exports.column_sql import is_column
from saleor_customer_plus.bulk.exports.profiles import READY
from saleor_customer_plus.jobs.models import BulkJob, BulkProfile, JobState
from saleor_customer_plus.tags.models import TagAssignment

from ...client import Api
from ...factories import make_record, make_tag

pytestmark = pytest.mark.django_db

CREATE = """
  mutation($filter: CustomerRecordFilterInput, $search: String, $all: Boolean, $input: CustomerExportInput) {
    customerExportCreate(filter: $filter, search: $search, includeInactive: $all, input: $input) {
      job { id kind state exportOptions { columns format }
            report { ... on CustomerExportReport { columns { key header } } } }
      errors { field code message }
    }
  }
"""
JOB = """
  query($id: ID!) { customerJob(id: $id) {
    state resultFile fileName progress { rowsTotal rowsRead fraction bytesTotal }
  } }
"""


@pytest.fixture
def export(api: Api, on_commit: Callable[[], Any]) -> Callable[..., bytes]:
    """Ask for an export, let the worker at it, and fetch the file."""

    def fetch(**arguments: Any) -> bytes:
        with on_commit():
            answer = api(CREATE, **arguments)["customerExportCreate"]
        assert answer["errors"] == []
        job = api(JOB, id=answer["job"]["id"])["customerJob"]
        assert job["state"] == "SUCCEEDED"
        return b"".join(Client().get(job["resultFile"]).streaming_content)

    return fetch


def test_from_the_request_to_the_file(api: Api, on_commit: Callable[[], Any], staff: Any) -> None:
    make_record("anna@example.com", first_name="Anna")
    make_record("ben@example.com", stage="CUSTOMER")
    wanted = {"columns": ["email", "first_name"], "format": "CSV", "delimiter": ";", "encoding": "ISO-8859-1"}
    with on_commit():
        answer = api(CREATE, filter={"stage": "LEAD"}, input=wanted)["customerExportCreate"]
    made = answer["job"]
    assert (made["kind"], made["state"], answer["errors"]) == ("EXPORT", "PENDING", [])
    assert made["exportOptions"] == {"columns": ["email", "first_name"], "format": "CSV"}
    assert made["report"]["columns"] == [
        {"key": "email", "header": "Email"},
        {"key": "first_name", "header": "First name"},
    ]

    job = api(JOB, id=made["id"])["customerJob"]
    content = b"Email;First name\nanna@example.com;Anna\n"
    assert job["progress"] == {"rowsTotal": 1, "rowsRead": 1, "fraction": 1.0, "bytesTotal": float(len(content))}
    response = Client().get(job["resultFile"])
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "text/csv; charset=iso-8859-1"
    assert response["Content-Disposition"].endswith('.csv"')
    kept = BulkJob.objects.get()
    assert (kept.actor_type, kept.actor_id) == ("STAFF", str(staff.pk))


def test_all_a_list_a_search_ids_a_tag(export: Callable[..., bytes]) -> None:
    anna = make_record("anna@example.com", first_name="Anna")
    make_record("ben@example.com")
    make_record("old@example.com", is_active=False)
    TagAssignment.objects.create(record=anna, tag=(tag := make_tag("vip")))

    def emails(**arguments: Any) -> list[str]:
        content = export(input={"columns": ["email"], "encoding": "UTF-8"}, **arguments)
        return content.decode().splitlines()[1:]

    everybody = ["anna@example.com", "ben@example.com"]
    assert emails() == everybody
    assert emails(all=True) == [*everybody, "old@example.com"]
    assert emails(search="anna") == ["anna@example.com"]
    assert emails(filter={"ids": [to_global_id("CustomerRecord", anna.pk)]}) == ["anna@example.com"]
    assert emails(filter={"tags": {"any": [to_global_id("CustomerTag", tag.pk)]}}) == ["anna@example.com"]
    assert emails(filter={"isActive": False}) == ["old@example.com"]


@pytest.mark.parametrize(
    ("arguments", "field", "code"),
    [
        ({"input": {"columns": ["nonsense"]}}, "columns", "INVALID"),
        ({"input": {"profile": "nonsense"}}, "profile", "NOT_FOUND"),
        ({"input": {"dateFormat": "nonsense"}}, "dateFormat", "INVALID"),
        ({"input": {"delimiter": "\x00"}}, "delimiter", "INVALID"),
        ({"search": "x" * 201}, "search", "INVALID"),
        ({"filter": {"ids": ["nonsense"]}}, "filter.ids", "INVALID"),
        ({"filter": {"groups": {"none": ["nonsense"]}}}, "filter.groups.none", "INVALID"),
    ],
)
def test_what_is_wrong_is_told(api: Api, arguments: dict[str, Any], field: str, code: str) -> None:
    answer = api(CREATE, **arguments)["customerExportCreate"]
    assert answer["job"] is None
    assert [(error["field"], error["code"]) for error in answer["errors"]] == [(field, code)]
    assert not BulkJob.objects.exists()


def test_columns_and_profiles_to_choose_from(api: Api) -> None:
    assert list(Language.values) == list(LANGUAGES)
    query = "query($l: CustomerExportLanguage) { customerExportColumns(language: $l) { key header example isDefault } }"
    columns = api(query, l="DE")["customerExportColumns"]
    assert [column["key"] for column in columns] == [key for key in COLUMNS if is_column(key)]
    assert columns[0] == {"key": "email", "header": "E-Mail", "example": "anna@example.com", "isDefault": True}
    assert api(query)["customerExportColumns"][1]["header"] == "First name"

    save = """mutation($name: String!, $input: CustomerExportInput!) {
      customerExportProfileSave(name: $name, input: $input) { profile { id name exportOptions { columns format } }
        errors { field code } } }"""
    wanted = {"columns": ["email"], "format": "TSV"}
    kept = api(save, name="Mine", input=wanted)["customerExportProfileSave"]["profile"]
    assert (kept["name"], kept["exportOptions"]) == ("Mine", wanted)
    refused = api(save, name="Other", input={"profile": "Mine"})["customerExportProfileSave"]
    assert refused == {"profile": None, "errors": [{"field": "profile", "code": "INVALID"}]}

    listed = api(
        "{ customerExportProfiles { id name description exportOptions { columns } importOptions { tags } updatedAt } }"
    )["customerExportProfiles"]
    assert [profile["name"] for profile in listed] == [*READY, "Mine"]
    assert (listed[-1]["id"], listed[0]["id"]) == (kept["id"], None)
    assert listed[-1]["importOptions"] is None
    assert listed[1]["exportOptions"]["columns"][0] == "has_account"

    delete = "mutation($id: ID!) { customerJobProfileDelete(id: $id) { profile { name } errors { code } } }"
    assert api(delete, id=kept["id"])["customerJobProfileDelete"] == {"profile": {"name": "Mine"}, "errors": []}
    assert api(delete, id=kept["id"])["customerJobProfileDelete"]["errors"] == [{"code": "NOT_FOUND"}]
    assert not BulkProfile.objects.exists()


def test_a_saved_profile_is_used(api: Api, export: Callable[..., bytes]) -> None:
    make_record("anna@example.com")
    api(
        'mutation { customerExportProfileSave(name: "Mine", input: {columns: ["email"], format: JSONL}) '
        "{ errors { code } } }"
    )
    assert export(input={"profile": "Mine"}) == b'{"email": "anna@example.com"}\n'


def test_nobody_but_staff(api: Api) -> None:
    stranger = api.by(None)
    for query in (CREATE, "{ customerExportColumns { key } }", "{ customerExportProfiles { name } }"):
        (error,) = stranger.errors(query)
        assert error["extensions"]["exception"]["code"] == "PermissionDenied"
    assert not BulkJob.objects.filter(state=JobState.PENDING).exists()
