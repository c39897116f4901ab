"""Prints a schema with its descriptions, which graphql-core 2 omits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
)
from graphql.language.printer import print_ast
from graphql.utils.ast_from_value import ast_from_value

_BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


def print_schema(schema: GraphQLSchema) -> str:
    """Return the schema in GraphQL's schema definition language, with its types in alphabetical order."""
    types = [
        type_
        for name, type_ in sorted(schema.get_type_map().items())
        if name not in _BUILT_IN and not name.startswith("__")
    ]
    return "\n\n".join(["\n".join(_roots(schema)), *("\n".join(_type(type_)) for type_ in types)]) + "\n"


def _roots(schema: GraphQLSchema) -> Iterator[str]:
    yield "schema {"
    for operation in ("query", "mutation", "subscription"):
        if root := getattr(schema, f"get_{operation}_type")():
            yield f"  {operation}: {root}"
    yield "}"


def _type(type_: Any) -> Iterator[str]:
    yield from _description(type_.description)
    if isinstance(type_, GraphQLScalarType):
        yield f"scalar {type_.name}"
    elif isinstance(type_, GraphQLEnumType):
        yield f"enum {type_.name} {{"
        yield from _members((value.name, "", value) for value in type_.values)
        yield "}"
    elif isinstance(type_, GraphQLInputObjectType):
        yield f"input {type_.name} {{"
        yield from _members((name, _typed(field), field) for name, field in type_.fields.items())
        yield "}"
    elif isinstance(type_, GraphQLObjectType):
        yield f"type {type_.name} {{"
        yield from _members(
            (name, f"{_arguments(field.args)}: {field.type}", field) for name, field in type_.fields.items()
        )
        yield "}"
    elif isinstance(type_, GraphQLUnionType):
        yield f"union {type_.name} = {' | '.join(member.name for member in type_.types)}"
    else:
        raise NotImplementedError(f"The schema has no {type(type_).__name__} yet.")


def _members(members: Iterable[tuple[str, str, Any]]) -> Iterator[str]:
    for number, (name, rest, member) in enumerate(members):
        if number:
            yield ""
        yield from (f"  {line}" for line in _description(member.description))
        yield from f"  {name}{rest}".splitlines()


def _arguments(arguments: dict[str, Any]) -> str:
    if not arguments:
        return ""
    lines = [
        line
        for name, argument in arguments.items()
        for line in (*_description(argument.description), f"{name}{_typed(argument)}")
    ]
    return "(\n" + "".join(f"    {line}\n" for line in lines) + "  )"


def _typed(value: Any) -> str:
    if value.default_value is None:
        return f": {value.type}"
    default = ast_from_value(value.default_value, value.type)  # type: ignore[no-untyped-call]
    return f": {value.type} = {print_ast(default)}"


def _description(text: str | None) -> Iterator[str]:
    if text and "\n" in text:
        yield from ('"""', *text.splitlines(), '"""')
    elif text:
        yield f'"""{text}"""'
