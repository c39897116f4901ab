"""Tags by the API."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.client import Api
from tests.factories import make_app, make_record, make_tag

pytestmark = pytest.mark.django_db

ERRORS = "errors { field message code id }"
CREATE = (
    "mutation ($input: CustomerTagInput!)"
    f" {{ customerTagCreate(input: $input) {{ tag {{ id name color usageCount }} {ERRORS} }} }}"
)
UPDATE = (
    "mutation ($id: ID!, $input: CustomerTagInput!)"
    f" {{ customerTagUpdate(id: $id, input: $input) {{ tag {{ name color }} {ERRORS} }} }}"
)
MERGE = (
    "mutation ($from: [ID!]!, $to: ID!)"
    f" {{ customerTagMerge(sourceIds: $from, targetId: $to) {{ tag {{ name usageCount }}"
    f" deletedTags {{ id name usageCount }} {ERRORS} }} }}"
)
DELETE = f"mutation ($id: ID!) {{ customerTagDelete(id: $id) {{ tag {{ id name }} {ERRORS} }} }}"
ADD = (
    "mutation ($id: ID!, $ids: [ID!], $names: [String!]) { customerRecordTagsAdd(recordId: $id, tagIds: $ids,"
    f" names: $names) {{ record {{ tags {{ name }} }} {ERRORS} }} }}"
)
REMOVE = ADD.replace("TagsAdd", "TagsRemove")
LIST = """
query ($search: String, $sortBy: CustomerTagSortingInput, $first: Int, $after: String, $last: Int, $before: String) {
  customerTags(search: $search, sortBy: $sortBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { node { name usageCount } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
  }
}
"""


def gid(row: Any, kind: str | None = None) -> str:
    return b64encode(f"{kind or 'Customer' + type(row).__name__.removeprefix('Customer')}:{row.pk}".encode()).decode()


def refusal(answer: dict[str, Any]) -> tuple[str, str]:
    ((_, payload),) = answer.items()
    (error,) = payload["errors"]
    return error["field"], error["code"]


def tag_record(record: Any, *tags: Tag) -> None:
    TagAssignment.objects.bulk_create(TagAssignment(record=record, tag=tag) for tag in tags)


class TestTags:
    def test_create(self, api: Api) -> None:
        payload = api(CREATE, input={"name": " VIP ", "color": "#D4A017"})["customerTagCreate"]

        tag = Tag.objects.get()
        assert payload == {
            "tag": {"id": gid(tag), "name": "VIP", "color": "#d4a017", "usageCount": 0},
            "errors": [],
        }

    @pytest.mark.parametrize(
        ("input", "refused"),
        [
            ({}, ("name", "REQUIRED")),
            ({"name": None}, ("name", "REQUIRED")),
            ({"name": "a,b"}, ("name", "INVALID")),
            ({"name": "x" * 256}, ("name", "INVALID")),
            ({"name": "\x00"}, ("name", "INVALID")),
            ({"name": "ok", "color": "red"}, ("color", "INVALID")),
        ],
    )
    def test_create_what_cannot_be(self, api: Api, input: dict[str, Any], refused: tuple[str, str]) -> None:
        assert refusal(api(CREATE, input=input)) == refused
        assert not Tag.objects.exists()

    def test_a_name_that_is_taken(self, api: Api) -> None:
        vip, gold = make_tag("VIP"), make_tag("gold")
        for answer in (api(CREATE, input={"name": "vip"}), api(UPDATE, id=gid(gold), input={"name": "Vip"})):
            ((_, payload),) = answer.items()
            assert payload["errors"] == [
                {
                    "field": "name",
                    "message": "Another tag has this name.",
                    "code": "UNIQUE",
                    "id": gid(vip),
                }
            ]

    def test_the_limit(self, api: Api, configure: Any) -> None:
        record = make_record()
        configure(tag_limit="2")
        make_tag("one")
        assert api(CREATE, input={"name": "two"})["customerTagCreate"]["errors"] == []
        assert refusal(api(CREATE, input={"name": "three"})) == ("name", "LIMIT_REACHED")
        assert refusal(api(ADD, id=gid(record), names=["ONE", "three"])) == ("names", "LIMIT_REACHED")
        assert not TagAssignment.objects.exists()
        assert api(ADD, id=gid(record), names=["ONE", "TWO"])["customerRecordTagsAdd"]["errors"] == []
        configure(tag_limit="0")
        assert api(CREATE, input={"name": "three"})["customerTagCreate"]["errors"] == []

    def test_update(self, api: Api) -> None:
        tag, record = make_tag("VIP", color="#d4a017"), make_record()
        tag_record(record, tag)

        assert api(UPDATE, id=gid(tag), input={"name": "Vip"}) == {
            "customerTagUpdate": {"tag": {"name": "Vip", "color": "#d4a017"}, "errors": []}
        }
        assert api(UPDATE, id=gid(tag), input={"color": ""})["customerTagUpdate"]["tag"]["color"] == ""
        assert api(UPDATE, id=gid(tag), input={"name": None})["customerTagUpdate"]["tag"]["name"] == "Vip"
        assert refusal(api(UPDATE, id=gid(tag), input={"name": " "})) == ("name", "REQUIRED")
        assert refusal(api(UPDATE, id=gid(record), input={})) == ("id", "INVALID")

    def test_merge_and_delete(self, api: Api, staff: Any) -> None:
        one, two, three = make_tag("one"), make_tag("two"), make_tag("three")
        anna, ben = make_record(), make_record()
        tag_record(anna, one, two)
        tag_record(ben, two)

        assert refusal(api(MERGE, **{"from": [gid(two)], "to": gid(two)})) == ("sourceIds", "INVALID")
        deleted = [{"id": gid(tag), "name": tag.name, "usageCount": 0} for tag in (three, two)]
        assert api(MERGE, **{"from": [gid(two), gid(three)], "to": gid(one)}) == {
            "customerTagMerge": {"tag": {"name": "one", "usageCount": 2}, "deletedTags": deleted, "errors": []}
        }
        assert refusal(api(MERGE, **{"from": [gid(two)], "to": gid(one)})) == ("sourceIds", "NOT_FOUND")
        assert api(DELETE, id=gid(one))["customerTagDelete"]["tag"] == {"id": gid(one), "name": "one"}
        assert refusal(api(DELETE, id=gid(one))) == ("id", "NOT_FOUND")
        assert not Tag.objects.exists()
        assert set(ActivityEntry.objects.values_list("actor_type", "actor_id")) == {("STAFF", str(staff.pk))}

    def test_look_up(self, api: Api) -> None:
        tag, query = make_tag("VIP"), "query ($id: ID!) { customerTag(id: $id) { name createdAt } }"
        answer = api(query, id=gid(tag))
        assert answer["customerTag"] == {"name": "VIP", "createdAt": tag.created_at.isoformat()}
        tag.delete()
        assert api(query, id=b64encode(b"CustomerTag:1").decode()) == {"customerTag": None}
        (error,) = api.errors(query, id=b64encode(b"CustomerGroup:1").decode())
        assert error["extensions"]["code"] == "INVALID"


class TestList:
    @pytest.fixture
    def tags(self) -> None:
        records = [make_record() for _ in range(4)]
        for name, used in {"Über": 2, "alpha": 0, "Beta": 4, "gamma": 2, "100% off": 1}.items():
            tag = make_tag(name)
            for record in records[:used]:
                tag_record(record, tag)

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({}, "100% off|alpha|Beta|gamma|Über"),
            ({"sortBy": {"field": "NAME", "direction": "DESC"}}, "Über|gamma|Beta|alpha|100% off"),
            ({"sortBy": {"field": "USAGE_COUNT", "direction": "ASC"}}, "alpha|100% off|gamma|Über|Beta"),
            ({"sortBy": {"field": "USAGE_COUNT", "direction": "DESC"}}, "Beta|Über|gamma|100% off|alpha"),
            ({"search": "A"}, "alpha|Beta|gamma"),
            ({"search": " ÜB"}, "Über"),
            ({"search": "%"}, "100% off"),
            ({"search": "_"}, ""),
            ({"search": "ta", "sortBy": {"field": "USAGE_COUNT", "direction": "DESC"}}, "Beta"),
        ],
    )
    @pytest.mark.usefixtures("tags")
    def test_pages(self, api: Api, arguments: dict[str, Any], expected: str) -> None:
        wanted = expected.split("|") if expected else []
        found: list[str] = []
        cursor = None
        while True:
            answer = api(LIST, first=2, after=cursor, **arguments)["customerTags"]
            assert answer["totalCount"] == len(wanted)
            found += [edge["node"]["name"] for edge in answer["edges"]]
            if not answer["pageInfo"]["hasNextPage"]:
                break
            cursor = answer["pageInfo"]["endCursor"]
        assert found == wanted
        back = api(LIST, last=2, **arguments)["customerTags"]["edges"]
        assert [edge["node"]["name"] for edge in back] == wanted[-2:]

    @pytest.mark.usefixtures("tags")
    def test_usage(self, api: Api) -> None:
        edges = api(LIST, first=9)["customerTags"]["edges"]
        assert [edge["node"]["usageCount"] for edge in edges] == [1, 0, 4, 2, 2]

    def test_a_page_is_needed(self, api: Api) -> None:
        (error,) = api.errors("{ customerTags { totalCount edges { cursor } } }")
        assert error["extensions"]["code"] == "REQUIRED"

    def test_statements(self, api: Api) -> None:
        counts = []
        for number in (2, 30):
            for _ in range(number):
                tag_record(make_record(), make_tag())
            api(LIST, first=99)
            with CaptureQueriesContext(connection) as captured:
                api(LIST, first=99)
            counts.append(len(captured))
        assert counts[0] == counts[1]


class TestOfRecord:
    def test_add_and_remove(self, api: Api, staff: Any) -> None:
        record, vip, old = make_record(is_active=False), make_tag("VIP"), make_tag("old")

        answer = api(ADD, id=gid(record, "CustomerRecord"), ids=[gid(vip), gid(old)], names=["vip", "New one"])
        tags = [{"name": name} for name in ("New one", "old", "VIP")]
        assert answer["customerRecordTagsAdd"] == {"record": {"tags": tags}, "errors": []}

        answer = api(REMOVE, id=gid(record), ids=[gid(old)], names=["NEW ONE", "never heard of"])
        assert answer["customerRecordTagsRemove"] == {"record": {"tags": [{"name": "VIP"}]}, "errors": []}

        entries = ActivityEntry.objects.filter(record=record, actor_type="STAFF", actor_id=str(staff.pk))
        assert [(entry.type, entry.before, entry.after) for entry in entries.order_by("id")] == [
            ("TAG_ADDED", {}, {"tag": "New one"}),
            ("TAG_ADDED", {}, {"tag": "old"}),
            ("TAG_ADDED", {}, {"tag": "VIP"}),
            ("TAG_REMOVED", {"tag": "New one"}, {}),
            ("TAG_REMOVED", {"tag": "old"}, {}),
        ]

    def test_by_an_app(self, api: Api) -> None:
        app, token = make_app()
        record = make_record()
        api.by(token)(ADD, id=gid(record), names=["VIP"])
        assert ActivityEntry.objects.values_list("actor_type", "actor_id").get() == ("APP", str(app.pk))

    def test_refused(self, api: Api) -> None:
        record, tag = make_record(), make_tag()
        unknown = b64encode(b"CustomerTag:0").decode()
        for mutation in (ADD, REMOVE):
            assert refusal(api(mutation, id=gid(tag), names=["x"])) == ("recordId", "INVALID")
            nobody = b64encode(b"CustomerRecord:0").decode()
            assert refusal(api(mutation, id=nobody, names=["x"])) == ("recordId", "NOT_FOUND")
            assert refusal(api(mutation, id=gid(record))) == ("tagIds", "REQUIRED")
            assert refusal(api(mutation, id=gid(record), ids=[gid(record)])) == ("tagIds", "INVALID")
            assert refusal(api(mutation, id=gid(record), names=["a,b"])) == ("names", "INVALID")
            assert refusal(api(mutation, id=gid(record), names=["x"] * 1001)) == ("names", "INVALID")
        assert refusal(api(ADD, id=gid(record), ids=[unknown], names=["new"])) == ("tagIds", "NOT_FOUND")
        assert list(Tag.objects.all()) == [tag]

    def test_statements(self, api: Api) -> None:
        query = "{ customerRecords(first: 99) { edges { node { tags { name usageCount } groups { name } } } } }"
        counts = []
        for number in (2, 20):
            for _ in range(number):
                tag_record(make_record(), make_tag(), make_tag())
            api(query)
            with CaptureQueriesContext(connection) as captured:
                api(query)
            counts.append(len(captured))
        assert counts[0] == counts[1]
