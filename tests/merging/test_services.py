"""Merging records: what goes over, what holds then, and what is in the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
)
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.customers import queries
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError, SeveralErrors
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.merging.blockers import BlockerCode
from saleor_customer_plus.merging.cautions import WarningCode
from saleor_customer_plus.merging.models import Merge, MergedRecord, MovedRow
from saleor_customer_plus.merging.preview import Request, plan
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.editing import Writer, create_records
from saleor_customer_plus.records.models import CustomerRecord, FormerRecord
from saleor_customer_plus.records.validation import MAX_STORE_NOTE_LENGTH
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import (
    make_account,
    make_channel,
    make_group,
    make_job,
    make_lead,
    make_note,
    make_order,
    make_record,
    make_staff,
    make_tag,
    save_settings,
)

from ..drift import drift, reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:
    return make_staff(permissions=("manage_users", "manage_staff"))


def actor(staff: Any) -> Actor:
    return Actor(ActorType.STAFF, str(staff.pk))


def merged(staff: Any, *records: CustomerRecord, **given: Any) -> Merge:
    ids = [record.pk for record in records]
    return merge(Request(ids, **{"winner_id": ids[0]} | given), actor=actor(staff), requestor=staff)


def parted(staff: Any, done: Merge) -> list[str]:
    return [one.code.value for one in undo(done.pk, actor=actor(staff), requestor=staff)[1]]


def decide(record: CustomerRecord, state: str, purpose: str = "NEWSLETTER") -> None:
    decision = ConsentDecision(
        record.pk, ConsentChannel.EMAIL, ConsentPurpose(purpose), ConsentState(state), ConsentSource.CUSTOMER
    )
    record_events([decision], actor=Actor(ActorType.CUSTOMER))


def states(record_id: int) -> dict[str, str]:
    return {event.purpose: event.state for event in current_consents([record_id])[record_id]}


def test_orders_go_over_and_return_by_their_addresses(staff: Any) -> None:
    account = make_account("anna@example.com", first_name="Anna")
    orders = [make_order(account=account), make_order("a.rossi@example.com", total=20)]
    reactions.account_changed(account.pk)
    reactions.orders_changed([str(order.pk) for order in orders])
    reconcile()
    anna, other = CustomerRecord.objects.order_by("pk")
    before = list(CustomerRecord.objects.order_by("pk").values())
    rows = list(LedgerEntry.objects.order_by("pk").values())

    done = merged(staff, anna, other)

    (left,) = CustomerRecord.objects.all()
    assert (left.pk, left.other_emails, left.order_count) == (anna.pk, ["a.rossi@example.com"], 2)
    assert CustomerFigures.objects.get().total_gross == 30
    assert list(LedgerEntry.objects.order_by("pk").values()) == [{**row, "record_id": anna.pk} for row in rows]
    assert drift() == {}

    since = make_order("a.rossi@example.com", total=5)
    reactions.orders_changed([str(since.pk)])
    assert LedgerEntry.objects.get(order_id=since.pk).record_id == anna.pk
    assert parted(staff, done) == []

    assert drift() == {}
    assert LedgerEntry.objects.get(order_id=since.pk).record_id == other.pk
    LedgerEntry.objects.filter(order_id=since.pk).delete()
    since.delete()
    reconcile()
    after = list(CustomerRecord.objects.order_by("pk").values())
    for one in before + after:
        del one["modified_at"]
    assert after == before
    assert not MergedRecord.objects.exists()
    assert not MovedRow.objects.exists()
    assert (Merge.objects.get().before, Merge.objects.get().after) == ({}, {})


def test_what_is_known_of_the_others_finds_the_record_that_is_left(staff: Any) -> None:
    anna, ben, carla = make_record(number="A"), make_record("ben@example.com", number="B"), make_record(number="C")
    merged(staff, ben, carla)
    merged(staff, anna, ben)

    for known in ({"id": carla.pk}, {"id": ben.pk}, {"number": "C"}, {"number": "B"}, {"email": "Ben@example.com"}):
        found = queries.find(**known)
        assert found is not None
        assert found.pk == anna.pk, known
    by = Writer(actor(staff))
    assert edit_records({make_record().pk: {"number": "C"}}, by=by).refusals.popitem()[1][0].record_id == anna.pk
    assert create_records([{"email": "new@example.com", "number": "B"}], by=by).refusals.keys() == {"new@example.com"}


def test_a_merge_under_a_later_one_is_undone_after_it(staff: Any) -> None:
    anna, ben, carla = make_record(), make_record(), make_record()
    note = make_note(carla)
    TagAssignment.objects.create(record=carla, tag=make_tag())
    first = merged(staff, ben, carla)
    second = merged(staff, anna, ben)

    with pytest.raises(CustomerPlusError, match=f"in this order: {second.pk}"):
        parted(staff, first)
    assert parted(staff, second) == parted(staff, first) == []

    note.refresh_from_db()
    assert note.record_id == carla.pk
    assert TagAssignment.objects.get().record_id == carla.pk
    assert not FormerRecord.objects.exists()
    assert {record.email for record in (anna, ben, carla)} == set(
        CustomerRecord.objects.values_list("email", flat=True)
    )


def test_the_most_restrictive_consent_holds_until_they_are_parted(staff: Any) -> None:
    anna, ben, carla = make_record(), make_record(), make_record()
    decide(ben, "UNSUBSCRIBED")
    decide(anna, "SUBSCRIBED")
    decide(anna, "SUBSCRIBED", "PROMOTIONAL")
    decide(anna, "SUBSCRIBED", "SYSTEM")
    decide(ben, "PENDING", "SYSTEM")

    done = merged(staff, anna, ben, carla)

    assert states(anna.pk) == {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED", "SYSTEM": "PENDING"}
    anna.refresh_from_db()
    assert (anna.accepts_newsletter, anna.accepts_promotional_mail, anna.accepts_system_mail) == (False, True, False)
    history = ConsentEvent.objects.filter(record=anna).count()
    assert history == 6, "both histories, and what the merge recorded"

    decide(anna, "UNSUBSCRIBED", "PROMOTIONAL")
    assert parted(staff, done) == ["WITHDRAWN_SINCE"] * 2

    assert states(anna.pk) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED", "SYSTEM": "SUBSCRIBED"}
    assert states(ben.pk) == {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED", "SYSTEM": "PENDING"}
    assert states(carla.pk) == {"PROMOTIONAL": "UNSUBSCRIBED"}, "a withdrawal holds of everybody"
    assert CustomerRecord.objects.get(pk=anna.pk).accepts_newsletter


def test_labels_unite_and_part(staff: Any) -> None:
    save_settings(several_groups=False)
    anna, ben = make_record(), make_record()
    both, his = make_tag("both"), make_tag("his")
    gold, silver = make_group("gold"), make_group("silver")
    for record, tag in ((anna, both), (ben, both), (ben, his)):
        TagAssignment.objects.create(record=record, tag=tag)
    GroupMembership.objects.create(record=anna, group=gold)
    GroupMembership.objects.create(record=ben, group=silver)

    def labels(record: CustomerRecord) -> tuple[set[str], set[str]]:
        return (
            set(TagAssignment.objects.filter(record=record).values_list("tag__name", flat=True)),
            set(GroupMembership.objects.filter(record=record).values_list("group__name", flat=True)),
        )

    request = Request([anna.pk, ben.pk], anna.pk)
    assert [one.code for one in plan(request, requestor=staff).warnings] == [WarningCode.GROUPS_LEFT]
    done = merged(staff, anna, ben)
    assert labels(anna) == ({"both", "his"}, {"gold"})

    TagAssignment.objects.filter(tag=his).delete()
    assert parted(staff, done) == ["LABEL_CHANGED"]
    assert labels(anna) == ({"both"}, {"gold"})
    assert labels(ben) == ({"both", "his"}, {"silver"})


def test_a_group_that_a_segment_keeps_is_not_the_one_of_a_record(staff: Any) -> None:
    save_settings(several_groups=False)
    anna, ben = make_record(), make_record()
    kept, by_hand = make_group("Kept", is_kept=True), make_group("By hand")
    GroupMembership.objects.create(record=anna, group=kept)
    GroupMembership.objects.create(record=ben, group=by_hand)
    assert plan(Request([anna.pk, ben.pk], anna.pk), requestor=staff).warnings == []
    done = merged(staff, anna, ben)
    assert set(GroupMembership.objects.values_list("record", "group")) == {(anna.pk, kept.pk), (anna.pk, by_hand.pk)}
    assert parted(staff, done) == []
    assert set(GroupMembership.objects.values_list("record", "group")) == {(anna.pk, kept.pk), (ben.pk, by_hand.pk)}


def test_two_accounts(staff: Any) -> None:
    accounts = [make_account("anna@example.com"), make_account("anna@work.example")]
    for account in accounts:
        make_order(account=account)
        reactions.account_changed(account.pk)
    anna, work = CustomerRecord.objects.order_by("pk")
    request = Request([anna.pk, work.pk], anna.pk)
    assert [one.code for one in plan(request, requestor=staff).blockers] == [BlockerCode.TWO_ACCOUNTS]
    with pytest.raises(CustomerPlusError, match="Choose by `accountId`"):
        merged(staff, anna, work)

    done = merged(staff, anna, work, account_id=accounts[1].pk)

    anna.refresh_from_db()
    assert (anna.account_id, anna.email) == (accounts[1].pk, "anna@work.example")
    later = make_order(account=accounts[0])
    reactions.orders_changed([str(later.pk)])
    reconcile()
    assert drift() == {}
    anna.refresh_from_db()
    assert (anna.account_id, anna.order_count) == (accounts[1].pk, 3)
    assert queries.find(account_id=accounts[0].pk) is None, "what a customer sees goes by the link"

    assert parted(staff, done) == []
    assert drift() == {}
    links = dict(CustomerRecord.objects.values_list("email", "account_id"))
    assert links == {"anna@example.com": accounts[0].pk, "anna@work.example": accounts[1].pk}
    assert CustomerRecord.objects.get(pk=anna.pk).order_count == 2


def test_an_account_that_came_since_goes_by_its_address(staff: Any) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    done = merged(staff, anna, ben)
    account = make_account("ben@example.com")
    reactions.account_changed(account.pk)
    anna.refresh_from_db()
    assert (anna.account_id, anna.email) == (account.pk, "ben@example.com")

    assert parted(staff, done) == []

    assert list(CustomerRecord.objects.order_by("pk").values_list("email", "account_id", "sources", "stage")) == [
        ("anna@example.com", None, [], "LEAD"),
        ("ben@example.com", account.pk, ["ACCOUNT"], "CUSTOMER"),
    ]
    assert drift() == {}


def test_what_is_in_the_way() -> None:
    manager = make_staff()
    colleague = make_staff("boss@example.com")
    anna, boss, busy = make_record(), make_record(colleague.email), make_record()
    job = make_job("UPDATE", state="RUNNING", phase="apply")
    job.chunks.create(phase="apply", number=0, spec={"ids": [busy.pk]})
    order = make_order(anna.email, channel=make_channel())
    reactions.orders_changed([str(order.pk)])

    made = plan(Request([anna.pk, boss.pk, busy.pk]), requestor=manager, channels=frozenset())

    assert {one.code: one.record_id for one in made.blockers} == {
        BlockerCode.STAFF_ACCOUNT: boss.pk,
        BlockerCode.RUNNING_JOB: busy.pk,
        BlockerCode.HIDDEN_ORDERS: anna.pk,
    }
    assert made.outcome.decisions == [], "details may come from orders that nobody may see"
    with pytest.raises(SeveralErrors) as refused:
        merge(
            Request([anna.pk, boss.pk, busy.pk]),
            actor=actor(manager),
            requestor=manager,
            channels=frozenset(),
        )
    assert len(refused.value.errors) == 3
    CustomerRecord.objects.filter(pk=anna.pk).delete()
    with pytest.raises(CustomerPlusError, match="no longer exist"):
        merged(manager, anna, busy)


def test_leads_convert_and_open_again(staff: Any) -> None:
    anna, ben = make_record(), make_record("ben@example.com")
    lead = make_lead(anna, state="QUALIFIED")
    order = make_order(ben.email)
    reactions.orders_changed([str(order.pk)])

    done = merged(staff, anna, ben)
    lead.refresh_from_db()
    assert lead.state == "CONVERTED"
    assert parted(staff, done) == []

    lead.refresh_from_db()
    assert (lead.state, lead.converted_order_id) == ("QUALIFIED", None)
    assert CustomerRecord.objects.get(pk=anna.pk).stage == "LEAD"


def test_edits_since_stay_and_are_told(staff: Any) -> None:
    long = "x" * MAX_STORE_NOTE_LENGTH
    anna = make_record(number="A", store_note=long)
    ben = make_record("ben@example.com", first_name="Ben", number="B", store_note="His note", company_name="Neri")
    make_note(ben)
    done = merged(staff, anna, ben)
    assert set(Note.objects.values_list("record", "text")) == {(anna.pk, "Called."), (anna.pk, "His note")}

    edit_records({anna.pk: {"first_name": "Benny", "number": "B"}}, by=Writer(actor(staff)))
    Note.objects.get(text="Called.").delete()

    assert sorted(parted(staff, done)) == ["DELETED_SINCE", "EDITED_SINCE", "NUMBER_TAKEN"]
    anna.refresh_from_db()
    ben = CustomerRecord.objects.get(pk=ben.pk)
    assert (anna.first_name, anna.number, anna.store_note, anna.company_name) == ("Benny", "B", long, "")
    assert anna.locked_fields == ["first_name"]
    assert (ben.first_name, ben.number, ben.store_note, ben.company_name) == ("Ben", None, "His note", "Neri")
    assert not Note.objects.exists()


def test_deleting_the_record_deletes_all_of_the_others(staff: Any) -> None:
    anna = make_record("anna@example.com")
    ben = make_record("ben@example.com")
    make_note(ben)
    order = make_order("ben@example.com")
    reactions.orders_changed([str(order.pk)])
    merged(staff, anna, ben)

    delete_records([anna.pk], actor=actor(staff))

    for model in (CustomerRecord, FormerRecord, Merge, MergedRecord, MovedRow, Note, ActivityEntry):
        assert not model._default_manager.exists(), model
    reactions.orders_changed([str(order.pk)])
    assert not CustomerRecord.objects.exists(), "an order makes nobody known again"


def test_the_log_tells_of_merge_and_undo(staff: Any) -> None:
    anna, ben = make_record(), make_record(first_name="Ben")
    done = merged(staff, anna, ben)
    parted(staff, done)

    told = ActivityEntry.objects.filter(cause_type="MERGE", cause_id=str(done.pk), actor_id=str(staff.pk))
    assert sorted(told.values_list("type", "record")) == [
        (ActivityType.MERGED, anna.pk),
        (ActivityType.MERGE_UNDONE, anna.pk),
        (ActivityType.MERGE_UNDONE, ben.pk),
    ]
    assert told.get(type=ActivityType.MERGED).after == {"merged_ids": [ben.pk], "first_name": "Ben"}


def test_the_number_of_statements_does_not_grow_with_that_of_the_records(staff: Any) -> None:
    tag = make_tag()

    def statements(number: int) -> tuple[int, int]:
        records = [make_record() for _ in range(number)]
        for record in records:
            make_note(record)
            make_lead(record)
            decide(record, "SUBSCRIBED")
            TagAssignment.objects.create(record=record, tag=tag)
        with CaptureQueriesContext(connection) as doing:
            done = merged(staff, *records)
        with CaptureQueriesContext(connection) as undoing:
            parted(staff, done)
        return len(doing), len(undoing)

    few, many = statements(3), statements(12)
    assert few == many
    assert max(many) < 150
