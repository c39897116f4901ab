"""The command `merge`: preview, merge, undo, and how it exits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.management import common, people
from saleor_customer_plus.management.commands.customer_plus import COMMANDS
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.saleor_api import global_id

from ..factories import make_account, make_field, make_field_values, make_job, make_note, make_record, make_staff
from .test_commands import call

pytestmark = pytest.mark.django_db

BOSS = ("--user", "boss@example.com")
STARTING = "saleor_customer_plus.bulk.merges.starting.MOVED_AT_ONCE"


@pytest.fixture(autouse=True)
def boss() -> Any:
    return make_staff("boss@example.com")


@pytest.fixture
def anna() -> CustomerRecord:
    return make_record("anna@example.com", first_name="Anna", number="10007")


@pytest.fixture
def ben(anna: CustomerRecord) -> CustomerRecord:
    return make_record("ben@example.com", first_name="Ben", last_name="Miller", phone="+4930123456")


def answer(monkeypatch: pytest.MonkeyPatch, said: str) -> list[str]:
    """Let somebody be there, who says this; return what they were asked."""
    asked: list[str] = []

    def reply(question: str) -> str:
        asked.append(question)
        return said

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", reply)
    return asked


def refused(*arguments: Any) -> str:
    with pytest.raises(CommandError) as error:
        call("merge", *arguments)
    return str(error.value)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("customer_plus", name, "--help")
    assert left.value.code in (None, 0)
    assert f"customer_plus {name} " in capsys.readouterr().out


# What it would do.


def test_the_preview_shows_the_values_of_each_and_writes_nothing(anna: CustomerRecord, ben: CustomerRecord) -> None:
    make_note(ben)

    told = call("merge", anna.email, ben.email, *BOSS, "--dry-run")

    lines = [line.split() for line in told.splitlines()]
    assert ["kept", str(anna.pk), "anna@example.com"] in lines
    assert ["merged", "into", "it", str(ben.pk), "ben@example.com"] in lines
    assert ["first_name", str(anna.pk), "Anna", "KEPT_RECORD"] in lines
    assert [str(ben.pk), "Ben"] in lines
    assert sum("is_active" in line for line in lines) == 1, "what is the same of all is said once"
    assert [str(ben.pk), "yes"] not in lines
    assert ["last_name", str(ben.pk), "Miller", "SAME"] in lines
    assert ["notes", "1"] in lines
    assert ["emails", "1"] in lines
    assert CustomerRecord.objects.count() == 2
    assert not Merge.objects.exists()


def test_the_preview_as_json(anna: CustomerRecord, ben: CustomerRecord) -> None:
    told = json.loads(call("merge", anna.email, ben.email, *BOSS, "--dry-run", "--json"))
    assert (told["kept_id"], told["merged_ids"], told["runs_as_job"]) == (anna.pk, [ben.pk], False)
    assert told["emails"] == ["anna@example.com", "ben@example.com"]
    (first_name,) = [one for one in told["fields"] if one["field"] == "first_name"]
    assert (first_name["value"], first_name["record_id"], first_name["rule"]) == ("Anna", anna.pk, "KEPT_RECORD")
    assert [(one["record_id"], one["value"]) for one in first_name["alternatives"]] == [
        (anna.pk, "Anna"),
        (ben.pk, "Ben"),
    ]
    assert told["moves"]["emails"] == 1
    assert not Merge.objects.exists()


# Merging.


def test_yes_merges_at_once(anna: CustomerRecord, ben: CustomerRecord, boss: Any) -> None:
    make_note(ben)

    told = call("merge", anna.email, ben.email, *BOSS, "--yes")

    done = Merge.objects.get()
    assert told == f"Merge {done.pk}: {ben.pk} went into {anna.pk}. --undo {done.pk} undoes it.\n"
    assert (done.kept_id, done.merged_ids, done.actor_type, done.actor_id) == (
        anna.pk,
        [ben.pk],
        "STAFF",
        str(boss.pk),
    )
    assert CustomerRecord.objects.get().other_emails == ["ben@example.com"]
    assert Note.objects.get().record_id == anna.pk


@pytest.mark.parametrize(("said", "code", "left"), [("y", 0, 1), ("n", 1, 2), ("", 1, 2)])
def test_it_asks(
    anna: CustomerRecord, ben: CustomerRecord, monkeypatch: pytest.MonkeyPatch, said: str, code: int, left: int
) -> None:
    asked = answer(monkeypatch, said)
    assert "Miller" in call("merge", anna.email, ben.email, *BOSS, code=code)
    assert asked == ["Merge these? [y/N] "]
    assert CustomerRecord.objects.count() == left


def test_what_changed_while_somebody_looked_is_not_merged(
    anna: CustomerRecord, ben: CustomerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change_and_agree(_question: str) -> str:
        CustomerRecord.objects.filter(pk=ben.pk).update(first_name="Benno")
        return "y"

    answer(monkeypatch, "y")
    monkeypatch.setattr("builtins.input", change_and_agree)
    assert refused(anna.email, ben.email, *BOSS).startswith("token: A record changed since the preview")
    assert not Merge.objects.exists()


def test_nobody_is_there_to_ask(anna: CustomerRecord, ben: CustomerRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert "--yes" in refused(anna.email, ben.email, *BOSS)
    answer(monkeypatch, "y")
    assert "--yes" in refused(anna.email, ben.email, *BOSS, "--json")
    assert not Merge.objects.exists()


def test_values_are_chosen(anna: CustomerRecord, ben: CustomerRecord) -> None:
    make_field("size")
    make_field_values(anna, size="M")
    make_field_values(ben, size="L")
    choices = ("--choose", "first_name=ben@example.com", "--choose", f"field:size=id:{ben.pk}")

    told = json.loads(call("merge", anna.email, ben.email, *BOSS, *choices, "--dry-run", "--json"))

    kept = {one["field"]: one["value"] for one in told["fields"] if one["rule"] == "CHOSEN"}
    assert kept == {"first_name": "Ben", "field:size": "L"}
    call("merge", anna.email, ben.email, *BOSS, *choices, "--yes")
    assert CustomerRecord.objects.get().first_name == "Ben"


@pytest.mark.parametrize("choice", ["nonsense=ben@example.com", "field=ben@example.com", "phone:x=ben@example.com"])
def test_a_field_that_cannot_be_chosen(anna: CustomerRecord, ben: CustomerRecord, choice: str) -> None:
    name = choice.partition("=")[0]
    assert refused(anna.email, ben.email, *BOSS, "--yes", "--choose", choice).startswith(f"--choose knows no {name}. ")


def test_a_choice_of_somebody_else_names_the_option(anna: CustomerRecord, ben: CustomerRecord) -> None:
    carla = make_record()
    said = refused(anna.email, ben.email, *BOSS, "--yes", "--choose", f"phone={carla.email}")
    assert said == "--choose: Choose one of the records to merge."
    assert not Merge.objects.exists()


def test_of_two_accounts_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = [make_account(f"{name}@example.com") for name in ("anna", "ben")]
    anna, ben = (make_record(account.email, account=account) for account in accounts)
    carla = make_record("carla@example.com")

    told = call("merge", anna.email, ben.email, *BOSS, "--dry-run", code=1)
    assert "In the way:\nSeveral of these customers have an account." in told
    assert "--account" in told
    assert "--account" in refused(anna.email, ben.email, *BOSS, "--yes")
    asked = answer(monkeypatch, "y")
    assert refused(anna.email, ben.email, *BOSS) == "Nothing was merged."
    assert asked == []
    assert refused(anna.email, carla.email, *BOSS, "--yes", "--account", carla.email).startswith("--account: ")
    assert not Merge.objects.exists()

    call("merge", anna.email, ben.email, *BOSS, "--account", ben.email, "--yes")

    assert CustomerRecord.objects.get(pk=anna.pk).account_id == accounts[1].pk


def test_much_is_moved_by_a_job_that_runs_to_its_end(
    anna: CustomerRecord, ben: CustomerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STARTING, 0)
    monkeypatch.setattr("saleor_customer_plus.management.merge_output.MOVED_AT_ONCE", 0)
    make_note(ben)
    assert json.loads(call("merge", anna.email, ben.email, *BOSS, "--dry-run", "--json"))["runs_as_job"] is True

    told = json.loads(call("merge", anna.email, ben.email, *BOSS, "--yes", "--json"))

    job = BulkJob.objects.get()
    assert (job.kind, job.state, job.counters["updated"]) == ("MERGE", JobState.SUCCEEDED, 1)
    assert (told["merge_id"], told["kept_id"], told["state"]) == (Merge.objects.get().pk, anna.pk, "MERGED")
    assert (told["job"]["id"], told["job"]["state"]) == (job.pk, "SUCCEEDED")
    assert Note.objects.get().record_id == anna.pk


def test_a_job_that_could_not_merge_them_says_why(
    anna: CustomerRecord, ben: CustomerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STARTING, 0)
    make_note(ben)
    work = common.work

    def delete_and_work(job: BulkJob, options: dict[str, Any]) -> BulkJob:
        CustomerRecord.objects.filter(pk=ben.pk).delete()  # somebody else does, just before its turn
        return work(job, options)

    monkeypatch.setattr(common, "work", delete_and_work)
    said = refused(anna.email, ben.email, *BOSS, "--yes")
    assert said.splitlines()[1:] == ["1 of these records no longer exist. Leave them out."]
    assert not Merge.objects.exists()


def test_in_whose_name(anna: CustomerRecord, ben: CustomerRecord) -> None:
    make_staff("clerk@example.com", permissions=())
    assert refused(anna.email, ben.email, "--yes").startswith("Merging needs --user")
    assert "may not manage customers" in refused(anna.email, ben.email, "--yes", "--user", "clerk@example.com")
    assert "no active member of staff" in refused(anna.email, ben.email, "--yes", "--user", "nobody@example.com")
    assert not Merge.objects.exists()


def test_a_record_that_a_job_is_working_on_is_in_the_way(anna: CustomerRecord, ben: CustomerRecord) -> None:
    job = make_job(options={"_ids": [ben.pk]})
    assert refused(anna.email, ben.email, *BOSS, "--yes").startswith(f"Customer {ben.pk}: Job {job.pk} is working")


# Who is meant.


def test_people_are_found_by_address_number_and_id(anna: CustomerRecord, ben: CustomerRecord) -> None:
    carla = make_record("carla@example.com", number=str(ben.pk))
    call("merge", "10007", "BEN@example.com", *BOSS, "--yes")
    words = [
        "Anna@Example.com",
        "ben@example.com",  # merged: whoever is left
        "10007",
        "number:10007",
        str(anna.pk),
        f"id:{ben.pk}",
        global_id("CustomerRecord", anna.pk),
        global_id("CustomerRecord", ben.pk),
    ]
    with CaptureQueriesContext(connection) as made:
        assert people.find(words) == [anna.pk] * 8
    assert len(made) == 4
    assert people.find([f"number:{ben.pk}", carla.email]) == [carla.pk] * 2
    with pytest.raises(CommandError) as error:
        people.find([str(ben.pk)])
    assert str(error.value).endswith(f"write number:{ben.pk} or id:{ben.pk}.")


@pytest.mark.parametrize(
    "word", ["x@example.com", "99999999", "9" * 30, "id:anna@example.com", "number:1", "nobody", "Q3VzdG9tZXI=", "²"]
)
def test_whom_nobody_knows(anna: CustomerRecord, word: str) -> None:
    assert refused(anna.email, word, *BOSS, "--yes") == f"No customer is known by {word}."


def test_too_few(anna: CustomerRecord) -> None:
    assert refused(anna.email, *BOSS, "--yes").startswith("Name the customer to keep")
    assert refused(anna.email, "10007", *BOSS, "--yes") == "These are one customer already."


# Undoing.


@pytest.fixture
def done(anna: CustomerRecord, ben: CustomerRecord) -> Merge:
    make_note(ben)
    call("merge", anna.email, ben.email, *BOSS, "--yes")
    return Merge.objects.get()


def test_an_undo_is_previewed(done: Merge, anna: CustomerRecord, ben: CustomerRecord) -> None:
    Note.objects.get().delete()
    told = call("merge", "--undo", done.pk, *BOSS, "--dry-run")
    assert f": {ben.pk} went into {anna.pk}." in told
    assert "1 of what belonged to the merged records was deleted since. (notes)" in told
    told = json.loads(call("merge", "--undo", global_id("CustomerMerge", done.pk), *BOSS, "--dry-run", "--json"))
    assert [(one["code"], one["record_id"]) for one in told["conflicts"]] == [("DELETED_SINCE", anna.pk)]
    assert (told["state"], told["runs_as_job"]) == ("MERGED", False)
    assert CustomerRecord.objects.count() == 1


@pytest.mark.parametrize(("said", "code", "left"), [("yes", 0, 2), ("n", 1, 1)])
def test_an_undo_asks(done: Merge, monkeypatch: pytest.MonkeyPatch, said: str, code: int, left: int) -> None:
    asked = answer(monkeypatch, said)
    call("merge", "--undo", done.pk, *BOSS, code=code)
    assert asked == ["Undo this merge? [y/N] "]
    assert CustomerRecord.objects.count() == left


def test_an_undo_exits_with_4_if_something_is_not_as_it_was(
    done: Merge, anna: CustomerRecord, ben: CustomerRecord
) -> None:
    Note.objects.get().delete()
    told = call("merge", "--undo", done.pk, *BOSS, "--yes", code=4)
    assert told.startswith(f"Merge {done.pk} is undone: {ben.pk} and {anna.pk} are apart again.\nNot as it was:\n")
    assert CustomerRecord.objects.count() == 2
    assert refused("--undo", done.pk, *BOSS, "--yes") == "--undo: This merge was undone already."


def test_much_is_given_back_by_a_job_that_runs_to_its_end(done: Merge, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("merging.undo.services", "management.merge_command"):
        monkeypatch.setattr(f"saleor_customer_plus.{module}.MOVED_AT_ONCE", 0)
    Note.objects.get().delete()

    assert json.loads(call("merge", "--undo", done.pk, *BOSS, "--dry-run", "--json"))["runs_as_job"] is True
    told = json.loads(call("merge", "--undo", done.pk, *BOSS, "--yes", "--json", code=4))

    job = BulkJob.objects.get()
    assert (job.kind, job.state) == ("MERGE_UNDO", JobState.SUCCEEDED)
    assert (told["state"], told["job"]["id"]) == ("UNDONE", job.pk)
    assert [one["code"] for one in told["conflicts"]] == ["DELETED_SINCE"]
    assert CustomerRecord.objects.count() == 2


def test_an_earlier_merge_names_those_to_undo_first(done: Merge, anna: CustomerRecord) -> None:
    carla = make_record()
    call("merge", anna.email, carla.email, *BOSS, "--yes")
    later = Merge.objects.latest("pk")
    for option in ("--yes", "--dry-run"):
        assert refused("--undo", done.pk, *BOSS, option).endswith(f"in this order: {later.pk}.")


@pytest.mark.parametrize("merge", ["7", "nonsense", "9" * 30])
def test_an_undo_of_no_merge(merge: str) -> None:
    assert refused("--undo", merge, *BOSS, "--yes") == "No merge has this id."


def test_an_undo_takes_nothing_else(done: Merge) -> None:
    for more in (["anna@example.com"], ["--choose=phone=anna@example.com"], ["--account=anna@example.com"]):
        assert refused("--undo", done.pk, *more, *BOSS, "--yes").startswith("--undo takes the id of a merge")
