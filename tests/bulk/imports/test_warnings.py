"""What is left out of a row is told: in the preview, the report, the problems, and a file that can be loaded again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk.imports import problems
from saleor_customer_plus.bulk.imports.options import Mode, Subscribe
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_record
from ...properties import examples
from .test_import_job import error_rows, load, make, preview, record, run, started, told, warned_rows

pytestmark = pytest.mark.django_db

LIST = (
    "E-Mail,Vorname,Land,Telefon\n"
    "a@example.com,Anna,Atlantis,+49301234567\n"
    "b@,Bo,Germany,\n"
    "c@example.com,Cy,Germany,123\n"
    "d@example.com,Di,Germany,030 1234567\n"
)


def test_warnings_are_counted_and_told_in_the_preview_and_in_the_report() -> None:
    job = run(make(LIST, show_preview=True))
    shown = job.report["preview"]
    by_column = [
        {"header": "Land", "column": "country_code", "code": "INVALID", "count": 1},
        {"header": "Telefon", "column": "phone", "code": "INVALID", "count": 1},
    ]
    assert (shown["counts"]["to_create"], shown["counts"]["to_refuse"], shown["counts"]["with_warnings"]) == (3, 1, 2)
    assert shown["warnings"] == by_column
    assert [[reason["header"] for reason in row["reasons"]] for row in shown["rows"] if row["values"]] == [
        ["Land"],
        ["Telefon"],
        [],
    ]
    before = told(job)

    job = started(job)
    counted = {name: job.counters[name] for name in ("read", "created", "refused", "with_warnings")}
    assert counted == {"read": 4, "created": 3, "refused": 1, "with_warnings": 2}
    assert job.report["warnings"] == by_column
    assert told(job) == before
    assert [one[:3] for one in before] == [
        (2, "WARNING", "Land"),
        (3, "ERROR", "E-Mail"),
        (4, "WARNING", "Telefon"),
    ]
    assert job.problems.get(row_number=4).reasons[0]["value"] == "123"


def test_rows_with_warnings_come_back_in_a_file_and_are_loaded_again_once_they_are_corrected() -> None:
    job = load(LIST)
    assert [row[0] for row in error_rows(job)] == ["E-Mail", "b@"]
    rows = warned_rows(job)
    assert rows[0] == ["E-Mail", "Vorname", "Land", "Telefon", "Reason"]
    assert [row[:4] for row in rows[1:]] == [
        ["a@example.com", "Anna", "Atlantis", "+49301234567"],
        ["c@example.com", "Cy", "Germany", "123"],
    ]
    assert rows[1][4].startswith("Land: ")
    assert (record("a@example.com").phone, record("a@example.com").country_code) == ("+49301234567", "")

    again = load("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows))
    assert again.counters == {"read": 2, "unchanged": 2, "with_warnings": 2}
    assert warned_rows(again) == rows
    mended = load("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).replace("Atlantis", "Italy"))
    assert mended.counters == {"read": 2, "updated": 1, "unchanged": 1, "with_warnings": 1}
    assert record("a@example.com").country_code == "IT"


def test_a_strict_import_refuses_what_it_would_leave_out() -> None:
    groups.create(name="Resellers")
    rows = ["a@example.com,Atlantis,", "b@example.com,,Others", "c@example.com,,Resellers", "d@example.com"]
    content = "\n".join(["email,country,groups", *rows])
    assert preview(content, strict=True)["counts"] == {
        "to_create": 1, "to_update": 0, "to_leave": 0, "to_skip": 0, "to_refuse": 3, "with_warnings": 0,
    }  # fmt: skip
    job = load(content, strict=True)
    assert job.counters == {"read": 4, "created": 1, "refused": 3}
    assert {severity for _, severity, _, _ in told(job)} == {"ERROR"}
    assert [row[0] for row in error_rows(job)[1:]] == ["a@example.com", "b@example.com", "d@example.com"]
    assert not job.warning_file


def test_what_a_record_has_stays_if_the_cell_cannot_be_read() -> None:
    make_record("a@example.com", country_code="DE", number="7")
    make_record("x@example.com", number="8")
    load("email,country,customer number\na@example.com,Atlantis,8\n", erase_blanks=True)
    assert (record("a@example.com").country_code, record("a@example.com").number) == ("DE", "7")


def test_a_row_that_is_not_wanted_has_no_warnings() -> None:
    make_record("x@example.com", number="8")
    content = "email,country,customer number\na@example.com,Atlantis,8\n"
    job = load(content, mode=Mode.UPDATE_ONLY)
    assert job.counters == {"read": 1, "skipped": 1}
    assert told(job) == [(2, "ERROR", "", "This person is not known.")]
    assert (bool(job.error_file), bool(job.warning_file)) == (False, False)


def test_a_consent_that_cannot_be_read_is_not_granted_to_all() -> None:
    subscribe = {"subscribe": Subscribe.ALL, "lawful_basis": "CONSENT", "wording": "News"}
    job = load("email,newsletter\na@example.com,who knows\nb@example.com,\n", **subscribe)
    assert list(ConsentEvent.objects.values_list("record__email", "purpose")) == [("b@example.com", "NEWSLETTER")]
    assert [one[:3] for one in told(job)] == [(2, "WARNING", "newsletter")]


def test_rows_are_told_that_have_fewer_cells_than_the_header() -> None:
    content = "email,first name,last name,\na@example.com,Anna\nb@example.com,Bo,Rossi\nc@example.com,,\n"
    job = load(content)
    assert job.counters == {"read": 3, "created": 3, "with_warnings": 1}
    assert told(job)[0][:3] == (2, "WARNING", "")
    assert job.report["warnings"] == [{"header": "", "column": "", "code": "TOO_FEW_CELLS", "count": 1}]


@pytest.mark.parametrize("name", ["list.jsonl", "list.csv"])
def test_rows_of_a_list_without_a_header_and_of_json_are_not(name: str) -> None:
    people = [{"email": "a@example.com"}, {"email": "b@example.com", "first name": "Bo"}]
    lines = "".join(json.dumps(one) + "\n" for one in people)
    job = load(lines if name == "list.jsonl" else "a@example.com\nb@example.com,Bo\n", name=name)
    assert job.counters == {"read": 2, "created": 2}


def test_cells_too_many_refuse_their_row_and_shift_nothing() -> None:
    job = load("email,last name,country\na@example.com,Rossi, Anna,IT\nb@example.com,Bo,IT\n")
    assert job.counters == {"read": 2, "created": 1, "refused": 1}
    assert error_rows(job)[1][:4] == ["a@example.com", "Rossi", "Anna", "IT"]


@pytest.mark.parametrize(
    "raw",
    [
        b"email,first_name\r\nok@example.com,Anna\r\nnul@example.com,a\x00b\r\n",
        b"email,first_name\r\nok@example.com,Anna\r\nnul@example.com,a\x00b\r\n" + b"x" * 5000 + b",\x00\r\n",
        "email,first_name\nok@example.com,Anna\nhalf@example.com,a\ud83db\n".encode("utf-16-le", "surrogatepass"),
        b"\xff\xfe" + "email,first_name\nok@example.com,Anna\nhalf@e.it,\ude00\n".encode("utf-16-le", "surrogatepass"),
        b'{"email": "ok@example.com", "first_name": "Anna"}\n{"email": "half@e.it", "first_name": "a\\ud83d"}\n',
        b'{"email": "ok@example.com", "first_name": "Anna"}\n{"email": "nul@e.it", "first_name": "a\\u0000b"}\n',
        b"email,first_name\nok@example.com,Anna\nhalf@example.com,a\xed\xa0\xbdb\n",
        b"email,first_name\nok@example.com,Anna\nn\x00ul@example.com,a\n",
        b"email,first_name,x\x00y\nok@example.com,Anna,\n,,\x00\n",
    ],
    ids=range(9),
)
def test_a_character_that_cannot_be_read_concerns_its_row_alone(raw: bytes) -> None:
    job = load(raw, keep_unknown=True)
    assert record("ok@example.com").first_name == "Anna"
    assert job.counters["created"] + job.counters.get("refused", 0) == job.counters["read"]
    if job.counters["created"] == job.counters["read"]:
        assert job.counters.get("with_warnings") or b"x\x00y" in raw or b"\xed" in raw


def test_the_number_of_statements_does_not_grow_with_the_warnings() -> None:
    def statements(number: int) -> int:
        rows = "".join(f"p{index}@{number}.example,Atlantis,Nobody,7\n" for index in range(number))
        with CaptureQueriesContext(connection) as queries:
            job = load(f"email,country,groups,customer number\n{rows}")
        assert job.counters["with_warnings"] == number
        return len(queries)

    make_record("x@example.com", number="7")
    assert statements(4) == statements(60)


def test_what_a_reason_means_for_its_row() -> None:
    kept = [
        {"code": "DUPLICATE"},
        {"code": "WITHHELD"},
        {"code": "INVALID", "severity": "WARNING"},
        {"code": "INVALID"},
    ]
    assert [problems.severity_of(one).value for one in kept] == ["INFO", "INFO", "WARNING", "ERROR"]
    worst = [problems.severity_of_row(kept[:number]).value for number in range(5)]
    assert worst == ["INFO", "INFO", "INFO", "WARNING", "ERROR"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n  \n",
        b"\xef\xbb\xbf",
        b",,\n;;\n",
        b"email,first name\n",
        b"email,first name\r\n",
        b"email,first name",
        b"email,first name\n,\n \n\n",
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("show_preview", [True, False])
def test_an_empty_file_says_that_it_is_empty(content: bytes, show_preview: bool) -> None:
    job = run(make(content, show_preview=show_preview))
    assert job.state == JobState.FAILED
    assert "The file is empty" in job.error_message
    assert CustomerRecord.objects.count() == 0


CELLS = st.sampled_from(["", "x", "DE", "Atlantis", "+49301234567", "123", "yes", "2024-01-31", "31/31/2024"])
ADDRESSES = st.sampled_from(["a@b.it", "c@b.it", "d@b.it", "", "no address"])
ROWS = st.lists(st.tuples(ADDRESSES, st.lists(CELLS, max_size=7)), max_size=8)


class NobodyIsLost(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(10), deadline=None)
    @given(ROWS, st.booleans())
    def test_for_a_cell_that_cannot_be_read(self, rows: Any, show_preview: bool) -> None:
        width = 6
        lines = [",".join([email, *cells]) for email, cells in rows]
        header = "email,country,phone,created,newsletter,customer number"
        if not any(line.strip(",") for line in lines):
            return
        job = run(make(header + "\n" + "\n".join(lines) + "\n", show_preview=show_preview))
        if show_preview:
            counts = job.report["preview"]["counts"]
            job = started(job)
            names = ("created", "updated", "unchanged", "skipped", "refused", "with_warnings")
            told_before = ("to_create", "to_update", "to_leave", "to_skip", "to_refuse", "with_warnings")
            assert [counts[name] for name in told_before] == [job.counters.get(name, 0) for name in names]
        whole = {email for email, cells in rows if "@" in email and not any(cells[width - 1 :])}
        assert set(CustomerRecord.objects.values_list("email", flat=True)) == whole
