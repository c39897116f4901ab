"""How much one request may ask for."""

from __future__ import annotations

import functools
import json
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.test import Client
from django.test.client import FakePayload
from graphql import GraphQLError
from graphql.utils.introspection_query import introspection_query

from bench.shapes import Body, corpus
from saleor_customer_plus.api.core import limits
from saleor_customer_plus.api.core.documents import InvalidDocument, read
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.api.view import endpoint
from tests.client import OUR_PATH, Api
from tests.factories import make_account, make_app, make_staff, make_token

DEEP = "{ customerRecords { edges { node " + "{ a " * 13 + "}" * 13 + "} } }"
BODIES = corpus()
NESTED_LIST = "{{ customerRecords(first: {}) {{ edges {{ node {{ orders(first: {}) {{ edges {{ cursor }} }} }} }} }} }}"


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        ("{ customerRecord { id } }" + " " * 50_000, {}, "at most 50000 characters"),
        (DEEP, {}, "at most 15 levels"),
        ("{ a " * 20_000, {}, "at most 50000 characters"),
        ("{a" * 1_500 + "}" * 1_500, {}, "at most 40 levels of brackets"),
        ("{ " + "a " * 4_000 + "}", {}, "at most 4000 tokens"),
        ("{ " + "a" * 101 + " }", {}, "at most 100 characters in a name"),
        ("{ customerRecords(first: " + "9" * 101 + ") { totalCount } }", {}, "at most 100 characters in a name"),
        ("{ a(" + "b: 1 " * 31 + ") }", {}, "at most 30 arguments"),
        ("query Q(" + " ".join(f"$a{n}: Int" for n in range(101)) + ") { a }", {}, "at most 100 variables"),
        ("{ a } " + " ".join(f"fragment F{n} on A {{ a }}" for n in range(101)), {}, "at most 100 fragments"),
        (" ".join(f"query Q{n} {{ a }}" for n in range(21)), {}, "at most 20 operations"),
        (
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on A {{ ...F{n + 1} }}" for n in range(20))
            + "fragment F20 on A { a }",
            {},
            "at most 20 fragments within fragments",
        ),
        ("{ customerRecord { id } }", {"a": [0] * 10_000}, "at most 10000 values in variables"),
        ("{ customerRecord { id } }", {"a": functools.reduce(lambda inner, _: [inner], range(500), [])}, "500 levels"),
        ("{ a" + "(b: " * 41, {}, "at most 40 levels of brackets"),
        ("{ customerRecord { " + "id " * 1000 + "} }", {}, "at most 1000 fields"),
        ("{" + " ".join(f"a{n}: customerRecord {{ id }}" for n in range(21)) + "}", {}, "at most 20 fields at the top"),
        (NESTED_LIST.format(100, 100), {}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": 100}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int = 100) {", 1), {}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int = 100) {", 1), {"n": None}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": 100.0}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": " 1e2"}, "at most 10000 rows"),
        (
            f"query Q($n: Int = 100) {NESTED_LIST.format('$n', '$n')}"
            " query R($n: Int = 1) { customerRecords(first: $n) { edges { cursor } } }",
            {},
            "at most 10000 rows",
        ),
        (NESTED_LIST.format(9**9, 100), {}, "at most 10000 rows"),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", {}, "at most 2 lists"),
        (
            "query { ...A } fragment A on Query { customerRecords(first: 100) { ...B } } fragment B on"
            " CustomerRecordCountableConnection { edges { node { orders(last: 100) { totalCount } } } }",
            {},
            "at most 10000 rows",
        ),
    ],
)
def test_too_much(query: str, variables: dict[str, int], message: str) -> None:
    error = refusal(query, variables)

    assert error is not None
    assert message in error.message
    assert error.extensions == {"code": "QUERY_TOO_LARGE"}


def refusal(query: str, variables: dict[str, Any] | None = None) -> GraphQLError | None:
    """The first reason why a document is refused."""
    try:
        read(schema, query, variables or {})
    except InvalidDocument as invalid:
        return invalid.errors[0]
    return None


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (introspection_query, None),
        (NESTED_LIST.format(50, 100), {}),
        (NESTED_LIST.format("$n", 100).replace("{", "query Q($n: Int) {", 1), {"n": None}),
        (NESTED_LIST.format("$n", 100).replace("{", "query Q($n: Int) {", 1), {"n": "many"}),
        (NESTED_LIST.format("$n", 100).replace("{", "query Q($n: Int) {", 1), {"n": "1e999"}),
        (NESTED_LIST.format(100, -1), {}),
    ],
)
def test_not_too_much(query: str, variables: dict[str, object] | None) -> None:
    assert refusal(query, variables) is None


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ ...A } fragment A on Query { ...A }", 'Cannot spread fragment "A" within itself.'),
        (
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...B }",
            'Cannot spread fragment "B" within itself.',
        ),
        ("{ ...Missing }", 'Unknown fragment "Missing".'),
        ("type A { b: Int }", "The query needs an operation."),
        ("{ customerRecord { id } } type A { b: Int }", "A query has operations and fragments only."),
        ("{ ... on Query { customerRecord { id } } }", "At the top of an operation"),
        ('{ customerRecord(email: "\\uZZZZ") { id } }', "Syntax Error GraphQL"),
    ],
)
def test_what_is_wrong_otherwise(query: str, message: str) -> None:
    error = refusal(query)

    assert error is not None
    assert message in error.message
    assert not error.extensions


