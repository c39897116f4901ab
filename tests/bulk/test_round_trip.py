"""What is exported can be imported: nothing changes, whatever the texts are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk import exports, jobs
from saleor_customer_plus.bulk.exports.options import Wish
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.bulk.models import BulkJob, BulkProblem, JobKind, JobState
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.records.queries import RecordList
from saleor_customer_plus.tags.models import TagAssignment

from ..factories import make_group, make_record, make_tag
from .counting import STAFF

pytestmark = pytest.mark.django_db

# How each file is written, and read without being told.
FORMATS: list[dict[str, Any]] = [
    {"format": "csv"},
    {"format": "csv", "delimiter": ";", "encoding": "UTF-16"},
    {"format": "tsv", "encoding": "UTF-8"},
    {"format": "xlsx"},
    {"format": "jsonl"},
]


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


def export(**wish: Any) -> tuple[str, bytes]:
    job = run(exports.create(RecordList(), Wish(**wish), actor=STAFF, include_inactive=True))
    with job.result_file.open("rb") as file:
        return f"list.{job.options['format']}", file.read()


def load(name: str, content: bytes) -> BulkJob:
    options = ImportOptions(wants_preview=False)
    return run(
        jobs.create(
            JobKind.IMPORT,
            actor=STAFF,
            options=options.to_json(),
            file=ContentFile(content, name=name),
            file_name=name,
            is_confirmed=True,
        )
    )


def everybody() -> list[dict[str, Any]]:
    """All that an import may write, of everybody."""
    fields = [field.name for field in CustomerRecord._meta.fields if field.name not in ("id", "search_terms")]
    records = [
        {
            **values,
            "tags": sorted(TagAssignment.objects.filter(record=values["id"]).values_list("tag__name", flat=True)),
            "groups": sorted(GroupMembership.objects.filter(record=values["id"]).values_list("group__name", flat=True)),
        }
        for values in CustomerRecord.objects.order_by("email").values("id", *fields)
    ]
    return [{key: value for key, value in record.items() if key != "id"} for record in records]


def wrong() -> list[Any]:
    return list(BulkProblem.objects.values_list("row_number", "reasons"))


@pytest.mark.parametrize("wish", FORMATS, ids=lambda wish: "-".join(wish.values()))
def test_an_export_that_is_loaded_back_changes_nothing(wish: dict[str, Any]) -> None:
    record = make_record(
        "anna@example.com",
        first_name="Anna",
        last_name="=1+1",
        company_name="'Rossi', \"Söhne\"; & Co",
        phone="+493012345678",
        additional_phones=["+4915112345678", "+390612345678"],
        country_code="DE",
        language_code="de",
        number="0017",
        is_tax_exempt=True,
        is_approved_buyer=True,
        social_profiles={"x": "anna", "instagram": "an_na"},
        lawful_basis="CONSENT",
        sources=["ORDER"],
        accepts_marketing=True,
        created_at=datetime(2024, 5, 1, 12, 30, 15, 250, tzinfo=UTC),
    )
    make_record("old@example.com", is_active=False, deactivation_reason="moved, far away")
    for name in ("vip", "Fair 2024", "R;D", "a|b", '"q"', "[x]"):
        TagAssignment.objects.create(record=record, tag=make_tag(name))
    GroupMembership.objects.create(record=record, group=make_group("Re; sellers"))
    before = everybody()

    job = load(*export(**wish))

    assert wrong() == []
    assert everybody() == before
    assert job.counters == {"read": 2, "unchanged": 2}


# What an import lets in: all but control characters, which no keyboard types.
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)
# Formulas, quotes, and what a workbook would take for a character by its number.
NASTY = st.builds(
    str.__add__,
    st.sampled_from(["", "'", "=", "+", "-", "@", "0", "''=", '"', "＝", "_x0041_", "_x005F_x0041_", "_x0041"]),  # noqa: RUF001
    TEXT,
)


@pytest.mark.parametrize("wish", FORMATS, ids=lambda wish: "-".join(wish.values()))
# Making an example smaller takes longer than reading it.
@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NASTY, NASTY), min_size=15, max_size=15))
def test_any_text_comes_back_as_it_was(wish: dict[str, Any], texts: list[tuple[str, str]]) -> None:
    """Texts as the shop may have them: trimmed, as every writer of records leaves them."""
    CustomerRecord.objects.all().delete()
    for number, (first, last) in enumerate(texts):
        make_record(f"p{number:02}@example.com", first_name=first.strip(), last_name=last.strip())
    wish = {**wish, "columns": ["email", "first_name", "last_name"]}
    name, content = export(**wish)
    before = everybody()
    CustomerRecord.objects.update(first_name="x", last_name="x")

    load(name, content)

    assert wrong() == []
    kept = [(record["first_name"], record["last_name"]) for record in everybody()]
    wanted = [(record["first_name"], record["last_name"]) for record in before]
    # A blank cell says nothing: what was there stays.
    assert kept == [(first or "x", last or "x") for first, last in wanted]


@pytest.mark.parametrize("wish", FORMATS, ids=lambda wish: "-".join(wish.values()))
def test_phones_come_back_as_they_were(wish: dict[str, Any]) -> None:
    phones = ["+493012345678", "+39061234567", "+14155552671"]
    for number, phone in enumerate(phones):
        make_record(f"p{number}@example.com", phone=phone)
    name, content = export(**wish, columns=["email", "phone"])
    CustomerRecord.objects.update(phone="")
    load(name, content)
    assert list(CustomerRecord.objects.order_by("email").values_list("phone", flat=True)) == phones
