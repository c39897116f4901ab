"""Who is in followed segments: after changes, as time passes, and whatever happens at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Entry, append
from saleor_customer_plus.conditions.catalogue import REGISTRY
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.core.sql import Sql
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.insights.models import CurrencyInsight, CustomerInsight, RfmGroup
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import counting, definitions, following, services
from saleor_customer_plus.segments.models import Segment, SegmentMembership, TouchedRecord
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tasks import sync_accounts, sync_orders
from tests.factories import change, make_account, make_order, make_record, make_segment

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "1")


def follow(query: str, **fields: Any) -> Segment:
    """A segment whose members were found."""
    segment = make_segment(query, is_followed=True, due_at=timezone.now(), **fields)
    sweep()
    segment.refresh_from_db()
    return segment


def sweep() -> None:
    while not following.sweep(seconds=60):
        pass


def catch_up() -> None:
    while not following.catch_up(seconds=60):
        pass


def members(segment: Segment) -> set[str]:
    found = SegmentMembership.objects.filter(segment=segment).values_list("record__email", flat=True)
    return {email.partition("@")[0] for email in found}


def touch(*records: CustomerRecord) -> None:
    """Note that these changed, as the log does."""
    append([Entry(record.pk, ActivityType.DETAILS_EDITED) for record in records])


def logged(type: ActivityType) -> list[tuple[str, str]]:
    entries = ActivityEntry.objects.filter(type=type).order_by("id").select_related("record")
    return [(one.record.email.partition("@")[0], (one.before | one.after)["segment"]) for one in entries]


def slow_down(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL need three seconds for the condition of a segment."""
    present_in = following.present_in

    def slowly(conditions: Any, scope: Any) -> Sql:
        found = present_in(conditions, scope)
        if segment.pk not in dict(conditions):
            return found
        waiting = "SELECT 0, 0 FROM (SELECT pg_sleep(3) IS NULL AS is_null OFFSET 0) w WHERE is_null"
        return Sql(f"{found.text} UNION ALL {waiting}", found.params)

    monkeypatch.setattr(following, "present_in", slowly)


def anna(**fields: Any) -> CustomerRecord:
    return make_record("anna@example.com", **fields)


def ben(**fields: Any) -> CustomerRecord:
    return make_record("ben@example.com", **fields)


class TestMembers:
    def test_whoever_is_in_it_at_first_did_not_enter(self) -> None:
        anna(country_code="DE"), ben(country_code="FR")

        germans = follow("country = 'DE'", name="Germans")

        assert members(germans) == {"anna"}
        assert germans.complete_since is not None
        assert logged(ActivityType.SEGMENT_ENTERED) == []

    def test_who_enters_and_leaves_is_logged_by_nobody_because_of_the_segment(self) -> None:
        person = anna()
        germans = follow("country = 'DE'", name="Germans")
        assert members(germans) == set()

        for country in ("DE", "FR"):
            edit_records({person.pk: {"country_code": country}}, by=Writer(STAFF))
            catch_up()
            assert members(germans) == ({"anna"} if country == "DE" else set())

        assert logged(ActivityType.SEGMENT_ENTERED) == [("anna", "Germans")]
        assert logged(ActivityType.SEGMENT_LEFT) == [("anna", "Germans")]
        entered, left = ActivityEntry.objects.filter(cause_type=CauseType.SEGMENT).order_by("id")
        assert (entered.actor_type, entered.cause_id) == (ActorType.SYNC, str(germans.pk))
        assert (entered.before, entered.after) == ({}, {"segment": "Germans"})
        assert (left.before, left.after) == ({"segment": "Germans"}, {})

    def test_since_stays_while_somebody_stays(self) -> None:
        person = anna(country_code="DE")
        follow("country = 'DE'")
        since = SegmentMembership.objects.get().since

        touch(person)
        catch_up()

        assert SegmentMembership.objects.get().since == since

    def test_an_order_is_enough(self) -> None:
        buyers = follow("order_count >= 1", name="Buyers")
        order = make_order("anna@example.com")

        sync_orders([str(order.pk)])

        assert members(buyers) == {"anna"}
        assert logged(ActivityType.SEGMENT_ENTERED) == [("anna", "Buyers")]
        assert not TouchedRecord.objects.exists()

    def test_so_is_what_saleor_alone_keeps_of_an_account(self) -> None:
        account = make_account("anna@example.com")
        sync_accounts([account.pk])
        gold = follow("metadata.level = 'gold'", name="Gold")
        assert members(gold) == set()

        type(account).objects.filter(pk=account.pk).update(metadata={"level": "gold"})
        sync_accounts([account.pk])

        assert members(gold) == {"anna"}
        assert logged(ActivityType.SEGMENT_ENTERED) == [("anna", "Gold")]

    def test_segments_within_segments(self) -> None:
        person = anna(country_code="DE")
        inner = make_segment("country = 'DE'", name="Germans")
        outer = follow(f"NOT IN SEGMENT #{inner.pk}")
        assert members(outer) == set()

        edit_records({person.pk: {"country_code": "FR"}}, by=Writer(STAFF))
        catch_up()

        assert members(outer) == {"anna"}

    def test_a_deleted_record_is_in_none(self) -> None:
        person = anna(country_code="DE")
        germans = follow("country = 'DE'")

        delete_records([person.pk], actor=STAFF)
        catch_up()

        assert members(germans) == set()
        assert not TouchedRecord.objects.exists()