@pytest.mark.parametrize("number", [2, 16])
def test_the_operations_of_a_document_count_together(number: int) -> None:
    query = " ".join(f"query Q{n} {{ customerRecord {{ {'id ' * (1000 // number)} }} }}" for n in range(number))

    error = refusal(query)

    assert error is not None
    assert "at most 1000 fields" in error.message


def test_fragments_count_wherever_they_are_spread() -> None:
    names = [f"F{n}" for n in range(24)]
    query = f"{{ customerRecord {{ {' '.join('...' + name for name in names)} }} }}" + " ".join(
        f"fragment {name} on CustomerRecord {{ {'id ' * 41} }}" for name in names
    )

    error = refusal(query)

    assert error is not None
    assert "at most 1000 fields" in error.message


@pytest.mark.parametrize(("number", "is_too_much"), [(100, False), (142, True)])
def test_equal_fields_are_compared_with_each_other(number: int, is_too_much: bool) -> None:
    error = refusal(f'{{ customerRecord(number: "1") {{ {"id " * number} }} }}')

    assert (error is not None) is is_too_much


def test_no_more_errors_than_a_client_reads() -> None:
    """For each unknown name the validation looks for similar ones."""
    with pytest.raises(InvalidDocument) as raised:
        read(schema, "{ customerRecord { " + " ".join(f"unknown{n}" for n in range(900)) + " } }", {})

    assert len(raised.value.errors) == 3


def test_an_introspection_that_multiplies_the_usual_one() -> None:
    lists = " ".join(f"a{n}: fields {{ name args {{ name type {{ name kind }} }} }}" for n in range(30))

    error = refusal(f"{{ __schema {{ types {{ {lists} }} }} }}")

    assert error is not None
    assert error.message.startswith("The query asks for too much of the schema.")


@pytest.mark.parametrize(("aliases", "is_too_much"), [(1, False), (4, False), (10, True), (19, True)])
def test_an_introspection_of_many_objects_with_few_fields(aliases: int, is_too_much: bool) -> None:
    """An object takes longer than a field: most arguments and fields ask for little, but there are thousands."""
    again = " ".join(
        f"a{n}: __schema {{ types {{ fields {{ args {{ name type {{ ...T }} }} }} }} }}" for n in range(aliases)
    )

    error = refusal(f"{{ {again} }} fragment T on __Type {{ kind name ofType {{ kind name ofType {{ name }} }} }}")

    assert (error is not None) is is_too_much


@pytest.mark.parametrize("number", [2, 3])
def test_the_introspection_of_the_usual_tools_again(number: int) -> None:
    query, fragments = introspection_query.split("fragment", 1)
    usual = query[query.index("{") + 1 : query.rindex("}")]
    again = " ".join(usual.replace("__schema", f"a{n}: __schema") for n in range(number))

    error = refusal(f"{{ {again} }} fragment{fragments}")

    assert error is not None
    assert error.extensions == {"code": "QUERY_TOO_LARGE"}


SEARCH = "customerRecords(first: 1, search: {}) {{ totalCount edges {{ cursor }} }}"


@pytest.mark.parametrize(("number", "is_too_much"), [(4, False), (5, True), (20, True)])
def test_searches_and_counts_cost_together(number: int, is_too_much: bool) -> None:
    error = refusal("{" + " ".join(f"a{n}: " + SEARCH.format('"anna"') for n in range(number)) + "}")

    assert (error is not None) is is_too_much
    if error:
        assert error.message.startswith(f"The query costs {number * 9}, of at most 40. Leave out totalCount")
        assert error.extensions == {"code": "QUERY_TOO_LARGE"}


@pytest.mark.parametrize(("search", "is_too_much"), [("anna", True), (None, False), ("", False)])
def test_a_search_in_a_variable_costs_as_much(search: str | None, is_too_much: bool) -> None:
    fields = " ".join(f"a{n}: " + SEARCH.format("$s") for n in range(6))

    assert (refusal(f"query Q($s: String) {{ {fields} }}", {"s": search}) is not None) is is_too_much


NESTED = "customerRecords(first: {first}) {{ edges {{ node {{ {counts} }} }} }}"
COUNTS = "notes(first: 1) { totalCount } "


@pytest.mark.parametrize(
    ("first", "lists", "cost"),
    [(1, 39, None), (1, 40, 41), (50, 39, None), (51, 19, None), (51, 20, 41), (100, 20, 41), (100_000, 20, 41)],
)
def test_counts_of_lists_within_lists_cost_for_each_fifty_rows(first: int, lists: int, cost: int | None) -> None:
    counts = " ".join(f"a{n}: {COUNTS}" for n in range(lists))

    error = refusal("{" + NESTED.format(first=first, counts=counts) + "}")

    assert (error.message[:22] if error else None) == (None if cost is None else f"The query costs {cost}, of")


