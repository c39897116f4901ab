"""Whatever happens, in whatever order: who is in a followed segment is whoever meets its condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor, Entry, append
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import definitions, following, services
from saleor_customer_plus.segments.models import Segment, SegmentMembership
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags import services as tags
from saleor_customer_plus.tags.models import Tag
from tests.factories import make_order, make_record, make_segment, make_tag
from tests.properties import examples

STAFF = Actor(ActorType.STAFF, "1")
QUERIES = (
    "country = 'DE'",
    "tags CONTAINS 'vip' AND NOT country = 'FR'",
    "order_count >= 1",
    "orders NOT MATCHES (count >= 2) OR tags CONTAINS 'vip'",
)
PEOPLE = ("anna", "ben", "carla")

people = st.sampled_from(PEOPLE)
events = st.one_of(
    st.tuples(st.just("edit"), people, st.sampled_from(["DE", "FR", ""])),
    st.tuples(st.just("tag"), people),
    st.tuples(st.just("untag"), people),
    st.tuples(st.just("order"), people),
    st.tuples(st.just("delete"), people),
    st.tuples(st.just("redefine"), st.integers(0, len(QUERIES) - 1)),
    st.tuples(st.just("catch up")),
    st.tuples(st.just("sweep")),
)


def _record(name: str) -> CustomerRecord:
    """The record of somebody, made and logged as everybody does who makes one."""
    email = f"{name}@example.com"
    found = CustomerRecord.objects.filter(email=email).first()
    if found is None:
        found = make_record(email)
        append([Entry(found.pk, ActivityType.RECORD_CREATED)])
    return found


def _happen(event: tuple[Any, ...], segments: list[Segment]) -> None:
    match event:
        case ("edit", name, country):
            edit_records({_record(name).pk: {"country_code": country}}, by=Writer(STAFF))
        case ("tag" | "untag" as what, name):
            change: Callable[..., Any] = tags.assign if what == "tag" else tags.unassign
            change([(_record(name).pk, Tag.objects.get().pk)], actor=STAFF)
        case ("order", name):
            reactions.orders_changed([str(make_order(f"{name}@example.com").pk)])
        case ("delete", name):
            delete_records([_record(name).pk], actor=STAFF)
        case ("redefine", number):
            services.update(segments[0].pk, tree=parse(QUERIES[number]), actor=STAFF)
        case ("catch up",):
            following.follow()
        case _:
            following.sweep(seconds=60)


class TestFollowedSegments(TestCase):
    @settings(max_examples=examples(6))
    @given(st.lists(events, max_size=8))
    def test_they_are_what_a_fresh_evaluation_says(self, happening: list[tuple[Any, ...]]) -> None:
        make_tag("vip")
        segments = [
            make_segment(definitions.checked(parse(query)), is_followed=True, due_at=timezone.now())
            for query in QUERIES
        ]
        for event in happening:
            _happen(event, segments)
        following.catch_up(seconds=60)
        while not following.sweep(seconds=60):
            pass

        for segment in Segment.objects.filter(is_followed=True):
            fresh = CustomerRecord.objects.filter(definitions.condition_of(segment, definitions.context()))
            kept = SegmentMembership.objects.filter(segment=segment)
            assert set(kept.values_list("record", flat=True)) == set(fresh.values_list("pk", flat=True)), segment.query
        self._assert_log_alternates()

    def _assert_log_alternates(self) -> None:
        """Nobody enters twice without having left, or leaves twice without having entered."""
        entries = ActivityEntry.objects.filter(type__in=[ActivityType.SEGMENT_ENTERED, ActivityType.SEGMENT_LEFT])
        last: dict[tuple[int, str], str] = {}
        for entry in entries.order_by("id"):
            key = (entry.record_id, entry.cause_id)
            if entry.cause_id != str(
                Segment.objects.filter(is_followed=True).order_by("pk").values_list("pk", flat=True)[0]
            ):
                assert last.get(key) != entry.type
            last[key] = entry.type
