"""The commands for lists and jobs, without a broker."""

from __future__ import annotations

import argparse
import io
import itertools
import json
import stat
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.customers.inputs import CustomerRecordFilterInput
from saleor_customer_plus.bulk import imports, saved_profiles, selection
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.options import ImportOptions, Mode, Subscribe, Withdrawals
from saleor_customer_plus.consent.models import ConsentPurpose
from saleor_customer_plus.customers.filters import ConsentFilter, MoneyRange, Range, RecordFilter, SourceFilter
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import kinds
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.jobs.progress import Watch
from saleor_customer_plus.management import common, export_command, import_command
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.tags.models import TagAssignment
from tests.properties import sampled

from ..bulk.counting import Counting, make
from ..factories import (
    make_channel,
    make_group,
    make_job,
    make_ledger_entry,
    make_note,
    make_order,
    make_record,
    make_staff,
    make_tag,
)

pytestmark = pytest.mark.django_db


def call(*arguments: Any, code: int = 0) -> str:
    """What a command prints; it must exit with the code."""
    out = io.StringIO()
    found = 0
    try:
        call_command("customer_plus", *map(str, arguments), "--no-progress", stdout=out, stderr=out)
    except SystemExit as error:
        found = int(error.code or 0)
    assert found == code, out.getvalue()
    return out.getvalue()


# Export.


def test_export_to_a_file_whose_ending_tells_the_format(tmp_path: Path) -> None:
    make_record("anna@example.com", first_name="Anna")
    staff = make_staff("boss@example.com")
    file = tmp_path / "list.tsv"

    said = call("export", file, "--columns", "email, first_name", "--user", "Boss@example.com")

    assert file.read_bytes() == b"\xef\xbb\xbfEmail\tFirst name\nanna@example.com\tAnna\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["list.tsv"]
    job = BulkJob.objects.get()
    assert said == f"Job {job.pk}: Done. 1 read.\n"
    assert (job.actor_type, job.actor_id) == ("STAFF", str(staff.pk))


def test_export_as_json_tells_what_came_of_it(tmp_path: Path) -> None:
    make_record("anna@example.com")
    file = tmp_path / "list.csv"
    told = json.loads(call("export", file, "--json"))
    assert (told["kind"], told["state"], told["read"], told["file"]) == ("EXPORT", "SUCCEEDED", 1, str(file))


