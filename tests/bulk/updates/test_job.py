"""One action on many records, and its undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import selection, undo, updates
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.consent.decisions import ConsentDecision
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
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.filters import LabelFilter, MoneyRange, Range, RecordFilter, SourceFilter
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.groups.mirror import KEY
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import kinds, lifecycle
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, BulkProblem, JobState
from saleor_customer_plus.leads import services as leads
from saleor_customer_plus.leads.models import LeadState
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.records.activation import set_active
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.sync.reactions import orders_changed
from saleor_customer_plus.tags import services as tags
from saleor_customer_plus.tags.models import TagAssignment
from tests.drift import drift
from tests.factories import (
    change,
    make_account,
    make_address,
    make_consent,
    make_group,
    make_job,
    make_lead,
    make_ledger_entry,
    make_order,
    make_record,
    make_staff,
    make_tag,
)
from tests.properties import sampled

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
OTHER = Actor(ActorType.STAFF, "8")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three records, ranges of five."""
    monkeypatch.setattr(selection, "RANGE", 5)
    for name, one in changes.CHANGES.items():
        monkeypatch.setitem(changes.CHANGES, name, changes.Change(one.apply, 3, one.can_be_undone))


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def update(action: str, *records: CustomerRecord, of: RecordList | None = None, **arguments: Any) -> BulkJob:
    wanted = of or [record.pk for record in records]
    return run(updates.create(action, arguments, of=wanted, actor=STAFF))


def undone(job: BulkJob, *, actor: Actor = STAFF) -> BulkJob:
    return run(undo.create(job.pk, actor=actor))


def counts(job: BulkJob) -> dict[str, int]:
    return {name: number for name, number in job.counters.items() if number and name != "selected"}


def problems(job: BulkJob) -> list[tuple[int, list[tuple[str, str]]]]:
    return [
        (problem.record_id, [(reason["field"], reason["code"]) for reason in problem.reasons])
        for problem in BulkProblem.objects.filter(job=job).order_by("record_id")
    ]


def entries(record: CustomerRecord, job: BulkJob) -> list[str]:
    """What the log has of the job at the record."""
    caused = ActivityEntry.objects.filter(record=record, cause_type="JOB", cause_id=str(job.pk))
    assert set(caused.values_list("actor_type", "actor_id")) <= {(job.actor_type, job.actor_id)}
    return list(caused.order_by("id").values_list("type", flat=True))


def fresh(record: CustomerRecord) -> CustomerRecord:
    return CustomerRecord.objects.get(pk=record.pk)


# Which records.


