"""Limits introspection. The standard query returns the whole schema; others could multiply it."""

from __future__ import annotations

import functools
from typing import Any

from graphql import GraphQLError, GraphQLSchema, parse
from graphql.language import ast
from graphql.type.definition import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from graphql.utils.introspection_query import introspection_query

# The standard introspection query, plus a quarter.
MAX_COST_RATIO = 1.25

# What an object costs besides its fields, in fields: measured, so that the cost is proportional to the time.
_OBJECT = 2.0


def check(schema: GraphQLSchema, document: ast.Document) -> None:
    """Raise if the introspection in a document returns more than that of standard tools.

    Requires a document that `limits.check_document` accepted.
    """
    cost = _Costs(schema, document).total()
    if cost > MAX_COST_RATIO * _usual(schema):
        raise GraphQLError(
            "The query asks for too much of the schema. Ask for less of it at once.",
            extensions={"code": "QUERY_TOO_LARGE"},
        )


@functools.cache
def _usual(schema: GraphQLSchema) -> float:
    return _Costs(schema, parse(introspection_query)).total()


@functools.cache
def _sizes(schema: GraphQLSchema) -> tuple[dict[str, float], dict[str, float]]:
    """The length of each list of an introspection: average and maximum. `ofType` is a list of one or none."""
    types = schema.get_type_map().values()
    # Objects and inputs have fields, each in a different attribute.
    fields = [
        list(kind.fields.values())
        for kind in types
        if hasattr(kind, "fields") and not isinstance(kind, GraphQLInputObjectType)
    ]
    inputs = [len(kind.fields) for kind in types if isinstance(kind, GraphQLInputObjectType)]
    values = [len(kind.values) for kind in types if isinstance(kind, GraphQLEnumType)]
    arguments = [len(field.args) for of_type in fields for field in of_type]
    kinds = [typed.type for of_type in fields for field in of_type for typed in (field, *field.args.values())]
    wrapped = [1 for kind in kinds if isinstance(kind, GraphQLList | GraphQLNonNull)]
    lengths: dict[str, tuple[int, list[int]]] = {
        "types": (1, [len(types)]),
        "directives": (1, [len(schema.get_directives())]),
        "fields": (len(types), [len(of_type) for of_type in fields]),
        "inputFields": (len(types), inputs),
        "enumValues": (len(types), values),
        "args": (len(arguments), arguments),
        "ofType": (len(kinds), wrapped),
    }
    average = {name: max(sum(found) / max(among, 1), 0.1) for name, (among, found) in lengths.items()}
    longest = {name: float(max(found, default=1)) for name, (_, found) in lengths.items()}
    return average, longest


class _Costs:
    """Estimate the number of values that the introspections of a document return."""

    def __init__(self, schema: GraphQLSchema, document: ast.Document) -> None:
        self.average, self.longest = _sizes(schema)
        self.document = document
        self.fragments = {
            item.name.value: item for item in document.definitions if isinstance(item, ast.FragmentDefinition)
        }

    def total(self) -> float:
        operations = [item for item in self.document.definitions if isinstance(item, ast.OperationDefinition)]
        return sum(self._of(operation.selection_set, frozenset(), None) for operation in operations)

    def _of(self, selections: Any, lists: frozenset[str], sizes: dict[str, float] | None) -> float:
        """The cost of selections. `lists` are the enclosing lists, `sizes` the lengths of the next ones."""
        total = 0.0
        for item in selections.selections if selections else ():
            if isinstance(item, ast.FragmentSpread):
                fragment = self.fragments.get(item.name.value)
                total += self._of(fragment.selection_set, lists, sizes) if fragment else 0
            elif isinstance(item, ast.InlineFragment):
                total += self._of(item.selection_set, lists, sizes)
            else:
                total += self._of_field(item, lists, sizes)
        return total

    def _of_field(self, field: ast.Field, lists: frozenset[str], sizes: dict[str, float] | None) -> float:
        name = field.name.value
        if name in ("__schema", "__type"):
            sizes = self.average if name == "__schema" else self.longest
            return 1 + _OBJECT + self._of(field.selection_set, lists, sizes)
        if sizes is None:
            return self._of(field.selection_set, lists, None)
        if name in ("fields", "inputFields") and lists & {"fields", "inputFields"}:
            sizes = self.longest  # lists of a field's type, which are seldom short
        if not field.selection_set:
            return 1
        return 1 + sizes.get(name, 1.0) * (_OBJECT + self._of(field.selection_set, lists | {name}, sizes))
