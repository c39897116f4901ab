"""Fields of the shop's own that are changed while records get values in them, each in a process of its own."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.services import Values
from saleor_customer_plus.fields.values import clean
from saleor_customer_plus.records.editing import Writer

from ..factories import make_field, make_field_values, make_record
from ..processes import while_open

STAFF = Actor(ActorType.STAFF, "7")


def write(record_id: int, said: Values, *, is_refused: bool) -> None:
    with transaction.atomic():
        edition = edit_records({record_id: {}}, by=Writer(STAFF), own={record_id: said})
    codes = [one.code for refusals in edition.refusals.values() for one in refusals]
    assert codes == ([ErrorCode.STALE] if is_refused else [])


def change(field_id: int) -> None:
    changes.update(field_id, {"type": "NUMBER"}, token=None, actor=STAFF)


def test_a_value_of_the_former_type_that_waits_for_the_change_is_refused() -> None:
    record, field = make_record(), make_field("size")
    said = {field.pk: clean(field, "large")}

    while_open(partial(change, field.pk), partial(write, record.pk, said, is_refused=True))

    assert FieldDefinition.objects.get().type == "NUMBER"
    assert not FieldValue.objects.exists()


def test_a_change_that_waits_for_a_value_asks_what_becomes_of_it() -> None:
    record, field = make_record(), make_field("size")
    said = {field.pk: clean(field, "large")}

    def refused() -> None:
        with pytest.raises(CustomerPlusError, match="Records have values in this field"), transaction.atomic():
            change(field.pk)

    while_open(partial(write, record.pk, said, is_refused=False), refused)

    assert FieldDefinition.objects.get().type == "TEXT"


def test_a_restored_field_keeps_the_value_that_was_being_written() -> None:
    other, record, field = make_record(), make_record(), make_field("size")
    make_field_values(other, size="5")
    with transaction.atomic():
        token = changes.impact_of_change(field.pk, {"type": "NUMBER"}).token
        new = changes.update(field.pk, {"type": "NUMBER"}, token=token, actor=STAFF)
    said = {new.pk: clean(new, 7)}

    def restore() -> None:
        with transaction.atomic():
            changes.restore(field.pk, actor=STAFF)

    while_open(partial(write, record.pk, said, is_refused=False), restore)

    kept = FieldValue.objects.filter(definition=field).order_by("value")
    assert list(kept.values_list("record_id", "value")) == [(other.pk, "5"), (record.pk, "7")]
