"""Small lists as people really have them, each loaded by a job: who comes in, with what, and what is told."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.cells import is_formula
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.options import Subscribe
from saleor_customer_plus.consent.models import ConsentEvent, ConsentState
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_record
from ..counting import APP
from .test_import_job import load, record, run, told

pytestmark = pytest.mark.django_db


def imported(content: bytes | str, name: str = "list.csv", **options: Any) -> BulkJob:
    """The import of a list by the options that most people choose."""
    chosen = {"subscribe": Subscribe.MARKED, "lawful_basis": "CONSENT", "wording": "I agree.", **options}
    return load(content, name, **chosen)


def everybody(*fields: str) -> list[Any]:
    return list(CustomerRecord.objects.order_by("email").values_list(*fields, flat=len(fields) == 1))


def warned(job: BulkJob) -> list[tuple[int, str]]:
    """The rows and columns of which something is left out."""
    return [(row, header) for row, severity, header, *_ in told(job) if severity == "WARNING"]


def test_01_names_of_countries() -> None:
    imported(
        "Email,First Name,Country\namy@example.com,Amy,United States\nbob@example.com,Bob,Repubblica Ceca\n"
        "cid@example.com,Cid,United States (US)\n"
    )
    assert everybody("country_code") == ["US", "CZ", "US"]


def test_02_a_phone_that_cannot_be_read_costs_nobody() -> None:
    job = imported(
        "Record ID,First Name,Last Name,Email,Phone Number\n1,Zoë,Müller,zoe@example.de,030 901820\n"
        "2,Jo,Doe,jo@example.de,0\n3,Al,Doe,al@example.de,+1 415 555 2671 ext 4\n"
    )
    assert everybody("first_name", "phone") == [("Al", "+14155552671"), ("Jo", ""), ("Zoë", "")]
    assert warned(job) == [(2, "Phone Number"), (4, "Phone Number")]
    assert "extension 4" in job.problems.get(row_number=4).reasons[0]["message"]


def test_03_of_one_address_the_last_row_that_is_valid_counts() -> None:
    content = "email,first name,country\nanna@example.com,Anna,IT\nANNA@example.com,Anna,Atlantis\n"
    for strict in (False, True):
        job = imported(content, strict=strict)
        assert everybody("email", "country_code") == [("anna@example.com", "IT")]
        assert {row for row, severity, *_ in told(job) if severity == "ERROR"} == {3}
        assert (job.counters["refused"], bool(job.error_file)) == (1, True)


def test_04_addresses_in_a_line_of_a_file() -> None:
    imported("anna@example.com, bo@example.com, cy@example.com\ndee@example.com\n", "people.txt")
    assert everybody("email") == ["anna@example.com", "bo@example.com", "cy@example.com", "dee@example.com"]


def test_06_a_password_is_never_kept() -> None:
    imported("email,password,user_pass,Password Hash\na@example.com,hunter2,$P$B123,abc:1\n", keep_unknown=True)
    assert everybody("email", "attributes") == [("a@example.com", {})]


def test_07_unsubscribed_members_are_not_subscribed() -> None:
    imported(
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CC,REGION,"
        "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,LEID,EUID,NOTES,TAGS\n"
        "gone@example.org,Gone,Away,2,2022-01-02 03:04:05,,,,US,CA,2024-01-01 00:00:00,x,1,a,,\n",
        "unsubscribed_members_export.csv",
        subscribe=Subscribe.ALL,
    )
    states = set(ConsentEvent.objects.values_list("state", flat=True))
    assert (everybody("email"), ConsentState.SUBSCRIBED in states) == (["gone@example.org"], False)


def test_09_numbers_that_a_spreadsheet_made() -> None:
    imported(
        "email,phone,number\na@example.it,3331234567.0,1001.0\nb@example.it,+393331234567.0,1002.0\n", country="IT"
    )
    assert everybody("phone", "number") == [("+393331234567", "1001"), ("+393331234567", "1002")]


def test_10_no_cell_is_a_formula_by_another_separator_either() -> None:
    imported("email|first name|last name\nm@example.com|x;=1+1;|Rossi\n")
    job = run(exports.create(RecordList(), ExportRequest(format="csv"), actor=APP))
    with job.result_file.open("rb") as file:
        text = file.read().decode("utf-8-sig")
    for delimiter in ",;\t|":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        assert not any(map(is_formula, cells)), delimiter
    CustomerRecord.objects.update(first_name="")
    load(text)
    assert everybody("first_name") == ["x;=1+1;"]


def test_11_an_export_of_ours_comes_into_an_empty_shop_as_it_was() -> None:
    imported("email,first name,last name,known since\nanna@example.com,Anna,Rossi,2020-01-02\n")
    assert record("anna@example.com").created_at.date().isoformat() == "2020-01-02"
    job = run(exports.create(RecordList(), ExportRequest(format="csv"), actor=APP))
    with job.result_file.open("rb") as file:
        content = file.read()
    CustomerRecord.objects.all().delete()
    load(content)
    assert record("anna@example.com").created_at.date().isoformat() == "2020-01-02"


def test_12_a_nul_costs_a_row_and_not_the_file() -> None:
    job = imported(b"email,first_name\r\nok@example.com,Anna\r\nnul@example.com,a\x00b\r\n")
    assert record("ok@example.com").first_name == "Anna"
    assert [row for row, *_ in told(job)] == [3]
    assert "a" not in everybody("first_name")


def test_14_quotes_that_a_backslash_escapes() -> None:
    imported(
        '"id","email","name","note"\n"1","a@example.it","Anna \\"Annie\\" Rossi","ok"\n'
        '"3","c@example.it","Cy \\"","says \\"hi\\""\n'
    )
    assert everybody("first_name", "last_name", "store_note") == [
        ('Anna "Annie"', "Rossi", "ok"),
        ("Cy", '"', 'says "hi"'),
    ]


def test_17_a_group_that_there_is_not_is_told_and_costs_nobody() -> None:
    job = imported(
        'ID;Titolo sociale;Nome;Cognome;"Indirizzo email";Gruppo;Attivato;Newsletter;Registrazione\n'
        '1;Sig.ra;Paola;Verdi;paola@example.it;Cliente;1;1;"2023-05-06 07:08:09"\n'
        '2;Sig.;Pino;D\'Elia;pino@example.it;Cliente;0;0;"2023-05-06 07:08:09"\n'
    )
    assert job.report["mapping"]["format"] == "prestashop"
    assert everybody("last_name", "is_active") == [("Verdi", True), ("D'Elia", False)]
    assert {moment.isoformat() for moment in everybody("created_at")} == {"2023-05-06T07:08:09+00:00"}
    assert warned(job) == [(2, "Gruppo"), (3, "Gruppo")]


def test_19_a_column_of_dates_is_read_in_one_order() -> None:
    """Its last row, beyond the first two hundred, tells that the month comes first."""
    rows = [f"u{number:03}@example.com,1/{number // 20 + 1}/2024\n" for number in range(240)]
    job = imported(f"email,created\n{''.join(rows)}v@example.com,1/25/2024\n")
    assert job.report["file"]["month_first"] is True
    assert {moment.month for moment in everybody("created_at")} == {1}
    assert everybody("created_at")[-1].date().isoformat() == "2024-01-25"


def test_19_a_cell_that_contradicts_its_column_is_told() -> None:
    job = imported("email,created\na@example.com,1/25/2024\nb@example.com,1/26/2024\nc@example.com,27/1/2024\n")
    assert warned(job) == [(4, "created")]
    assert len(everybody("email")) == 3


def test_20_the_last_name_comes_first_where_the_header_says_so() -> None:
    imported("Cognome e Nome;E-mail\nRossi Anna;anna@example.it\n")
    assert everybody("first_name", "last_name") == [("Anna", "Rossi")]


def test_a_second_load_changes_nothing() -> None:
    """Of a list that has a bit of everything."""
    make_record("known@example.com")
    content = (
        "E-mail (obbligatorio);Cognome e Nome;Cellulare;Via (ab.);CAP (ab.);Città (ab.);Paese (ab.);Registrazione;Tag\n"
        "anna@example.com;Dott.ssa De Rossi Anna;333 1234567 / 06 1234567;Via Roma 1;00100;Roma;Italia;6 maggio 2023;"
        "a ::: b\n"
        "known@example.com;VERDI Pino;0039 333 7654321;;;;IT;06/05/2023 14.30;* myContacts\n"
    )
    imported(content, country="IT")
    before = list(CustomerRecord.objects.order_by("email").values())
    assert imported(content, country="IT").counters["unchanged"] == 2
    assert list(CustomerRecord.objects.order_by("email").values()) == before
    anna = record("anna@example.com")
    assert (anna.first_name, anna.last_name, anna.attributes) == ("Anna", "De Rossi", {"Title": "Dott.ssa"})
    assert (anna.phone, anna.additional_phones) == ("+393331234567", ["+39061234567"])
    assert (anna.street_address_1, anna.postal_code, anna.city, anna.country_code) == (
        "Via Roma 1",
        "00100",
        "Roma",
        "IT",
    )


def test_brevo_writes_phones_without_a_plus() -> None:
    job = imported(
        "EMAIL;LASTNAME;FIRSTNAME;SMS;ADDED_TIME;BLACKLISTED\nanna@example.it;Rossi;Anna;393331234567;06-05-2023;no\n"
        "luc@example.fr;Petit;Luc;33612345678;07-05-2023;yes\n",
        country="DE",
    )
    assert job.report["mapping"]["format"] == "brevo"
    assert everybody("phone") == ["+393331234567", "+33612345678"]
