"""Saved views, used: the list, its count and an export show what the view says."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from saleor_customer_plus.fields.models import FieldDefinition
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.tags.models import TagAssignment
from tests.client import Api
from tests.factories import (
    change,
    make_field,
    make_field_values,
    make_record,
    make_segment,
    make_staff,
    make_tag,
    make_token,
)

pytestmark = pytest.mark.django_db

CREATE = (
    "mutation ($input: CustomerSavedViewInput!) { customerSavedViewCreate(input: $input)"
    " { view { id sortBy { field direction currency fieldKey } } errors { field message code } } }"
)
LIST = """query ($view: ID, $filter: CustomerRecordFilterInput, $search: String, $sortBy: CustomerRecordSortingInput) {
  customerRecords(first: 9, view: $view, filter: $filter, search: $search, sortBy: $sortBy) {
    totalCount edges { node { email } }
  }
}"""
EXPORT = (
    "mutation ($view: ID, $filter: CustomerRecordFilterInput, $input: CustomerExportInput)"
    " { customerExportCreate(view: $view, filter: $filter, input: $input)"
    " { job { id } errors { field message code } } }"
)


@pytest.fixture
def people() -> dict[str, Any]:
    countries = {"anna": "DE", "ben": "DE", "clara": "FR", "dora": "DE"}
    return {
        name: make_record(f"{name}@example.com", first_name=name, country_code=country, is_tax_exempt=name == "anna")
        for name, country in countries.items()
    }


def saved(api: Api, **input: Any) -> str:
    payload = api(CREATE, input={"name": "Mine", **input})["customerSavedViewCreate"]
    assert payload["errors"] == []
    id: str = payload["view"]["id"]
    return id


def listed(api: Api, **arguments: Any) -> list[str]:
    found = api(LIST, **arguments)["customerRecords"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"]["email"].partition("@")[0] for edge in found["edges"]]


def test_the_list_shows_who_is_in_the_view_in_its_order(api: Api, people: Any) -> None:
    germans = make_segment("country = 'DE'")
    segment = b64encode(f"CustomerSegment:{germans.pk}".encode()).decode()
    order = {"field": "NAME", "direction": "DESC"}
    view = saved(api, segmentId=segment, query="is_tax_exempt = false", sortBy=order)
    assert listed(api, view=view) == ["dora", "ben"]
    assert listed(api, view=view, sortBy={"field": "NAME", "direction": "ASC"}) == ["ben", "dora"]
    assert listed(api, view=view, filter={"query": "first_name = 'ben' OR country = 'FR'"}) == ["ben"]
    assert listed(api, view=view, search="dora") == ["dora"]


def test_a_view_of_inactive_records_shows_them(api: Api, people: Any) -> None:
    change(people["ben"], is_active=False)
    assert listed(api, view=saved(api, query="country = 'DE'")) == ["dora", "anna"]
    assert listed(api, view=saved(api, name="Gone", query="country = 'DE' AND is_active = false")) == ["ben"]


def test_a_search_narrows_the_search_of_the_view(api: Api, people: Any) -> None:
    make_record("anna2@example.com", first_name="Anna", last_name="Smith")
    view = saved(api, search="anna")
    assert set(listed(api, view=view)) == {"anna", "anna2"}
    assert listed(api, view=view, search="smith") == ["anna2"]


def test_sorted_by_a_field_of_the_shops_own_until_that_is_deleted(api: Api, people: Any) -> None:
    own = make_field("points", "NUMBER")
    for number, name in enumerate(("clara", "anna", "dora", "ben")):
        make_field_values(people[name], points=number)
    order = {"field": "FIELD", "direction": "DESC", "fieldKey": "points"}
    payload = api(CREATE, input={"name": "Mine", "sortBy": order})["customerSavedViewCreate"]
    assert payload["view"]["sortBy"] == {**order, "currency": None}
    assert listed(api, view=payload["view"]["id"]) == ["ben", "dora", "anna", "clara"]
    FieldDefinition.objects.filter(pk=own.pk).delete()
    assert listed(api, view=payload["view"]["id"]) == ["dora", "clara", "ben", "anna"]


def test_somebody_elses_view_only_if_it_is_shared(api: Api, people: Any) -> None:
    colleague = Api(make_token(make_staff()))
    private, shared = saved(api, query="country = 'FR'"), saved(api, name="Ours", query="country = 'FR'", isShared=True)
    assert listed(colleague, view=shared) == ["clara"]
    (error,) = colleague.errors(LIST, view=private)
    assert (error["extensions"]["code"], error["extensions"]["errors"][0]["field"]) == ("NOT_FOUND", "view")


def test_an_export_has_the_records_and_the_columns_of_the_view(
    api: Api, people: Any, on_commit: Callable[[], Any]
) -> None:
    view = saved(api, query="country = 'DE'", columns=["email", "country_code"])

    def header_and_emails(**arguments: Any) -> list[str]:
        with on_commit():
            payload = api(EXPORT, view=view, **arguments)["customerExportCreate"]
        assert payload["errors"] == []
        job = BulkJob.objects.latest("pk")
        return [column["key"] for column in job.options["columns"]] + [str(job.rows_total)]

    assert header_and_emails() == ["email", "country_code", "3"]
    assert header_and_emails(input={"columns": ["email"]}, filter={"isTaxExempt": True}) == ["email", "1"]


def test_an_export_of_a_view_whose_field_was_deleted_says_so(api: Api) -> None:
    own = make_field("points", "NUMBER")
    view = saved(api, columns=["email", "field:points"])
    FieldDefinition.objects.filter(pk=own.pk).delete()
    (error,) = api(EXPORT, view=view)["customerExportCreate"]["errors"]
    assert error["field"] == "view"
    assert "'field:points'" in error["message"]


def test_a_view_is_saved_from_a_filter_of_the_list(api: Api, people: Any) -> None:
    tag = make_tag("VIP")
    TagAssignment.objects.create(record=people["ben"], tag=tag)
    segment = b64encode(f"CustomerSegment:{make_segment('is_tax_exempt = false', name='Others').pk}".encode()).decode()
    tags = {"any": [b64encode(f"CustomerTag:{tag.pk}".encode()).decode()]}
    filter = {"countries": ["DE"], "tags": tags, "segment": segment, "query": "first_name = 'ben'"}

    view = saved(api, filter=filter)

    assert listed(api, view=view) == ["ben"]
    assert api("query ($id: ID!) { customerSavedView(id: $id) { query } }", id=view)["customerSavedView"]["query"] == (
        "is_active = true AND country IN ('DE') AND tags IN ('VIP') AND IN SEGMENT 'Others' AND first_name = 'ben'"
    )
    refused = api(CREATE, input={"name": "Other", "filter": {"countries": ["DEU"], "segment": "x"}})
    assert [one["field"] for one in refused["customerSavedViewCreate"]["errors"]] == [
        "filter.countries",
        "filter.segment",
    ]
    refused = api(CREATE, input={"name": "Other", "filter": {}, "query": "order_count > 1"})
    assert [one["field"] for one in refused["customerSavedViewCreate"]["errors"]] == ["filter"]