class TestSelection:
    FILTERS = [
        RecordFilter(),
        RecordFilter(
            stage=Stage.LEAD, is_active=None, sources=SourceFilter(any=(Source.ORDER, Source.IMPORT)), ids=(3, 4)
        ),
        RecordFilter(
            created_at=Range(datetime(2024, 5, 1, tzinfo=UTC), None),
            order_count=Range(None, 7),
            total_spent=MoneyRange("EUR", Range(Decimal("0.10"), None)),
            accepts_promotional_mail=True,
            countries=("DE",),
            company_name="Müller & Co",
            tags=LabelFilter(any=(3, None), none=(4,)),
        ),
    ]

    @pytest.mark.parametrize("filter", FILTERS)
    def test_a_list_travels_as_json(self, filter: RecordFilter) -> None:
        wanted = RecordList(filter=filter, search="anna r")
        job = make_job("UPDATE", options={"_list": selection.dumped(wanted)})
        job.refresh_from_db()

        assert selection.loaded(job.options["_list"]) == wanted

    def test_all_that_pass_the_filter_in_chunks(self, small: None) -> None:
        wanted = [make_record(country_code="DE") for _ in range(11)]
        others = [make_record(country_code="IT"), make_record(country_code="DE", is_active=False)]

        job = update("set_fields", of=RecordList(RecordFilter(countries=["DE"])), values={"is_tax_exempt": True})

        assert (job.state, job.rows_total, counts(job)) == (JobState.SUCCEEDED, 11, {"read": 11, "updated": 11})
        assert {record.pk for record in CustomerRecord.objects.filter(is_tax_exempt=True)} == {r.pk for r in wanted}
        assert not any(fresh(record).is_tax_exempt for record in others)
        ids = [BulkChunk.objects.filter(job=job, phase="apply").order_by("number").values_list("spec", flat=True)]
        assert [id for spec in ids[0] for id in spec["ids"]] == sorted(record.pk for record in wanted)
        assert max(len(spec["ids"]) for spec in ids[0]) == 3

    def test_a_search(self) -> None:
        anna, _bert = make_record("anna@example.com"), make_record("bert@example.com")

        job = update("set_fields", of=RecordList(search="anna"), values={"is_tax_exempt": True})

        assert counts(job) == {"read": 1, "updated": 1}
        assert fresh(anna).is_tax_exempt

    def test_records_that_are_made_later_are_left_alone(self, small: None) -> None:
        for _ in range(7):
            make_record()
        job = updates.create("set_fields", {"values": {"is_tax_exempt": True}}, of=RecordList(), actor=STAFF)
        jobs.work(job.pk, seconds=0)  # plans, and looks at the first range
        later = make_record()

        run(job)

        assert (job.rows_total, counts(job)) == (7, {"read": 7, "updated": 7})
        assert not fresh(later).is_tax_exempt

    def test_what_the_action_changes_does_not_change_who_is_meant(self, small: None) -> None:
        """The filter is no longer true of whom the first chunk did, nor does it become true of others."""
        tagged = [make_record(is_tax_exempt=True) for _ in range(8)]
        wanted = RecordList(RecordFilter(is_tax_exempt=True))

        job = update("set_fields", of=wanted, values={"is_tax_exempt": False})

        assert counts(job) == {"read": 8, "updated": 8}
        assert not any(fresh(record).is_tax_exempt for record in tagged)

    def test_nobody_passes(self) -> None:
        make_record()
        job = update("activate", of=RecordList(RecordFilter(countries=["XX"])))

        assert (job.state, job.rows_total, counts(job)) == (JobState.SUCCEEDED, 0, {})

    def test_no_record_at_all(self) -> None:
        assert update("activate", of=RecordList()).state == JobState.SUCCEEDED

    def test_named_records_also_inactive_ones_and_those_that_are_gone(self) -> None:
        anna, bert, gone = make_record(), make_record(is_active=False), make_record()
        CustomerRecord.objects.filter(pk=gone.pk).delete()

        job = update("set_fields", anna, bert, gone, values={"is_tax_exempt": True})

        assert (job.rows_total, counts(job)) == (3, {"read": 3, "updated": 2, "skipped": 1})
        assert problems(job) == [(gone.pk, [(None, "NOT_FOUND")])]


# What can be done, and undone.


class TestTags:
    def test_adding(self) -> None:
        vip, new = make_tag("VIP"), make_tag("New")
        anna, bert, carl = make_record(), make_record(), make_record()
        tags.assign([(anna.pk, vip.pk), (anna.pk, new.pk), (bert.pk, vip.pk)], actor=OTHER)

        job = update("tag", anna, bert, carl, tag_ids=[vip.pk, new.pk])

        assert counts(job) == {"read": 3, "updated": 2, "unchanged": 1}
        assert TagAssignment.objects.count() == 6
        assert [entries(record, job) for record in (anna, bert, carl)] == [[], ["TAG_ADDED"], ["TAG_ADDED"] * 2]

        back = undone(job)
        assert counts(back) == {"read": 3, "updated": 2, "unchanged": 1}
        assert set(TagAssignment.objects.values_list("record", "tag")) == {
            (anna.pk, vip.pk),
            (anna.pk, new.pk),
            (bert.pk, vip.pk),
        }
        assert entries(carl, back) == ["TAG_REMOVED"] * 2

    def test_removing(self) -> None:
        vip = make_tag("VIP")
        anna, bert = make_record(), make_record()
        tags.assign([(anna.pk, vip.pk)], actor=OTHER)

        job = update("untag", anna, bert, tag_ids=[vip.pk])
        assert counts(job) == {"read": 2, "updated": 1, "unchanged": 1}

        undone(job)
        assert TagAssignment.objects.get().record_id == anna.pk

    def test_what_was_touched_since_is_kept(self) -> None:
        vip = make_tag("VIP")
        anna, bert, carl = make_record(), make_record(), make_record()
        job = update("tag", anna, bert, carl, tag_ids=[vip.pk])
        tags.unassign([(anna.pk, vip.pk), (bert.pk, vip.pk)], actor=OTHER)
        tags.assign([(bert.pk, vip.pk)], actor=OTHER)  # somebody wants it so

        back = undone(job)

        assert counts(back) == {"read": 3, "updated": 1, "skipped": 2}
        assert problems(back) == [(anna.pk, [("tag", "STALE")]), (bert.pk, [("tag", "STALE")])]
        assert back.report == {"changed": 1, "kept": 2}
        assert TagAssignment.objects.get().record_id == bert.pk

    def test_a_tag_of_another_name_is_still_the_tag(self) -> None:
        vip = make_tag("VIP")
        anna = make_record()
        job = update("tag", anna, tag_ids=[vip.pk])
        tags.update(vip.pk, name="Very important", actor=OTHER)
        make_tag("VIP")

        assert counts(undone(job)) == {"read": 1, "updated": 1}
        assert not TagAssignment.objects.exists()

    def test_a_tag_that_is_gone(self) -> None:
        vip = make_tag("VIP")
        anna = make_record()
        tags.assign([(anna.pk, vip.pk)], actor=OTHER)
        job = update("untag", anna, tag_ids=[vip.pk])
        tags.delete(vip.pk, actor=OTHER)

        assert problems(undone(job)) == [(anna.pk, [("tag", "STALE")])]


