"""Fields that are columns of the record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan, In

from ...records.models import CustomerRecord
from ...records.search import FoldedText
from ..context import Context
from ..predicates import NOBODY, Containing, Missing, OneOf, Predicate, Within
from ..registry import Condition, Field, Kind, Read


def reads(column: str) -> Read:
    """Read the column; blank is no value."""

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        found = CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", column)
        return {pk: None if value == "" else value for pk, value in found}

    return read


def of_time(column: str) -> Condition:
    """A column with moments or numbers, which may be null."""

    def condition(predicate: Predicate, context: Context) -> Q:
        if isinstance(predicate, Missing):
            return Q(**{f"{column}__isnull": True})
        return predicate.of_nullable(column) if isinstance(predicate, Within) else NOBODY

    return condition


def of_boolean(column: str) -> Condition:
    def condition(predicate: Predicate, context: Context) -> Q:
        values = predicate.values if isinstance(predicate, OneOf) else ()
        return Q(**{column: values[0]}) if len(values) == 1 else NOBODY

    return condition


def of_choice(column: str) -> Condition:
    """A column with one of few values, or codes, spelt as it is kept. Blank is no value."""

    def condition(predicate: Predicate, context: Context) -> Q:
        if isinstance(predicate, Missing):
            return Q(**{column: ""})
        values = predicate.values if isinstance(predicate, OneOf) else ()
        # As partial indexes are spelt, where it is one value.
        return Q(**{column: values[0]}) if len(values) == 1 else Q(**{f"{column}__in": values})

    return condition


def of_text(column: str) -> Condition:
    """A text column, compared without regard to case and accents. Blank is no value."""

    def condition(predicate: Predicate, context: Context) -> Q:
        has_any = ~Q(**{column: ""})
        match predicate:
            case OneOf(values):
                return has_any & Q(In(FoldedText(column), [FoldedText(Value(value)) for value in values]))
            case Containing(part):
                return has_any & contains(FoldedText(column), FoldedText(Value(part)))
            case Missing():
                return Q(**{column: ""})
        return NOBODY

    return condition


def contains(text: Any, part: Any) -> Q:
    """The condition that a text has another one in it, whatever characters this has."""
    return Q(GreaterThan(StrIndex(text, part), Value(0)))


def time_field(name: str, label: str, *, column: str = "", **more: Any) -> Field:
    column = column or name
    return Field(
        name=name, label=label, kind=Kind.TIME, condition=of_time(column), read=reads(column), is_guessable=True, **more
    )


def boolean_field(name: str, label: str, *, column: str = "", **more: Any) -> Field:
    column = column or name
    return Field(
        name=name,
        label=label,
        kind=Kind.BOOLEAN,
        condition=of_boolean(column),
        read=reads(column),
        is_guessable=True,
        **more,
    )


def text_field(name: str, label: str, *, column: str = "", **more: Any) -> Field:
    column = column or name
    usual: dict[str, Any] = {"condition": of_text(column), "read": reads(column), "can_be_missing": True}
    return Field(name=name, label=label, kind=Kind.TEXT, is_guessable=True, **usual | more)
