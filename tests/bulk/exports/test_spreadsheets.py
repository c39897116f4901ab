"""Files that people open in a spreadsheet: in columns wherever they live, and told what it changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.exports.profiles import save
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.settings import DEFAULTS

from ...factories import make_ledger_entry, make_record
from ..counting import APP

pytestmark = pytest.mark.django_db


def export(**options: Any) -> BulkJob:
    job = exports.create(RecordList(), ExportRequest(**options), actor=APP)
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


def written(**options: Any) -> bytes:
    with export(**options).result_file.open("rb") as file:
        return bytes(file.read())


COLUMNS = ["created_at", "total_spent", "is_active"]


@pytest.fixture
def customer() -> None:
    record = make_record("a@example.com", created_at=datetime(2024, 5, 1, 23, 59, 58, 999999, tzinfo=UTC))
    make_ledger_entry(record, total="1234.5")
    refresh_records([record.pk], DEFAULTS)


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("language", "headers", "time"),
    [
        ("it", "Conosciuto dal;Totale speso;Attivo", "01/05/2024 23:59:58"),
        ("de", "Bekannt seit;Gesamtausgaben;Aktiv", "01.05.2024 23:59:58"),
        ("fr", "Connu depuis;Total dépensé;Actif", "01/05/2024 23:59:58"),
        ("es", "Conocido desde;Total gastado;Activo", "01/05/2024 23:59:58"),
    ],
)
def test_a_language_alone_gives_a_file_that_opens_in_columns(language: str, headers: str, time: str) -> None:
    expected = f"{headers}\n{time};1234,50;yes\n".encode("utf-8-sig")
    assert written(columns=COLUMNS, header_language=language) == expected
    assert written(columns=COLUMNS, header_language=language, format="tsv") == expected.replace(b";", b"\t")


@pytest.mark.usefixtures("customer")
def test_other_options_have_the_last_word() -> None:
    def line(**options: Any) -> str:
        return written(columns=COLUMNS, header_language="it", **options).decode("utf-8-sig").splitlines()[1]

    assert line(delimiter=",") == '01/05/2024 23:59:58,"1234,50",yes'
    assert line(delimiter="|") == "01/05/2024 23:59:58|1234,50|yes"
    assert line(decimal_separator=".") == "01/05/2024 23:59:58;1234.50;yes"
    assert line(date_format="YYYY-MM-DD") == "2024-05-01;1234,50;yes"
    assert written(columns=COLUMNS, header_language="it", encoding="UTF-8").startswith(b"Conosciuto")
    save("Excel", {"columns": ["email", "total_spent"], "header_language": "de"})
    assert written(profile="Excel") == "E-Mail;Gesamtausgaben\na@example.com;1234,50\n".encode("utf-8-sig")


@pytest.mark.usefixtures("customer")
def test_a_delimiter_in_the_settings_that_is_no_comma_stays(configure: Callable[..., None]) -> None:
    configure(export_delimiter="|")
    assert b"Conosciuto dal|Totale" in written(columns=COLUMNS, header_language="it")


@pytest.mark.usefixtures("customer")
def test_english_and_no_language_stay_as_they_are() -> None:
    for options in ({}, {"header_language": "en"}):
        assert written(columns=COLUMNS, **options) == (
            b"\xef\xbb\xbfKnown since,Total spent,Active\n2024-05-01 23:59:58.999999Z,1234.50,yes\n"
        )


CHANGED = [
    "007", "1E5", "1e5", "12e-3", "393331234567", "1234567890123456789", "1-2", "3/4", "10.12.2024", "1.50", "1,5",
    "12:30", "2024-05-31",
]  # fmt: skip
KEPT = ["7", "1000", "12345678901", "K-007", "007a", "+39061234567", "-5", "Rossi 2", "0", "030 123", "1 2", "'007", ""]


def test_numbers_that_excel_would_change_are_told() -> None:
    for text in [*CHANGED, *KEPT]:
        make_record(company_name=text, number=None)
    make_record(number="0017", attributes={"Size of Anna": "08"})

    job = export(columns=["email", "number", "company_name", "attribute:Size of Anna"])

    assert job.report == {
        "lost_cells": 0,
        "changed_cells": len(CHANGED) + 2,
        "warning": "Excel takes texts such as 007, 1E5 or 1-2 for numbers or dates, and changes them. Cells affected: "
        f"{len(CHANGED) + 2} (Customer number, Company, custom attributes). Export it as XLSX to open it in Excel.",
    }
    assert export(columns=["email", "number", "company_name"], format="xlsx").report == {}
    assert export(columns=["email", "number", "company_name"], format="jsonl").report == {}
    with job.result_file.open("rb") as file:
        lines = file.read().decode("utf-8-sig").splitlines()
    assert len(lines) == len(CHANGED) + len(KEPT) + 2
    assert lines[1].endswith(",,007,")
    assert lines[-1].endswith(",0017,,08")


@pytest.mark.parametrize("text", CHANGED)
def test_each_of_them_is_one(text: str) -> None:
    make_record(company_name=text)
    assert export(columns=["email", "company_name"]).report["changed_cells"] == 1


@pytest.mark.parametrize("text", KEPT)
def test_other_texts_are_none_of_them(text: str) -> None:
    make_record(company_name=text)
    assert export(columns=["email", "company_name"]).report == {}


def test_our_own_numbers_and_dates_are_none_of_them() -> None:
    record = make_record("a@example.com", created_at=datetime(2024, 5, 1, tzinfo=UTC))
    make_ledger_entry(record, total="1234.5")
    refresh_records([record.pk], DEFAULTS)
    for options in ({}, {"header_language": "de"}, {"date_format": "YYYY-MM-DD"}):
        assert export(**options).report == {}


def test_phones_for_other_tools_are_told() -> None:
    make_record("a@example.com", phone="+39061234567", accepts_promotional_mail=True)
    assert export(profile="shopify").report["warning"] == (
        "Excel takes texts such as 007, 1E5 or 1-2 for numbers or dates, and changes them. Cells affected: 1 (Phone). "
        "Load the file into the other tool without saving it in Excel, or export it as XLSX."
    )
