"""Saleor's main API, of which the stand-in has one field, and the document cache that all schemas share."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene
from graphql import GraphQLBackend, GraphQLCachedBackend, GraphQLCoreBackend, GraphQLDocument, GraphQLSchema
from graphql.execution import ExecutionResult, execute
from graphql.language.parser import parse
from graphql.validation import validate

API_PATH = "/graphql/"


class _Shop(graphene.ObjectType):  # type: ignore[misc]
    """The shop."""

    class Meta:
        name = "Shop"

    name = graphene.String(required=True)


class Query(graphene.ObjectType):  # type: ignore[misc]
    """The root of the main API."""

    shop = graphene.Field(_Shop, required=True)

    def resolve_shop(self, _info: Any) -> _Shop:
        return _Shop(name="Sandbox")


schema = graphene.Schema(Query)


def _fail(errors: list[Exception], **_kwargs: Any) -> ExecutionResult:
    return ExecutionResult(errors=errors, invalid=True)


class SaleorGraphQLBackend(GraphQLCoreBackend):
    """Parses and validates a query once."""

    def document_from_string(self, schema: GraphQLSchema, document_string: Any) -> GraphQLDocument:
        document = parse(document_string)
        errors = validate(schema, document)
        run = partial(_fail, errors) if errors else partial(execute, schema, document)
        return GraphQLDocument(schema=schema, document_string=document_string, document_ast=document, execute=run)


backend: GraphQLBackend = GraphQLCachedBackend(SaleorGraphQLBackend())
