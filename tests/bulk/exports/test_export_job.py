"""Exports: what is in the file, in every format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports, saved_profiles
from saleor_customer_plus.bulk.cells import neutralise
from saleor_customer_plus.bulk.columns import COLUMNS, LANGUAGES
from saleor_customer_plus.bulk.exports import writers, xlsx
from saleor_customer_plus.bulk.exports.column_sql import is_column
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.exports.profiles import READY, save
from saleor_customer_plus.customers.filters import ConsentFilter, LabelFilter, Range, RecordFilter
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import retention
from saleor_customer_plus.jobs.models import BulkJob, JobState, bulk_storage
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.records.models import CustomerRecord, Stage
from saleor_customer_plus.saleor_adapter.host import PluginConfiguration
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.tags.models import TagAssignment

from ...factories import (
    change,
    make_address,
    make_consent,
    make_group,
    make_ledger_entry,
    make_order,
    make_record,
    make_tag,
)
from ..counting import APP

pytestmark = pytest.mark.django_db


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.error_message) == (JobState.SUCCEEDED, "")
    return job


def export(records: RecordList | None = None, *, include_inactive: bool = False, **options: Any) -> bytes:
    """What the file of an export holds."""
    job = exports.create(
        records or RecordList(), ExportRequest(**options), actor=APP, include_inactive=include_inactive
    )
    job = run(job)
    with job.result_file.open("rb") as file:
        return bytes(file.read())


def table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_one_column() -> None:
    make_record("anna@example.com", first_name="Anna")
    make_record("ben@example.com", first_name="=Ben")
    assert export(columns=["email", "first_name"]) == (
        b"\xef\xbb\xbfEmail,First name\nanna@example.com,Anna\nben@example.com,'=Ben\n"
    )


# What the columns hold.


def a_customer(**fields: Any) -> CustomerRecord:
    """Somebody with everything."""
    record = make_record(
        "anna@example.com",
        others=["z@example.org", "anna@work.example"],
        **{
            "first_name": "Anna",
            "last_name": "Rossi",
            "company_name": "Rossi, Söhne",
            "phone": "+493012345678",
            "additional_phones": ["+4915112345678", "030 1"],
            "country_code": "DE",
            "language_code": "de",
            "number": "0017",
            "is_tax_exempt": True,
            "social_profiles": {"x": "anna", "instagram": "an_na"},
            "attributes": {"Size": "M"},
            "store_note": "secret",
            "lawful_basis": "CONSENT",
            "sources": ["ORDER", "IMPORT"],
            "created_at": datetime(2024, 5, 1, 12, 30, 15, 250, tzinfo=UTC),
        }
        | fields,
    )
    shipping = make_address(first_name="Anna", last_name="Lieferung", phone="+493099", street_address_2="Hof")
    billing = make_address(first_name="Rossi", last_name="Rechnung", company_name="Rossi GmbH", country_area="BE")
    order = make_order("anna@example.com", shipping_address=shipping, billing_address=billing)
    for total, currency, placed, key in (
        ("10.005", "EUR", datetime(2024, 6, 1, tzinfo=UTC), uuid4()),
        ("20", "EUR", datetime(2024, 7, 1, tzinfo=UTC), order.pk),
        ("7", "USD", datetime(2024, 6, 15, tzinfo=UTC), uuid4()),
    ):
        make_ledger_entry(record, total=total, currency=currency, placed_at=placed, order_id=key)
    refresh_records([record.pk], DEFAULTS)
    for name in ("vip", "Fair 2024"):
        TagAssignment.objects.create(record=record, tag=make_tag(name))
    for name in ("Resellers", "abc"):
        GroupMembership.objects.create(record=record, group=make_group(name))
    for text in ("first", "second"):
        Note.objects.create(record=record, text=text, author_type="STAFF")
    record.refresh_from_db()
    return record


def cells(records: RecordList | None = None, **options: Any) -> dict[str, str]:
    """The first row of a CSV file, by header."""
    head, row, *_ = table(export(records, **options))
    return dict(zip(head, row, strict=True))


def test_everything_of_a_record() -> None:
    record = a_customer()
    found = cells(currency="EUR")
    known = found.pop("Updated")
    assert known.endswith("Z")
    assert datetime.fromisoformat(known) == record.modified_at  # PostgreSQL writes no zeros at the end
    assert found.pop("ID") == to_global_id("CustomerRecord", record.pk)
    assert found == {
        "Email": "anna@example.com",
        "First name": "Anna",
        "Last name": "Rossi",
        "Company": "Rossi, Söhne",
        "Phone": "'+493012345678",
        "Additional phones": "'+4915112345678, 030 1",
        "Address book": "",
        "Other email addresses": "anna@work.example, z@example.org",
        "Street": "",
        "Street 2": "",
        "Postal code": "",
        "City": "",
        "State or province": "",
        "Country code": "DE",
        "Language": "de",
        "Customer number": "0017",
        "Tax exempt": "yes",
        "Approved buyer": "no",
        "Active": "yes",
        "Reason of deactivation": "",
        "Lawful basis": "CONSENT",
        "Social profiles": "instagram: an_na; x: anna",
        "Known since": "2024-05-01 12:30:15.00025Z",
        "Accepts promotional mail": "no",
        "Accepts newsletter": "no",
        "Accepts system mail": "no",
        "Tags": "Fair 2024, vip",
        "Groups": "abc, Resellers",
        "Account": "no",
        "Stage": "CUSTOMER",
        "Sources": "ORDER, IMPORT",
        "Customer since": "2024-06-01 00:00:00Z",
        "Total orders": "3",
        "Total spent": "30.005",
        "Net of refunds": "30.005",
        "Average order value": "15.00",
        "Currency": "EUR",
        "First order": "2024-06-01 00:00:00Z",
        "Last order": "2024-07-01 00:00:00Z",
    }


def test_somebody_of_whom_only_the_address_is_known() -> None:
    make_record("ben@example.com")
    found = cells(
        columns=["email", "phone", "tags", "groups", "notes", "total_spent", "first_order_at", "shipping_city"]
    )
    assert list(found.values()) == ["ben@example.com", "", "", "", "", "", "", ""]


def test_addresses_of_the_last_order() -> None:
    a_customer()
    keys = [f"{address}_{part}" for address in ("shipping", "billing") for part in ("name", "address", "phone")]
    keys += ["billing_company", "shipping_street_1", "shipping_street_2", "shipping_postal_code"]
    assert cells(columns=keys) == {
        "Shipping name": "Anna Lieferung",
        "Shipping address": "Torstraße 1, Hof, 10119 Berlin, DE",
        "Shipping phone": "'+493099",
        "Billing name": "Rossi Rechnung",
        "Billing address": "Torstraße 1, 10119 Berlin, BE, DE",
        "Billing phone": "",
        "Billing company": "Rossi GmbH",
        "Shipping street": "Torstraße 1",
        "Shipping street 2": "Hof",
        "Shipping postal code": "10119",
    }


def test_notes_and_attributes_come_when_they_are_asked_for_and_only_then() -> None:
    a_customer()
    found = cells(columns=["notes", "store_note", "attribute:Size", "attribute:Shape"])
    assert found == {"Staff notes": "first\n\nsecond", "Store note": "secret", "Size": "M", "Shape": ""}
    for profile in READY:
        content = export(profile=profile, currency="EUR")
        assert b"secret" not in content
        assert b"first\n" not in content


@pytest.mark.parametrize("currency", ["eur", '"%s', "';-", "1.5", "--/"])
def test_a_currency_may_be_any_three_characters(currency: str) -> None:
    """Saleor takes what a channel is made with."""
    anna = a_customer()
    make_ledger_entry(anna, total=7, currency=currency)
    refresh_records([anna.pk], DEFAULTS)
    found = cells(columns=["email", "total_spent", "currency"])
    assert found[neutralise(f"Total spent ({currency})")] == "7.00"


def test_figures_in_each_currency_that_there_is() -> None:
    a_customer()
    assert cells(columns=["total_spent", "currency", "net_of_refunds"]) == {
        "Total spent (EUR)": "30.005",
        "Total spent (USD)": "7.00",
        "Net of refunds (EUR)": "30.005",
        "Net of refunds (USD)": "7.00",
    }
    assert cells(columns=["total_spent", "currency"], currency="USD") == {"Total spent": "7.00", "Currency": "USD"}
    assert cells(columns=["total_spent", "currency"], currency="CHF") == {"Total spent": "", "Currency": ""}
    assert cells(columns=["total_spent:USD", "total_spent:EUR"]) == {
        "Total spent (USD)": "7.00",
        "Total spent (EUR)": "30.005",
    }


def test_figures_of_a_shop_with_one_currency_need_no_word_of_it() -> None:
    record = make_record()
    make_ledger_entry(record, total="1234.5")
    refresh_records([record.pk], DEFAULTS)
    assert cells(columns=["total_spent", "currency"]) == {"Total spent": "1234.50", "Currency": "EUR"}
    assert list(cells(columns=["total_spent", "currency"], currency="ALL")) == ["Total spent (EUR)"]


# Which records.


def emails(records: RecordList, **options: Any) -> list[str]:
    return [row[0] for row in table(export(records, columns=["email"], **options))[1:]]


def test_which_records() -> None:
    lead = make_record("lead@example.com", first_name="Lea", number="7")
    customer = make_record("customer@example.com", stage=Stage.CUSTOMER, order_count=3)
    make_record("inactive@example.com", is_active=False)
    TagAssignment.objects.create(record=lead, tag=(tag := make_tag("vip")))

    everybody = ["lead@example.com", "customer@example.com"]
    assert emails(RecordList()) == everybody
    for wanted, expected in (
        (RecordFilter(ids=[lead.pk]), ["lead@example.com"]),
        (RecordFilter(ids=[]), []),
        (RecordFilter(stage=Stage.CUSTOMER), ["customer@example.com"]),
        (RecordFilter(order_count=Range(2, None)), ["customer@example.com"]),
        (RecordFilter(created_at=Range(datetime(2020, 1, 1, tzinfo=UTC), None)), everybody),
        (RecordFilter(tags=LabelFilter(any=(tag.pk,))), ["lead@example.com"]),
        (RecordFilter(is_active=False), ["inactive@example.com"]),
    ):
        assert emails(RecordList(wanted)) == expected
    assert emails(RecordList(search="lea")) == ["lead@example.com"]
    assert emails(RecordList(RecordFilter(stage=Stage.CUSTOMER), search="lea")) == []
    assert b"inactive@" in export(columns=["email"], include_inactive=True)
    assert customer.pk


@pytest.mark.parametrize("profile", ["ecwid-newsletter", "mailchimp"])
def test_lists_of_newsletters_have_subscribers_unless_others_are_asked_for(profile: str) -> None:
    make_record("yes@example.com", accepts_newsletter=True)
    make_record("no@example.com")
    assert emails(RecordList(), profile=profile) == ["yes@example.com"]
    assert emails(RecordList(RecordFilter(accepts_newsletter=False)), profile=profile) == ["no@example.com"]


@pytest.mark.parametrize("set_wise", [False, True])
def test_tags_are_the_same_however_they_are_joined(set_wise: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saleor_customer_plus.bulk.exports.export_job._PART", -1.0 if set_wise else 1e18)
    monkeypatch.setattr("saleor_customer_plus.bulk.exports.export_job._estimated", lambda: 1.0)
    a_customer()
    make_record("ben@example.com")
    rows = table(export(columns=["email", "tags", "groups", "notes", "first_order_at"]))
    assert rows[1:] == [
        ["anna@example.com", "Fair 2024, vip", "abc, Resellers", "first\n\nsecond", "2024-06-01 00:00:00Z"],
        ["ben@example.com", "", "", "", ""],
    ]


# How it is written.


def test_delimiters_and_quotes() -> None:
    make_record("anna@example.com", company_name='a;b "c",d\te|f\r\ng')
    for delimiter in (",", ";", "|", "tab"):
        content = export(columns=["email", "company_name"], delimiter=delimiter)
        assert table(content, "\t" if delimiter == "tab" else delimiter) == [
            ["Email", "Company"],
            ["anna@example.com", 'a;b "c",d\te|f\r\ng'],
        ]
    tsv = export(columns=["email", "company_name"], format="tsv", delimiter=";")
    assert tsv.splitlines()[0] == b"\xef\xbb\xbfEmail\tCompany"


@pytest.mark.parametrize(
    ("encoding", "codec", "begin"),
    [
        ("UTF-8", "utf-8", b"Email"),
        ("UTF-8-BOM", "utf-8-sig", b"\xef\xbb\xbfEmail"),
        ("UTF-16", "utf-16", b"\xff\xfeE\x00"),
        ("WINDOWS-1252", "cp1252", b"Email"),
        ("ISO-8859-1", "latin-1", b"Email"),
    ],
)
def test_encodings(encoding: str, codec: str, begin: bytes) -> None:
    make_record("anna@example.com", first_name="Käthe", last_name="Łódź")
    content = export(columns=["email", "first_name", "last_name"], encoding=encoding)
    assert content.startswith(begin)
    last = "?ód?" if codec == "latin-1" else "?ódź".replace("ź", "?") if codec == "cp1252" else "Łódź"
    assert content.decode(codec) == f"Email,First name,Last name\nanna@example.com,Käthe,{last}\n"


def test_long_files_are_recoded_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "GATHERED", 50)
    for number in range(40):
        make_record(f"a{number}@example.com", first_name="ä€" * number)
    lines = export(columns=["first_name"], encoding="UTF-16").decode("utf-16").splitlines()
    assert lines == ["First name", *("ä€" * number for number in range(40))]


def test_decimals_dates_and_languages() -> None:
    record = make_record(created_at=datetime(2024, 5, 1, 23, 59, 59, 999999, tzinfo=UTC))
    make_ledger_entry(record, total="1234.5")
    refresh_records([record.pk], DEFAULTS)
    options = {"columns": ["created_at", "total_spent"], "decimal_separator": ","}
    assert export(**options, date_format="DD.MM.YYYY HH:mm:ss", header_language="de") == (
        b"\xef\xbb\xbfBekannt seit;Gesamtausgaben\n01.05.2024 23:59:59;1234,50\n"
    )
    assert export(**options, date_format="MM/DD/YY", header_language="fr", delimiter=",").decode("utf-8-sig") == (
        'Connu depuis,Total dépensé\n05/01/24,"1234,50"\n'
    )
    for language, header in (("it", "Conosciuto dal"), ("es", "Conocido desde"), ("en", "Known since")):
        assert list(cells(columns=["created_at"], header_language=language)) == [header]


def test_json_lines() -> None:
    a_customer()
    make_record("ben@example.com")
    lines = export(columns=["email", "phone", "order_count", "total_spent", "tags"], currency="EUR", format="jsonl")
    assert [json.loads(line) for line in lines.splitlines()] == [
        {
            "email": "anna@example.com",
            "phone": "+493012345678",
            "order_count": 3,
            "total_spent": 30.005,
            "tags": "Fair 2024, vip",
        },
        {"email": "ben@example.com", "order_count": 0},
    ]


@pytest.mark.parametrize(("encoding", "lost"), [("WINDOWS-1252", 5), ("ISO-8859-1", 6), ("UTF-8", 0), ("UTF-16", 0)])
@pytest.mark.parametrize("gathered", [1, writers.GATHERED])
def test_cells_that_the_encoding_cannot_write_are_counted_and_told(
    encoding: str, lost: int, gathered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "GATHERED", gathered)
    long = "λ" * 200_000
    for first, company, note in (
        ("Zoë", "50 €", "fine"),  # the euro is missing in ISO-8859-1 alone
        ("Łódź", 'a "quoted; λ", and\na line', ""),
        ("Łukasz; Łucja", "plain", long),
    ):
        make_record(first_name=first, company_name=company, store_note=note, attributes={"Größe Ł": "M"})
    columns = ["first_name", "company_name", "store_note", "attribute:Größe Ł"]

    options = ExportRequest(columns=columns, encoding=encoding, delimiter=";", format="csv")
    job = run(exports.create(RecordList(), options, actor=APP))

    if not lost:
        assert (job.report, job.counters) == ({}, {"read": 3})
        return
    assert job.counters == {"read": 3, "lost_cells": lost}
    assert job.report["lost_cells"] == lost
    assert job.report["warning"] == (
        f"Characters that {encoding} does not have were replaced by question marks. Cells affected: {lost}. "
        "Export in UTF-8, or as XLSX, to keep them."
    )
    with job.result_file.open("rb") as file:
        content = file.read()
    assert content.count(b"?") == len(long) + len("Ł Łź λ ŁŁ".replace(" ", "")) + (encoding == "ISO-8859-1")


def test_texts_that_a_cell_of_a_workbook_cannot_hold_are_counted_and_told() -> None:
    make_record(store_note="&" * 32_767, first_name="Anna")
    make_record(store_note="x" * 32_768)
    columns = ["store_note", "first_name"]

    job = run(exports.create(RecordList(), ExportRequest(columns=columns, format="xlsx"), actor=APP))

    assert job.counters == {"read": 2, "lost_cells": 1}
    assert job.report["warning"] == (
        "Texts that are too long for a cell of a workbook were cut. Cells affected: 1. "
        "Export CSV or JSON lines to keep all of them."
    )
    assert run(exports.create(RecordList(), ExportRequest(columns=columns, format="jsonl"), actor=APP)).report == {}


def workbook(content: bytes) -> list[list[list[Any]]]:
    """The sheets of a workbook, as another program reads them."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets]


