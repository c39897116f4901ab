"""Of the rows of one address the last valid one is written, and what any of them says against mail counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk.imports import objections, scan
from saleor_customer_plus.bulk.imports.objections import Objection
from saleor_customer_plus.bulk.imports.options import Mode, Subscribe
from saleor_customer_plus.bulk.imports.person import Person
from saleor_customer_plus.bulk.imports.values.choices import Answer
from saleor_customer_plus.consent.models import ConsentEvent, ConsentPurpose
from saleor_customer_plus.consent.suppressions import suppress
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_job, make_record
from ...properties import examples
from .test_import_job import error_rows, load, make, problems, record, rows_in, run, told, warned_rows

pytestmark = pytest.mark.django_db
SUBSCRIBE = {"lawful_basis": "CONSENT", "wording": "News"}


def test_a_later_row_that_is_refused_costs_nobody_an_earlier_one() -> None:
    content = "email,first name,country\nanna@example.com,Anna,IT\nANNA@example.com,Ann,Atlantis\n"
    job = load(content, strict=True)
    assert job.counters == {"read": 2, "created": 1, "refused": 1}
    assert (record("anna@example.com").first_name, record("anna@example.com").country_code) == ("Anna", "IT")
    assert [row[:3] for row in error_rows(job)[1:]] == [["ANNA@example.com", "Ann", "Atlantis"]]
    assert [one[:3] for one in told(job)] == [(3, "ERROR", "country")]


def test_a_row_that_cannot_be_read_takes_no_place_of_an_earlier_one_that_can() -> None:
    job = load("email,first name,country\nanna@example.com,Anna,IT\nANNA@example.com,Ann,Atlantis\n")
    assert job.counters == {"read": 2, "created": 1, "refused": 1}
    assert (record("anna@example.com").first_name, record("anna@example.com").country_code) == ("Anna", "IT")
    used = (
        "Row 2, which has the same e-mail address, was used instead. To use this row, correct it and import it again."
    )
    assert [one[0] for one in told(job)] == [3, 3]
    assert told(job)[0][3] == used
    (row,) = error_rows(job)[1:]
    assert row[:3] == ["ANNA@example.com", "Ann", "Atlantis"]
    assert used in row[3]
    assert "country: " in row[3]
    assert not job.warning_file


def test_a_mended_row_of_the_file_of_refused_rows_is_used() -> None:
    job = load("email,first name,country\nanna@example.com,Anna,IT\nANNA@example.com,Ann,Atlantis\n")
    again = "\n".join(",".join(f'"{cell}"' for cell in row) for row in error_rows(job)).replace("Atlantis", "Spain")
    assert load(again).counters == {"read": 1, "updated": 1}
    assert (record("anna@example.com").first_name, record("anna@example.com").country_code) == ("Ann", "ES")


@pytest.mark.parametrize(
    ("column", "first", "last"),
    [("phone", "+14155552671", "+1 415 555 2672 ext 4"), ("unsubscribed at", "2024-01-31", "some day")],
)
def test_a_row_with_something_doubtful_that_is_stored_is_used(column: str, first: str, last: str) -> None:
    rows = [f"a@example.com,Anna,{first}", f"a@example.com,Ann,{last}"]
    job = load("\n".join([f"email,first name,{column}", *rows]))
    assert job.counters == {**job.counters, "created": 1, "skipped": 1, "with_warnings": 1}
    assert record("a@example.com").first_name == "Ann"
    assert "refused" not in job.counters


def test_what_is_told_of_a_row_that_is_refused_is_true() -> None:
    rows = ["a@example.com,IT,", "a@example.com,Atlantis,+1 415 555 2672 ext 4"]
    job = load("\n".join(["email,country,phone", *rows]))
    assert [reason["field"] for reason in job.problems.get().reasons] == ["email", "country_code"]


def test_if_no_row_can_be_read_as_a_whole_the_last_one_is_used() -> None:
    job = load("email,first name,country\nanna@example.com,Anna,Mordor\nANNA@example.com,Ann,Atlantis\n")
    assert job.counters == {"read": 2, "created": 1, "skipped": 1, "with_warnings": 1}
    assert (record("anna@example.com").first_name, record("anna@example.com").country_code) == ("Ann", "")
    assert told(job)[0] == (2, "ERROR", "", "Duplicate of row 3, which was used.")
    assert not job.error_file


def test_an_earlier_row_that_cannot_be_read_is_a_duplicate_like_any_other() -> None:
    rows = ["a@example.com,A,Mordor", "a@example.com,B,IT", "a@example.com,C,IT", "a@example.com,D,Atlantis,"]
    job = load("\n".join(["email,first name,country,", *rows]))
    assert job.counters == {"read": 4, "created": 1, "skipped": 2, "refused": 1}
    assert record("a@example.com").first_name == "C"
    assert [row[1] for row in error_rows(job)[1:]] == ["D"]


def test_a_row_that_is_set_aside_takes_no_number() -> None:
    rows = ["a@example.com,1,IT", "a@example.com,2,Atlantis", "b@example.com,2,IT"]
    job = load("\n".join(["email,customer number,country", *rows]))
    assert job.counters == {"read": 3, "created": 2, "refused": 1}
    assert dict(CustomerRecord.objects.values_list("email", "number")) == {"a@example.com": "1", "b@example.com": "2"}


def test_only_rows_that_have_their_address_with_others_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 2)
    rows = [f"{name}@example.com,IT" for name in "abcdefa"]
    job = run(make("\n".join(["email,country", *rows]), show_preview=True))
    (spec,) = job.chunks.filter(phase="twice").values_list("spec", flat=True)
    assert spec["twice"] == [2, 8]
    job = run(make("email,country\na@example.com,IT\nb@example.com,IT\n"))
    assert not job.chunks.filter(phase="judge").exists()


def test_a_row_with_too_many_cells_counts_for_nothing() -> None:
    job = load("email,first name\nanna@example.com,Anna\nanna@example.com,Ann,Rossi\n")
    assert job.counters == {"read": 2, "created": 1, "refused": 1}
    assert record("anna@example.com").first_name == "Anna"
    assert [row[0] for row in error_rows(job)[1:]] == ["anna@example.com"]


def test_what_is_told_of_a_duplicate_is_true_where_known_people_are_passed_over() -> None:
    make_record("anna@example.com", first_name="Ann")
    job = load("email,first name\nanna@example.com,A\nanna@example.com,B\n", mode=Mode.CREATE_ONLY)
    assert [one[3] for one in told(job)] == ["Duplicate of row 3, which counts.", "This person is known already."]


def test_a_strict_import_takes_an_earlier_row_if_the_number_of_the_last_is_taken() -> None:
    make_record("known@example.com", number="9")
    rows = ["a@example.com,1", "b@example.com,7", "a@example.com,7", "c@example.com,8", "c@example.com,9"]
    job = load("email,customer number\n" + "\n".join(rows), strict=True)
    assert job.counters == {"read": 5, "created": 3, "refused": 2}
    numbers = dict(CustomerRecord.objects.values_list("email", "number"))
    assert numbers == {
        "known@example.com": "9",
        "a@example.com": "1",
        "b@example.com": "7",
        "c@example.com": "8",
    }
    assert [(row, message) for row, _, _, message in told(job)] == [
        (4, "Row 3 has this customer number."),
        (6, "Another record has this customer number."),
    ]


def test_a_strict_import_takes_an_earlier_row_if_the_group_of_the_last_is_unknown() -> None:
    job = load("email,first name,groups\na@example.com,Anna,\na@example.com,Ann,Others\n", strict=True)
    assert job.counters == {"read": 2, "created": 1, "refused": 1}
    assert record("a@example.com").first_name == "Anna"


def test_who_is_in_a_row_that_is_refused_is_not_missing() -> None:
    make_record("a@example.com")
    make_record("b@example.com")
    make_record("gone@example.com")
    content = "email,country\na@example.com,Atlantis\nb@example.com,IT,x\n"
    job = run(make(content, show_preview=True, deactivate_missing=True, strict=True))
    assert job.report["preview"]["missing"] == 1


@pytest.mark.parametrize("subscribe", [Subscribe.MARKED, Subscribe.ALL])
@pytest.mark.parametrize(
    ("header", "cases"),
    [
        (
            "Accepts newsletter",
            {
                ("unsubscribed", "yes"): [("NEWSLETTER", "UNSUBSCRIBED")],
                ("no", "yes"): [],
                ("bounced", "yes"): [("NEWSLETTER", "INVALID")],
            },
        ),
        ("Accepts marketing", {("no", "yes"): []}),
        (
            "Unsubscribed at",
            {("2024-01-31", ""): [("NEWSLETTER", "UNSUBSCRIBED"), ("PROMOTIONAL", "UNSUBSCRIBED")]},
        ),
    ],
)
def test_any_row_that_says_no_counts(
    header: str, cases: dict[tuple[str, str], list[tuple[str, str]]], subscribe: Subscribe
) -> None:
    expected: dict[str, list[tuple[str, str]]] = {}
    rows = [f"email,{header},first name"]
    for (no, yes), events in cases.items():
        expected |= {f"{no}-first@example.com": events, f"{no}-last@example.com": events}
        rows += [f"{no}-first@example.com,{no},A", f"{no}-FIRST@example.com,{yes},B"]
        rows += [f"{no}-last@example.com,{yes},B", f"{no}-LAST@example.com,{no},A"]

    def events_of(email: str) -> list[tuple[str, str]]:
        return sorted(ConsentEvent.objects.filter(record__email=email).values_list("purpose", "state"))

    job = load("\n".join(rows), subscribe=subscribe, **SUBSCRIBE)

    assert {email: events_of(email) for email in expected} == expected
    assert {email: record(email).first_name for email in expected} == {
        email: "B" if "first" in email else "A" for email in expected
    }
    overruled = [message for _, _, _, message in told(job) if message.startswith("Another row")]
    assert len(overruled) == len(cases)  # of the rows that say yes and come last
    # Loaded again, also without the row that says no, it grants nothing.
    load("\n".join(rows), subscribe=subscribe, **SUBSCRIBE)
    assert {email: events_of(email) for email in expected} == expected


@pytest.mark.parametrize("strict", [True, False])
def test_the_files_of_refused_rows_and_of_warnings_say_the_no_of_another_row(strict: bool) -> None:
    rows = ["email,newsletter,country", "a@example.com,no,IT", "a@example.com,yes,Atlantis"]
    job = load("\n".join(rows), strict=strict, subscribe=Subscribe.MARKED, **SUBSCRIBE)
    assert not job.warning_file
    (row,) = rows_in(job.error_file)[1:]
    assert row[:3] == ["a@example.com", "no", "Atlantis"]
    load(f"{rows[0]}\n{','.join(row[:3])}".replace("Atlantis", "IT"), subscribe=Subscribe.MARKED, **SUBSCRIBE)
    assert not ConsentEvent.objects.exists()


def test_since_when_somebody_is_unsubscribed_is_the_latest_that_any_row_tells() -> None:
    rows = ["a@example.com,2024-01-31", "a@example.com,2023-01-31", "a@example.com,"]
    load("email,unsubscribed at\n" + "\n".join(rows))
    assert {event.at for event in ConsentEvent.objects.all()} == {datetime(2024, 1, 31, tzinfo=UTC)}


def test_what_is_said_against_mail_is_merged() -> None:
    person = Person(2, "a@b.it", {}, accepts={"accepts_newsletter": Answer.YES, "accepts_marketing": Answer.WITHDRAWN})
    objections.merge(person, Objection.of_json(Objection(2, ("n--n", "-b--"), None).to_json()))
    assert person.accepts == {
        "accepts_newsletter": Answer.BOUNCED,
        "accepts_marketing": Answer.WITHDRAWN,
        "accepts_promotional_mail": Answer.NO,
    }
    assert person.overruled == {"accepts_newsletter": "bounced", "accepts_promotional_mail": "no"}


SAYS = st.sampled_from(["yes", "yes", "no", "unsubscribed", "bounced", "", "who knows"])
ROWS = st.lists(st.tuples(st.sampled_from("abc"), SAYS, SAYS, st.sampled_from(["", "123"])), min_size=1, max_size=9)


class OfSeveralRows(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(8), deadline=None)
    @given(ROWS, st.booleans(), st.sampled_from([Subscribe.MARKED, Subscribe.ALL]))
    def test_nobody_is_subscribed_whom_any_row_says_no_of(self, rows: Any, strict: bool, subscribe: Subscribe) -> None:
        lines = [f"{name}@example.com,{news},{offers},{phone}" for name, news, offers, phone in rows]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scan, "ROWS_WRITTEN", 2)
            content = "\n".join(["email,accepts newsletter,accepts promotional mail,phone", *lines])
            job = run(make(content, strict=strict, subscribe=subscribe, **SUBSCRIBE))
        assert job.state == JobState.SUCCEEDED, job.error_message
        granted = set(
            ConsentEvent.objects.filter(state="SUBSCRIBED").values_list("record__email", "purpose").order_by("pk")
        )
        withdrawn = set(ConsentEvent.objects.exclude(state="SUBSCRIBED").values_list("record__email", "purpose"))
        known = set(CustomerRecord.objects.values_list("email", flat=True))
        for name, *said, _phone in rows:
            for purpose, word in zip(("NEWSLETTER", "PROMOTIONAL"), said, strict=True):
                about = (f"{name}@example.com", purpose)
                if word not in ("yes", ""):
                    assert about not in granted
                if word in ("unsubscribed", "bounced") and about[0] in known:
                    assert about in withdrawn
        # The last row that can be read as a whole is used, or else the last one.
        used: dict[str, list[tuple[bool, int]]] = {}
        for row, (name, *said, phone) in enumerate(rows):
            used.setdefault(name, []).append((not phone and "who knows" not in said, row))
        told = {problem.row_number - 2: problem.reasons[0]["code"] for problem in job.problems.all()}
        for name in known if not strict else ():
            best = max(used[name[0]])
            assert {row for _, row in used[name[0]] if told.get(row) != "DUPLICATE"} == {best[1]}
        # Nobody is lost who has a row that is valid.
        valid = {name for name, *said, phone in rows if not strict or (not phone and "who knows" not in said)}
        assert known == {f"{name}@example.com" for name in valid}


def test_rows_with_warnings_are_in_the_file_once() -> None:
    job = load("email,phone\na@example.com,123\na@example.com,456\n")
    assert [row[:2] for row in warned_rows(job)[1:]] == [["a@example.com", "456"]]


@pytest.mark.parametrize("is_known", [True, False])
def test_no_list_subscribes_whoever_has_a_suppressed_address(is_known: bool) -> None:
    suppress({"anna@work.example": [ConsentPurpose.NEWSLETTER]}, job_id=make_job("IMPORT").pk)
    if is_known:
        make_record("anna@example.com", others=["anna@work.example"])
    other = "" if is_known else "anna@work.example"
    content = f"email,other_emails,Accepts newsletter\nanna@example.com,{other},yes\nben@example.com,,yes\n"
    for _ in range(2):
        job = load(content, subscribe=Subscribe.MARKED, **SUBSCRIBE)
        assert list(ConsentEvent.objects.values_list("record__email", "state")) == [("ben@example.com", "SUBSCRIBED")]
        assert job.report["consents"]["consents_withheld"] == 1
        assert [code for _, code, _ in problems(job)] == ["WITHHELD"]
    assert job.counters["unchanged"] == 2
