"""Why a record is in a segment, or is not: each clause, whether it holds, and with which value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from ..core.paging import of_each
from ..records.models import CustomerRecord
from . import functions
from .clauses import Clause, FieldClause, FunctionClause, JoinedClause, NotClause, SegmentClause
from .compiling import Compiled, condition_of
from .context import Context
from .literals import plain
from .predicates import Missing, Within
from .printing import text_of_tree
from .registry import Kind
from .tree import Path


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a part of a condition holds of a record.

    `text` is the part as it is written, `path` leads to it in the tree. `value` is what the record has, in words; None
    if it has nothing, or if the part has parts of its own. `note` says what is easily misunderstood, or is blank.
    """

    text: str
    path: Path
    holds: bool
    value: str | None = None
    note: str = ""
    parts: tuple[Explanation, ...] = ()


OF_NOBODY = "A negation includes whoever has no value."


def explain(compiled: Compiled, record_id: int) -> Explanation | None:
    """Find out for one record which clauses hold, or return None if there is no such record.

    One statement evaluates them all, and one more for each clause reads the value.
    """
    clauses = list(_all(compiled.clause))
    holds = _holds(clauses, record_id, compiled.context)
    if holds is None:
        return None
    return _explained(compiled.clause, holds, record_id, compiled.context)


def _all(clause: Clause) -> Iterator[Clause]:
    yield clause
    match clause:
        case JoinedClause(parts=parts):
            for part in parts:
                yield from _all(part)
        case NotClause(part=part) | SegmentClause(part=part):
            yield from _all(part)


def _holds(clauses: list[Clause], record_id: int, context: Context) -> Mapping[int, bool] | None:
    """Whether each clause holds, by its identity."""
    answers = {
        f"clause_{number}": Case(
            When(of_each(condition_of(clause, context)), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for number, clause in enumerate(clauses)
    }
    row = CustomerRecord.objects.filter(pk=record_id).annotate(**answers).values(*answers).first()
    if row is None:
        return None
    return {id(clause): row[f"clause_{number}"] for number, clause in enumerate(clauses)}


def _explained(clause: Clause, holds: Mapping[int, bool], record_id: int, context: Context) -> Explanation:
    parts: tuple[Explanation, ...] = ()
    value, note = None, ""
    match clause:
        case JoinedClause(parts=inner):
            parts = tuple(_explained(part, holds, record_id, context) for part in inner)
        case NotClause(part=part) | SegmentClause(part=part):
            parts = (_explained(part, holds, record_id, context),)
            if isinstance(clause, NotClause) and holds[id(clause)] and _lacks_value(parts[0]):
                note = OF_NOBODY
        case FieldClause():
            value = _value_of(clause, record_id, context)
            if clause.negated and value is None and not isinstance(clause.predicates[0], Missing):
                note = OF_NOBODY
        case FunctionClause():
            totals = functions.read_totals(clause, [record_id], context)[record_id]
            value = ", ".join(f"{name} {shown(total, context)}" for name, total in totals.items())
            if clause.negated and not totals["matching"]:
                note = OF_NOBODY
    return Explanation(text_of_tree(clause.source), clause.path, holds[id(clause)], value, note, parts)


def _lacks_value(explanation: Explanation) -> bool:
    """Whether something below was not met because there is no value at all."""
    if explanation.parts:
        return any(_lacks_value(part) for part in explanation.parts)
    return explanation.value is None and not explanation.holds


def _value_of(clause: FieldClause, record_id: int, context: Context) -> str | None:
    predicate = clause.predicates[0]
    value = clause.field.read([record_id], predicate, context).get(record_id)
    if clause.field.kind is Kind.MONEY and value is not None and isinstance(predicate, Within):
        return f"{shown(value, context)} {predicate.currency}"
    return shown(value, context)


def shown(value: Any, context: Context) -> str | None:
    """A value in words. Times are in the shop's time zone. None and an empty list are no value."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case list() | tuple() | set() | frozenset():
            return ", ".join(str(shown(one, context)) for one in value) or None
        case datetime():
            return value.astimezone(context.zone).isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case Decimal():
            return plain(value)
    return str(value)
