"""Writing down what people decided, and what holds then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.consent.decisions import ConsentDecision, Outcome
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    OptInLevel,
)
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.records.models import CustomerRecord, Source
from tests.factories import make_record

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
JOB = Cause(CauseType.JOB, "3")
SUBSCRIBED, UNSUBSCRIBED, PENDING = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.PENDING
DAY = datetime(2024, 5, 1, tzinfo=UTC)


def decision(record: CustomerRecord, state: ConsentState = SUBSCRIBED, **fields: Any) -> ConsentDecision:
    defaults: dict[str, Any] = {
        "channel": ConsentChannel.EMAIL,
        "purpose": ConsentPurpose.PROMOTIONAL,
        "source": ConsentSource.STAFF,
    }
    return ConsentDecision(record.pk, state=state, **defaults | fields)


def imported(record: CustomerRecord, state: ConsentState = SUBSCRIBED, **fields: Any) -> ConsentDecision:
    return decision(record, state, source=ConsentSource.IMPORT, **fields)


def record_each(*decisions: ConsentDecision, **options: Any) -> list[Outcome]:
    """As by calls one after the other."""
    return [outcome for one in decisions for outcome in record_events([one], actor=STAFF, **options)]


def states(record: CustomerRecord) -> list[tuple[str, str, str]]:
    (events,) = current_consents([record.pk]).values()
    return [(event.channel, event.purpose, event.state) for event in events]


def state(record: CustomerRecord) -> str:
    ((_, _, found),) = states(record)
    return found


def accepts(record: CustomerRecord) -> set[str]:
    """What the record says that may be sent by e-mail."""
    record.refresh_from_db()
    flags = {
        "PROMOTIONAL": record.accepts_promotional_mail,
        "NEWSLETTER": record.accepts_newsletter,
        "SYSTEM": record.accepts_system_mail,
    }
    return {purpose for purpose, is_granted in flags.items() if is_granted}


class TestEvents:
    def test_everything_that_proves_it_is_kept(self) -> None:
        anna = make_record()
        given = decision(
            anna,
            opt_in_level=OptInLevel.CONFIRMED_OPT_IN,
            wording="Send me offers.",
            wording_version="2024-05",
            at=DAY,
            source=ConsentSource.CHECKOUT,
            evidence={"form": "checkout", "words": ["ä", "😀"]},
        )

        assert record_events([given], actor=STAFF, cause=JOB) == [Outcome.CHANGED]

        event = ConsentEvent.objects.get()
        assert (event.record_id, event.channel, event.purpose, event.state) == (
            anna.pk,
            "EMAIL",
            "PROMOTIONAL",
            "SUBSCRIBED",
        )
        assert (event.opt_in_level, event.wording, event.wording_version) == (
            "CONFIRMED_OPT_IN",
            "Send me offers.",
            "2024-05",
        )
        assert (event.source, event.at, event.evidence) == (
            "CHECKOUT",
            DAY,
            {"form": "checkout", "words": ["ä", "😀"]},
        )
        assert (event.actor_type, event.actor_id, event.cause_type, event.cause_id) == ("STAFF", "7", "JOB", "3")
        assert timezone.now() - event.recorded_at < timedelta(minutes=1)
        assert event.override_reason == ""

    def test_without_a_time_it_was_now(self) -> None:
        record_events([decision(make_record())], actor=STAFF)

        event = ConsentEvent.objects.get()
        assert event.at == event.recorded_at

    def test_it_is_logged_with_what_was_before(self) -> None:
        anna = make_record()

        record_each(decision(anna, at=DAY), decision(anna, UNSUBSCRIBED, at=DAY + timedelta(days=1)), cause=JOB)

        first, second = ActivityEntry.objects.filter(record=anna, type=ActivityType.CONSENT_CHANGED).order_by("id")
        what = {"channel": "EMAIL", "purpose": "PROMOTIONAL"}
        assert first.before == what | {"state": "NOT_SUBSCRIBED"}
        assert first.after == what | {"state": "SUBSCRIBED", "opt_in_level": "UNKNOWN", "at": DAY.isoformat()}
        assert second.before == what | {"state": "SUBSCRIBED", "opt_in_level": "UNKNOWN"}
        assert second.after["state"] == "UNSUBSCRIBED"
        assert (second.actor_type, second.actor_id, second.cause_type, second.cause_id) == ("STAFF", "7", "JOB", "3")

    def test_nothing_is_nothing(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            assert record_events([], actor=STAFF) == []
        assert not queries.captured_queries

    def test_a_record_that_is_gone(self) -> None:
        anna = make_record()
        gone = make_record()
        CustomerRecord.objects.filter(pk=gone.pk).delete()

        outcomes = record_events([decision(gone), decision(anna)], actor=STAFF)

        assert outcomes == [Outcome.NO_RECORD, Outcome.CHANGED]
        assert ConsentEvent.objects.get().record_id == anna.pk


class TestChecking:
    """What clients send; the rest of it is in tests/api/consent/test_consent.py."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("wording", "\ud800"),
            ("evidence", {"a": "\ud800"}),
            ("evidence", {"a": float("nan")}),
            ("evidence", {"a": float("inf")}),
            ("evidence", {"\x00": 1}),
            ("evidence", {"a": {1, 2}}),
        ],
    )
    def test_what_no_database_can_hold(self, field: str, value: Any) -> None:
        with pytest.raises(CustomerPlusError) as error:
            decision(make_record(), **{field: value}).checked(timezone.now())
        assert error.value.field == field

    def test_clocks_may_differ_a_little(self) -> None:
        now = timezone.now()
        decision(make_record(), at=now + timedelta(minutes=4)).checked(now)

    def test_a_reason_of_blanks_is_none(self) -> None:
        assert decision(make_record(), override_reason=" ").checked(timezone.now()).override_reason == ""


