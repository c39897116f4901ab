"""Customer numbers that several want at the same moment, while records that have them are merged and parted."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import rows, undo
from saleor_customer_plus.records import editing
from saleor_customer_plus.records.editing import Writer, create_records
from saleor_customer_plus.records.models import CustomerRecord, FormerRecord

from ..factories import make_record, make_staff
from ..processes import _fork, at_once

STAFF = Writer(Actor(ActorType.STAFF, "7"))


@transaction.atomic
def give(record_id: int, number: str | None) -> None:
    edit_records({record_id: {"number": number}}, by=STAFF)


@transaction.atomic
def make(email: str, number: str) -> None:
    create_records([{"email": email, "number": number}], by=STAFF)


def merge_unless_refused(staff: Any, *ids: int) -> None:
    with_refusals(lambda: merge(Request(ids), actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff))


def part_unless_refused(staff: Any, merge_id: int) -> None:
    with_refusals(lambda: undo(merge_id, actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff))


def with_refusals(work: Callable[[], Any]) -> None:
    try:
        work()
    except CustomerPlusError as refused:
        if refused.code not in (ErrorCode.NOT_FOUND, ErrorCode.STALE, ErrorCode.ALREADY_EXISTS, ErrorCode.OUT_OF_SCOPE):
            raise


def holders() -> dict[str, set[int]]:
    """The records that have each number, shown or not."""
    found = defaultdict(set)
    for model, column in ((CustomerRecord, "pk"), (FormerRecord, "record")):
        for number, record_id in model.objects.exclude(number=None).values_list("number", column):
            found[number].add(record_id)
    return dict(found)


class Pause:
    """What one process does between its look for a number's holder and its own writing: wait for the other process.

    Not for ever: a lock may keep the other one waiting, which is as good.
    """

    def __init__(self) -> None:
        self._looked, self._done = _fork.Event(), _fork.Event()

    def after(self, module: Any, name: str) -> None:
        look = getattr(module, name)

        def paused(*args: Any, **kwargs: Any) -> Any:
            found = look(*args, **kwargs)
            self._looked.set()
            self._done.wait(4)
            return found

        setattr(module, name, paused)

    def run(self, slow: Callable[[], Any], module: Any, name: str, other: Callable[[], Any]) -> None:
        def first() -> None:
            self.after(module, name)
            slow()

        def second() -> None:
            assert self._looked.wait(30)
            try:
                other()
            finally:
                self._done.set()

        at_once(first, second)


@pytest.mark.parametrize("is_new", [True, False], ids=["a new record", "a record"])
def test_nobody_gets_a_number_that_goes_to_somebody_who_is_merged_at_that_moment(is_new: bool) -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    anna, ann, ben = make_record(number="K0"), make_record(), make_record()

    def give_and_merge() -> None:
        give(ann.pk, "K1")
        merge_unless_refused(staff, anna.pk, ann.pk)

    wanted = partial(make, "new@example.com", "K1") if is_new else partial(give, ben.pk, "K1")
    Pause().run(wanted, editing, "holders_of_numbers", give_and_merge)

    assert Merge.objects.count() == 1
    assert len(holders()["K1"]) == 1


def test_an_undo_does_not_fail_because_a_number_is_given_away_meanwhile() -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    anna, ann, ben = make_record(number=None), make_record(number="K1"), make_record()
    merge_unless_refused(staff, anna.pk, ann.pk)
    give(anna.pk, None)  # it was on show, and is nobody's now
    assert holders() == {}

    done = Merge.objects.get()
    Pause().run(partial(part_unless_refused, staff, done.pk), rows, "_numbers_taken", partial(give, ben.pk, "K1"))

    done.refresh_from_db()
    assert done.state == "UNDONE"
    assert len(holders()["K1"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_number_is_ever_of_two_records(seed: int) -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    people = [make_record(number=f"K{number}") for number in range(5)]
    numbers = [f"K{number}" for number in range(6)]

    def busy(worker: int) -> None:
        chance = random.Random(100 * seed + worker)
        for _ in range(12):
            record, other = chance.sample(people, 2)
            match chance.randrange(4):
                case 0:
                    merge_unless_refused(staff, record.pk, other.pk)
                case 1:
                    if (last := Merge.objects.exclude(state="UNDONE").order_by("?").first()) is not None:
                        part_unless_refused(staff, last.pk)
                case 2:
                    give(record.pk, None)
                case 3:
                    give(record.pk, chance.choice(numbers))

    at_once(*[partial(busy, worker) for worker in range(4)])

    assert {number: ids for number, ids in holders().items() if len(ids) > 1} == {}
    for one in Merge.objects.exclude(state="UNDONE").order_by("-pk"):
        part_unless_refused(staff, one.pk)
        assert {number: ids for number, ids in holders().items() if len(ids) > 1} == {}
    assert CustomerRecord.objects.count() == len(people)
