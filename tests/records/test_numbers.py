"""Whose a customer number is: one person's, also once records are merged."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from saleor_customer_plus.records.models import CustomerRecord, FormerRecord

from ..factories import make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> CustomerRecord:
    """A record with a number of its own and that of one that was merged into it."""
    record = make_record(number="A")
    FormerRecord.objects.create(former_id=record.pk + 1000, record=record, number="B")
    return record


@pytest.mark.parametrize("how", ["new record", "new records", "numbered record", "merged record", "moved record"])
def test_no_number_is_of_two_people(anna: CustomerRecord, how: str) -> None:
    ben = make_record(number="C")
    attempts = {
        "new record": lambda: make_record(number="B"),
        "new records": lambda: CustomerRecord.objects.bulk_create(
            [CustomerRecord(email="x@example.com"), CustomerRecord(email="y@example.com", number="B")]
        ),
        "numbered record": lambda: CustomerRecord.objects.filter(pk=ben.pk).update(number="B"),
        "merged record": lambda: FormerRecord.objects.create(former_id=ben.pk + 1000, record=ben, number="A"),
        "moved record": lambda: (
            CustomerRecord.objects.filter(pk=anna.pk).update(number="B"),
            FormerRecord.objects.update(record=ben),
        ),
    }

    def attempt() -> None:
        attempts[how]()
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="one person only"), transaction.atomic():
        attempt()


def test_a_record_has_the_number_of_one_that_was_merged_into_it(anna: CustomerRecord) -> None:
    CustomerRecord.objects.filter(pk=anna.pk).update(number="B")
    connection.check_constraints()

    anna.delete()

    assert make_record(number="B")
