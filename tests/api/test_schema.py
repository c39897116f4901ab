"""The schema: what is in it, and that it changes only on purpose."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLNonNull, build_ast_schema, parse

from saleor_customer_plus.api.schema import SNAPSHOT, schema, sdl


def test_snapshot() -> None:
    if os.environ.get("UPDATE_SCHEMA"):
        SNAPSHOT.write_text(sdl())

    assert SNAPSHOT.read_text() == sdl(), (
        "The schema is not what schema.graphql says. If that is on purpose, write it anew:"
        " UPDATE_SCHEMA=1 pytest tests/api/test_schema.py"
    )


def test_a_tool_reads_the_same_schema() -> None:
    """graphql-core 2 reads no descriptions, so they are taken out first."""
    lines = [line for line in sdl().splitlines() if not line.strip().startswith('"""')]

    read = build_ast_schema(parse("\n".join(lines)))

    ours = {name: type_ for name, type_ in schema.get_type_map().items() if not name.startswith("__")}
    assert {name for name in read.get_type_map() if not name.startswith("__")} == set(ours)
    for name, type_ in ours.items():
        fields = getattr(type_, "fields", {})
        theirs = getattr(read.get_type(name), "fields", {})
        assert {field: str(found.type) for field, found in theirs.items()} == {
            field: str(found.type) for field, found in fields.items()
        }


def things() -> Iterator[tuple[str, Any]]:
    """Everything of the schema that can have a description."""
    for name, type_ in schema.get_type_map().items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        yield name, type_
        if isinstance(type_, GraphQLEnumType):
            for value in type_.values:
                yield f"{name}.{value.name}", value
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{field_name}", field
            for argument_name, argument in getattr(field, "args", {}).items():
                yield f"{name}.{field_name}({argument_name})", argument


def test_everything_is_described() -> None:
    said = {name: thing.description or "" for name, thing in things()}

    assert [name for name, text in said.items() if not text.endswith(".") or text.endswith("..")] == []
    assert [name for name, text in said.items() if '"""' in text] == []


def test_no_field_collides_with_the_main_api() -> None:
    """Saleor measures the cost of our queries by the fields of its own schema that have the same name."""
    fields = [*schema.get_query_type().fields, *schema.get_mutation_type().fields]
    assert [name for name in fields if not name.startswith("customer")] == []


def test_a_failing_row_does_not_take_the_list_with_it() -> None:
    """What is looked up may be nobody: its field must be nullable."""
    fields = {**schema.get_query_type().fields, **schema.get_mutation_type().fields}
    assert [name for name, field in fields.items() if isinstance(field.type, GraphQLNonNull)] == []
