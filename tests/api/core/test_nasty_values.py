"""Every argument and every field of every input, with values that nobody means: none is an unforeseen error."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from graphql.type.definition import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
)
from graphql.utils.is_valid_value import is_valid_value

from saleor_customer_plus.api.schema import schema
from tests.client import OUR_PATH, Api
from tests.factories import make_record
from tests.properties import share

pytestmark = pytest.mark.django_db

FIELDS = [
    (operation, name)
    for operation, root in (("query", schema.get_query_type()), ("mutation", schema.get_mutation_type()))
    for name in root.fields
]


KINDS = (
    "CustomerRecord",
    "CustomerTag",
    "CustomerGroup",
    "CustomerNote",
    "CustomerLead",
    "CustomerJob",
    "User",
    "Order",
)
KEYS = ("99999999999999999999", "9223372036854775807", "0")
# How many of them are asked in one request: Saleor allows so many mutations.
AT_ONCE = 4
# A job keeps the filter of whom it is for. That of an export stands for those of all jobs.
KEPT_ALIKE = {("customerRecordsBulkUpdate", "filter")}


def _id(kind: str, key: str) -> str:
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


# JSON as it is sent: half of a character, and numbers that Python would not write like this.
NASTY: dict[str, list[str]] = {
    "String": ['"\\u0000"', '"\\ud800"', '""', json.dumps("a" * 20_000), '"%\\\\_\'\\""', '"' + "z " * 400 + '"'],
    "ID": ['"\\u0000"', '"\\ud800"', '""', json.dumps(_id("Nothing", "1"))],
    "Int": ["2147483647", "-2147483648", "2147483648", "1e20", "0"],
    "Float": ["1e308", "-1e308", "1e-400", "-0.0", "1e400", '"NaN"', '"Infinity"', "18446744073709551616"],
    "Boolean": ["true", '"x"'],
    "DateTime": [
        '"0001-01-01T00:00:00+23:59"',
        '"9999-12-31T23:59:59-23:59"', '"0001-01-01T00:00:00Z"', '"9999-12-31"', '"\\ud800"',
        "5",
    ],
    "JSON": [
        '{"a": 1e20}', "[" * 200 + "]" * 200, '{"\\u0000": 1}', "18446744073709551616", '{"": ""}', "1e308", "null",
    ],
    "Upload": ['"x"', "5"],
}  # fmt: skip


def _benign(kind: Any, level: int = 0) -> Any:
    """Some value that the type takes."""
    if isinstance(kind, GraphQLNonNull):
        return _benign(kind.of_type, level)
    if isinstance(kind, GraphQLList):
        return [_benign(kind.of_type, level)]
    if isinstance(kind, GraphQLEnumType):
        return kind.values[0].name
    if isinstance(kind, GraphQLInputObjectType):
        needed = {name: field.type for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        return {name: _benign(of_type, level + 1) for name, of_type in needed.items()}
    samples: dict[str, Any] = {"Int": 1, "Float": 1.5, "Boolean": True, "JSON": {}, "DateTime": "2024-01-01T00:00:00Z"}
    return samples.get(kind.name, _id("CustomerRecord", "1") if kind.name == "ID" else "a")


def _variants(kind: Any, values: Mapping[str, Sequence[str]] = NASTY, level: int = 0) -> Iterator[str]:
    """JSON of values of a type, in each of which one place is nasty."""
    if isinstance(kind, GraphQLNonNull):
        yield from _variants(kind.of_type, values, level)
    elif isinstance(kind, GraphQLList):
        for variant in _variants(kind.of_type, values, level):
            yield f"[{variant}]"
    elif isinstance(kind, GraphQLScalarType):
        yield from values.get(kind.name, [])
    elif isinstance(kind, GraphQLInputObjectType) and level < 3:
        for name, field in kind.fields.items():
            others = {other: value for other, value in _benign(kind).items() if other != name}
            rest = "".join(f", {json.dumps(other)}: {json.dumps(value)}" for other, value in others.items())
            for variant in _variants(field.type, values, level + 1):
                yield f"{{{json.dumps(name)}: {variant}{rest}}}"


def _is_taken(kind: Any, variant: str) -> bool:
    """Whether GraphQL takes it for a value of the type at all. What it does not, never reaches us."""
    try:
        return not is_valid_value(json.loads(variant), kind)
    except Exception:  # of some numbers graphql-core says so by this
        return False


def _field(operation: str, name: str) -> Any:
    return (schema.get_query_type() if operation == "query" else schema.get_mutation_type()).fields[name]


def _body(operation: str, name: str, target: str, variants: Sequence[str]) -> str:
    """A request that asks for a field as often as there are variants of one of its arguments."""
    field = _field(operation, name)
    needed = {key: item.type for key, item in field.args.items() if isinstance(item.type, GraphQLNonNull)}
    if "first" in field.args:
        needed["first"] = field.args["first"].type
    others = {key: kind for key, kind in needed.items() if key != target}
    kinds = {**others, **{f"nasty{place}": field.args[target].type for place in range(len(variants))}}
    declared = ", ".join(f"${key}: {kind}" for key, kind in kinds.items())
    passed = "".join(f", {key}: ${key}" for key in others)
    selected = "" if is_leaf_type(get_named_type(field.type)) else _selection(get_named_type(field.type))
    asked = " ".join(f"a{place}: {name}({target}: $nasty{place}{passed}) {selected}" for place in range(len(variants)))
    sent = [f'"nasty{place}": {variant}' for place, variant in enumerate(variants)]
    sent += [f"{json.dumps(key)}: {json.dumps(_benign(kind))}" for key, kind in others.items()]
    query = json.dumps(f"{operation} Q({declared}) {{ {asked} }}")
    return f'{{"query": {query}, "variables": {{{", ".join(sent)}}}}}'


def _selection(kind: Any) -> str:
    if "errors" in kind.fields:
        return "{ errors { field message code } }"
    return "{ edges { cursor } totalCount }" if "edges" in kind.fields else "{ __typename }"


class Attacker:
    """Sends requests of which nothing stays, and notes those whose answer is an unforeseen error."""

    def __init__(self, api: Api) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {api.token}"}, raise_request_exception=False)
        self.failures: list[Any] = []

    def send(self, body: str) -> str:
        with transaction.atomic():
            response = self.client.post(OUR_PATH, body, content_type="application/json")
            transaction.set_rollback(True)
        answer = response.content.decode()
        assert "QUERY_TOO_LARGE" not in answer
        if response.status_code >= 500 or "Internal Server Error" in answer:
            self.failures.append((response.status_code, body[-500:], answer[:500]))
        return answer

    def try_all(self, operation: str, name: str, target: str, variants: Iterable[str]) -> list[str]:
        of_type = _field(operation, name).args[target].type
        # In an everyday run each argument gets other values.
        turn = zlib.crc32(f"{name}.{target}".encode())
        taken = [variant for variant in share(variants, one_in=5, turn=turn) if _is_taken(of_type, variant)]
        parts = [taken[start : start + AT_ONCE] for start in range(0, len(taken), AT_ONCE)]
        return [self.send(_body(operation, name, target, part)) for part in parts]


@pytest.fixture
def attacker(api: Api, storage: Any) -> Iterator[Attacker]:
    make_record()
    attacker = Attacker(api)
    yield attacker
    assert not attacker.failures, f"{len(attacker.failures)}: {attacker.failures[:4]}"


@pytest.mark.parametrize(("operation", "name"), FIELDS, ids=lambda value: str(value))
def test_no_value_is_unforeseen(attacker: Attacker, operation: str, name: str) -> None:
    for target, argument in _field(operation, name).args.items():
        if (name, target) in KEPT_ALIKE:
            continue
        answers = attacker.try_all(operation, name, target, _variants(argument.type))
        # The answers to the id of nothing say of which kinds ids are wanted.
        kinds = [kind for kind in KINDS if any(f"of a {kind}." in answer for answer in answers)]
        ids = [json.dumps(_id(kind, key)) for kind in kinds or KINDS for key in KEYS]
        attacker.try_all(operation, name, target, _variants(argument.type, {"ID": ids}))


@pytest.mark.parametrize("scalar", sorted(NASTY))
def test_what_is_no_value_of_a_type_is_not_unforeseen(attacker: Attacker, scalar: str) -> None:
    """GraphQL refuses it before it reaches us, wherever it stands: one place stands for all."""
    of_scalar = {scalar: NASTY[scalar]}
    operation, name, target, of_type = next(
        (operation, name, target, argument.type)
        for operation, name in FIELDS
        for target, argument in _field(operation, name).args.items()
        if any(_variants(argument.type, of_scalar))
    )
    for variant in dict.fromkeys(_variants(of_type, of_scalar)):
        if not _is_taken(of_type, variant):
            attacker.send(_body(operation, name, target, [variant]))
