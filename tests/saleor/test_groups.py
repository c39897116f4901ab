"""Groups, as a storefront and Saleor's own staff see them: by Saleor's API, without us."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphene import Node

from saleor_customer_plus import tasks
from saleor_customer_plus.groups.mirror import KEY
from saleor_customer_plus.groups.models import Group
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from tests import factories
from tests.client import OUR_PATH

from .client import SaleorApi
from .operations import update_customer
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

ERRORS = "errors { field message code }"
ME = """
query ($key: String!) { me { email metafield(key: $key) metadata { key value } } }
"""
# All that staff can see of a customer, and that we might have changed.
USER = """
query ($id: ID!) {
  user(id: $id) {
    email firstName lastName note isActive isConfirmed dateJoined updatedAt lastLogin externalReference
    metadata { key value } privateMetadata { key value } addresses { id } events { type }
  }
}
"""
JOIN = f"""
mutation ($id: ID!, $groups: [ID!]!) {{ customerRecordGroupsJoin(recordId: $id, groupIds: $groups) {{ {ERRORS} }} }}
"""
LEAVE = JOIN.replace("GroupsJoin", "GroupsLeave")
UPDATE_GROUP = f"""
mutation ($id: ID!, $input: CustomerGroupInput!) {{ customerGroupUpdate(id: $id, input: $input) {{ {ERRORS} }} }}
"""
DELETE_GROUP = f"mutation ($id: ID!) {{ customerGroupDelete(id: $id) {{ {ERRORS} }} }}"
SET_METADATA = """
mutation ($id: ID!, $input: [MetadataInput!]!) {
  updateMetadata(id: $id, input: $input) { errors { field message code } }
}
"""
SET_OWN_METADATA = """
mutation ($input: [MetadataInput!]!) {
  accountUpdate(input: {metadata: $input}) { errors { field message code } }
}
"""


def group_id(group: Group) -> str:
    return Node.to_global_id("CustomerGroup", group.pk)


class Member:
    """A customer with an account, in the group Gold, and everybody who looks at it."""

    def __init__(self, saleor: SaleorApi) -> None:
        self.account = factories.make_account(
            "anna@example.com", metadata={"theirs": "kept"}, private_metadata={"secret": "kept"}, note="A note."
        )
        self.staff = saleor
        self.ours = SaleorApi(token=saleor.token, path=OUR_PATH)
        self.storefront = saleor.by(factories.make_token(self.account))
        tasks.sync_accounts([self.account.pk])
        self.record = CustomerRecord.objects.get(account=self.account)
        self.gold = factories.make_group("Gold")
        self.silver = factories.make_group("Silver")

    def call(self, mutation: str, *groups: Any) -> None:
        ids = [group_id(group) for group in groups]
        self.ours(mutation, id=global_id(self.record), groups=ids)

    @property
    def sees(self) -> Any:
        text = self.storefront(ME, key=KEY)["metafield"]
        return None if text is None else json.loads(text)

    @property
    def seen_by_staff(self) -> dict[str, Any]:
        user = self.staff(USER, id=global_id(self.account))
        return user | {"metadata": {item["key"]: item["value"] for item in user["metadata"]}}


@pytest.fixture
def member(saleor: SaleorApi, shop: Shop) -> Member:
    return Member(saleor)


def test_a_storefront_reads_the_groups_of_its_customer(member: Member) -> None:
    assert member.sees is None
    member.call(JOIN, member.silver, member.gold)
    assert member.sees == ["Gold", "Silver"]
    member.ours(UPDATE_GROUP, id=group_id(member.gold), input={"name": "Platinum"})
    assert member.sees == ["Platinum", "Silver"]
    member.call(LEAVE, member.gold)
    assert member.sees == ["Silver"]
    member.ours(DELETE_GROUP, id=group_id(member.silver))
    assert member.sees is None
    assert member.storefront(ME, key=KEY)["metadata"] == [{"key": "theirs", "value": "kept"}]


def test_nothing_else_of_the_account_changes(member: Member) -> None:
    before = member.seen_by_staff

    member.call(JOIN, member.gold)

    after = member.seen_by_staff
    assert after["metadata"].pop(KEY) == '["Gold"]'
    assert after == before


def test_what_staff_writes_in_saleor_stays_and_so_does_ours(member: Member) -> None:
    member.call(JOIN, member.gold)

    update_customer(member.staff, member.account, firstName="Anna")
    member.staff(SET_METADATA, id=global_id(member.account), input=[{"key": "more", "value": "x"}])

    assert member.seen_by_staff["metadata"] == {"theirs": "kept", "more": "x", KEY: '["Gold"]'}


@pytest.mark.parametrize("groups", [[], ["Gold"]])
def test_customers_cannot_make_themselves_members(member: Member, groups: list[str]) -> None:
    """They may write their own public metadata. We are told, and put it right."""
    member.call(JOIN, member.gold if groups else default_group())

    member.storefront(SET_OWN_METADATA, input=[{"key": KEY, "value": '["Silver"]'}, {"key": "own", "value": "x"}])

    assert member.sees == (groups or None)
    assert User.objects.get(pk=member.account.pk).metadata["own"] == "x"


def test_the_link_ends_with_the_confirmation_of_the_address(member: Member) -> None:
    member.call(JOIN, member.gold)
    update_customer(member.staff, member.account, isConfirmed=False)
    assert KEY not in User.objects.get(pk=member.account.pk).metadata

    update_customer(member.staff, member.account, isConfirmed=True)
    assert User.objects.get(pk=member.account.pk).metadata[KEY] == '["Gold"]'
