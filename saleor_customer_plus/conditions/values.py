"""From the values of a comparison to predicates: types, currencies, days, choices and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .context import Context
from .errors import ConditionError, Reason, closest, did_you_mean
from .literals import quoted, text_of
from .predicates import Containing, Missing, OneOf, Predicate, Within
from .registry import Field, Kind, References
from .times import day_of, end_of, start_of
from .tree import OPPOSITES, Comparison, Id, Json, Literal, Money, Offset, Operator, Path

# The keys of the rows that values name, by what they are names of.
Known = Mapping[References, Mapping[str | Id, Any]]

_EXPECTED = {
    Kind.TEXT: ("a text between single quotes", "'Berlin'"),
    Kind.NUMBER: ("a number", "12"),
    Kind.MONEY: ("an amount with its currency", "100 EUR"),
    Kind.TIME: ("a date, a time or an offset from today", "2026-01-31"),
    Kind.DAY: ("a date or an offset from today", "2026-01-31"),
    Kind.BOOLEAN: ("true or false", "true"),
    Kind.CHOICE: ("one of its values between single quotes", ""),
    Kind.SET: ("one of its values between single quotes", ""),
    Kind.ID: ("an id", "#12"),
    Kind.JSON: ("a text, a number, true or false", "'gold'"),
}


def predicates_of(
    node: Comparison, field: Field, path: Path, context: Context, known: Known, *, is_trusted: bool = False
) -> tuple[Predicate, ...]:
    """What a comparison asks of the field, negated or not. Raises a `ConditionError` for what it cannot be compared to.

    With `is_trusted` a value that is none of the field's is kept, and met by nobody.
    """
    operator = OPPOSITES.get(node.operator, node.operator)
    if node.operator not in field.operators:
        raise _not_allowed(node, field, path)
    if operator is Operator.IS_NULL:
        return (Missing(),)
    several = operator in (Operator.IN, Operator.BETWEEN)
    places = [(*path, "value", number) if several else (*path, "value") for number in range(len(node.values))]
    values = [
        _typed(value, field, place, known, is_trusted=is_trusted)
        for value, place in zip(node.values, places, strict=True)
    ]
    if field.kind in (Kind.NUMBER, Kind.MONEY, Kind.TIME, Kind.DAY):
        ranges = _ranges(operator, values, field, path, context, is_trusted=is_trusted)
        return tuple(one.whole() for one in ranges) if field.is_whole else ranges
    if operator is Operator.CONTAINS and field.kind in (Kind.TEXT, Kind.JSON):
        if values[0] == "":
            raise ConditionError("Write at least one character.", reason=Reason.INVALID_VALUE, path=places[0])
        return (Containing(values[0]),)
    return (OneOf(tuple(dict.fromkeys(values))),)


def _not_allowed(node: Comparison, field: Field, path: Path) -> ConditionError:
    allowed = field.operators
    meant = {
        Operator.EQUAL: Operator.CONTAINS,
        Operator.NOT_EQUAL: Operator.NOT_CONTAINS,
        Operator.CONTAINS: Operator.EQUAL,
        Operator.NOT_CONTAINS: Operator.NOT_EQUAL,
    }.get(node.operator)
    suggestion = str(meant) if meant in allowed else ""
    if node.operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
        message = f"`{field.name}` always has a value."
    else:
        message = f"`{field.name}` cannot be compared with {node.operator}, only with {', '.join(allowed)}."
    return ConditionError(
        message + did_you_mean(suggestion),
        reason=Reason.OPERATOR_NOT_ALLOWED,
        path=(*path, "operator"),
        suggestion=suggestion,
    )


def _typed(value: Literal, field: Field, path: Path, known: Known, *, is_trusted: bool) -> Any:
    """The value as the field has its values: the key of a row that it names, the choice as it is spelt."""
    if field.references is not None:
        return _row(value, field, field.references, path, known)
    found = _CHECKS[field.kind](value)
    if found is None:
        raise _wrong_type(value, field, path)
    if field.choices and not is_trusted:
        found = _choice(found, field, path)
    if field.clean is None:
        return found
    try:
        return field.clean(found)
    except ValueError as error:
        if is_trusted:
            return found
        raise ConditionError(str(error), reason=Reason.INVALID_VALUE, path=path) from None


def _row(value: Literal, field: Field, references: References, path: Path, known: Known) -> Any:
    if not isinstance(value, str | Id):
        raise _wrong_type(value, field, path)
    key = known.get(references, {}).get(value)
    if key is None:
        meant = closest(value, references.names()) if isinstance(value, str) else ""
        suggestion = quoted(meant) if meant else ""
        raise ConditionError(
            f"There is no {references.word} {text_of(value)}." + did_you_mean(suggestion),
            reason=Reason.NOT_FOUND,
            path=path,
            suggestion=suggestion,
        )
    return key


def _choice(value: str, field: Field, path: Path) -> str:
    by_folded = {choice.lower(): choice for choice in field.choices}
    if (choice := by_folded.get(value.lower().strip())) is not None:
        return choice
    meant = closest(value, field.choices)
    suggestion = quoted(meant) if meant else ""
    listed = ", ".join(field.choices[:20])
    raise ConditionError(
        f"`{field.name}` has no value {quoted(value[:50])}, only {listed}." + did_you_mean(suggestion),
        reason=Reason.INVALID_VALUE,
        path=path,
        suggestion=suggestion,
    )


def _wrong_type(value: Literal, field: Field, path: Path) -> ConditionError:
    expected, example = _EXPECTED[field.kind]
    reason, suggestion = Reason.WRONG_TYPE, example
    if field.kind is Kind.MONEY and isinstance(value, Decimal):
        reason, suggestion = Reason.CURRENCY_REQUIRED, f"{text_of(value)} EUR"
        expected = "an amount with its currency: amounts of different currencies are never added"
    elif field.kind in (Kind.TEXT, Kind.CHOICE, Kind.SET) and isinstance(value, Decimal | Money | bool):
        suggestion = quoted(text_of(value))
    elif field.kind is Kind.NUMBER and isinstance(value, Money):
        suggestion = text_of(value.amount)
    return ConditionError(
        f"`{field.name}` is compared with {expected}, not with {text_of(value)[:50]}." + did_you_mean(suggestion),
        reason=reason,
        path=path,
        suggestion=suggestion,
    )


def _instance(*types: type) -> Callable[[Literal], Any]:
    def check(value: Literal) -> Any:
        return value if isinstance(value, types) and (bool in types or not isinstance(value, bool)) else None

    return check


def _day(value: Literal) -> Any:
    return value if isinstance(value, date | Offset) and not isinstance(value, datetime) else None


_CHECKS: Mapping[Kind, Callable[[Literal], Any]] = {
    Kind.TEXT: _instance(str),
    Kind.NUMBER: _instance(Decimal),
    Kind.MONEY: _instance(Money),
    Kind.TIME: _instance(date, Offset),
    Kind.DAY: _day,
    Kind.BOOLEAN: _instance(bool),
    Kind.CHOICE: _instance(str),
    Kind.SET: _instance(str),
    Kind.ID: lambda value: value.key if isinstance(value, Id) else None,
    Kind.JSON: _instance(str, Decimal, bool, Json),
}


def _ranges(
    operator: Operator, values: list[Any], field: Field, path: Path, context: Context, *, is_trusted: bool
) -> tuple[Within, ...]:
    if field.kind is Kind.MONEY and len({value.currency for value in values}) > 1:
        raise ConditionError(
            "Both amounts must be in one currency.", reason=Reason.INVALID_VALUE, path=(*path, "value")
        )
    ends = [_ends(value, field.kind, context) for value in values]
    currency = values[0].currency if field.kind is Kind.MONEY else ""
    first = ends[0]
    match operator:
        case Operator.EQUAL | Operator.IN:
            return tuple(_between(one, one, currency) for one in ends)
        case Operator.BETWEEN:
            if ends[0].low > ends[1].low and not is_trusted:
                raise ConditionError(
                    "The first value must not be greater than the second.",
                    reason=Reason.INVALID_VALUE,
                    path=(*path, "value"),
                )
            return (_between(ends[0], ends[1], currency),)
        case Operator.GREATER:
            return (Within(first.high, None, not first.is_high_excluded, currency=currency),)
        case Operator.GREATER_OR_EQUAL:
            return (Within(first.low, None, currency=currency),)
        case Operator.LESS:
            return (Within(None, first.low, is_high_excluded=True, currency=currency),)
    return (Within(None, first.high, is_high_excluded=first.is_high_excluded, currency=currency),)


def _between(first: Within, last: Within, currency: str) -> Within:
    return Within(first.low, last.high, False, last.is_high_excluded, currency)


def _ends(value: Any, kind: Kind, context: Context) -> Within:
    """The range that one value stands for: a day lasts from its first moment to before that of the next."""
    if isinstance(value, Money):
        return Within(value.amount, value.amount)
    if isinstance(value, Offset) or (isinstance(value, date) and not isinstance(value, datetime)):
        day = day_of(value, context.today)
        if kind is Kind.DAY:
            return Within(day, day)
        return Within(start_of(day, context.zone), end_of(day, context.zone), is_high_excluded=True)
    return Within(value, value)
