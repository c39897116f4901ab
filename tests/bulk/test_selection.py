"""The selection of records in the options of a job, which is read again when the job begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from saleor_customer_plus.bulk import selection
from saleor_customer_plus.customers.filters import RecordFilter


def kinds(hint: Any) -> Iterator[type]:
    """The classes of this package that a value of this type may be made of."""
    if is_dataclass(hint):
        yield hint  # type: ignore[misc]
        for inner in get_type_hints(hint).values():
            yield from kinds(inner)
    elif isinstance(hint, type) and issubclass(hint, Enum):
        yield hint
    for inner in get_args(hint):
        yield from kinds(inner)


def test_all_that_a_filter_is_made_of_can_be_read_again() -> None:
    found = {kind.__name__: kind for kind in kinds(RecordFilter)}
    assert {"RecordFilter", "MoneyRange", "Stage", "FieldType", "Operator"} <= found.keys()
    assert {name: selection._KINDS.get(name) for name in found} == found
