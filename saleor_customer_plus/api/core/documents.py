"""Parses and validates documents once, within the limits of `limits`, and caches them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLBackend, GraphQLDocument, GraphQLError, GraphQLSchema
from graphql.error import GraphQLSyntaxError
from graphql.language import ast
from graphql.language.parser import parse
from graphql.language.visitor import ParallelVisitor, TypeInfoVisitor, visit
from graphql.utils.type_info import TypeInfo
from graphql.validation.rules import specified_rules
from graphql.validation.validation import ValidationContext

from ...core import sql
from . import introspection, limits, timeouts

# Validation suggests similar names for each unknown one, which takes milliseconds.
MAX_ERRORS = 3


class InvalidDocument(Exception):
    """Why a document cannot be executed."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def read(schema: GraphQLSchema, query: str, variables: Mapping[str, Any], *, mark: str = "") -> GraphQLDocument:
    """Return the document to execute. Its text ends with the `mark`, which errors never show.

    Raise `InvalidDocument` if it is too large, has a syntax error or does not match the schema.
    """
    try:
        limits.check_variables(variables)
        limits.check_text(query)
        document = _read(schema, query)
        limits.check_lists(document, variables)
    except GraphQLError as error:  # a syntax error is a GraphQLError, too
        raise InvalidDocument([error]) from None
    return GraphQLDocument(
        schema=schema,
        document_string=query + mark,
        document_ast=document,
        execute=functools.partial(timeouts.run, schema, document),
    )


# A document of 4,000 tokens takes 2 MB.
@functools.lru_cache(maxsize=64)
def _read(schema: GraphQLSchema, query: str) -> ast.Document:
    if not sql.can_hold(query):
        raise GraphQLError("Syntax Error GraphQL: The query has a character that is not allowed.")
    document = _parse(query)
    if not any(isinstance(definition, ast.OperationDefinition) for definition in document.definitions):
        raise GraphQLError("The query needs an operation.")
    for definition in document.definitions:
        if not isinstance(definition, ast.OperationDefinition | ast.FragmentDefinition):
            raise GraphQLError("A query has operations and fragments only.", [definition])
    _check_top(document)
    limits.check_document(document)
    introspection.check(schema, document)
    if errors := _validate(schema, document):
        raise InvalidDocument(errors)
    return document


def forget() -> None:
    """Clear the cache of documents."""
    _read.cache_clear()


def _parse(query: str) -> ast.Document:
    try:
        return parse(query)
    except GraphQLSyntaxError:
        raise
    except ValueError as error:  # for example an invalid escape in a string
        raise GraphQLError(f"Syntax Error GraphQL: {error}") from None


def _check_top(document: ast.Document) -> None:
    """Reject what Saleor's view cannot handle: it reads the names of an operation's selections."""
    for definition in document.definitions:
        if not isinstance(definition, ast.OperationDefinition):
            continue
        for item in definition.selection_set.selections:
            if isinstance(item, ast.InlineFragment):
                raise GraphQLError("At the top of an operation an inline fragment is not supported.", [item])


class _EnoughErrors(Exception):
    pass


class _Context(ValidationContext):
    """Collects errors up to a maximum number."""

    def report_error(self, error: GraphQLError) -> None:
        super().report_error(error)  # type: ignore[no-untyped-call]
        if len(self.get_errors()) >= MAX_ERRORS:
            raise _EnoughErrors


def _validate(schema: GraphQLSchema, document: ast.Document) -> list[GraphQLError]:
    type_info = TypeInfo(schema)
    context = _Context(schema, document, type_info)
    rules = [rule(context) for rule in specified_rules]
    try:
        visit(document, TypeInfoVisitor(type_info, ParallelVisitor(rules)))
    except _EnoughErrors:
        pass
    except GraphQLError as error:  # raised by a scalar for a literal
        context.get_errors().append(error)
    return list(context.get_errors())


class Backend(GraphQLBackend):
    """A placeholder for the backend that Saleor's view requires. The plugin's view reads documents itself."""

    def document_from_string(self, schema: GraphQLSchema, document_string: str) -> GraphQLDocument:
        return read(schema, document_string, {})
