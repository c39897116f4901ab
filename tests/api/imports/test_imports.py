"""Imports by the API."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord

from ...client import Api

pytestmark = pytest.mark.django_db

CREATE = """
mutation ($file: Upload, $text: String, $input: CustomerImportInput) {
  customerImportCreate(file: $file, text: $text, input: $input) {
    job { id state fileName importOptions { makeAccounts } }
    errors { field code message }
  }
}
"""
JOB = """
query ($id: ID!) {
  customerJob(id: $id) { state errorCode report { ... on CustomerImportReport {
      columns { header column samples } preview { counts { toCreate } accountsToOpen rows { values { field value } } }
    } } progress { rowsRead created refused } errorFile
    problems(first: 5) { edges { node { rowNumber reasons { field code } } } } }
}
"""
START = """
mutation ($id: ID!, $missing: Int) {
  customerImportStart(id: $id, missing: $missing) { job { state } errors { field code } }
}
"""
UPDATE = """
mutation ($id: ID!, $input: CustomerImportInput!) {
  customerImportUpdate(id: $id, input: $input) { job { state } errors { field code } }
}
"""


def work() -> None:
    for _ in jobs.run(BulkJob.objects.latest("pk").pk):
        pass


def csv_file(text: str, name: str = "people.csv") -> Any:
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def test_a_file_is_previewed_corrected_and_imported(api: Api) -> None:
    content = "Mail,Wer,Farbe\na@example.com,Anna Rossi,rot\nb@,Bo,blau\n"
    made = api.upload(CREATE, {"file": csv_file(content)}, input={"keepUnknown": False})["customerImportCreate"]
    assert made["errors"] == []
    assert (made["job"]["state"], made["job"]["fileName"]) == ("PENDING", "people.csv")
    id = made["job"]["id"]
    work()
    told = api(JOB, id=id)["customerJob"]
    assert told["state"] == "READY"
    assert told["report"]["columns"] == [
        {"header": "Mail", "column": "email", "samples": ["a@example.com", "b@"]},
        {"header": "Wer", "column": None, "samples": ["Anna Rossi", "Bo"]},
        {"header": "Farbe", "column": None, "samples": ["rot", "blau"]},
    ]
    corrected = {"mapping": [{"header": "Wer", "column": "name"}, {"header": "Farbe", "column": "attribute:color"}]}
    assert api(UPDATE, id=id, input=corrected)["customerImportUpdate"] == {"job": {"state": "PENDING"}, "errors": []}
    work()
    told = api(JOB, id=id)["customerJob"]
    assert told["report"]["preview"]["counts"]["toCreate"] == 1
    values = {one["field"]: one["value"] for one in told["report"]["preview"]["rows"][0]["values"]}
    assert values == {
        "email": "a@example.com",
        "first_name": "Anna",
        "last_name": "Rossi",
        "attributes": {"color": "rot"},
    }
    assert api(START, id=id)["customerImportStart"] == {"job": {"state": "PENDING"}, "errors": []}
    work()
    told = api(JOB, id=id)["customerJob"]
    assert (told["state"], told["progress"]) == ("SUCCEEDED", {"rowsRead": 2, "created": 1, "refused": 1})
    assert told["errorFile"]
    assert CustomerRecord.objects.get().attributes == {"color": "rot"}


def test_a_pasted_text_is_imported(api: Api) -> None:
    text = "Anna Rossi <a@example.com>, b@example.com; c@example.com"
    made = api(CREATE, text=text, input={"showPreview": False, "tags": ["pasted"]})["customerImportCreate"]
    assert made["errors"] == []
    work()
    found = CustomerRecord.objects.order_by("email").values_list("email", "first_name", "last_name")
    assert list(found) == [("a@example.com", "Anna", "Rossi"), ("b@example.com", "", ""), ("c@example.com", "", "")]


@pytest.mark.parametrize(
    ("variables", "field", "code"),
    [
        ({}, "file", "INVALID"),
        ({"text": " "}, "text", "REQUIRED"),
        ({"text": "a@b.it", "input": {"subscribe": "ALL"}}, "lawfulBasis", "REQUIRED"),
        ({"text": "a@b.it", "input": {"subscribe": "ALL", "lawfulBasis": "CONSENT"}}, "wording", "REQUIRED"),
        ({"text": "a@b.it", "input": {"deactivateMissing": True, "showPreview": False}}, "showPreview", "INVALID"),
        ({"text": "a@b.it", "input": {"profile": "none"}}, "profile", "NOT_FOUND"),
        ({"text": "a@b.it", "input": {"profile": "a\x00b"}}, "profile", "INVALID"),
        ({"text": "a@b.it", "input": {"tags": ["a,b"]}}, "tags", "INVALID"),
        ({"text": "a@b.it", "input": {"country": "XX"}}, "country", "INVALID"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(api: Api, variables: dict[str, Any], field: str, code: str) -> None:
    answer = api(CREATE, **variables)["customerImportCreate"]
    assert (answer["errors"][0]["field"], answer["errors"][0]["code"]) == (field, code)
    assert answer["job"] is None
    assert BulkJob.objects.count() == 0


def test_a_profile_keeps_options(api: Api) -> None:
    saved = api(
        """
        mutation ($input: CustomerImportInput!) {
          customerImportProfileSave(name: "Old shop", input: $input) {
            profile { name exportOptions { format } importOptions { tags mapping { header column } } }
            errors { field }
          }
        }
        """,
        input={"tags": ["old"], "mapping": [{"header": "Wer", "column": "name"}]},
    )["customerImportProfileSave"]
    assert saved["errors"] == []
    kept = {"tags": ["old"], "mapping": [{"header": "Wer", "column": "name"}]}
    assert saved["profile"] == {"name": "Old shop", "exportOptions": None, "importOptions": kept}
    assert api("{ customerImportProfiles { name } }") == {"customerImportProfiles": [{"name": "Old shop"}]}
    api(CREATE, text="a@b.it", input={"profile": "old shop", "showPreview": False})
    work()
    assert list(CustomerRecord.objects.values_list("tag_assignments__tag__name", flat=True)) == ["old"]


@pytest.mark.parametrize("language", ["EN", "IT", "DE", "FR", "ES"])
def test_the_sample_can_be_loaded_as_it_is(api: Api, language: str) -> None:
    asked = "query ($language: CustomerExportLanguage) { customerImportSample(language: $language) }"
    sample = api(asked, language=language)["customerImportSample"]
    rows = list(csv.reader(io.StringIO(sample)))
    api.upload(CREATE, {"file": csv_file(sample)}, input={"showPreview": False})
    work()
    job = BulkJob.objects.get()
    assert (job.state, job.counters) == ("SUCCEEDED", {"read": 1, "created": 1})
    assert all(column["column"] for column in job.report["mapping"]["columns"])
    assert len(rows[0]) == len(job.report["mapping"]["columns"])


def test_columns_and_formats_are_told(api: Api) -> None:
    told = api("{ customerImportColumns { key header holds example } customerImportFormats { key name } }")
    assert told["customerImportColumns"][0] == {
        "key": "email",
        "header": "Email",
        "holds": "an e-mail address",
        "example": "anna@example.com",
    }
    assert {"key": "shopify", "name": "Shopify"} in told["customerImportFormats"]


@pytest.mark.parametrize("query", ["{ customerImportSample }", "{ customerImportProfiles { name } }"])
def test_only_who_may_manage_users_is_answered(api: Api, query: str) -> None:
    assert api.by(None).errors(query)[0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert api.by(None).errors(CREATE, text="a@b.it")[0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert BulkJob.objects.count() == 0


def test_accounts_may_be_asked_for(api: Api) -> None:
    given = {"makeAccounts": True, "showPreview": True}
    made = api.upload(CREATE, {"file": csv_file("Email\na@example.com\n")}, input=given)["customerImportCreate"]
    assert made["errors"] == []
    assert made["job"]["importOptions"]["makeAccounts"] is True
    work()
    assert api(JOB, id=made["job"]["id"])["customerJob"]["report"]["preview"]["accountsToOpen"] == 1
    assert api(UPDATE, id=made["job"]["id"], input=given)["customerImportUpdate"]["errors"] == []
