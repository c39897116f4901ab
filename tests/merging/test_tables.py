"""Every table that refers to records has a rule for merging."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from saleor_customer_plus.merging import tables
from saleor_customer_plus.records.models import CustomerRecord

# Not by a foreign key, and not to be moved: what a job said, and notes of records that are looked at again.
BY_NUMBER = {"BulkProblem", "TouchedRecord", "UncheckedRecord"}


def models() -> list[type[Model]]:
    return list(apps.get_app_config("saleor_customer_plus").get_models())


def refers_to_records(model: type[Model]) -> bool:
    fields: list[Any] = list(model._meta.fields)
    return any(isinstance(field, ForeignKey) and field.related_model is CustomerRecord for field in fields)


def test_every_table_of_records_has_one_rule() -> None:
    ruled = [*tables.MOVED.values(), *tables.KEPT.values(), *tables.DERIVED]

    assert len(ruled) == len(set(ruled))
    assert {model.__name__ for model in ruled} == {model.__name__ for model in models() if refers_to_records(model)}


def test_no_table_refers_to_records_in_another_way() -> None:
    found = {
        model.__name__
        for model in models()
        if not refers_to_records(model) and any(field.attname.endswith("record_id") for field in model._meta.fields)
    }

    assert found == BY_NUMBER


def test_what_moves_has_an_id_and_a_record() -> None:
    for model in tables.MOVED.values():
        assert {"id", "record_id"} <= {field.attname for field in model._meta.fields}
