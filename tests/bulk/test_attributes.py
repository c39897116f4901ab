"""Attributes of every type through files: what is exported comes back as it was, and an import can be undone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.bulk import undo
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.records.validation import clean

from ..factories import make_record
from ..properties import examples
from .counting import STAFF
from .test_round_trip import export, load, run

pytestmark = pytest.mark.django_db

NAME = "Size / Größe"
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(-(2.0**53), 2.0**53),
    st.sampled_from([1e15, 1e-7, 5e-324, -0.0, 2**53 + 1, "5", "true", "null", "[]", "=1+1", " a ", "'5", "a\nb", "-"]),
    st.text(max_size=12),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4))
PROPERTY = settings(
    max_examples=examples(2),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to find a smaller failure takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def spelt(value: Any) -> Any:
    """Told apart: 1 and true, 1 and "1". PostgreSQL writes 1e15 as a whole number, which is the same one."""
    if isinstance(value, dict):
        return {name: spelt(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [spelt(inner) for inner in value]
    return ("number" if type(value) in (int, float) else type(value).__name__, value)


def accepted(value: Any) -> bool:
    return not clean({"attributes": {NAME: value}}).errors


@pytest.mark.parametrize("format", ["csv", "jsonl"])
@PROPERTY
@given(values=st.lists(VALUES.filter(accepted), min_size=8, max_size=8))
def test_what_is_exported_comes_back_as_it_was(format: str, values: list[Any]) -> None:
    CustomerRecord.objects.all().delete()
    records = [make_record(attributes={NAME: value, "kept": [1, "a"]}) for value in values]

    name, content = export(format=format, columns=("email", f"attribute:{NAME}"))
    load(name, content)

    for record, value in zip(records, values, strict=True):
        record.refresh_from_db()
        assert spelt(record.attributes) == spelt({NAME: value, "kept": [1, "a"]})


@PROPERTY
@given(changes=st.lists(st.tuples(VALUES.filter(accepted), SCALARS.filter(accepted)), min_size=8, max_size=8))
def test_an_unknown_column_that_is_kept_can_be_undone(changes: list[tuple[Any, Any]]) -> None:
    CustomerRecord.objects.all().delete()
    records = [make_record(attributes={NAME: value, "kept": [1, "a"]}) for value, _ in changes]
    lines = [
        json.dumps({"email": record.email, NAME: new, "other": new, "first name": "Anna"})
        for record, (_, new) in zip(records, changes, strict=True)
    ]

    job = load("list.jsonl", "\n".join(lines).encode(), keep_unknown=True)
    assert {tuple(one.attributes["kept"]) for one in CustomerRecord.objects.all()} == {(1, "a")}
    run(undo.create(job.pk, actor=STAFF))

    for record, (value, _) in zip(records, changes, strict=True):
        record.refresh_from_db()
        assert spelt(record.attributes) == spelt({NAME: value, "kept": [1, "a"]})
