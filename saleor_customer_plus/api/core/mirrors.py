"""Creates an output type from an input type, to return what a client sent.

It has the same field names, enums and descriptions, so that clients can send the result again. The name of the output
type is that of the input type with the prefix `CustomerJob` and without the suffix `Input`.
"""

from __future__ import annotations

import functools
from typing import Any

import graphene
from graphene.types.resolver import dict_or_attr_resolver
from graphene.utils.str_converters import to_camel_case
from graphql.type.definition import get_named_type

from .types import DateTime, list_of


@functools.cache
def mirror_of(of: type[graphene.InputObjectType]) -> type[graphene.ObjectType]:
    """Return the output type of an input type. It resolves mappings or objects with attributes in snake case."""
    name = f"CustomerJob{of.__name__.removeprefix('Customer').removesuffix('Input')}"
    fields: dict[str, Any] = {
        field: graphene.Field(_output(given.type), name=given.name, description=given.description)
        for field, given in of._meta.fields.items()
    }
    if getattr(of, "null_clears", False):
        fields["given"] = graphene.Field(
            list_of(graphene.String),
            required=True,
            description="Names of the fields that were given. Null clears a field; other fields are unchanged.",
        )
    meta = type("Meta", (), {"name": name, "description": of._meta.description, "default_resolver": resolve})
    return type(name, (graphene.ObjectType,), {**fields, "Meta": meta})


def resolve(attname: str, default: Any, given: Any, info: Any, **arguments: Any) -> Any:
    """Resolve a value of the input. An empty string means that it was not given."""
    if attname == "given":
        return sorted(to_camel_case(name) for name in given)
    value = dict_or_attr_resolver(attname, default, given, info, **arguments)
    if isinstance(value, str) and str(get_named_type(info.return_type)) == DateTime._meta.name:
        return DateTime.parse_value(value)  # as stored in JSON
    return None if value == "" else value


def _output(of: Any) -> Any:
    if isinstance(of, graphene.NonNull):
        return graphene.NonNull(_output(of.of_type))
    if isinstance(of, graphene.List):
        return graphene.List(_output(of.of_type))
    return mirror_of(of) if isinstance(of, type) and issubclass(of, graphene.InputObjectType) else of