def test_counts_of_lists_within_one_record_cost_too() -> None:
    fields = " ".join(f'a{n}: customerRecord(id: "x") {{ ...L }}' for n in range(14))
    fragments = f"fragment L on CustomerRecord {{ {COUNTS} ...M }} fragment M on CustomerRecord {{ b: {COUNTS} }}"

    error = refusal(f"{{ {fields} }} {fragments}")

    assert error is not None
    assert error.message.startswith("The query costs 42, of at most 40.")


def test_fragments_cost_wherever_they_are_spread() -> None:
    fields = " ".join(f"a{n}: " + SEARCH.format('"anna"').replace("totalCount", "...C") for n in range(5))

    assert (
        refusal(
            f"{{ ...A }} fragment A on Query {{ {fields} }}"
            " fragment C on CustomerRecordCountableConnection { totalCount }"
        )
        is not None
    )


def test_fragments_that_multiply_are_counted_once() -> None:
    links = " ".join(
        f"fragment A{n} on Query {{ ...B{n} ...C{n} }} fragment B{n} on Query {{ ...A{n + 1} }}"
        f" fragment C{n} on Query {{ ...A{n + 1} }}"
        for n in range(9)
    )
    query = f"{{ customerRecord {{ id }} }} {links} fragment A9 on Query {{ customerRecord {{ id }} }}"

    error = refusal(query)

    assert error is not None
    assert "at most 1000 fields" in error.message


@pytest.mark.django_db
def test_it_is_told_before_anything_is_done(api: Api) -> None:
    response = api.post(NESTED_LIST.format(100, 100))

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["message"] == "The query asks for too much: at most 10000 rows are allowed."
    assert error["extensions"]["code"] == "QUERY_TOO_LARGE"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["{ a " * 12_000, "{" * 49_000, "{ a(b: " + "[" * 40_000])
def test_nonsense_of_any_depth_is_a_clear_error(api: Api, query: str) -> None:
    response = api.post(query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] != "Internal Server Error"


@pytest.mark.django_db
@pytest.mark.parametrize("name", BODIES)
def test_nothing_that_strangers_send_is_unforeseen(name: str) -> None:
    """How long each of them takes is measured by `make bench ARGS=shapes`."""
    body: Body = BODIES[name]

    response = Client().post(OUR_PATH, body.content, body.content_type, headers=body.headers)

    assert response.status_code in (200, 400, 413)
    assert b"Internal Server Error" not in response.content


_LARGE_FILE = (
    b'--b\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\n' + b"a" * 1024 * 1024 + b"\r\n--b--\r\n"
)
_FILES = "multipart/form-data; boundary=b"


def _payload_of(token: str) -> str:
    return token.split(".")[1]


@pytest.mark.django_db
def test_only_who_may_manage_users_sends_large_files(api: Api, no_reading: None) -> None:
    """Decided before the body is read: by the token, which must hold, and by the permission."""
    forged = f"e30.{_payload_of(api.token or '')}.AAAA"
    customer, staff_member = make_account(), make_staff(permissions=("manage_orders",))
    headers = [
        {},
        *({"Authorization": f"Bearer {token}"} for token in ("x", "a" * 30, "a.b.c", "e30.e30.", forged, "\xff")),
        {"Authorization-Bearer": "x"},
        {"Authorization": "Bearer"},
        *({"Authorization": f"Bearer {make_token(user)}"} for user in (customer, staff_member)),
    ]

    answers = [Client(headers=sent).post(OUR_PATH, _LARGE_FILE, _FILES).status_code for sent in headers]

    assert answers == [413] * len(headers)


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_self: Any, *_args: Any) -> bytes:
        raise AssertionError("The body was read.")

    monkeypatch.setattr(FakePayload, "read", read)


@pytest.mark.django_db
@pytest.mark.parametrize("is_app", [False, True])
def test_staff_and_apps_that_may_manage_users_send_large_files(api: Api, is_app: bool) -> None:
    token = make_app()[1] if is_app else api.token

    response = Client(headers={"Authorization": f"Bearer {token}"}).post(OUR_PATH, _LARGE_FILE, _FILES)

    assert response.status_code == 400  # it is no operation


@pytest.mark.django_db
def test_a_body_without_a_length_is_limited_too() -> None:
    """One that is sent in pieces: an ASGI server passes on all of it."""

    async def post(size: int) -> int:
        body = json.dumps({"query": "{ __typename }", "more": "a" * size}).encode()
        scope = {
            "type": "http",
            "method": "POST",
            "path": OUR_PATH,
            "headers": [(b"host", b"testserver"), (b"content-type", b"application/json")],
        }
        request = ASGIRequest(scope, BytesIO(body))
        return (await sync_to_async(endpoint)(request, "/graphql/", active=True)).status_code

    assert async_to_sync(post)(10) == 200
    assert async_to_sync(post)(limits.MAX_BODY_BYTES) == 413


@pytest.mark.django_db
def test_usual_tools_can_introspect(api: Api) -> None:
    assert api(introspection_query)["__schema"]["queryType"] == {"name": "Query"}
