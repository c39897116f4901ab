"""Tags and groups, changed by many at once, each in a process of its own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.groups.mirror import KEY, mirror_records
from saleor_customer_plus.groups.models import Group, GroupMembership
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from saleor_customer_plus.tags import services as tags
from saleor_customer_plus.tags.models import Tag, TagAssignment

from ..factories import make_account, make_group, make_record, make_tag
from ..processes import at_once, while_open
from ..properties import sampled

STAFF = Actor(ActorType.STAFF, "7")


def ensure(*names: str, limit: int) -> None:
    with suppress(CustomerPlusError), transaction.atomic():
        tags.ensure(names, limit=limit)


def test_the_limit_of_tags_is_exact() -> None:
    at_once(*[partial(ensure, f"tag {number}", limit=5) for number in range(8)])
    assert Tag.objects.count() == 5


def test_eight_who_make_the_same_tags() -> None:
    names = [f"tag {number}" for number in range(20)]
    orders = [random.Random(seed).sample(names, 20) for seed in range(8)]
    at_once(*[partial(ensure, *order, limit=20) for order in orders])
    assert sorted(Tag.objects.values_list("name", flat=True)) == sorted(names)


def test_a_tag_is_deleted_while_it_is_given() -> None:
    people, tag = [make_record().pk for _ in range(50)], make_tag()

    def give() -> None:
        for person in people:
            with transaction.atomic():
                tags.assign([(person, tag.pk)], actor=STAFF)

    def delete() -> None:
        with transaction.atomic():
            tags.delete(tag.pk, actor=STAFF)

    at_once(give, give, delete)

    assert not TagAssignment.objects.exists()
    types = list(ActivityEntry.objects.values_list("type", flat=True))
    assert types.count(ActivityType.TAG_ADDED) == types.count(ActivityType.TAG_REMOVED)


def test_overlapping_batches_do_not_wait_for_each_other() -> None:
    people, labels = [make_record().pk for _ in range(60)], [make_tag().pk for _ in range(3)]
    pairs = [(person, label) for person in people for label in labels]

    def work(seed: int) -> None:
        for _ in range(5):
            chosen = random.Random(seed).sample(pairs, len(pairs))
            with transaction.atomic():
                tags.assign(chosen, actor=STAFF)

    at_once(*[partial(work, seed) for seed in range(6)])

    assert TagAssignment.objects.count() == ActivityEntry.objects.count() == len(pairs)


def test_there_is_one_default_group() -> None:
    def ask() -> None:
        with transaction.atomic():
            groups.default_group()

    at_once(*[ask] * 8)
    assert Group.objects.count() == 1


def test_one_group_only() -> None:
    person, choices = make_record().pk, [make_group().pk for _ in range(8)]
    groups.default_group()

    def join(group: int) -> None:
        with transaction.atomic():
            groups.join([(person, group)], actor=STAFF, several=False)

    at_once(*[partial(join, group) for group in choices])

    assert GroupMembership.objects.filter(record=person).count() == 1


def test_the_mirror_shows_what_was_true_last() -> None:
    choices = [make_group(f"group {number}") for number in range(4)]
    people = []
    for _ in range(20):
        account = make_account()
        people.append(make_record(account.email, account=account).pk)
    groups.default_group()

    def work(group: int) -> None:
        for step in range(10):
            change = groups.leave if step % 3 == 1 else partial(groups.join, several=True)
            with transaction.atomic():
                change([(person, group) for person in people], actor=STAFF)
            mirror_records(people)

    at_once(*[partial(work, group.pk) for group in choices])

    names = json.dumps([group.name for group in choices])
    assert set(User.objects.values_list(f"metadata__{KEY}", flat=True)) == {names}


def untag(anna: int) -> Callable[[], object]:
    tag = make_tag().pk
    tags.assign([(anna, tag)], actor=STAFF)
    return partial(tags.unassign, [(anna, tag)], actor=STAFF)


def leave(anna: int) -> Callable[[], object]:
    group = make_group().pk
    groups.join([(anna, group)], actor=STAFF, several=True)
    return partial(groups.leave, [(anna, group)], actor=STAFF)


def join_the_default(anna: int) -> Callable[[], object]:
    groups.join([(anna, make_group().pk)], actor=STAFF, several=True)
    return partial(groups.join, [(anna, groups.default_group().pk)], actor=STAFF, several=True)


@pytest.mark.parametrize("prepare", sampled([untag, leave, join_the_default], one_in=3))
def test_a_deletion_waits_for_who_takes_a_label_away(prepare: Callable[[int], Callable[[], object]]) -> None:
    anna = make_record()

    while_open(prepare(anna.pk), partial(delete_records, [anna.pk], actor=STAFF))

    assert CustomerRecord.objects.count() == 0
