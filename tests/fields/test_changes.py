"""Changes of definitions and deletions: what becomes of the values, told beforehand; and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.queries import fields_of, live
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_field, make_field_values, make_record

pytestmark = pytest.mark.django_db

SARA = Actor(ActorType.STAFF, "7")


def values(record: CustomerRecord) -> dict[str, Any]:
    return {one.definition.key: one.json for one in fields_of([record.pk])[record.pk] if one.json is not None}


def change(field: FieldDefinition, **raw: Any) -> FieldDefinition:
    token = changes.impact_of_change(field.pk, raw).token
    return changes.update(field.pk, raw, token=token, actor=SARA)


@pytest.mark.parametrize(
    ("before", "json", "after", "converted"),
    [
        ("TEXT", "12,5", {"type": "NUMBER"}, 12.5),
        ("TEXT", "many", {"type": "NUMBER"}, None),
        ("TEXT", "1e5", {"type": "NUMBER"}, 100_000),
        ("TEXT", "NaN", {"type": "NUMBER"}, None),
        ("TEXT", "1980-02-29", {"type": "DATE"}, "1980-02-29"),
        ("TEXT", "1980-02-30", {"type": "DATE"}, None),
        ("TEXT", "Yes", {"type": "BOOLEAN"}, True),
        ("TEXT", "perhaps", {"type": "BOOLEAN"}, None),
        ("TEXT", "LARGE", {"type": "CHOICE", "choices": [{"label": "Large"}]}, "large"),
        ("TEXT", "Large, small", {"type": "CHOICES", "choices": [{"label": "Small"}, {"label": "Large"}]},
         ["small", "large"]),
        ("TEXT", "5", {"type": "MONEY", "limits": {"currency": "EUR"}}, {"amount": 5, "currency": "EUR"}),
        ("TEXT", "5", {"type": "MONEY"}, None),
        ("TEXT", "long", {"limits": {"max_length": 3}}, None),
        ("NUMBER", 5, {"type": "TEXT"}, "5"),
        ("NUMBER", 5, {"type": "BOOLEAN"}, None),
        ("NUMBER", 1, {"type": "BOOLEAN"}, True),
        ("MONEY", {"amount": 5, "currency": "EUR"}, {"type": "NUMBER"}, 5),
        ("BOOLEAN", False, {"type": "TEXT"}, "no"),
        ("DATE", "1980-02-29", {"type": "ORDER"}, None),
    ],
)  # fmt: skip
def test_a_value_as_another_definition_has_it(before: str, json: Any, after: dict[str, Any], converted: Any) -> None:
    record, field = make_record(), make_field("field", before)
    make_field_values(record, field=json)
    impact = changes.impact_of_change(field.pk, after)
    assert (impact.values, impact.kept, impact.lost) == (1, int(converted is not None), int(converted is None))

    change(field, **after)

    assert values(record) == ({} if converted is None else {"field": converted})


class TestUpdate:
    def test_values_keep_their_source_and_are_logged(self) -> None:
        record, field = make_record(), make_field("field")
        make_field_values(record, field="5")
        before = FieldValue.objects.get()
        version = CustomerRecord.objects.get().modified_at

        new = change(field, type="NUMBER", is_indexed=True)

        assert live() == [new]
        assert (new.key, new.type, new.is_indexed) == ("field", "NUMBER", True)
        after = FieldValue.objects.get(definition=new)
        assert (after.value, after.number, after.text, after.is_indexed) == (5, 5, None, True)
        assert (after.source, after.updated_at, after.is_locked) == (before.source, before.updated_at, True)
        entry = ActivityEntry.objects.latest("id")
        assert (entry.actor_id, entry.before, entry.after) == (
            "7",
            {"fields": {"field": "5"}},
            {"fields": {"field": 5}},
        )
        assert CustomerRecord.objects.get().modified_at > version

    def test_it_needs_the_token_of_this_very_change(self) -> None:
        record, field = make_record(), make_field("field")
        make_field_values(record, field="5")

        def refused(token: str | None, **raw: Any) -> tuple[str | None, ErrorCode]:
            with pytest.raises(CustomerPlusError) as caught:
                changes.update(field.pk, raw, token=token, actor=SARA)
            return caught.value.field, caught.value.code

        token = changes.impact_of_change(field.pk, {"type": "NUMBER"}).token
        assert refused(None, type="NUMBER") == ("token", ErrorCode.REQUIRED)
        assert refused("x", type="NUMBER") == ("token", ErrorCode.INVALID)
        assert refused(token, type="DATE") == ("token", ErrorCode.INVALID)
        make_field_values(make_record(), field="many")
        assert refused(token, type="NUMBER") == ("token", ErrorCode.STALE)
        assert values(record) == {"field": "5"}

    def test_what_alters_nothing_needs_none(self) -> None:
        field = make_field("field", "CHOICE", choices=["Small"])
        make_field_values(make_record(), field="small")
        choices = [{"value": "small", "label": "S"}, {"label": "Large"}]
        changed = changes.update(field.pk, {"label": "Size", "choices": choices}, token=None, actor=SARA)
        assert (changed.pk, changed.label) == (field.pk, "Size")

    def test_a_field_becomes_unique_only_if_its_values_are(self) -> None:
        field = make_field("field")
        make_field_values(make_record(), field="a")
        change(field, is_unique=True)
        (field,) = live()
        assert FieldValue.objects.get(definition=field).unique_key == "a"
        change(field, is_unique=False)
        (field,) = live()
        make_field_values(make_record(), field="A")
        with pytest.raises(CustomerPlusError) as caught:
            changes.impact_of_change(field.pk, {"is_unique": True})
        assert caught.value.code == ErrorCode.UNIQUE

    def test_too_many_values_for_one_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(changes, "MAX_VALUES", 0)
        field = make_field("field")
        make_field_values(make_record(), field="a")
        with pytest.raises(CustomerPlusError) as caught:
            changes.impact_of_change(field.pk, {"type": "NUMBER"})
        assert caught.value.code == ErrorCode.LIMIT_REACHED


class TestRestore:
    def test_a_change_is_taken_back(self) -> None:
        anna, ben, carl = make_record(), make_record(), make_record()
        field = make_field("field")
        make_field_values(anna, field="5")
        make_field_values(ben, field="many")
        new = change(field, type="NUMBER")
        assert (values(anna), values(ben)) == ({"field": 5}, {})
        make_field_values(carl, field=7)

        restored = changes.restore(field.pk, actor=SARA)

        assert live() == [restored]
        assert restored.pk == field.pk
        assert (values(anna), values(ben), values(carl)) == ({"field": "5"}, {"field": "many"}, {"field": "7"})
        assert FieldDefinition.objects.get(pk=new.pk).archived_at is not None
        told = ActivityEntry.objects.filter(record=ben).latest("id")
        assert (told.before, told.after) == ({"fields": {"field": None}}, {"fields": {"field": "many"}})

    def test_a_deleted_field_comes_back(self) -> None:
        record, field = make_record(), make_field("field")
        make_field_values(record, field="a")
        impact = changes.impact_of_deletion(field.pk)
        assert (impact.values, impact.lost) == (1, 1)
        with pytest.raises(CustomerPlusError):
            changes.delete(field.pk, token=None)
        changes.delete(field.pk, token=impact.token)
        assert (live(), values(record)) == ([], {})

        changes.restore(field.pk, actor=SARA)

        assert values(record) == {"field": "a"}
        with pytest.raises(CustomerPlusError):
            changes.restore(field.pk, actor=SARA)

    def test_the_label_may_be_taken_by_then(self) -> None:
        field = make_field("field", label="Size")
        make_field_values(make_record(), field="a")
        changes.delete(field.pk, token=changes.impact_of_deletion(field.pk).token)
        make_field("other", label="SIZE")
        with pytest.raises(CustomerPlusError) as caught:
            changes.restore(field.pk, actor=SARA)
        assert caught.value.code == ErrorCode.UNIQUE

    def test_it_is_forgotten_in_the_end(self) -> None:
        field = make_field("field")
        make_field_values(make_record(), field="a")
        changes.delete(field.pk, token=changes.impact_of_deletion(field.pk).token)
        now = timezone.now()
        assert changes.purge(now - timedelta(days=1)) == 0
        assert changes.purge(now + timedelta(days=1)) == 1
        assert not FieldDefinition.objects.exists()
        assert not FieldValue.objects.exists()


def test_a_value_that_was_cleared_since_does_not_come_back_with_the_former_field() -> None:
    former, anna = make_field("size"), make_record()
    make_field_values(anna, size="5")
    change(former, type="NUMBER")
    make_field_values(anna, size=None)

    changes.restore(former.pk, actor=SARA)

    assert values(anna) == {}
