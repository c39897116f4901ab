"""Functions as conditions: `orders MATCHES (count >= 2, spent > 100 EUR, date >= -90d)`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ..core.paging import InRows
from .clauses import FieldClause, FunctionClause
from .context import Context
from .predicates import IsMissing, Missing, Within, complement
from .registry import Parameter


def condition_of(clause: FunctionClause, context: Context) -> Q:
    """The condition on records, not negated.

    With totals, all rows that match are added up in one go, but for a page in order, which looks at the rows of a few
    records. If the totals of nothing meet the parameters, as in `count = 0`, whoever has no row is included.
    """
    rows = matching_rows(clause, context)
    totals = [one for one in clause.parameters if _is_total(one)]
    if not totals:
        return Q(Exists(rows.filter(record=OuterRef("pk"))))
    aggregates = {f"total_{number}": _aggregate(one) for number, one in enumerate(totals)}
    conditions = Q()
    for name, one in zip(aggregates, totals, strict=True):
        conditions &= _on_total(one, name)
    of_nothing = all(_of_nothing(one) for one in totals)
    wanted = complement(conditions) if of_nothing else conditions

    def summed(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
        totals: QuerySet[Any, Any] = rows.order_by().values("record").annotate(**aggregates)
        return totals.filter(wanted).values("record")

    of_each = matching_rows(clause, replace(context, is_of_each=True)).filter(record=OuterRef("pk"))
    found = Q(InRows("pk", summed(rows), of_each=Exists(summed(of_each)), key="record"))
    return ~found if of_nothing else found


def matching_rows(clause: FunctionClause, context: Context) -> QuerySet[Any]:
    """The rows that meet the parameters which are no totals."""
    given = {one.field.name for one in clause.parameters}
    rows = clause.function.rows(context).filter(record__isnull=False)
    for name, condition in clause.function.defaults.items():
        if name not in given:
            rows = rows.filter(condition)
    for one in clause.parameters:
        if not _is_total(one):
            rows = rows.filter(row_condition(one, context))
    return rows


def row_condition(clause: FieldClause, context: Context) -> Q:
    condition = reduce(or_, (clause.field.condition(predicate, context) for predicate in clause.predicates))
    return complement(condition) if clause.negated else condition


def read_totals(
    clause: FunctionClause, record_ids: Collection[int], context: Context
) -> Mapping[int, Mapping[str, Any]]:
    """How many rows of each record match, and their totals, by the name of the parameter. One statement."""
    summed = matching_rows(clause, context).filter(record__in=record_ids).order_by().values("record")
    totals = {one.field.name: one for one in clause.parameters if _is_total(one)}
    summed = summed.annotate(
        matching_rows=Count("pk"), **{f"total_{name}": _aggregate(one) for name, one in totals.items()}
    )
    found = {
        row["record"]: {"matching": row["matching_rows"], **{name: row[f"total_{name}"] for name in totals}}
        for row in summed
    }
    nothing = {"matching": 0, **{name: _parameter(one).of_nothing for name, one in totals.items()}}
    return {record_id: found.get(record_id, nothing) for record_id in record_ids}


def _parameter(clause: FieldClause) -> Parameter:
    assert isinstance(clause.field, Parameter)
    return clause.field


def _is_total(clause: FieldClause) -> bool:
    return _parameter(clause).total is not None


def _aggregate(clause: FieldClause) -> Any:
    total = _parameter(clause).total
    assert total is not None
    first = clause.predicates[0]
    return total(first.currency if isinstance(first, Within) else "")


def _on_total(clause: FieldClause, name: str) -> Q:
    condition = Q()
    for predicate in clause.predicates:
        # As expressions: of annotations Django does not mind that they may be null.
        if isinstance(predicate, Missing):
            condition |= Q(IsMissing(F(name)))
        elif isinstance(predicate, Within):
            condition |= predicate.of_expression(F(name))
    return complement(condition) if clause.negated else condition


def _of_nothing(clause: FieldClause) -> bool:
    """Whether a record without rows meets the parameter."""
    value = _parameter(clause).of_nothing
    holds = any(
        value is None
        if isinstance(one, Missing)
        else value is not None and isinstance(one, Within) and one.includes(value)
        for one in clause.predicates
    )
    return holds is not clause.negated
