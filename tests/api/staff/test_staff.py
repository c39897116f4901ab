"""The members of staff whom work can be given to, by name alone."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id

from ...client import Api
from ...factories import make_account, make_staff

pytestmark = pytest.mark.django_db

LIST = """query ($search: String, $first: Int, $after: String) {
  customerStaff(search: $search, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id firstName lastName } }
  }
}"""


def named(first: str, last: str) -> Any:
    member = make_staff()
    member.first_name, member.last_name = first, last
    member.save(update_fields=["first_name", "last_name"])
    return member


def names(answer: dict[str, Any]) -> list[str]:
    return [f"{edge['node']['firstName']} {edge['node']['lastName']}" for edge in answer["customerStaff"]["edges"]]


def test_who_there_is_by_name(api: Api) -> None:
    anna = named("Anna", "Zorn")
    named("Ben", "Abel")
    left = named("Carl", "Left")
    left.is_active = False
    left.save(update_fields=["is_active"])
    make_account(first_name="Customer", last_name="Nobody")

    assert names(api(LIST, first=9))[-2:] == ["Ben Abel", "Anna Zorn"]
    assert names(api(LIST, first=9, search="zor ANN")) == ["Anna Zorn"]
    assert names(api(LIST, first=9, search="anna abel")) == []
    assert api(LIST, first=9, search="zorn")["customerStaff"]["edges"][0]["node"]["id"] == to_global_id("User", anna.pk)


def test_page_by_page(api: Api) -> None:
    for number in range(5):
        named("Anna", f"Same{number % 2}")

    seen, after = [], None
    while True:
        page = api(LIST, first=2, after=after, search="same")["customerStaff"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == len(seen) == len(set(seen)) == 5


def test_no_address_is_told(api: Api) -> None:
    assert "email" in api.errors("{ customerStaff(first: 1) { edges { node { email } } } }")[0]["message"]
