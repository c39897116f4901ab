"""The schema: what is in it, and that it changes only on purpose."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, build_ast_schema, parse

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


# What a description may have beside the words of the name, without saying more by it.
_FILLING = {"the", "a", "an", "of", "its", "their", "this", "that", "what", "one", "whether", "is"}


def words(text: str) -> set[str]:
    return set(re.findall("[a-z0-9]+", re.sub("([a-z0-9])([A-Z])", r"\1 \2", text).lower())) - _FILLING


def test_no_description_only_repeats_the_name() -> None:
    empty = []
    for path, thing in things():
        type_name, _, rest = path.partition(".")
        name = rest.partition("(")[2].rstrip(")") or rest or type_name
        if words(thing.description) <= words(name.lower() if name.isupper() else name) | words(type_name):
            empty.append(path)
    assert empty == []


def test_the_values_of_enums_say_more_than_their_names() -> None:
    """In a sentence, or at least a phrase."""
    short = [path for path, thing in things() if path.isupper() or path.rpartition(".")[2].isupper()]
    said = {path: thing.description for path, thing in things() if path in short}
    assert [path for path, text in said.items() if len(text.split()) < 3 and path.partition(".")[0] != KNOWN] == []


# Saleor's own directions and languages need no more words.
KNOWN = "CustomerExportLanguage"
# Of inputs, which objects of jobs repeat as they were sent.
OF_INPUTS = re.compile("^(Filter|Sort) ")
# What nobody would say.
ODD = re.compile(r"\b(This is no|There is no such|Of when|Whom it|Where all are|Nobody fills)\b")


def test_what_objects_tell_is_not_described_as_an_input() -> None:
    wrong = []
    for path, thing in things():
        owner = schema.get_type_map()[path.partition(".")[0]]
        is_answer = isinstance(owner, GraphQLObjectType) and not owner.name.startswith("CustomerJobRecord")
        if is_answer and "(" not in path and OF_INPUTS.search(thing.description):
            wrong.append(path)
    assert wrong == []


def test_descriptions_are_plain_english() -> None:
    assert [path for path, thing in things() if ODD.search(thing.description)] == []


def test_no_two_values_of_an_enum_are_described_alike() -> None:
    for name, type_ in schema.get_type_map().items():
        if isinstance(type_, GraphQLEnumType) and not name.startswith("__"):
            said = [value.description for value in type_.values]
            assert len(said) == len(set(said)), name


def test_no_two_fields_of_a_type_are_described_alike() -> None:
    """`id` and `recordId` of one type say what each is."""
    alike = []
    for name, type_ in schema.get_type_map().items():
        if not name.startswith("__") and not isinstance(type_, GraphQLEnumType):
            said = [field.description for field in getattr(type_, "fields", {}).values()]
            alike += [f"{name}: {text}" for text in set(said) if said.count(text) > 1]
    assert alike == []


# One concept has one spelling. Whoever adds a field in another one finds it here.
OTHER_SPELLINGS = re.compile(
    "^(created|modified|updated|at|recorded_?[aA]t|modified_?[aA]t)$|[cC]olou[r]|^(makes|keeps|erases|wants|respects)[A-Z]"
)


def test_every_concept_has_one_spelling() -> None:
    counters = {"CustomerJobProgress.created", "CustomerJobProgress.updated"}
    names = {path: re.split(r"[.(]", path.rstrip(")"))[-1] for path, _ in things()}
    assert [path for path, name in names.items() if OTHER_SPELLINGS.search(name) and path not in counters] == []


def test_no_field_collides_with_the_main_api() -> None:
    """Saleor measures the cost of our queries by the fields of its own schema that have the same name."""
    fields = [*schema.get_query_type().fields, *schema.get_mutation_type().fields]
    assert [name for name in fields if not name.startswith("customer")] == []


def test_a_failing_row_does_not_take_the_list_with_it() -> None:
    """What is looked up may be nobody: its field must be nullable."""
    fields = {**schema.get_query_type().fields, **schema.get_mutation_type().fields}
    assert [name for name, field in fields.items() if isinstance(field.type, GraphQLNonNull)] == []
