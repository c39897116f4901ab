"""What is exported can be imported: nothing changes, whatever the texts are."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.columns import COLUMNS, LANGUAGES
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.exports.profiles import READY
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, BulkProblem, JobKind, JobState
from saleor_customer_plus.records.models import CustomerRecord, Source
from saleor_customer_plus.records.validation import clean, clean_reason
from saleor_customer_plus.tags.models import TagAssignment

from ..factories import make_group, make_record, make_tag
from ..properties import examples, sampled
from .counting import APP, STAFF

pytestmark = pytest.mark.django_db

# How each file is written, and read without being told.
FORMATS: list[dict[str, Any]] = [
    {"format": "csv"},
    {"format": "csv", "delimiter": ";", "encoding": "UTF-16"},
    {"format": "tsv", "encoding": "UTF-8"},
    {"format": "xlsx"},
    {"format": "jsonl"},
]
# Those that spreadsheets of a country open.
LOCAL: list[dict[str, Any]] = [
    *({"format": "csv", "header_language": language} for language in LANGUAGES),
    {"format": "csv", "header_language": "de", "delimiter": "tab", "encoding": "UTF-16"},
    {"format": "csv", "header_language": "fr", "delimiter": "|"},
    {"format": "tsv", "header_language": "it"},
    {"format": "xlsx", "header_language": "es"},
]


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


def export(**options: Any) -> tuple[str, bytes]:
    job = run(exports.create(RecordList(), ExportRequest(**options), actor=APP, include_inactive=True))
    with job.result_file.open("rb") as file:
        return f"list.{job.options['format']}", file.read()


def load(name: str, content: bytes, **options: Any) -> BulkJob:
    chosen = ImportOptions(show_preview=False, **options)
    return run(
        lifecycle.create(
            JobKind.IMPORT,
            actor=STAFF,
            options=chosen.to_json(),
            file=ContentFile(content, name=name),
            file_name=name,
            is_confirmed=True,
        )
    )


def everybody() -> list[dict[str, Any]]:
    """All that an import may write, of everybody."""
    fields = [field.name for field in CustomerRecord._meta.fields if field.name not in ("id", "search_terms")]
    records = [
        {
            **values,
            "tags": sorted(TagAssignment.objects.filter(record=values["id"]).values_list("tag__name", flat=True)),
            "groups": sorted(GroupMembership.objects.filter(record=values["id"]).values_list("group__name", flat=True)),
        }
        for values in CustomerRecord.objects.order_by("email").values("id", *fields)
    ]
    return [{key: value for key, value in record.items() if key != "id"} for record in records]


def wrong() -> list[Any]:
    return list(BulkProblem.objects.values_list("row_number", "reasons"))


@pytest.mark.parametrize(
    "options", sampled([*FORMATS, *LOCAL], one_in=4), ids=lambda options: "-".join(options.values())
)
def test_an_export_that_is_loaded_back_changes_nothing(options: dict[str, Any]) -> None:
    record = make_record(
        "anna@example.com",
        first_name="Anna",
        last_name="=1+1",
        street_address_1="'s-Gravenstraat 1; bis",
        street_address_2='=2. Stock, "links"',
        postal_code="01067",
        city="L'Aquila",
        country_area="Sachsen",
        company_name="'Rossi', \"Söhne\"; & Co",
        phone="+493012345678",
        additional_phones=["+4915112345678", "+390612345678"],
        country_code="DE",
        language_code="de",
        number="0017",
        is_tax_exempt=True,
        is_approved_buyer=True,
        social_profiles={"x": "anna", "instagram": "an_na"},
        lawful_basis="CONSENT",
        sources=Source.values,
        accepts_promotional_mail=True,
        created_at=datetime(2024, 5, 1, 12, 30, 15, 250, tzinfo=UTC),
    )
    make_record("old@example.com", is_active=False, deactivation_reason="moved, far away")
    for name in ("vip", "Fair 2024", "R;D", "a|b", '"q"', "[x]"):
        TagAssignment.objects.create(record=record, tag=make_tag(name))
    GroupMembership.objects.create(record=record, group=make_group("Re; sellers"))
    before = everybody()

    job = load(*export(**options))

    assert wrong() == []
    assert everybody() == before
    assert job.counters == {"read": 2, "unchanged": 2}


# What an import lets in of any file: no control characters, and no invisible ones, which no keyboard types.
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf"]), max_size=30)
# Formulas, quotes, and what a workbook would take for a character by its number.
NASTY = st.builds(
    str.__add__,
    st.sampled_from(
        [
            "",
            "'",
            "=",
            "+",
            "-",
            "@",
            "0",
            "''=",
            '"',
            "\uff1d",
            "_x0041_",
            "_x005F_x0041_",
            "_x0041",
            "x;=",
            "x,'=",
            'a|"=',
        ]
    ),
    TEXT,
)


@pytest.mark.parametrize("options", sampled(FORMATS, one_in=3), ids=lambda options: "-".join(options.values()))
# Making an example smaller takes longer than reading it.
@settings(max_examples=examples(1), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NASTY, NASTY), min_size=25, max_size=25))
def test_any_text_comes_back_as_it_was(options: dict[str, Any], texts: list[tuple[str, str]]) -> None:
    """Texts as the shop may have them: trimmed, as every writer of records leaves them."""
    CustomerRecord.objects.all().delete()
    for number, (first, last) in enumerate(texts):
        make_record(f"p{number:02}@example.com", first_name=first.strip(), last_name=last.strip())
    options = {**options, "columns": ["email", "first_name", "last_name"]}
    name, content = export(**options)
    before = everybody()
    CustomerRecord.objects.update(first_name="x", last_name="x")

    load(name, content)

    assert wrong() == []
    kept = [(record["first_name"], record["last_name"]) for record in everybody()]
    wanted = [(record["first_name"], record["last_name"]) for record in before]
    # A blank cell says nothing: what was there stays.
    assert kept == [(first or "x", last or "x") for first, last in wanted]


# Texts that records hold, and that programs take for something else.
SAID = st.one_of(
    NASTY,
    st.sampled_from(
        [
            "-", "none", "NULL", "n.d.", "0", "#N/A", "\\N", "Dr. Anna", "Rossi, Anna", "'t Hooft", "'Anna'", "''", "'",
            "007", "1E5", "1001.0", "3.93E+11", "31/12/2024", "Anna::: Bo", "* myContacts", 'a"b', "a\\\\", '\\"',
            "x@y.org", "Mrs Rossi", "sep=;", "=", "+39 06 1", "\u200bx", "x\u00a0", "\u202ex",
        ]
    ),
)  # fmt: skip
LINES = st.lists(SAID, max_size=3).map("\n".join)
PERSON = st.fixed_dictionaries(
    {
        **dict.fromkeys(
            ("first_name", "last_name", "company_name", "street_address_1", "street_address_2", "city"), SAID
        ),
        "deactivation_reason": SAID,
        "store_note": LINES,
        "number": SAID,
        "is_active": st.booleans(),
        "is_tax_exempt": st.booleans(),
        "created_at": st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    }
)


@pytest.mark.parametrize(
    "options", sampled([*FORMATS, *LOCAL], one_in=4), ids=lambda options: "-".join(options.values())
)
@settings(max_examples=examples(1), phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
@given(people=st.lists(PERSON, min_size=10, max_size=10))
def test_everybody_comes_back_into_an_empty_shop(options: dict[str, Any], people: list[dict[str, Any]]) -> None:
    CustomerRecord.objects.all().delete()
    for serial, person in enumerate(people):
        given = {**person, "number": f"{person['number']}{serial}"}
        if given["is_active"]:
            given["deactivation_reason"] = ""
        cleaned = clean({name: value for name, value in given.items() if name not in BESIDE})
        beside = {name: given[name] for name in BESIDE}
        beside["created_at"] = beside["created_at"].replace(microsecond=0)
        beside["deactivation_reason"] = clean_reason(beside["deactivation_reason"]) if _is_clean(given) else ""
        make_record(f"p{serial}@example.com", **cleaned.values, **beside)
    names = [*people[0]]
    before = list(CustomerRecord.objects.order_by("email").values("email", *names))
    keys = [key for key, _header in READY["default"].headed()]
    name, content = export(**options, columns=[*keys, "store_note"])
    CustomerRecord.objects.all().delete()

    load(name, content)

    assert wrong() == []
    assert list(CustomerRecord.objects.order_by("email").values("email", *names)) == before
    again = load(name, content)
    assert again.counters == {"read": len(people), "unchanged": len(people)}


# What no validation of fields knows.
BESIDE = ("is_active", "is_tax_exempt", "created_at", "deactivation_reason")


def _is_clean(given: dict[str, Any]) -> bool:
    try:
        clean_reason(given["deactivation_reason"])
    except CustomerPlusError:
        return False
    return True


def test_a_formula_behind_another_separator_is_none_in_the_file_and_comes_back() -> None:
    content = b"email|first name|last name\nm@example.com|x;=1+1;|Rossi\n"
    load("list.csv", content)
    columns = ["email", "first_name", "last_name"]

    name, written = export(columns=columns)

    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["m@example.com,x", "'=1+1", ",Rossi"]
    load(name, written)
    assert CustomerRecord.objects.get().first_name == "x;=1+1;"
    assert wrong() == []


def test_refused_rows_have_no_formula_behind_another_separator_and_can_be_loaded_again() -> None:
    job = load("list.csv", b"email|first name|company\nnobody|x;=1+1;|=1\n'nobody|x;'=1+1;|'=1\n")
    with job.error_file.open("rb") as file:
        content = file.read()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter="|"))
    assert [row[:3] for row in rows[1:]] == [["nobody", "x;'=1+1;", "'=1"], ["'nobody", "x;'=1+1;", "'=1"]]

    load("list.csv", content.replace(b"\n'nobody", b"\nbo@example.com").replace(b"\nnobody", b"\nal@example.com"))

    read = list(CustomerRecord.objects.order_by("email").values_list("first_name", "company_name"))
    assert read == [("x;=1+1;", "=1")] * 2


@pytest.mark.parametrize("options", sampled(FORMATS, one_in=3), ids=lambda options: "-".join(options.values()))
def test_phones_come_back_as_they_were(options: dict[str, Any]) -> None:
    phones = ["+493012345678", "+39061234567", "+14155552671"]
    for number, phone in enumerate(phones):
        make_record(f"p{number}@example.com", phone=phone)
    name, content = export(**options, columns=["email", "phone"])
    CustomerRecord.objects.update(phone="")
    load(name, content)
    assert list(CustomerRecord.objects.order_by("email").values_list("phone", flat=True)) == phones


FIELDS_KEPT = {
    *("first_name", "last_name", "company_name", "phone", "additional_phones", "street_address_1", "street_address_2"),
    *("postal_code", "city", "country_area", "country_code", "language_code", "number", "is_tax_exempt"),
    *("lawful_basis", "social_profiles"),
}


@pytest.mark.parametrize("language", sampled(["en", "it", "de", "fr", "es"], one_in=3))
def test_an_export_comes_into_an_empty_shop_as_it_was(language: str) -> None:
    """With all columns a file might be taken for one of another tool, which has "Customer since" for "Known since"."""
    make_record(
        "anna@example.com",
        first_name="Dr. Anna",
        last_name="De Rossi",
        company_name="Rossi & Co",
        phone="+493012345678",
        additional_phones=["+4915112345678"],
        street_address_1="Via Roma 1",
        street_address_2="int. 2",
        postal_code="00100",
        city="Roma",
        country_area="RM",
        country_code="IT",
        language_code="it",
        number="0017",
        is_tax_exempt=True,
        lawful_basis="CONSENT",
        social_profiles={"instagram": "anna"},
        created_at=datetime(2020, 1, 2, 12, 30, tzinfo=UTC),
    )
    make_record("bo@example.com", first_name="", last_name="Berg", additional_phones=["+4915112345679"])
    kept = [field for field in COLUMNS if field in FIELDS_KEPT]
    before = list(CustomerRecord.objects.order_by("email").values("email", *kept))
    name, content = export(format="csv", header_language=language)
    CustomerRecord.objects.all().delete()

    job = load(name, content)

    assert (wrong(), job.report["mapping"]["format"]) == ([], "")
    assert list(CustomerRecord.objects.order_by("email").values("email", *kept)) == before
    assert CustomerRecord.objects.get(email="anna@example.com").created_at == datetime(2020, 1, 2, 12, 30, tzinfo=UTC)