class TestNothingIsFollowed:
    def test_nothing_is_written(self) -> None:
        make_segment("country = 'DE'")

        touch(anna(country_code="DE"))
        reactions.orders_changed([str(make_order("ben@example.com").pk)])

        assert not TouchedRecord.objects.exists()

    def test_members_are_forgotten(self) -> None:
        anna(country_code="DE")
        germans = follow("country = 'DE'")
        services.update(germans.pk, is_followed=False, actor=STAFF)

        sweep()

        assert not SegmentMembership.objects.exists()
        assert logged(ActivityType.SEGMENT_LEFT) == []


class TestTime:
    def test_a_sweep_finds_whom_only_time_moved(self) -> None:
        person = anna()
        CustomerRecord.objects.update(last_order_at=timezone.now() - timedelta(days=20), order_count=1)
        recent = follow("last_order >= -30d", name="Recent")
        assert members(recent) == {"anna"}
        assert recent.due_at is not None
        assert recent.due_at <= timezone.now() + timedelta(days=1)

        # Three weeks later.
        CustomerRecord.objects.filter(pk=person.pk).update(last_order_at=timezone.now() - timedelta(days=41))
        sweep()
        assert members(recent) == {"anna"}, "nobody looks before it is time"
        Segment.objects.update(due_at=timezone.now())
        sweep()

        assert members(recent) == set()
        assert logged(ActivityType.SEGMENT_LEFT) == [("anna", "Recent")]

    def test_everybody_is_looked_at_once_a_day_in_any_case(self) -> None:
        germans = follow("country = 'DE'")
        Segment.objects.update(due_at=timezone.now())
        sweep()
        germans.refresh_from_db()
        assert germans.due_at is not None
        assert timedelta(hours=23) < germans.due_at - timezone.now() <= timedelta(days=1)

    def test_a_sweep_goes_on_where_it_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following, "RANGE", 2)
        monkeypatch.setattr(following, "BATCH", 1)
        records = [make_record(country_code="DE") for _ in range(5)]
        germans = make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())

        found = []
        while not following.sweep(seconds=0):
            germans.refresh_from_db()
            found.append((SegmentMembership.objects.count(), germans.complete_since is not None))

        assert [number for number, _ in found] == [2, 4, 5]
        assert [is_complete for _, is_complete in found] == [False, False, True]

        CustomerRecord.objects.filter(pk__in=[record.pk for record in records]).update(country_code="FR")
        Segment.objects.update(due_at=timezone.now())
        left = []
        while not following.sweep(seconds=0):
            left.append(SegmentMembership.objects.count())
        assert left[:5] == [4, 3, 2, 1, 0]
        assert len(logged(ActivityType.SEGMENT_LEFT)) == 5

    def test_a_change_while_members_are_found_is_not_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(following, "RANGE", 1)
        first, _second = anna(country_code="DE"), ben(country_code="DE")
        germans = make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())
        assert not following.sweep(seconds=0)

        edit_records({first.pk: {"country_code": "FR"}}, by=Writer(STAFF))
        catch_up()
        sweep()

        assert members(germans) == {"ben"}
        assert logged(ActivityType.SEGMENT_LEFT) == [], "until all members are known, nobody leaves"