class TestGroups:
    def memberships(self) -> set[tuple[int, int]]:
        return set(GroupMembership.objects.values_list("record", "group"))

    def test_joining_and_leaving(self, on_commit: Callable[[], Any]) -> None:
        club = make_group("Club")
        account = make_account("anna@example.com")
        anna, bert = make_record("anna@example.com", account=account), make_record()

        with on_commit():
            job = update("group", anna, bert, group_ids=[club.pk])
        assert counts(job) == {"read": 2, "updated": 2}
        assert self.memberships() == {(anna.pk, club.pk), (bert.pk, club.pk)}
        account.refresh_from_db()
        assert account.metadata[KEY] == '["Club"]'

        with on_commit():
            away = update("ungroup", anna, group_ids=[club.pk])
        assert self.memberships() == {(bert.pk, club.pk)}
        account.refresh_from_db()
        assert KEY not in account.metadata

        with on_commit():
            undone(away)
        assert self.memberships() == {(anna.pk, club.pk), (bert.pk, club.pk)}
        account.refresh_from_db()
        assert account.metadata[KEY] == '["Club"]'

        back = undone(job)
        assert problems(back) == []
        assert self.memberships() == set()

    def test_who_may_be_in_one_group_only_goes_back_to_the_one_before(self, configure: Any) -> None:
        configure(several_groups=False)
        club, staff = make_group("Club"), make_group("Friends")
        anna = make_record()
        groups.join([(anna.pk, club.pk)], actor=OTHER, several=False)

        job = update("group", anna, group_ids=[staff.pk])
        assert self.memberships() == {(anna.pk, staff.pk)}

        undone(job)
        assert self.memberships() == {(anna.pk, club.pk)}


class TestActivation:
    def test_out_of_use_and_back(self) -> None:
        anna, bert = make_record(), make_record(is_active=False, deactivation_reason="Moved away.")

        job = update("deactivate", anna, bert, reason="Closed the club.")

        assert counts(job) == {"read": 2, "updated": 1, "unchanged": 1}
        assert [(fresh(r).is_active, fresh(r).deactivation_reason) for r in (anna, bert)] == [
            (False, "Closed the club."),
            (False, "Moved away."),
        ]

        undone(job)
        assert [(fresh(r).is_active, fresh(r).deactivation_reason) for r in (anna, bert)] == [
            (True, ""),
            (False, "Moved away."),
        ]

    def test_into_use_and_out_again_for_the_reason_of_each(self) -> None:
        reasons = ["Moved away.", "", "Bankrupt."]
        people = [make_record(is_active=False, deactivation_reason=reason) for reason in reasons]

        job = update("activate", *people)
        assert all(fresh(person).is_active for person in people)
        set_active([people[2].pk], False, by=Writer(OTHER), reason="Again.")

        back = undone(job)

        assert [fresh(person).deactivation_reason for person in people] == ["Moved away.", "", "Again."]
        assert not any(fresh(person).is_active for person in people)
        assert problems(back) == [(people[2].pk, [("is_active", "STALE")])]


