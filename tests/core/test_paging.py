"""How far a page of a list looks through rows before all that pass are found at once."""

from __future__ import annotations

import pytest
from django.db.models import BigIntegerField, ExpressionWrapper, F, IntegerField, Q, Value
from django.db.models.lookups import LessThan

from saleor_customer_plus.core.paging import Key, Segment
from saleor_customer_plus.core.paging.orderings import most_ahead
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_record


def test_further_in_a_larger_table() -> None:
    assert [most_ahead(rows, 51, is_costly=False) for rows in (0, 10_000, 1_000_000)] == [0, 1_009, 10_099]


def test_further_where_it_is_costly_to_find_all() -> None:
    assert [most_ahead(rows, 51, is_costly=True) for rows in (0, 10_000, 1_000_000)] == [0, 1_009, 20_000]


@pytest.mark.django_db
def test_no_condition_is_asked_of_rows_behind_a_full_page() -> None:
    first, second, _third = (make_record(order_count=count) for count in (1, 1, 5))
    quotient = ExpressionWrapper(Value(1) / (F("order_count") - 5), output_field=IntegerField())
    rows = CustomerRecord.objects.all()
    segment = Segment(rows, [Key("id", BigIntegerField())], condition=Q(LessThan(quotient, 10)), scope=rows)

    assert segment.read(None, 2) == [first, second], "PostgreSQL would divide by zero for the third"
