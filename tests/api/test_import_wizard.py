"""The import wizard of docs/import.md, built of what the page says and of typed fields only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord

from ..client import Api
from ..factories import change, make_record

pytestmark = pytest.mark.django_db

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text()
WIZARD = PAGE.partition("## An import wizard\n")[2].partition("\n## ")[0]
(FILE,) = re.findall(r"```csv\n(.*?)```", WIZARD, re.DOTALL)
STEPS = {
    re.findall(r"\w+ (\w+)\(", operation)[0]: operation
    for operation in re.findall(r"```graphql\n(.*?)```", WIZARD, re.DOTALL)
}


def work() -> None:
    """What Celery's workers do meanwhile."""
    for _ in jobs.run(BulkJob.objects.latest("pk").pk):
        pass


def test_the_steps_are_told() -> None:
    assert list(STEPS) == ["Upload", "Preview", "Correct", "Start", "Result", "Undo", "Undone"]


def test_a_wizard(api: Api, on_commit: Any, staff: Any) -> None:
    change(staff, first_name="Ada", last_name="Boss")

    def step(name: str, **variables: Any) -> Any:
        with on_commit():
            answer = api(STEPS[name], **variables)
        return next(iter(answer.values()))

    make_record("anna@example.com", first_name="Ann")
    upload = SimpleUploadedFile("people.csv", FILE.encode(), content_type="text/csv")
    made = api.upload(STEPS["Upload"], {"file": upload}, input={"tags": ["fair"]})["customerImportCreate"]
    assert made["errors"] == []
    id = made["job"]["id"]
    work()

    # The preview. One of the columns is not known: its samples tell what it is.
    told = api(STEPS["Preview"], id=id)
    job, columns = told["customerJob"], {one["key"] for one in told["customerImportColumns"]}
    assert (job["state"], job["errorCode"], job["waitingReason"]) == ("READY", None, None)
    report = job["report"]
    assert (report["format"], report["file"]["delimiter"], report["file"]["otherSheets"]) == (None, ",", [])
    assert report["columns"] == [
        {"header": "Mail", "column": "email", "samples": ["anna@example.com", "bo@"]},
        {"header": "Wer", "column": None, "samples": ["Anna Rossi", "Bo"]},
        {"header": "Farbe", "column": None, "samples": ["rot", "blau"]},
    ]
    assert "name" in columns
    corrected = [
        {"header": one["header"], "column": {"Wer": "name", "Farbe": "attribute:color"}[one["header"]]}
        for one in report["columns"]
        if one["column"] is None
    ]

    # Corrected, it is previewed anew.
    assert step("Correct", id=id, input={"tags": ["fair"], "mapping": corrected})["errors"] == []
    job = step("Preview", id=id)
    assert job["state"] == "READY"
    preview = job["report"]["preview"]
    assert preview["counts"] == {
        "toCreate": 0,
        "toUpdate": 1,
        "toLeave": 0,
        "toSkip": 0,
        "toRefuse": 1,
        "withWarnings": 0,
    }
    assert {"field": "first_name", "count": 1} in preview["changedFields"]
    row, refused = preview["rows"]
    assert (refused["rowNumber"], refused["result"]) == (3, "REFUSED")
    assert (row["rowNumber"], row["result"], row["reasons"]) == (2, "UPDATED", [])
    assert {"field": "attributes", "value": {"color": "rot"}} in row["values"]
    assert row["changes"] == [
        {"field": "attributes", "before": {}, "after": {"color": "rot"}},
        {"field": "first_name", "before": "Ann", "after": "Anna"},
        {"field": "last_name", "before": "", "after": "Rossi"},
        {"field": "tags", "before": [], "after": ["fair"]},
    ]
    assert (preview["consents"], preview["accountsToOpen"], preview["missing"]) == (None, None, None)
    ((problem,),) = ([edge["node"] for edge in job["problems"]["edges"]],)
    assert (problem["rowNumber"], problem["cells"]) == (3, ["bo@", "Bo", "blau"])
    assert [(reason["field"], reason["code"]) for reason in problem["reasons"]] == [("email", "INVALID")]
    assert CustomerRecord.objects.get().first_name == "Ann"

    # Imported. The refused row comes back with its reason.
    assert step("Start", id=id)["errors"] == []
    done = step("Result", id=id)
    assert (done["state"], done["createdBy"]) == ("SUCCEEDED", {"name": "Ada Boss"})
    counted = {"rowsRead": 2, "created": 0, "updated": 1, "unchanged": 0, "skipped": 0, "refused": 1, "withWarnings": 0}
    assert done["progress"] == counted
    assert done["problems"]["edges"][0]["node"]["reasons"] == problem["reasons"]
    assert (done["importOptions"]["tags"], done["importOptions"]["mapping"]) == (["fair"], corrected)
    lines = b"".join(Client().get(done["errorFile"]).streaming_content).decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1][:12]) == ("Mail,Wer,Farbe,Reason", "bo@,Bo,blau,")
    assert done["warningFile"] is None
    assert CustomerRecord.objects.get().first_name == "Anna"

    # It was the wrong file.
    undoing = step("Undo", id=id)
    assert undoing["errors"] == []
    undone = step("Undone", id=undoing["job"]["id"])
    assert (undone["state"], undone["undoes"]) == ("SUCCEEDED", id)
    assert undone["report"] == {"deleted": 0, "changed": 1, "kept": 0, "accountsKept": 0, "accountsChanged": 0}
    assert undone["problems"]["edges"] == []
    assert CustomerRecord.objects.get().first_name == "Ann"
