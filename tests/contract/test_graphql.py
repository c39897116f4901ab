"""How a host's GraphQL view serves the schema of a plugin."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
import saleor
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from saleor.core.jwt import create_access_token, create_access_token_for_app

from tests import factories
from tests.client import Api

from .probe import Probe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probe")]

WHO = "{ who }"
PROBE = Api(path="/plugins/tests.probe/graphql/")
NEW_VIEW = tuple(map(int, saleor.__version__.split(".")[:2])) >= (3, 23)


def _ask(query: str, token: str | None = None) -> tuple[int, dict[str, Any]]:
    response = PROBE.by(token).post(query)
    answer = response.json()
    answer.pop("extensions", None)  # what a query costs by Saleor's own schema: the stand-in does not weigh
    return response.status_code, answer


# Who asks.


def test_a_token_of_staff() -> None:
    assert _ask(WHO, create_access_token(factories.make_staff())) == (200, {"data": {"who": "User, True"}})


def test_a_token_of_staff_without_the_permission() -> None:
    staff = factories.make_staff(permissions=("manage_orders",))

    assert _ask(WHO, create_access_token(staff)) == (200, {"data": {"who": "User, False"}})


def test_a_token_of_an_app() -> None:
    _, token = factories.make_app()

    assert _ask(WHO, token) == (200, {"data": {"who": "App, True"}})


@pytest.mark.parametrize("switched_off", [{"is_active": False}, {"removed_at": "2026-01-01T00:00Z"}])
def test_a_token_of_an_app_that_was_switched_off(switched_off: dict[str, Any]) -> None:
    _, token = factories.make_app(**switched_off)

    assert _ask(WHO, token) == (200, {"data": {"who": "nobody"}})


@pytest.mark.parametrize(
    ("of_user", "of_app", "may"),
    [
        (("manage_users",), ("manage_users",), True),
        (("manage_users",), ("manage_orders",), False),
        (("manage_orders",), ("manage_users",), False),
    ],
)
def test_a_token_of_an_app_for_a_user(of_user: tuple[str, ...], of_app: tuple[str, ...], may: bool) -> None:
    app, _ = factories.make_app(permissions=of_app)
    staff = factories.make_staff(permissions=of_user)

    assert _ask(WHO, create_access_token_for_app(app, staff)) == (200, {"data": {"who": f"User, {may}"}})


@pytest.mark.parametrize("token", [None, "nonsense", "x" * 30])
def test_no_token_or_one_that_is_nobodys(token: str | None) -> None:
    assert _ask(WHO, token) == (200, {"data": {"who": "nobody"}})


def test_a_token_that_somebody_else_signed() -> None:
    claims = jwt.decode(create_access_token(factories.make_staff()), options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 64, algorithm="HS256")

    status, answer = _ask(WHO, forged)

    assert (status, answer["data"]) == (200, {"who": None})
    assert answer["errors"][0]["extensions"]["exception"]["code"].startswith("Invalid")


def test_a_token_after_the_password_was_changed() -> None:
    staff = factories.make_staff()
    token = create_access_token(staff)
    factories.change(staff, jwt_token_key="changed")

    _, answer = _ask(WHO, token)

    assert answer["errors"][0]["extensions"]["exception"]["code"] == "InvalidTokenError"


def test_the_headers_that_carry_a_token() -> None:
    token = create_access_token(factories.make_staff())

    for headers in (
        {"Authorization": f"JWT {token}"},
        {"Authorization": f"bearer {token}"},
        {"Authorization-Bearer": token},
    ):
        response = Client(headers=headers).post(PROBE.path, {"query": WHO}, content_type="application/json")
        assert response.json()["data"] == {"who": "User, True"}


def test_without_the_app_being_set_the_newer_view_fails(probe: type[Probe], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "sets_app", False)

    status, answer = _ask(WHO)

    if NEW_VIEW:
        assert status == 400
        assert answer["errors"][0]["extensions"]["exception"]["code"] == "AttributeError"
    else:
        assert answer == {"data": {"who": "nobody"}}


# What goes wrong.


def test_an_error_of_ours_is_not_told() -> None:
    status, answer = _ask("{ fails }")

    assert status == 200
    assert answer["data"] == {"fails": None}
    (error,) = answer["errors"]
    assert error["message"] == "Internal Server Error"
    assert error["path"] == ["fails"]
    assert error["locations"] == [{"line": 1, "column": 3}]
    assert error["extensions"] == {"exception": {"code": "RuntimeError"}}


def test_a_refusal_is_told() -> None:
    _, answer = _ask("{ forbidden }")

    (error,) = answer["errors"]
    assert error["message"] == "To access this path, you need one of the following permissions: MANAGE_USERS"
    assert error["extensions"] == {"exception": {"code": "PermissionDenied"}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ unknown }", 'Cannot query field "unknown" on type "Query".'),
        ("{ who", "Syntax Error GraphQL (1:6) Expected Name, found EOF\n\n1: { who\n        ^\n"),
        ("", "Must provide a query string."),
        ("{ who __schema { types { name } } }", "Queries and introspection cannot be mixed in the same request."),
        (
            "{" + "".join(f" a{number}: who" for number in range(101)) + " }",
            "Number of aliases exceed the limit of 100",
        ),
        ("mutation { do a: do b: do c: do d: do }", "Number of mutations exceed the limit of 4"),
    ],
)
def test_a_query_that_is_refused(query: str, message: str) -> None:
    status, answer = _ask(query)

    assert status == 400
    assert "data" not in answer
    assert answer["errors"][0]["message"] == message
    assert answer["errors"][0]["extensions"]["exception"]["code"] in ("GraphQLError", "GraphQLSyntaxError")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ('[{"query": "{ who }"}, {"query": "{ who }"}]', 400, "Number of batch queries exceeded."),
        ("no JSON", 400, "Unable to parse query."),
        ('"text"', 400, "Unable to parse query."),
        ("{}", 400, "Must provide a query string."),
    ],
)
def test_a_body_that_is_refused(body: str, status: int, message: str) -> None:
    response = Client().post(PROBE.path, body, content_type="application/json")

    assert response.status_code == status
    assert response.json()["errors"][0]["message"] == message


def test_a_batch_of_one() -> None:
    response = Client().post(PROBE.path, '[{"query": "{ who }"}]', content_type="application/json")

    (answer,) = response.json()
    assert answer["data"] == {"who": "nobody"}


# What else the view does.


def test_variables_and_one_of_several_operations() -> None:
    body = {
        "query": "query one { who } query two($n: Boolean!) { who @skip(if: $n) }",
        "operationName": "two",
        "variables": {"n": True},
    }

    assert Client().post(PROBE.path, body, content_type="application/json").json()["data"] == {}


def test_a_file_is_found_in_the_request_under_the_variable_s_value() -> None:
    operations = {"query": "query ($f: String) { file(key: $f) }", "variables": {"f": None}}
    form = {
        "operations": json.dumps(operations),
        "map": json.dumps({"0": ["variables.f"]}),
        "0": SimpleUploadedFile("a.txt", b"what is in it"),
    }

    assert Client().post(PROBE.path, form).json()["data"] == {"file": "what is in it"}


@pytest.mark.parametrize("ours_first", [True, False])
def test_introspections_are_cached_by_their_text_whatever_the_schema(settings: Any, ours_first: bool) -> None:
    settings.DEBUG = False
    query = "{ __schema { queryType { fields { name } } } }"
    endpoints = [PROBE, Api(path="/graphql/")] if ours_first else [Api(path="/graphql/"), PROBE]

    first, second = [endpoint(query)["__schema"]["queryType"]["fields"] for endpoint in endpoints]

    assert first == second
    assert ({"name": "who"} in first) is ours_first


def test_the_host_s_own_api_is_not_ours() -> None:
    assert "who" not in Api(path="/graphql/")("{ shop { name } }")
    assert Api(path="/graphql/").errors(WHO)[0]["message"].startswith('Cannot query field "who" on type "Query".')
