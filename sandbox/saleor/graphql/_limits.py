"""What a query may not do, whichever schema it is for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from graphql import GraphQLDocument, GraphQLError
from graphql.language.ast import Field, OperationDefinition
from graphql.language.visitor import Visitor, visit


class _Counter(Visitor):
    def __init__(self) -> None:
        self.aliases = 0
        self.mutations = 0

    def enter_Field(self, node: Field, *_args: Any) -> None:
        self.aliases += node.alias is not None

    def enter_OperationDefinition(self, node: OperationDefinition, *_args: Any) -> None:
        if node.operation == "mutation":
            self.mutations += len(node.selection_set.selections)


def exceeded(document: GraphQLDocument) -> list[GraphQLError]:
    """The limits that the query exceeds: aliases, and mutations in one request."""
    counter = _Counter()
    visit(document.document_ast, counter)
    found = {
        "aliases": (counter.aliases, settings.GRAPHQL_ALIAS_COUNT_LIMIT),
        "mutations": (counter.mutations, settings.GRAPHQL_MUTATION_COUNT_LIMIT),
    }
    return [
        GraphQLError(f"Number of {what} exceed the limit of {limit}")
        for what, (number, limit) in found.items()
        if number > limit
    ]


def is_introspection(document: GraphQLDocument) -> bool:
    """Whether the query asks for the schema. Raise when it asks for data as well."""
    names = {
        selection.name.value
        for definition in document.document_ast.definitions
        if isinstance(definition, OperationDefinition) and definition.operation == "query"
        for selection in definition.selection_set.selections
        if isinstance(selection, Field)
    }
    if "__schema" in names and len(names) > 1:
        raise GraphQLError("Queries and introspection cannot be mixed in the same request.")
    return "__schema" in names
