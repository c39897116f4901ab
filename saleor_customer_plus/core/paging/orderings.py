"""What a list is: segments of rows that follow each other, and how the next rows of each are found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, Exists, Expression, F, Field, Func, Model, OrderBy, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from .. import sql

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Key:
    """A column, or an annotation, that rows are ordered by. `field` tells how its values are written and read."""

    name: str
    field: Field[Any, Any]


@dataclass(frozen=True, slots=True)
class Segment(Generic[Row]):
    """A part of a list: its rows, without an order, and the columns that order them, the last of them unique.

    PostgreSQL can read a filtered page in two ways. It walks an index in order and drops rows until the page is full,
    which takes long where few rows pass the filter; or it finds all rows that pass and sorts them, which takes long
    where many do. It chooses by its statistics. A filter of which it has none goes into `condition`, and we choose: the
    next few hundred rows of `scope` (the segment without any filter) are walked in order, until the page is full, and
    then as many thousand as fill it if those go on as they began. Only if that is too many, or they do not fill it, all
    others that pass are found and sorted.
    """

    rows: QuerySet[Row]
    keys: Sequence[Key]
    descending: bool = False
    condition: Q = field(default_factory=Q)
    scope: QuerySet[Row] | None = None

    def read(
        self, values: Sequence[Any] | None, limit: int, *, backward: bool = False, included: bool = False
    ) -> list[Row]:
        """The first rows from a row on that has these values of the keys, or from the start."""
        after = Q() if values is None else self.beyond(values, backward=backward, included=included)
        rows = self.rows.order_by(*self.order(backward=backward))
        if not self.condition:
            return list(rows.filter(after)[:limit])
        if self.scope is None:
            return list(rows.filter(after, self.condition)[:limit])
        found: list[Row] = []
        steps, walked = FIRST_AHEAD, 0
        while steps:
            found.extend(self._among(after, steps, limit - len(found), backward=backward))
            if len(found) == limit or (horizon := self._horizon(after, steps, backward=backward)) is None:
                return found
            after = self.beyond(horizon, backward=backward, included=True)
            walked += steps
            steps = self._further(walked, len(found), limit)
        far = self.rows.filter(self.condition, after).order_by(*self.order(_unindexed_column, backward=backward))
        return [*found, *far[: limit - len(found)]]

    def order(self, column: Callable[[str], Any] = F, *, backward: bool) -> Iterator[OrderBy]:
        for key in self.keys:
            yield OrderBy(column(key.name), descending=self.descending is not backward)

    def beyond(self, values: Sequence[Any], *, backward: bool, included: bool = False) -> Q:
        """The condition for rows on one side of the row that has these values, or also for that row."""
        operator = ("<" if self.descending is not backward else ">") + ("=" if included else "")
        wanted = [Value(value, output_field=key.field) for key, value in zip(self.keys, values, strict=True)]
        return Q(CompareRows([F(key.name) for key in self.keys], operator, wanted))

    def _among(self, after: Q, steps: int, limit: int, *, backward: bool) -> list[Row]:
        """The first rows that pass, of the next ones of the scope.

        PostgreSQL walks through these in order, asks the condition of one at a time, by its key, and stops as soon as
        there are enough.
        """
        walked = self._ahead(after, backward=backward).values("pk")[:steps]
        one = self.rows.filter(of_each(self.condition), pk=RawSQL("walked.pk", ())).order_by().values("pk")
        passing = sql.fill(
            "SELECT walked.pk FROM ({walked}) AS walked(pk), LATERAL ({one} OFFSET 0) AS one LIMIT {limit}",
            walked=sql.of_queryset(walked),
            one=sql.of_queryset(one),
            limit=limit,
        )
        rows = self.rows.filter(pk__in=RawSQL(passing.text, passing.params))
        return list(rows.order_by(*self.order(backward=backward))[:limit])

    def _horizon(self, after: Q, steps: int, *, backward: bool) -> tuple[Any, ...] | None:
        """The keys of the row of the scope behind the next ones, if there is one."""
        rows = self._ahead(after, backward=backward).values_list(*(key.name for key in self.keys))
        return next(iter(rows[steps : steps + 1]), None)

    def _further(self, walked: int, found: int, limit: int) -> int:
        """How many rows to look through after so many, of which so many passed; 0, to look for all others at once."""
        is_costly = _is_costly(self.condition)
        if not found:
            return NEXT_AHEAD if is_costly and walked < NEXT_AHEAD else 0
        missing = (limit - found) * walked // found
        if walked + missing > most_ahead(sql.estimated_rows(self.rows.model), limit, is_costly=is_costly):
            return 0
        return max(missing * 3 // 2, NEXT_AHEAD)  # half as many again, as they are not spread evenly

    def _ahead(self, after: Q, *, backward: bool) -> QuerySet[Row]:
        assert self.scope is not None
        return self.scope.filter(after).order_by(*self.order(backward=backward))


@dataclass(frozen=True, slots=True)
class RankedSegment(Segment[Row]):
    """Rows whose order other rows tell: those of `ranks`, such as sums over the children of each row.

    A row of `ranks` has a value for each key. The last key is the primary key of a row of the list, which belongs to
    the segment if it is also one of `rows`. Most often the first ranks are enough for a page, so that the others are
    not looked up among the rows at all.
    """

    ranks: QuerySet[Any, Any] = field(kw_only=True)

    def read(
        self, values: Sequence[Any] | None, limit: int, *, backward: bool = False, included: bool = False
    ) -> list[Row]:
        after = Q() if values is None else self.beyond(values, backward=backward, included=included)
        names = [key.name for key in self.keys]
        ranked = self.ranks.filter(after).order_by(*self.order(backward=backward)).values_list(*names)
        near = list(ranked[:RANKS_AHEAD])
        present = set(self.rows.filter(pk__in=[place[-1] for place in near]).order_by().values_list("pk", flat=True))
        places = [place for place in near if place[-1] in present][:limit]
        if len(places) < limit and len(near) == RANKS_AHEAD:
            places = list(ranked.filter(**{f"{names[-1]}__in": self.rows.order_by().values("pk")})[:limit])
        rows = self.rows.in_bulk([place[-1] for place in places])
        for place in places:
            if (row := rows.get(place[-1])) is not None:
                for name, value in zip(names, place, strict=True):
                    setattr(row, name, value)  # what the row's cursor is made of
        return [rows[place[-1]] for place in places if place[-1] in rows]


# How many ranks are looked up among the rows of a list before all of them are.
RANKS_AHEAD = 300

# How many rows are looked through: at first, and at least of those that follow.
FIRST_AHEAD, NEXT_AHEAD = 300, 3000


def most_ahead(rows: int, limit: int, *, is_costly: bool) -> int:
    """How many rows to look through for a page, at most, of a table of so many.

    If one row in n passes, a page is found after `limit` * n rows, or by sorting `rows` / n of them, each of which
    takes about twice as long. Both take as long where the page is this far away. Where it is costly to find all that
    pass (`InRows`), much of the table is read before any is found.
    """
    most = math.isqrt(2 * limit * rows)
    return max(most, rows // 50) if is_costly else most


def _is_costly(condition: Q) -> bool:
    return any(
        isinstance(child, InRows) or (isinstance(child, Q) and _is_costly(child)) for child in condition.children
    )


class InRows(In):  # type: ignore[type-arg]  # generic only in the stubs
    """The condition that a column is among those of `rows`, which are costly to find, such as sums over another table.

    `of_each` is the same condition about one row alone. It is the one to ask of the few hundred rows that a page looks
    through, and `rows`, which are found all at once, of everything. `of_range` asks it of a range of the column, from
    which the rows have their own column `key`.
    """

    def __init__(self, column: str, rows: QuerySet[Any, Any], *, of_each: Exists, key: str) -> None:
        super().__init__(F(column), rows)
        self.column, self.found, self.of_each, self.key = column, rows, of_each, key

    def of_range(self, after: int, until: int) -> InRows:
        rows = self.found.filter(**{f"{self.key}__gt": after, f"{self.key}__lte": until})
        return InRows(self.column, rows, of_each=self.of_each, key=self.key)


def of_each(condition: Q) -> Q:
    """The condition as it is to be asked of a few rows: of each by itself."""
    return _with(condition, lambda rows: rows.of_each)


def of_range(condition: Q, after: int, until: int) -> Q:
    """The condition as it is to be asked of the rows whose primary keys are above one number, and up to another."""
    return _with(condition, lambda rows: rows.of_range(after, until))


def _with(condition: Q, changed: Callable[[InRows], Any]) -> Q:
    children = [
        _with(child, changed) if isinstance(child, Q) else changed(child) if isinstance(child, InRows) else child
        for child in condition.children
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _unindexed_column(name: str) -> Coalesce:
    """The same column in a form that PostgreSQL does not take from an index in order."""
    return Coalesce(F(name), F(name))


@dataclass(frozen=True, slots=True)
class Ordering(Generic[Row]):
    """All rows of a list, in order. The name keeps the cursors of one ordering from being used in another."""

    name: str
    segments: Sequence[Segment[Row]]


class CompareRows(Func):
    """The SQL `(a, b) < (x, y)`. Django's lookups would spell it out with OR, which no index answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[Any], operator: str, values: Sequence[Expression]) -> None:
        super().__init__(*columns, *values)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (compiled[:half], compiled[half:]))
        return f"({left}) {self.operator} ({right})", [param for _, params in compiled for param in params]
