"""A page of a list, and the cursors that lead to the next one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, Generic

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Field, OuterRef, QuerySet, Value

from ...errors import CustomerPlusError, ErrorCode
from .orderings import Ordering, Row

# The most rows of one page, as in Saleor's own API.
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is wanted: the first rows after a cursor, or the last ones before it."""

    size: int
    cursor: str | None = None
    backward: bool = False

    @classmethod
    def of(
        cls,
        connection: str,
        *,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Window:
        """Check the arguments of a connection, which is named in messages."""
        for name, size in (("first", first), ("last", last)):
            if size is not None and size < 1:
                raise CustomerPlusError(f"Argument `{name}` must be a positive integer.", field=name)
            if size is not None and size > LIMIT:
                raise CustomerPlusError(
                    f"Requesting {size} records on the `{connection}` connection exceeds the `{name}` limit of "
                    f"{LIMIT} records.",
                    field=name,
                )
        for one, other in (("last", "first"), ("first", "before"), ("last", "after")):
            given = {"first": first, "last": last, "after": after, "before": before}
            if given[one] is not None and given[other] is not None:
                raise CustomerPlusError(f"Argument `{one}` cannot be combined with `{other}`.", field=one)
        if first is not None:
            return cls(first, after)
        if last is not None:
            return cls(last, before, backward=True)
        raise CustomerPlusError(
            f"You must provide a `first` or `last` value to properly paginate the `{connection}` connection.",
            code=ErrorCode.REQUIRED,
        )


@dataclass(frozen=True, slots=True)
class Edge(Generic[Row]):
    """A row of a page, in a segment of an ordering."""

    row: Row
    ordering: Ordering[Row]
    segment: int

    @property
    def cursor(self) -> str:
        """Where the row stands: opaque to clients."""
        values = [str(getattr(self.row, key.name)) for key in self.ordering.segments[self.segment].keys]
        return base64.urlsafe_b64encode(json.dumps([self.ordering.name, self.segment, *values]).encode()).decode()


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page. `found` is in the direction of reading, with one row more than was wanted where there are more."""

    ordering: Ordering[Row]
    window: Window
    found: Sequence[tuple[int, Row]]
    is_anything_behind: Callable[[], bool]

    @cached_property
    def edges(self) -> list[Edge[Row]]:
        """The rows, each with its place, in the order of the list."""
        edges = [Edge(row, self.ordering, number) for number, row in self.found[: self.window.size]]
        return edges[::-1] if self.window.backward else edges

    @property
    def _is_cut(self) -> bool:
        return len(self.found) > self.window.size

    @property
    def has_next_page(self) -> bool:
        return self.is_anything_behind() if self.window.backward else self._is_cut

    @property
    def has_previous_page(self) -> bool:
        return self._is_cut if self.window.backward else self.is_anything_behind()


def page(ordering: Ordering[Row], window: Window) -> Page[Row]:
    """Read one page: a few statements for each segment that it touches."""
    cursor = read_cursor(ordering, window)
    found = _read(ordering, cursor, window.size + 1, backward=window.backward)

    def is_anything_behind() -> bool:
        """Whether there is a row at the cursor, which the page leaves out, or on its other side."""
        return cursor is not None and bool(_read(ordering, cursor, 1, backward=not window.backward, included=True))

    return Page(ordering, window, found, is_anything_behind)


def _read(
    ordering: Ordering[Row],
    cursor: tuple[int, Sequence[Any]] | None,
    limit: int,
    *,
    backward: bool,
    included: bool = False,
) -> list[tuple[int, Row]]:
    """The first rows from a cursor on, each with the number of its segment."""
    segments = list(enumerate(ordering.segments))
    start, values = cursor or (len(segments) - 1 if backward else 0, None)
    found: list[tuple[int, Row]] = []
    for number, segment in segments[start::-1] if backward else segments[start:]:
        rows = segment.read(
            values if number == start else None, limit - len(found), backward=backward, included=included
        )
        found.extend((number, row) for row in rows)
        if len(found) == limit:
            break
    return found


def page_of_each(
    parents: Collection[int], ordering: Ordering[Row], window: Window, *, parent: str
) -> dict[int, Page[Row]]:
    """Read one page of the children of each of many parents, in two statements.

    `ordering` is that of all children, in one segment; `parent` is the field by which a child knows its own.
    """
    (segment,) = ordering.segments
    cursor = read_cursor(ordering, window)
    values = None if cursor is None else cursor[1]
    children = segment.rows.filter(**{parent: OuterRef("pk")})
    behind: Any = Value(False)
    if values is not None:
        behind = Exists(children.filter(segment.beyond(values, backward=not window.backward, included=True)))
        children = children.filter(segment.beyond(values, backward=window.backward))
    children = children.order_by(*segment.order(backward=window.backward))
    model: Any = segment.rows.model
    parent_model: Any = model._meta.get_field(parent).related_model
    found = {
        parent_id: (ids or [], is_anything_behind)  # null, where the condition cannot be met
        for parent_id, ids, is_anything_behind in parent_model.objects.filter(pk__in=parents)
        .annotate(child_ids=ArraySubquery(children.values("pk")[: window.size + 1]), behind=behind)
        .values_list("pk", "child_ids", "behind")
    }
    by_id = model.objects.in_bulk([child_id for ids, _ in found.values() for child_id in ids])
    pages = {}
    for parent_id in parents:
        ids, is_anything_behind = found.get(parent_id, ([], False))
        present = [(0, by_id[child_id]) for child_id in ids if child_id in by_id]
        pages[parent_id] = Page(ordering, window, present, partial(bool, is_anything_behind))
    return pages


def count_of_each(rows: QuerySet[Any, Any], parents: Collection[int], *, parent: str) -> dict[int, int]:
    """How many of these rows each of many parents has, zeros included, in one statement.

    `parent` is the field by which a row knows its own.
    """
    counted = rows.filter(**{f"{parent}__in": parents}).order_by().values(parent).annotate(n=Count("pk"))
    return dict.fromkeys(parents, 0) | dict(counted.values_list(parent, "n"))


def read_cursor(ordering: Ordering[Any], window: Window) -> tuple[int, Sequence[Any]] | None:
    """Read the cursor that a client sent: a segment and the values there. Anybody may have made it up."""
    if window.cursor is None:
        return None
    try:
        name, number, *texts = json.loads(base64.urlsafe_b64decode(window.cursor))
        if name != ordering.name or type(number) is not int or not 0 <= number < len(ordering.segments):
            raise ValueError("of another ordering")
        keys = ordering.segments[number].keys
        return number, [_parse(key.field, text) for key, text in zip(keys, texts, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        raise CustomerPlusError("Received cursor is invalid.", field="before" if window.backward else "after") from None


def _parse(kind: Field[Any, Any], text: Any) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError("not a text that the database could hold")
    text.encode()  # half of a surrogate pair is no text either
    value = kind.clean(text, None)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)
    return value