def test_workbooks() -> None:
    a_customer()
    make_record("ben@example.com", first_name="=1+1", last_name="<&>\n  ä", company_name="_x0041_\x07")
    columns = ["email", "first_name", "last_name", "order_count", "total_spent", "phone"]
    (sheet,) = workbook(export(columns=columns, currency="EUR", format="xlsx", decimal_separator=","))
    assert sheet == [
        ["Email", "First name", "Last name", "Total orders", "Total spent", "Phone"],
        ["anna@example.com", "Anna", "Rossi", 3, 30.005, "+493012345678"],
        ["ben@example.com", "=1+1", "<&>\n  ä", 0, None, None],
    ]


def test_workbooks_escape_what_xml_has_no_character_for_and_what_looks_escaped() -> None:
    make_record("ben@example.com", company_name="_x0041_\x07\r<&")
    with zipfile.ZipFile(io.BytesIO(export(columns=["company_name"], format="xlsx"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b">_x005F_x0041__x0007__x000D_&lt;&amp;</t>" in sheet


def test_workbooks_of_more_rows_than_a_sheet_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    for number in range(5):
        make_record(f"a{number}@example.com")
    head = ["Email"]
    assert workbook(export(columns=["email"], format="xlsx")) == [
        [head, ["a0@example.com"], ["a1@example.com"]],
        [head, ["a2@example.com"], ["a3@example.com"]],
        [head, ["a4@example.com"]],
    ]


@pytest.mark.parametrize("file_format", ["csv", "tsv", "xlsx", "jsonl"])
def test_nobody_to_export(file_format: str) -> None:
    content = export(columns=["email"], format=file_format)
    if file_format == "xlsx":
        assert workbook(content) == [[["Email"]]]
    else:
        assert content.decode("utf-8-sig") == ("" if file_format == "jsonl" else "Email\n")


# Profiles and settings.

HEADS = {
    "squarespace": (
        "Account,First Name,Last Name,Email,Total Orders,Total Spent,Average Order Value,Last Order Date,"
        "Customer Since,Last Shipping Name,Last Shipping Address,Last Shipping Phone,Last Billing Name,"
        "Last Billing Address,Last Billing Phone,Tags"
    ),
    "ecwid-newsletter": "Email,Name,Accepts marketing",
    "shopify": (
        "First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
        "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
        "Default Address Zip,Default Address Phone,Phone,Tags,Tax Exempt"
    ),
    "mailchimp": "Email Address,First Name,Last Name,Company,Phone Number,Tags",
    "klaviyo": (
        "Email,First Name,Last Name,Organization,Phone Number,Address,Address 2,City,State / Region,Country,Zip Code,"
        "Email Marketing Consent"
    ),
}


@pytest.mark.parametrize("profile", HEADS)
def test_profiles_of_other_tools(profile: str) -> None:
    a_customer(accepts_promotional_mail=True, accepts_newsletter=True, phone="+493012345678", first_name="=Anna")
    head, row = table(export(profile=profile, currency="EUR", header_language="it"))
    assert ",".join(head) == HEADS[profile]
    found = dict(zip(head, row, strict=True))
    if "Phone" in found or "Phone Number" in found:
        assert found.get("Phone", found.get("Phone Number")) == "+493012345678"  # they know no apostrophe
    if "First Name" in found:
        assert found["First Name"] == "'=Anna"


@pytest.mark.parametrize("profile", HEADS)
def test_other_tools_get_texts_as_they_are_but_for_what_could_do_harm(profile: str) -> None:
    def names(first: str, last: str) -> str:
        CustomerRecord.objects.all().delete()
        make_record(
            "anna@example.com",
            first_name=first,
            last_name=last,
            company_name=last,
            accepts_promotional_mail=True,
            accepts_newsletter=True,
        )
        found = cells(profile=profile, currency="EUR")
        return found.get("Name") or f"{found['First Name']} {found['Last Name']}"

    assert names("-Anna", "'t Hooft") == "-Anna 't Hooft"
    assert names("x;=1", "Rossi") == "x;'=1 Rossi"
    assert names("-cmd|' /C calc'!A0", "Rossi") == "'-cmd|' /C calc'!A0 Rossi"


def test_squarespace() -> None:
    a_customer()
    found = cells(profile="squarespace", currency="EUR", date_format="YYYY-MM-DD")
    assert list(found.values()) == [
        "no", "Anna", "Rossi", "anna@example.com", "3", "30.005", "15.00", "2024-07-01", "2024-06-01",
        "Anna Lieferung", "Torstraße 1, Hof, 10119 Berlin, DE", "+493099",
        "Rossi Rechnung", "Torstraße 1, 10119 Berlin, BE, DE", "", "Fair 2024, vip",
    ]  # fmt: skip


def test_consents_in_the_words_of_klaviyo() -> None:
    make_record("offers@example.com", accepts_promotional_mail=True)
    make_record("news@example.com", accepts_newsletter=True)
    make_consent(make_record("left@example.com"), state="UNSUBSCRIBED")
    make_consent(make_record("system@example.com"), state="UNSUBSCRIBED", purpose="SYSTEM")
    make_consent(make_record("sms@example.com"), state="UNSUBSCRIBED", channel="SMS")

    def words(**options: Any) -> list[str]:
        return [row[-1] for row in table(export(profile="klaviyo", **options))[1:]]

    never = "NEVER_SUBSCRIBED"
    assert words() == ["SUBSCRIBED", never, "UNSUBSCRIBED", never, never]
    assert words(purpose="NEWSLETTER") == [never, "SUBSCRIBED", never, never, never]


@pytest.mark.parametrize(
    ("profile", "purpose", "found"),
    [
        ("mailchimp", "", ["both", "news"]),
        ("mailchimp", "PROMOTIONAL", ["both", "offers"]),
        ("ecwid-newsletter", "", ["both", "news"]),
        ("ecwid-newsletter", "PROMOTIONAL", ["both", "offers"]),
    ],
)
def test_a_list_of_subscribers_is_for_one_purpose(profile: str, purpose: str, found: list[str]) -> None:
    make_record("both@example.com", accepts_promotional_mail=True, accepts_newsletter=True)
    make_record("offers@example.com", accepts_promotional_mail=True)
    make_record("news@example.com", accepts_newsletter=True)
    make_record("system@example.com", accepts_system_mail=True)
    rows = table(export(profile=profile, purpose=purpose))[1:]
    assert [row[0].partition("@")[0] for row in rows] == found
    if profile == "ecwid-newsletter":
        assert {row[2] for row in rows} == {"yes"}


@pytest.mark.parametrize(("purpose", "found"), [("", ["yes", "no"]), ("NEWSLETTER", ["no", "yes"])])
def test_shopify_is_told_of_one_purpose(purpose: str, found: list[str]) -> None:
    make_record("offers@example.com", accepts_promotional_mail=True)
    make_record("news@example.com", accepts_newsletter=True)
    assert [row[3] for row in table(export(profile="shopify", purpose=purpose))[1:]] == found


def test_updates_of_the_shop_are_no_marketing() -> None:
    """A tool that took its column for marketing would bring a consent back that nobody gave."""
    with pytest.raises(CustomerPlusError, match="Choose one of 'PROMOTIONAL', 'NEWSLETTER'") as error:
        export(profile="shopify", purpose="SYSTEM")
    assert error.value.field == "purpose"


@pytest.mark.parametrize("profile", ["", "default", "squarespace"])
def test_a_purpose_that_a_list_does_not_show_is_refused(profile: str) -> None:
    with pytest.raises(CustomerPlusError, match="A purpose goes with the profiles") as error:
        export(profile=profile, purpose="NEWSLETTER", currency="EUR")
    assert error.value.field == "purpose"


def test_a_list_of_subscribers_respects_a_filter_by_consents() -> None:
    make_record("no@example.com")
    never = (ConsentFilter("EMAIL", "NEWSLETTER", ("NOT_SUBSCRIBED",)),)
    sms = (ConsentFilter("SMS", "NEWSLETTER", ("NOT_SUBSCRIBED",)),)
    assert emails(RecordList(RecordFilter(consents=never)), profile="mailchimp") == ["no@example.com"]
    assert emails(RecordList(RecordFilter(consents=sms)), profile="mailchimp") == []


def test_a_profile_of_another_tool_does_not_guess_the_currency() -> None:
    a_customer()
    with pytest.raises(CustomerPlusError, match="say in which currency") as error:
        export(profile="squarespace")
    assert (error.value.code, error.value.field) == (ErrorCode.REQUIRED, "currency")


def test_settings_are_the_defaults(configure: Callable[..., None]) -> None:
    configure(export_format="tsv", export_columns="email, first_name")
    make_record("anna@example.com", first_name="Anna")
    assert export() == b"\xef\xbb\xbfEmail\tFirst name\nanna@example.com\tAnna\n"
    configure(export_delimiter=";", export_columns="email,nonsense")  # written past the validation
    assert len(cells(delimiter=",")) > 20
    assert export(columns=["email", "country_code"]).startswith(b"\xef\xbb\xbfEmail;Country code\n")
    assert export(profile="mailchimp").startswith(b"Email Address,First Name")


def test_the_setting_takes_columns_only() -> None:
    def check(columns: str) -> None:
        CustomerPlusPlugin.validate_plugin_configuration(
            PluginConfiguration(configuration=[{"name": "export_columns", "value": columns}])
        )

    check("email, first_name,attribute:Size")
    check("")
    for wrong in ("email,nonsense", "email,email"):
        with pytest.raises(ValidationError) as error:
            check(wrong)
        assert list(error.value.message_dict) == ["export_columns"]


def test_saved_profiles() -> None:
    make_record("anna@example.com", first_name="Anna")
    saved = save(" My  list ", {"columns": ["first_name"], "delimiter": ";"})
    assert saved.name == "My list"
    assert export(profile="my LIST") == b"\xef\xbb\xbfFirst name\nAnna\n"
    assert export(profile="My list", columns=["email", "phone"]).startswith(b"\xef\xbb\xbfEmail;Phone\n")

    again = save("MY LIST", {"profile": "mailchimp", "encoding": "UTF-16"})
    assert (again.pk, again.name) == (saved.pk, "MY LIST")
    assert export(profile="My list").decode("utf-16").startswith("Email Address,First Name")

    with pytest.raises(CustomerPlusError, match="A ready profile has this name"):
        save("Shopify", {})
    saved_profiles.delete(saved.pk)
    with pytest.raises(CustomerPlusError, match="No profile has this name"):
        export(profile="My list")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"columns": ["email", "nonsense"]}, "columns"),
        ({"columns": ["email", "email"]}, "columns"),
        ({"columns": ["lead_subject"]}, "columns"),
        ({"columns": ["total_spent:E"]}, "columns"),
        ({"columns": ["total_spent:EU'"]}, "columns"),
        ({"columns": ["attribute:"]}, "columns"),
        ({"columns": [f"attribute:{number}" for number in range(201)]}, "columns"),
        ({"format": "pdf"}, "format"),
        ({"delimiter": "x"}, "delimiter"),
        ({"encoding": "rot13"}, "encoding"),
        ({"decimal_separator": "'"}, "decimal_separator"),
        ({"header_language": "la"}, "header_language"),
        ({"currency": "eur"}, "currency"),
        ({"date_format": "'; DROP"}, "date_format"),
        ({"date_format": "DD.MM"}, "date_format"),
        ({"profile": "nonsense"}, "profile"),
    ],
)
def test_what_cannot_be_asked_for(options: dict[str, Any], field: str) -> None:
    with pytest.raises(CustomerPlusError) as error:
        export(**options)
    assert error.value.field == field
    assert not BulkJob.objects.exists()


