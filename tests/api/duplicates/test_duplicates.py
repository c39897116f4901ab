"""Duplicates by the API: the list, what restricted staff see of it, and a constant number of statements."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.duplicates.types import TEXTS
from saleor_customer_plus.dashboard.screens.duplicates import BANDS, REASONS
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.merging.duplicates import duplicates_job
from saleor_customer_plus.merging.duplicates.scoring import POINTS, Band, Reason
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.records.models import CustomerRecord

from ...client import Api
from ...factories import make_channel, make_record, make_staff, make_token

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[3] / "docs" / "duplicates.md"
LIST = """
  query ($first: Int = 50, $after: String, $filter: CustomerDuplicateFilterInput) {
    customerDuplicates(first: $first, after: $after, filter: $filter) {
      totalCount pageInfo { hasNextPage endCursor }
      edges { node {
        band score foundAt reasons { code points text }
        records { email } pairs { recordIds band score reasons { code } }
      } }
    }
  }
"""
MAYBE = """query { customerRecords(first: 50) { edges { node {
  email possibleDuplicates { band score record { email } reasons { code } }
} } } }"""
DISMISS = """mutation ($ids: [ID!]!) { customerDuplicateDismiss(recordIds: $ids) {
  dismissals { records { email } } errors { field code } } }"""
DISMISSED = """{ customerDuplicateDismissals(first: 9) { totalCount edges { node {
  records { email } actor { type } } } } }"""


def twins(number: int, **fields: str) -> list[CustomerRecord]:
    same = {"last_name": f"Kalkbrenner{'abcdefghij'[number] * 4}", "phone": f"+49151234567{number}", **fields}
    same |= {"postal_code": f"1011{number}", "street_address_1": f"Torstr. {number + 1}"}
    return [make_record(f"{mailbox}{number}@{number}.example", first_name="Anna", **same) for mailbox in ("a", "zz")]


def search() -> None:
    for _ in jobs.run(duplicates_job.create().pk):
        pass


def ids_of(records: list[CustomerRecord]) -> list[str]:
    return [to_global_id("CustomerRecord", record.pk) for record in records]


def test_the_list_pages_through_groups_the_surest_first(api: Api) -> None:
    twins(0)
    twins(1)
    one, other = twins(2)
    CustomerRecord.objects.filter(pk=other.pk).update(first_name="Bruno")
    search()
    first = api(LIST, first=2)["customerDuplicates"]
    rest = api(LIST, first=2, after=first["pageInfo"]["endCursor"])["customerDuplicates"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (3, True, False)
    found = [edge["node"] for edge in (*first["edges"], *rest["edges"])]
    assert [node["band"] for node in found] == ["CERTAIN", "CERTAIN", "LOOK_AT_IT"]
    for node in found:
        assert node["score"] == sum(reason["points"] for reason in node["reasons"])
        assert [pair["score"] for pair in node["pairs"]] == [node["score"]]
    assert {reason["code"]: reason["text"] for reason in found[2]["reasons"]}["DIFFERENT_FIRST_NAME"] == (
        "Different first name"
    )
    assert found[2]["pairs"][0]["recordIds"] == ids_of([one, other])
    only = api(LIST, filter={"bands": ["LOOK_AT_IT"]})["customerDuplicates"]
    assert (only["totalCount"], [edge["node"]["band"] for edge in only["edges"]]) == (1, ["LOOK_AT_IT"])
    assert api(LIST, filter={"bands": []})["customerDuplicates"]["totalCount"] == 0


def test_the_number_of_statements_does_not_grow_with_the_page(api: Api) -> None:
    def statements(document: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            api(document)
        return len(queries)

    twins(0)
    search()
    statements(LIST)  # the first request of a process reads more: the site, say
    before = statements(LIST), statements(MAYBE)
    for number in range(1, 5):
        twins(number)
    search()
    assert (statements(LIST), statements(MAYBE)) == before


def test_whoever_is_restricted_to_channels_learns_nothing_of_addresses(api: Api) -> None:
    twins(0)
    search()
    restricted = Api(make_token(make_staff(channels=[make_channel()])))

    def seen(api: Api) -> tuple[Any, Any]:
        (listed,) = api(LIST)["customerDuplicates"]["edges"]
        maybe = api(MAYBE)["customerRecords"]["edges"][0]["node"]["possibleDuplicates"]
        return listed["node"], maybe[0]

    for whole, part in zip(seen(api), seen(restricted), strict=True):
        codes = [{reason["code"] for reason in one["reasons"]} for one in (whole, part)]
        assert codes[0] - codes[1] == {"SAME_ADDRESS"}
        assert whole["score"] - part["score"] == POINTS[Reason.SAME_ADDRESS]
        assert whole["band"] == part["band"] == "CERTAIN"


def test_what_was_said_of_a_merged_record_goes_for_the_other_and_comes_back(api: Api) -> None:
    """Anna is not Bea. Bea is merged into Cleo: so Anna is not Cleo either, until that is undone."""
    (anna, bea), cleo = twins(0), make_record("cleo@example.com", first_name="Cleo")
    search()
    answer = api(DISMISS, ids=ids_of([anna, bea]))["customerDuplicateDismiss"]
    assert answer == {"dismissals": [{"records": [{"email": anna.email}, {"email": bea.email}]}], "errors": []}
    staff = make_staff()
    actor = duplicates_job.SYNC
    merged = merge(Request([bea.pk, cleo.pk], winner_id=cleo.pk), actor=actor, requestor=staff)
    search()
    assert api(LIST)["customerDuplicates"]["totalCount"] == 0
    (edge,) = api(DISMISSED)["customerDuplicateDismissals"]["edges"]
    assert [one["email"] for one in edge["node"]["records"]] == [
        anna.email,
        CustomerRecord.objects.get(pk=cleo.pk).email,
    ]
    assert edge["node"]["actor"]["type"] == "STAFF"
    undo(merged.pk, actor=actor, requestor=staff)
    search()
    assert api(LIST)["customerDuplicates"]["totalCount"] == 0
    (edge,) = api(DISMISSED)["customerDuplicateDismissals"]["edges"]
    assert [one["email"] for one in edge["node"]["records"]] == [anna.email, bea.email]


def test_too_few_and_unknown_records_are_refused(api: Api) -> None:
    (one, _other) = twins(0)
    for ids, code in ((ids_of([one]), "REQUIRED"), ([*ids_of([one]), "Q3VzdG9tZXJSZWNvcmQ6OTk5OTk5"], "NOT_FOUND")):
        answer = api(DISMISS, ids=ids)["customerDuplicateDismiss"]
        assert answer == {"dismissals": None, "errors": [{"field": "recordIds", "code": code}]}


def test_every_band_and_reason_has_points_and_words() -> None:
    told = re.findall(r"`([A-Z_]+)` \| (-?\d+) \|", DOCUMENT.read_text())
    assert {Reason(code): int(points) for code, points in told} == POINTS
    assert set(POINTS) == set(TEXTS) == set(Reason)
    assert set(REASONS) == {reason.value for reason in Reason}
    assert set(BANDS) == {band.name for band in Band}
