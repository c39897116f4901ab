"""Reading records: one by what identifies it, and the list, filtered, searched and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Q,
    QuerySet,
)

from .email import normalize_email
from .models import CustomerRecord, Source, Stage

Records = QuerySet[CustomerRecord]

# More than that is no search but a paste gone wrong.
LONGEST_SEARCH = 200


def all_records() -> Records:
    """Every record, without the columns that only the database reads."""
    return CustomerRecord.objects.defer("search_terms")


# One record.


def find(
    *, id: int | None = None, email: str | None = None, account_id: int | None = None, number: str | None = None
) -> CustomerRecord | None:
    """Return the record known by the one thing given, active or not."""
    if id is not None:
        return all_records().filter(id=id).first()
    if email is not None:
        return all_records().filter(email=normalize_email(email)).first()
    if account_id is not None:
        return all_records().filter(account_id=account_id).first()
    return all_records().filter(number=number).first()


# Filters.


@dataclass(frozen=True, slots=True)
class Range:
    """From `gte` to `lte`, both included, either of them open."""

    gte: Any = None
    lte: Any = None

    def holds(self, value: Any) -> bool:
        return (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte)

    def within(self, field: str) -> Q:
        bounds = {f"{field}__gte": self.gte, f"{field}__lte": self.lte}
        return Q(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})

    def outside(self, field: str) -> Q:
        condition = Q()
        if self.gte is not None:
            condition |= Q(**{f"{field}__lt": self.gte})
        if self.lte is not None:
            condition |= Q(**{f"{field}__gt": self.lte})
        return condition


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """Amounts in one currency."""

    currency: str
    amounts: Range


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What the records of a list have in common. Nothing given, no filter, but that inactive ones stay out."""

    is_active: bool = True
    ids: Sequence[int] | None = None
    stage: Stage | None = None
    has_account: bool | None = None
    sources: Sequence[Source] | None = None
    country: Sequence[str] | None = None
    company: str | None = None
    created: Range | None = None
    customer_since: Range | None = None
    last_order: Range | None = None
    order_count: Range | None = None
    total_spent: MoneyRange | None = None
    average_order_value: MoneyRange | None = None
    is_tax_exempt: bool | None = None
