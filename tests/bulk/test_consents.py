"""Consents in files: no list takes back a withdrawal, and none that was exported grants anything when it returns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.activity.models import ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.bulk import exports, imports, undo, updates
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.options import Mode, Subscribe
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    MARKETING,
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    CurrentConsent,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs.models import BulkJob, BulkProblem, JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..factories import make_record
from ..properties import examples, sampled
from .imports.test_import_job import load, make, preview, run, started

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
PROMOTIONAL, NEWSLETTER, SYSTEM = ConsentPurpose.PROMOTIONAL, ConsentPurpose.NEWSLETTER, ConsentPurpose.SYSTEM
SUBSCRIBED, UNSUBSCRIBED, PENDING = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.PENDING
WITH_PROOF: dict[str, Any] = {"lawful_basis": "CONSENT", "wording": "Send me news."}
MARKED = {"subscribe": Subscribe.MARKED, **WITH_PROOF}
ALL = {"subscribe": Subscribe.ALL, **WITH_PROOF}


def decide(
    email: str,
    state: ConsentState,
    purpose: ConsentPurpose = NEWSLETTER,
    channel: ConsentChannel = ConsentChannel.EMAIL,
    source: ConsentSource = ConsentSource.CUSTOMER,
    cause: Cause | None = None,
    **fields: Any,
) -> None:
    record = CustomerRecord.objects.filter(email=email).first() or make_record(email)
    record_events([ConsentDecision(record.pk, channel, purpose, state, source, **fields)], actor=STAFF, cause=cause)


def states() -> dict[tuple[str, str, str], str]:
    """What holds of everybody, where anybody decided anything."""
    kept = CurrentConsent.objects.exclude(state="NOT_SUBSCRIBED")
    return {
        (email, channel, purpose): state
        for email, channel, purpose, state in kept.values_list("record__email", "channel", "purpose", "state")
    }


def granted() -> set[tuple[str, str, str]]:
    return {key for key, state in states().items() if state == "SUBSCRIBED"}


def of(email: str) -> dict[str, str]:
    """What holds of somebody by e-mail."""
    return {key[2]: state for key, state in states().items() if key[:2] == (email, "EMAIL")}


def told(job: BulkJob) -> list[tuple[int | None, str, str]]:
    return [
        (problem.row_number, reason["code"], reason["field"])
        for problem in BulkProblem.objects.filter(job=job).order_by("place", "id")
        for reason in problem.reasons
    ]


class TestTwoPurposes:
    @pytest.mark.parametrize("options", [MARKED, ALL])
    @pytest.mark.parametrize(
        "header", sampled(["accepts marketing", "newsletter", "accepts newsletter", "subscribed"], one_in=2)
    )
    def test_who_withdrew_the_newsletter_is_not_subscribed_again(self, header: str, options: Any) -> None:
        decide("a@example.com", SUBSCRIBED)
        decide("a@example.com", UNSUBSCRIBED)
        job = load(f"email,{header},first name\na@example.com,yes,Anna\n", **options)
        assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}
        record = CustomerRecord.objects.get()
        assert (record.first_name, record.accepts_newsletter, record.accepts_promotional_mail) == ("Anna", False, False)
        assert [(row, code) for row, code, _ in told(job)] == [(2, "WITHHELD")]
        assert job.report["consents"] == {"consents_withheld": 1}
        assert not job.error_file

    @pytest.mark.parametrize("header", ["promotional emails", "accepts promotional mail"])
    def test_who_withdrew_the_newsletter_may_still_grant_the_other(self, header: str) -> None:
        decide("a@example.com", UNSUBSCRIBED)
        assert told(load(f"email,{header}\na@example.com,yes\n", **MARKED)) == []
        assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}

    def test_both_columns(self) -> None:
        content = "email,Accepts promotional mail,Accepts newsletter\na@b.it,yes,no\nc@d.it,no,yes\ne@f.it,yes,yes\n"
        load(content, **MARKED)
        assert granted() == {
            ("a@b.it", "EMAIL", "PROMOTIONAL"),
            ("c@d.it", "EMAIL", "NEWSLETTER"),
            ("e@f.it", "EMAIL", "PROMOTIONAL"),
            ("e@f.it", "EMAIL", "NEWSLETTER"),
        }

    @pytest.mark.parametrize(
        ("header", "purposes", "found"),
        [
            ("accepts marketing", (), {"PROMOTIONAL"}),
            ("accepts marketing", (NEWSLETTER,), {"NEWSLETTER"}),
            ("accepts marketing", MARKETING, {"PROMOTIONAL", "NEWSLETTER"}),
            ("newsletter", (), {"NEWSLETTER"}),
            ("newsletter", (PROMOTIONAL,), {"NEWSLETTER"}),
            ("Accetta le e-mail promozionali", (), {"PROMOTIONAL"}),
            ("Akzeptiert Newsletter", (), {"NEWSLETTER"}),
            ("Akzeptiert Werbung", (), {"PROMOTIONAL"}),
        ],
    )
    def test_what_a_column_stands_for(self, header: str, purposes: Any, found: set[str]) -> None:
        load(f"email,{header}\na@example.com,yes\n", **MARKED, marketing_purposes=purposes)
        assert set(of("a@example.com")) == found

    def test_a_purpose_that_is_named_is_granted_beside_the_other(self) -> None:
        decide("a@example.com", SUBSCRIBED, PROMOTIONAL)
        content = "email,subscribed\na@example.com,yes\n"
        assert told(load(content, **MARKED)) == []  # it says nothing new
        job = load("Email Address,Date Subscribed\na@example.com,2024-05-01\n", **ALL)
        assert [code for _, code, _ in told(job)] == ["WITHHELD"]  # a mailing list, but of what?
        assert of("a@example.com") == {"PROMOTIONAL": "SUBSCRIBED"}
        assert told(load(content, **MARKED, marketing_purposes=(NEWSLETTER,))) == []
        assert of("a@example.com") == {"PROMOTIONAL": "SUBSCRIBED", "NEWSLETTER": "SUBSCRIBED"}

    def test_all_leaves_whom_the_file_says_no_of(self) -> None:
        content = "email,newsletter\nno@example.com,no\nblank@example.com,\nyes@example.com,yes\n"
        load(content, **ALL)
        assert granted() == {(f"{name}@example.com", "EMAIL", "NEWSLETTER") for name in ("blank", "yes")}

    @pytest.mark.parametrize("cell", ["yes", "no"])
    def test_an_answer_about_something_else_is_none_about_marketing(self, cell: str) -> None:
        load(f"email,Accepts system mail\na@example.com,{cell}\n", **ALL)
        assert set(of("a@example.com")) == ({"SYSTEM"} if cell == "yes" else set())

    def test_a_request_to_confirm_again_does_not_let_lists_subscribe(self) -> None:
        decide("a@example.com", UNSUBSCRIBED)
        decide("a@example.com", PENDING)
        job = load("email,newsletter\na@example.com,yes\n", **MARKED)
        assert of("a@example.com") == {"NEWSLETTER": "PENDING"}
        assert [code for _, code, _ in told(job)] == ["WITHHELD"]
        one = ConsentDecision(0, ConsentChannel.EMAIL, NEWSLETTER, SUBSCRIBED, ConsentSource.STAFF)
        arguments = {"consents": [changes.options_of(one, timezone.now())]}
        job = run(updates.create("consent", arguments, of=[CustomerRecord.objects.get().pk], actor=STAFF))
        assert of("a@example.com") == {"NEWSLETTER": "PENDING"}
        assert [code for _, code, _ in told(job)] == ["OUT_OF_SCOPE"]

    def test_a_preview_counts_what_it_would_not_grant(self) -> None:
        decide("a@example.com", UNSUBSCRIBED)
        content = "email,newsletter\na@example.com,yes\nb@example.com,yes\nc@example.com,unsubscribed\n"
        wanted = {"consents_subscribed": 1, "consents_unsubscribed": 1, "consents_withheld": 1}
        assert preview(content, **MARKED)["consents"] == wanted | {"addresses_suppressed": 0}
        assert load(content, **MARKED).report["consents"] == wanted
        assert "consents" not in preview("email\nd@example.com\n", **MARKED)

    def test_a_withdrawal_after_the_preview_holds(self) -> None:
        job = run(make("email,newsletter\na@example.com,yes\n", show_preview=True, **MARKED))
        assert job.report["preview"]["consents"]["consents_subscribed"] == 1
        decide("a@example.com", UNSUBSCRIBED)
        job = started(job)
        assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}
        assert job.report["consents"] == {"consents_withheld": 1}


MAILCHIMP = "Email Address,MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,LEID,EUID,UNSUB_TIME\n"


class TestWithdrawalsInFiles:
    @pytest.mark.parametrize("options", [{}, MARKED, ALL], ids=["nobody", "marked", "all"])
    def test_a_file_of_those_who_left_a_newsletter_tool(self, options: dict[str, Any]) -> None:
        for purpose in (*MARKETING, SYSTEM):
            decide("gone@example.org", SUBSCRIBED, purpose, at=datetime(2023, 5, 1, tzinfo=UTC))
        content = MAILCHIMP + "gone@example.org,2,2022-01-02 03:04:05,,1,a,2024-01-01 00:00:00\n"
        content += "new@example.org,2,2022-01-02 03:04:05,,1,a,2024-01-01 00:00:00\n"
        load(content, name="07_unsubscribed_members_export.csv", **options)
        left = {"PROMOTIONAL": "UNSUBSCRIBED", "NEWSLETTER": "UNSUBSCRIBED"}
        assert of("gone@example.org") == left | {"SYSTEM": "SUBSCRIBED"}
        assert of("new@example.org") == left
        events = ConsentEvent.objects.filter(state="UNSUBSCRIBED")
        assert {(event.at, event.source) for event in events} == {(datetime(2024, 1, 1, tzinfo=UTC), "IMPORT")}
        assert load(content, name="07_unsubscribed.csv", **options).counters == {"read": 2, "unchanged": 2}

    def test_only_the_purpose_that_is_named_is_withdrawn(self) -> None:
        for purpose in MARKETING:
            decide("gone@example.org", SUBSCRIBED, purpose, at=datetime(2023, 5, 1, tzinfo=UTC))
        content = MAILCHIMP + "gone@example.org,2,,,1,a,2024-01-01\n"
        load(content, marketing_purposes=(NEWSLETTER,))
        assert of("gone@example.org") == {"PROMOTIONAL": "SUBSCRIBED", "NEWSLETTER": "UNSUBSCRIBED"}

    def test_whoever_came_back_since_stays(self) -> None:
        decide("back@example.org", SUBSCRIBED, at=datetime(2024, 6, 1, tzinfo=UTC))
        load(MAILCHIMP + "back@example.org,2,,,1,a,2024-01-01\n")
        assert of("back@example.org")["NEWSLETTER"] == "SUBSCRIBED"

    def test_a_grant_of_a_list_is_no_coming_back(self) -> None:
        load("email,newsletter\nanna@example.org,yes\n", **MARKED)
        load(MAILCHIMP + "anna@example.org,2,,,1,a,2024-01-01\n")
        assert of("anna@example.org")["NEWSLETTER"] == "UNSUBSCRIBED"

    @pytest.mark.parametrize(
        ("header", "cells"),
        [
            (
                "newsletter",
                {
                    **dict.fromkeys(("unsubscribed", "Unsubscribed ", "opted out"), "UNSUBSCRIBED"),
                    "cleaned": "INVALID",
                    **dict.fromkeys(("no", "never subscribed", "pending"), "SUBSCRIBED"),
                },
            ),
            ("subscribed", {"OPTED_OUT": "UNSUBSCRIBED"}),
            (
                "unsubscribed at",
                {
                    **dict.fromkeys(("2024-01-01", "last spring", "2999-01-01"), "UNSUBSCRIBED"),
                    "0000-00-00": "SUBSCRIBED",
                },
            ),
            ("Opt-out date", {"2024-01-01": "UNSUBSCRIBED"}),
            ("Email Opt Out", {"true": "UNSUBSCRIBED", "false": "SUBSCRIBED"}),
            ("Unsubscribed from all email", {"1": "UNSUBSCRIBED"}),
            (
                "Email Suppressions",
                {"['UNSUBSCRIBE']": "UNSUBSCRIBED", "HARD_BOUNCE": "INVALID", "[]": "SUBSCRIBED"},
            ),
        ],
    )
    def test_how_files_say_it(self, header: str, cells: dict[str, str]) -> None:
        expected = {f"{number}@example.com": state for number, state in enumerate(cells.values())}
        for email in expected:
            # Of 2010, so that each date is a later one; the date is of no account where there is none.
            decide(email, SUBSCRIBED, at=datetime(2010, 1, 1, tzinfo=UTC))
        rows = [f'{email},"{cell}"' for email, cell in zip(expected, cells, strict=True)]
        load("\n".join([f"email,{header}", *rows]), **ALL)
        assert {email: of(email)["NEWSLETTER"] for email in expected} == expected

    @pytest.mark.parametrize(
        "name",
        [
            "unsubscribed.csv",
            "cleaned.csv",
            "Non-Subscribed contacts.csv",
            "disiscritti.csv",
            "Abgemeldet.csv",
            "pending.csv",
        ],
    )
    def test_the_name_of_a_file_subscribes_nobody_against_what_it_says(self, name: str) -> None:
        job = load("email,newsletter\na@example.com,yes\nb@example.com,\n", name=name, **ALL)
        assert states() == {}
        assert job.report["file"]["status"] == "NOT_SUBSCRIBED"

    @pytest.mark.parametrize(
        ("header", "cell", "state"),
        [
            ("Blacklisted", "1", "UNSUBSCRIBED"),
            ("Suppressed", "true", "UNSUBSCRIBED"),
            ("doNotContact", "yes", "UNSUBSCRIBED"),
            ("Do not email", "x", "UNSUBSCRIBED"),
            ("Unsubscribed at", "2024-01-01", "UNSUBSCRIBED"),
            ("Bounced", "hard bounce", "INVALID"),
            ("Abgemeldet", "ja", "UNSUBSCRIBED"),
            ("Email subscription status", "Unsubscribed", "UNSUBSCRIBED"),
            ("Email subscription status", "pending", None),
        ],
    )
    def test_a_column_that_says_no_beats_those_that_say_yes(self, header: str, cell: str, state: str | None) -> None:
        rows = f"a@example.com,yes,yes,yes,{cell}\n"
        load(f"email,subscribed,newsletter,accepts promotional mail,{header}\n{rows}", **ALL)
        if state is None:  # neither yes nor no: what names its purpose counts
            assert of("a@example.com") == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}
        else:
            assert of("a@example.com") == {"NEWSLETTER": state, "PROMOTIONAL": state}

    def test_of_several_columns_each_may_say_no(self) -> None:
        content = (
            "email,unsubscribed,bounced,blacklisted\na@example.com,0,0,1\nb@example.com,0,1,0\nc@example.com,0,0,0\n"
        )
        load(content, **ALL)
        assert of("a@example.com") == dict.fromkeys(map(str, MARKETING), "UNSUBSCRIBED")
        assert of("b@example.com") == dict.fromkeys(map(str, MARKETING), "INVALID")
        assert of("c@example.com") == {"PROMOTIONAL": "SUBSCRIBED"}

    def test_an_undo_puts_back_what_a_file_withdrew_and_granted(self) -> None:
        decide("a@example.com", SUBSCRIBED)
        decide("b@example.com", UNSUBSCRIBED)
        before = states()
        job = load("email,newsletter,offers\na@example.com,unsubscribed,\nb@example.com,yes,yes\n", **MARKED)
        assert states() != before
        run(undo.create(job.pk, actor=STAFF))
        assert states() == before


class TestUndoIsExact:
    """What an undone job recorded counts for nothing: what comes afterwards means what it would have meant."""

    def bulk(self, state: ConsentState, **fields: Any) -> BulkJob:
        one = ConsentDecision(0, ConsentChannel.EMAIL, NEWSLETTER, state, ConsentSource.STAFF, **fields)
        arguments = {"consents": [changes.options_of(one, timezone.now())]}
        return run(updates.create("consent", arguments, of=[CustomerRecord.objects.get().pk], actor=STAFF))

    def undone(self, job: BulkJob) -> None:
        assert run(undo.create(job.pk, actor=STAFF)).state == JobState.SUCCEEDED

    def test_an_override_that_is_undone_opens_no_door(self) -> None:
        decide("a@example.com", UNSUBSCRIBED)
        decide("a@example.com", PENDING)
        job = self.bulk(SUBSCRIBED, override_reason="Signed at the fair.")
        assert of("a@example.com") == {"NEWSLETTER": "SUBSCRIBED"}
        self.undone(job)
        load("email,newsletter\na@example.com,yes\n", **MARKED)
        assert of("a@example.com") == {"NEWSLETTER": "PENDING"}

    def test_a_claim_that_holds_again_is_still_a_claim(self) -> None:
        load("email,newsletter\na@example.com,yes\n", **MARKED)
        self.undone(self.bulk(UNSUBSCRIBED))
        assert of("a@example.com") == {"NEWSLETTER": "SUBSCRIBED"}
        decide("a@example.com", UNSUBSCRIBED, at=timezone.now() - timedelta(days=9))
        assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}

    def test_a_grant_that_holds_again_is_as_old_as_it_was(self) -> None:
        long_ago = timezone.now() - timedelta(days=90)
        decide("a@example.com", SUBSCRIBED, at=long_ago)
        self.undone(self.bulk(UNSUBSCRIBED))
        assert of("a@example.com") == {"NEWSLETTER": "SUBSCRIBED"}
        decide("a@example.com", UNSUBSCRIBED, at=long_ago + timedelta(days=30))
        assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}

    def test_a_job_that_granted_first_of_all(self) -> None:
        make_record("a@example.com")
        job = self.bulk(SUBSCRIBED)
        self.undone(job)
        assert states() == {}
        assert [event.state for event in ConsentEvent.objects.order_by("id")] == ["SUBSCRIBED", "NOT_SUBSCRIBED"]
        load("email,newsletter\na@example.com,yes\n", **MARKED)
        assert of("a@example.com") == {"NEWSLETTER": "SUBSCRIBED"}


# Properties. People who decided anything, in any order, told by whoever; a list that says anything.

PEOPLE = ("anna@example.com", "bert@example.com")


@dataclass(frozen=True)
class Decision:
    email: str
    channel: ConsentChannel
    purpose: ConsentPurpose
    state: ConsentState
    source: ConsentSource
    is_job: bool
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.email, self.channel.value, self.purpose.value

    @property
    def is_act(self) -> bool:
        """Whether the person did it, or staff who say why."""
        return bool(self.reason) or not (self.is_job or self.source is ConsentSource.IMPORT)


HISTORY = st.lists(
    st.builds(
        Decision,
        email=st.sampled_from(PEOPLE),
        channel=st.sampled_from([ConsentChannel.EMAIL, ConsentChannel.EMAIL, ConsentChannel.SMS]),
        purpose=st.sampled_from(ConsentPurpose),
        state=st.sampled_from([SUBSCRIBED, UNSUBSCRIBED, PENDING]),
        source=st.sampled_from([ConsentSource.CUSTOMER, ConsentSource.STAFF, ConsentSource.IMPORT]),
        is_job=st.booleans(),
        reason=st.sampled_from(["", "", "", "Signed at the fair."]),
    ),
    max_size=12,
)
HEADERS = (
    "accepts marketing", "newsletter", "Accepts promotional mail", "subscribed", "Accepts system mail",
    "Email Marketing Consent", "Unsubscribed at", "Email Opt Out", "Accepts SMS Marketing", "Blacklisted", "Bounced",
)  # fmt: skip
CELLS = (
    "yes", "YES", "1", "true", "x", "subscribed", "opt-in", "no", "0", "", " ", "-", "NULL", "unsubscribed", "cleaned",
    "never_subscribed", "pending", "2024-01-01", "Iscritta", "abgemeldet", "désabonné", "dado de alta", "wypisany",
    "Subscribed (spam complaint)", "perhaps",
)  # fmt: skip
LISTS = st.lists(st.sampled_from(HEADERS), min_size=1, max_size=4, unique=True).flatmap(
    lambda headers: st.tuples(
        st.just(headers),
        st.lists(
            st.tuples(
                st.sampled_from((*PEOPLE, "Anna@Example.com ", "carl@example.com")),
                st.lists(st.sampled_from(CELLS), min_size=len(headers), max_size=len(headers)),
            ),
            min_size=1,
            max_size=5,
        ),
    )
)
OPTIONS = st.fixed_dictionaries(
    {
        "subscribe": st.sampled_from(Subscribe),
        "mode": st.sampled_from([Mode.CREATE_AND_UPDATE, Mode.UPDATE_ONLY]),
        "marketing_purposes": st.sampled_from([(), (PROMOTIONAL,), (NEWSLETTER,), MARKETING]),
        "erase_blanks": st.booleans(),
        "name": st.sampled_from(["list.csv", "subscribed.csv", "unsubscribed.csv", "abgemeldet.csv"]),
    }
)


def live(history: Iterable[Decision]) -> set[tuple[str, str, str]]:
    """Let people decide all that, and return what they withdrew and never granted again."""
    withdrawn = set()
    for email in PEOPLE:
        make_record(email)
    for one in history:
        cause = Cause(CauseType.JOB, "77") if one.is_job else None
        decide(one.email, one.state, one.purpose, one.channel, one.source, cause, override_reason=one.reason)
        if one.state is UNSUBSCRIBED:
            withdrawn.add(one.key)
        elif one.state is SUBSCRIBED and one.is_act:
            withdrawn.discard(one.key)
    return withdrawn


class TestProperties(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
    @given(HISTORY, LISTS, OPTIONS)
    def test_no_list_takes_back_a_withdrawal(self, history: Any, rows: Any, options: Any) -> None:
        withdrawn = live(history)
        before = states()
        headers, people = rows
        lines = [["email", *headers], *([email, *cells] for email, cells in people)]
        job = load("\n".join(map(",".join, lines)) + "\n", **WITH_PROOF | options)
        assert granted().isdisjoint(withdrawn)
        if options["subscribe"] is Subscribe.NOBODY:
            assert granted() <= {key for key, state in before.items() if state == "SUBSCRIBED"}
        undone = run(undo.create(job.pk, actor=STAFF))
        assert (undone.state, states()) == (JobState.SUCCEEDED, before)

    @settings(max_examples=examples(4), deadline=None, suppress_health_check=list(HealthCheck))
    @given(HISTORY, st.lists(st.tuples(st.sampled_from(ConsentPurpose), st.sampled_from([SUBSCRIBED, PENDING]))))
    def test_no_bulk_action_takes_back_a_withdrawal(self, history: Any, wanted: Any) -> None:
        withdrawn = live(history)
        for channel in (ConsentChannel.EMAIL, ConsentChannel.SMS):
            consents = [
                changes.options_of(ConsentDecision(0, channel, purpose, state, ConsentSource.STAFF), timezone.now())
                for purpose, state in wanted
            ]
            of_all = list(CustomerRecord.objects.values_list("pk", flat=True))
            run(updates.create("consent", {"consents": consents}, of=of_all, actor=STAFF))
        assert granted().isdisjoint(withdrawn)

    @settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        HISTORY,
        st.sampled_from(
            [
                *itertools.product(
                    ["mailchimp", "klaviyo", "shopify", "ecwid-newsletter"], ["", *MARKETING], [MARKED, ALL]
                ),
                *itertools.product(["default"], [""], [MARKED, ALL]),
                ("squarespace", "", MARKED),
            ]
        ),
        st.sampled_from(["csv", "tsv", "xlsx", "jsonl"]),
    )
    def test_a_list_that_comes_back_grants_nothing(self, history: Any, how: Any, file_format: str) -> None:
        live(history)
        profile, purpose, options = how
        before = granted()
        request = ExportRequest(profile=profile, purpose=purpose, format=file_format, currency="EUR")
        job = run(exports.create(RecordList(), request, actor=STAFF, include_inactive=True))
        with job.result_file.open("rb") as file:
            content = file.read()
        if file_format == "jsonl" and not content.strip():
            return  # a list of nobody
        found = run(make(content, name=f"list.{file_format}", **options))
        # A list of nobody is no list.
        assert found.state == JobState.SUCCEEDED or "The file is empty" in found.error_message or b"@" not in content
        assert granted() <= before
        if profile == "default":
            assert granted() == before


@pytest.mark.parametrize("profile", ["default", "mailchimp", "klaviyo"])
def test_a_sign_up_that_waits_still_waits_when_its_list_comes_back(profile: str) -> None:
    decide("a@example.com", PENDING, source=ConsentSource.NEWSLETTER)
    decide("b@example.com", SUBSCRIBED)
    request = ExportRequest(profile=profile, format="csv", currency="EUR")
    job = run(exports.create(RecordList(), request, actor=STAFF, include_inactive=True))
    with job.result_file.open("rb") as file:
        content = file.read()

    for options in (MARKED, ALL):
        assert run(make(content, name="list.csv", **options)).state == JobState.SUCCEEDED

    assert of("a@example.com")["NEWSLETTER"] == "PENDING"
    assert ("a@example.com", "EMAIL", "NEWSLETTER") not in granted()


def test_the_number_of_statements_of_a_chunk_does_not_grow() -> None:
    def statements(number: int) -> int:
        emails = [f"p{number}-{index}@example.com" for index in range(number)]
        for email in emails[::2]:
            decide(email, UNSUBSCRIBED)
        content = "email,newsletter\n" + "".join(f"{email},yes\n" for email in emails)
        with CaptureQueriesContext(connection) as queries:
            job = load(content, **MARKED)
        assert job.report["consents"] == {
            "consents_subscribed": number // 2,
            "consents_withheld": number - number // 2,
        }
        return len([one for one in queries if "saleor_customer_plus" in one["sql"]])

    assert statements(4) == statements(60)


def test_the_age_of_a_withdrawal_is_of_no_account() -> None:
    decide("a@example.com", UNSUBSCRIBED, at=timezone.now() - timedelta(days=4000))
    load("email,newsletter\na@example.com,yes\n", **MARKED)
    assert of("a@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}
    # Nor is it told late.
    load("email,newsletter\nb@example.com,yes\n", **MARKED)
    decide("b@example.com", UNSUBSCRIBED, at=timezone.now() - timedelta(days=4000))
    assert of("b@example.com") == {"NEWSLETTER": "UNSUBSCRIBED"}


def test_a_pasted_list_is_no_other() -> None:
    decide("a@example.com", UNSUBSCRIBED, PROMOTIONAL)
    options = imports.options.ImportOptions(show_preview=False, **ALL)
    run(imports.of_text("Anna <a@example.com>, b@example.com", options, actor=STAFF))
    assert granted() == {("b@example.com", "EMAIL", "PROMOTIONAL")}
