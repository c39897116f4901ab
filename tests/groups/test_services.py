"""Groups: the default one, one or several, and what happens to their members."""

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
from saleor_customer_plus.groups import queries
from saleor_customer_plus.groups import services as actions
from saleor_customer_plus.groups.models import Group, GroupMembership

from ..factories import make_group, make_record
from ..properties import examples

pytestmark = pytest.mark.django_db

ANNA = Actor(ActorType.STAFF, "7")


def log() -> list[tuple[int, str, Any, Any]]:
    entries = ActivityEntry.objects.order_by("id")
    return [(entry.record_id, entry.type, entry.before, entry.after) for entry in entries]


def groups_of(record: Any) -> list[str]:
    return [group.name for group in queries.groups_of([record.pk])[record.pk]]


class TestDefaultGroup:
    def test_is_of_whoever_is_in_no_other(self) -> None:
        anna, ben, gold = make_record(), make_record(), make_group("Gold")
        actions.join([(anna.pk, gold.pk)], actor=ANNA, several=True)

        assert (groups_of(anna), groups_of(ben)) == (["Gold"], ["General"])
        default = actions.default_group()
        assert Group.objects.filter(is_default=True).get() == default
        assert queries.count_members([gold.pk, default.pk]) == {gold.pk: 1, default.pk: 1}

    def test_may_have_another_name(self) -> None:
        anna = make_record()
        actions.update(actions.default_group().pk, name="Everybody", actor=ANNA)

        assert groups_of(anna) == ["Everybody"]
        assert actions.create(name="General").name == "General"

    def test_its_name_is_taken_from_the_start(self) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            actions.create(name="GENERAL")
        assert (refused.value.code, refused.value.id) == (ErrorCode.UNIQUE, str(actions.default_group().pk))

    def test_cannot_be_deleted(self) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            actions.delete(actions.default_group().pk, actor=ANNA)
        assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID, "id")
        assert Group.objects.filter(is_default=True).exists()

    def test_to_join_it_is_to_leave_all_others(self) -> None:
        anna, ben = make_record(), make_record()
        gold, silver, default = make_group("Gold"), make_group("Silver"), actions.default_group()
        for person in (anna, ben):
            actions.join([(person.pk, gold.pk), (person.pk, silver.pk)], actor=ANNA, several=True)
        ActivityEntry.objects.all().delete()

        assert actions.join([(anna.pk, default.pk)], actor=ANNA, several=True) == {anna.pk}

        assert (groups_of(anna), groups_of(ben)) == (["General"], ["Gold", "Silver"])
        assert log() == [
            (anna.pk, "GROUP_LEFT", {"group": "Gold"}, {}),
            (anna.pk, "GROUP_LEFT", {"group": "Silver"}, {}),
        ]
        assert actions.join([(anna.pk, default.pk)], actor=ANNA, several=True) == set()
        assert actions.leave([(anna.pk, default.pk)], actor=ANNA) == set()


