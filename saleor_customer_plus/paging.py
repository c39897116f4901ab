"""Pages of a list by key: however deep a page is, and whatever was added meanwhile, it costs what the first one costs.

A list is an `Ordering`: segments that follow each other, each with rows ordered by a tuple of columns that ends in a
unique one. A cursor names the row it stands at: the ordering, the segment and the row's values of those columns. The
next page is read with one comparison of rows, `(a, id) < (x, y)`, which PostgreSQL answers from an index on the same
columns, also when most rows share `a`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Expression, F, Field, Func, Model, QuerySet, Value

from .errors import CustomerPlusError, ErrorCode

Row = TypeVar("Row", bound=Model)

# The most rows of one page, as in Saleor's own API.
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Key:
    """A column, or an annotation, that rows are ordered by. `field` tells how its values are written and read."""

    name: str
    field: Field[Any, Any]


@dataclass(frozen=True, slots=True)
class Segment(Generic[Row]):
    """A part of a list: its rows, without an order, and the columns that order them, the last of them unique."""

    rows: QuerySet[Row]
    keys: tuple[Key, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Ordering(Generic[Row]):
    """All rows of a list, in order. The name keeps the cursors of one ordering from being used in another."""

    name: str
    segments: Sequence[Segment[Row]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an ordering: at the row of `segment` whose keys have these values."""

    segment: int
    values: tuple[Any, ...]


class CompareRows(Func):
    """The SQL `(a, b) < (x, y)`. Django's own lookups would spell it out with OR, which no index answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[Expression], operator: str, values: Sequence[Expression]) -> None:
        super().__init__(*columns, *values)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (compiled[:half], compiled[half:]))
        return f"({left}) {self.operator} ({right})", [param for _, params in compiled for param in params]


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is wanted: the first rows after a cursor, or the last ones before a cursor."""

    size: int
    cursor: str | None = None
    backward: bool = False


def window(
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    of: str,
) -> Window:
    """Check the arguments of a connection and make a window of them. `of` is the connection's name, for messages."""
    for name, size in (("first", first), ("last", last)):
        if size is not None and size < 1:
            raise CustomerPlusError(f"Argument `{name}` must be a positive integer.", field=name)
        if size is not None and size > LIMIT:
            raise CustomerPlusError(
                f"Requesting {size} records on the `{of}` connection exceeds the `{name}` limit of {LIMIT} records.",
                field=name,
            )
    for name, value, other, other_value in (
        ("last", last, "first", first),
        ("first", first, "before", before),
        ("last", last, "after", after),
    ):
        if value is not None and other_value is not None:
            raise CustomerPlusError(f"Argument `{name}` cannot be combined with `{other}`.", field=name)
    if first is not None:
        return Window(first, after)
    if last is not None:
        return Window(last, before, backward=True)
    raise CustomerPlusError(
        f"You must provide a `first` or `last` value to properly paginate the `{of}` connection.",
        code=ErrorCode.REQUIRED,
    )


class Page(Generic[Row]):
    """One page of an ordering. Nothing is read before it is asked for."""

    def __init__(self, ordering: Ordering[Row], wanted: Window) -> None:
        self.ordering = ordering
        self.window = wanted
        self._cursor = None if wanted.cursor is None else decode(ordering, wanted.cursor)

    @cached_property
    def _found(self) -> list[tuple[Row, str]]:
        """The rows with their cursors, in the direction of reading, and one more when there are more."""
        found: list[tuple[Row, str]] = []
        for number, rows in self._walk(self._cursor, backward=self.window.backward):
            missing = self.window.size + 1 - len(found)
            found.extend((row, encode(self.ordering, number, row)) for row in rows[:missing])
            if len(found) > self.window.size:
                break
        return found

    def _walk(
        self, cursor: Cursor | None, *, backward: bool, with_cursor: bool = False
    ) -> Iterator[tuple[int, QuerySet[Row]]]:
        """The segments from a cursor on, in the direction of reading, each with its number."""
        numbers = range(len(self.ordering.segments))
        for number in reversed(numbers) if backward else numbers:
            segment = self.ordering.segments[number]
            if cursor is not None and number != cursor.segment and (number > cursor.segment) is backward:
                continue
            descending = segment.descending is not backward
            names = [key.name for key in segment.keys]
            rows = segment.rows.order_by(*(f"-{name}" if descending else name for name in names))
            if cursor is not None and number == cursor.segment:
                operator = ("<" if descending else ">") + ("=" if with_cursor else "")
                values = [
                    Value(value, output_field=key.field) for key, value in zip(segment.keys, cursor.values, strict=True)
                ]
                rows = rows.filter(CompareRows([F(name) for name in names], operator, values))
            yield number, rows

    @cached_property
    def edges(self) -> list[tuple[Row, str]]:
        """The rows of the page, each with its cursor, in the order of the list."""
        edges = self._found[: self.window.size]
        return edges[::-1] if self.window.backward else edges

    @cached_property
    def _is_cut(self) -> bool:
        return len(self._found) > self.window.size

    @cached_property
    def _has_rows_behind(self) -> bool:
        """Whether the list has rows at the cursor or on its other side."""
        if self._cursor is None:
            return False
        walk = self._walk(self._cursor, backward=not self.window.backward, with_cursor=True)
        return any(rows.exists() for _, rows in walk)

    @property
    def has_next_page(self) -> bool:
        return self._has_rows_behind if self.window.backward else self._is_cut

    @property
    def has_previous_page(self) -> bool:
        return self._is_cut if self.window.backward else self._has_rows_behind


def encode(ordering: Ordering[Any], number: int, row: Model) -> str:
    """The cursor of a row: opaque to clients."""
    values = [str(getattr(row, key.name)) for key in ordering.segments[number].keys]
    return base64.urlsafe_b64encode(json.dumps([ordering.name, number, *values]).encode()).decode()


def decode(ordering: Ordering[Any], cursor: str) -> Cursor:
    """Read a cursor that a client sent. Anybody may have made it up, so nothing of it is believed."""
    try:
        name, number, *texts = json.loads(base64.urlsafe_b64decode(cursor))
        if name != ordering.name or type(number) is not int or not 0 <= number < len(ordering.segments):
            raise ValueError("of another ordering")
        keys = ordering.segments[number].keys
        values = tuple(_parse(key.field, text) for key, text in zip(keys, texts, strict=True))
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise CustomerPlusError("Received cursor is invalid.") from None
    return Cursor(number, values)


def _parse(field: Field[Any, Any], text: Any) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError("not a text that the database could hold")
    text.encode()  # half of a surrogate pair is no text either
    value = field.clean(text, None)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value
