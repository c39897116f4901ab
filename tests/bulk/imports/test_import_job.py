"""Imports from the file to the records."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports, imports
from saleor_customer_plus.bulk.columns import IMPORTED
from saleor_customer_plus.bulk.exports.column_sql import is_column
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports import files, follow_up, requests, scan
from saleor_customer_plus.bulk.imports.options import ImportOptions, Mode, Subscribe
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import Tag
from tests.properties import sampled

from ...factories import make_account, make_order, make_record

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorType.STAFF, "1")


def make(content: bytes | str, name: str = "list.csv", **options: Any) -> BulkJob:
    raw = content.encode() if isinstance(content, str) else content
    chosen = ImportOptions(**{"show_preview": False, **options})
    return lifecycle.create(
        JobKind.IMPORT,
        actor=STAFF,
        options=chosen.to_json(),
        file=ContentFile(raw, name=name),
        file_name=name,
        is_confirmed=not chosen.show_preview,
    )


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def load(content: bytes | str, name: str = "list.csv", **options: Any) -> BulkJob:
    job = run(make(content, name, **options))
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


def test_a_plain_list_makes_records() -> None:
    job = load("Email,First name,Last name,Phone,Country\nAnna@Example.com,Anna,Rossi,030 1234567,Germany\n")
    assert job.counters == {"read": 1, "created": 1}
    record = CustomerRecord.objects.get()
    assert (record.email, record.first_name, record.last_name) == ("anna@example.com", "Anna", "Rossi")
    assert (record.phone, record.country_code, record.sources) == ("+49301234567", "DE", ["IMPORT"])


def test_a_list_has_addresses_and_never_mixes_two() -> None:
    headers = "email,street_address_1,postal_code,city,country_code\n"
    load(headers + "a@example.com,Torstraße 1,01067,Dresden,DE\nb@example.com,,,Bonn,\n")
    assert address("a@example.com") == ("Torstraße 1", "01067", "Dresden", "DE")
    assert address("b@example.com") == ("", "", "Bonn", "")
    assert list(record("a@example.com").provenance) == ["address"]

    job = load(headers + "a@example.com,,,Paris,FR\nb@example.com,Markt 1,53111,Bonn,DE\n")
    assert address("a@example.com") == ("", "", "Paris", "FR")
    assert address("b@example.com") == ("Markt 1", "53111", "Bonn", "DE")
    assert job.counters["updated"] == 2
    load("email,country_code\nb@example.com,FR\n")
    assert address("b@example.com") == ("Markt 1", "53111", "Bonn", "DE")

    assert load(headers + "a@example.com,,,Paris,FR\n").counters == {"read": 1, "unchanged": 1}


def address(email: str) -> tuple[str, str, str, str]:
    found = record(email)
    return found.street_address_1, found.postal_code, found.city, found.country_code


def record(email: str) -> CustomerRecord:
    return CustomerRecord.objects.get(email=email)


def problems(job: BulkJob) -> list[tuple[int | None, str, str]]:
    return [
        (problem.row_number, reason["code"], reason["field"])
        for problem in job.problems.order_by("place", "id")
        for reason in problem.reasons
    ]


def told(job: BulkJob) -> list[tuple[int | None, str, str, str]]:
    return [
        (problem.row_number, reason.get("severity", "ERROR"), reason.get("header", ""), reason["message"])
        for problem in job.problems.order_by("place", "id")
        for reason in problem.reasons
    ]


def preview(content: bytes | str, **options: Any) -> dict[str, Any]:
    job = run(make(content, show_preview=True, **options))
    assert job.state == JobState.READY, (job.error_code, job.error_message)
    return job.report["preview"]


def started(job: BulkJob) -> BulkJob:
    lifecycle.start(job.pk, actor=job.actor)
    return run(job)


def error_rows(job: BulkJob) -> list[list[str]]:
    return rows_in(job.error_file)


def warned_rows(job: BulkJob) -> list[list[str]]:
    return rows_in(job.warning_file)


def rows_in(stored: Any) -> list[list[str]]:
    with stored.open("rb") as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


PEOPLE = "email,first name,tags\na@example.com,Anna,vip\nb@example.com,Bo,\n"


def test_the_same_file_twice_changes_nothing_the_second_time() -> None:
    load(PEOPLE)
    before = list(CustomerRecord.objects.order_by("pk").values())
    entries = ActivityEntry.objects.count()
    job = load(PEOPLE)
    assert job.counters == {"read": 2, "unchanged": 2}
    assert list(CustomerRecord.objects.order_by("pk").values()) == before
    assert ActivityEntry.objects.count() == entries


def test_a_preview_tells_what_the_import_then_does() -> None:
    load("email,first name,company,tags\na@example.com,Anna,,vip\nb@example.com,Bo,Old,\n")
    content = (
        "email,first name,company,tags\n"
        "a@example.com,Anna,,vip\n"  # the same
        "b@example.com,Bob,New,vip\n"
        "c@example.com,Cy,,new\n"
        "not an address,,,\n"
        "c@example.com,Cyd,,\n"
    )
    job = run(make(content, show_preview=True))
    assert job.state == JobState.READY
    assert CustomerRecord.objects.count() == 2  # nothing was written
    told = job.report["preview"]
    counts = {"to_create": 1, "to_update": 1, "to_leave": 1, "to_skip": 1, "to_refuse": 1, "with_warnings": 0}
    assert told["counts"] == counts
    assert told["changed_fields"] == {"first_name": 1, "company_name": 1, "tags": 1}
    outcomes = [(2, "unchanged"), (3, "updated"), (4, "skipped"), (5, "refused"), (6, "created")]
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == outcomes
    assert [(reason["code"], reason.get("value")) for reason in told["rows"][3]["reasons"]] == [
        ("INVALID", "not an address")
    ]
    assert told["rows"][4]["values"] == {"email": "c@example.com", "first_name": "Cyd"}
    assert problems(job) == [(4, "DUPLICATE", "email"), (5, "INVALID", "email")]

    job = started(job)
    assert job.state == JobState.SUCCEEDED
    counts = {name: job.counters.get(name, 0) for name in ("created", "updated", "unchanged", "skipped", "refused")}
    assert counts == {"created": 1, "updated": 1, "unchanged": 1, "skipped": 1, "refused": 1}
    assert problems(job) == [(4, "DUPLICATE", "email"), (5, "INVALID", "email")]
    assert record("c@example.com").first_name == "Cyd"  # the last one wins
    assert record("b@example.com").company_name == "New"


def test_refused_rows_come_back_in_the_layout_of_the_original_and_never_stop_the_others() -> None:
    long = "x" * 257
    job = load(
        "E-Mail;Vorname;Telefon;Farbe\n"
        f"anna;{long};+49301234567;rot\n"
        "b@;Bo;123;blau\n"
        ";Cy;;\n"
        "d@example.com;Di;;;zu viel\n"
        "e@example.com;Eve;;grün\n"
    )
    assert job.counters == {"read": 5, "created": 1, "refused": 4}
    with job.error_file.open("rb") as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["E-Mail", "Vorname", "Telefon", "Farbe", "Reason"]
    assert [row[:4] for row in rows[1:]] == [
        ["anna", long, "+49301234567", "rot"],
        ["b@", "Bo", "123", "blau"],
        ["", "Cy", "", ""],
        ["d@example.com", "Di", "", ""],
    ]
    assert rows[1][4] == "E-Mail: This is not an e-mail address. Vorname: This may have at most 256 characters."
    assert rows[3][4] == "E-Mail: There is no e-mail address in this row."
    assert CustomerRecord.objects.count() == 1

    # Mended, it is loaded as it is, with the column of reasons.
    mended = "\n".join(";".join(row) for row in [rows[0], ["c@example.com", "Cy", "", "", rows[3][4]]])
    assert load(mended).counters == {"read": 1, "created": 1}


def test_a_row_that_is_refused_again_has_one_reason() -> None:
    again = load("email,name\nbad,Anna\nb@example.com,Bo,x\nworse\n")
    rows = error_rows(again)
    for _ in range(2):
        again = load("\n".join(",".join(row) for row in rows))
        rows[3][2] = "email: This is not an e-mail address."  # filled up with blanks, it has all cells
        assert error_rows(again) == rows
    assert rows[0] == ["email", "name", "Reason"]
    assert [row[:2] for row in rows[1:]] == [["bad", "Anna"], ["b@example.com", "Bo"], ["worse", ""]]


@pytest.mark.parametrize("is_json", [False, True])
def test_nothing_in_the_file_of_refused_rows_is_run_by_a_spreadsheet(is_json: bool) -> None:
    names = ["=1+1", "'=1+1", "@x", "'tis", "+49 30 12", "-"]
    people = [{"email": f"x{number}", "name": name} for number, name in enumerate(names)]
    content = "email,name\n" + "".join(f"{person['email']},{person['name']}\n" for person in people)
    rows = error_rows(load("".join(json.dumps(person) + "\n" for person in people) if is_json else content))
    assert not any(row[1].startswith(("=", "@")) for row in rows)

    # Mended, they are what they would have been.
    mended = "".join(f"{email}@example.com,{name}\n" for email, name, _ in rows[1:])
    load(f"email,first name\n{mended}")
    kept = list(CustomerRecord.objects.order_by("email").values_list("first_name", flat=True))
    assert kept == ["=1+1", "'=1+1" if is_json else "=1+1", *names[2:5], "-" if is_json else ""]


def test_no_spreadsheet_runs_a_header_and_it_is_read_back() -> None:
    job = load("email,=1+1\na@example.com,x\nbroken,y\n", keep_unknown=True)
    assert error_rows(job)[0] == ["email", "'=1+1", "Reason"]
    exported = run(
        exports.create(RecordList(), ExportRequest(columns=["email", "attribute:=1+1"]), actor=STAFF)
    ).result_file
    content = exported.read()
    assert content == b"\xef\xbb\xbfEmail,'=1+1\na@example.com,x\n"
    assert load(content, keep_unknown=True).counters == {"read": 1, "unchanged": 1}
    assert record("a@example.com").attributes == {"=1+1": "x"}


def test_a_person_has_at_most_twenty_further_phones() -> None:
    numbers = [f"+4930123456{number}" for number in range(10, 31)]
    rows = [("a", numbers[:20]), ("b", numbers)]
    job = load(
        "email,phone,additional phones\n" + "".join(f'{x}@example.com,+4930999,"{",".join(n)}"\n' for x, n in rows)
    )
    assert job.counters == {"read": 2, "created": 2, "with_warnings": 1}
    assert record("a@example.com").additional_phones == record("b@example.com").additional_phones == numbers[:20]
    assert told(job) == [
        (3, "WARNING", "additional phones", "At most 20 phone numbers are allowed. The others are left out.")
    ]


@pytest.mark.parametrize("chosen", ["", "cp1250"])
def test_the_file_of_refused_rows_is_read_in_its_encoding_whatever_was_chosen(chosen: str) -> None:
    raw = "email;imię\na@b.pl;Wałęsa Żółć Śliwiński\nbad;Łucja\n".encode("cp1250")
    job = load(raw, encoding=chosen, mapping={"imię": "first_name"})
    with job.error_file.open("rb") as file:
        mended = file.read().replace(b"bad", b"b@b.pl")
    load(mended, encoding=chosen, mapping={"imię": "first_name"})
    assert record("b@b.pl").first_name == "Łucja"


@pytest.mark.parametrize(("last", "month"), [("12/31/2023", 3), ("31/12/2023", 4), ("3/4/2023", 4), ("", 4)])
def test_a_list_tells_by_its_dates_whether_months_come_first(last: str, month: int) -> None:
    job = load(f"email,created\na@example.com,3/4/2024\nb@example.com,{last}\n")
    assert record("a@example.com").created_at.month == month
    assert job.report["file"].get("month_first", False) is (month == 3)


def test_rows_of_blanks_are_no_rows() -> None:
    assert load("email;name\n;\na@example.com;Anna\n ;\t\n\u00a0;\n").counters == {"read": 1, "created": 1}


def test_countries_by_their_everyday_names_and_phones_that_say_nothing() -> None:
    content = "Email,Country,Phone Number\namy@example.com,United States,0\nbob@example.com,Repubblica Ceca,n.d.\n"
    job = load(content + "cid@example.com,United States (US),-\n")
    found = CustomerRecord.objects.order_by("email").values_list("country_code", "phone")
    assert list(found) == [("US", ""), ("CZ", ""), ("US", "")]
    assert job.problems.count() == 0


def test_a_postcode_that_a_spreadsheet_cut_is_left_out() -> None:
    job = load("email,postal code\na@example.com,20121.0\nb@example.com,'00184\nc@example.com,1E+05\n")
    assert list(CustomerRecord.objects.order_by("email").values_list("postal_code", flat=True)) == [
        "20121",
        "00184",
        "",
    ]
    assert job.problems.count() == 1


def test_a_number_that_a_spreadsheet_shows_with_a_decimal_is_the_number() -> None:
    content = 'email,phone,number\na@example.it,3331234567.0,1001.0\nb@example.it,+393331234567.0,"1,002.0"\n'
    load(content + "c@example.it,3.93331234567E+11,3.93E+11\n", country="IT")
    assert [(one.phone, one.number) for one in CustomerRecord.objects.order_by("email")] == [
        ("+393331234567", "1001"),
        ("+393331234567", "1002"),
        ("+393331234567", None),  # eleven digits are all of it
    ]


def test_an_apostrophe_of_a_spreadsheet_is_taken_off_in_every_column() -> None:
    content = (
        "email,phone,number,country,language,tags,first name,last name,company,note\n"
        "'a@example.com,'+393331234567,'007,'IT,'de,'007,Jan,'t Hooft,'007,'=1+1\n"
    )
    load(content + "a@example.com,,,,,,,'s-Hertogenbosch,,\n")
    one = record("a@example.com")
    assert (one.last_name, CustomerRecord.objects.count()) == ("'s-Hertogenbosch", 1)
    load(content)
    one = record("a@example.com")
    assert (one.phone, one.number, one.country_code, one.language_code) == ("+393331234567", "007", "IT", "de")
    assert (one.first_name, one.last_name, one.company_name, one.store_note) == ("Jan", "'t Hooft", "007", "=1+1")
    assert list(Tag.objects.values_list("name", flat=True)) == ["007"]


def test_cells_that_say_nothing_are_blank_in_every_column() -> None:
    headers = "phone,country,language,number,tags,groups,first name,last name,company,note,created at,newsletter,active"
    words = ("-", "n/a", "NULL", "\\N", "#N/A", "unknown", "sconosciuto", "\u00a0", "\u200b", "\u3000-")
    rows = "".join(
        f"p{number}@example.com,{','.join([word] * len(headers.split(',')))}\n" for number, word in enumerate(words)
    )
    job = load(f"email,{headers}\n{rows}p@example.com,0,0,0,,,,,,,,0,0,\n")
    assert job.counters == {"read": 11, "created": 11}
    assert job.problems.count() == 0
    blank = ("", "", "", None, "", "", "", "", True)
    assert {
        (one.phone, one.country_code, one.language_code, one.number, one.first_name, one.last_name, one.company_name,
         one.store_note, one.is_active)
        for one in CustomerRecord.objects.all()
    } == {blank}  # fmt: skip
    assert not Tag.objects.exists()


def test_a_file_of_ours_means_what_it_says() -> None:
    content = (
        "Email,First name,Last name,Company,Store note,Known since,Approved buyer\na@example.com,-,None,n/a,?,,no\n"
    )
    load(content)
    one = record("a@example.com")
    assert (one.first_name, one.last_name, one.company_name, one.store_note) == ("-", "None", "n/a", "?")


def test_what_other_programs_write_for_a_blank_is_one() -> None:
    content = "email,phone,country,created at,newsletter,last name\na@example.com,-,N/A,0000-00-00,NULL,-\n"
    assert load(content).counters == {"read": 1, "created": 1}
    anna = record("a@example.com")
    assert (anna.phone, anna.country_code, anna.accepts_newsletter) == ("", "", False)
    assert anna.last_name == ""

    assert problems(load("email,first name\n-,Bo\n")) == [(2, "REQUIRED", "email")]


def test_a_number_that_a_spreadsheet_cut_is_left_out() -> None:
    job = load('email;phone;customer number\na@example.com;"4,915E+12";\nb@example.com;;1.2E+10\n')
    assert job.counters == {"read": 2, "created": 2, "with_warnings": 2}
    assert problems(job) == [(2, "INVALID", "phone"), (3, "INVALID", "number")]
    assert all("A spreadsheet has cut this number." in one.reasons[0]["message"] for one in job.problems.all())


@pytest.mark.parametrize(
    ("mode", "counters"),
    [
        ("CREATE_AND_UPDATE", {"created": 1, "updated": 1}),
        ("CREATE_ONLY", {"created": 1, "skipped": 1}),
        ("UPDATE_ONLY", {"updated": 1, "skipped": 1}),
    ],
)
def test_modes(mode: str, counters: dict[str, int]) -> None:
    make_record("a@example.com", first_name="Ann")
    content = "email,first name\na@example.com,Anna\nb@example.com,Bo\n"
    said = {
        f"to_{'create' if n == 'created' else 'update' if n == 'updated' else 'skip'}": c for n, c in counters.items()
    }
    counts = preview(content, mode=Mode(mode))["counts"]
    assert {name: count for name, count in counts.items() if count} == said
    job = load(content, mode=Mode(mode))
    assert job.counters == {"read": 2, **counters}
    assert not job.error_file  # whoever was passed over needs no mending


def test_only_blanks_are_filled_when_told_so() -> None:
    make_record("a@example.com", first_name="Ann", attributes={"shoe": "38"})
    load(
        "email,first name,last name,attribute:shoe,attribute:hat\na@example.com,Anna,Rossi,40,56\n",
        fill_blanks=True,
    )
    kept = record("a@example.com")
    assert (kept.first_name, kept.last_name, kept.attributes) == ("Ann", "Rossi", {"shoe": "38", "hat": "56"})


def test_locked_fields_are_respected_unless_told_otherwise() -> None:
    make_record("a@example.com", first_name="Ann", locked_fields=["first_name"])
    content = "email,first name\na@example.com,Anna\n"
    assert load(content).counters == {"read": 1, "unchanged": 1}
    assert load(content, ignore_locks=True).counters == {"read": 1, "updated": 1}
    assert record("a@example.com").first_name == "Anna"


def test_a_blank_cell_erases_only_when_told_so() -> None:
    make_record("a@example.com", first_name="Ann", number="K1", is_tax_exempt=True)
    content = "email,first name,customer number,tax exempt\na@example.com,,,\n"
    assert load(content).counters == {"read": 1, "unchanged": 1}
    assert load(content, erase_blanks=True).counters == {"read": 1, "updated": 1}
    erased = record("a@example.com")
    assert (erased.first_name, erased.number, erased.is_tax_exempt) == ("", None, False)


def test_tags_and_the_group_are_given_to_all() -> None:
    group = groups.create(name="Resellers")
    load('email,tags\na@example.com,"vip, Fair"\nb@example.com,VIP\n', tags=("2024",), group_id=group.pk)
    found = {one.email: sorted(one.tag_assignments.values_list("tag__name", flat=True)) for one in all_records()}
    assert found == {"a@example.com": ["2024", "Fair", "vip"], "b@example.com": ["2024", "vip"]}
    assert all(one.group_memberships.get().group_id == group.pk for one in all_records())


def all_records() -> list[CustomerRecord]:
    return list(CustomerRecord.objects.order_by("email"))


def test_a_group_that_does_not_exist_is_left_out() -> None:
    group = groups.create(name="Resellers")
    job = load('email,groups\na@example.com,resellers\nb@example.com,"Others, Resellers"\n')
    assert job.counters == {"read": 2, "created": 2, "with_warnings": 1}
    assert record("a@example.com").group_memberships.get().group_id == group.pk
    assert record("b@example.com").group_memberships.get().group_id == group.pk
    assert told(job) == [(3, "WARNING", "groups", "No group has the name Others. Create it first.")]


def test_too_many_tags_stop_an_import_before_it_writes(configure: Any) -> None:
    configure(tag_limit="2")
    job = run(make('email,tags\na@example.com,"one, two"\nb@example.com,three\n'))
    assert (job.state, job.error_code) == (JobState.FAILED, "LIMIT_REACHED")
    assert CustomerRecord.objects.count() == 0


SUBSCRIBERS = "email,accepts marketing\nyes@example.com,yes\nno@example.com,no\nblank@example.com,\n"


@pytest.mark.parametrize(("subscribe", "emails"), [("NOBODY", []), ("MARKED", ["yes"]), ("ALL", ["blank", "yes"])])
def test_nobody_is_subscribed_unless_asked(subscribe: str, emails: list[str]) -> None:
    options = {"subscribe": Subscribe(subscribe), "lawful_basis": "CONSENT", "wording": "I want news"}
    job = load(SUBSCRIBERS, **options)
    events = list(ConsentEvent.objects.order_by("record__email"))
    assert [event.record.email.partition("@")[0] for event in events] == emails
    for event in events:
        assert (event.channel, event.purpose, event.state) == ("EMAIL", "PROMOTIONAL", "SUBSCRIBED")
        assert (event.source, event.opt_in_level, event.wording) == ("IMPORT", "UNKNOWN", "I want news")
        assert (event.cause_type, event.cause_id) == ("JOB", str(job.pk))
        assert event.record.accepts_promotional_mail
        assert event.record.lawful_basis == "CONSENT"
    assert load(SUBSCRIBERS, **options).counters == {"read": 3, "unchanged": 3}
    assert ConsentEvent.objects.count() == len(emails)


def test_leads_are_made_once() -> None:
    content = "email,subject of enquiry,enquiry\na@example.com,Prices,How much?\n"
    load(content, make_leads=True)
    assert load(content, make_leads=True).counters == {"read": 1, "unchanged": 1}
    lead = Lead.objects.get()
    assert (lead.origin, lead.subject, lead.message) == ("IMPORT", "Prices", "How much?")


def test_customer_numbers_stay_unique() -> None:
    make_record("known@example.com", number="1")
    content = "email,customer number\na@example.com,1\nb@example.com,2\nc@example.com,2\nknown@example.com,1\n"
    assert preview(content)["counts"]["with_warnings"] == 2
    assert preview(content, strict=True)["counts"]["to_refuse"] == 2
    job = load(content, strict=True)
    assert job.counters == {"read": 4, "created": 1, "refused": 2, "unchanged": 1}
    assert problems(job) == [(2, "UNIQUE", "number"), (4, "UNIQUE", "number")]
    CustomerRecord.objects.filter(email="b@example.com").delete()
    job = load(content)
    assert job.counters == {"read": 4, "created": 3, "with_warnings": 2, "unchanged": 1}
    assert problems(job) == [(2, "UNIQUE", "number"), (4, "UNIQUE", "number")]
    numbers = dict(CustomerRecord.objects.values_list("email", "number"))
    assert numbers == {"known@example.com": "1", "a@example.com": None, "b@example.com": "2", "c@example.com": None}


def test_a_preview_shows_the_first_twenty_rows_whatever_becomes_of_them() -> None:
    rows = [f"{number}@example.com" if number % 2 else "no address" for number in range(2, 42)]
    told = preview("email\n" + "\n".join(rows))
    assert [row["row"] for row in told["rows"]] == list(range(2, 22))
    assert [row["outcome"] for row in told["rows"]] == ["refused", "created"] * 10


def test_who_has_a_customer_number_already_is_told_by_id() -> None:
    known = to_global_id("CustomerRecord", make_record("known@example.com", number="1").pk)
    content = "email,customer number\na@example.com,1\nb@example.com,2\nc@example.com,2\n"
    rows = preview(content)["rows"]
    assert [one.get("id") for row in rows for one in row["reasons"]] == [known, None]
    job = load(content)
    assert [one.reasons[0].get("id") for one in job.problems.order_by("place")] == [known, None]
    assert [row[-1] for row in warned_rows(job)[1:]] == [
        f"customer number: Another record has this customer number. Its id is {known}.",
        "customer number: Row 3 has this customer number.",
    ]


def test_all_that_stands_against_a_row_is_told_at_once() -> None:
    make_record("known@example.com", number="1")
    job = load("email,customer number,groups\na@example.com,1,No such\n")
    assert problems(job) == [(2, "UNIQUE", "number"), (2, "NOT_FOUND", "groups")]


def test_what_is_known_of_an_address_is_linked_to_it(configure: Any) -> None:
    configure(include_guests=False)
    account = make_account("account@example.com")
    order = make_order("guest@example.com", total="12.50")
    tasks.sync_orders([str(order.pk)])
    assert CustomerRecord.objects.count() == 0
    load("email\naccount@example.com\nguest@example.com\nother@example.com\n")
    assert record("account@example.com").account_id == account.pk
    guest = record("guest@example.com")
    assert (guest.order_count, guest.stage) == (1, "CUSTOMER")
    assert record("other@example.com").stage == "LEAD"


def test_a_list_without_addresses_is_refused() -> None:
    job = run(make("first name,last name\nAnna,Rossi\n"))
    assert (job.state, job.error_code) == (JobState.FAILED, "INVALID")
    assert "e-mail" in job.error_message


def test_chunks_fit_together_whatever_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS_SCANNED", 7)
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 3)
    lines = [f'p{number}@example.com,"Line\n{number}",K{number}' for number in range(40)] + ["p3@example.com,Last,K3"]
    job = load("email,store note,customer number\n" + "\n".join(lines) + "\n")
    assert job.counters == {"read": 41, "created": 40, "skipped": 1}
    assert job.rows_total == 41
    assert record("p3@example.com").store_note == "Last"
    assert record("p39@example.com").store_note == "Line\n39"


def test_the_log_names_the_job_and_who_started_it() -> None:
    job = load("email,first name\na@example.com,Anna\n")
    second = load("email,first name\na@example.com,Ann\n")
    made, edited = ActivityEntry.objects.order_by("pk")
    assert (made.type, made.actor_type, made.actor_id) == ("RECORD_CREATED", "STAFF", "1")
    assert (made.cause_type, made.cause_id) == ("JOB", str(job.pk))
    assert (edited.type, edited.before, edited.after) == (
        "DETAILS_EDITED",
        {"first_name": "Anna"},
        {"first_name": "Ann"},
    )
    assert (edited.cause_type, edited.cause_id) == ("JOB", str(second.pk))


def test_who_is_missing_is_put_out_of_use_only_after_the_number_was_confirmed() -> None:
    make_record("gone@example.com")
    make_record("kept@example.com")
    make_record("out@example.com", is_active=False)
    content = "email\nKept@example.com\n"
    job = run(make(content, show_preview=True, deactivate_missing=True))
    assert job.report["preview"]["missing"] == 1
    for wrong, code in ((None, "REQUIRED"), (2, "STALE")):
        with pytest.raises(CustomerPlusError) as caught:
            imports.start(job.pk, actor=job.actor, missing=wrong)
        assert (caught.value.code, caught.value.field) == (code, "missing")
    imports.start(job.pk, actor=job.actor, missing=1)
    assert run(job).state == JobState.SUCCEEDED
    assert [(one.email, one.is_active) for one in all_records()] == [
        ("gone@example.com", False),
        ("kept@example.com", True),
        ("out@example.com", False),
    ]


def test_who_gets_another_primary_address_meanwhile_is_not_missing() -> None:
    gone = make_record("gone@example.com")
    make_account("anna@work.example")  # its address is the primary one once it is linked
    content = "email,other_emails\nanna@example.com,anna@work.example\n"
    job = run(make(content, show_preview=True, deactivate_missing=True))
    imports.start(job.pk, actor=job.actor, missing=1)
    job = run(job)
    assert (job.state, job.counters.get("deactivated")) == (JobState.SUCCEEDED, 1), job.error_message
    assert record("anna@work.example").is_active
    gone.refresh_from_db()
    assert not gone.is_active


def test_nobody_is_put_out_of_use_once_more_are_missing_than_were_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_up, "_DEACTIVATED_AT_ONCE", 1)
    make_record("gone@example.com")
    job = run(make("email\nkept@example.com\n", show_preview=True, deactivate_missing=True))
    make_record("newcomer@example.com")

    imports.start(job.pk, actor=job.actor, missing=1)

    assert run(job).state == JobState.FAILED
    assert "than were confirmed" in run(job).error_message
    assert not job.chunks.filter(phase="missing").exists()
    assert all(one.is_active for one in all_records())


@pytest.mark.parametrize("format", sampled(["csv", "tsv", "xlsx", "jsonl"], one_in=2))
def test_an_export_that_nobody_edits_changes_nothing_when_it_is_loaded(format: str) -> None:
    account = make_account("account@example.com", first_name="Zoë")
    tasks.sync_accounts([account.pk])
    order = make_order("guest@example.com", total="12.50")
    tasks.sync_orders([str(order.pk)])
    load(
        "email,first name,phone,customer number,tags,attribute:shoe,social profiles,known since,active,tax exempt\n"
        "a@example.com,'=1+1,+49301234567,007,\"vip, fair\",'-38,instagram: anna,2020-01-02 03:04:05,no,yes\n"
        "b@example.com,'@Bo,0171 2345678,+7,,,,,,\n",
        country="DE",
    )
    make_record("c@example.com", first_name="'tis", locked_fields=["first_name"], lawful_basis="CONSENT")
    request = ExportRequest(format=format, columns=(*(key for key in IMPORTED if is_column(key)), "attribute:shoe"))
    before = {one["id"]: one for one in CustomerRecord.objects.values()}
    entries = ActivityEntry.objects.count()
    exported = run(exports.create(RecordList(), request, actor=STAFF, include_inactive=True))
    assert exported.state == JobState.SUCCEEDED, exported.error_message
    with exported.result_file.open("rb") as file:
        job = load(file.read(), keep_unknown=True, erase_blanks=True)
    assert job.counters == {"read": 5, "unchanged": 5}
    assert {one["id"]: one for one in CustomerRecord.objects.values()} == before
    assert ActivityEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("subscribed_members.csv", {"NEWSLETTER": "SUBSCRIBED"}),
        ("07_unsubscribed_members.csv", {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED"}),
        ("cleaned_members.csv", {"NEWSLETTER": "INVALID", "PROMOTIONAL": "INVALID"}),
        ("nonsubscribed_members.csv", {}),
        ("non-subscribed members.csv", {}),
        ("members.csv", {}),
    ],
)
def test_the_status_of_a_file_of_mailchimp_is_in_its_name(name: str, states: dict[str, str]) -> None:
    content = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,LEID,EUID\na@b.it,Anna,2,,,1,2\n"
    load(content, name=name, subscribe=Subscribe.MARKED, lawful_basis="CONSENT", wording="News")
    assert dict(ConsentEvent.objects.values_list("purpose", "state")) == states


def test_files_do_not_meet_in_a_storage_that_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As Saleor's storages on S3 and GCS do unless told otherwise.
    storage = FileSystemStorage(tmp_path, allow_overwrite=True)
    monkeypatch.setattr(BulkJob._meta.get_field("file"), "storage", storage)
    monkeypatch.setattr(requests, "bulk_storage", lambda: storage)
    options, actor = ImportOptions(), Actor(ActorType.IMPORT)
    made = [
        imports.of_file(ContentFile(b"first", name="a.csv"), options, actor=actor),
        imports.of_file(ContentFile(b"second", name="a.csv"), options, actor=actor),
        imports.of_text("third", options, actor=actor),
    ]
    assert [BulkJob.objects.get(pk=job.pk).file.read() for job in made] == [b"first", b"second", b"third"]


def test_a_worker_that_does_not_share_the_storage_says_so() -> None:
    job = make("Email\nanna@example.com\n")
    job.file.storage.delete(job.file.name)
    run(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "NOT_FOUND")
    assert "share Saleor's private storage" in job.error_message


def test_what_broke_off_on_its_way_from_a_storage_is_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make("Email\nanna@example.com\n")
    monkeypatch.setattr(FileSystemStorage, "path", lambda *_arguments: (_ for _ in ()).throw(NotImplementedError))
    monkeypatch.setattr(FileSystemStorage, "open", lambda *_arguments: ContentFile(b"Email\nanna@example.com\n"))
    copied = files.copy_to
    monkeypatch.setattr(files, "copy_to", lambda *_arguments: 1 / 0)
    with pytest.raises(CustomerPlusError, match="ZeroDivisionError"):
        files.local(job.file.name)
    monkeypatch.setattr(files, "copy_to", copied)

    assert files.local(job.file.name).read_bytes() == b"Email\nanna@example.com\n"
    files.drop_copy()


@pytest.mark.parametrize("as_task", [True, False])
def test_no_copy_of_a_file_from_elsewhere_stays_with_a_worker(monkeypatch: pytest.MonkeyPatch, as_task: bool) -> None:
    job = make("Email\nanna@example.com\n")
    monkeypatch.setattr(FileSystemStorage, "path", lambda *_arguments: (_ for _ in ()).throw(NotImplementedError))
    monkeypatch.setattr(FileSystemStorage, "open", lambda *_arguments: ContentFile(b"Email\nanna@example.com\n"))
    copied, copies = files.copy_to, []
    monkeypatch.setattr(files, "copy_to", lambda source, to: (copies.append(to), copied(source, to)))

    if as_task:
        tasks.run_job(job.pk)
    else:
        run(job)

    assert record("anna@example.com").sources == ["IMPORT"]
    assert copies
    assert not any(copy.exists() for copy in copies)


@pytest.mark.parametrize("show_preview", [True, False])
def test_all_bytes_of_a_file_are_done_in_the_end(monkeypatch: pytest.MonkeyPatch, show_preview: bool) -> None:
    monkeypatch.setattr(scan, "ROWS_SCANNED", 3)
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 2)
    rows = "".join(f"anna{number}@example.com\n" for number in range(7))
    job = run(make(f"Email\n{rows}", show_preview=show_preview))
    if show_preview:
        assert job.bytes_done == 0
        imports.start(job.pk, actor=job.actor)
        run(job)
    assert (job.bytes_done, job.bytes_total) == (len(rows), len(rows))


def test_a_secret_is_kept_nowhere() -> None:
    job = run(
        make(
            "email,password,Old hash\na@example.com,hunter2,$P$B123456789\n@,hunter2,$P$B123456789\n",
            show_preview=True,
            keep_unknown=True,
        )
    )
    job = started(job)
    assert (job.counters["created"], job.counters["refused"]) == (1, 1)
    told = json.dumps([job.report, list(job.problems.values_list("cells", "reasons")), error_rows(job)])
    assert "hunter2" not in told
    assert "$P$B" not in told
    assert record("a@example.com").attributes == {}


def test_a_name_comes_back_with_its_title() -> None:
    load("email,first name\na@example.com,Dr. Anna\nb@example.com,Bo\n")
    assert (record("a@example.com").first_name, record("a@example.com").attributes) == ("Anna", {"Title": "Dr."})
    CustomerRecord.objects.filter(email="b@example.com").update(first_name="Dr. Bo")
    job = load("email,first name\na@example.com,Dr. Anna\nb@example.com,Dr. Bo\n")
    assert job.counters == {"read": 2, "unchanged": 2}
