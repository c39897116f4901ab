"""Records made and edited by staff, apps and imports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.errors import ErrorCode
from saleor_customer_plus.records.activation import set_active
from saleor_customer_plus.records.editing import Writer, create_records
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.records.writing import Refusal
from tests.factories import make_account, make_record

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
BY_STAFF = Writer(STAFF)
BY_IMPORT = Writer(
    Actor(ActorType.IMPORT, "7"), Cause(CauseType.JOB, "12"), source=Source.IMPORT, locks=False, respects_locks=True
)


def log(record: CustomerRecord | int) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    entries = ActivityEntry.objects.filter(record=record).order_by("id")
    return list(entries.values_list("type", "before", "after"))


def of(record: CustomerRecord) -> Mapping[str, Any]:
    found: Mapping[str, Any] = CustomerRecord.objects.filter(pk=record.pk).values().get()
    return found


# Making.


def test_whoever_is_made_is_a_lead_with_what_is_known() -> None:
    made = create_records(
        [
            {
                "email": "anna@example.com",
                "first_name": "Anna",
                "phone": "+4930901820",
                "number": "K1",
                "attributes": {"size": "L"},
                "is_tax_exempt": True,
            }
        ],
        by=Writer(STAFF, locks=False),
    )

    record = CustomerRecord.objects.get()
    assert made.ids == {"anna@example.com": record.pk}
    assert made.refusals == {}
    assert (record.email, record.first_name, record.phone, record.number) == (
        "anna@example.com",
        "Anna",
        "+4930901820",
        "K1",
    )
    assert (record.attributes, record.is_tax_exempt, record.last_name) == ({"size": "L"}, True, "")
    assert (record.stage, record.sources, record.locked_fields) == (Stage.LEAD, ["STAFF"], [])
    assert set(record.provenance) == {"first_name", "phone"}
    assert {**record.provenance["phone"], "at": ""} == {"source": "STAFF", "origin": "7", "at": ""}
    assert log(record) == [(ActivityType.RECORD_CREATED, {}, {"source": "STAFF"})]
    assert ActivityEntry.objects.values_list("actor_type", "actor_id").get() == (ActorType.STAFF, "7")


def test_the_default_of_a_record_made_so_is_that_of_any_other() -> None:
    create_records([{"email": "anna@example.com"}], by=Writer(STAFF, locks=False))
    other = make_record("bert@example.com", sources=["STAFF"])

    anna, bert = of(CustomerRecord.objects.get(email="anna@example.com")), of(other)

    different = {name for name in anna if anna[name] != bert[name]}
    assert different <= {"id", "email", "created_at", "modified_at", "search_terms", "sort_name"}


def test_who_is_known_is_not_made_again() -> None:
    anna = make_record("anna@example.com", is_active=False)

    made = create_records(
        [{"email": "anna@example.com", "first_name": "X"}, {"email": "bert@example.com"}], by=BY_STAFF
    )

    assert made.ids == {"bert@example.com": CustomerRecord.objects.get(email="bert@example.com").pk}
    assert made.refusals == {
        "anna@example.com": [Refusal("Another record has this e-mail address.", ErrorCode.UNIQUE, "email", anna.pk)]
    }
    assert of(anna)["first_name"] == ""
    assert log(anna) == []


def test_a_number_is_given_once() -> None:
    anna = make_record(number="K1")

    made = create_records(
        [
            {"email": "bert@example.com", "number": "K1"},
            {"email": "carl@example.com", "number": "K2"},
            {"email": "dora@example.com", "number": "K2"},
        ],
        by=BY_IMPORT,
    )

    assert set(made.ids) == {"carl@example.com"}
    assert made.refusals["bert@example.com"] == [
        Refusal("Another record has this number.", ErrorCode.UNIQUE, "number", anna.pk)
    ]
    assert [refusal.field for refusal in made.refusals["dora@example.com"]] == ["number"]


def test_nobody_at_all() -> None:
    assert create_records([], by=BY_STAFF).ids == {}
    assert edit_records({}, by=BY_STAFF).changed == set()
    assert ActivityEntry.objects.count() == 0


# Editing.


def test_what_is_edited_is_locked_and_told() -> None:
    anna = make_record(first_name="Ann", store_note="old", locked_fields=["phone"])

    edited = edit_records({anna.pk: {"first_name": "Anna", "store_note": "new", "last_name": ""}}, by=BY_STAFF)

    row = of(anna)
    assert edited.changed == {anna.pk}
    assert (row["first_name"], row["store_note"], row["locked_fields"]) == ("Anna", "new", ["first_name", "phone"])
    assert row["provenance"]["first_name"]["source"] == "STAFF"
    assert row["modified_at"] > anna.modified_at
    assert log(anna) == [
        (
            ActivityType.DETAILS_EDITED,
            {"first_name": "Ann", "store_note": "old"},
            {"first_name": "Anna", "store_note": "new"},
        )
    ]


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    anna = make_record("anna@example.com", first_name="Anna", number="K1", attributes={"a": [1]})
    before = of(anna)

    edited = edit_records(
        {
            anna.pk: {
                "first_name": "Anna",
                "number": "K1",
                "attributes": {"a": [1]},
                "email": "anna@example.com",
                "is_approved_buyer": False,
            }
        },
        by=BY_STAFF,
    )

    assert (edited.changed, edited.refusals) == (set(), {})
    assert of(anna) == before
    assert log(anna) == []


def test_fields_that_are_not_synced_are_not_locked() -> None:
    anna = make_record()

    edit_records({anna.pk: {"number": "K1", "is_tax_exempt": True}}, by=BY_STAFF)

    assert (of(anna)["locked_fields"], of(anna)["provenance"]) == ([], {})


def test_the_approval_has_an_entry_of_its_own() -> None:
    anna = make_record()

    edit_records({anna.pk: {"is_approved_buyer": True}}, by=BY_STAFF)
    edit_records({anna.pk: {"is_approved_buyer": False, "number": "K1"}}, by=BY_STAFF)

    assert log(anna) == [
        (ActivityType.BUYER_APPROVED, {}, {}),
        (ActivityType.DETAILS_EDITED, {"number": None}, {"number": "K1"}),
        (ActivityType.BUYER_DISAPPROVED, {}, {}),
    ]


def test_another_address() -> None:
    anna, bert = make_record("anna@example.com"), make_record("bert@example.com")

    edited = edit_records({anna.pk: {"email": "anne@example.com"}, bert.pk: {"email": "anne@example.com"}}, by=BY_STAFF)

    assert edited.changed == {anna.pk}
    assert edited.refusals == {
        bert.pk: [Refusal("Another record has this e-mail address.", ErrorCode.UNIQUE, "email", anna.pk)]
    }
    assert log(anna) == [(ActivityType.EMAIL_CHANGED, {"email": "anna@example.com"}, {"email": "anne@example.com"})]


def test_the_address_of_an_account_is_not_changed_here() -> None:
    anna = make_record("anna@example.com", account=make_account("anna@example.com"))

    edited = edit_records({anna.pk: {"email": "anne@example.com", "first_name": "Anne"}}, by=BY_STAFF)

    assert edited.changed == set()
    assert [(refusal.code, refusal.field) for refusal in edited.refusals[anna.pk]] == [
        (ErrorCode.OUT_OF_SCOPE, "email")
    ]
    assert (of(anna)["email"], of(anna)["first_name"]) == ("anna@example.com", "")


def test_a_stale_edit_is_refused() -> None:
    anna = make_record(first_name="Anna")
    before = of(anna)["modified_at"]

    first = edit_records({anna.pk: {"first_name": "Anne"}}, by=BY_STAFF, versions={anna.pk: before})
    second = edit_records({anna.pk: {"first_name": "Ann"}}, by=BY_STAFF, versions={anna.pk: before})

    assert first.changed == {anna.pk}
    assert second.changed == set()
    assert [(refusal.code, refusal.field) for refusal in second.refusals[anna.pk]] == [(ErrorCode.STALE, "version")]
    assert of(anna)["first_name"] == "Anne"


def test_every_edit_gives_another_version() -> None:
    anna = make_record()
    future = datetime.now(UTC) + timedelta(days=1)
    CustomerRecord.objects.update(modified_at=future)

    edit_records({anna.pk: {"first_name": "Anne"}}, by=BY_STAFF)

    assert of(anna)["modified_at"] == future + timedelta(microseconds=1)


def test_who_is_gone_is_told() -> None:
    edited = edit_records({12: {"first_name": "Anne"}}, by=BY_STAFF)

    assert edited.refusals == {12: [Refusal("No record has this id.", ErrorCode.NOT_FOUND, "id")]}


def test_one_refusal_leaves_all_of_a_record_and_nothing_of_others() -> None:
    anna, bert = make_record(number="K1"), make_record()

    edited = edit_records(
        {bert.pk: {"number": "K1", "first_name": "Bert"}, anna.pk: {"first_name": "Anna"}}, by=BY_STAFF
    )

    assert edited.changed == {anna.pk}
    assert edited.refusals[bert.pk] == [Refusal("Another record has this number.", ErrorCode.UNIQUE, "number", anna.pk)]
    assert of(bert)["first_name"] == ""
    assert log(bert) == []


def test_an_import_respects_locks_and_tells_its_job() -> None:
    anna = make_record(first_name="Anna", locked_fields=["first_name"])

    edit_records({anna.pk: {"first_name": "Ann", "last_name": "Rossi"}}, by=BY_IMPORT)

    row = of(anna)
    assert (row["first_name"], row["last_name"], row["locked_fields"]) == ("Anna", "Rossi", ["first_name"])
    assert {**row["provenance"]["last_name"], "at": ""} == {"source": "IMPORT", "origin": "12", "at": ""}
    assert ActivityEntry.objects.values_list("actor_type", "cause_type", "cause_id").get() == ("IMPORT", "JOB", "12")


def test_one_that_only_fills_leaves_what_is_there() -> None:
    anna = make_record(first_name="Anna", attributes={"a": 1}, is_tax_exempt=True)

    edit_records(
        {
            anna.pk: {
                "first_name": "Ann",
                "last_name": "Rossi",
                "attributes": {"b": 2},
                "is_tax_exempt": False,
                "store_note": "new",
            }
        },
        by=Writer(STAFF, fills_only=True),
    )

    row = of(anna)
    assert (row["first_name"], row["last_name"], row["store_note"]) == ("Anna", "Rossi", "new")
    assert (row["attributes"], row["is_tax_exempt"]) == ({"a": 1}, True)


def test_an_app_is_no_member_of_staff() -> None:
    anna = make_record()

    edit_records({anna.pk: {"first_name": "Anna"}}, by=Writer(Actor(ActorType.APP, "3")))

    assert of(anna)["provenance"]["first_name"]["origin"] == ""
    assert ActivityEntry.objects.values_list("actor_type", "actor_id").get() == ("APP", "3")


@pytest.mark.parametrize("values", [{"first_name": "X"}, {"number": None, "attributes": {"a": "b"}, "store_note": "y"}])
def test_any_number_of_records_takes_as_many_statements(values: dict[str, Any]) -> None:
    def statements(count: int) -> int:
        ids = [make_record().pk for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            edit_records(dict.fromkeys(ids, values), by=BY_STAFF)
        assert ActivityEntry.objects.filter(record__in=ids).count() == count
        return len(captured)

    assert statements(1) == statements(50) == 3


def test_any_number_of_new_records_takes_as_many_statements() -> None:
    def statements(*numbers: int) -> int:
        people = [{"email": f"p{number}@example.com", "number": f"K{number}"} for number in numbers]
        with CaptureQueriesContext(connection) as captured:
            assert len(create_records(people, by=BY_STAFF).ids) == len(people)
        return len(captured)

    assert statements(0) == statements(*range(1, 51)) == 7  # two of them for the attempt with numbers


# Putting out of use.


def test_out_of_use_with_a_reason_and_into_use_again() -> None:
    anna, bert = make_record(), make_record()

    assert set_active([anna.pk, bert.pk], False, by=BY_STAFF, reason="Moved") == {anna.pk, bert.pk}
    assert (of(anna)["is_active"], of(anna)["deactivation_reason"]) == (False, "Moved")
    assert set_active([anna.pk], False, by=BY_STAFF, reason="Moved") == set()
    assert set_active([anna.pk, bert.pk], True, by=BY_STAFF) == {anna.pk, bert.pk}
    assert (of(anna)["is_active"], of(anna)["deactivation_reason"]) == (True, "")

    assert log(anna) == [
        (ActivityType.DEACTIVATED, {"deactivation_reason": ""}, {"deactivation_reason": "Moved"}),
        (ActivityType.ACTIVATED, {"deactivation_reason": "Moved"}, {"deactivation_reason": ""}),
    ]
