"""The tree as JSON, for programs that build conditions. Nothing is lost between it and the text.

    {"and": [condition, ...]}   {"or": [condition, ...]}   {"not": condition}   {"segment": "name"}
    {"field": "order_count", "operator": ">=", "value": 2}
    {"field": "country", "operator": "IN", "value": ["DE", "FR"]}
    {"function": "orders", "operator": "MATCHES", "parameters": [{"field": "count", "operator": ">=", "value": 2}]}

A value is a text, a number, true or false, or one of {"amount": "100", "currency": "EUR"}, {"date": "2026-01-31"},
{"time": "2026-01-31T18:30:00Z"}, {"offset": "-30d"}, {"id": 12}, for attributes {"json": ["a", "b"]} and, where JSON
would round it, {"number": "0.1"}.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import literals
from .errors import ConditionError, Reason, closest, did_you_mean
from .limits import MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES
from .tree import And, Call, Comparison, Id, InSegment, Json, Literal, Money, Node, Not, Offset, Operator, Or, Path

_MATCHES, _NOT_MATCHES = "MATCHES", "NOT MATCHES"
# The largest whole number that every reader of JSON keeps.
_EXACT = 2**53


def dump(node: Node) -> dict[str, Any]:
    """The JSON of a tree."""
    match node:
        case And(parts):
            return {"and": [dump(part) for part in parts]}
        case Or(parts):
            return {"or": [dump(part) for part in parts]}
        case Not(part):
            return {"not": dump(part)}
        case InSegment(segment):
            return {"segment": _dump_value(segment)}
        case Call(function, parameters, negated):
            return {
                "function": function,
                "operator": _NOT_MATCHES if negated else _MATCHES,
                "parameters": [dump(parameter) for parameter in parameters],
            }
        case Comparison(field, operator, values):
            given: dict[str, Any] = {"field": field, "operator": str(operator)}
            if operator.has_list or operator is Operator.BETWEEN:
                return given | {"value": [_dump_value(value) for value in values]}
            return given | {"value": _dump_value(values[0])} if values else given
    raise TypeError("This is not a condition.")


def _dump_value(value: Literal) -> Any:
    match value:
        case bool() | str():
            return value
        case Decimal():
            if value == value.to_integral_value():
                return int(value) if abs(value) < _EXACT else {"number": literals.plain(value)}
            return float(value) if Decimal(repr(float(value))) == value else {"number": literals.plain(value)}
        case Money(amount, currency):
            return {"amount": literals.plain(amount), "currency": currency}
        case Offset():
            return {"offset": literals.text_of(value)}
        case Id(key):
            return {"id": key}
        case Json(text):
            return {"json": json.loads(text)}
        case datetime():
            return {"time": literals.text_of(value)}
        case date():
            return {"date": literals.text_of(value)}
    raise TypeError("This is not a value of a condition.")


def load(value: Any) -> Node:
    """The tree of a JSON value. Raises a `ConditionError` with the path of what cannot be read."""
    return _Loader().node(value, (), depth=0)


class _Loader:
    def __init__(self) -> None:
        self.conditions = 0

    def node(self, value: Any, path: Path, depth: int) -> Node:
        if not isinstance(value, Mapping):
            raise _wrong('A condition is an object, such as {"field": ..., "operator": ..., "value": ...}.', path)
        if depth > MAX_DEPTH:
            raise ConditionError(
                f"Conditions may be at most {MAX_DEPTH} within each other.", reason=Reason.LIMIT_REACHED, path=path
            )
        for key, kind in (("and", And), ("or", Or)):
            if key in value:
                _only(value, (key,), path)
                parts = _list(value[key], (*path, key), most=MAX_CONDITIONS)
                nodes = [self.node(part, (*path, key, number), depth + 1) for number, part in enumerate(parts)]
                return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))
        if "not" in value:
            _only(value, ("not",), path)
            return Not(self.node(value["not"], (*path, "not"), depth + 1))
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise ConditionError(
                f"There may be at most {MAX_CONDITIONS} conditions.", reason=Reason.LIMIT_REACHED, path=path
            )
        if "segment" in value:
            return self._segment(value, path)
        if "function" in value:
            return self._call(value, path)
        return self.comparison(value, path)

    def _segment(self, value: Mapping[str, Any], path: Path) -> InSegment:
        _only(value, ("segment",), path)
        segment = _value(value["segment"], (*path, "segment"))
        if not isinstance(segment, str | Id):
            raise _wrong('A segment is its name, or {"id": 12}.', (*path, "segment"))
        return InSegment(segment)

    def _call(self, value: Mapping[str, Any], path: Path) -> Call:
        _only(value, ("function", "operator", "parameters"), path)
        operator = value.get("operator", _MATCHES)
        if operator not in (_MATCHES, _NOT_MATCHES):
            raise _wrong("The operator of a function is MATCHES or NOT MATCHES.", (*path, "operator"))
        given = _list(value.get("parameters"), (*path, "parameters"), most=MAX_CONDITIONS)
        parameters = []
        for number, one in enumerate(given):
            place = (*path, "parameters", number)
            self.conditions += 1
            if self.conditions > MAX_CONDITIONS or not isinstance(one, Mapping):
                self.node(one, place, 0)  # which says what is wrong
            parameters.append(self.comparison(one, place))
        return Call(_name(value["function"], (*path, "function")), tuple(parameters), operator == _NOT_MATCHES)

    def comparison(self, value: Mapping[str, Any], path: Path) -> Comparison:
        if "field" not in value:
            keys = ("and", "or", "not", "segment", "function", "field")
            meant = next((word for key in value if (word := closest(str(key), keys))), "field")
            raise _wrong(f"A condition needs one of {', '.join(f'`{key}`' for key in keys)}.", path, meant)
        _only(value, ("field", "operator", "value"), path)
        name, operator = _name(value["field"], (*path, "field")), _operator(value.get("operator"), (*path, "operator"))
        place = (*path, "value")
        if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            if "value" in value:
                raise _wrong(f"{operator} takes no value.", place)
            return Comparison(name, operator)
        if "value" not in value:
            raise _wrong("Give a `value`.", path)
        if not operator.has_list and operator is not Operator.BETWEEN:
            return Comparison(name, operator, (_value(value["value"], place),))
        given = _list(value["value"], place, most=MAX_VALUES)
        if operator is Operator.BETWEEN and len(given) != 2:
            raise _wrong("BETWEEN takes a list of two values.", place)
        return Comparison(name, operator, tuple(_value(one, (*place, number)) for number, one in enumerate(given)))


def _list(value: Any, path: Path, *, most: int) -> list[Any]:
    if not isinstance(value, list | tuple) or not value:
        raise _wrong("Give a list with at least one entry.", path)
    if len(value) > most:
        raise ConditionError(f"A list may have at most {most} entries.", reason=Reason.LIMIT_REACHED, path=path)
    return list(value)


def _only(value: Mapping[str, Any], keys: tuple[str, ...], path: Path) -> None:
    if others := [str(key) for key in value if key not in keys]:
        meant = closest(others[0], keys)
        raise _wrong(f"`{others[0][:50]}` has no meaning here.", (*path, others[0]), meant)


def _name(value: Any, path: Path) -> str:
    try:
        text = literals.checked_text(value) if isinstance(value, str) else ""
    except ValueError as error:
        raise _wrong(str(error), path) from None
    if not text:
        raise _wrong("Give a name.", path)
    own, dot, chosen = text.partition(".")
    return f"{own.lower()}{dot}{chosen}"


def _operator(value: Any, path: Path) -> Operator:
    text = value.upper() if isinstance(value, str) else ""
    try:
        return Operator(text)
    except ValueError:
        listed = ", ".join(Operator)
        raise _wrong(f"The operator must be one of {listed}.", path, closest(text, Operator)) from None


def _value(value: Any, path: Path) -> Literal:
    try:
        return _read(value)
    except ValueError as error:
        raise ConditionError(str(error), reason=Reason.INVALID_VALUE, path=path) from None


def _read(value: Any) -> Literal:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return literals.checked_text(value)
    if isinstance(value, int):
        if abs(value) >= 10**30:  # `Decimal` would keep it, and `repr` may take long
            raise ValueError("The number is too large.")
        return literals.checked_number(Decimal(value))
    if isinstance(value, float):
        return literals.checked_number(Decimal(repr(value)))
    if isinstance(value, Mapping):
        keys = tuple(sorted(map(str, value)))
        if keys == ("amount", "currency"):
            given = value["amount"]
            amount = literals.read_number(given) if isinstance(given, str) else _read(given)
            if isinstance(amount, Decimal):
                return Money(amount, literals.read_currency(_text(value["currency"])))
        readers: Mapping[str, Callable[[str], Literal]] = {
            "number": literals.read_number,
            "date": literals.read_date,
            "time": literals.read_time,
            "offset": literals.read_offset,
        }
        if len(keys) == 1 and keys[0] in readers:
            return readers[keys[0]](_text(value[keys[0]]))
        if keys == ("json",):
            return literals.json_of(value["json"])
        if keys == ("id",) and isinstance(value["id"], int | str) and not isinstance(value["id"], bool):
            return literals.read_id(str(value["id"])[:20])
    raise ValueError(
        'A value is a text, a number, true, false, or an object such as {"amount": "100", "currency": "EUR"}, '
        '{"date": "2026-01-31"} or {"offset": "-30d"}.'
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Write this as a text.")
    return value


def _wrong(message: str, path: Path, suggestion: str = "") -> ConditionError:
    return ConditionError(message + did_you_mean(suggestion), reason=Reason.SYNTAX, path=path, suggestion=suggestion)
