"""A preview tells what the import then does: its counts, its warnings, what it refuses, and whether it is stopped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk.imports import scan
from saleor_customer_plus.bulk.imports.options import Mode, Subscribe
from saleor_customer_plus.fields.models import FieldType
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.models import CustomerRecord

from ...factories import make_field, make_field_values, make_record
from ...properties import examples
from .test_import_job import make, preview, run, started, told

pytestmark = pytest.mark.django_db

_DONE = {
    "to_create": "created",
    "to_update": "updated",
    "to_leave": "unchanged",
    "to_skip": "skipped",
    "to_refuse": "refused",
    "with_warnings": "with_warnings",
}


def same_as_foretold(content: str, **options: Any) -> BulkJob:
    """Preview an import and run it, and compare what the two tell."""
    job = run(make(content, show_preview=True, **options))
    if job.state == JobState.FAILED:
        return job  # before anything could be started
    assert job.state == JobState.READY
    foretold, problems = job.report["preview"], told(job)
    job = started(job)
    assert job.state == JobState.SUCCEEDED, job.error_message
    assert {name: job.counters.get(done, 0) for name, done in _DONE.items()} == foretold["counts"]
    assert job.report["warnings"] == foretold["warnings"]
    assert job.report.get("consents", {}) == {
        name: number for name, number in foretold.get("consents", {}).items() if number
    }
    assert told(job) == problems
    return job


def _list(*names: str) -> str:
    return f'"{", ".join(f"{name}@example.com" for name in names)}"'


@pytest.mark.parametrize("is_known", [False, True])
def test_addresses_above_the_limit_are_foretold(is_known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emails, "MAX_EMAILS", 3)
    if is_known:
        make_record("a@example.com")
    job = same_as_foretold(f"email,other emails\na@example.com,{_list('b', 'c', 'd', 'e')}\n")
    assert job.counters["with_warnings"] == 1
    ((row, severity, header, message),) = told(job)
    assert (row, severity, header) == (2, "WARNING", "other emails")
    assert message == (
        "A record can be given at most 3 addresses. Remove one of them first. Addresses that were left out: 2."
    )
    assert CustomerRecord.objects.get().other_emails == ["b@example.com", "c@example.com"]


@pytest.mark.parametrize("is_known", [False, True])
def test_a_strict_import_refuses_addresses_above_the_limit(is_known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emails, "MAX_EMAILS", 2)
    if is_known:
        make_record("a@example.com")
    job = same_as_foretold(f"email,other emails\na@example.com,{_list('b', 'c')}\n", strict=True)
    assert job.counters == {"read": 1, "to_refuse": 1, "refused": 1}
    assert list(CustomerRecord.objects.values_list("other_emails", flat=True)) == ([[]] if is_known else [])


def test_too_many_tags_stop_an_import_before_anybody_starts_it(configure: Any) -> None:
    configure(tag_limit="2")
    job = run(make('email,tags\na@example.com,"one, two"\nb@example.com,three\n', show_preview=True))
    assert (job.state, job.error_code) == (JobState.FAILED, "LIMIT_REACHED")
    configure(tag_limit="3")
    lifecycle.retry(job.pk, actor=job.actor)
    assert run(job).state == JobState.READY


def test_a_unique_value_that_two_rows_of_a_long_file_have_is_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 1)
    make_field("club", FieldType.TEXT, is_unique=True)
    content = "email,club\na@example.com,7\nb@example.com,7\n"
    assert preview(content)["counts"]["with_warnings"] == 1
    job = same_as_foretold(content)
    assert [one[:3] for one in told(job)] == [(3, "WARNING", "club")]


def test_a_unique_value_of_a_record_counts_as_taken_though_a_row_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the record has it by then would depend on which chunk comes first."""
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 1)
    make_field("club", FieldType.TEXT, is_unique=True)
    make_field_values(make_record("a@example.com"), club="7")
    job = same_as_foretold("email,club\na@example.com,8\nb@example.com,7\n")
    assert [one[:3] for one in told(job)] == [(3, "WARNING", "club")]


names = st.sampled_from("abcdef")
rows = st.lists(
    st.tuples(
        names,
        st.lists(st.sampled_from("abcxyz"), max_size=3, unique=True),
        st.sampled_from(["", "", "1", "2", "3"]),  # the customer number
        st.sampled_from(["", "", "1", "2", "3"]),  # a field of which no two records have the same value
        st.sampled_from(["", "DE", "Atlantis"]),
        st.sampled_from(["", "Club", "Nobody", "Kept"]),
        st.sampled_from(["", "one", "two"]),
        st.sampled_from(["", "yes", "no", "unsubscribed"]),
    ),
    min_size=1,
    max_size=7,
)
stores = st.lists(
    st.tuples(st.sampled_from("abcxyzw"), st.sampled_from(["", "1", "2"]), st.sampled_from(["", "1", "2"])),
    max_size=4,
    unique_by=(lambda one: one[0], lambda one: one[1] or one[0], lambda one: one[2] or one[0]),
)


class Foretold(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(40), deadline=None)
    @given(
        rows,
        stores,
        st.booleans(),
        st.sampled_from([Mode.CREATE_AND_UPDATE, Mode.CREATE_ONLY, Mode.UPDATE_ONLY]),
        st.sampled_from(list(Subscribe)),
        st.booleans(),
    )
    def test_any_file_does_what_its_preview_says(
        self,
        rows: list[tuple[Any, ...]],
        store: list[tuple[str, str, str]],
        strict: bool,
        mode: Mode,
        subscribe: Subscribe,
        other: bool,
    ) -> None:
        make_field("club", FieldType.TEXT, is_unique=True)
        groups.create(name="Club")
        groups.create(name="Kept")
        for name, number, value in store:
            made = make_record(f"{name}@example.com", **({"number": number} if number else {}))
            if value:
                make_field_values(made, club=value)
        lines = [
            ",".join([f"{name}@example.com", _list(*others) if others else "", *cells]) for name, others, *cells in rows
        ]
        header = "email,other emails,customer number,club,country,groups,tags,accepts marketing"
        consent = {} if subscribe is Subscribe.NOBODY else {"lawful_basis": "CONSENT", "wording": "News"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scan, "ROWS_WRITTEN", 1 if other else 3)
            patch.setattr(emails, "MAX_EMAILS", 3)
            same_as_foretold("\n".join([header, *lines, ""]), strict=strict, mode=mode, subscribe=subscribe, **consent)