class TestFields:
    def test_a_field_and_back(self) -> None:
        anna = make_record(company_name="Rossi", store_note="Likes tea.")
        bert = make_record(company_name="Club")

        job = update("set_fields", anna, bert, values={"company_name": "Club", "attributes": {"level": 2}})

        assert counts(job) == {"read": 2, "updated": 2}
        for record in (anna, bert):
            assert (fresh(record).company_name, fresh(record).attributes) == ("Club", {"level": 2})
        assert fresh(anna).locked_fields == ["company_name"]

        back = undone(job)
        assert counts(back) == {"read": 2, "updated": 2}
        assert (fresh(anna).company_name, fresh(anna).attributes, fresh(anna).store_note) == ("Rossi", {}, "Likes tea.")
        assert fresh(bert).company_name == "Club"
        assert "DETAILS_EDITED" in entries(anna, back)

    def test_orders_may_change_again_what_they_could_change_before(self) -> None:
        anna, bert = make_record(), make_record(locked_fields=["company_name"], company_name="Locked")
        for record in (anna, bert):
            make_ledger_entry(record, company_name="Of the order")
        refresh_records([anna.pk, bert.pk], DEFAULTS)
        job = update("set_fields", anna, bert, values={"company_name": "Club"})

        undone(job)

        assert [(fresh(r).company_name, fresh(r).locked_fields) for r in (anna, bert)] == [
            ("Of the order", []),
            ("Locked", ["company_name"]),
        ]
        make_ledger_entry(anna, company_name="Newer", placed_at=timezone.now() + timedelta(days=1))
        refresh_records([anna.pk], DEFAULTS)
        assert fresh(anna).company_name == "Newer"

    def test_what_was_edited_since_is_kept_and_the_rest_goes_back(self) -> None:
        anna, bert = make_record(), make_record()
        job = update("set_fields", anna, bert, values={"store_note": "In bulk.", "is_tax_exempt": True})
        edit_records({anna.pk: {"store_note": "By hand."}}, by=Writer(OTHER))
        # Somebody looked at it, and left it as it is after a try.
        edit_records({bert.pk: {"store_note": "No."}}, by=Writer(OTHER))
        edit_records({bert.pk: {"store_note": "In bulk."}}, by=Writer(OTHER))

        back = undone(job)

        assert [(fresh(r).store_note, fresh(r).is_tax_exempt) for r in (anna, bert)] == [
            ("By hand.", False),
            ("In bulk.", False),
        ]
        assert counts(back) == {"read": 2, "updated": 2}
        assert problems(back) == [(anna.pk, [("store_note", "STALE")]), (bert.pk, [("store_note", "STALE")])]

    def test_who_went_back_by_hand_is_no_problem(self) -> None:
        anna = make_record(store_note="Before.")
        job = update("set_fields", anna, values={"store_note": "In bulk."})
        edit_records({anna.pk: {"store_note": "Before."}}, by=Writer(OTHER))

        back = undone(job)
        assert (counts(back), problems(back)) == ({"read": 1, "unchanged": 1}, [])

    def test_approval(self) -> None:
        anna, bert = make_record(), make_record(is_approved_buyer=True)

        job = update("set_fields", anna, bert, values={"is_approved_buyer": True})
        assert counts(job) == {"read": 2, "updated": 1, "unchanged": 1}
        assert entries(anna, job) == ["BUYER_APPROVED"]

        undone(job)
        assert [fresh(r).is_approved_buyer for r in (anna, bert)] == [False, True]


