"""Finding pairs and groups: of all records, and of those that changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor, Entry, append
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.merging.duplicates import duplicates_job, finding, keys, reading, services, spelling
from saleor_customer_plus.merging.duplicates.grouping import Link, grouped
from saleor_customer_plus.merging.duplicates.models import (
    DuplicateDismissal,
    DuplicateGroup,
    DuplicateKey,
    DuplicatePair,
    FrequentSurname,
    UncheckedRecord,
)
from saleor_customer_plus.merging.duplicates.people import surname_key
from saleor_customer_plus.merging.duplicates.queries import DuplicateList, certain, records_of
from saleor_customer_plus.merging.duplicates.scoring import Band
from saleor_customer_plus.merging.values import MAX_RECORDS
from saleor_customer_plus.records.models import CustomerRecord, Source

from ...factories import make_record
from ...properties import examples

STAFF = Actor(ActorType.STAFF, "7")
CERTAIN, LIKELY, LOOK = Band.CERTAIN, Band.LIKELY, Band.LOOK_AT_IT


def anna(email: str, **fields: Any) -> CustomerRecord:
    whole = {"first_name": "Anna", "last_name": "Kalkbrenner", "phone": "+491512345678", "postal_code": "10969"}
    return make_record(email, **{**whole, **fields})


def search() -> BulkJob:
    job = duplicates_job.create()
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


def change(record: CustomerRecord, **fields: Any) -> None:
    """As an edit does: with an entry in the log."""
    CustomerRecord.objects.filter(pk=record.pk).update(**fields)
    append([Entry(record.pk, ActivityType.DETAILS_EDITED)])


def found() -> list[tuple[str, list[str]]]:
    """The groups by their bands, and the addresses in them."""
    groups = list(DuplicateList().rows.order_by("-band", "-score", "pk"))
    members = records_of([group.pk for group in groups])
    return [(Band(group.band).name, sorted(one.email for one in members[group.pk])) for group in groups]


@pytest.mark.django_db
class TestTheSearch:
    def test_finds_who_is_the_same_and_says_why(self) -> None:
        one, other = anna("a@web.de"), anna("kalk77@gmx.de", phone="", additional_phones=["0151 2345678"])
        make_record("bob@example.com", first_name="Bob", last_name="Miller")
        job = search()
        pair = DuplicatePair.objects.get()
        assert (pair.first_id, pair.second_id, pair.band) == (one.pk, other.pk, CERTAIN)
        assert pair.reasons == ["SAME_FIRST_NAME", "SAME_RARE_LAST_NAME", "SAME_PHONE", "SAME_POSTAL_CODE"]
        assert pair.score == pair.group.score == 25
        assert (job.counters["read"], job.counters["created"]) == (3, 1)
        before = list(DuplicatePair.objects.values_list()), list(DuplicateGroup.objects.values_list())
        search()
        assert (list(DuplicatePair.objects.values_list()), list(DuplicateGroup.objects.values_list())) == before

    def test_looks_at_further_addresses_and_phones(self) -> None:
        one = anna("a@web.de", phone="", postal_code="")
        anna("b@gmx.de", street_address_1="Lindenstr. 12", phone="")
        CustomerAddress.objects.create(record=one, street_address_1="Lindenstraße 12", postal_code="10969")
        search()
        assert found() == [("LIKELY", ["a@web.de", "b@gmx.de"])]

    def test_a_phone_that_too_many_have_is_of_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keys, "CAP", 2)
        anna("a@web.de", postal_code="")
        other = anna("b@gmx.de", postal_code="")
        search()
        assert found() == [("CERTAIN", ["a@web.de", "b@gmx.de"])]
        shop = anna("c@gmx.at", first_name="Bob", last_name="Miller", postal_code="")
        append([Entry(shop.pk, ActivityType.RECORD_CREATED)])
        assert finding.catch_up(seconds=60)
        assert found() == []  # the phone is the shop's own
        change(other, phone="")
        assert finding.catch_up(seconds=60)
        assert found() == []
        change(shop, phone="")
        change(other, phone="+491512345678")
        assert finding.catch_up(seconds=60)
        assert found() == [("CERTAIN", ["a@web.de", "b@gmx.de"])]

    def test_goes_on_where_it_was_canceled(self) -> None:
        anna("a@web.de")
        anna("b@gmx.de")
        job = duplicates_job.create(actor=STAFF)
        jobs.do_chunk(job.pk)
        steps = jobs.run(job.pk)
        next(steps)
        lifecycle.cancel(job.pk, actor=STAFF)
        assert list(steps)[-1].state == JobState.CANCELED
        lifecycle.retry(job.pk, actor=STAFF)
        with pytest.raises(lifecycle.AlreadyUnderWay):
            duplicates_job.create()
        for _ in jobs.run(job.pk):
            pass
        assert len(found()) == 1

    def test_the_first_tick_searches_everybody_and_the_next_those_who_changed(self) -> None:
        one, other = anna("a@web.de"), anna("b@gmx.de", phone="", postal_code="")
        append([Entry(one.pk, ActivityType.RECORD_CREATED)])
        assert not UncheckedRecord.objects.exists()  # nobody searches yet
        tasks.search_duplicates()  # Celery runs tasks at once here
        assert (duplicates_job.is_complete(), found()) == (True, [])
        append([Entry(other.pk, ActivityType.TAG_ADDED), Entry(other.pk, ActivityType.DUPLICATE_DISMISSED)])
        assert not UncheckedRecord.objects.exists()  # it says nothing about who they are
        change(other, phone="0151 2345678", postal_code="10969")
        tasks.search_duplicates()
        assert found() == [("CERTAIN", ["a@web.de", "b@gmx.de"])]
        assert not UncheckedRecord.objects.exists()
        assert BulkJob.objects.count() == 1

    def test_when_all_are_searched_again(self, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
        configure(active=False)
        assert not duplicates_job.is_due()
        configure(active=True)
        job = search()
        assert not duplicates_job.is_due()
        monkeypatch.setattr(duplicates_job, "VERSION", duplicates_job.VERSION + 1)
        assert duplicates_job.is_due()  # with other points
        monkeypatch.undo()
        BulkJob.objects.update(created_at=job.created_at - duplicates_job.MAX_AGE * 2)
        assert duplicates_job.is_due()

    def test_the_number_of_statements_does_not_grow(self) -> None:
        search()

        def statements(number: int) -> int:
            ids = [anna(f"{number}-{i}@example.com", phone=f"+4915123{number}{i:03}").pk for i in range(number)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                finding.refresh(ids)
            return len(queries)

        assert statements(3) == statements(9)

    def test_a_deleted_person_is_gone_from_all_of_it(self) -> None:
        one, other, third = anna("a@web.de"), anna("b@gmx.de"), anna("c@gmx.at")
        search()
        assert found() == [("CERTAIN", ["a@web.de", "b@gmx.de", "c@gmx.at"])]
        services.dismiss([one.pk, third.pk], actor=STAFF)
        delete_records([one.pk], actor=STAFF)
        finding.catch_up(seconds=60)
        assert found() == [("CERTAIN", ["b@gmx.de", "c@gmx.at"])]
        assert set(DuplicateKey.objects.values_list("record_id", flat=True)) == {other.pk, third.pk}
        delete_records([third.pk], actor=STAFF)
        assert (found(), DuplicatePair.objects.count()) == ([], 0)
        search()
        assert not DuplicateGroup.objects.exists()
        assert not DuplicateDismissal.objects.exists()

    def test_a_couple_with_a_record_of_both_is_not_one_person(self) -> None:
        """Each of them is certain to be in it, and they have too little in common to be a pair of their own."""
        same = {"street_address_1": "Torstr. 1"}
        anna("a@web.de", phone="+491510000001", **same)
        anna("both@web.de", first_name="Anna Bruno", phone="+491510000001", additional_phones=["030 7654321"], **same)
        anna("b@web.de", first_name="Bruno", phone="+49307654321", **same)
        search()
        assert found() == [("LIKELY", ["a@web.de", "both@web.de"]), ("LIKELY", ["b@web.de", "both@web.de"])]
        assert certain() == []

    @pytest.mark.parametrize("is_searched", [False, True])
    def test_a_group_falls_apart_with_who_held_it_together(
        self, monkeypatch: pytest.MonkeyPatch, is_searched: bool
    ) -> None:
        monkeypatch.setattr(duplicates_job, "RANGE", 1)
        monkeypatch.setattr(keys, "_count_surnames", lambda: None)  # nobody is common among five
        phones = [["1"], ["1", "2"], ["2", "3"], ["3", "4"], ["4"]]
        chain = [
            anna(f"{mailbox}@web.de", phone="", additional_phones=[f"0151 000000{one}" for one in some], postal_code="")
            for mailbox, some in zip("abcde", phones, strict=True)
        ]
        search()
        assert found() == [("CERTAIN", [record.email for record in chain])]
        delete_records([chain[2].pk], actor=STAFF)
        search() if is_searched else finding.catch_up(seconds=60)
        assert sorted(found()) == [("CERTAIN", ["a@web.de", "b@web.de"]), ("CERTAIN", ["d@web.de", "e@web.de"])]

    def test_what_was_written_to_somebody_says_nothing_about_who_they_are(self) -> None:
        one = anna("a@web.de")
        search()
        append([Entry(one.pk, type) for type in (ActivityType.MESSAGE_SENT, ActivityType.MESSAGE_RECEIVED)])
        assert not UncheckedRecord.objects.exists()

    def test_the_phone_of_an_order_is_not_told(self) -> None:
        """Staff restricted to channels may not see the order that an address was copied from."""
        one = anna("a@web.de", phone="")
        anna("b@gmx.de", phone="+491510000001", postal_code="")
        address = CustomerAddress.objects.create(record=one, phone="+491510000001", source=Source.ORDER, source_id="x")
        assert finding.likenesses_of([one.pk]) == {one.pk: []}
        search()
        assert found() == []
        CustomerAddress.objects.filter(pk=address.pk).update(source=Source.STAFF)
        search()
        assert [emails for _band, emails in found()] == [["a@web.de", "b@gmx.de"]]

    def test_nothing_of_anybody_stays_in_memory_after_a_look(self) -> None:
        one = anna("a@web.de")
        search()
        finding.likenesses_of([one.pk])
        finding.refresh([one.pk])
        assert spelling.fold.cache_info().currsize == 0

    def test_only_the_last_names_that_are_compared_are_read(self) -> None:
        shares = {surname_key(name): 0.1 for name in ("kalkbrenner", "rossi")}
        FrequentSurname.objects.bulk_create(FrequentSurname(key=key, share=share) for key, share in shares.items())
        people = reading.people([anna("a@web.de").pk])
        assert reading.context_of(list(people.values())).surname_shares == {surname_key("kalkbrenner"): 0.1}


@pytest.mark.django_db
class TestDismissals:
    def test_dismissed_pairs_never_return_until_they_are_taken_back(self) -> None:
        one, other = anna("a@web.de"), anna("b@gmx.de")
        search()
        services.dismiss([other.pk, one.pk], actor=STAFF)
        assert found() == []
        assert services.dismiss([one.pk, other.pk], actor=STAFF) == []  # known
        search()
        change(one, phone="+491512345678")
        finding.catch_up(seconds=60)
        assert (found(), finding.likenesses_of([one.pk])) == ([], {one.pk: []})
        assert services.undismiss([one.pk, other.pk], actor=STAFF) == 1
        assert found() == [("CERTAIN", ["a@web.de", "b@gmx.de"])]
        logged = ActivityEntry.objects.filter(record=one, actor_id="7").order_by("pk").values_list("type", "after")
        assert list(logged) == [
            ("DUPLICATE_DISMISSED", {"records": [other.pk]}),
            ("DUPLICATE_UNDISMISSED", {"records": [other.pk]}),
        ]

    def test_only_the_named_pair_leaves_the_group(self) -> None:
        one, other, _third = anna("a@web.de"), anna("b@gmx.de"), anna("c@gmx.at")
        search()
        services.dismiss([one.pk, other.pk], actor=STAFF)
        # Two who are not the same cannot both be the third.
        assert [emails for _band, emails in found()] == [["a@web.de", "c@gmx.at"], ["b@gmx.de", "c@gmx.at"]]

    @pytest.mark.parametrize("number", [0, 1, MAX_RECORDS + 1])
    def test_too_few_or_too_many_are_refused(self, number: int) -> None:
        with pytest.raises(CustomerPlusError) as error:
            services.dismiss(range(1, number + 1), actor=STAFF)
        assert error.value.field == "record_ids"

    def test_nothing_to_take_back_and_nobody_there(self) -> None:
        one, other = anna("a@web.de"), anna("b@gmx.de")
        with pytest.raises(CustomerPlusError, match="Nobody said"):
            services.undismiss([one.pk, other.pk], actor=STAFF)
        with pytest.raises(CustomerPlusError, match="deleted"):
            services.dismiss([one.pk, other.pk + 999], actor=STAFF)
        assert not DuplicateDismissal.objects.exists()


class TestGroups:
    def test_weak_links_make_no_chain(self) -> None:
        chain = [Link((1, 2), 15, LIKELY), Link((2, 3), 14, LIKELY)]
        assert [[link.pair for link in group.links] for group in grouped(chain, ())] == [[(1, 2)], [(2, 3)]]
        whole = [*chain, Link((1, 3), 14, LIKELY)]
        assert [(group.band, group.score, len(group.links)) for group in grouped(whole, ())] == [(LIKELY, 14, 3)]

    def test_certain_links_chain_unless_something_speaks_against_it(self) -> None:
        chain = [Link((1, 2), 30, CERTAIN), Link((2, 3), 25, CERTAIN)]
        assert [len(group.links) for group in grouped(chain, ())] == [2]
        assert [len(group.links) for group in grouped(chain, {(1, 3)})] == [1, 1]
        doubt = Link((1, 3), 10, LOOK, is_doubtful=True)
        assert [len(group.links) for group in grouped([*chain, doubt], ())] == [1, 1, 1]

    def test_nobody_is_certain_to_be_two_people(self) -> None:
        chain = [Link((1, 2), 30, CERTAIN), Link((2, 3), 25, CERTAIN)]
        apart = Link((3, 4), 25, CERTAIN)
        for groups in (grouped([*chain, apart], {(1, 3)}), grouped([*chain, apart], (), lambda pair: pair == (1, 3))):
            assert [(group.band, [link.pair for link in group.links]) for group in groups] == [
                (LIKELY, [(1, 2)]),
                (LIKELY, [(3, 4)]),
                (LIKELY, [(2, 3)]),
            ]

    def test_no_group_is_larger_than_a_merge(self) -> None:
        links = [Link((number, number + 1), 30, CERTAIN) for number in range(1, 2 * MAX_RECORDS)]
        groups = grouped(links, ())
        assert max(len({id for link in group.links for id in link.pair}) for group in groups) <= MAX_RECORDS
        assert sum(len(group.links) for group in groups) == len(links)

    @settings(max_examples=examples(40), deadline=None)
    @given(st.randoms(), st.integers(0, 2**15 - 1))
    def test_the_order_does_not_matter(self, random: Any, seed: int) -> None:
        pairs = [pair for number, pair in enumerate(combinations(range(1, 7), 2)) if seed >> number & 1]
        bands = [Band(1 + (seed >> (number % 5)) % 3) for number in range(len(pairs))]
        links = [
            Link(pair, 10 * band, band, band == LOOK and sum(pair) % 2 == 0)
            for pair, band in zip(pairs, bands, strict=True)
        ]
        shuffled = random.sample(links, len(links))

        def told(some: Collection[Link]) -> list[Any]:
            return sorted((group.band, group.score, [link.pair for link in group.links]) for group in grouped(some, ()))

        assert told(links) == told(shuffled)
        assert sorted(pair for _band, _score, some in told(links) for pair in some) == pairs


VALUES: dict[str, list[Any]] = {
    "first_name": ["Anna", "Anna Bruno", "Bruno"],
    "last_name": ["Kalkbrenner", "Kalkbrener", "Rossi"],
    "phone": ["+491512345678", "+491512345679", ""],
    "additional_phones": [["0151 2345678"], ["030 7654321"], ["030 7654321", "0151 2345678"]],
    "postal_code": ["10969", "20119", ""],
    "street_address_1": ["Torstr. 1", "Torstraße 1", ""],
}


class TestWhatChanged:
    """Looking at what changed comes to the same as looking at everybody."""

    @pytest.mark.django_db
    @settings(max_examples=examples(3), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        steps=st.lists(
            st.tuples(
                st.integers(0, 5),
                st.sampled_from([*VALUES, "delete"]),
                st.integers(0, 2),
            ),
            min_size=4,
            max_size=10,
        )
    )
    def test_as_a_search_of_everybody(self, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[int, str, int]]) -> None:
        monkeypatch.setattr(keys, "CAP", 4)
        monkeypatch.setattr(keys, "_count_surnames", lambda: None)  # those are as of the last search of everybody
        CustomerRecord.objects.all().delete()
        DuplicateGroup.objects.all().delete()
        people = [anna(f"person{number}@web.de", street_address_1="Torstr. 1") for number in range(6)]
        search()
        for number, name, value in steps:
            if name == "delete":
                CustomerRecord.objects.filter(pk=people[number].pk).delete()
            elif CustomerRecord.objects.filter(pk=people[number].pk).exists():
                change(people[number], **{name: VALUES[name][value]})
            if value:
                finding.look_at_some()
        assert finding.catch_up(seconds=60)
        seen = found(), sorted(DuplicatePair.objects.values_list("first_id", "second_id", "score", "band", "reasons"))
        search()
        assert seen == (
            found(),
            sorted(DuplicatePair.objects.values_list("first_id", "second_id", "score", "band", "reasons")),
        )
