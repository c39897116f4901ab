"""What was said not to be one person is not suggested again, whatever becomes of the records."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.bulk import imports
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.emails import add_emails
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.merging.duplicates import finding, services
from saleor_customer_plus.merging.duplicates.models import DuplicateDismissal, DuplicatePair, UncheckedRecord
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_staff
from ...properties import examples
from ..test_services import actor
from .test_finding import STAFF, anna, search

pytestmark = pytest.mark.django_db

Pairs = set[tuple[str, str]]


@pytest.fixture
def staff() -> Any:
    return make_staff()


@pytest.fixture
def one() -> CustomerRecord:
    return anna("one@web.de")


@pytest.fixture
def other(one: CustomerRecord) -> CustomerRecord:
    """Certain to be the same person as `one`, but for what staff said."""
    record = anna("other@gmx.de")
    search()
    assert suggested() == {("one@web.de", "other@gmx.de")}
    services.dismiss([one.pk, record.pk], actor=STAFF)
    return record


def suggested() -> Pairs:
    """The pairs that the list has once everybody who changed was looked at, and no other that a record would show."""
    assert finding.catch_up(seconds=60)
    assert not UncheckedRecord.objects.exists()
    emails = dict(CustomerRecord.objects.values_list("pk", "email"))
    listed = set(DuplicatePair.objects.values_list("first", "second"))
    shown = {
        (min(id, found.record_id), max(id, found.record_id))
        for id, some in finding.likenesses_of(list(emails)).items()
        for found in some
    }
    assert listed == shown
    return {(min(pair), max(pair)) for pair in ((emails[one], emails[two]) for one, two in listed)}


def edit(record: CustomerRecord, staff: Any, **values: Any) -> None:
    assert not edit_records({record.pk: values}, by=Writer(actor(staff))).refusals


def merged(staff: Any, *records: CustomerRecord) -> Merge:
    """The first of these is kept."""
    ids = [record.pk for record in records]
    return merge(Request(ids, ids[0]), actor=actor(staff), requestor=staff)


def undone(staff: Any, done: Merge) -> None:
    undo(done.pk, actor=actor(staff), requestor=staff)


def load(text: str, staff: Any) -> None:
    options = ImportOptions(show_preview=False).checked()
    job = imports.of_file(io.BytesIO(text.encode()), options, actor=actor(staff), name="list.csv")
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.counters.get("updated")) == (JobState.SUCCEEDED, text.count("@")), job.error_message


# What happens to a record.


@pytest.mark.parametrize(
    "text",
    [
        "Email,City\none@web.de,Berlin\n",
        "Email,City\nother@gmx.de,Berlin\n",
        "Email,Street,Phone\none@web.de,Lindenstr. 12,030 123456\nother@gmx.de,Lindenstr. 12,030 123456\n",
    ],
)
def test_an_import_brings_no_pair_back(one: CustomerRecord, other: CustomerRecord, staff: Any, text: str) -> None:
    load(text, staff)
    assert set(UncheckedRecord.objects.values_list("record_id", flat=True)), "they are compared again"
    assert suggested() == set()
    search()
    assert suggested() == set()


@pytest.mark.parametrize("which", ["one@web.de", "other@gmx.de"])
def test_an_edit_brings_no_pair_back(one: CustomerRecord, other: CustomerRecord, staff: Any, which: str) -> None:
    record = CustomerRecord.objects.get(email=which)
    edit(record, staff, street_address_1="Lindenstr. 12", city="Berlin")
    assert suggested() == set()
    # Nothing in common any more, and all of it again.
    edit(record, staff, first_name="Bob", last_name="Miller", phone="", postal_code="")
    assert suggested() == set()
    edit(record, staff, first_name="Anna", last_name="Kalkbrenner", phone="+491512345678", postal_code="10969")
    assert suggested() == set()
    assert not add_emails({record.pk: ["anna.kalkbrenner@web.de"]}, by=Writer(STAFF))
    assert suggested() == set()
    search()
    assert suggested() == set()


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("of_both", [True, False])
def test_a_merge_with_a_third_one_and_its_undo_bring_no_pair_back(
    one: CustomerRecord, other: CustomerRecord, staff: Any, is_kept: bool, of_both: bool
) -> None:
    third = anna("third@gmx.at")
    kept, gone = (one, third) if is_kept else (third, one)
    search()
    assert suggested() == {("one@web.de", "third@gmx.at"), ("other@gmx.de", "third@gmx.at")}

    done = merged(staff, kept, gone)
    assert suggested() == set()
    also = []
    if of_both:
        fourth = anna("fourth@gmx.ch", first_name="Bob", last_name="Miller", phone="", postal_code="")
        also.append(merged(staff, fourth, other))
        assert suggested() == set()
    edit(kept, staff, city="Berlin")
    search()
    assert suggested() == set()

    for each in (done, *also):
        undone(staff, each)
    assert suggested() == {("one@web.de", "third@gmx.at"), ("other@gmx.de", "third@gmx.at")}
    search()
    assert suggested() == {("one@web.de", "third@gmx.at"), ("other@gmx.de", "third@gmx.at")}


def test_merging_the_two_by_hand_and_undoing_it_brings_no_pair_back(
    one: CustomerRecord, other: CustomerRecord, staff: Any
) -> None:
    done = merged(staff, other, one)
    search()
    undone(staff, done)
    assert suggested() == set()
    search()
    assert suggested() == set()


def test_what_was_said_of_the_merged_record_holds_of_all_of_them_after_the_undo(staff: Any) -> None:
    one, third, other = anna("one@web.de"), anna("third@gmx.at"), anna("other@gmx.de")
    search()
    first = merged(staff, third, one)
    last = merged(staff, anna("fourth@gmx.ch"), third)
    assert suggested() == {("fourth@gmx.ch", "other@gmx.de")}
    services.dismiss([last.kept_id, other.pk], actor=STAFF)
    assert suggested() == set()

    undone(staff, last)
    undone(staff, first)

    apart = {tuple(pair) for pair in combinations(("fourth@gmx.ch", "one@web.de", "third@gmx.at"), 2)}
    assert suggested() == apart
    said = DuplicateDismissal.objects.order_by("first_id", "second_id").values_list("first_id", "second_id", "actor_id")
    expected = [(*sorted((id, other.pk)), STAFF.id) for id in (one.pk, third.pk, last.kept_id)]
    assert list(said) == sorted(expected)
    assert services.undismiss([one.pk, other.pk], actor=STAFF) == 1
    assert suggested() == {*apart, ("one@web.de", "other@gmx.de")}


def test_what_was_said_before_the_merge_is_of_the_kept_record_alone(staff: Any) -> None:
    one, third, other = anna("one@web.de"), anna("third@gmx.at"), anna("other@gmx.de")
    search()
    services.dismiss([third.pk, other.pk], actor=STAFF)
    done = merged(staff, third, one)
    assert suggested() == set()
    undone(staff, done)
    assert suggested() == {("one@web.de", "other@gmx.de"), ("one@web.de", "third@gmx.at")}


def test_what_was_said_of_a_deleted_record_is_not_of_who_comes_after(
    one: CustomerRecord, other: CustomerRecord
) -> None:
    delete_records([one.pk], actor=STAFF)
    anna("one@web.de")
    search()
    assert suggested() == {("one@web.de", "other@gmx.de")}
    assert not DuplicateDismissal.objects.exists()


# In any order.

NAMES = ("a@web.de", "b@gmx.de", "c@gmx.at", "d@gmx.ch")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["dismiss", "merge", "undo", "edit", "search", "take back"]),
        st.sampled_from(list(product(range(4), repeat=2))),
    ),
    max_size=10,
)


class World:
    """Four records of one person, what was merged, and which pairs of the four were said to be two."""

    def __init__(self, staff: Any) -> None:
        self.staff = staff
        self.ids = [anna(email).pk for email in NAMES]
        self.parts: dict[int, set[int]] = {id: {id} for id in self.ids}
        self.merges: list[tuple[Merge, dict[int, set[int]]]] = []
        self.said: set[frozenset[int]] = set()

    def between(self, one: int, other: int) -> set[frozenset[int]]:
        return {frozenset(pair) for pair in product(self.parts[one], self.parts[other])}

    def do(self, verb: str, one: int, other: int) -> None:
        if verb == "search":
            search()
        elif verb == "edit":
            edit(CustomerRecord.objects.get(pk=one), self.staff, city=f"Berlin {other}")
        elif verb == "undo":
            if self.merges:
                done, self.parts = self.merges.pop()
                undone(self.staff, done)
        elif one != other:
            _CHANGES[verb](self, one, other)

    def dismiss(self, one: int, other: int) -> None:
        is_known = bool(self.said & self.between(one, other))
        assert bool(services.dismiss([one, other], actor=STAFF)) is not is_known
        self.said |= set() if is_known else self.between(one, other)

    def take_back(self, one: int, other: int) -> None:
        if self.said & self.between(one, other):
            services.undismiss([one, other], actor=STAFF)
            self.said -= self.between(one, other)
        else:
            with pytest.raises(CustomerPlusError):
                services.undismiss([one, other], actor=STAFF)

    def merge(self, one: int, other: int) -> None:
        records = [CustomerRecord.objects.get(pk=id) for id in (one, other)]
        self.merges.append((merged(self.staff, *records), dict(self.parts)))
        self.parts = {**self.parts, one: self.parts[one] | self.parts[other]}
        del self.parts[other]

    def expected(self) -> Pairs:
        emails = dict(CustomerRecord.objects.values_list("pk", "email"))
        pairs = [pair for pair in combinations(self.parts, 2) if not self.said & self.between(*pair)]
        return {(min(pair), max(pair)) for pair in ((emails[one], emails[two]) for one, two in pairs)}


_CHANGES: dict[str, Callable[[World, int, int], None]] = {
    "dismiss": World.dismiss,
    "merge": World.merge,
    "take back": World.take_back,
}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
@example(steps=[("merge", (0, 1)), ("dismiss", (0, 1)), ("search", (0, 0)), ("undo", (0, 0))])
@example(steps=[("dismiss", (0, 1)), ("merge", (2, 0)), ("take back", (0, 1)), ("undo", (0, 0)), ("search", (0, 0))])
def test_in_any_order_exactly_those_are_suggested_whom_nobody_told_apart(
    steps: list[tuple[str, tuple[int, int]]],
) -> None:
    with transaction.atomic():
        world = World(make_staff())
        search()
        for verb, (one, other) in steps:
            left = sorted(world.parts)
            world.do(verb, left[one % len(left)], left[other % len(left)])
            assert suggested() == world.expected(), (verb, world.parts, world.said)
        transaction.set_rollback(True)
