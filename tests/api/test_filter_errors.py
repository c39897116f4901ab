"""Each query that takes a filter says which field of it is wrong, and gives a code for programs."""

from __future__ import annotations

from typing import Any

import pytest
from graphql.type import GraphQLList, GraphQLNonNull

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.schema import schema

from ..client import Api
from ..factories import make_record

pytestmark = pytest.mark.django_db

# By field: a query with a filter `$filter`, a mistake in it, and what is said of that.
MISTAKES: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "Query.customerRecords": (
        "query ($filter: CustomerRecordFilterInput) { customerRecords(first: 1, filter: $filter) { totalCount } }",
        {"tags": {"any": ["x"]}, "totalSpent": {"currency": "E", "gte": 1}, "countries": ["DEU"]},
        [("countries", "INVALID"), ("tags.any", "INVALID"), ("totalSpent.currency", "INVALID")],
    ),
    "Query.customerActivity": (
        "query ($filter: CustomerActivityFilterInput) { customerActivity(first: 1, filter: $filter) { totalCount } }",
        {"recordIds": ["x"]},
        [("recordIds", "INVALID")],
    ),
    "CustomerRecord.activity": (
        "query ($filter: CustomerRecordActivityFilterInput, $id: ID) "
        "{ customerRecord(id: $id) { activity(first: 1, filter: $filter) { totalCount } } }",
        {"actorId": "x"},
        [("actorId", "INVALID")],
    ),
    "Query.customerLeads": (
        "query ($filter: CustomerLeadFilterInput) { customerLeads(first: 1, filter: $filter) { totalCount } }",
        {"recordId": "x", "ownerIds": ["x"]},
        [("ownerIds", "INVALID"), ("recordId", "INVALID")],
    ),
    "Query.customerLeadCounts": (
        "query ($filter: CustomerLeadFilterInput) { customerLeadCounts(filter: $filter) { count } }",
        {"recordId": "x"},
        [("recordId", "INVALID")],
    ),
    "CustomerSegment.members": (
        "query ($filter: CustomerRecordFilterInput) { customerSegments(first: 1) "
        "{ edges { node { members(first: 1, filter: $filter) { totalCount } } } } }",
        {"segment": "x", "query": "nothing = 1"},
        [("query", "INVALID"), ("segment", "INVALID")],
    ),
}
# Filters that have nothing but enums and Booleans, which GraphQL checks itself.
ONLY_ENUMS = {"Query.customerDuplicates", "Query.customerJobs", "Query.customerSegments", "CustomerRecord.orders"}


def _fields_with_a_filter() -> set[str]:
    return {
        f"{name}.{field_name}"
        for name, kind in schema.get_type_map().items()
        if hasattr(kind, "fields") and not name.startswith("__") and name != "Mutation"
        for field_name, field in getattr(kind, "fields", {}).items()
        if "filter" in getattr(field, "args", {})
    }


def _bare(kind: Any) -> Any:
    while isinstance(kind, GraphQLList | GraphQLNonNull):
        kind = kind.of_type
    return kind


def test_every_field_that_takes_a_filter_is_here() -> None:
    assert _fields_with_a_filter() == MISTAKES.keys() | ONLY_ENUMS


@pytest.mark.parametrize("name", sorted(ONLY_ENUMS))
def test_other_filters_have_nothing_but_enums_and_booleans(name: str) -> None:
    kind, _, field = name.partition(".")
    filter_type = schema.get_type(kind).fields[field].args["filter"].type
    kinds = [_bare(one.type) for one in filter_type.fields.values()]
    assert {type(kind).__name__ for kind in kinds if str(kind) != "Boolean"} <= {"GraphQLEnumType", "GrapheneEnumType"}


@pytest.mark.parametrize("name", MISTAKES)
def test_errors_have_fields_and_codes(api: Api, name: str) -> None:
    query, wanted, expected = MISTAKES[name]
    more = {"id": to_global_id("CustomerRecord", make_record().pk)} if "$id" in query else {}
    (error,) = api.errors(query, filter=wanted, **more)
    told = error["extensions"]["errors"]
    assert sorted((one["field"], one["code"]) for one in told) == expected
    assert [one["message"] for one in told if one["message"] not in error["message"]] == []
    assert (error["extensions"]["field"], error["extensions"]["code"]) == (told[0]["field"], told[0]["code"])