def test_every_column_can_be_exported_in_every_language() -> None:
    a_customer()
    keys = [key for key in COLUMNS if is_column(key)]
    for language in LANGUAGES:
        found = cells(columns=keys, header_language=language, currency="EUR", delimiter=",")
        assert len(found) == len({COLUMNS[key].header(language) for key in keys})


# How it is done.


def test_the_number_of_statements_does_not_grow_with_the_rows() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            export()
        return len(captured)

    a_customer()
    few = statements()
    for _ in range(30):
        make_record()
    assert statements() == few


def test_what_a_killed_worker_stored_is_replaced() -> None:
    make_record("anna@example.com")
    job = exports.create(RecordList(), ExportRequest(columns=["email"]), actor=APP)
    jobs.work(job.pk, seconds=0)  # plans
    name = job.chunks.get().spec["name"]
    bulk_storage().save(name, ContentFile(b"half"))
    job = run(job)
    assert job.result_file.name == name
    assert job.result_file.read() == b"\xef\xbb\xbfEmail\nanna@example.com\n"
    assert len(list(Path(job.result_file.path).parent.glob(f"{Path(name).stem}*"))) == 1


def test_an_export_is_forgotten_with_its_file() -> None:
    make_record("anna@example.com")
    job = run(exports.create(RecordList(search="anna"), ExportRequest(columns=["email"]), actor=APP))
    change(job, finished_at=datetime(2020, 1, 1, tzinfo=UTC), created_at=datetime(2020, 1, 1, tzinfo=UTC))
    name = job.result_file.name
    assert bulk_storage().exists(name)
    assert retention.remove_old_files() == 1
    job.refresh_from_db()
    assert not bulk_storage().exists(name)
    assert "anna" not in json.dumps(job.options)
