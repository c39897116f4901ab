"""The endpoint as such: where it is, what it answers to, and in which form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from saleor_customer_plus.api.schema import sdl
from tests.client import OUR_PATH, SALEOR_PATH, Api

pytestmark = pytest.mark.django_db

TYPES = "{ __schema { types { name } } }"


def test_get_answers_with_the_schema() -> None:
    response = Client().get(OUR_PATH)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == sdl()


def test_head_is_a_get_without_a_body() -> None:
    response = Client().head(OUR_PATH)

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method(method: str) -> None:
    response = getattr(Client(), method)(OUR_PATH)

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "path",
    [
        "/plugins/customer-plus/",
        "/plugins/customer-plus/graphql",
        "/plugins/customer-plus/graphql/x",
        "/plugins/customer-plus/x/graphql/",
        "/plugins/customer-plus/GRAPHQL/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_elsewhere(path: str, method: str) -> None:
    assert getattr(Client(), method)(path).status_code == 404


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_nothing_while_the_plugin_is_inactive(configure: Callable[..., None], method: str) -> None:
    configure(active=False)

    response = getattr(Client(), method)(OUR_PATH)

    assert response.status_code == 404
    assert response.content == b""


def test_also_under_the_path_of_global_plugins(api: Api) -> None:
    elsewhere = Api(api.token, path="/plugins/global/customer-plus/graphql/")

    assert elsewhere("{ customerRecords(first: 1) { totalCount } }") == {"customerRecords": {"totalCount": 0}}


@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_no_browser_keeps_frames_or_guesses_anything(method: str) -> None:
    response = getattr(Client(), method)(OUR_PATH)

    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ("{", "application/json", "Unable to parse query."),
        ("{}", "application/json", "Must provide a query string."),
        ('{"query": 5}', "application/json", "Must provide a query string."),
        ('{"query": ""}', "application/json", "Must provide a query string."),
        ('{"query": "{"}', "application/json", "Syntax Error GraphQL"),
        ('{"query": "{ nothing }"}', "application/json", 'Cannot query field "nothing" on type "Query".'),
        ("{ customerRecords }", "text/plain", "Must provide a query string."),
        ("[{}, {}]", "application/json", "Number of batch queries exceeded."),
    ],
)
def test_what_is_no_query(api: Api, body: str, content_type: str, message: str) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}

    response = Client(headers=headers).post(OUR_PATH, body, content_type=content_type)

    assert response.status_code == 400
    assert message in response.json()["errors"][0]["message"]


def test_a_mutation_of_the_main_api_is_none_of_ours(api: Api) -> None:
    (error,) = api.errors('mutation { customerDelete(id: "VXNlcjox") { errors { code } } }')

    assert error["message"].startswith('Cannot query field "customerDelete" on type "Mutation".')


def test_one_query_in_a_batch(api: Api) -> None:
    body = json.dumps([{"query": "{ customerRecords(first: 1) { totalCount } }"}])
    headers = {"Authorization": f"Bearer {api.token}"}

    response = Client(headers=headers).post(OUR_PATH, body, content_type="application/json")

    assert response.json()[0]["data"] == {"customerRecords": {"totalCount": 0}}


def test_an_error_is_told_as_saleor_tells_them(api: Api) -> None:
    (error,) = api.errors("query Mine { mine: customerRecord { id } }")

    exception = error["extensions"].pop("exception")
    assert exception["code"] == "GraphQLError"
    assert error == {
        "message": "Give exactly one of the arguments `id`, `email`, `userId`, `number`, `orderId` and `orderNumber`.",
        "locations": [{"line": 1, "column": 14}],
        "path": ["mine"],
        "extensions": {
            "code": "INVALID",
            "errors": [{"field": None, "code": "INVALID", "message": error["message"]}],
        },
    }


def test_nothing_of_an_unforeseen_error_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: Any) -> None:
        raise RuntimeError("anna@example.com")

    monkeypatch.setattr("saleor_customer_plus.customers.queries.find", fail)

    with override_settings(DEBUG=False):
        (error,) = api.errors('{ customerRecord(email: "anna@example.com") { id } }')

    assert error["message"] == "Internal Server Error"


class TestIntrospection:
    """Saleor caches introspections by the text of the query, whichever schema it is for."""

    @pytest.fixture(autouse=True)
    def _cached(self) -> Any:
        cache.clear()
        with override_settings(DEBUG=False):
            yield

    def types(self, path: str, query: str = TYPES) -> set[str]:
        return {found["name"] for found in Api(path=path)(query)["__schema"]["types"]}

    def test_needs_no_permission(self) -> None:
        assert "CustomerRecord" in self.types(OUR_PATH)

    def test_the_main_api_does_not_answer_with_ours(self) -> None:
        self.types(OUR_PATH)

        assert "CustomerRecord" not in self.types(SALEOR_PATH)

    def test_ours_does_not_answer_with_the_main_api(self) -> None:
        self.types(SALEOR_PATH)

        assert "CustomerRecord" in self.types(OUR_PATH)

    def test_it_is_cached_all_the_same(self) -> None:
        first = self.types(OUR_PATH)

        with override_settings(DEBUG=False):
            assert self.types(OUR_PATH) == first

    @pytest.mark.parametrize("query", ["{", '{ customerRecords(search: "', "{ a } }", "{ nothing }", '{ a(b: """'])
    def test_no_error_shows_what_keeps_them_apart(self, query: str) -> None:
        (error, *_) = Api().errors(query)

        assert "#" not in error["message"]

    def test_nobody_can_guess_what_keeps_them_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from saleor_customer_plus.api.view import introspection_mark

        mark = introspection_mark()
        introspection_mark.cache_clear()
        with override_settings(SECRET_KEY="another"):
            assert introspection_mark() != mark
        introspection_mark.cache_clear()