class TestConsents:
    AT = datetime(2024, 5, 1, tzinfo=UTC)

    def decision(self, state: str = "SUBSCRIBED", **fields: Any) -> dict[str, Any]:
        one = ConsentDecision(
            0,
            ConsentChannel.EMAIL,
            ConsentPurpose.NEWSLETTER,
            ConsentState(state),
            ConsentSource.STAFF,
            **fields,
        )
        return changes.options_of(one, self.AT)

    def of(self, record: CustomerRecord) -> list[tuple[str, str, str]]:
        return [(event.purpose, event.state, event.opt_in_level) for event in current_consents([record.pk])[record.pk]]

    def test_granting_leaves_who_withdrew(self) -> None:
        anna, bert, carl = make_record(), make_record(), make_record()
        make_consent(bert, purpose="NEWSLETTER", state="UNSUBSCRIBED", at=self.AT - timedelta(days=1))
        make_consent(carl, purpose="NEWSLETTER", at=self.AT - timedelta(days=1))
        consents = [self.decision(wording="Yes.", evidence={"list": 3})]

        job = update("consent", anna, bert, carl, consents=consents)

        assert counts(job) == {"read": 3, "updated": 1, "skipped": 1, "unchanged": 1}
        assert problems(job) == [(bert.pk, [("consents", "OUT_OF_SCOPE")])]
        event = ConsentEvent.objects.get(record=anna)
        assert (event.at, event.wording, event.evidence, event.cause_id) == (self.AT, "Yes.", {"list": 3}, str(job.pk))
        assert fresh(anna).accepts_newsletter

        undone(job)
        assert self.of(anna) == []  # nobody ever decided
        assert not fresh(anna).accepts_newsletter
        assert self.of(carl) == [("NEWSLETTER", "SUBSCRIBED", "UNKNOWN")]

    def test_a_withdrawal_by_mistake_is_undone_with_the_proof_of_before(self) -> None:
        anna, bert = make_record(), make_record()
        for record in (anna, bert):
            given = ConsentDecision(
                record.pk,
                ConsentChannel.EMAIL,
                ConsentPurpose.NEWSLETTER,
                ConsentState.SUBSCRIBED,
                ConsentSource.NEWSLETTER,
                opt_in_level=OptInLevel.CONFIRMED_OPT_IN,
                wording="Yes.",
                evidence={"form": 7},
                at=self.AT - timedelta(days=9),
            )
            record_events([given], actor=OTHER)
        job = update("consent", anna, bert, consents=[self.decision("UNSUBSCRIBED")])
        assert not fresh(anna).accepts_newsletter
        record_events(
            [
                ConsentDecision(
                    bert.pk,
                    ConsentChannel.EMAIL,
                    ConsentPurpose.NEWSLETTER,
                    ConsentState.SUBSCRIBED,
                    ConsentSource.CUSTOMER,
                )
            ],
            actor=OTHER,
        )

        back = undone(job)

        event = ConsentEvent.objects.filter(record=anna).order_by("id").last()
        assert (event.state, event.opt_in_level, event.wording, event.evidence, event.source) == (
            "SUBSCRIBED",
            "CONFIRMED_OPT_IN",
            "Yes.",
            {"form": 7},
            "NEWSLETTER",
        )
        assert event.override_reason == f"Undo of job {job.pk}."
        assert fresh(anna).accepts_newsletter
        assert problems(back) == [(bert.pk, [("consents", "STALE")])]
        assert ConsentEvent.objects.filter(record=anna).count() == 3

    def test_what_was_asked_for_again_is_asked_for_once_more(self) -> None:
        anna = make_record()
        make_consent(anna, purpose="NEWSLETTER", state="PENDING", at=self.AT - timedelta(days=1))
        job = update("consent", anna, consents=[self.decision(opt_in_level=OptInLevel.CONFIRMED_OPT_IN)])

        undone(job)

        assert self.of(anna) == [("NEWSLETTER", "PENDING", "UNKNOWN")]


class TestLeads:
    def test_assigning(self) -> None:
        one, two = make_staff(), make_staff()
        anna, bert, carl = make_record(), make_record(), make_record()
        of_anna = make_lead(anna, owner=two)
        of_bert = make_lead(bert)
        closed = make_lead(bert, state=LeadState.LOST, lost_reason="Too dear.", owner=two)

        job = update("assign_leads", anna, bert, carl, owner_id=one.pk)

        assert counts(job) == {"read": 3, "updated": 2, "unchanged": 1}
        for lead in (of_anna, of_bert, closed):
            lead.refresh_from_db()
        assert [lead.owner_id for lead in (of_anna, of_bert, closed)] == [one.pk, one.pk, two.pk]
        leads.update(of_bert.pk, {"owner_id": two.pk}, actor=OTHER)

        back = undone(job)

        of_anna.refresh_from_db()
        of_bert.refresh_from_db()
        assert [of_anna.owner_id, of_bert.owner_id] == [two.pk, two.pk]
        assert len(problems(back)) == 1


