"""Accounts for the people of a list. Here a mutation of one table stands in for Saleor's; see also tests/saleor."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import graphene
import pytest
from django.core.management import call_command

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import imports, undo
from saleor_customer_plus.bulk.imports import accounts
from saleor_customer_plus.bulk.imports.options import ImportOptions, Mode
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host

from ...factories import make_account, make_app, make_record, make_staff
from .test_import_job import error_rows, problems, record, run

pytestmark = pytest.mark.django_db


class UserCreateInput(graphene.InputObjectType):
    email, first_name, last_name = graphene.String(), graphene.String(), graphene.String()
    language_code = graphene.String()


class CustomerCreate(graphene.Mutation):
    class Error(graphene.ObjectType):
        field, message, code = graphene.String(), graphene.String(), graphene.String()

    class User(graphene.ObjectType):
        id = graphene.ID()

    user, errors = graphene.Field(User), graphene.List(Error)

    class Arguments:
        input = UserCreateInput(required=True)

    @classmethod
    def mutate(cls, _root: Any, info: Any, input: Any) -> Any:
        if not (info.context.app or info.context.user).has_perm(host.AccountPermissions.MANAGE_USERS):
            raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
        if input.first_name == "Bad":
            return cls(errors=[{"field": "firstName", "message": "That is no name.", "code": "INVALID"}])
        if host.User.objects.filter(email__iexact=input.email).exists():
            return cls(errors=[{"field": "email", "message": "Taken.", "code": "UNIQUE"}])
        account = make_account(input.email, first_name=input.first_name, is_confirmed=False)
        return cls(user={"id": host_id(account)}, errors=[])


def host_id(account: Any) -> str:
    from saleor_customer_plus.saleor_adapter.saleor_api import global_id

    return global_id("User", account.pk)


@pytest.fixture(autouse=True)
def schema(monkeypatch: pytest.MonkeyPatch) -> None:
    class Query(graphene.ObjectType):
        nothing = graphene.String()

    class Mutation(graphene.ObjectType):
        customer_create = CustomerCreate.Field()

    built = graphene.Schema(Query, mutation=Mutation)
    monkeypatch.setattr(host, "graphql_schema", lambda: built)


@pytest.fixture
def boss() -> Any:
    return make_staff("boss@example.com")


def ask(text: str, actor: Actor, **options: Any) -> BulkJob:
    chosen = ImportOptions(**{"show_preview": False, "make_accounts": True, **options})
    return imports.of_file(BytesIO(text.encode()), chosen, actor=actor, name="list.csv")


def load(text: str, by: Any, **options: Any) -> BulkJob:
    job = run(ask(text, Actor(ActorType.STAFF, str(by.pk)), **options))
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


def customers() -> list[str]:
    return list(host.User.objects.filter(is_staff=False).order_by("email").values_list("email", flat=True))


def opened() -> list[tuple[str, str, str, str]]:
    entries = ActivityEntry.objects.filter(type=ActivityType.ACCOUNT_OPENED).order_by("record__email")
    return list(entries.values_list("record__email", "actor_type", "actor_id", "cause_type"))


PEOPLE = "email,first name\na@example.com,Anna\nb@example.com,Bo\n"


def test_whoever_has_no_account_gets_one_and_nobody_without_being_asked(boss: Any) -> None:
    load(PEOPLE, boss, make_accounts=False)
    assert customers() == []

    make_record("linked@example.com", account=make_account("linked@example.com"))
    make_account("waits@example.com", is_confirmed=False)
    job = load(f"{PEOPLE}linked@example.com,Ti\nwaits@example.com,Wa\nnew@example.com,New\n", boss)

    assert customers() == [f"{name}@example.com" for name in ("a", "b", "linked", "new", "waits")]
    assert opened() == [(f"{name}@example.com", "STAFF", str(boss.pk), "ACCOUNT") for name in ("a", "b", "new")]
    assert job.report["accounts"] == {"opened": 3, "refused": 0}
    assert problems(job) == []


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.SUPPRESSION_LIST])  # which opens none
def test_the_preview_tells_how_many_accounts_are_opened_and_so_many_are(boss: Any, mode: Mode) -> None:
    make_record("linked@example.com", account=make_account("linked@example.com"))
    make_record("known@example.com", first_name="Kim")
    make_record("changed@example.com")
    make_record("waits@example.com")
    for name in ("waits", "unknown"):
        make_account(f"{name}@example.com", is_confirmed=False)
    people = "linked,T known,Kim changed,Chris waits,W unknown,U none,X".replace(",", "@example.com,").split()
    text = "\n".join([*PEOPLE.splitlines(), *people, "b@example.com,Bob", "wrong,W"])
    job = run(ask(text, Actor(ActorType.STAFF, str(boss.pk)), mode=mode, show_preview=True))

    told = job.report["preview"]["accounts"]

    assert told == {Mode.CREATE_AND_UPDATE: 5, Mode.CREATE_ONLY: 3, Mode.UPDATE_ONLY: 2}[mode]
    assert opened() == []
    lifecycle.start(job.pk, actor=job.actor)
    assert run(job).report["accounts"] == {"opened": told, "refused": 0}


def test_a_preview_tells_of_no_accounts_unless_they_are_asked_for(boss: Any) -> None:
    job = run(ask(PEOPLE, Actor(ActorType.STAFF, str(boss.pk)), show_preview=True, make_accounts=False))

    assert "accounts" not in job.report["preview"]
    assert "accounts_to_open" not in job.counters


def test_whom_the_mode_passes_over_gets_no_account(boss: Any) -> None:
    make_record("a@example.com")

    load(PEOPLE, boss, mode=Mode.CREATE_ONLY)

    assert customers() == ["b@example.com"]


def test_a_person_whom_saleor_refuses_is_a_problem_of_their_row_and_the_others_go_on(boss: Any) -> None:
    job = load("email,first name\na@example.com,Anna\nbad@example.com,Bad\nnobody,X\nc@example.com,Cy\n", boss)

    assert customers() == ["a@example.com", "c@example.com"]
    assert problems(job) == [(3, "INVALID", ""), (4, "INVALID", "email")]
    assert job.problems.get(row_number=3).record_id == record("bad@example.com").pk
    assert job.report["accounts"] == {"opened": 2, "refused": 1}
    # It comes back to be mended.
    assert error_rows(job)[1] == ["bad@example.com", "Bad", "No account: That is no name."]

    assert load("email,first name\na@example.com,Anna\nbad@example.com,Good\n", boss).report["accounts"]["opened"] == 1


def test_people_are_taken_in_chunks_of_which_each_may_be_done_twice(boss: Any) -> None:
    people = "".join(f"p{number:02}@example.com\n" for number in range(30))
    job = load(f"email\n{people}", boss)
    chunks = BulkChunk.objects.filter(job=job, phase="accounts").order_by("number")
    assert [len(chunk.spec["people"]) for chunk in chunks] == [25, 5]
    assert (len(customers()), len(opened())) == (30, 30)

    assert [accounts.open_accounts(job, chunk) for chunk in chunks] == [{}, {}]

    assert (len(customers()), len(opened())) == (30, 30)


def test_an_account_that_saleor_knows_otherwise_is_no_problem(boss: Any) -> None:
    make_account("A@example.com", is_confirmed=False)  # in capitals, so that it is Saleor who says so

    job = load(PEOPLE, boss)

    assert (opened()[0][0], len(opened()), problems(job)) == ("b@example.com", 1, [])
    assert job.report["accounts"] == {"opened": 1, "refused": 0}


@pytest.mark.parametrize("loses", ["permission", "desk", "account"])
def test_whoever_may_not_any_more_opens_nothing_and_the_records_are_written(boss: Any, loses: str) -> None:
    job = run(ask(PEOPLE, Actor(ActorType.STAFF, str(boss.pk)), show_preview=True))
    if loses == "permission":
        boss.user_permissions.clear()
    else:
        host.User.objects.filter(pk=boss.pk).update(**{"is_staff" if loses == "desk" else "is_active": False})

    lifecycle.start(job.pk, actor=job.actor)
    job = run(job)

    assert job.state == JobState.SUCCEEDED
    assert CustomerRecord.objects.count() == 2
    assert host.User.objects.count() == 1
    assert problems(job) == [(None, "OUT_OF_SCOPE", "")]
    assert "2 people got no account" in job.problems.get().reasons[0]["message"]
    assert job.report["accounts"] == {"opened": 0, "refused": 2}
    assert not job.error_file  # no row is to be mended


def test_an_app_opens_accounts_until_it_is_removed() -> None:
    app, _ = make_app()
    actor = Actor(ActorType.APP, str(app.pk))

    run(ask("email\na@example.com\n", actor))

    assert opened() == [("a@example.com", "APP", str(app.pk), "ACCOUNT")]
    app.is_active = False
    app.save()
    with pytest.raises(CustomerPlusError, match="MANAGE_USERS") as told:
        ask("email\nb@example.com\n", actor)
    assert (told.value.code, told.value.field) == (ErrorCode.OUT_OF_SCOPE, "make_accounts")


@pytest.mark.parametrize("kind", [ActorType.IMPORT, ActorType.STAFF])
def test_it_is_refused_at_once_to_whoever_may_not_open_accounts(kind: ActorType) -> None:
    nobody = make_staff(permissions=())
    with pytest.raises(CustomerPlusError, match="MANAGE_USERS"):
        ask(PEOPLE, Actor(kind, str(nobody.pk) if kind == ActorType.STAFF else ""))
    assert not BulkJob.objects.exists()

    plain = run(ask(PEOPLE, Actor(kind, str(nobody.pk)), show_preview=True, make_accounts=False))
    with pytest.raises(CustomerPlusError, match="MANAGE_USERS"):
        imports.change(plain.pk, ImportOptions(make_accounts=True), actor=plain.actor)


def test_accounts_stay_when_the_import_is_undone_and_so_do_their_records(boss: Any) -> None:
    make_account("had@example.com", is_confirmed=False)
    job = load(f"{PEOPLE}had@example.com,Had\n", boss)

    undoing = run(undo.create(job.pk, actor=Actor(ActorType.STAFF, str(boss.pk))))

    assert undoing.report == {"deleted": 1, "changed": 0, "kept": 2, "accounts_kept": 2}
    assert customers() == ["a@example.com", "b@example.com", "had@example.com"]
    assert list(CustomerRecord.objects.order_by("email").values_list("email", flat=True)) == customers()[:2]
    assert {one.reasons[0]["message"] for one in undoing.problems.all()} == {
        "An account was opened for this person. It stays in Saleor, and so the record was kept."
    }


def test_the_command_opens_accounts_as_a_member_of_staff(boss: Any, tmp_path: Path) -> None:
    file, out = tmp_path / "list.csv", StringIO()
    file.write_text(f"{PEOPLE}bad@example.com,Bad\n")

    with pytest.raises(SystemExit) as ended:
        call_command(
            "customer_plus", "import", str(file), "--yes", "--make-accounts", f"--user={boss.email}", stdout=out
        )

    heading, refused, accounts = out.getvalue().splitlines()[:3]
    assert heading == "Refused or passed over, to begin with:"
    assert refused.startswith("Row 4: ")
    assert accounts == "Accounts: 2 opened, 1 refused."
    assert ended.value.code == 3
    assert opened() == [(f"{name}@example.com", "STAFF", str(boss.pk), "ACCOUNT") for name in ("a", "b")]


def test_the_preview_of_the_command_tells_how_many_accounts(boss: Any, tmp_path: Path) -> None:
    file, out = tmp_path / "list.csv", StringIO()
    file.write_text(PEOPLE)

    with pytest.raises(SystemExit):
        call_command(
            "customer_plus", "import", str(file), "--dry-run", "--make-accounts", f"--user={boss.email}", stdout=out
        )

    assert "2     to get an account" in out.getvalue()


@pytest.mark.standin
def test_a_host_that_opens_no_accounts_is_told_of_each_person(boss: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the sandbox's own schema has no mutations

    job = load(PEOPLE, boss)

    assert problems(job) == [(2, "GRAPHQL_ERROR", ""), (3, "GRAPHQL_ERROR", "")]
    assert job.problems.first().reasons[0]["message"].startswith("No account: Saleor: ")
    assert job.report["accounts"] == {"opened": 0, "refused": 2}
    assert CustomerRecord.objects.count() == 2
