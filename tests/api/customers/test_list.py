"""The list of records, as a client asks for it. What the filters and sorts do is in tests/customers/test_queries.py."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import Source, Stage
from saleor_customer_plus.settings import DEFAULTS
from tests.client import Api
from tests.factories import make_account, make_ledger_entry, make_record

pytestmark = pytest.mark.django_db

LIST = """
query List(
  $filter: CustomerRecordFilterInput, $search: String, $sortBy: CustomerRecordSortingInput,
  $first: Int, $after: String, $last: Int, $before: String
) {
  customerRecords(
    filter: $filter, search: $search, sortBy: $sortBy, first: $first, after: $after, last: $last, before: $before
  ) {
    totalCount
    edges { cursor node { email } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


def names(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["email"].partition("@")[0] for edge in answer["customerRecords"]["edges"]]


@pytest.fixture
def people() -> dict[str, Any]:
    """Anna, with everything that a filter asks for, and Ben and Carl, with nothing."""
    account = make_account()
    anna = make_record(
        "anna@example.com",
        account=account,
        country_code="DE",
        company_name="Acme",
        city="Sankt Pölten",
        is_tax_exempt=True,
        is_approved_buyer=True,
        language_code="pt-br",
        stage=Stage.CUSTOMER,
        sources=[Source.ORDER],
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
        customer_since=datetime(2024, 1, 1, tzinfo=UTC),
    )
    for total in ("20", "40"):
        make_ledger_entry(anna, total=total, placed_at=datetime(2024, 2, 1, tzinfo=UTC))
    refresh_records([anna.pk], DEFAULTS)
    ben = make_record("ben@example.com", created_at=datetime(2024, 3, 1, tzinfo=UTC))
    carl = make_record("carl@example.com", created_at=datetime(2024, 4, 1, tzinfo=UTC), is_active=False)
    return {"anna": anna, "ben": ben, "carl": carl}


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (None, "ben anna"),
        ({}, "ben anna"),
        ({"isActive": None, "stage": None, "ids": None, "createdAt": None}, "ben anna"),
        ({"isActive": False}, "carl"),
        ({"stage": "CUSTOMER"}, "anna"),
        ({"hasAccount": True}, "anna"),
        ({"hasAccount": False}, "ben"),
        ({"sources": {"any": ["ORDER", "IMPORT"]}}, "anna"),
        ({"countries": ["de", "IT"]}, "anna"),
        ({"companyName": " acme "}, "anna"),
        ({"cities": ["Wien", " SANKT POLTEN "]}, "anna"),
        ({"cities": ["Sankt"]}, ""),
        ({"cities": [""]}, ""),
        ({"cities": []}, ""),
        ({"createdAt": {"lte": "2024-02-01T00:00:00Z"}}, "anna"),
        ({"createdAt": {"gte": "2024-03-01T00:00:00", "lte": "2024-03-01T00:00:00"}}, "ben"),
        ({"createdAt": {}}, "ben anna"),
        ({"createdAt": {"gte": "0001-01-03T00:00:00+23:59", "lte": "9999-12-29T23:59:59-23:59"}}, "ben anna"),
        ({"createdAt": {"gte": "2024-03-01"}}, "ben"),
        ({"customerSince": {"gte": "2024-01-01T00:00:00+00:00"}}, "anna"),
        ({"lastOrderAt": {"gte": "2024-02-01T01:00:00+01:00"}}, "anna"),
        ({"orderCount": {"gte": 2, "lte": 2}}, "anna"),
        ({"orderCount": {"lte": 1, "gte": None}}, "ben"),
        ({"totalSpent": {"currency": "eur", "gte": 59.99, "lte": 60}}, "anna"),
        ({"totalSpent": {"currency": "EUR", "lte": 59.99}}, "ben"),
        ({"averageOrderValue": {"currency": "EUR", "gte": 30, "lte": 30}}, "anna"),
        ({"averageOrderValue": {"currency": "USD", "lte": 1e9}}, ""),
        ({"isTaxExempt": True}, "anna"),
        ({"isApprovedBuyer": True}, "anna"),
        ({"isApprovedBuyer": False}, "ben"),
        ({"languages": ["de", "PT_BR"]}, "anna"),
        ({"languages": [" pt-BR "]}, "anna"),
        ({"languages": ["pt"]}, ""),
        ({"languages": []}, ""),
        ({"stage": "CUSTOMER", "countries": ["DE"], "isTaxExempt": False}, ""),
    ],
)
def test_filters(api: Api, people: dict[str, Any], filter: dict[str, Any] | None, expected: str) -> None:
    answer = api(LIST, first=9, filter=filter)

    assert names(answer) == expected.split()
    assert answer["customerRecords"]["totalCount"] == len(expected.split())


def test_filter_by_ids(api: Api, people: dict[str, Any]) -> None:
    ids = [b64encode(f"CustomerRecord:{people[name].pk}".encode()).decode() for name in ("anna", "carl")]

    assert names(api(LIST, first=9, filter={"ids": ids})) == ["anna"]
    assert names(api(LIST, first=9, filter={"ids": ids, "isActive": False})) == ["carl"]


@pytest.mark.parametrize(
    ("sort_by", "expected"),
    [
        (None, "ben anna"),
        ({"field": "CREATED_AT", "direction": "ASC"}, "anna ben"),
        ({"field": "NAME", "direction": "DESC"}, "ben anna"),
        ({"field": "EMAIL", "direction": "ASC"}, "anna ben"),
        ({"field": "LAST_ORDER_AT", "direction": "DESC"}, "anna ben"),
        ({"field": "ORDER_COUNT", "direction": "ASC"}, "ben anna"),
        ({"field": "TOTAL_SPENT", "direction": "DESC", "currency": "eur"}, "anna ben"),
    ],
)
def test_sorts(api: Api, people: dict[str, Any], sort_by: dict[str, Any] | None, expected: str) -> None:
    assert names(api(LIST, first=9, sortBy=sort_by)) == expected.split()


def test_search(api: Api, people: dict[str, Any]) -> None:
    assert names(api(LIST, first=9, search="ann")) == ["anna"]
    assert names(api(LIST, first=9, search="example", sortBy={"field": "EMAIL", "direction": "ASC"})) == ["anna", "ben"]
    assert names(api(LIST, first=9, search="  ")) == names(api(LIST, first=9, search=None)) == ["ben", "anna"]
    assert names(api(LIST, first=9, search="ann", filter={"hasAccount": False})) == []


@pytest.mark.parametrize("search", ["😀", "\x00ann", "ann\x00", "'; DROP", "a" * 200, "\uff05"])
def test_any_search_has_an_answer(api: Api, people: dict[str, Any], search: str) -> None:
    assert names(api(LIST, first=9, search=search)) == (["anna"] if "ann" in search else [])


def test_half_a_surrogate_pair_separates_words(api: Api, people: dict[str, Any]) -> None:
    query = r'{ customerRecords(first: 9, search: "\ud800ann\udc00") { edges { node { email } } } }'

    assert names(api(query)) == ["anna"]


EUROS = {"field": "TOTAL_SPENT", "direction": "ASC", "currency": "EUR"}


@pytest.mark.parametrize(
    ("arguments", "code", "field", "message"),
    [
        ({}, "REQUIRED", None, "You must provide a `first` or `last` value to properly paginate the `customerRecords`"),
        ({"first": 0}, "INVALID", "first", "must be a positive integer"),
        ({"first": 101}, "INVALID", "first", "Requesting 101 records on the `customerRecords` connection exceeds"),
        ({"first": 1, "last": 1}, "INVALID", "last", "cannot be combined"),
        ({"first": 1, "after": "x"}, "INVALID", "after", "Received cursor is invalid."),
        ({"last": 1, "before": "x"}, "INVALID", "before", "Received cursor is invalid."),
        ({"first": 1, "search": "x" * 201}, "INVALID", "search", "A search may have at most 200 characters."),
        ({"first": 1, "filter": {"ids": ["VXNlcjox"]}}, "INVALID", "ids", "must have the id of a CustomerRecord"),
        ({"first": 1, "filter": {"ids": ["x"] * 1001}}, "INVALID", "ids", "at most 1000 values"),
        ({"first": 1, "filter": {"countries": ["DEU"]}}, "INVALID", "countries", "at most 2 characters"),
        ({"first": 1, "filter": {"countries": ["\x00"]}}, "INVALID", "countries", "not allowed"),
        ({"first": 1, "filter": {"companyName": "\x00"}}, "INVALID", "companyName", "not allowed"),
        ({"first": 1, "filter": {"companyName": "x" * 257}}, "INVALID", "companyName", "at most 256 characters"),
        ({"first": 1, "filter": {"totalSpent": {"currency": "EUR"}}}, "REQUIRED", "totalSpent", "needs `gte` or `lte`"),
        (
            {"first": 1, "filter": {"totalSpent": {"currency": "EURO", "gte": 1}}},
            "INVALID",
            "totalSpent.currency",
            "ISO 4217",
        ),
        (
            {"first": 1, "filter": {"totalSpent": {"currency": "€", "gte": 1}}},
            "INVALID",
            "totalSpent.currency",
            "ISO 4217",
        ),
        (
            {"first": 1, "filter": {"totalSpent": {"currency": "EUR", "gte": 1e17}}},
            "INVALID",
            "totalSpent.gte",
            "must be less",
        ),
        ({"first": 1, "sortBy": EUROS | {"currency": None}}, "REQUIRED", "currency", "needs a `currency`"),
        ({"last": 1, "sortBy": EUROS | {"currency": "E"}}, "INVALID", "currency", "ISO 4217"),
        ({"first": 1, "sortBy": EUROS | {"field": "NAME"}}, "INVALID", "currency", "NEXT_ORDER_EXPECTED_AT only"),
    ],
)  # fmt: skip
def test_mistakes(api: Api, arguments: dict[str, Any], code: str, field: str | None, message: str) -> None:
    errors = api.errors(LIST, **arguments)

    assert message in errors[0]["message"]
    assert errors[0]["extensions"]["code"] == code
    assert errors[0]["extensions"].get("field") == field


def test_an_amount_without_end(api: Api) -> None:
    query = '{ customerRecords(first: 1, filter: {totalSpent: {currency: "EUR", gte: 1e999}}) { totalCount } }'

    (error,) = api.errors(query)

    assert error["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 1, "filter": {"stage": "NOBODY"}},
        *(
            {"first": 1, "filter": {"createdAt": {"gte": time}}}
            for time in (
                "yesterday",
                "",
                "T",
                "2024-01-01T00:00:00+25:00",
                "2024-01-01T23:59:60Z",
                "0001-01-01T00:00:00+01:00",
                5,
            )
        ),
        {"first": 1, "filter": {"orderCount": {"gte": 2**31}}},
        {"first": 1, "filter": {"unknown": 1}},
        {"first": 1, "sortBy": {"field": "NAME"}},
    ],
)
def test_what_the_schema_does_not_have(api: Api, arguments: dict[str, Any]) -> None:
    response = api.post(LIST, **arguments)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] != "Internal Server Error"


