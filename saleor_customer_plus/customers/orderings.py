"""The orders in which a list of records can be read, each made so that an index answers it (see `paging`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Field,
    IntegerField,
    Model,
    OuterRef,
    Q,
    TextField,
)
from django.db.models.expressions import Col

from ..core.paging import Key, Ordering, RankedSegment, Segment
from ..errors import CustomerPlusError, ErrorCode
from ..fields.models import FieldDefinition, FieldType, FieldValue
from ..insights.models import CustomerInsight
from ..ledger.channel_figures import Seen
from ..ledger.models import SUM, CustomerFigures
from ..records.email import normalize_email
from ..records.emails import of_owner
from ..records.models import CustomerRecord
from ..records.search import matches, phone_digits, search_query
from ..saleor_adapter.staff import Channels
from .filters import RecordFilter, Records

_ID = Key("id", BigIntegerField())


class SortField(StrEnum):
    """What records can be sorted by."""

    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    EMAIL = "EMAIL"
    LAST_ORDER_AT = "LAST_ORDER_AT"
    ORDER_COUNT = "ORDER_COUNT"
    TOTAL_SPENT = "TOTAL_SPENT"
    NEXT_ORDER_EXPECTED_AT = "NEXT_ORDER_EXPECTED_AT"
    FIELD = "FIELD"


# Those that an index on the table of records answers.
_KEYS: dict[SortField, tuple[Key, ...]] = {
    SortField.CREATED_AT: (Key("created_at", DateTimeField()), _ID),
    SortField.NAME: (Key("sort_name", TextField()), _ID),
    SortField.EMAIL: (Key("email", CharField()),),
    SortField.LAST_ORDER_AT: (Key("last_order_at", DateTimeField()), _ID),
    SortField.ORDER_COUNT: (Key("order_count", IntegerField()), _ID),
}
# Those that list who never bought like everybody else.
_PLAIN = (SortField.CREATED_AT, SortField.NAME, SortField.EMAIL)
# Those by figures in one currency.
OF_A_CURRENCY = (SortField.TOTAL_SPENT, SortField.NEXT_ORDER_EXPECTED_AT)
# By which column of its values a field of the shop's own is sorted. Of the other types nothing is before another.
COLUMNS_OF_FIELDS: dict[str, tuple[str, Field[Any, Any]]] = {
    FieldType.TEXT: ("text", TextField()),
    FieldType.CHOICE: ("text", TextField()),
    FieldType.NUMBER: ("number", DecimalField(max_digits=24, decimal_places=6)),
    FieldType.MONEY: ("number", DecimalField(max_digits=24, decimal_places=6)),
    FieldType.DATE: ("date", DateField()),
    FieldType.BOOLEAN: ("boolean", BooleanField()),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """What a list is sorted by, ties by id. `currency` is that of the figure, for sorts `OF_A_CURRENCY`, or of money.

    `own` is the field of the shop's own that a sort by FIELD is about.
    """

    field: SortField
    descending: bool = False
    currency: str = ""
    own: FieldDefinition | None = None

    @property
    def tells_of_orders(self) -> bool:
        """Whether the order of the list depends on which orders are seen."""
        return self.field not in (*_PLAIN, SortField.FIELD)


NEWEST_FIRST = Sort(SortField.CREATED_AT, descending=True)


def columns_of(sort: Sort) -> set[str]:
    """The columns of a record that decide its place in such a list."""
    return {key.name for key in _KEYS.get(sort.field, ())}


def sorted_by(
    records: Records, condition: Q, sort: Sort, wanted: RecordFilter, channels: Channels = None
) -> Ordering[CustomerRecord]:
    """The records for which the condition holds, sorted.

    The condition is apart from those that `records` has already, because PostgreSQL cannot guess how many records meet
    it (see `paging.Segment`). What the filter tells of all records saves looking for others.
    """
    if channels is not None and sort.tells_of_orders:
        # A name of its own: a place in a list of all orders tells of figures that whoever reads this one may not see.
        name = f"SEEN{'-' if sort.descending else ''}{sort.field}{sort.currency}"
        return Ordering(name, _segments_seen(records.filter(condition), sort, Seen(channels)))
    segments = _segments(records, sort, wanted)
    if condition:
        scopes = _segments(CustomerRecord.objects.all(), sort, wanted)
        segments = [
            replace(segment, condition=condition, scope=scope.rows)
            for segment, scope in zip(segments, scopes, strict=True)
        ]
    own = f":{sort.own.pk}" if sort.own is not None else ""
    return Ordering(f"{'-' if sort.descending else ''}{sort.field}{own}{sort.currency}", segments)


def _segments(records: Records, sort: Sort, wanted: RecordFilter) -> list[Segment[CustomerRecord]]:
    if sort.field in _PLAIN:
        return [Segment(records, _KEYS[sort.field], sort.descending)]
    if sort.field is SortField.NEXT_ORDER_EXPECTED_AT:
        return _by_next_order(records, sort)
    if sort.own is not None:
        return _by_own_field(records, sort, sort.own)
    buyers = records.none() if wanted.bought is False else records
    others = Segment(records.none() if wanted.bought else records.filter(order_count=0), (_ID,), sort.descending)
    if sort.field is SortField.ORDER_COUNT:
        segments = [Segment(buyers.filter(order_count__gt=0), _KEYS[sort.field], sort.descending), others]
        return segments if sort.descending else segments[::-1]
    # By what they have not, those who never bought cannot be sorted: they come last in both directions.
    if sort.field is SortField.LAST_ORDER_AT:
        return [Segment(buyers.filter(last_order_at__isnull=False), _KEYS[sort.field], sort.descending), others]
    return [*_by_total_spent(buyers, sort, wanted), others]


def _segments_seen(records: Records, sort: Sort, seen: Seen) -> list[Segment[CustomerRecord]]:
    """The same lists as those of `_segments`, by figures over the orders of some channels only."""
    if sort.field is SortField.NEXT_ORDER_EXPECTED_AT:
        raise CustomerPlusError(
            "When orders are expected is computed over those of all channels. Sorting by it needs access to all "
            "channels: sort by LAST_ORDER_AT instead.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="sort_by",
        )
    others: Segment[CustomerRecord] = Segment(records.filter(~seen.bought()), (_ID,), sort.descending)

    def ranked(ranks: Any, *keys: Key) -> Segment[CustomerRecord]:
        return RankedSegment(records, (*keys, _RECORD), sort.descending, ranks=ranks)

    if sort.field is SortField.ORDER_COUNT:
        segments = [ranked(seen.order_counts(), Key("total", IntegerField())), others]
        return segments if sort.descending else segments[::-1]
    if sort.field is SortField.LAST_ORDER_AT:
        return [ranked(seen.last_orders(), Key("total", DateTimeField())), others]
    spent = Key("total", DecimalField(**SUM))
    elsewhere = seen.spent_elsewhere(sort.currency)
    return [
        ranked(seen.spent(sort.currency), spent),
        ranked(elsewhere.filter(currency__gt=sort.currency), _CURRENCY, spent),
        ranked(elsewhere.filter(currency__lt=sort.currency), _CURRENCY, spent),
        others,
    ]


_RECORD = Key("record", BigIntegerField())
_CURRENCY = Key("currency", CharField())


class _Beside(F):
    """Another column of the row that a joined column is of. For a foreign key Django would take the joining one."""

    def __init__(self, name: str, column: str, model: type[Model] = CustomerFigures) -> None:
        super().__init__(name)
        self.column, self.model = column, model

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Col:
        beside: Any = super().resolve_expression(*args, **kwargs)
        column: Any = self.model._meta.get_field(self.column)
        return Col(beside.alias, column)


_SPENT = (Key("spent", DecimalField(**SUM)), Key("spent_by", BigIntegerField()))


def _by_total_spent(buyers: Records, sort: Sort, wanted: RecordFilter) -> list[Segment[CustomerRecord]]:
    """Those who bought in the currency, then those who bought in others only: currency by currency, which means nothing
    but is an order that an index has.
    """
    spent_here = Q(figures__currency=sort.currency)
    if wanted.total_spent is not None and wanted.total_spent.currency == sort.currency:
        # The filter says so too, but the index that sorts can only use it said like this.
        spent_here &= wanted.total_spent.amounts.within("figures__total_gross")
    here = Segment(_spenders(buyers.filter(spent_here)), _SPENT, sort.descending)
    elsewhere = buyers.none() if sort.currency in wanted.bought_in else buyers
    # Each of the others once: in the first of the currencies.
    counted_before = CustomerFigures.objects.filter(
        Q(currency=sort.currency) | Q(currency__lt=OuterRef("spent_in")), record=OuterRef("spent_by")
    )
    keys = (Key("spent_in", CharField()), *_SPENT)
    there = [
        Segment(_spenders(rows).filter(~Exists(counted_before)), keys, sort.descending)
        for rows in (
            elsewhere.filter(figures__currency__gt=sort.currency),
            elsewhere.filter(figures__currency__lt=sort.currency),
        )
    ]
    return [here, *there]


def _spenders(rows: Records) -> Records:
    """Rows that are joined to one of their figures, with what they are sorted by."""
    return rows.annotate(
        spent=F("figures__total_gross"),
        spent_by=_Beside("figures__total_gross", "record"),
        spent_in=F("figures__currency"),
    )


_EXPECTED = (Key("expected", DateTimeField()), Key("expected_of", BigIntegerField()))


def _by_next_order(records: Records, sort: Sort) -> list[Segment[CustomerRecord]]:
    """Those of whom an order in the currency is expected, then all others."""
    is_expected = Q(insights__currency=sort.currency, insights__next_order_expected_at__isnull=False)
    expected = records.filter(is_expected).annotate(
        expected=F("insights__next_order_expected_at"),
        expected_of=_Beside("insights__next_order_expected_at", "record", CustomerInsight),
    )
    known = CustomerInsight.objects.filter(
        record=OuterRef("pk"), currency=sort.currency, next_order_expected_at__isnull=False
    )
    return [
        Segment(expected, _EXPECTED, sort.descending),
        Segment(records.filter(~Exists(known)), (_ID,), sort.descending),
    ]


def _by_own_field(records: Records, sort: Sort, own: FieldDefinition) -> list[Segment[CustomerRecord]]:
    """Those who have a value, in a currency if it is of money, then the others, who come last in both directions."""
    column, field = COLUMNS_OF_FIELDS[own.type]
    values: dict[str, Any] = {"definition": own.pk, f"{column}__isnull": False}
    if own.is_indexed:
        values["is_indexed"] = True  # as the index has it
    if own.type == FieldType.MONEY:
        values["text"] = sort.currency
    having = records.filter(**{f"field_values__{name}": value for name, value in values.items()}).annotate(
        own=F(f"field_values__{column}"), own_of=_Beside(f"field_values__{column}", "record", FieldValue)
    )
    keys = (Key("own", field), Key("own_of", BigIntegerField()))
    lacking = records.filter(~Exists(FieldValue.objects.filter(record=OuterRef("pk"), **values)))
    return [Segment(having, keys, sort.descending), Segment(lacking, (_ID,), sort.descending)]


def by_relevance(records: Records, condition: Q, text: str) -> Ordering[CustomerRecord]:
    """What a search finds, best first: the very e-mail address, number or phone; whole words; starts of words.

    Within each of the three, newest first. Tiers, unlike a computed rank, can be read page by page from an index.
    """
    exact = of_owner(normalize_email(text)) | Q(number=text.strip())
    if digits := phone_digits(text):
        exact |= matches(f"'{digits}'", is_guessable=True)
    newest = _KEYS[SortField.CREATED_AT]
    words, starts = search_query(text, whole_words=True), search_query(text)
    tiers = [
        Segment(records.filter(exact, condition), newest, descending=True),
        Segment(records.filter(matches(words, is_guessable=True), condition).exclude(exact), newest, descending=True),
        Segment(
            records.exclude(exact),
            newest,
            descending=True,
            condition=condition & matches(f"({starts}) & !({words})"),
            scope=CustomerRecord.objects.all(),
        ),
    ]
    return Ordering("SEARCH", tiers)
