"""Tags: names, limits, and what happens to everybody who has one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.records.labels import clean_name, fold
from saleor_customer_plus.tags import services as actions
from saleor_customer_plus.tags.models import Tag, TagAssignment

from ..factories import make_record, make_tag

pytestmark = pytest.mark.django_db

ANNA = Actor(ActorType.STAFF, "7")


def log() -> list[tuple[str, str, Any, Any]]:
    entries = ActivityEntry.objects.order_by("record_id", "id").select_related("record")
    return [(entry.record.email.partition("@")[0], entry.type, entry.before, entry.after) for entry in entries]


def tagged() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for assignment in TagAssignment.objects.order_by("tag__key").select_related("tag", "record"):
        found.setdefault(assignment.record.email.partition("@")[0], []).append(assignment.tag.name)
    return found


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("VIP", "VIP"),
            ("  very \t important\n person ", "very important person"),
            ("Cafe\u0301", "Caf\u00e9"),
            ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
            ("x" * 255, "x" * 255),
            ("<script>'\"; DROP TABLE", "<script>'\"; DROP TABLE"),
        ],
    )
    def test_are_kept_in_one_form(self, typed: str, kept: str) -> None:
        assert clean_name(typed) == kept

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("", ErrorCode.REQUIRED),
            (" \u00a0\n", ErrorCode.REQUIRED),
            ("x" * 256, ErrorCode.INVALID),
            ("one, two", ErrorCode.INVALID),
            ("nul\x00l", ErrorCode.INVALID),
            ("bell\x07", ErrorCode.INVALID),
            ("half\ud800", ErrorCode.INVALID),
            ("VIP\u200b", ErrorCode.INVALID),
            ("\u202eevil", ErrorCode.INVALID),
        ],
    )
    def test_that_are_none(self, typed: str, code: ErrorCode) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            clean_name(typed, field="names")
        assert (refused.value.code, refused.value.field) == (code, "names")

    @given(st.text(max_size=40))
    @settings(max_examples=200)
    def test_a_name_that_is_kept_is_kept_as_it_is(self, typed: str) -> None:
        try:
            name = clean_name(typed)
        except CustomerPlusError:
            return
        assert clean_name(name) == name
        assert fold(clean_name(name.upper())) == fold(fold(name).upper())

    @pytest.mark.parametrize(
        ("one", "other"), [("VIP", "vip"), ("STRASSE", "straße"), ("ΌΣΟΣ", "όσος"), ("É", "e\u0301")]
    )
    def test_that_differ_in_case_only_are_one(self, one: str, other: str) -> None:
        assert actions.ensure([one, other], limit=0) == {fold(clean_name(one)): Tag.objects.get().pk}
        assert Tag.objects.get().name == clean_name(one)


class TestEnsure:
    def test_makes_what_is_missing(self) -> None:
        vip = make_tag("VIP")

        found = actions.ensure(["vip", "New", " new "], limit=2)

        assert found == {"vip": vip.pk, "new": Tag.objects.get(name="New").pk}
        assert Tag.objects.count() == 2

    def test_the_limit_is_of_different_tags(self) -> None:
        make_tag("a")
        with pytest.raises(CustomerPlusError) as refused:
            actions.ensure(["A", "b", "c"], limit=2)
        assert refused.value.code == ErrorCode.LIMIT_REACHED
        assert list(Tag.objects.values_list("name", flat=True)) == ["a"]
        assert len(actions.ensure(["A", "b"], limit=2)) == 2
        assert len(actions.ensure(["a", "B"], limit=1)) == 2, "what there is already is not refused"
        assert len(actions.ensure(["d", "e"], limit=0)) == 2

    @pytest.mark.parametrize("number", [2, 60])
    def test_any_number_takes_as_many_statements(self, number: int) -> None:
        with CaptureQueriesContext(connection) as captured:
            actions.ensure((f"tag {n}" for n in range(number)), limit=100)
        assert len(captured) == 5
        with CaptureQueriesContext(connection) as captured:
            actions.ensure((f"Tag {n}" for n in range(number)), limit=100)
        assert len(captured) == 1


class TestAssignments:
    def test_are_logged_once(self) -> None:
        anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
        vip, new = make_tag("VIP"), make_tag("new")
        cause = Cause(CauseType.JOB, "5")
        assert actions.assign([(anna.pk, vip.pk)], actor=ANNA, cause=cause) == {anna.pk}

        pairs = [(anna.pk, vip.pk), (anna.pk, new.pk), (ben.pk, vip.pk), (ben.pk, vip.pk)]
        assert actions.assign(pairs, actor=ANNA, cause=cause) == {anna.pk, ben.pk}
        assert actions.assign(pairs, actor=ANNA, cause=cause) == set()

        assert tagged() == {"anna": ["new", "VIP"], "ben": ["VIP"]}
        assert log() == [
            ("anna", "TAG_ADDED", {}, {"tag": "VIP"}),
            ("anna", "TAG_ADDED", {}, {"tag": "new"}),
            ("ben", "TAG_ADDED", {}, {"tag": "VIP"}),
        ]
        assert set(ActivityEntry.objects.values_list("actor_type", "actor_id", "cause_type", "cause_id")) == {
            ("STAFF", "7", "JOB", "5")
        }

    def test_are_taken_back(self) -> None:
        anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
        vip, new = make_tag("VIP"), make_tag("new")
        actions.assign([(anna.pk, vip.pk), (anna.pk, new.pk)], actor=ANNA)
        ActivityEntry.objects.all().delete()

        assert actions.unassign([(anna.pk, vip.pk), (ben.pk, vip.pk)], actor=ANNA) == {anna.pk}

        assert tagged() == {"anna": ["new"]}
        assert log() == [("anna", "TAG_REMOVED", {"tag": "VIP"}, {})]

    def test_of_what_is_gone_are_passed_over(self) -> None:
        anna, vip = make_record("anna@example.com"), make_tag("VIP")

        assert actions.assign([(anna.pk, vip.pk), (0, vip.pk), (anna.pk, 0)], actor=ANNA) == {anna.pk}
        assert actions.assign([], actor=ANNA) == actions.unassign([], actor=ANNA) == set()

    @pytest.mark.parametrize("number", [1, 40])
    def test_any_number_takes_one_statement(self, number: int) -> None:
        tags = [make_tag() for _ in range(3)]
        pairs = [(make_record().pk, tag.pk) for _ in range(number) for tag in tags]
        for change in (actions.assign, actions.unassign):
            with CaptureQueriesContext(connection) as captured:
                assert len(change(pairs, actor=ANNA)) == 3 * number
            assert len(captured) == 1
        assert ActivityEntry.objects.count() == 6 * number


class TestOneTagEverywhere:
    @pytest.fixture
    def people(self) -> dict[str, Any]:
        people = {name: make_record(f"{name}@example.com") for name in ("anna", "ben", "carl", "dora")}
        people |= {name: make_tag(name) for name in ("VIP", "gold", "silver")}
        for name, tags in {"anna": "VIP", "ben": "gold silver", "carl": "VIP silver gold"}.items():
            actions.assign([(people[name].pk, people[tag].pk) for tag in tags.split()], actor=ANNA)
        ActivityEntry.objects.all().delete()
        return people

    def test_deleted(self, people: dict[str, Any]) -> None:
        assert actions.delete(people["VIP"].pk, actor=ANNA).name == "VIP"

        assert tagged() == {"ben": ["gold", "silver"], "carl": ["gold", "silver"]}
        assert [tag.name for tag in Tag.objects.order_by("key")] == ["gold", "silver"]
        assert log() == [("anna", "TAG_REMOVED", {"tag": "VIP"}, {}), ("carl", "TAG_REMOVED", {"tag": "VIP"}, {})]

    def test_renamed(self, people: dict[str, Any]) -> None:
        actions.update(people["VIP"].pk, name="  vip ", actor=ANNA)

        assert tagged() == {"anna": ["vip"], "ben": ["gold", "silver"], "carl": ["gold", "silver", "vip"]}
        assert log() == [
            ("anna", "TAG_RENAMED", {"tag": "VIP"}, {"tag": "vip"}),
            ("carl", "TAG_RENAMED", {"tag": "VIP"}, {"tag": "vip"}),
        ]

    def test_recolored(self, people: dict[str, Any]) -> None:
        assert actions.update(people["VIP"].pk, color="#D4A017", actor=ANNA).color == "#d4a017"
        assert actions.update(people["VIP"].pk, name="VIP", actor=ANNA).color == "#d4a017"
        assert actions.update(people["VIP"].pk, color="", actor=ANNA).color == ""
        assert log() == []

    @pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "d4a017", "#d4a017ff"])
    def test_no_color(self, people: dict[str, Any], color: str) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            actions.update(people["VIP"].pk, color=color, actor=ANNA)
        assert refused.value.field == "color"

    def test_renamed_to_a_name_that_is_taken(self, people: dict[str, Any]) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            actions.update(people["VIP"].pk, name="GOLD", actor=ANNA)
        assert (refused.value.code, refused.value.id) == (ErrorCode.UNIQUE, str(people["gold"].pk))
        with pytest.raises(CustomerPlusError) as refused:
            actions.create(name="Gold", limit=0)
        assert (refused.value.code, refused.value.id) == (ErrorCode.UNIQUE, str(people["gold"].pk))

    def test_merged(self, people: dict[str, Any]) -> None:
        sources = [people["gold"].pk, people["silver"].pk]
        merged = actions.merge(sources, people["VIP"].pk, actor=ANNA)

        assert (merged.tag, [tag.pk for tag in merged.deleted]) == (people["VIP"], sorted(sources))

        assert tagged() == {"anna": ["VIP"], "ben": ["VIP"], "carl": ["VIP"]}
        assert [tag.name for tag in Tag.objects.all()] == ["VIP"]
        assert log() == [
            ("ben", "TAG_ADDED", {}, {"tag": "VIP"}),
            ("ben", "TAG_REMOVED", {"tag": "gold"}, {}),
            ("ben", "TAG_REMOVED", {"tag": "silver"}, {}),
            ("carl", "TAG_REMOVED", {"tag": "gold"}, {}),
            ("carl", "TAG_REMOVED", {"tag": "silver"}, {}),
        ]

    def test_merged_with_what_it_cannot_be(self, people: dict[str, Any]) -> None:
        vip, gold = people["VIP"].pk, people["gold"].pk
        for sources, target, field, code in (
            ([gold, vip], vip, "source_ids", ErrorCode.INVALID),
            ([gold, 0], vip, "source_ids", ErrorCode.NOT_FOUND),
            ([gold], 0, "target_id", ErrorCode.NOT_FOUND),
        ):
            with pytest.raises(CustomerPlusError) as refused:
                actions.merge(sources, target, actor=ANNA)
            assert (refused.value.field, refused.value.code) == (field, code)
        assert Tag.objects.count() == 3

    def test_any_number_of_people_takes_as_many_statements(self) -> None:
        counts = []
        for number in (1, 40):
            one, other = make_tag(), make_tag()
            people = [make_record().pk for _ in range(number)]
            actions.assign([(person, tag.pk) for person in people for tag in (one, other)], actor=ANNA)
            with CaptureQueriesContext(connection) as captured:
                actions.update(one.pk, name=f"renamed {number}", actor=ANNA)
                actions.merge([one.pk], other.pk, actor=ANNA)
                actions.delete(other.pk, actor=ANNA)
            counts.append(len(captured))
        assert counts[0] == counts[1]