def test_a_cursor_of_another_order(api: Api, people: dict[str, Any]) -> None:
    cursor = api(LIST, first=1)["customerRecords"]["pageInfo"]["endCursor"]

    errors = api.errors(LIST, first=1, after=cursor, sortBy={"field": "NAME", "direction": "ASC"})

    assert errors[0]["message"] == "Received cursor is invalid."


def test_pages_in_both_directions(api: Api) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for number, name in enumerate("edcba"):
        make_record(f"{name}@example.com", created_at=start + timedelta(days=number))

    def page(**arguments: Any) -> tuple[str, dict[str, Any]]:
        answer = api(LIST, **arguments)
        info = answer["customerRecords"]["pageInfo"]
        assert answer["customerRecords"]["totalCount"] == 5
        return "".join(names(answer)), info

    forward, info = page(first=2)
    assert (forward, info["hasPreviousPage"], info["hasNextPage"]) == ("ab", False, True)
    forward, info = page(first=2, after=info["endCursor"])
    assert (forward, info["hasPreviousPage"], info["hasNextPage"]) == ("cd", True, True)
    forward, info = page(first=2, after=info["endCursor"])
    assert (forward, info["hasPreviousPage"], info["hasNextPage"]) == ("e", True, False)
    backward, info = page(last=2, before=info["startCursor"])
    assert (backward, info["hasPreviousPage"], info["hasNextPage"]) == ("cd", True, True)
    backward, info = page(last=2)
    assert (backward, info["hasPreviousPage"], info["hasNextPage"]) == ("de", True, False)


def test_nobody(api: Api) -> None:
    assert api(LIST, first=1)["customerRecords"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


def test_only_to_count_needs_no_page(api: Api, people: dict[str, Any]) -> None:
    assert api("{ customerRecords { totalCount } }") == {"customerRecords": {"totalCount": 2}}
