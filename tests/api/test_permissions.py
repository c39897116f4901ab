"""Who may do what, over the whole schema: the matrix is made from the schema, so that no field can be forgotten.

On a real Saleor, tests/saleor/test_access.py compares the refusals with Saleor's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)

from saleor_customer_plus.api.schema import schema
from tests.client import Api
from tests.factories import make_account, make_app, make_staff, make_token

pytestmark = pytest.mark.django_db

# Callers by what they are.
CALLERS: dict[str, Callable[[], str | None]] = {
    "nobody": lambda: None,
    "customer": lambda: make_token(make_account()),
    "staff without the permission": lambda: make_token(make_staff(permissions=("manage_orders",))),
    "app without the permission": lambda: make_app(permissions=("manage_orders",))[1],
    "staff": lambda: make_token(make_staff()),
    "app": lambda: make_app()[1],
}
STAFF = {"staff", "app"}
EVERYBODY = set(CALLERS)
# A person about themselves: whoever has an account, which staff have too.
OWN = {"customer", "staff", "staff without the permission"}

# Everything is for staff, but for what is named here.
EXCEPTIONS = {
    "customerLeadSubmit": EVERYBODY,
    "customerLeadFormToken": EVERYBODY,
    "customerNewsletterForm": EVERYBODY,
    "customerNewsletterSubscribe": EVERYBODY,
    "customerNewsletterConfirm": EVERYBODY,
    "customerNewsletterPreferences": EVERYBODY,
    "customerNewsletterPreferencesUpdate": EVERYBODY,
    "customerConsentUpdate": OWN,
    "customerMyConsents": OWN,
}

# All that a stranger or a customer can ever be shown: nothing of the records, tags, notes, leads or the log.
HARMLESS = {
    "Boolean",
    "CustomerConsentUpdate",
    "CustomerLeadFormToken",
    "CustomerLeadSubmit",
    "CustomerMyConsent",
    "CustomerNewsletterChoice",
    "CustomerNewsletterConfirm",
    "CustomerNewsletterForm",
    "CustomerNewsletterPreferences",
    "CustomerNewsletterPreferencesUpdate",
    "CustomerNewsletterSubscribe",
    "CustomerPlusError",
    "CustomerPlusErrorCode",
    "DateTime",
    "ID",
    "Int",
    "String",
}
CONSENT_ENUMS = {
    "CustomerConsentChannel",
    "CustomerConsentPurpose",
    "CustomerConsentState",
    "CustomerConsentOptInLevel",
}

SCALARS = {
    "Boolean": "true",
    "DateTime": '"2024-05-01T12:00:00Z"',
    "Decimal": "1",
    "Float": "1",
    "ID": '"Q3VzdG9tZXJSZWNvcmQ6MQ=="',
    "Int": "1",
    "JSON": "{}",
    "String": '"x"',
    "Upload": "$file",  # which cannot be written out
}


def fields_of(kind: str) -> dict[str, Any]:
    root = schema.get_query_type() if kind == "query" else schema.get_mutation_type()
    return dict(root.fields) if root else {}


OPERATIONS = [(kind, name) for kind in ("query", "mutation") for name in fields_of(kind)]


def example(type_: Any) -> str:
    """A value that the type takes. What it means does not matter: who may not ask is told so first."""
    if isinstance(type_, GraphQLNonNull):
        return example(type_.of_type)
    if isinstance(type_, GraphQLList):
        return f"[{example(type_.of_type)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(type_.values[0].name)
    if isinstance(type_, GraphQLInputObjectType):
        given = {n: f for n, f in type_.fields.items() if isinstance(f.type, GraphQLNonNull)}
        return "{" + ", ".join(f"{name}: {example(field.type)}" for name, field in given.items()) + "}"
    return SCALARS[type_.name]


def named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_


def operation(kind: str, name: str) -> str:
    field = fields_of(kind)[name]
    given = {n: a for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) or n == "first"}
    arguments = ", ".join(f"{argument}: {example(a.type)}" for argument, a in given.items())
    is_leaf = not isinstance(named(field.type), GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
    variables = " ($file: Upload!)" if "$file" in arguments else ""
    selection = "" if is_leaf else " { __typename }"
    return f"{kind}{variables} {{ {name}{f'({arguments})' if arguments else ''}{selection} }}"


def is_refused(answer: dict[str, Any]) -> bool:
    codes = [error.get("extensions", {}).get("exception", {}).get("code") for error in answer.get("errors", [])]
    return "PermissionDenied" in codes


@pytest.mark.parametrize("caller", CALLERS)
def test_matrix(caller: str) -> None:
    api = Api(CALLERS[caller]())

    refused = set()
    for kind, name in OPERATIONS:
        answer = api.post(operation(kind, name), file="x").json()
        if is_refused(answer):
            refused.add(name)
            assert answer["data"] == {name: None}
            assert len(answer["errors"]) == 1

    assert refused == {name for _, name in OPERATIONS if caller not in EXCEPTIONS.get(name, STAFF)}


def test_every_exception_exists() -> None:
    assert {name for _, name in OPERATIONS} >= set(EXCEPTIONS)


def reachable(type_: Any, seen: set[str]) -> Iterator[str]:
    found = named(type_)
    if found.name in seen:
        return
    seen.add(found.name)
    yield found.name
    for field in getattr(found, "fields", {}).values() if isinstance(found, GraphQLObjectType) else ():
        yield from reachable(field.type, seen)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_nothing_internal_can_be_reached_from_what_is_not_for_staff(name: str) -> None:
    (kind,) = (kind for kind, operation_name in OPERATIONS if operation_name == name)

    assert set(reachable(fields_of(kind)[name].type, set())) <= HARMLESS | CONSENT_ENUMS
