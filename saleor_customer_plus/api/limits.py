"""How much one request may ask for. Saleor's own limits know the fields of its main schema only.

Checked before anything else, as validating a request can itself take long, and anybody may send one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graphql import GraphQLError, parse
from graphql.error import GraphQLSyntaxError
from graphql.language import ast

from ..paging import LIMIT

MAX_CHARACTERS = 50_000
# The introspection query of a usual tool is 13 deep; all of a record with its lists, half of that.
MAX_DEPTH = 15
MAX_FIELDS = 1_000
MAX_ROOT_FIELDS = 20
# Rows of all lists together: a page of 50 records, each with 50 orders and 50 activities, has 5,050.
MAX_ROWS = 10_000
# A schema's types refer to each other in circles: each round multiplies the answer.
MAX_INTROSPECTION_LISTS = 2

_INTROSPECTION_LISTS = {"fields", "inputFields", "interfaces", "possibleTypes"}


def check(query: str, variables: Mapping[str, Any] | None) -> GraphQLError | None:
    """Return what is too much about a request, or why it cannot be read. Whether it is valid is for others to say."""
    if len(query) > MAX_CHARACTERS:
        return _too_much("characters", MAX_CHARACTERS)
    try:
        document = _parse(query)
        size = _Measurement(document, variables or {}).result()
    except GraphQLSyntaxError as error:
        return error
    except RecursionError:
        return _too_much("levels", MAX_DEPTH)
    for value, limit, unit in (
        (size.depth, MAX_DEPTH, "levels"),
        (size.fields, MAX_FIELDS, "fields"),
        (size.width, MAX_ROOT_FIELDS, "fields at the top"),
        (size.rows, MAX_ROWS, "rows"),
        (size.introspection_lists, MAX_INTROSPECTION_LISTS, "lists within lists of an introspection"),
    ):
        if value > limit:
            return _too_much(unit, limit)
    return None


def _too_much(unit: str, limit: int) -> GraphQLError:
    return GraphQLError(
        f"The query asks for too much: at most {limit} {unit} are allowed.", extensions={"code": "QUERY_TOO_LARGE"}
    )


@functools.lru_cache(maxsize=128)
def _parse(query: str) -> ast.Document:
    return parse(query)


class _Size(NamedTuple):
    """The size of a selection. `width` counts its own fields, `fields` those below as well."""

    width: int = 0
    fields: int = 0
    depth: int = 0
    rows: int = 0
    introspection_lists: int = 0


class _Measurement:
    """Measures each fragment once, however often it is used: fragments within fragments could multiply without end."""

    def __init__(self, document: ast.Document, variables: Mapping[str, Any]) -> None:
        self.operations = [item for item in document.definitions if isinstance(item, ast.OperationDefinition)]
        self.fragments = {
            item.name.value: item for item in document.definitions if isinstance(item, ast.FragmentDefinition)
        }
        self.measured: dict[str, _Size] = {}
        self.numbers: dict[str, int] = {}
        for operation in self.operations:
            for definition in operation.variable_definitions or ():
                name, default = definition.variable.name.value, definition.default_value
                # Of several operations nobody says here which one is executed.
                self.numbers[name] = max(self.numbers.get(name, 0), _number(getattr(default, "value", None)))
        # For a null the default holds, too.
        self.numbers |= {name: _number(value) for name, value in variables.items() if value is not None}

    def result(self) -> _Size:
        # Fragments that are not used are measured too: they are validated too.
        sizes = [self.selection(operation.selection_set) for operation in self.operations]
        return _max_of([*sizes, *(self.fragment(name)._replace(width=0) for name in self.fragments)])

    def selection(self, selection_set: ast.SelectionSet | None) -> _Size:
        if selection_set is None:
            return _Size()
        return _sum_of(self.item(item) for item in selection_set.selections)

    def item(self, item: Any) -> _Size:
        if isinstance(item, ast.FragmentSpread):
            return self.fragment(item.name.value)
        if isinstance(item, ast.InlineFragment):
            return self.selection(item.selection_set)
        below = self.selection(item.selection_set)
        asked = self.rows_of(item)
        return _Size(
            width=1,
            fields=1 + below.fields,
            depth=1 + below.depth,
            rows=asked * (1 + below.rows) if asked else below.rows,
            introspection_lists=below.introspection_lists + (item.name.value in _INTROSPECTION_LISTS),
        )

    def fragment(self, name: str) -> _Size:
        if name not in self.measured:
            self.measured[name] = _Size()  # for a fragment that leads back to itself, which validation refuses
            if name in self.fragments:
                self.measured[name] = self.selection(self.fragments[name].selection_set)
        return self.measured[name]

    def rows_of(self, field: ast.Field) -> int:
        """How many rows a list is asked for. More than a page may have is refused when the page is read."""
        asked = [
            self.numbers.get(argument.value.name.value, 0)
            if isinstance(argument.value, ast.Variable)
            else _number(getattr(argument.value, "value", None))
            for argument in field.arguments or ()
            if argument.name.value in ("first", "last")
        ]
        return max((min(number, LIMIT) for number in asked), default=0)


def _number(value: Any) -> int:
    """The whole number that GraphQL takes a value for: also `100.0`, and the texts "100" and "1e2"."""
    try:
        return max(int(float(value)), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def _sum_of(sizes: Iterable[_Size]) -> _Size:
    """The size of things that stand beside each other."""
    total = _Size()
    for size in sizes:
        total = _Size(
            width=total.width + size.width,
            fields=total.fields + size.fields,
            depth=max(total.depth, size.depth),
            rows=total.rows + size.rows,
            introspection_lists=max(total.introspection_lists, size.introspection_lists),
        )
    return total


def _max_of(sizes: Iterable[_Size]) -> _Size:
    """The size of the largest of things of which one is executed."""
    return _Size(*(max(values) for values in zip(_Size(), *sizes, strict=True)))
