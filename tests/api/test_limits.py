"""How much one request may ask for."""

from __future__ import annotations

import pytest
from graphql.utils.introspection_query import introspection_query

from saleor_customer_plus.api.limits import check
from tests.client import Api

DEEP = "{ customerRecords { edges { node " + "{ a " * 13 + "}" * 13 + "} } }"
NESTED_LIST = "{{ customerRecords(first: {}) {{ edges {{ node {{ orders(first: {}) {{ edges {{ cursor }} }} }} }} }} }}"


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        ("{ customerRecord { id } }" + " " * 50_000, {}, "at most 50000 characters"),
        (DEEP, {}, "at most 15 levels"),
        ("{ a " * 20_000, {}, "at most 50000 characters"),
        ("{a" * 10_000 + "}" * 10_000, {}, "at most 15 levels"),
        ("{ customerRecord { " + "id " * 1000 + "} }", {}, "at most 1000 fields"),
        ("{" + " ".join(f"a{n}: customerRecord {{ id }}" for n in range(21)) + "}", {}, "at most 20 fields at the top"),
        (NESTED_LIST.format(100, 100), {}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": 100}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int = 100) {", 1), {}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int = 100) {", 1), {"n": None}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": 100.0}, "at most 10000 rows"),
        (NESTED_LIST.format("$n", "$n").replace("{", "query Q($n: Int) {", 1), {"n": " 1e2"}, "at most 10000 rows"),
        (
            f"query Q($n: Int = 100) {NESTED_LIST.format('$n', '$n')} query R($n: Int = 1) {{ __typename }}",
            {},
            "at most 10000 rows",
        ),
        (NESTED_LIST.format(9**50, 100), {}, "at most 10000 rows"),
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
    error = check(query, variables)

    assert error is not None
    assert message in error.message
    assert error.extensions == {"code": "QUERY_TOO_LARGE"}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (introspection_query, None),
        (NESTED_LIST.format(50, 100), {}),
        (NESTED_LIST.format("$n", 100), {"n": None}),
        (NESTED_LIST.format("$n", 100), {"n": "many"}),
        (NESTED_LIST.format("$n", 100), {"n": "1e999"}),
        (NESTED_LIST.format('"100"', -1), {}),
        ("{ ...A } fragment A on Query { ...A }", {}),
        ("{ ...Missing }", {}),
        ("type A { b: Int }", {}),
    ],
)
def test_not_too_much(query: str, variables: dict[str, object] | None) -> None:
    """What is wrong with these otherwise is for the validation to say."""
    assert check(query, variables) is None


def test_fragments_that_multiply_are_counted_once() -> None:
    """2 ** 500 of them would take for ever."""
    query = "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(500))
    query += " fragment F500 on Query { customerRecord { id } }"

    assert check(query, {}) is not None


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
def test_usual_tools_can_introspect(api: Api) -> None:
    assert api(introspection_query)["__schema"]["queryType"] == {"name": "Query"}
