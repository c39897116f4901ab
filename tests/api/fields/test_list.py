"""The list of records, filtered and sorted by fields of the shop's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.bulk import selection
from saleor_customer_plus.conditions.tree import Operator
from saleor_customer_plus.customers.filters import FieldFilter, RecordFilter
from saleor_customer_plus.customers.orderings import Sort, SortField
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.fields.models import FieldType
from saleor_customer_plus.fields.queries import live
from saleor_customer_plus.jobs.models import BulkJob
from tests.client import Api
from tests.factories import make_field, make_field_values, make_record

pytestmark = pytest.mark.django_db

LIST = """
query ($filter: CustomerRecordFilterInput, $sortBy: CustomerRecordSortingInput, $first: Int, $after: String) {
  customerRecords(filter: $filter, sortBy: $sortBy, first: $first, after: $after) {
    totalCount edges { node { email } } pageInfo { endCursor hasNextPage }
  }
}
"""


@pytest.fixture(params=[False, True], ids=["no index", "index"])
def people(request: pytest.FixtureRequest) -> None:
    for key, type, options in (
        ("word", "TEXT", {}),
        ("points", "NUMBER", {"limits": {"max_number": "100"}}),
        ("birthday", "DATE", {}),
        ("club", "BOOLEAN", {}),
        ("size", "CHOICE", {"choices": ["Small", "Large"]}),
        ("likes", "CHOICES", {"choices": ["Chairs", "Lamps"]}),
        ("limit", "MONEY", {}),
    ):
        make_field(key, type, is_indexed=request.param, **options)
    anna, ben, carl = (make_record(f"{name}@example.com") for name in ("anna", "ben", "carl"))
    make_field_values(anna, word="Straße", points=5, birthday="1980-01-01", club=True, size="small", likes=["chairs"])
    make_field_values(ben, word="a", points=7.5, birthday="1985-01-01", club=False, size="large", likes=["lamps"])
    make_field_values(anna, limit={"amount": 5, "currency": "EUR"})
    make_field_values(ben, limit={"amount": 9, "currency": "USD"})
    make_field_values(carl, word="x")
    make_field_values(carl, word=None)


def names(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["email"].partition("@")[0] for edge in answer["customerRecords"]["edges"]]


@pytest.mark.usefixtures("people")
class TestFilter:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ([{"key": "word", "eq": "STRASSE"}], {"anna"}),
            ([{"key": "word", "oneOf": ["a", "b"]}], {"ben"}),
            ([{"key": "word", "contains": "RAS"}], {"anna"}),
            ([{"key": "word", "isSet": True}], {"anna", "ben"}),
            ([{"key": "word", "isSet": False}], {"carl"}),
            ([{"key": "points", "gte": 5, "lte": 7}], {"anna"}),
            ([{"key": "points", "lte": 1000}], {"anna", "ben"}),
            ([{"key": "birthday", "gte": "1981-01-01"}], {"ben"}),
            ([{"key": "birthday", "oneOf": ["1980-01-01", "1985-01-01"]}], {"anna", "ben"}),
            ([{"key": "club", "eq": False}], {"ben"}),
            ([{"key": "size", "eq": "small"}], {"anna"}),
            ([{"key": "likes", "eq": "lamps"}], {"ben"}),
            ([{"key": "likes", "oneOf": ["lamps", "chairs"]}], {"anna", "ben"}),
            ([{"key": "limit", "gte": {"amount": 1, "currency": "EUR"}}], {"anna"}),
            ([{"key": "points", "gte": 5}, {"key": "club", "eq": True}], {"anna"}),
        ],
    )
    def test_each_condition(self, api: Api, on_commit: Any, fields: list[dict[str, Any]], expected: set[str]) -> None:
        answer = api(LIST, filter={"fields": fields}, first=10)
        assert set(names(answer)) == expected
        assert answer["customerRecords"]["totalCount"] == len(expected)

    def test_a_job_keeps_it_as_it_was_sent(self, api: Api) -> None:
        fields = [
            {"key": "likes", "eq": "lamps"},
            {"key": "birthday", "gte": "1981-01-01"},
            {"key": "limit", "oneOf": [{"amount": 9.5, "currency": "USD"}]},
            {"key": "word", "isSet": True},
            {"key": "word", "contains": "a"},
        ]
        create = (
            "mutation ($filter: CustomerRecordFilterInput) { customerExportCreate(filter: $filter) { job { records {"
            " filter { fields { key eq oneOf gte lte contains isSet } } } } errors { message } } }"
        )
        answer = api(create, filter={"fields": fields})["customerExportCreate"]
        assert answer["errors"] == []
        assert [
            {name: value for name, value in one.items() if value is not None}
            for one in answer["job"]["records"]["filter"]["fields"]
        ] == fields
        kept = selection.loaded(BulkJob.objects.get().options["_records"])
        assert kept.filter.fields is not None
        assert all(isinstance(one, FieldFilter) for one in kept.filter.fields)
        assert list(kept.matching) == []

    def test_what_is_wrong(self, api: Api) -> None:
        fields = [
            {"key": "gone", "eq": 1},
            {"key": "word"},
            {"key": "word", "gte": "a"},
            {"key": "points", "eq": "five", "lte": None, "gte": []},
            {"key": "likes", "oneOf": []},
            {"key": "word", "contains": ""},
        ]
        (error,) = api.errors(LIST, filter={"fields": fields}, first=1)
        assert [(one["field"], one["code"]) for one in error["extensions"]["errors"]] == [
            ("fields.0.key", "NOT_FOUND"),
            ("fields.1", "REQUIRED"),
            ("fields.2.gte", "INVALID"),
            ("fields.3.eq", "INVALID"),
            ("fields.3.gte", "REQUIRED"),
            ("fields.4.oneOf", "INVALID"),
            ("fields.5.contains", "REQUIRED"),
        ]
        (error,) = api.errors(LIST, filter={"fields": fields[:1] * 11}, first=1)
        assert error["extensions"]["field"] == "fields"

    def test_a_list_of_a_field_that_was_deleted(self) -> None:
        gone = RecordFilter(fields=(FieldFilter("gone", FieldType.TEXT, Operator.IS_NULL),))
        with pytest.raises(CustomerPlusError):
            RecordList(filter=gone).count()


@pytest.mark.usefixtures("people")
class TestSort:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ({"fieldKey": "word"}, ["ben", "anna", "carl"]),
            ({"fieldKey": "points"}, ["anna", "ben", "carl"]),
            ({"fieldKey": "points", "direction": "DESC"}, ["ben", "anna", "carl"]),
            ({"fieldKey": "birthday"}, ["anna", "ben", "carl"]),
            ({"fieldKey": "club"}, ["ben", "anna", "carl"]),
            ({"fieldKey": "size"}, ["ben", "anna", "carl"]),
            ({"fieldKey": "limit", "currency": "EUR"}, ["anna", "ben", "carl"]),
            ({"fieldKey": "limit", "currency": "usd"}, ["ben", "anna", "carl"]),
        ],
    )
    def test_page_by_page(self, api: Api, sort: dict[str, str], expected: list[str]) -> None:
        given = {"field": "FIELD", "direction": "ASC", **sort}
        assert names(api(LIST, sortBy=given, first=10)) == expected
        found, after = list[str](), None
        for _ in range(3):
            page = api(LIST, sortBy=given, first=1, after=after)
            found += names(page)
            after = page["customerRecords"]["pageInfo"]["endCursor"]
        assert found == expected

    def test_with_a_filter_and_a_search(self, api: Api) -> None:
        given = {"field": "FIELD", "fieldKey": "points", "direction": "DESC"}
        filter = {"fields": [{"key": "likes", "oneOf": ["chairs", "lamps"]}]}
        assert names(api(LIST, sortBy=given, filter=filter, first=10)) == ["ben", "anna"]

    @pytest.mark.parametrize(
        ("sort", "field", "code"),
        [
            ({"field": "FIELD"}, "fieldKey", "REQUIRED"),
            ({"field": "FIELD", "fieldKey": "gone"}, "fieldKey", "NOT_FOUND"),
            ({"field": "FIELD", "fieldKey": "likes"}, "fieldKey", "INVALID"),
            ({"field": "FIELD", "fieldKey": "limit"}, "currency", "REQUIRED"),
            ({"field": "FIELD", "fieldKey": "word", "currency": "EUR"}, "currency", "INVALID"),
            ({"field": "NAME", "fieldKey": "word"}, "fieldKey", "INVALID"),
        ],
    )
    def test_what_is_wrong(self, api: Api, sort: dict[str, str], field: str, code: str) -> None:
        (error,) = api.errors(LIST, sortBy={"direction": "ASC", **sort}, first=1)
        assert (error["extensions"]["field"], error["extensions"]["code"]) == (field, code)


def test_an_index_answers_filters_and_sorts() -> None:
    """Without a look at the other values, whatever PostgreSQL thinks of so small a table."""
    make_field("points", "NUMBER", is_indexed=True)
    record = make_record()
    make_field_values(record, points=5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_hashjoin = off")
    (definition,) = live()
    wanted = RecordList(sort=Sort(SortField.FIELD, own=definition))
    segment = wanted.ordering.segments[0]
    plan = segment.rows.order_by(*segment.order(backward=False))[:10].explain()
    assert "customer_plus_field_number" in plan
    assert "Sort" not in plan.replace("Incremental Sort", "Sort") or "Presorted" in plan


def test_statements_do_not_grow_with_the_values(api: Api) -> None:
    make_field("points", "NUMBER")
    given = {"field": "FIELD", "fieldKey": "points", "direction": "ASC"}

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            api(LIST, sortBy=given, filter={"fields": [{"key": "points", "gte": 0}]}, first=50)
        return len(queries)

    make_field_values(make_record(), points=1)
    count()  # a real Saleor reads its settings once
    few = count()
    for number in range(10):
        make_field_values(make_record(), points=number)
    assert count() == few