class TestWhatRecordsKeep:
    @pytest.mark.parametrize(
        ("channel", "purpose", "kept"),
        [
            ("EMAIL", "PROMOTIONAL", {"PROMOTIONAL"}),
            ("EMAIL", "NEWSLETTER", {"NEWSLETTER"}),
            ("EMAIL", "SYSTEM", {"SYSTEM"}),
            ("SMS", "PROMOTIONAL", set()),
            ("PHONE", "SYSTEM", set()),
            ("POST", "NEWSLETTER", set()),
        ],
    )
    def test_a_grant(self, channel: str, purpose: str, kept: set[str]) -> None:
        anna = make_record()
        what = {"channel": ConsentChannel(channel), "purpose": ConsentPurpose(purpose)}

        record_each(decision(anna, **what))
        assert accepts(anna) == kept

        record_each(decision(anna, UNSUBSCRIBED, **what))
        assert accepts(anna) == set()

    def test_the_newsletter_and_promotional_mail_are_two_consents(self) -> None:
        anna = make_record()
        newsletter = {"purpose": ConsentPurpose.NEWSLETTER}

        record_each(decision(anna), decision(anna, **newsletter), decision(anna, UNSUBSCRIBED))

        assert accepts(anna) == {"NEWSLETTER"}

    def test_asking_is_no_consent(self) -> None:
        anna = make_record()

        record_each(decision(anna, PENDING))
        assert accepts(anna) == set()

        record_each(decision(anna, opt_in_level=OptInLevel.CONFIRMED_OPT_IN))
        assert accepts(anna) == {"PROMOTIONAL"}
        assert ConsentEvent.objects.count() == 2

    def test_the_record_is_modified_only_if_they_change(self) -> None:
        anna = make_record(modified_at=DAY)

        record_each(decision(anna, channel=ConsentChannel.POST))
        anna.refresh_from_db()
        assert anna.modified_at == DAY

        record_each(decision(anna))
        anna.refresh_from_db()
        assert anna.modified_at > DAY

    def test_a_newsletter_form_is_a_source_of_the_record(self) -> None:
        anna, bert = make_record(sources=[Source.ORDER]), make_record(sources=[Source.ORDER])
        asked = [decision(anna, PENDING, source=ConsentSource.NEWSLETTER), decision(bert)]

        record_events(asked, actor=STAFF)
        record_events([decision(anna, source=ConsentSource.NEWSLETTER)], actor=STAFF)

        anna.refresh_from_db()
        bert.refresh_from_db()
        assert (anna.sources, bert.sources) == (["ORDER", "NEWSLETTER"], ["ORDER"])