class TestBroken:
    def test_it_keeps_its_members_and_says_why(self) -> None:
        person = anna(country_code="DE")
        inner = make_segment("country = 'DE'", name="Germans")
        outer = follow(f"IN SEGMENT #{inner.pk}")
        whole = follow("country = 'DE'")
        Segment.objects.filter(pk=inner.pk).delete()

        edit_records({person.pk: {"country_code": "FR"}}, by=Writer(STAFF))
        catch_up()

        outer.refresh_from_db()
        assert f"There is no segment #{inner.pk}" in outer.broken_because
        assert members(outer) == {"anna"}
        assert members(whole) == set(), "it stops no other"

    def test_it_goes_on_once_its_condition_has_a_meaning_again(self) -> None:
        anna(country_code="DE"), ben(country_code="FR")
        inner = make_segment("country = 'DE'", name="Germans")
        outer = follow(f"IN SEGMENT #{inner.pk}")
        key = inner.pk
        Segment.objects.filter(pk=key).delete()
        touch(CustomerRecord.objects.get(email="ben@example.com"))
        catch_up()
        make_segment("country = 'FR'", pk=key)

        sweep()

        outer.refresh_from_db()
        assert outer.broken_because == ""
        assert members(outer) == {"ben"}

    def test_what_postgresql_cannot_evaluate_stops_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = follow("country = 'DE'"), follow("country = 'DE' AND NOT country = 'FR'")
        written = following._write

        def write(conditions: Any, ids: Any, now: Any) -> None:
            if bad.pk in dict(conditions):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 / 0")
            written(conditions, ids, now)

        monkeypatch.setattr(following, "_write", write)

        touch(anna(country_code="DE"))
        catch_up()

        bad.refresh_from_db()
        assert bad.broken_because == following.UNREADABLE
        assert members(good) == {"anna"}

    def test_a_field_that_fails_stops_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = follow("city = 'Berlin'"), follow("country = 'DE'")

        def fail(predicate: Any, context: Any) -> Any:
            raise ZeroDivisionError

        field = REGISTRY.field("city")
        assert field is not None
        monkeypatch.setitem(REGISTRY._entries, "city", replace(field, condition=fail))
        touch(anna(country_code="DE", city="Berlin"))
        catch_up()
        assert members(good) == {"anna"}
        assert Segment.objects.get(pk=bad.pk).broken_because == definitions.FAILED

        sweep()
        counting.count(bad.pk)
        monkeypatch.undo()
        sweep()
        assert members(bad) == {"anna"}

    @pytest.mark.parametrize("look", ["catch_up", "sweep"])
    def test_what_takes_too_long_stops_no_other(self, look: str, monkeypatch: pytest.MonkeyPatch) -> None:
        slow, good = follow("country = 'DE'"), follow("country = 'DE' AND NOT country = 'FR'")
        monkeypatch.setattr(following, "LIMIT", 0.5)
        slow_down(slow, monkeypatch)

        touch(anna(country_code="DE"))
        if look == "catch_up":
            catch_up()
        else:
            Segment.objects.filter(pk=slow.pk).update(due_at=timezone.now() - timedelta(seconds=1))
            Segment.objects.filter(pk=good.pk).update(due_at=timezone.now())
            sweep()

        slow.refresh_from_db()
        assert slow.broken_because == following.TOO_SLOW
        assert members(good) == {"anna"}
        assert members(slow) == set(), "it keeps the members that it has"

    def test_a_task_of_an_order_does_not_wait_for_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = follow("order_count >= 1")
        monkeypatch.setattr(following, "LIMIT", 0.5)
        slow_down(slow, monkeypatch)

        sync_orders([str(make_order("anna@example.com").pk)])

        assert CustomerRecord.objects.get(email="anna@example.com").order_count == 1
        slow.refresh_from_db()
        assert slow.broken_because == following.TOO_SLOW

    def test_what_took_too_long_is_tried_again_in_a_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = follow("country = 'DE'")
        monkeypatch.setattr(following, "LIMIT", 0.5)
        with monkeypatch.context() as while_slow:
            slow_down(slow, while_slow)
            touch(anna(country_code="DE"))
            catch_up()

        sweep()
        slow.refresh_from_db()
        assert slow.broken_because == following.TOO_SLOW, "not each minute"
        assert slow.due_at is not None
        assert timedelta(hours=23) < slow.due_at - timezone.now() <= timedelta(days=1)
        Segment.objects.update(due_at=timezone.now())
        sweep()

        slow.refresh_from_db()
        assert slow.broken_because == ""
        assert members(slow) == {"anna"}

    def test_it_is_not_complete_while_its_members_cannot_be_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        anna(country_code="DE")

        def write(*_: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

        with monkeypatch.context() as while_bad:
            while_bad.setattr(following, "_fill", write)
            germans = follow("country = 'DE'")
        assert germans.broken_because == following.UNREADABLE
        assert germans.complete_since is None
        Segment.objects.update(due_at=timezone.now())
        sweep()

        germans.refresh_from_db()
        assert germans.complete_since is not None
        assert members(germans) == {"anna"}
        assert logged(ActivityType.SEGMENT_ENTERED) == [], "nobody entered: these are its first members"

    def test_a_count_of_the_members_that_are_kept_does_not_mend_it(self) -> None:
        anna(country_code="DE")
        segment = follow("country = 'DE'")
        Segment.objects.update(broken_because=following.TOO_SLOW)

        counting.count(segment.pk)

        segment.refresh_from_db()
        assert (segment.member_count, segment.broken_because) == (1, following.TOO_SLOW)


def test_who_got_another_rfm_group_at_night_is_seen_at_once() -> None:
    """Nothing notes it: no entry is logged, and the condition has no clock."""
    record = anna(order_count=1)
    currency = CurrencyInsight.objects.create(
        currency="EUR", customers=1, recency_thresholds=[], frequency_thresholds=[], monetary_thresholds=[],
        time_zone="UTC", computed_at=timezone.now() - timedelta(hours=24),
    )  # fmt: skip
    champions, germans = follow("rfm_group.EUR = 'CHAMPIONS'", name="Champions"), follow("country = 'DE'")
    Segment.objects.update(due_at=timezone.now())
    sweep()
    due_at = Segment.objects.get(pk=germans.pk).due_at

    scores = {"recency_score": 5, "frequency_score": 5, "monetary_score": 5}
    CustomerInsight.objects.create(record=record, currency="EUR", rfm_group=RfmGroup.CHAMPIONS, **scores)
    sweep()
    assert members(champions) == set(), "the computation is under way"
    change(currency, computed_at=timezone.now())
    sweep()

    assert members(champions) == {"anna"}
    assert logged(ActivityType.SEGMENT_ENTERED) == [("anna", "Champions")]
    assert Segment.objects.get(pk=germans.pk).due_at == due_at, "nobody is looked at for the others"
    sweep()
    assert Segment.objects.get(pk=champions.pk).swept_to is None


class TestStatements:
    def test_members_to_forget_are_looked_for_once_in_a_sweep(self) -> None:
        for country in ("DE", "FR", "IT"):
            make_segment(f"country = '{country}'", is_followed=True, due_at=timezone.now())

        with CaptureQueriesContext(connection) as queries:
            sweep()

        forgetting = [
            query for query in queries if query["sql"].startswith('DELETE FROM "saleor_customer_plus_segmentm')
        ]
        assert len(forgetting) == 1

    def test_they_depend_neither_on_segments_nor_on_records(self) -> None:
        counts = []
        for segments, records in ((1, 1), (20, 10)):
            for number in range(segments):
                follow(f"country = 'DE' AND order_count >= {number}")
            touch(*(make_record(country_code="DE") for _ in range(records)))
            with CaptureQueriesContext(connection) as queries:
                following.follow()
            counts.append(len(queries))

        assert counts[0] == counts[1]

    def test_a_task_costs_one_more_while_nothing_changed(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            following.follow()

        assert [query["sql"].split()[0] for query in queries] == ["SAVEPOINT", "SET", "DELETE", "RELEASE"]


class TestRest:
    """A look takes as long for one order as for hundreds: the tasks of orders that follow each other share one."""

    def test_orders_soon_after_a_look_wait_for_the_next_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 1_000.0
        monkeypatch.setattr(following, "time", SimpleNamespace(monotonic=lambda: now))
        monkeypatch.setattr(following, "REST", 5)
        buyers = follow("order_count >= 1")
        look = following._catch_up

        def looking() -> bool:
            nonlocal now
            now += 0.1
            return look()

        monkeypatch.setattr(following, "_catch_up", looking)
        sync_orders([str(make_order("anna@example.com").pk)])  # two looks of a tenth of a second: the second finds none
        assert members(buyers) == {"anna"}

        now += 0.9
        sync_orders([str(make_order("ben@example.com").pk)])
        assert members(buyers) == {"anna"}

        now += 0.2
        sync_orders([str(make_order("carla@example.com").pk)])
        assert members(buyers) == {"anna", "ben", "carla"}

    def test_the_periodic_look_does_not_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        buyers = follow("order_count >= 1")
        monkeypatch.setattr(following, "_rests_until", float("inf"))
        sync_orders([str(make_order("anna@example.com").pk)])
        assert members(buyers) == set()

        catch_up()
        assert members(buyers) == {"anna"}


class TestDefinitions:
    def test_another_condition_finds_its_members_quietly(self, on_commit: Callable[[], Any]) -> None:
        anna(country_code="DE"), ben(country_code="FR")
        segment = follow("country = 'DE'")

        with on_commit():
            services.update(segment.pk, tree=parse("country = 'FR'"), actor=STAFF)

        assert members(segment) == {"ben"}
        assert not ActivityEntry.objects.filter(cause_type=CauseType.SEGMENT).exists()

    def test_so_do_those_that_refer_to_it(self, on_commit: Callable[[], Any]) -> None:
        anna(country_code="DE"), ben(country_code="FR")
        inner = make_segment("country = 'DE'")
        outer = follow(f"IN SEGMENT #{inner.pk}")

        with on_commit():
            services.update(inner.pk, tree=parse("country = 'FR'"), actor=STAFF)

        assert members(outer) == {"ben"}
