"""What becomes of a row does not depend on which chunk of its file comes first."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk.imports import row_keys, scan
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.jobs import chunks, lifecycle
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import COUNTERS, BulkJob, JobKind, JobState
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_record

from ...properties import examples


def begin_any(rng: random.Random) -> Any:
    """Take any chunk that is free, as many workers at different speeds would."""

    def begin(job_id: int) -> int | None:
        free = sorted(chunks.free(job_id).values_list("pk", flat=True))
        return rng.choice(free) if free else None

    return begin


def outcome(content: str, seed: int, *, preview: bool, cancels: bool = False, strict: bool = False) -> tuple[Any, ...]:
    """The problems of an import, and the records after it."""
    job = lifecycle.create(
        JobKind.IMPORT,
        actor=Actor(ActorType.STAFF, "1"),
        options=ImportOptions(show_preview=preview, strict=strict).to_json(),
        file=ContentFile(content.encode(), name="list.csv"),
        is_confirmed=not preview,
    )
    rng = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "begin", begin_any(rng))
        patch.setattr(scan, "ROWS_SCANNED", 5)
        patch.setattr(scan, "ROWS_WRITTEN", 2)
        patch.setattr(row_keys, "COMPARED", 4)
        _run(job, rng, cancels)
        if job.state == JobState.READY:
            lifecycle.start(job.pk, actor=job.actor)
            _run(job, rng, cancels)
    assert job.state == JobState.SUCCEEDED, job.error_message
    told = list(job.problems.order_by("row_number", "id").values_list("row_number", "cells", "reasons"))
    # Each attempt has records of its own: whose id it is counts, not the id.
    emails = {
        to_global_id("CustomerRecord", pk): email for pk, email in CustomerRecord.objects.values_list("pk", "email")
    }
    for _row, _cells, reasons in told:
        for reason in reasons:
            if "id" in reason:
                reason["id"] = emails[reason["id"]]
    records = list(
        CustomerRecord.objects.order_by("email").values_list("email", "other_emails", "number", "first_name")
    )
    counters = {name: job.counters.get(name, 0) for name in COUNTERS}
    return told, records, counters, job.report["warnings"], [_rows_in(job.error_file), _rows_in(job.warning_file)]


def _rows_in(stored: Any) -> bytes | None:
    """A file, without the ids that differ in each attempt."""
    if not stored:
        return None
    with stored.open("rb") as file:
        return re.sub(rb"Its id is \S+", b"", file.read())


def _run(job: BulkJob, rng: random.Random, cancels: bool) -> None:
    while True:
        for _ in jobs.run(job.pk):
            if cancels and rng.random() < 0.2:
                break
        job.refresh_from_db()
        if job.state in (JobState.SUCCEEDED, JobState.READY, JobState.FAILED):
            return
        lifecycle.cancel(job.pk, actor=job.actor)
        lifecycle.retry(job.pk, actor=job.actor)


people = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.sampled_from(["", "1", "2", "3", "4", "5"]),
        st.sampled_from(["", "DE", "Atlantis"]),
        st.sampled_from(["", "", "b", "x", "z"]),
    ),
    min_size=1,
    max_size=12,
)
known = st.lists(
    st.tuples(st.sampled_from("abcdefxy"), st.sampled_from(["1", "2", "3", "4"])),
    max_size=4,
    unique_by=(lambda one: one[0], lambda one: one[1]),
)


class Chunks(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(4), deadline=None)
    @given(people, known, st.booleans(), st.integers(0, 1000), st.booleans())
    def test_in_any_order_and_after_any_retry_come_to_the_same(
        self,
        people: list[tuple[str, str, str, str]],
        known: list[tuple[str, str]],
        preview: bool,
        seed: int,
        strict: bool,
    ) -> None:
        lines = [
            f"{name}@example.com,{number},Name {row},{country},{other and other + '@example.com'}"
            for row, (name, number, country, other) in enumerate(people)
        ]
        content = "email,customer number,first name,country,other_emails\n" + "\n".join(lines) + "\n"
        outcomes = []
        for attempt in (None, seed, seed + 1):
            CustomerRecord.objects.all().delete()
            for name, number in known:
                make_record(f"{name}@example.com", number=number)
            cancels = attempt is not None
            outcomes.append(outcome(content, attempt or 0, preview=preview, cancels=cancels, strict=strict))
        assert outcomes[0] == outcomes[1] == outcomes[2]


@pytest.mark.django_db
def test_a_number_that_another_row_has_is_told_by_that_row_whether_it_was_written_before_or_not() -> None:
    content = "email,customer number\na@example.com,7\n" + "".join(f"x{n}@example.com,\n" for n in range(4))
    told, *_others = outcome(content + "b@example.com,7\n", 3, preview=False)
    (problem,) = told
    assert [(one["code"], one["message"]) for one in problem[2]] == [("UNIQUE", "Row 2 has this customer number.")]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_whose_number_it_is_is_told_as_it_was_before_the_list(seed: int) -> None:
    make_record("a@example.com", number="1")
    lines = ["b@example.com,1", *(f"x{n}@example.com," for n in range(4)), "a@example.com,9"]
    told, *_others = outcome("email,customer number\n" + "\n".join(lines), seed, preview=False)
    (problem,) = told
    assert [reason["id"] for reason in problem[2]] == ["a@example.com"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_a_number_that_the_list_itself_sets_free_is_taken_all_the_same(seed: int) -> None:
    make_record("a@example.com", number="1")
    lines = ["a@example.com,9", *(f"x{n}@example.com," for n in range(4)), "b@example.com,1"]
    told, records, *_others = outcome("email,customer number\n" + "\n".join(lines), seed, preview=False)
    assert [problem[0] for problem in told] == [7]
    assert ("a@example.com", [], "9", "") in records


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("strict", [True, False])
def test_an_address_is_of_the_row_that_has_it_and_else_of_the_first_that_names_it(seed: int, strict: bool) -> None:
    lines = [
        "a@example.com,b@example.com;c@example.com",
        "a@example.com,b@example.com;d@example.com",
        "b@example.com,d@example.com",
        "c@example.com,",
        "e@example.com,d@example.com;c@example.com",
    ]
    told, records, *_others = outcome("email,other_emails\n" + "\n".join(lines), seed, preview=False, strict=strict)
    if not strict:
        assert [(email, others) for email, others, *_ in records] == [
            ("a@example.com", ["d@example.com"]),
            ("b@example.com", []),
            ("c@example.com", []),
            ("e@example.com", []),
        ]
    else:
        assert [email for email, *_ in records] == ["c@example.com"]
    said = {row: [one["message"].partition(".")[0] for one in reasons] for row, _cells, reasons in told}
    assert said == {
        2: ["Duplicate of row 3, which was used"],
        3: ["Row 4 has this e-mail address"],
        4: ["Row 3 has this e-mail address"],
        6: ["Row 3 has this e-mail address", "Row 5 has this e-mail address"],
    }