class TestWhatHolds:
    def test_the_latest_decision(self) -> None:
        anna = make_record()

        outcomes = record_each(
            decision(anna, at=DAY),
            decision(anna, UNSUBSCRIBED, at=DAY + timedelta(days=2)),
            decision(anna, at=DAY + timedelta(days=1)),
        )

        assert outcomes == [Outcome.CHANGED, Outcome.CHANGED, Outcome.PAST]
        assert state(anna) == "UNSUBSCRIBED"
        assert accepts(anna) == set()
        assert ConsentEvent.objects.count() == 3
        assert ActivityEntry.objects.order_by("id").last().after["is_past"] is True

    def test_each_channel_and_purpose_for_itself(self) -> None:
        anna, bert = make_record(), make_record()

        record_events(
            [
                decision(anna),
                decision(anna, UNSUBSCRIBED, channel=ConsentChannel.SMS),
                decision(anna, purpose=ConsentPurpose.SYSTEM),
                decision(bert, PENDING),
            ],
            actor=STAFF,
        )

        assert states(anna) == [
            ("EMAIL", "PROMOTIONAL", "SUBSCRIBED"),
            ("EMAIL", "SYSTEM", "SUBSCRIBED"),
            ("SMS", "PROMOTIONAL", "UNSUBSCRIBED"),
        ]
        assert states(bert) == [("EMAIL", "PROMOTIONAL", "PENDING")]

    @pytest.mark.parametrize("days", [None, 1, 400])
    @pytest.mark.parametrize("claim", [SUBSCRIBED, PENDING])
    def test_a_withdrawal_wins_over_what_is_imported_later(self, days: int | None, claim: ConsentState) -> None:
        anna = make_record()
        at = None if days is None else DAY + timedelta(days=days)

        outcomes = record_each(
            decision(anna),
            decision(anna, UNSUBSCRIBED, at=DAY),
            decision(anna, UNSUBSCRIBED),
            imported(anna, claim, at=at),
        )

        assert outcomes[2:] in ([Outcome.CHANGED, Outcome.WITHDRAWN], [Outcome.CHANGED, Outcome.PAST])
        assert state(anna) == "UNSUBSCRIBED"
        assert accepts(anna) == set()

    def test_a_withdrawal_wins_over_an_import_before_it_was_known(self) -> None:
        """The person withdrew elsewhere, before the import of a list that did not know."""
        anna = make_record()

        record_each(imported(anna), decision(anna, UNSUBSCRIBED, at=DAY))

        assert state(anna) == "UNSUBSCRIBED"

    def test_a_withdrawal_that_is_imported_counts_like_any_other(self) -> None:
        anna = make_record()

        assert record_each(decision(anna, at=DAY), imported(anna, UNSUBSCRIBED), imported(anna)) == [
            Outcome.CHANGED,
            Outcome.CHANGED,
            Outcome.WITHDRAWN,
        ]
        assert state(anna) == "UNSUBSCRIBED"

    def test_what_a_job_records_for_many_is_no_more_than_an_import(self) -> None:
        anna = make_record()

        outcomes = record_each(decision(anna, UNSUBSCRIBED)) + record_each(decision(anna), cause=JOB)

        assert outcomes == [Outcome.CHANGED, Outcome.WITHDRAWN]

    def test_the_person_may_come_back(self) -> None:
        anna = make_record()

        record_each(decision(anna, UNSUBSCRIBED), decision(anna, source=ConsentSource.CUSTOMER))

        assert state(anna) == "SUBSCRIBED"

    def test_an_override_is_logged_with_its_reason(self) -> None:
        anna = make_record()

        outcomes = record_each(
            decision(anna, UNSUBSCRIBED), imported(anna, override_reason="Signed again at the fair, form 12.")
        )

        assert outcomes == [Outcome.CHANGED, Outcome.CHANGED]
        assert state(anna) == "SUBSCRIBED"
        assert ConsentEvent.objects.order_by("id").last().override_reason == "Signed again at the fair, form 12."
        assert ActivityEntry.objects.order_by("id").last().after["override_reason"] == (
            "Signed again at the fair, form 12."
        )

    def test_asking_again_takes_nothing_away(self) -> None:
        anna = make_record()

        assert record_each(decision(anna), decision(anna, PENDING)) == [Outcome.CHANGED, Outcome.UNCHANGED]
        assert state(anna) == "SUBSCRIBED"


