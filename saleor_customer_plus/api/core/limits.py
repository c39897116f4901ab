"""Limits on the cost of a request. Saleor's own limits know only the fields of its main schema.

Anyone can send a request, and it takes time to parse and validate it. Each step therefore has a limit, checked before
the step: the text before it is parsed, the document before it is validated, the number of rows before it is executed.
The limits apply to the whole document, whichever operation is executed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import GraphQLError
from graphql.language import ast

from ...core.paging import LIMIT

# Bytes in the body of a request without files. A list of 1,000 IDs or the longest note stays far below it.
MAX_BODY_BYTES = 1024 * 1024
MAX_CHARACTERS = 50_000
# Names, numbers, strings and punctuation: about 80 for every 10 fields with arguments.
MAX_TOKENS = 4_000
# Nested braces, brackets and parentheses. The parser is recursive.
MAX_BRACKETS = 40
# The longest name in the schema has less than 40. Unknown names are compared with all known ones, letter by letter.
MAX_NAME = 100
# The standard introspection query has a depth of 13; a record with all its lists, half of that.
MAX_DEPTH = 15
MAX_FIELDS = 1_000
MAX_ROOT_FIELDS = 20
MAX_FRAGMENTS = 100
MAX_FRAGMENT_CHAIN = 20
MAX_OPERATIONS = 20
MAX_VARIABLES = 100
MAX_ARGUMENTS = 30
# Fields of the same name in one selection are compared pairwise: 140 of them reach about this number.
MAX_COMPARISONS = 20_000
# Rows of all lists: a page of 50 records, each with 50 orders and 50 activities, has 5,050.
MAX_ROWS = 10_000
# Total cost of all lists: 1 for each at the top, and more for what makes the database read many rows.
MAX_COST = 40
_COST_OF_ARGUMENT = {"filter": 2, "search": 4, "sortBy": 1, "query": 6, "tree": 6}
_COST_OF_COUNT = 4
# Reports over all orders.
_COST_OF_REPORT = 10
_REPORTS = ("customerReportSummary", "customerReportNewAndReturning", "customerReportCohorts")
# Counts of lists within this many rows take one statement and cost 1.
_ROWS_OF_A_COUNT = 50
# Types in a schema refer to each other: each cycle multiplies the answer.
MAX_INTROSPECTION_LISTS = 2
# A string in a list, such as an ID, counts half: most other values take more than twice as long.
MAX_VARIABLE_VALUES = 10_000
MAX_VARIABLE_LEVELS = 500

_INTROSPECTION_LISTS = {"fields", "inputFields", "interfaces", "possibleTypes"}

# GraphQL's tokens. The parser stops at an unterminated string, so this pattern may consume the rest.
_TOKENS = re.compile(
    r"""
    [\s,\ufeff]++ | \#[^\n\r]*+                           # passed over
    | (?P<text>"{3}(?:\\"{3}|(?!"{3}).)*+(?:"{3})?+ | "(?:\\.|[^"\\\n\r])*+"?+)
    | (?P<name>[_A-Za-z][_0-9A-Za-z]*+)
    | (?P<number>-?[0-9][0-9.eE+-]*+)
    | (?P<open>[{\[(]) | (?P<close>[}\])])
    | (?P<other>\.{3}|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def too_much(unit: str, limit: int) -> GraphQLError:
    return GraphQLError(
        f"The query asks for too much: at most {limit} {unit} are allowed.", extensions={"code": "QUERY_TOO_LARGE"}
    )


def check_text(query: str) -> None:
    """Raise unless the text can be parsed quickly. Does not check the syntax."""
    if len(query) > MAX_CHARACTERS:
        raise too_much("characters", MAX_CHARACTERS)
    tokens = level = 0
    for match in _TOKENS.finditer(query):
        kind = match.lastgroup
        if kind is None:
            continue
        tokens += 1
        if tokens > MAX_TOKENS:
            raise too_much("tokens", MAX_TOKENS)
        if kind == "open":
            level += 1
            if level > MAX_BRACKETS:
                raise too_much("levels of brackets", MAX_BRACKETS)
        elif kind == "close":
            level = max(level - 1, 0)
        elif kind in ("name", "number") and match.end() - match.start() > MAX_NAME:
            raise too_much("characters in a name or a number", MAX_NAME)


def check_document(document: ast.Document) -> None:
    """Raise unless the document can be validated quickly. Does not validate it."""
    measurement = _Measurement(document, {})
    for value, limit, unit in (
        (len(measurement.fragments), MAX_FRAGMENTS, "fragments"),
        (len(measurement.operations), MAX_OPERATIONS, "operations"),
        (_most(operation.variable_definitions for operation in measurement.operations), MAX_VARIABLES, "variables"),
    ):
        if value > limit:
            raise too_much(unit, limit)
    _check_fragments(measurement.fragments)
    size = measurement.result()
    for value, limit, unit in (
        (size.depth, MAX_DEPTH, "levels"),
        (size.fields, MAX_FIELDS, "fields"),
        (size.width, MAX_ROOT_FIELDS, "fields at the top"),
        (size.arguments, MAX_ARGUMENTS, "arguments of a field"),
        (size.introspection_lists, MAX_INTROSPECTION_LISTS, "lists within lists of an introspection"),
    ):
        if value > limit:
            raise too_much(unit, limit)
    # Only after the check that nested fragments do not multiply.
    if measurement.comparisons() > MAX_COMPARISONS:
        raise too_much("comparisons of fields that have the same name", MAX_COMPARISONS)


def check_lists(document: ast.Document, variables: Mapping[str, Any]) -> None:
    """Raise if the lists of a document that `check_document` accepted have too many rows or cost too much."""
    measurement = _Measurement(document, variables)
    if measurement.result().rows > MAX_ROWS:
        raise too_much("rows", MAX_ROWS)
    cost = sum(measurement.cost_of(operation.selection_set) for operation in measurement.operations)
    if cost > MAX_COST:
        raise GraphQLError(
            f"The query costs {cost}, of at most {MAX_COST}. Leave out totalCount, searches or filters,"
            " or ask for fewer lists at once.",
            extensions={"code": "QUERY_TOO_LARGE"},
        )


def check_variables(variables: Mapping[str, Any]) -> None:
    """Raise if the variables contain more values than any operation needs."""
    values, layer, levels = 0.0, [variables], 0
    while layer:
        levels += 1
        below: list[Any] = []
        for container in layer:
            is_list = not isinstance(container, Mapping)
            inner = container if is_list else container.values()
            texts = sum(isinstance(value, str) for value in inner) if is_list else 0
            values += len(container) - texts / 2
            below.extend(value for value in inner if isinstance(value, Mapping | list))
        if values > MAX_VARIABLE_VALUES:
            raise too_much("values in variables", MAX_VARIABLE_VALUES)
        if levels > MAX_VARIABLE_LEVELS:
            raise too_much("levels in variables", MAX_VARIABLE_LEVELS)
        layer = below


def _most(lists: Iterator[Any]) -> int:
    return max((len(items or ()) for items in lists), default=0)


def _check_fragments(fragments: Mapping[str, ast.FragmentDefinition]) -> None:
    """Raise if fragments are recursive or nested too deeply: neither can be measured."""
    spreads = {name: _spreads_in(fragment) & fragments.keys() for name, fragment in fragments.items()}
    waiting, chain = dict(spreads), 0
    while waiting:
        chain += 1
        ready = {name for name, inner in waiting.items() if not inner & waiting.keys()}
        if not ready:
            # The last fragments may only lead into the cycle: follow one until it repeats.
            name, seen = min(waiting), set[str]()
            while name not in seen:
                seen.add(name)
                name = min(waiting[name] & waiting.keys())
            raise GraphQLError(f'Cannot spread fragment "{name}" within itself.', [fragments[name]])
        waiting = {name: inner for name, inner in waiting.items() if name not in ready}
    if chain > MAX_FRAGMENT_CHAIN:
        raise too_much("fragments within fragments", MAX_FRAGMENT_CHAIN)


def _spreads_in(fragment: ast.FragmentDefinition) -> set[str]:
    found, sets = set(), [fragment.selection_set]
    while sets:
        for item in sets.pop().selections:
            if isinstance(item, ast.FragmentSpread):
                found.add(item.name.value)
            elif item.selection_set:
                sets.append(item.selection_set)
    return found


class _Size(NamedTuple):
    """The size of a selection. `width` counts its own fields, `fields` also those below."""

    width: int = 0
    fields: int = 0
    depth: int = 0
    rows: int = 0
    arguments: int = 0
    introspection_lists: int = 0


class _Measurement:
    """Measures each fragment once, however often it is used: nested fragments could multiply without limit."""

    def __init__(self, document: ast.Document, variables: Mapping[str, Any]) -> None:
        self.operations = [item for item in document.definitions if isinstance(item, ast.OperationDefinition)]
        self.fragments = {
            item.name.value: item for item in document.definitions if isinstance(item, ast.FragmentDefinition)
        }
        self.variables = variables
        self.measured: dict[str, _Size] = {}
        self.spread: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.defaults: set[str] = set()
        for operation in self.operations:
            for definition in operation.variable_definitions or ():
                name, default = definition.variable.name.value, definition.default_value
                if default is not None:
                    self.defaults.add(name)
                # With several operations, the one to be executed is not known here.
                self.numbers[name] = max(self.numbers.get(name, 0), _number(getattr(default, "value", None)))
        # The default applies to null, too.
        self.numbers |= {name: _number(value) for name, value in variables.items() if value is not None}

    def result(self) -> _Size:
        """Return the total size of all operations and of unused fragments, which are validated, too."""
        sizes = [self.selection(operation.selection_set) for operation in self.operations]
        unused = [name for name in self.fragments if name not in self.spread]
        return _sum_of([*sizes, *(self.fragment(name)._replace(width=0, rows=0) for name in unused)])

    def selection(self, selection_set: ast.SelectionSet | None) -> _Size:
        if selection_set is None:
            return _Size()
        return _sum_of([self.item(item) for item in selection_set.selections])

    def item(self, item: Any) -> _Size:
        if isinstance(item, ast.FragmentSpread):
            self.spread.add(item.name.value)
            size = self.fragment(item.name.value)
            return size._replace(fields=1 + size.fields)  # without a name it multiplies as well
        if isinstance(item, ast.InlineFragment):
            return self.selection(item.selection_set)
        below = self.selection(item.selection_set)
        asked = self.rows_of(item)
        return _Size(
            width=1,
            fields=1 + below.fields,
            depth=1 + below.depth,
            rows=asked * (1 + below.rows) if asked else below.rows,
            arguments=max(len(item.arguments or ()), below.arguments),
            introspection_lists=below.introspection_lists + (item.name.value in _INTROSPECTION_LISTS),
        )

    def fragment(self, name: str) -> _Size:
        if name not in self.measured:
            fragment = self.fragments.get(name)  # validation rejects unknown fragments
            self.measured[name] = self.selection(fragment.selection_set) if fragment else _Size()
        return self.measured[name]

    def rows_of(self, field: ast.Field) -> int:
        """Return how many rows a list requests. Page sizes over the maximum are rejected later."""
        asked = [
            self.numbers.get(argument.value.name.value, 0)
            if isinstance(argument.value, ast.Variable)
            else _number(getattr(argument.value, "value", None))
            for argument in field.arguments or ()
            if argument.name.value in ("first", "last")
        ]
        return max((min(number, LIMIT) for number in asked), default=0)

    def cost_of(self, selections: ast.SelectionSet | None) -> int:
        """Return the total cost of an operation's root fields."""
        total = 0
        for field in self._fields_of(selections):
            if field.name.value.startswith("__"):
                continue
            given = [argument.name.value for argument in field.arguments or () if self._is_given(argument)]
            total += (_COST_OF_REPORT if field.name.value in _REPORTS else 1) + sum(
                _COST_OF_ARGUMENT.get(name, 0) for name in given
            )
            rows = self.rows_of(field) or 1
            for below in self._fields_of(field.selection_set):
                is_count = below.name.value == "totalCount"
                total += _COST_OF_COUNT if is_count else self._cost_within(below, rows)
        return total

    def _cost_within(self, field: ast.Field, rows: int) -> int:
        """Return the total cost of the counts of lists within this many rows."""
        if field.name.value == "totalCount":
            return -(-rows // _ROWS_OF_A_COUNT)
        rows *= self.rows_of(field) or 1
        return sum(self._cost_within(below, rows) for below in self._fields_of(field.selection_set))

    def _is_given(self, argument: ast.Argument) -> bool:
        """Whether an argument has a value. A variable without a value may have a default."""
        if not isinstance(argument.value, ast.Variable):
            return True
        name = argument.value.name.value
        return self.variables.get(name) not in (None, "", {}) or name in self.defaults

    def _fields_of(self, selections: ast.SelectionSet | None) -> Iterator[ast.Field]:
        for item in selections.selections if selections else ():
            if isinstance(item, ast.Field):
                yield item
            elif isinstance(item, ast.InlineFragment):
                yield from self._fields_of(item.selection_set)
            elif item.name.value in self.fragments:
                yield from self._fields_of(self.fragments[item.name.value].selection_set)

    def comparisons(self) -> int:
        """Estimate the comparisons that validation needs to find conflicting fields of the same name.

        Validation compares them for each operation and each fragment.
        """
        definitions: list[Any] = [*self.operations, *self.fragments.values()]
        return sum(self._comparisons_in([definition.selection_set]) for definition in definitions)

    def _comparisons_in(self, sets: Sequence[ast.SelectionSet]) -> int:
        named: dict[str, list[ast.Field]] = defaultdict(list)
        spreads = 0
        waiting = list(sets)
        while waiting:
            for item in waiting.pop().selections:
                if isinstance(item, ast.Field):
                    named[(item.alias or item.name).value].append(item)
                elif isinstance(item, ast.InlineFragment):
                    waiting.append(item.selection_set)
                else:
                    spreads += 1
                    if item.name.value in self.fragments:
                        waiting.append(self.fragments[item.name.value].selection_set)
        total = spreads * (spreads + len(named))
        for fields in named.values():
            if len(fields) > 1:
                total += (len(fields) - 1) * sum(_weight_of(field) for field in fields)
            total += 1
            below = [field.selection_set for field in fields if field.selection_set]
            if below:
                total += self._comparisons_in(below)
        return total


def _weight_of(field: ast.Field) -> int:
    """Return the cost of comparing a field with another one. All arguments are printed first."""
    arguments = field.arguments or ()
    return 1 + len(arguments) ** 2 + sum(_nodes_in(argument.value) for argument in arguments)


def _nodes_in(value: Any) -> int:
    nodes, waiting = 0, [value]
    while waiting:
        node = waiting.pop()
        nodes += 1 + len(str(getattr(node, "value", ""))) // 50 if not isinstance(node, ast.ObjectField) else 1
        if isinstance(node, ast.ListValue):
            waiting.extend(node.values)
        elif isinstance(node, ast.ObjectValue):
            waiting.extend(field.value for field in node.fields)
    return nodes


def _number(value: Any) -> int:
    """Convert a value to an integer as GraphQL does: also `100.0` and the strings "100" and "1e2"."""
    try:
        return max(int(float(value)), 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def _sum_of(sizes: Sequence[_Size]) -> _Size:
    """Add up the sizes of siblings."""
    width = fields = depth = rows = arguments = introspection_lists = 0
    for size in sizes:
        width += size.width
        fields += size.fields
        rows += size.rows
        depth = max(depth, size.depth)
        arguments = max(arguments, size.arguments)
        introspection_lists = max(introspection_lists, size.introspection_lists)
    return _Size(width, fields, depth, rows, arguments, introspection_lists)
