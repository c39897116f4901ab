"""Groups by the API."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.groups import services as actions
from saleor_customer_plus.groups.mirror import KEY
from saleor_customer_plus.groups.models import Group, GroupMembership
from saleor_customer_plus.saleor_adapter.host import User
from tests.api.tags.test_tags import ERRORS, gid, refusal
from tests.client import Api
from tests.factories import make_account, make_group, make_record

pytestmark = pytest.mark.django_db

FIELDS = "id name description isDefault voucherCode memberCount"
CREATE = (
    "mutation ($input: CustomerGroupInput!)"
    f" {{ customerGroupCreate(input: $input) {{ group {{ {FIELDS} }} {ERRORS} }} }}"
)
UPDATE = (
    "mutation ($id: ID!, $input: CustomerGroupInput!)"
    f" {{ customerGroupUpdate(id: $id, input: $input) {{ group {{ {FIELDS} }} {ERRORS} }} }}"
)
DELETE = f"mutation ($id: ID!) {{ customerGroupDelete(id: $id) {{ group {{ id name }} {ERRORS} }} }}"
JOIN = (
    "mutation ($id: ID!, $ids: [ID!]!)"
    f" {{ customerRecordGroupsJoin(recordId: $id, groupIds: $ids) {{ record {{ groups {{ name }} }} {ERRORS} }} }}"
)
LEAVE = JOIN.replace("GroupsJoin", "GroupsLeave")
LIST = """
query ($search: String, $first: Int, $after: String) {
  customerGroups(search: $search, first: $first, after: $after) {
    totalCount edges { node { name memberCount isDefault } } pageInfo { hasNextPage endCursor }
  }
}
"""


def names(answer: dict[str, Any]) -> list[str]:
    ((_, payload),) = answer.items()
    assert payload["errors"] == []
    return [group["name"] for group in payload["record"]["groups"]]


def mirrored(account: Any) -> str | None:
    return User.objects.values_list("metadata", flat=True).get(pk=account.pk).get(KEY)


def test_create_and_update(api: Api) -> None:
    make_record()
    fields = {"name": " Gold ", "description": "Who spent much.", "voucherCode": "GOLD10"}
    payload = api(CREATE, input=fields)["customerGroupCreate"]
    group = Group.objects.get(is_default=False)
    made = {
        "id": gid(group),
        "name": "Gold",
        "description": "Who spent much.",
        "isDefault": False,
        "voucherCode": "GOLD10",
        "memberCount": 0,
    }
    assert payload == {"group": made, "errors": []}

    payload = api(UPDATE, id=gid(group), input={"name": "Golden", "voucherCode": None})["customerGroupUpdate"]
    assert payload == {"group": made | {"name": "Golden"}, "errors": []}
    payload = api(UPDATE, id=gid(group), input={"voucherCode": ""})["customerGroupUpdate"]
    assert payload == {"group": made | {"name": "Golden", "voucherCode": ""}, "errors": []}


def test_refused(api: Api) -> None:
    gold, silver = make_group("Gold"), make_group("Silver")
    assert refusal(api(CREATE, input={})) == ("name", "REQUIRED")
    assert refusal(api(CREATE, input={"name": "general"})) == ("name", "UNIQUE")
    assert refusal(api(UPDATE, id=gid(silver), input={"description": "x" * 2001})) == ("description", "INVALID")
    assert refusal(api(UPDATE, id=gid(silver), input={"voucherCode": "\x00"})) == ("voucherCode", "INVALID")
    (error,) = api(UPDATE, id=gid(silver), input={"name": "GOLD"})["customerGroupUpdate"]["errors"]
    assert (error["code"], error["id"]) == ("UNIQUE", gid(gold))
    assert refusal(api(DELETE, id=gid(actions.default_group()))) == ("id", "INVALID")
    assert refusal(api(DELETE, id=b64encode(b"CustomerGroup:0").decode())) == ("id", "NOT_FOUND")


def test_join_and_leave(api: Api, staff: Any, on_commit: Callable[[], Any]) -> None:
    account = make_account()
    record = make_record(account.email, account=account)
    gold, silver, default = make_group("Gold"), make_group("Silver"), actions.default_group()
    ids = {"id": gid(record)}
    with on_commit():
        assert names(api(JOIN, **ids, ids=[gid(silver), gid(gold)])) == ["Gold", "Silver"]
    assert mirrored(account) == '["Gold", "Silver"]'
    with on_commit():
        assert names(api(LEAVE, **ids, ids=[gid(gold)])) == ["Silver"]
    assert mirrored(account) == '["Silver"]'
    with on_commit():
        api(UPDATE, id=gid(silver), input={"name": "Argento"})
    assert mirrored(account) == '["Argento"]'
    with on_commit():
        assert names(api(JOIN, **ids, ids=[gid(default)])) == ["General"]
    assert mirrored(account) is None
    with on_commit():
        api(JOIN, **ids, ids=[gid(gold)])
    with on_commit():
        assert api(DELETE, id=gid(gold))["customerGroupDelete"]["group"] == {"id": gid(gold), "name": "Gold"}
    assert mirrored(account) is None

    entries = ActivityEntry.objects.filter(record=record, actor_type="STAFF", actor_id=str(staff.pk)).order_by("id")
    assert list(entries.values_list("type", flat=True)) == [
        "GROUP_JOINED", "GROUP_JOINED", "GROUP_LEFT", "GROUP_RENAMED", "GROUP_LEFT", "GROUP_JOINED", "GROUP_LEFT",
    ]  # fmt: skip


def test_one_group_only(api: Api, configure: Any) -> None:
    configure(several_groups=False)
    record, gold, silver = make_record(), make_group("Gold"), make_group("Silver")
    assert names(api(JOIN, id=gid(record), ids=[gid(gold)])) == ["Gold"]
    assert names(api(JOIN, id=gid(record), ids=[gid(silver)])) == ["Silver"]
    assert refusal(api(JOIN, id=gid(record), ids=[gid(gold), gid(silver)])) == ("groupIds", "INVALID")
    configure(several_groups=True)
    assert names(api(JOIN, id=gid(record), ids=[gid(gold), gid(silver)])) == ["Gold", "Silver"]


def test_join_what_cannot_be(api: Api) -> None:
    record, gold = make_record(), make_group("Gold")
    for mutation in (JOIN, LEAVE):
        assert refusal(api(mutation, id=gid(record), ids=[])) == ("groupIds", "REQUIRED")
        assert refusal(api(mutation, id=gid(record), ids=[gid(record)])) == ("groupIds", "INVALID")
        assert refusal(api(mutation, id=gid(gold), ids=[gid(gold)])) == ("recordId", "INVALID")
    unknown = [gid(gold), b64encode(b"CustomerGroup:0").decode()]
    assert refusal(api(JOIN, id=gid(record), ids=unknown)) == ("groupIds", "NOT_FOUND")
    assert not GroupMembership.objects.exists()


def test_list(api: Api) -> None:
    records = [make_record() for _ in range(5)]
    for name, number in {"Silver": 1, "gold": 2, "Äther": 0}.items():
        group = make_group(name)
        GroupMembership.objects.bulk_create(GroupMembership(record=record, group=group) for record in records[:number])
    found, cursor = [], None
    for _ in range(2):
        page = api(LIST, first=2, after=cursor)["customerGroups"]
        assert page["totalCount"] == 4
        found += [edge["node"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert not page["pageInfo"]["hasNextPage"]
    counts = {group["name"]: group["memberCount"] for group in found}
    assert counts == {"Silver": 1, "gold": 2, "Äther": 0, "General": 3}
    assert [group["name"] for group in found if group["isDefault"]] == ["General"]
    search = api(LIST, first=2, search="OL")["customerGroups"]
    assert [edge["node"]["name"] for edge in search["edges"]] == ["gold"]


def test_look_up(api: Api) -> None:
    query = "query ($id: ID!) { customerGroup(id: $id) { name } }"
    assert api(query, id=gid(make_group("Gold"))) == {"customerGroup": {"name": "Gold"}}
    assert api(query, id=b64encode(b"CustomerGroup:0").decode()) == {"customerGroup": None}