class TestDeletion:
    def test_deleting(self, small: None) -> None:
        people = [make_record() for _ in range(4)]
        for person in people:
            make_consent(person)
        kept = make_record(country_code="DE")

        job = update("delete", *people)

        assert counts(job) == {"read": 4, "updated": 4}
        assert list(CustomerRecord.objects.all()) == [kept]
        with pytest.raises(CustomerPlusError, match="cannot be undone") as error:
            undo.create(job.pk, actor=STAFF)
        assert error.value.code == ErrorCode.OUT_OF_SCOPE

    def test_more_than_were_expected_are_not_deleted(self) -> None:
        make_record()
        job = updates.create("delete", {}, of=RecordList(), actor=STAFF, expected=1)
        make_record()

        run(job)

        assert (job.state, job.error_code) == (JobState.FAILED, "STALE")
        assert CustomerRecord.objects.count() == 2

    def test_fewer_are(self) -> None:
        make_record()
        job = run(updates.create("delete", {}, of=RecordList(), actor=STAFF, expected=5))

        assert (job.state, CustomerRecord.objects.count()) == (JobState.SUCCEEDED, 0)


# The life of the job.


class TestLife:
    @pytest.fixture
    def people(self, small: None) -> list[CustomerRecord]:
        return [make_record() for _ in range(10)]

    def start(self) -> BulkJob:
        return updates.create("set_fields", {"values": {"is_tax_exempt": True}}, of=RecordList(), actor=STAFF)

    def exempt(self) -> int:
        return CustomerRecord.objects.filter(is_tax_exempt=True).count()

    def steps_until_first_change(self, job: BulkJob) -> Iterator[BulkJob]:
        steps = jobs.run(job.pk)
        while not self.exempt():
            next(steps)
        return steps

    def test_a_canceled_job_ends_and_goes_on_after_a_retry(self, people: list[CustomerRecord]) -> None:
        job = self.start()
        self.steps_until_first_change(job)
        lifecycle.cancel(job.pk, actor=job.actor)
        assert run(job).state == JobState.CANCELED
        assert self.exempt() == 3

        lifecycle.retry(job.pk, actor=job.actor)

        assert (run(job).state, self.exempt(), counts(job)) == (JobState.SUCCEEDED, 10, {"read": 10, "updated": 10})
        assert all(entries(person, job) == ["DETAILS_EDITED"] for person in people)

    def test_canceled_while_it_selects(self, people: list[CustomerRecord]) -> None:
        job = self.start()
        jobs.work(job.pk, seconds=0)
        lifecycle.cancel(job.pk, actor=job.actor)
        assert run(job).state == JobState.CANCELED

        lifecycle.retry(job.pk, actor=job.actor)
        assert (run(job).rows_total, self.exempt()) == (10, 10)

    def test_what_a_canceled_job_did_can_be_undone(self, people: list[CustomerRecord]) -> None:
        job = self.start()
        self.steps_until_first_change(job)
        lifecycle.cancel(job.pk, actor=job.actor)

        back = undone(job)

        assert (counts(back), self.exempt()) == ({"read": 3, "updated": 3}, 0)
        with pytest.raises(CustomerPlusError, match="was undone"):
            lifecycle.retry(job.pk, actor=job.actor)

    def test_a_job_is_undone_once(self, people: list[CustomerRecord]) -> None:
        job = run(self.start())
        with pytest.raises(CustomerPlusError, match="No job has this id"):
            undo.create(2**40, actor=STAFF)
        first = undo.create(job.pk, actor=STAFF)
        with pytest.raises(CustomerPlusError, match="undone already") as error:
            undo.create(job.pk, actor=STAFF)
        assert (error.value.code, error.value.id) == (ErrorCode.ALREADY_EXISTS, str(first.pk))
        lifecycle.cancel(first.pk, actor=first.actor)
        with pytest.raises(CustomerPlusError, match="Retry the job"):
            undo.create(job.pk, actor=STAFF)

        lifecycle.retry(first.pk, actor=first.actor)
        assert (run(first).state, self.exempt()) == (JobState.SUCCEEDED, 0)
        with pytest.raises(CustomerPlusError, match="of this kind"):
            undo.create(first.pk, actor=STAFF)

    def test_only_what_is_over_and_remembered_is_undone(self, people: list[CustomerRecord]) -> None:
        job = self.start()
        with pytest.raises(CustomerPlusError, match="PENDING cannot be undone"):
            undo.create(job.pk, actor=STAFF)
        run(job)
        change(job, files_removed_at=timezone.now())
        with pytest.raises(CustomerPlusError, match="no longer kept"):
            undo.create(job.pk, actor=STAFF)

    def test_after_a_while_nothing_personal_is_left_of_it(self, people: list[CustomerRecord]) -> None:
        values = {"store_note": "About somebody."}
        job = updates.create("set_fields", {"values": values}, of=RecordList(search="anna"), actor=STAFF, asked=values)
        run(job)
        back = undone(job)

        for one in (job, back):
            kinds.kind_of(one).forget(one)
            one.save()

        job.refresh_from_db()
        assert job.options == {}
        assert not BulkChunk.objects.exists()