def test_export_prints(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    make_record("anna@example.com")
    call_command("customer_plus", "export", "--columns=email", "--encoding=UTF-8", "--no-progress")
    assert capsysbinary.readouterr().out == b"Email\nanna@example.com\n"


def test_export_tells_what_the_encoding_could_not_write(tmp_path: Path) -> None:
    make_record("anna@example.com", first_name="Łucja")
    arguments = ["export", tmp_path / "list.csv", "--encoding=WINDOWS-1252"]
    warning = "Characters that WINDOWS-1252 does not have were replaced by question marks. Cells affected: 1. "
    assert warning in call(*arguments)
    assert json.loads(call(*arguments, "--json"))["warning"].startswith(warning)
    assert json.loads(call(*arguments[:2], "--json"))["warning"] is None


def test_export_of_those_whom_the_options_name(tmp_path: Path) -> None:
    lead = make_record("lead@example.com", first_name="Lea", country_code="DE", accepts_promotional_mail=True)
    make_record("customer@example.com", stage="CUSTOMER", country_code="AT")
    make_record("inactive@example.com", is_active=False)
    TagAssignment.objects.create(record=lead, tag=make_tag("VIP"))
    file = tmp_path / "list.csv"

    def emails(*options: Any) -> list[str]:
        call("export", file, "--columns=email", "--encoding=UTF-8", *options)
        return file.read_text().splitlines()[1:]

    assert emails() == ["lead@example.com", "customer@example.com"]
    for options in (
        ["--stage=LEAD"],
        ["--search=lea"],
        [f"--id={lead.pk}"],
        ["--country=DE", "--country=FR"],
        ["--tag=vip"],
        ["--subscribed=PROMOTIONAL"],
    ):
        assert emails(*options) == ["lead@example.com"], options
    assert emails("--include-inactive") == ["lead@example.com", "customer@example.com", "inactive@example.com"]


def test_export_filters_as_the_api_does() -> None:
    parser = argparse.ArgumentParser()
    export_command.configure(parser)
    given = (
        "--stage=CUSTOMER --has-account=no --is-tax-exempt=yes --company-name=Rossi --source=ORDER --source=IMPORT"
        " --country=DE --created-at=2026-01-01..2026-02-01T12:00 --customer-since=2026-01-01.."
        " --last-order-at=..2026-03-01 --order-count=2.."
        " --currency=eur --total-spent=500..999.50 --average-order-value=..80 --subscribed=PROMOTIONAL"
        " --subscribed=NEWSLETTER --consent=sms:system:pending,unsubscribed --id=7"
    )

    day = partial(datetime, 2026, tzinfo=UTC)
    assert export_command._filter(vars(parser.parse_args(given.split()))) == RecordFilter(
        ids=[7],
        stage=Stage.CUSTOMER,
        has_account=False,
        is_tax_exempt=True,
        company_name="Rossi",
        sources=SourceFilter(any=(Source.ORDER, Source.IMPORT)),
        countries=["DE"],
        created_at=Range(day(1, 1), day(2, 1, 12)),
        customer_since=Range(day(1, 1), None),
        last_order_at=Range(None, day(3, 1)),
        order_count=Range(2, None),
        total_spent=MoneyRange("EUR", Range(Decimal(500), Decimal("999.50"))),
        average_order_value=MoneyRange("EUR", Range(None, Decimal(80))),
        accepts_promotional_mail=True,
        accepts_newsletter=True,
        consents=[ConsentFilter("SMS", "SYSTEM", ("PENDING", "UNSUBSCRIBED"))],
    )


# Each filter of the API, and the options that name it.
FILTERS = {
    "ids": "--id=7",
    "stage": "--stage=LEAD",
    "is_active": "--include-inactive",
    "has_account": "--has-account=no",
    "has_unconfirmed_account": "--has-unconfirmed-account=yes",
    "is_staff": "--is-staff=no",
    "sources": "--source=ORDER",
    "countries": "--country=DE",
    "cities": "--city=Köln",
    "languages": "--language=PT_BR",
    "company_name": "--company-name=Rossi",
    "attributes": "--attribute=level",
    "created_at": "--created-at=2026-01-01..",
    "customer_since": "--customer-since=2026-01-01..",
    "last_order_at": "--last-order-at=2026-01-01..",
    "order_count": "--order-count=1..",
    "total_spent": "--currency=EUR --total-spent=1..",
    "average_order_value": "--currency=EUR --average-order-value=1..",
    "order_channels": "--order-channel=outlet",
    "is_tax_exempt": "--is-tax-exempt=no",
    "is_approved_buyer": "--is-approved-buyer=no",
    "accepts_promotional_mail": "--subscribed=PROMOTIONAL",
    "accepts_newsletter": "--subscribed=NEWSLETTER",
    "accepts_system_mail": "--subscribed=SYSTEM",
    "consents": "--consent=SMS:SYSTEM:PENDING",
    "tags": "--tag=VIP",
    "groups": "--group=Club",
    "query": "--query=city='Köln'",
}
# What a condition of `--query` says.
BY_QUERY = {
    *("acquisition", "customer_types", "account_attributes", "account_metadata", "account_private_metadata"),
    *("fields", "rfm_group", "next_order_expected_at", "segment"),
}


def test_export_has_an_option_for_each_filter_of_the_api() -> None:
    assert {*FILTERS, *BY_QUERY} == set(CustomerRecordFilterInput._meta.fields)


def test_export_by_a_condition_of_segments(tmp_path: Path) -> None:
    make_record("a@example.com", city="Köln")
    make_record("b@example.com", city="Bonn")
    file = tmp_path / "list.csv"
    call("export", file, "--query=city = 'koln' OR order_count > 7")
    assert ("a@example.com" in file.read_text(), "b@example.com" in file.read_text()) == (True, False)
    with pytest.raises(CommandError, match="citty"):
        call("export", tmp_path / "other.csv", "--query=citty = 'koln'")


@pytest.mark.parametrize("name", sampled(FILTERS, one_in=4))
def test_an_option_of_export_filters(name: str, tmp_path: Path) -> None:
    make_channel("outlet")
    make_tag("VIP")
    make_group("Club")
    call("export", tmp_path / "list.csv", *FILTERS[name].split())
    wanted = selection.loaded(BulkJob.objects.get().options["_records"]).filter
    assert {one.name for one in fields(wanted) if getattr(wanted, one.name) != one.default} == {name}


def test_export_by_attributes_and_languages_and_channels(tmp_path: Path) -> None:
    channel = make_channel("outlet")
    found = make_record("a@example.com", language_code="pt-br", city="Łódź", attributes={"level": 3, "note": "a=b"})
    make_ledger_entry(found, channel_id=channel.pk)
    make_record("b@example.com", language_code="de", attributes={"level": "3", "note": "c"})
    for options in (
        ["--attribute=level=3"],
        ["--attribute=note=a=b", "--attribute=level"],
        ["--language=pt_BR"],
        ["--city=LODZ", "--city=köln"],
        ["--order-channel=outlet"],
    ):
        call("export", tmp_path / "list.csv", "--columns=email", *options)
        assert (tmp_path / "list.csv").read_text("utf-8-sig").split() == ["Email", "a@example.com"], options
    with pytest.raises(CommandError, match="no channel"):
        call("export", tmp_path / "list.csv", "--order-channel=outlet", "--order-channel=none")


def test_export_by_any_all_or_none_of_tags_groups_and_sources(tmp_path: Path) -> None:
    tags = {name: make_tag(name) for name in ("VIP", "Fair")}
    groups = {name: make_group(name) for name in ("Club", "Press")}
    for email, of_tags, of_groups, sources in (
        ("a@example.com", ["VIP", "Fair"], ["Club", "Press"], ["ORDER", "IMPORT"]),
        ("b@example.com", ["VIP"], ["Club"], ["ORDER"]),
        ("c@example.com", [], [], ["STAFF"]),
    ):
        record = make_record(email, sources=sources)
        for name in of_tags:
            TagAssignment.objects.create(record=record, tag=tags[name])
        for name in of_groups:
            GroupMembership.objects.create(record=record, group=groups[name])

    def found(options: str) -> str:
        call("export", tmp_path / "list.csv", "--columns=email", *options.split())
        return "".join(line[0] for line in (tmp_path / "list.csv").read_text("utf-8-sig").split()[1:])

    for word, first, second in (("tag", "vip", "FAIR"), ("group", "club", "PRESS"), ("source", "ORDER", "IMPORT")):
        assert found(f"--{word}={first} --{word}={second} --{word}={first}") == "ab"
        assert found(f"--{word}-all={first} --{word}-all={second}") == "a"
        assert found(f"--{word}-none={second}") == "bc"
        assert found(f"--{word}={first} --{word}-none={second}") == "b"
        assert found(f"--{word}-none={first} --{word}-none={second}") == "c"
    assert found("--tag=VIP --tag=vip") == "ab"
    assert found("--group=General") == found("--group-none=club") == "c"
    for option in ("--tag-all", "--tag-none", "--group-all", "--group-none"):
        with pytest.raises(CommandError, match=r"There is no (tag|group) of this name"):
            found(f"{option}=nonsense")


def test_export_of_those_who_spent(tmp_path: Path) -> None:
    for email, total in (("anna@example.com", 600), ("bea@example.com", 400)):
        make_order(email, total=total)
    call("reconcile")
    call("export", tmp_path / "list.csv", "--columns=email", "--total-spent=500..", "--currency=EUR")
    assert (tmp_path / "list.csv").read_text("utf-8-sig").split() == ["Email", "anna@example.com"]


@pytest.mark.parametrize(
    "option",
    [
        "--order-count=2",
        "--order-count=..",
        "--order-count=x..",
        "--total-spent=nan..",
        "--created-at=May..",
        "--consent=EMAIL",
        "--consent=EMAIL:NEWSLETTER",
        "--consent=x:y:z",
        "--attribute= =1",
        "--attribute=a=1e999",
    ],
)
def test_a_range_that_is_none(option: str) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    export_command.configure(parser)
    with pytest.raises(argparse.ArgumentError):
        parser.parse_args([option])


def test_what_export_refuses(tmp_path: Path) -> None:
    for options, message in (
        (["--columns=nonsense"], "columns: There is no column 'nonsense'"),
        (["--tag=nonsense"], "There is no tag of this name"),
        (["--group=nonsense"], "There is no group of this name"),
        (["--user=nobody@example.com"], "no active member of staff"),
        (["--date-format=x"], "--date-format: "),
        (["--json"], "Name a file"),
        (["--total-spent=5.."], "--total-spent needs --currency"),
        (["--purpose=NEWSLETTER"], "purpose: A purpose goes with the profiles"),
    ):
        with pytest.raises(CommandError, match=message):
            call("export", *options)
    assert not BulkJob.objects.exists()


def test_commands_work_while_the_plugin_is_active_only(configure: Any, tmp_path: Path) -> None:
    configure(active=False)
    for arguments in (["export"], ["import", tmp_path / "x.csv"], ["jobs", make_job("EXPORT").pk, "--run"]):
        with pytest.raises(CommandError, match="The plugin is inactive"):
            call(*arguments)


# Import.


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text("Email,First name\nanna@example.com,Anna\nnonsense,Ben\nclara@example.com,Clara\n")
    return file


def test_import_shows_a_preview_and_writes_nothing(people: Path) -> None:
    make_record("anna@example.com", first_name="Ann")
    said = call("import", people, "--dry-run")
    assert [line.split() for line in said.splitlines()[2:8]] == [
        ["1", "to", "create"],
        ["1", "to", "update"],
        ["0", "to", "leave", "as", "they", "are"],
        ["0", "to", "pass", "over"],
        ["1", "to", "refuse"],
        ["0", "with", "warnings"],
    ]
    assert "first_name  1" in said
    assert "clara@example.com" in said
    assert said.endswith(
        '\n\nRefused or passed over, to begin with:\nRow 3: Email "nonsense": This is not an e-mail address.\n'
    )
    assert CustomerRecord.objects.get().first_name == "Ann"
    assert BulkJob.objects.get().state == JobState.CANCELED


def test_a_preview_tells_whose_layout_a_file_has_and_what_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "ecwid.csv"
    file.write_text("name,email,password,shoe size\nAnna Rossi,anna@example.com,x,38\n")
    assert call("import", file, "--dry-run").startswith("Recognised as Ecwid. Not read: password, shoe size.\n\nrows")


def test_rows_that_were_refused_at_once_are_told_unless_they_are_put_into_a_file(people: Path, tmp_path: Path) -> None:
    assert '\nRow 3: Email "nonsense": This is not an e-mail address.\nJob ' in call("import", people, "--yes", code=3)
    assert "Row 3" not in call("import", people, "--yes", "--errors", tmp_path / "errors.csv", code=3)


def test_a_link_is_followed_and_not_replaced(tmp_path: Path) -> None:
    make_record("anna@example.com")
    file, link = tmp_path / "list.csv", tmp_path / "link.csv"
    file.touch()
    link.symlink_to(file)

    call("export", link, "--columns", "email")

    assert link.is_symlink()
    assert file.read_bytes() == b"\xef\xbb\xbfEmail\nanna@example.com\n"


def test_import_writes_and_tells_by_its_code_that_rows_were_refused(people: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    told = json.loads(call("import", people, "--yes", "--json", "--errors", errors, "--tag", "fair", code=3))
    assert (told["state"], told["created"], told["refused"]) == ("SUCCEEDED", 2, 1)
    assert told["error_file"] == str(errors)
    assert "nonsense" in errors.read_text()
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    assert set(CustomerRecord.objects.values_list("email", flat=True)) == {"anna@example.com", "clara@example.com"}
    assert TagAssignment.objects.count() == 2

    people.write_text("Email,First name\nanna@example.com,Anna\n")
    assert "1 unchanged" in call("import", people, "--yes")


@pytest.mark.parametrize(("answer", "code", "created"), [("y", 3, 2), ("n", 1, 0), ("", 1, 0)])
def test_import_asks(people: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, created: int) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    call("import", people, code=code)
    assert CustomerRecord.objects.count() == created


def test_who_is_missing_is_put_out_of_use_if_their_number_was_seen(people: Path) -> None:
    make_record("old@example.com")
    people.write_text("Email,First name\nanna@example.com,Anna\n")
    assert "1     not in the file" in call("import", people, "--dry-run", "--deactivate-missing=0")
    with pytest.raises(CommandError, match="Confirm that 1 people"):
        call("import", people, "--yes", "--deactivate-missing=2")
    assert CustomerRecord.objects.get().is_active
    call("import", people, "--yes", "--deactivate-missing=1")
    assert list(CustomerRecord.objects.filter(is_active=False).values_list("email", flat=True)) == ["old@example.com"]


@pytest.mark.parametrize(
    ("command", "of", "unnamed"),
    [(import_command, ImportOptions, {"show_preview"}), (export_command, ExportRequest, set())],
    ids=["import", "export"],
)
def test_an_error_names_the_option_as_it_is_typed(command: Any, of: Any, unnamed: set[str]) -> None:
    parser = argparse.ArgumentParser()
    command.configure(parser)
    options = vars(parser.parse_args(["list.csv"]))
    for field in {one.name for one in fields(of)} - unnamed:
        with pytest.raises(CommandError) as raised, common.reporting_errors(options):
            raise CustomerPlusError("Wrong.", field=field)
        option, _, message = str(raised.value).partition(": ")
        assert (message, option in parser._option_string_actions) == ("Wrong.", True), option


def test_every_option_of_an_import_can_be_given(people: Path) -> None:
    group = make_group("Resellers")
    given = {
        "--mode": "CREATE_ONLY", "--encoding": "utf-8", "--delimiter": "tab", "--quote": "'",
        "--sheet": "People", "--format": "shopify", "--group": "resellers", "--wording": "Yes",
        "--wording-version": "2", "--country": "de", "--mapping": "X=email", "--tag": "fair",
        "--subscribe": "ALL", "--lawful-basis": "CONSENT", "--marketing-purpose": "NEWSLETTER",
        "--withdrawals": "IGNORE",
    }  # fmt: skip
    flags = ["--fill-blanks", "--ignore-locks", "--strict", "--erase-blanks", "--keep-unknown", "--month-first"]
    flags += ["--make-leads", "--make-accounts", "--no-header", "--dry-run"]
    parser = argparse.ArgumentParser()
    import_command.configure(parser)
    parsed = vars(parser.parse_args([str(people), *itertools.chain(*given.items()), *flags]))

    wanted = import_command._options({**parsed, "deactivate_missing": 3})

    assert wanted == ImportOptions(
        mode=Mode.CREATE_ONLY,
        fill_blanks=True,
        ignore_locks=True,
        erase_blanks=True,
        strict=True,
        format="shopify",
        encoding="utf-8",
        delimiter="\t",
        quote="'",
        has_header=False,
        mapping={"X": "email"},
        keep_unknown=True,
        sheet="People",
        country="DE",
        month_first=True,
        tags=("fair",),
        group_id=group.pk,
        subscribe=Subscribe.ALL,
        withdrawals=Withdrawals.IGNORE,
        marketing_purposes=(ConsentPurpose.NEWSLETTER,),
        lawful_basis="CONSENT",
        wording="Yes",
        wording_version="2",
        make_leads=True,
        make_accounts=True,
        deactivate_missing=True,
    )
    unset = {field.name for field in fields(wanted) if getattr(wanted, field.name) == field.default}
    assert unset == {"show_preview"}  # --yes


def test_the_options_of_a_profile_hold_where_none_is_given(people: Path) -> None:
    make_record("anna@example.com", first_name="Ann")
    kept = ImportOptions(mode=Mode.UPDATE_ONLY, fill_blanks=True, has_header=True, tags=("fair",))
    saved_profiles.save(JobKind.IMPORT, "Newsletter", kept.to_json())

    told = json.loads(call("import", people, "--yes", "--json", "--profile=newsletter", code=3))
    assert (told["created"], told["updated"], told["skipped"]) == (0, 1, 1)
    assert CustomerRecord.objects.get().first_name == "Ann"
    assert TagAssignment.objects.count() == 1

    told = json.loads(call("import", people, "--yes", "--json", "--profile=newsletter", "--mode=CREATE_ONLY", code=3))
    assert (told["created"], told["updated"]) == (1, 0)


def test_import_tells_which_sheet_of_a_workbook_it_reads(tmp_path: Path) -> None:
    book, file = openpyxl.Workbook(), tmp_path / "list.xlsx"
    for name in ("Old", "New"):
        sheet = book.create_sheet(name)
        sheet.append(["email"])
        sheet.append([f"{name}@example.com"])
    book.save(file)

    out = call("import", file, "--dry-run")
    assert out.splitlines()[0] == "Sheet: Old. Passed over, though there are rows: New. Choose with --sheet."

    read_as = json.loads(call("import", file, "--yes", "--sheet=New", "--json"))["read_as"]
    assert (read_as["sheet"], read_as["other_sheets"]) == ("New", ["Old"])
    assert CustomerRecord.objects.get().email == "new@example.com"

    assert "Its sheets are: Sheet, Old, New." in call("import", file, "--yes", "--sheet=Newer", code=1)


def test_what_import_refuses(people: Path, tmp_path: Path) -> None:
    make_staff("intern@example.com", permissions=())
    for arguments, message in (
        ([tmp_path / "none.csv", "--yes"], "The file does not exist"),
        ([people], "Nobody is there to ask"),
        ([people, "--yes", "--subscribe=ALL"], "--lawful-basis: .*\n--wording: "),
        ([people, "--yes", "--country=XX"], "two letters of a country"),
        ([people, "--yes", "--group=nonsense"], "There is no group"),
        ([people, "--yes", "--make-accounts"], "accounts needs --user"),
        ([people, "--yes", "--profile=none"], "--profile: No profile has this name"),
        ([people, "--yes", "--make-accounts", "--user=none@example.com"], "no active member of staff"),
        ([people, "--yes", "--make-accounts", "--user=intern@example.com"], "--make-accounts: .*MANAGE_USERS"),
    ):
        with pytest.raises(CommandError, match=message):
            call("import", *arguments)
    assert not BulkJob.objects.exists()

    people.write_bytes(b"\x00\x01\x02" * 100)
    told = json.loads(call("import", people, "--yes", "--json", code=1))
    assert told["state"] == "FAILED"
    assert told["error_code"]


# Jobs.


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, counting)
    return counting


def test_jobs_are_listed_filtered_and_shown() -> None:
    one, two = make_job("EXPORT", state="SUCCEEDED", counters={"read": 7}), make_job("UPDATE", state="FAILED")
    assert [job["id"] for job in json.loads(call("jobs", "--json"))] == [two.pk, one.pk]
    assert [job["id"] for job in json.loads(call("jobs", "--json", "--kind=EXPORT"))] == [one.pk]
    assert [job["id"] for job in json.loads(call("jobs", "--json", "--state=FAILED"))] == [two.pk]
    assert [job["id"] for job in json.loads(call("jobs", "--json", "--limit=1"))] == [two.pk]
    (shown,) = json.loads(call("jobs", one.pk, "--json"))
    assert (shown["id"], shown["read"]) == (one.pk, 7)
    head, _line, row = call("jobs", one.pk).splitlines()
    assert head.split()[:3] == ["id", "kind", "state"]
    assert row.split()[:3] == [str(one.pk), "EXPORT", "SUCCEEDED"]


def test_a_job_is_run_canceled_and_retried(kind: Counting) -> None:
    job = make()
    assert json.loads(call("jobs", job.pk, "--cancel", "--json"))[0]["state"] == "CANCELED"
    assert "10 read, 10 created, 4 updated" in call("jobs", job.pk, "--retry")
    job = make()
    assert json.loads(call("jobs", job.pk, "--run", "--json"))["created"] == 10


def test_an_import_is_started_as_it_was_confirmed_and_undone(people: Path) -> None:
    old, staff = make_record("old@example.com"), make_staff("boss@example.com")
    with people.open("rb") as file:
        job = imports.of_file(file, ImportOptions(deactivate_missing=True), actor=Actor(ActorType.SYNC))
    assert call("jobs", job.pk, "--run") == f"Job {job.pk}: Previewed, and waiting for somebody to start it.\n"
    with pytest.raises(CommandError, match="Confirm that 1 people"):
        call("jobs", job.pk, "--start")
    call("jobs", job.pk, "--start", "--deactivate-missing=1", code=3)
    assert CustomerRecord.objects.count() == 3
    assert not CustomerRecord.objects.get(pk=old.pk).is_active

    call("jobs", job.pk, "--undo", "--user=boss@example.com")

    assert CustomerRecord.objects.get().is_active
    assert BulkJob.objects.get(undoes=job).actor == Actor(ActorType.STAFF, str(staff.pk))
    with pytest.raises(CommandError, match="undone already"):
        call("jobs", job.pk, "--undo")


def test_a_job_that_fails_is_told_by_the_code(kind: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, "work", lambda *_arguments: 1 / 0)
    said = call("jobs", make().pk, "--run", code=1)
    assert "a retry goes on from there.\nSomething went wrong" in said


def test_what_jobs_refuses() -> None:
    with pytest.raises(CommandError, match="No job has this number"):
        call("jobs", 7)
    with pytest.raises(CommandError, match="needs the number of a job"):
        call("jobs", "--cancel")
    with pytest.raises(CommandError, match="Cannot cancel a job that is SUCCEEDED"):
        call("jobs", make_job("EXPORT", state="SUCCEEDED").pk, "--cancel")


def test_a_job_forgets_whom_it_was_about() -> None:
    job = make_job("EXPORT", state="SUCCEEDED")
    call("jobs", job.pk, "--forget")
    job.refresh_from_db()
    assert job.files_removed_at is not None


# The bar.


def test_the_bar_hears_of_long_chunks_and_of_nothing_afterwards() -> None:
    with common._bar(quiet=True) as show:
        show(make_job("EXPORT", rows_total=10, state="RUNNING"))
        assert Watch.listener is not None
        Watch.listener(5)
    assert Watch.listener is None


def test_tables_are_cut_where_cells_are_long() -> None:
    assert common.table([["a", "b"], [1, "x" * 50], [None, "y\nz"], [2, ["v", "w"]]]).splitlines() == [
        "a  b",
        "-  " + "-" * 40,
        "1  " + "x" * 39 + "…",
        "   y z",
        "2  v, w",
    ]


def test_all_data_of_a_person_are_written_for_the_owner_of_the_file_only(tmp_path: Path) -> None:
    record = make_record("anna@example.com", others=["a@work.example"])
    make_note(record, text="Pays late.")
    file = tmp_path / "anna.json"

    for options, kept in (([], ["Pays late."]), (["--without-notes"], [])):
        call_command("customer_plus", "personal-data", " A@Work.example", str(file), *options)
        assert [note["text"] for note in json.loads(file.read_text())["notes"]] == kept
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    staff = make_staff()
    call_command("customer_plus", "personal-data", "anna@example.com", str(file), "--user", staff.email)
    logged = ActivityEntry.objects.filter(record=record, type="PERSONAL_DATA_EXPORTED").order_by("id")
    assert list(logged.values_list("actor_type", "actor_id", "after")) == [
        ("STAFF", "", {}),
        ("STAFF", "", {"left_out": ["notes"]}),
        ("STAFF", str(staff.pk), {}),
    ]

    with pytest.raises(CommandError, match=r"No record has this address\."):
        call_command("customer_plus", "personal-data", "nobody@example.com", str(tmp_path / "nobody.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["anna.json"]
