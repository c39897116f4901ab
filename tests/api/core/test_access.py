"""Who may ask. On a real Saleor, tests/saleor/test_access.py compares each refusal with Saleor's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client import Api
from tests.factories import make_account, make_app, make_record, make_staff, make_token

pytestmark = pytest.mark.django_db

QUERIES = ['{ customerRecord(email: "anna@example.com") { email } }', "{ customerRecords(first: 1) { totalCount } }"]

WELCOME: dict[str, Callable[[], str | None]] = {
    "staff": lambda: make_token(make_staff()),
    "superuser": lambda: make_token(make_staff(permissions=(), is_superuser=True)),
    "app": lambda: make_app()[1],
}

REFUSED: dict[str, Callable[[], str | None]] = {
    "nobody": lambda: None,
    "customer": lambda: make_token(make_account()),
    "staff without the permission": lambda: make_token(make_staff(permissions=("manage_orders",))),
    "app without the permission": lambda: make_app(permissions=("manage_orders",))[1],
    "inactive app": lambda: make_app(is_active=False)[1],
    "token of no app": lambda: "x" * 30,
}


@pytest.mark.parametrize("who", WELCOME)
@pytest.mark.parametrize("query", QUERIES)
def test_welcome(who: str, query: str) -> None:
    make_record("anna@example.com")

    assert Api(WELCOME[who]())(query) in (
        {"customerRecord": {"email": "anna@example.com"}},
        {"customerRecords": {"totalCount": 1}},
    )


@pytest.mark.parametrize("who", REFUSED)
@pytest.mark.parametrize("query", QUERIES)
def test_refused(who: str, query: str) -> None:
    make_record("anna@example.com")

    response = Api(REFUSED[who]()).post(query)

    assert response.status_code == 200
    answer = response.json()
    assert list(answer["data"].values()) == [None]
    (error,) = answer["errors"]
    assert error["extensions"]["exception"]["code"] == "PermissionDenied"
    assert error["message"] == "To access this path, you need one of the following permissions: MANAGE_USERS"


def test_a_token_that_is_none() -> None:
    (error,) = Api("not.a.token").errors(QUERIES[0])

    assert "anna" not in str(error)


def test_every_field_at_the_top_is_guarded() -> None:
    """Also one that is added later."""
    from saleor_customer_plus.api.schema import schema

    for name, field in schema.get_query_type().fields.items():
        assert field.resolver.__wrapped__, f"{name} lets everybody in"