MESSAGE = {
    "subject": "Hello {{ first_name }}",
    "body": "We moved.",
    "template_id": None,
    "purpose": "SERVICE",
    "reply_to": "",
    "override_reason": "",
}


def test_a_message_to_many_is_one_for_each_and_passes_over_who_has_not_consented(on_commit: Any) -> None:
    anna, bert = make_record(first_name="Anna"), make_record(first_name="Bert")
    with on_commit():
        job = run(updates.create("message", MESSAGE, of=[anna.pk, bert.pk], actor=STAFF))
    assert counts(job) == {"read": 2, "updated": 2}
    assert sorted((message.to[0], message.subject) for message in mail.outbox) == sorted(
        [(anna.email, "Hello Anna"), (bert.email, "Hello Bert")]
    )
    assert set(Mail.objects.values_list("state", flat=True)) == {"SENT"}
    offer = {**MESSAGE, "purpose": "PROMOTIONAL"}
    job = run(updates.create("message", offer, of=[anna.pk, bert.pk], actor=STAFF))
    assert counts(job) == {"read": 2, "skipped": 2}
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("action", sampled(sorted(changes.CHANGES), one_in=4))
def test_the_number_of_statements_of_a_chunk_and_of_its_undoing(action: str, on_commit: Any) -> None:
    """The same for four records as for forty."""
    tag, group, staff = make_tag(), make_group(), make_staff()
    arguments: dict[str, Any] = {
        "tag": {"tag_ids": [tag.pk]},
        "untag": {"tag_ids": [tag.pk]},
        "group": {"group_ids": [group.pk]},
        "ungroup": {"group_ids": [group.pk]},
        "deactivate": {"reason": "Moved."},
        "set_fields": {"values": {"company_name": "Club", "is_tax_exempt": True, "is_approved_buyer": True}},
        "consent": {"consents": [TestConsents().decision(), TestConsents().decision("UNSUBSCRIBED")]},
        "assign_leads": {"owner_id": staff.pk},
        # With the links to unsubscribe that each of them needs.
        "message": {**MESSAGE, "purpose": "PROMOTIONAL", "override_reason": "They asked by phone."},
    }.get(action, {})
    groups.default_group()

    def one(number: int) -> tuple[int, int]:
        people = [
            make_record(is_active=action != "activate", deactivation_reason=f"{serial}" if action == "activate" else "")
            for serial in range(number)
        ]
        for person in people:
            make_lead(person)
            if action == "untag":
                tags.assign([(person.pk, tag.pk)], actor=OTHER)
            if action == "ungroup":
                groups.join([(person.pk, group.pk)], actor=OTHER, several=True)
        job = updates.create(action, arguments, of=[person.pk for person in people], actor=STAFF)
        jobs._advance(job.pk)
        with CaptureQueriesContext(connection) as doing:
            jobs.do_chunk(job.pk)
        assert counts(run(job)) == {"read": number, "updated": number}, (job.error_code, job.error_message)
        if not changes.CHANGES[action].can_be_undone:
            return len(doing), 0
        back = undo.create(job.pk, actor=STAFF)
        jobs._advance(back.pk)
        with CaptureQueriesContext(connection) as undoing:
            jobs.do_chunk(back.pk)
        assert counts(run(back)) == {"read": number, "updated": number}
        return len(doing), len(undoing)

    few, many = one(4), one(40)
    assert few == many
    assert max(many) < 75  # a deletion takes one or two for each table that has rows of a record


def test_what_orders_say_instead_is_suggested_at_once(
    anna_bought: CustomerRecord,
) -> None:
    job = run(update("set_fields", anna_bought, values={"phone": "+39055123456"}))

    assert job.state == JobState.SUCCEEDED
    anna_bought.refresh_from_db()
    assert (anna_bought.phone, anna_bought.suggestions["phone"]["value"]) == ("+39055123456", "+493012345")
    assert drift() == {}


@pytest.fixture
def anna_bought() -> CustomerRecord:
    """Somebody whose order says a phone number."""
    record = make_record()
    order = make_order(record.email, billing_address=make_address(phone="+493012345"))
    orders_changed([str(order.pk)])
    record.refresh_from_db()
    return record
