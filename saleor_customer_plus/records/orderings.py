"""The orders in which a list of records can be read, each made so that an index answers it (see `paging`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    TextField,
    Value,
)
from django.db.models.expressions import Col

from ..ledger.models import MONEY, CustomerFigures
from ..paging import Key, Ordering, Segment
from .email import normalize_email
from .filters import Records
from .models import CustomerRecord
from .search import phone_digits, search_query

_ID = Key("id", BigIntegerField())
_CREATED = (Key("created_at", DateTimeField()), _ID)


class SortField(StrEnum):
    """What records can be sorted by."""

    CREATED = "CREATED"
    NAME = "NAME"
    EMAIL = "EMAIL"
    LAST_ORDER = "LAST_ORDER"
    ORDER_COUNT = "ORDER_COUNT"
    TOTAL_SPENT = "TOTAL_SPENT"


# Those that one index on the table of records answers as they are.
_PLAIN: dict[SortField, tuple[Key, ...]] = {
    SortField.CREATED: _CREATED,
    SortField.NAME: (Key("sort_name", TextField()), _ID),
    SortField.EMAIL: (Key("email", CharField()),),
    SortField.ORDER_COUNT: (Key("order_count", IntegerField()), _ID),
}


def sorted_by(records: Records, field: SortField, *, descending: bool, currency: str = "") -> Ordering[CustomerRecord]:
    """The records by a field, ties by id. `currency` is that of the money, where the field is money."""
    if field is SortField.LAST_ORDER:
        return _by_last_order(records, descending)
    if field is SortField.TOTAL_SPENT:
        return _by_total_spent(records, descending, currency)
    return Ordering(field.value, [Segment(records, _PLAIN[field], descending)])


def newest_first(records: Records) -> Ordering[CustomerRecord]:
    """The order of a list for which no other was asked."""
    return sorted_by(records, SortField.CREATED, descending=True)


def _never_bought(records: Records, descending: bool) -> Segment[CustomerRecord]:
    # Equal to "no last order" and "no figures", and there is an index on it.
    return Segment(records.filter(order_count=0), (_ID,), descending)


def _by_last_order(records: Records, descending: bool) -> Ordering[CustomerRecord]:
    """Whoever never bought comes last in both directions."""
    bought = records.filter(last_order_at__isnull=False)
    return Ordering(
        SortField.LAST_ORDER,
        [
            Segment(bought, (Key("last_order_at", DateTimeField()), _ID), descending),
            _never_bought(records, descending),
        ],
    )


class _Beside(F):
    """Another column of the row that a joined column is of. For a foreign key Django would take the joining one."""

    def __init__(self, name: str, column: str) -> None:
        super().__init__(name)
        self.column = column

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Col:
        beside: Any = super().resolve_expression(*args, **kwargs)
        column: Any = CustomerFigures._meta.get_field(self.column)
        return Col(beside.alias, column)


_SPENT = (Key("spent", DecimalField(**MONEY)), Key("spent_by", BigIntegerField()))


def _by_total_spent(records: Records, descending: bool, currency: str) -> Ordering[CustomerRecord]:
    """Those who bought in the currency, then those who bought in others only (currency by currency, in a row that has
    no meaning but costs nothing), then those who never bought.
    """

    def spenders(condition: Q) -> Records:
        return records.filter(condition).annotate(
            spent=F("figures__total_gross"),
            spent_by=_Beside("figures__total_gross", "record"),
            spent_in=F("figures__currency"),
        )

    def elsewhere(condition: Q) -> Segment[CustomerRecord]:
        """Each record once, in the first of its currencies."""
        counted_before = CustomerFigures.objects.filter(
            Q(currency=currency) | Q(currency__lt=OuterRef("spent_in")), record=OuterRef("spent_by")
        )
        rows = spenders(condition).filter(~Exists(counted_before))
        return Segment(rows, (Key("spent_in", CharField()), *_SPENT), descending)

    after, before = (elsewhere(Q(**{f"figures__currency__{side}": currency})) for side in ("gt", "lt"))
    return Ordering(
        f"{SortField.TOTAL_SPENT}:{currency}",
        [
            Segment(spenders(Q(figures__currency=currency)), _SPENT, descending),
            after,
            before,
            _never_bought(records, descending),
        ],
    )


def _matches(query: str) -> Func:
    return Func(
        F("search_terms"),
        Value(query),
        template="(%(expressions)s::tsquery)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def found(records: Records, text: str) -> Records:
    """The records in which every word of the text is the start of a term. All of them, if the text has no word."""
    query = search_query(text)
    return records.filter(_matches(query)) if query else records


def by_relevance(records: Records, text: str) -> Ordering[CustomerRecord]:
    """What a search finds, best first: the very e-mail address, number or phone; whole words; starts of words.

    Within each of the three, newest first. Tiers, unlike a computed rank, can be read page by page from an index.
    """
    query = search_query(text)
    if not query:
        return newest_first(records)
    exact = Q(email=normalize_email(text)) | Q(number=text.strip())
    if digits := phone_digits(text):
        exact |= Q(_matches(f"'{digits}'"))
    whole = Q(_matches(search_query(text, whole_words=True)))
    tiers = (exact, whole & ~exact, Q(_matches(query)) & ~whole & ~exact)
    return Ordering("SEARCH", [Segment(records.filter(tier), _CREATED, descending=True) for tier in tiers])
