"""Fields of the shop's own in files, in bulk updates, and when these are undone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from typing import Any

import pytest
from django.core.files.base import ContentFile

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.bulk import undo, updates
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.bulk.imports.own_fields import OwnFields
from saleor_customer_plus.bulk.imports.person import Person
from saleor_customer_plus.bulk.imports.values.base import Unreadable
from saleor_customer_plus.bulk.imports.values.own_fields import number_of
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.fields import changes, services
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.queries import fields_of
from saleor_customer_plus.fields.values import Value
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_field, make_field_values, make_order, make_record
from tests.properties import sampled

from .counting import STAFF
from .test_round_trip import FORMATS, LOCAL, export, load, run

pytestmark = pytest.mark.django_db

ALL: dict[str, tuple[str, dict[str, Any], Any]] = {
    "text": ("TEXT", {}, '=1+1; "quoted", it\'s'),
    "lines": ("TEXT", {"limits": {"max_length": 1000}}, "one\ntwo"),
    "word": ("TEXT", {"label": "Wort (de)"}, "none"),
    "badge": ("TEXT", {"is_unique": True}, "007"),
    "number": ("NUMBER", {}, -1234.567),
    "whole": ("NUMBER", {}, 1234),
    "birthday": ("DATE", {}, "1980-02-01"),
    "flag": ("BOOLEAN", {}, False),
    "size": ("CHOICE", {"choices": ["Small", "Ex;tra"]}, "ex_tra"),
    "likes": ("CHOICES", {"choices": ["Chairs", "Tables; round", "Lamps"]}, ["chairs", "lamps"]),
    "rest": ("NUMBER", {}, 0.000001),
    "sets": ("CHOICES", {"choices": ["Chair; table", "Bed|lamp", "Desk"]}, ["chair_table", "bed_lamp"]),
    "limit": ("MONEY", {}, {"amount": -1234.5, "currency": "EUR"}),
}


def define_all() -> CustomerRecord:
    """Somebody who has a value in a field of every type."""
    anna = make_record("anna@example.com", first_name="Anna", number="K-1")
    order = make_order("anna@example.com")
    for key, (type, options, _value) in ALL.items():
        make_field(key, type, **options)
    make_field("first", "ORDER")
    gid = b64encode(f"Order:{order.pk}".encode()).decode()
    make_field_values(anna, first=gid, **{key: value for key, (_type, _options, value) in ALL.items()})
    make_record("ben@example.com", number="K-2")
    return anna


def values(record: CustomerRecord) -> dict[str, Any]:
    return {one.definition.key: one.json for one in fields_of([record.pk])[record.pk] if one.json is not None}


def load_rows(text: str, **options: Any) -> BulkJob:
    return load("list.csv", text.encode(), **options)


def warnings(job: BulkJob) -> list[tuple[str, str, str]]:
    return [
        (reason["header"], reason["code"], reason["message"])
        for problem in job.problems.order_by("id")
        for reason in problem.reasons
    ]


@pytest.mark.parametrize("options", sampled([*FORMATS, LOCAL[2], LOCAL[-1]], one_in=3), ids=str)
def test_an_export_that_is_loaded_changes_nothing(options: dict[str, Any]) -> None:
    anna = define_all()
    before, locks = values(anna), list(FieldValue.objects.order_by("id").values("id", "is_locked", "updated_at"))
    name, content = export(**options)

    job = load(name, content, ignore_locks=True)

    assert (job.counters.get("unchanged"), warnings(job)) == (2, [])
    assert values(anna) == before
    assert list(FieldValue.objects.order_by("id").values("id", "is_locked", "updated_at")) == locks


@pytest.mark.parametrize("options", FORMATS[:1] + FORMATS[-1:] + LOCAL[2:3], ids=str)
def test_an_export_makes_the_values_elsewhere(options: dict[str, Any]) -> None:
    before = values(define_all())
    name, content = export(**options)
    CustomerRecord.objects.all().delete()

    job = load(name, content)

    assert (job.counters.get("created"), warnings(job)) == (2, [])
    assert values(CustomerRecord.objects.get(email="anna@example.com")) == before
    assert set(FieldValue.objects.values_list("source", "origin", "is_locked")) == {("IMPORT", str(job.pk), False)}
    assert FieldValue.objects.exclude(value=None).count() == len(before), "a blank cell writes nothing"


def test_columns_by_their_labels() -> None:
    anna = make_record("anna@example.com")
    make_field("birthday", "DATE", label="Date of birth")
    make_field_values(anna, birthday="1980-02-01")
    _name, content = export(format="csv", columns=["email", "field:birthday"], date_format="DD.MM.YYYY HH:mm")
    assert content.decode("utf-8-sig").split() == ["Email,Date", "of", "birth", "anna@example.com,01.02.1980"]
    with pytest.raises(CustomerPlusError, match="There is no column 'field:gone'"):
        export(columns=["email", "field:gone"])


def test_a_field_that_is_called_like_one_of_our_columns() -> None:
    anna = make_record("anna@example.com", city="Berlin")
    make_field("number", label="Città")
    make_field_values(anna, number="own")
    _name, content = export(format="csv", columns=["email", "city", "field:number"])
    assert content.decode("utf-8-sig").splitlines()[0] == "Email,City,field:number"
    load("list.csv", content.replace(b"own", b"new").replace(b"Berlin", b"Rome"), ignore_locks=True)
    anna.refresh_from_db()
    assert (anna.city, anna.number, values(anna)) == ("Rome", None, {"number": "new"})


class TestImport:
    def test_cells_as_people_write_them(self) -> None:
        make_field("birthday", "DATE", label="Date of birth")
        make_field("flag", "BOOLEAN", label="Club")
        make_field("size", "CHOICE", choices=["Small", "Large"])
        make_field("likes", "CHOICES", choices=["Chairs", "Lamps"])
        make_field("limit", "MONEY", limits={"currency": "EUR"})
        make_field("points", "NUMBER")
        header = "email;DATE OF BIRTH;club;size;field:likes;limit;points"
        job = load_rows(f"{header}\nanna@example.com;31.12.1980;ja;LARGE;lamps, Chairs;1.234,50 €;1.234.567\n")
        assert warnings(job) == []
        assert values(CustomerRecord.objects.get()) == {
            "birthday": "1980-12-31",
            "flag": True,
            "size": "large",
            "likes": ["chairs", "lamps"],
            "limit": {"amount": 1234.5, "currency": "EUR"},
            "points": 1234567,
        }

    @pytest.mark.parametrize("change", [{"type": "NUMBER"}, None])
    def test_a_field_that_changes_after_the_rows_were_read(
        self, change: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field = make_field("size")
        hold = services.hold

        def change_first(ids: Collection[int]) -> dict[int, FieldDefinition]:
            if change is None:
                changes.delete(field.pk, token=None)
            else:
                changes.update(field.pk, change, token=None, actor=STAFF)
            return hold(ids)

        monkeypatch.setattr(services, "hold", change_first)

        job = load_rows("email,size\nanna@example.com,large\n")

        assert warnings(job) == [("size", "STALE", "The field was changed or deleted meanwhile.")]
        assert (job.counters.get("created"), values(CustomerRecord.objects.get())) == (1, {})

    @pytest.mark.parametrize("is_strict", [False, True])
    def test_a_row_that_was_read_before_its_field_was_replaced(self, is_strict: bool) -> None:
        person = Person(1, "anna@example.com", {}, fields={1: Value("large", text="large")})
        changed, reasons = OwnFields(is_strict=is_strict).decide(person, None, Writer(STAFF))
        assert (changed, [(one.code, one.is_warning) for one in reasons]) == ({}, [("STALE", not is_strict)])

    def test_the_value_of_a_choice_in_any_case(self) -> None:
        field = make_field("size", "CHOICES", choices=["Large", "Small"])
        field.choices = [{"value": "l", "label": "Large"}, {"value": "s", "label": "Small"}]
        field.save()
        job = load_rows('email,size\nanna@example.com,"L, small"\nben@example.com,S; LARGE\n')
        assert warnings(job) == []
        assert [values(one) for one in CustomerRecord.objects.order_by("email")] == [{"size": ["l", "s"]}] * 2

    def test_a_cell_that_cannot_be_read_is_left_out(self) -> None:
        make_field("birthday", "DATE", limits={"max_date": "2020-01-01"})
        make_field("size", "CHOICE", choices=["Small"])
        make_field("limit", "MONEY")
        make_field("first", "ORDER")
        missing = b64encode(b"Order:7c9e6679-7425-40de-944b-e07fc1f90ae7").decode()
        job = load_rows(
            "email,birthday,size,limit,first\n"
            f"anna@example.com,2021-01-01,Huge,5,{missing}\n"
            "ben@example.com,soon,small,5 EUR,x\n"
        )
        assert warnings(job) == [
            ("birthday", "INVALID", "This must not be after 2020-01-01."),
            ("size", "INVALID", "This is not one of the choices."),
            ("limit", "INVALID", "This amount has no currency. Write it as 12.50 EUR."),
            ("first", "NOT_FOUND", "This order does not exist."),
            ("birthday", "INVALID", "This is not a date. Write it as 2024-05-31."),
            ("first", "INVALID", "Give the id of a Order."),
        ]
        assert job.counters["created"] == 2
        assert values(CustomerRecord.objects.get(email="anna@example.com")) == {}
        assert values(CustomerRecord.objects.get(email="ben@example.com")) == {
            "size": "small",
            "limit": {"amount": 5, "currency": "EUR"},
        }

    def test_a_unique_value_has_one_record(self) -> None:
        anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
        make_field("badge", is_unique=True)
        make_field_values(anna, badge="A-1")
        rows = "email,badge\nben@example.com,a-1\ncarla@example.com,B-1\nben2@example.com,b-1\nanna@example.com,A-1\n"
        job = load_rows(rows)
        assert [(header, code) for header, code, _ in warnings(job)] == [("badge", "UNIQUE"), ("badge", "UNIQUE")]
        assert (
            job.problems.order_by("id").first().reasons[0]["id"]
            == b64encode(f"CustomerRecord:{anna.pk}".encode()).decode()
        )
        assert values(ben) == {}
        assert values(CustomerRecord.objects.get(email="carla@example.com")) == {"badge": "B-1"}
        assert values(CustomerRecord.objects.get(email="ben2@example.com")) == {}

        strict = load_rows("email,badge\nben@example.com,a-1\ndora@example.com,D-1\n", strict=True)
        assert (strict.counters["refused"], strict.counters["created"]) == (1, 1)

    def test_a_required_field(self) -> None:
        make_field("size", is_required=True)
        assert warnings(load_rows("email,first_name\nanna@example.com,Anna\n")) == [], "the file does not know of it"
        job = load_rows("email,size\nben@example.com,\n")
        assert warnings(job) == [("size", "REQUIRED", "This field is required. The row is taken without it.")]
        assert CustomerRecord.objects.count() == 2

    def test_locks_and_options(self) -> None:
        anna = make_record("anna@example.com")
        make_field("size")
        make_field_values(anna, size="staff")
        rows = "email,size\nanna@example.com,list\n"
        assert load_rows(rows).counters["unchanged"] == 1
        assert load_rows(rows, fill_blanks=True, ignore_locks=True).counters["unchanged"] == 1
        assert load_rows(rows, ignore_locks=True).counters["updated"] == 1
        assert values(anna) == {"size": "list"}
        blank = "email,size\nanna@example.com,\n"
        assert load_rows(blank, ignore_locks=True).counters["unchanged"] == 1
        assert load_rows(blank, ignore_locks=True, erase_blanks=True).counters["updated"] == 1
        assert values(anna) == {}

    def test_the_preview_tells_what_is_written(self) -> None:
        anna = make_record("anna@example.com")
        make_field("points", "NUMBER")
        file = ContentFile(b"email,points\nanna@example.com,5\n", name="list.csv")
        options = ImportOptions().to_json()
        job = lifecycle.create(JobKind.IMPORT, actor=STAFF, options=options, file=file, file_name="list.csv")
        for _ in jobs.run(job.pk):
            pass
        job.refresh_from_db()
        assert job.state == JobState.READY
        preview = job.report["preview"]
        assert (preview["counts"]["to_update"], preview["changed_fields"]) == (1, {"field:points": 1})
        assert preview["rows"][0]["values"] == {"email": "anna@example.com", "field:points": 5}
        assert values(anna) == {}

        FieldDefinition.objects.all().delete()
        lifecycle.start(job.pk, actor=STAFF)
        job = run(job)
        assert warnings(job)[-1] == ("points", "INVALID", "The field of this column was deleted.")

    def test_undoing_it(self) -> None:
        anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
        make_field("size")
        make_field("badge", is_unique=True)
        make_field_values(anna, size="L", badge="A-1")
        rows = "email,size,badge\nanna@example.com,XL,B-1\nben@example.com,S,A-2\ncarla@example.com,M,C-1\n"
        job = load_rows(rows, ignore_locks=True)
        make_field_values(ben, size="staff")

        undoing = run(undo.create(job.pk, actor=STAFF))

        assert values(anna) == {"size": "L", "badge": "A-1"}
        assert values(ben) == {"size": "staff"}
        assert [(one.record_id, one.reasons[0]["field"]) for one in undoing.problems.all()] == [(ben.pk, "size")]
        assert not CustomerRecord.objects.filter(email="carla@example.com").exists()
        assert FieldValue.objects.filter(definition__key="badge", unique_key=None, record=ben).exists()


class TestBulkUpdate:
    def test_set_and_undo(self) -> None:
        anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
        make_field("size", "CHOICE", choices=["Small", "Large"])
        make_field_values(anna, size="large")
        job = run(
            updates.create("set_fields", {"values": {}, "fields": {"size": "small"}}, of=[anna.pk, ben.pk], actor=STAFF)
        )
        assert (job.counters["updated"], values(anna), values(ben)) == (2, {"size": "small"}, {"size": "small"})
        entry = ActivityEntry.objects.filter(record=anna).latest("id")
        assert (entry.before, entry.after) == ({"fields": {"size": "large"}}, {"fields": {"size": "small"}})
        assert (entry.cause_type, entry.cause_id) == ("JOB", str(job.pk))
        assert set(FieldValue.objects.values_list("is_locked", flat=True)) == {True}

        run(undo.create(job.pk, actor=STAFF))

        assert (values(anna), values(ben)) == ({"size": "large"}, {})
        assert dict(FieldValue.objects.values_list("record", "is_locked")) == {anna.pk: True, ben.pk: False}

    def test_what_the_field_may_no_longer_hold_is_told(self) -> None:
        anna = make_record("anna@example.com")
        field = make_field("size", limits={"max_length": 5})
        make_field_values(anna, size="long")
        job = run(updates.create("set_fields", {"values": {}, "fields": {"size": "s"}}, of=[anna.pk], actor=STAFF))
        FieldDefinition.objects.filter(pk=field.pk).update(limits={"max_length": 2})

        undoing = run(undo.create(job.pk, actor=STAFF))

        assert values(anna) == {"size": "s"}
        assert [one.reasons[0]["code"] for one in undoing.problems.all()] == ["STALE"]

    def test_a_field_that_is_gone_by_then(self) -> None:
        anna = make_record("anna@example.com")
        job = run(updates.create("set_fields", {"values": {}, "fields": {"size": "s"}}, of=[anna.pk], actor=STAFF))
        assert (job.counters["skipped"], job.problems.get().reasons[0]["field"]) == (1, "fields")

    def test_by_the_api(self, api: Any) -> None:
        make_field("size", "NUMBER", is_required=True)
        make_field("badge", is_unique=True)
        mutation = (
            "mutation ($action: CustomerBulkActionInput!) { customerRecordsBulkUpdate(filter: {}, action: $action)"
            " { job { id } errors { field code } } }"
        )
        given = [{"key": "size", "value": None}, {"key": "badge", "value": "x"}, {"key": "gone", "value": "x"}]
        answer = api(mutation, action={"setFields": {"fields": given}})["customerRecordsBulkUpdate"]
        assert answer["errors"] == [
            {"field": "action.setFields.fields.0.value", "code": "REQUIRED"},
            {"field": "action.setFields.fields.2.key", "code": "NOT_FOUND"},
        ]
        answer = api(mutation, action={"setFields": {"fields": given[1:2]}})["customerRecordsBulkUpdate"]
        assert answer["errors"] == [{"field": "action.setFields.fields.0.value", "code": "INVALID"}]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("5", 5),
        ("-0,5", -0.5),
        ("1.234", 1.234),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("1.234.567,8", 1234567.8),
        ("1 234", 1234),
        ("1'234.50", 1234.5),
        ("5.", 5),
        ("1e-06", 0.000001),  # as JSON and workbooks write it
    ],
)
def test_numbers(cell: str, number: float) -> None:
    assert number_of(cell, is_own=False) == number


@pytest.mark.parametrize(
    "cell", sampled(["1,234", "five", "1,2,3", "1.2.3,4", "1.234,567,8", "1e5", "", "0x10", "\u0665"], one_in=3)
)
def test_what_is_no_number(cell: str) -> None:
    with pytest.raises(Unreadable):
        number_of(cell, is_own=False)


def test_our_own_files_have_no_separators_of_thousands() -> None:
    assert number_of("1,234", is_own=True) == 1.234
