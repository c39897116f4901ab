"""What holds of a history is the same in Python, in SQL, and one decision after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.consent.decisions import TOLERANCE, ConsentDecision, Outcome, Standing, fold, is_claim, weigh
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    CurrentConsent,
    OptInLevel,
)
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_record

from ..properties import examples

STAFF = Actor(ActorType.STAFF, "7")
START = datetime(2024, 5, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """An event, as far as it matters, with a short calendar so that times coincide."""

    state: ConsentState
    source: ConsentSource
    day: int
    is_job: bool
    override_reason: str
    level: OptInLevel
    purpose: ConsentPurpose
    number: int = 0

    @property
    def at(self) -> datetime:
        return START + timedelta(days=self.day)

    @property
    def opt_in_level(self) -> str:
        return self.level

    @property
    def cause(self) -> Cause | None:
        return Cause(CauseType.JOB, "3") if self.is_job else None

    @property
    def is_claim(self) -> bool:
        return is_claim(self.state, self.source, "JOB" if self.is_job else "", self.override_reason)


def steps(*states: ConsentState) -> Any:
    return st.lists(
        st.builds(
            Step,
            state=st.sampled_from(states),
            source=st.sampled_from([ConsentSource.IMPORT, ConsentSource.CUSTOMER]),
            day=st.integers(0, 4),
            is_job=st.booleans(),
            override_reason=st.sampled_from(["", "", "Signed again."]),
            level=st.sampled_from(OptInLevel),
            purpose=st.sampled_from([ConsentPurpose.PROMOTIONAL, ConsentPurpose.NEWSLETTER]),
        ),
        max_size=10,
    ).map(lambda history: [replace(step, number=number) for number, step in enumerate(history)])


@given(steps(*ConsentState))
def test_the_latest_word_and_the_latest_claim_are_enough(history: list[Step]) -> None:
    standing = Standing()
    for step in history:
        standing = standing.with_(step)

    assert standing.current == fold(history)


def step(state: ConsentState, source: ConsentSource = ConsentSource.CUSTOMER, number: int = 0) -> Step:
    return Step(state, source, 0, False, "", OptInLevel.UNKNOWN, ConsentPurpose.PROMOTIONAL, number)


def test_a_claim_of_the_moment_of_a_withdrawal_is_not_written() -> None:
    standing = Standing(word=step(ConsentState.UNSUBSCRIBED))
    claim = step(ConsentState.SUBSCRIBED, ConsentSource.IMPORT, number=1)

    assert weigh(standing, claim) == (Outcome.WITHDRAWN, standing)


def test_asking_again_at_the_moment_of_a_grant_says_nothing_new() -> None:
    standing = Standing(word=step(ConsentState.SUBSCRIBED))

    assert weigh(standing, step(ConsentState.PENDING, number=1)) == (Outcome.UNCHANGED, standing)


def test_a_decision_may_be_as_far_ahead_as_clocks_differ() -> None:
    decision = ConsentDecision(
        record_id=1,
        channel=ConsentChannel.EMAIL,
        purpose=ConsentPurpose.PROMOTIONAL,
        state=ConsentState.SUBSCRIBED,
        source=ConsentSource.STAFF,
        at=START + TOLERANCE,
    )

    assert decision.checked(START) == decision


class OnTheDatabase(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(15))
    @given(steps(*ConsentState))
    def test_sql_says_what_python_says(self, history: list[Step]) -> None:
        anna, bert = make_record(), make_record()
        events = [self.write(anna, step) for step in history]
        self.write(
            bert, Step(ConsentState.PENDING, ConsentSource.STAFF, 9, False, "", OptInLevel.UNKNOWN, "PROMOTIONAL")
        )

        current = current_consents([anna.pk, bert.pk])

        assert len(current[bert.pk]) == 1
        found = {event.purpose: event.pk for event in current[anna.pk]}
        for purpose in (ConsentPurpose.PROMOTIONAL, ConsentPurpose.NEWSLETTER):
            of_purpose = [(event, step) for event, step in zip(events, history, strict=True) if step.purpose == purpose]
            expected = fold([step for _, step in of_purpose])
            ids = [event.pk for event, step in of_purpose if step is expected]
            assert found.get(purpose) == (ids[0] if ids else None)

    @settings(max_examples=examples(6))
    @given(steps(ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.PENDING))
    def test_what_is_written_comes_to_what_is_kept(self, history: list[Step]) -> None:
        anna = make_record()

        for step in history:
            before = self.of(anna)
            (outcome,) = record_events([self.decision(anna, step)], actor=STAFF, cause=step.cause)
            after = self.of(anna)

            assert (outcome is Outcome.CHANGED) == (before != after)
            assert record_events([self.decision(anna, step)], actor=STAFF, cause=step.cause) != [Outcome.CHANGED]
            assert self.of(anna) == after
            withdrawn = {purpose for purpose, (_, state) in before.items() if state == "UNSUBSCRIBED"}
            if step.is_claim and step.purpose in withdrawn:
                assert before == after

        anna.refresh_from_db()
        states = {purpose: state for purpose, (_, state) in self.of(anna).items()}
        assert anna.accepts_promotional_mail == (states.get("PROMOTIONAL") == "SUBSCRIBED")
        assert anna.accepts_newsletter == (states.get("NEWSLETTER") == "SUBSCRIBED")
        kept = CurrentConsent.objects.filter(record=anna, channel="EMAIL").values_list("purpose", "state")
        assert dict(kept) == states

    @staticmethod
    def of(record: CustomerRecord) -> dict[str, tuple[int, str]]:
        return {event.purpose: (event.pk, event.state) for event in current_consents([record.pk])[record.pk]}

    @staticmethod
    def decision(record: CustomerRecord, step: Step) -> ConsentDecision:
        return ConsentDecision(
            record.pk,
            ConsentChannel.EMAIL,
            step.purpose,
            step.state,
            step.source,
            opt_in_level=step.level,
            at=step.at,
            override_reason=step.override_reason,
        )

    @staticmethod
    def write(record: CustomerRecord, step: Step) -> ConsentEvent:
        return ConsentEvent.objects.create(
            record=record,
            channel="EMAIL",
            purpose=step.purpose,
            state=step.state,
            source=step.source,
            opt_in_level=step.level,
            actor_type="STAFF",
            at=step.at,
            recorded_at=START,
            override_reason=step.override_reason,
            cause_type="JOB" if step.is_job else "",
        )


def test_what_is_a_claim() -> None:
    for state, source, cause, reason in product(ConsentState, ConsentSource, ("", "JOB", "ORDER"), ("", "Signed.")):
        expected = state in ("SUBSCRIBED", "PENDING") and (source == "IMPORT" or cause == "JOB") and not reason
        assert is_claim(state, source, cause, reason) is expected
