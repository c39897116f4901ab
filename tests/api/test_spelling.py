"""One spelling for each thing, in the API, in the options of the commands and in the docs."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from graphene.utils.str_converters import to_snake_case
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLObjectType
from graphql.type.definition import get_named_type, get_nullable_type

from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.management.commands.customer_plus import Command

ROOT = Path(__file__).parents[2]
# Spellings that are not ours, and what is.
OTHERS = re.compile(r"modified_?at|created_?on|updated_?on|date_?created|colour", re.IGNORECASE)
# Times that are not the moment of something that was done, and the two ends of a range.
TIMES = {"customerSince", "completeSince", "gte", "lte", "since", "validFrom", "validUntil"}
# The value of an attribute, by Saleor's name of its type.
TIMES |= {"dateTime"}
# Lists whose name is a side of a filter, or a verb of an action.
NO_PLURALS = {"any", "all", "none", "oneOf", "group", "ungroup", "mapping"}
# Saleor's names, of which there is no plural.
NO_PLURALS |= {"metadata", "privateMetadata", "accountMetadata", "accountPrivateMetadata"}
OURS = [
    (name, kind)
    for name, kind in schema.get_type_map().items()
    if not name.startswith("__") and isinstance(kind, GraphQLObjectType | GraphQLInputObjectType)
]


def options() -> list[argparse.Action]:
    parser = Command().create_parser("manage.py", "customer_plus")
    (found,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [action for one in found.choices.values() for action in one._actions if action.option_strings]


def test_times_are_called_at() -> None:
    wrong = [
        f"{name}.{field}"
        for name, kind in OURS
        for field, definition in kind.fields.items()
        if str(get_named_type(definition.type)) in ("DateTime", "DateTimeRangeInput", "CustomerJobDateTimeRange")
        and not field.endswith("At")
        and field not in TIMES
    ]
    assert wrong == []


def test_nothing_has_another_spelling() -> None:
    names = {f"{name}.{field}" for name, kind in OURS for field in kind.fields}
    names |= {
        f"{name}.{value.name}"
        for name, kind in schema.get_type_map().items()
        if isinstance(kind, GraphQLEnumType)
        for value in kind.values
    }
    names |= {option for action in options() for option in action.option_strings}
    assert [name for name in sorted(names) if OTHERS.search(name.replace("-", "_"))] == []


def test_the_docs_name_nothing_in_another_spelling() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    # The file about one person has the columns of the tables, which another test compares with the page.
    pages = [page for page in pages if page.name != "personal-data.md"]
    code = {(page.name, word) for page in pages for word in re.findall(r"`(\w+)`", page.read_text())}
    assert [one for one in sorted(code) if OTHERS.search(one[1])] == []


def test_lists_in_inputs_are_plural() -> None:
    wrong = [
        f"{name}.{field}"
        for name, kind in OURS
        if isinstance(kind, GraphQLInputObjectType)
        for field, definition in kind.fields.items()
        if isinstance(get_nullable_type(definition.type), GraphQLList)
        and not field.endswith("s")
        and field not in NO_PLURALS
    ]
    assert wrong == []


def test_an_object_that_a_mutation_takes_is_called_input() -> None:
    wrong = [
        f"{name}({argument}:)"
        for name, field in schema.get_mutation_type().fields.items()
        for argument, definition in field.args.items()
        if isinstance(get_nullable_type(definition.type), GraphQLInputObjectType)
        and argument not in ("input", "filter", "action")
    ]
    assert wrong == []


def test_options_are_imperative() -> None:
    """`makeLeads`, not `makesLeads`: an option tells what to do. What something is or has is said so."""
    flags = [
        f"{name}.{field}"
        for name, kind in OURS
        if isinstance(kind, GraphQLInputObjectType)
        for field, definition in kind.fields.items()
        if str(get_named_type(definition.type)) == "Boolean"
    ]
    flags += [option for action in options() if action.nargs == 0 for option in action.option_strings]
    first = {flag: re.split(r"[_-]", to_snake_case(flag.rpartition(".")[2].lstrip("-")))[0] for flag in flags}
    assert [
        flag for flag, word in first.items() if word.endswith("s") and word not in ("is", "has", "accepts", "yes")
    ] == []