class TestTwice:
    @pytest.mark.parametrize("state", [SUBSCRIBED, UNSUBSCRIBED, PENDING])
    @pytest.mark.parametrize("at", [None, DAY])
    def test_the_same_import_writes_nothing(self, state: ConsentState, at: datetime | None) -> None:
        anna = make_record()
        record_each(imported(anna, state, at=at))
        modified_at = CustomerRecord.objects.get().modified_at

        assert record_each(imported(anna, state, at=at)) == [Outcome.UNCHANGED]

        assert ConsentEvent.objects.count() == ActivityEntry.objects.count() == 1
        assert CustomerRecord.objects.get().modified_at == modified_at

    def test_nor_does_one_of_the_past(self) -> None:
        anna = make_record()
        record_each(decision(anna, UNSUBSCRIBED))
        past = imported(anna, at=DAY)

        assert record_each(past, past) == [Outcome.PAST, Outcome.UNCHANGED]
        assert record_events([past, past], actor=STAFF) == [Outcome.UNCHANGED] * 2
        assert ConsentEvent.objects.count() == 2

    def test_nor_the_same_row_twice_in_one_file(self) -> None:
        anna = make_record()

        outcomes = record_events([imported(anna), imported(anna)], actor=STAFF)

        assert outcomes == [Outcome.CHANGED, Outcome.UNCHANGED]

    def test_a_better_proof_is_written(self) -> None:
        anna = make_record()

        outcomes = record_each(
            imported(anna),
            imported(anna, opt_in_level=OptInLevel.CONFIRMED_OPT_IN),
            imported(anna, opt_in_level=OptInLevel.SINGLE_OPT_IN, wording="Yes."),
        )

        assert outcomes == [Outcome.CHANGED, Outcome.CHANGED, Outcome.UNCHANGED]
        ((event,),) = current_consents([anna.pk]).values()
        assert event.opt_in_level == "CONFIRMED_OPT_IN"

    def test_the_person_s_own_word_is_better_than_a_claim(self) -> None:
        anna = make_record()

        outcomes = record_each(
            imported(anna), *[decision(anna, source=ConsentSource.CUSTOMER)] * 2, decision(anna, wording="New words.")
        )

        assert outcomes == [Outcome.CHANGED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.CHANGED]


@pytest.mark.parametrize("number", [1, 200])
def test_the_number_of_statements(number: int) -> None:
    records = [make_record() for _ in range(number)]
    withdrawn = [decision(record, UNSUBSCRIBED) for record in records[::2]]
    record_events(withdrawn, actor=STAFF)
    wanted: Sequence[ConsentDecision] = [
        decision(record, state, purpose=purpose, at=at)
        for record in records
        for purpose in ConsentPurpose
        for state, at in ((SUBSCRIBED, None), (UNSUBSCRIBED, DAY))
    ]

    with CaptureQueriesContext(connection) as queries:
        record_events(wanted, actor=STAFF)

    assert len(queries) == 7
