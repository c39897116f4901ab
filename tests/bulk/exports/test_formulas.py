"""No program finds a formula in a file that we write, whatever it takes for the end of a cell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.cells import defuse
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.exports.profiles import READY
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_record
from ..counting import APP
from ..imports.test_import_job import load
from ..test_cells import LISTS, begins_like_a_formula

pytestmark = pytest.mark.django_db

FILES: list[dict[str, Any]] = [
    *({"format": "csv", "delimiter": delimiter} for delimiter in (",", ";", "|", "tab")),
    {"format": "tsv"},
    {"format": "csv", "header_language": "de"},
    {"format": "csv", "encoding": "WINDOWS-1252"},
]
OTHERS = [profile.key for profile in READY.values() if profile.fixed]

one_try = settings(max_examples=1, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)


def content_of(job: BulkJob) -> str:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    encoding = job.options["encoding"]
    with job.result_file.open("rb") as file:
        return file.read().decode(encoding)


def cells_of(content: str) -> Iterator[str]:
    """All cells that any program can find."""
    for delimiter in ",;|\t":
        for cells in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
            yield from cells
        for line in content.splitlines():  # without regard to quotes
            yield from line.split(delimiter)


def make_people(texts: list[str]) -> None:
    CustomerRecord.objects.all().delete()
    for serial in range(0, len(texts), 5):
        first, last, company, note, value = [*texts[serial : serial + 5], "", "", "", ""][:5]
        make_record(
            f"p{serial}@example.com",
            first_name=first,
            last_name=last,
            company_name=company,
            store_note=note,
            attributes={"=x;=1": value},
            accepts_promotional_mail=True,
            accepts_newsletter=True,
        )


@pytest.mark.parametrize("options", FILES, ids=lambda options: "-".join(options.values()))
@one_try
@given(LISTS)
def test_in_exports(options: dict[str, Any], texts: list[str]) -> None:
    make_people(texts)
    columns = ["first_name", "last_name", "attribute:=x;=1", "company_name", "store_note", "name"]
    content = content_of(exports.create(RecordList(), ExportRequest(columns=columns, **options), actor=APP))
    assert [cell for cell in cells_of(content) if begins_like_a_formula(cell)] == []


@pytest.mark.parametrize("profile", OTHERS)
@one_try
@given(LISTS)
def test_for_other_tools_nothing_that_could_do_harm(profile: str, texts: list[str]) -> None:
    make_people(texts)
    content = content_of(exports.create(RecordList(), ExportRequest(profile=profile, currency="EUR"), actor=APP))
    own = [cell for cells in csv.reader(io.StringIO(content, newline="")) for cell in cells]
    assert [cell for cell in own if defuse(cell) != cell] == []
    assert [cell for cell in cells_of(content) if cell.lstrip(' "').startswith(("=", "\uff1d"))] == []


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@one_try
@given(LISTS)
def test_in_files_of_refused_rows(delimiter: str, texts: list[str]) -> None:
    # A file of control characters is refused as a whole.
    texts = ["".join(char for char in text if char.isprintable() or char in "\t\n\u2028\xa0") for text in texts]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["email", "first name", "=x;=1", "company"])
    writer.writerows(["nobody", *texts[serial : serial + 3]] for serial in range(0, len(texts) - 3, 3))
    job = load(file.getvalue())
    with job.error_file.open("rb") as errors:
        content = errors.read().decode("utf-8-sig")
    found = [cell for cell in cells_of(content) if begins_like_a_formula(cell)]
    # A phone number or a dash, perhaps with what stands around it in the row.
    assert [cell for cell in found if not re.match(r"[\s,;|\"]*(\+\d|-+([\s,;|\"]|$))", cell)] == []


def test_in_the_reasons_of_refused_rows() -> None:
    job = load("=email;=1,first name\nnobody,Anna\n", mapping={"=email;=1": "email"})
    with job.error_file.open("rb") as errors:
        content = errors.read().decode("utf-8-sig")
    assert "'=email;'=1: " in content
    assert [cell for cell in cells_of(content) if begins_like_a_formula(cell)] == []