class TestMembership:
    def test_of_several(self) -> None:
        anna, gold, silver = make_record(), make_group("Gold"), make_group("Silver")
        cause = Cause(CauseType.JOB, "5")
        assert actions.join([(anna.pk, gold.pk)], actor=ANNA, cause=cause, several=True) == {anna.pk}
        assert actions.join([(anna.pk, silver.pk), (anna.pk, gold.pk)], actor=ANNA, several=True) == {anna.pk}
        assert actions.join([(anna.pk, silver.pk)], actor=ANNA, several=True) == set()
        assert groups_of(anna) == ["Gold", "Silver"]

        assert actions.leave([(anna.pk, gold.pk)], actor=ANNA) == {anna.pk}

        assert groups_of(anna) == ["Silver"]
        assert log() == [
            (anna.pk, "GROUP_JOINED", {}, {"group": "Gold"}),
            (anna.pk, "GROUP_JOINED", {}, {"group": "Silver"}),
            (anna.pk, "GROUP_LEFT", {"group": "Gold"}, {}),
        ]
        first = ActivityEntry.objects.earliest("id")
        assert (first.actor_type, first.actor_id, first.cause_type, first.cause_id) == ("STAFF", "7", "JOB", "5")

    def test_of_one(self) -> None:
        anna, gold, silver = make_record(), make_group("Gold"), make_group("Silver")
        actions.join([(anna.pk, gold.pk)], actor=ANNA, several=False)
        ActivityEntry.objects.all().delete()

        assert actions.join([(anna.pk, silver.pk)], actor=ANNA, several=False) == {anna.pk}
        assert actions.join([(anna.pk, silver.pk)], actor=ANNA, several=False) == set()

        assert groups_of(anna) == ["Silver"]
        assert log() == [
            (anna.pk, "GROUP_LEFT", {"group": "Gold"}, {}),
            (anna.pk, "GROUP_JOINED", {}, {"group": "Silver"}),
        ]
        pairs = [(anna.pk, gold.pk), (anna.pk, silver.pk), (anna.pk, gold.pk)]
        actions.join(pairs, actor=ANNA, several=False)
        assert groups_of(anna) == ["Gold"], "the last one"

    @given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6), max_size=5), st.booleans())
    @settings(max_examples=examples(12))
    def test_any_sequence_comes_to_what_it_says(self, steps: list[list[tuple[int, int]]], several: bool) -> None:
        people = [make_record() for _ in range(3)]
        groups = [actions.default_group(), make_group(), make_group()]
        expected: dict[int, set[int]] = {person: set() for person in range(3)}
        for step in steps:
            before = {person: set(groups) for person, groups in expected.items()}
            pairs = step if several else list(dict(step).items())
            for person in {person for person, group in pairs if group == 0 or not several}:
                expected[person] = set()
            for person, group in pairs:
                expected[person] |= {group} - {0}
            changed = actions.join(
                [(people[person].pk, groups[group].pk) for person, group in step], actor=ANNA, several=several
            )
            assert changed == {people[person].pk for person in range(3) if before[person] != expected[person]}
        for number, person in enumerate(people):
            memberships = GroupMembership.objects.filter(record=person).values_list("group", flat=True)
            assert set(memberships) == {groups[group].pk for group in expected[number]}

    @pytest.mark.parametrize("several", [True, False])
    def test_any_number_takes_as_many_statements(self, several: bool) -> None:
        groups, default = [make_group() for _ in range(3)], actions.default_group()
        counts = set()
        for number in (1, 40):
            pairs = [(make_record().pk, group.pk) for _ in range(number) for group in groups]
            with CaptureQueriesContext(connection) as captured:
                assert len(actions.join(pairs, actor=ANNA, several=several)) == 3 * number
                actions.join([(record_id, default.pk) for record_id, _ in pairs], actor=ANNA, several=several)
                actions.leave(pairs, actor=ANNA)
            counts.add(len(captured))
        assert counts == {9 if several else 11}


class TestOneGroup:
    def test_renamed_described_and_given_a_voucher(self) -> None:
        anna, gold = make_record(), make_group("Gold")
        actions.join([(anna.pk, gold.pk)], actor=ANNA, several=True)
        ActivityEntry.objects.all().delete()

        actions.update(gold.pk, name="Golden", description=" Who\nspent much. ", voucher_code=" GOLD10 ", actor=ANNA)

        gold.refresh_from_db()
        assert (gold.name, gold.description, gold.voucher_code) == ("Golden", "Who\nspent much.", "GOLD10")
        assert log() == [(anna.pk, "GROUP_RENAMED", {"group": "Gold"}, {"group": "Golden"})]
        actions.update(gold.pk, voucher_code="", actor=ANNA)
        gold.refresh_from_db()
        assert (gold.name, gold.voucher_code) == ("Golden", "")

    def test_deleted(self) -> None:
        anna, gold, silver = make_record(), make_group("Gold"), make_group("Silver")
        actions.join([(anna.pk, gold.pk), (anna.pk, silver.pk)], actor=ANNA, several=True)
        ActivityEntry.objects.all().delete()

        assert actions.delete(gold.pk, actor=ANNA).pk == gold.pk

        assert groups_of(anna) == ["Silver"]
        assert log() == [(anna.pk, "GROUP_LEFT", {"group": "Gold"}, {})]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"description": "x" * 2001}, "description"),
            ({"description": "nul\x00"}, "description"),
            ({"voucher_code": "x" * 256}, "voucher_code"),
            ({"voucher_code": "two\nlines"}, "voucher_code"),
            ({"name": "one, two"}, "name"),
        ],
    )
    def test_refused(self, fields: dict[str, str], field: str) -> None:
        with pytest.raises(CustomerPlusError) as refused:
            actions.create(**{"name": "Gold"} | fields)
        assert refused.value.field == field
        with pytest.raises(CustomerPlusError) as refused:
            actions.update(make_group().pk, **fields, actor=ANNA)
        assert refused.value.field == field

    def test_of_which_there_is_none(self) -> None:
        for act in (actions.delete, actions.update):
            with pytest.raises(CustomerPlusError) as refused:
                act(0, actor=ANNA)
            assert refused.value.code == ErrorCode.NOT_FOUND

    def test_found_by_name(self) -> None:
        gold = make_group("Gold")
        found = queries.ids_by_name(["GOLD", " general", "nobody's"])
        assert found == {"gold": gold.pk, "general": actions.default_group().pk}
