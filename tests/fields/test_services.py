"""Writing values: what is stored, who has written it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.services import create_customer
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode, SeveralErrors
from saleor_customer_plus.fields import changes, services
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.queries import fields_of
from saleor_customer_plus.fields.services import Given
from saleor_customer_plus.fields.values import Value
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord, Source
from tests.factories import make_channel, make_field, make_field_values, make_order, make_record

pytestmark = pytest.mark.django_db

SARA = Writer(Actor(ActorType.STAFF, "7"))
LIST = Writer(Actor(ActorType.STAFF, "7"), Cause(CauseType.JOB, "3"), Source.IMPORT, locks=False, respects_locks=True)


def values(record: CustomerRecord) -> dict[str, Any]:
    return {one.definition.key: one.json for one in fields_of([record.pk])[record.pk]}


def write(record: CustomerRecord, by: Writer = SARA, **raw: Any) -> set[int]:
    definitions = FieldDefinition.objects.in_bulk()
    cleaned = services.check([Given(key, value) for key, value in raw.items()])
    return services.write({record.pk: cleaned}, by=by, definitions=definitions)


def refused(*given: Given, **options: Any) -> list[tuple[str | None, str]]:
    with pytest.raises((CustomerPlusError, SeveralErrors)) as caught:
        services.check(given, **options)
    error = caught.value
    return [(one.field, one.code.value) for one in (error.errors if isinstance(error, SeveralErrors) else [error])]


class TestFieldsThatChangeMeanwhile:
    """A value was checked, and its field is changed or deleted before it is written."""

    @pytest.fixture
    def checked(self) -> dict[int, Value]:
        make_field("size")
        return services.check([Given("size", "large")])

    @staticmethod
    def change() -> None:
        changes.update(FieldDefinition.objects.get().pk, {"type": "NUMBER"}, token=None, actor=SARA.actor)

    @staticmethod
    def delete() -> None:
        changes.delete(FieldDefinition.objects.get().pk, token=None)

    @staticmethod
    def archive() -> None:
        make_field_values(make_record(), size="small")
        token = changes.impact_of_deletion(pk := FieldDefinition.objects.get().pk).token
        changes.delete(pk, token=token)

    @pytest.mark.parametrize("happens", ["change", "delete", "archive"])
    def test_an_edit_is_refused(self, checked: dict[int, Value], happens: str) -> None:
        anna = make_record("anna@example.com")
        getattr(self, happens)()
        edition = edit_records({anna.pk: {"city": "Ulm"}}, by=SARA, own={anna.pk: checked})
        assert [(one.code, one.field) for one in edition.refusals[anna.pk]] == [(ErrorCode.STALE, "fields")]
        anna.refresh_from_db()
        assert (anna.city, FieldValue.objects.filter(record=anna).count()) == ("", 0)

    @pytest.mark.parametrize("happens", ["change", "delete", "archive"])
    def test_a_new_record_is_refused(self, checked: dict[int, Value], happens: str) -> None:
        getattr(self, happens)()
        with pytest.raises(SeveralErrors) as caught:
            create_customer({"email": "anna@example.com"}, own=checked, actor=SARA.actor)
        assert [(one.code, one.field) for one in caught.value.errors] == [(ErrorCode.STALE, "fields")]

    def test_clearing_a_field_that_is_required_meanwhile_is_not_refused(self) -> None:
        anna = make_record("anna@example.com")
        make_field("other")
        make_field_values(anna, other="x")
        said = services.check([Given("other", None)])
        FieldDefinition.objects.filter(key="other").update(is_required=True)
        edition = edit_records({anna.pk: {}}, by=SARA, own={anna.pk: said})
        assert (edition.refusals, values(anna)) == ({}, {"other": None})


class TestCheck:
    def test_all_that_is_wrong_is_told_at_its_place(self) -> None:
        make_field("size", "NUMBER", is_required=True)
        make_field("birthday", "DATE")
        make_field("order", "ORDER")
        missing = "T3JkZXI6N2M5ZTY2NzktNzQyNS00MGRlLTk0NGItZTA3ZmMxZjkwYWU3"
        given = [
            Given("size", None),
            Given("colour", "red"),
            Given("birthday", "soon"),
            Given("size", 4),
            Given("order", missing),
        ]
        assert refused(*given) == [
            ("fields.0.value", "REQUIRED"),
            ("fields.1.key", "NOT_FOUND"),
            ("fields.2.value", "INVALID"),
            ("fields.3.key", "INVALID"),
            ("fields.4.value", "NOT_FOUND"),
        ]
        assert refused(Given("size", 4), Given("size", 5)) == [("fields.1.key", "INVALID")]

    def test_what_a_new_record_needs(self) -> None:
        make_field("size", "NUMBER", is_required=True)
        assert refused(is_new=True) == [("fields", "REQUIRED")]
        assert services.check([]) == {}

    def test_no_statement_for_each_of_the_fields(self) -> None:
        for name in ("one", "two", "three"):
            make_field(name, "ORDER")
        given = [Given(name, None) for name in ("one", "two", "three")]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.check(given)
        assert len(queries) == 1


class TestWrite:
    def test_a_value_has_its_source_and_a_log(self) -> None:
        record, _ = make_record(), make_field("birthday", "DATE")
        assert write(record, birthday="1980-01-01") == {record.pk}
        assert write(record, birthday="1980-01-01") == set()
        assert write(record, LIST, birthday="1981-01-01") == set(), "it is locked"
        assert write(record, birthday=None) == {record.pk}

        (field,) = fields_of([record.pk])[record.pk]
        assert (field.json, field.text, field.source, field.origin, field.is_locked) == (None, "", "STAFF", "7", True)
        assert field.updated_at is not None
        told = ActivityEntry.objects.order_by("id").values_list("type", "actor_id", "before", "after")
        assert list(told) == [
            ("DETAILS_EDITED", "7", {"fields": {"birthday": None}}, {"fields": {"birthday": "1980-01-01"}}),
            ("DETAILS_EDITED", "7", {"fields": {"birthday": "1980-01-01"}}, {"fields": {"birthday": None}}),
        ]

    def test_a_list_that_only_fills_keeps_what_is_there(self) -> None:
        record = make_record()
        make_field("one")
        make_field("two")
        write(record, LIST, one="kept")
        by = Writer(LIST.actor, LIST.cause, Source.IMPORT, locks=False, fills_only=True)
        assert write(record, by, one="other", two="new") == {record.pk}
        assert values(record) == {"one": "kept", "two": "new"}

    def test_what_a_list_overwrites_stays_locked(self) -> None:
        record, _ = make_record(), make_field("one")
        write(record, one="first")
        by = Writer(LIST.actor, LIST.cause, Source.IMPORT, locks=False)
        assert write(record, by, one="second") == {record.pk}
        (field,) = fields_of([record.pk])[record.pk]
        assert (field.json, field.source, field.origin, field.is_locked) == ("second", "IMPORT", "3", True)

    def test_statements_do_not_grow_with_the_records(self) -> None:
        fields = [make_field(), make_field(is_unique=True)]
        definitions = {field.pk: field for field in fields}

        def count(number: int) -> int:
            records = [make_record() for _ in range(number)]
            changes = {
                record.pk: services.check([Given(field.key, str(record.pk)) for field in fields]) for record in records
            }
            with CaptureQueriesContext(connection) as queries:
                services.hold(definitions)
                services.refusals(changes, definitions)
                services.write(changes, by=SARA, definitions=definitions)
            return len(queries)

        assert count(1) == count(20) == 6


class TestUnique:
    def test_the_holder_is_told(self) -> None:
        anna, ben = make_record(), make_record()
        make_field("badge", label="Badge", is_unique=True)
        make_field_values(anna, badge="A-1")
        taken = services.check([Given("badge", "a-1")])

        edition = edit_records({ben.pk: {"first_name": "Ben"}}, by=SARA, own={ben.pk: taken})

        (refusal,) = edition.refusals[ben.pk]
        assert (refusal.code, refusal.field, refusal.record_id) == (ErrorCode.UNIQUE, "fields.badge", anna.pk)
        ben.refresh_from_db()
        assert ben.first_name == "", "all of it is written, or nothing"

    def test_of_two_in_one_batch_the_first_gets_it(self) -> None:
        anna, ben = make_record(), make_record()
        make_field("badge", is_unique=True)
        wanted = services.check([Given("badge", "A-1")])
        edition = edit_records({anna.pk: {}, ben.pk: {}}, by=SARA, own={anna.pk: wanted, ben.pk: wanted})
        assert edition.changed == {anna.pk}
        assert edition.refusals.keys() == {ben.pk}

    def test_one_may_keep_its_own(self) -> None:
        anna = make_record()
        make_field("badge", is_unique=True)
        make_field_values(anna, badge="A-1")
        edition = edit_records({anna.pk: {}}, by=SARA, own={anna.pk: services.check([Given("badge", "a-1")])})
        assert (edition.changed, edition.refusals) == ({anna.pk}, {})
        assert values(anna) == {"badge": "a-1"}

    def test_the_database_sees_to_it(self) -> None:
        make_field("badge", is_unique=True)
        make_field_values(make_record(), badge="A-1")
        with pytest.raises(IntegrityError), transaction.atomic():
            make_field_values(make_record(), badge="a-1")


class TestEditing:
    def test_a_field_alone_gives_the_record_another_version(self) -> None:
        record, _ = make_record(), make_field("one")
        before = record.modified_at
        edition = edit_records({record.pk: {}}, by=SARA, own={record.pk: services.check([Given("one", "x")])})
        record.refresh_from_db()
        assert edition.changed == {record.pk}
        assert record.modified_at > before

    def test_a_record_that_changed_since_keeps_its_fields(self) -> None:
        record, _ = make_record(), make_field("one")
        version = record.modified_at
        edit_records({record.pk: {"first_name": "Anna"}}, by=SARA)
        own = {record.pk: services.check([Given("one", "x")])}
        edition = edit_records({record.pk: {}}, by=SARA, versions={record.pk: version}, own=own)
        assert edition.refusals[record.pk][0].code == ErrorCode.STALE
        assert values(record) == {"one": None}


def test_an_order_of_another_channel_is_told_by_its_key() -> None:
    record, channel = make_record(), make_channel()
    order = make_order("anna@example.com", channel=channel)
    make_field("first_order", "ORDER")
    write(record, first_order=to_global_id("Order", order.pk))
    number, key = str(order.number), str(order.pk)
    for channels, text in ((None, number), (frozenset[int](), key), (frozenset([channel.pk]), number)):
        assert fields_of([record.pk], channels)[record.pk][0].text == text


def test_a_deleted_record_leaves_no_value() -> None:
    record, _ = make_record(), make_field("one")
    make_field_values(record, one="x")
    record.delete()
    assert not FieldValue.objects.exists()


def test_of_two_new_records_only_the_first_gets_a_unique_value() -> None:
    """Neither has an id yet, as in a batch of an import."""
    field = make_field("card", is_unique=True)
    values = services.check([Given("card", "A-1")])
    unique = services.UniqueValues([values, values], {field.pk: field})

    assert unique.holder(field.pk, values[field.pk], None) == (False, None)
    assert unique.holder(field.pk, values[field.pk], None) == (True, None)


def test_many_records_can_be_cleared_of_a_unique_value_but_not_given_one() -> None:
    make_field("card", is_unique=True)

    assert services.check_for_many([Given("card", None)]) == {"card": None}
    with pytest.raises((SeveralErrors, CustomerPlusError)) as raised:
        services.check_for_many([Given("card", "A-1")])
    errors = raised.value.errors if isinstance(raised.value, SeveralErrors) else [raised.value]
    assert [one.field for one in errors] == ["fields.0.value"]
