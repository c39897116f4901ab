"""Staff of a real Saleor, restricted to channels by its permission groups: we show the orders that Saleor shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.client import Api

from .client import SaleorApi
from .operations import place_order
from .shop import Shop, global_id, open_shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

GROUP = """mutation ($input: PermissionGroupCreateInput!) {
  permissionGroupCreate(input: $input) { group { id } errors { field message code } }
}"""
OURS = """{ customerRecord(email: "anna@example.com") {
  orderCount figures { totalSpent { amount } } orders(first: 9) { edges { node { id } } }
  activity(first: 99) { edges { node { type cause { id } } } }
} }"""
THEIRS = "{ orders(first: 9) { edges { node { id } } } }"
DRAFT = """mutation ($record: ID!, $channel: String!, $lines: [CustomerOrderLineInput!]!) {
  customerDraftOrderCreate(recordId: $record, channel: $channel, lines: $lines) {
    orderId errors { field message code }
  }
}"""


@pytest.fixture
def hidden(db: None) -> Shop:
    return open_shop("hidden")


@pytest.fixture
def bought(saleor: SaleorApi, shop: Shop, hidden: Shop) -> list[str]:
    """The ids of Anna's orders, which count as soon as they are placed: the first is of the channel `main`."""
    factories.save_settings(counts_when="placed")
    return [global_id(place_order(saleor, place, userEmail="anna@example.com")) for place in (shop, hidden)]


def member_of(groups: list[Any], *, is_superuser: bool = False) -> Any:
    """Staff made a member by Saleor's own mutation, with the permissions of the group alone."""
    boss = factories.make_staff(permissions=(), is_superuser=True)
    member = factories.make_staff(permissions=("manage_users", "manage_orders"), is_superuser=is_superuser)
    member.groups.clear()
    for number, channels in enumerate(groups):
        restriction = {"restrictedAccessToChannels": channels is not None}
        if channels:
            restriction["addChannels"] = [global_id(channel) for channel in channels]
        SaleorApi(token=factories.make_token(boss))(
            GROUP,
            input={"name": f"Group {number}", "addPermissions": [], "addUsers": [global_id(member)], **restriction},
        )
    return member


def ids(connection: Any) -> set[str]:
    return {edge["node"]["id"] for edge in connection["edges"]}


CASES = {
    "one channel": lambda shop, hidden: [[shop.channel]],
    "the other": lambda shop, hidden: [[hidden.channel]],
    "two groups": lambda shop, hidden: [[shop.channel], [hidden.channel]],
    "one of two groups is not restricted": lambda shop, hidden: [[shop.channel], None],
    "a group without channels": lambda shop, hidden: [[]],
    "no group": lambda shop, hidden: [],
}


@pytest.mark.parametrize("is_superuser", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_orders_are_those_that_saleor_shows(
    case: str, is_superuser: bool, shop: Shop, hidden: Shop, bought: list[str]
) -> None:
    token = factories.make_token(member_of(CASES[case](shop, hidden), is_superuser=is_superuser))
    theirs = ids(Api(token, path="/graphql/")(THEIRS)["orders"])

    record = Api(token)(OURS)["customerRecord"]

    assert ids(record["orders"]) == theirs
    assert record["orderCount"] == len(theirs)
    caused = {edge["node"]["cause"]["id"] for edge in record["activity"]["edges"] if edge["node"]["cause"]}
    assert caused & set(bought) == theirs


def test_a_draft_is_made_where_saleor_lets_one(shop: Shop, hidden: Shop, bought: list[str]) -> None:
    from saleor_customer_plus.records.models import CustomerRecord

    api = Api(factories.make_token(member_of([[shop.channel]])))
    record = global_id(CustomerRecord.objects.get(email="anna@example.com"))

    def made(place: Shop) -> bool:
        lines = [{"variantId": place.variant_id, "quantity": 1}]
        answer = api.post(DRAFT, record=record, channel=place.channel.slug, lines=lines).json()
        return bool((answer["data"]["customerDraftOrderCreate"] or {}).get("orderId"))

    assert [made(shop), made(hidden)] == [True, False]
