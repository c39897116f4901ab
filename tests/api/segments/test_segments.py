"""Segments by the API: conditions, what they find, members, and who may see what."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityType
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import following
from saleor_customer_plus.segments.models import Segment
from saleor_customer_plus.segments.ready_made import QUERIES
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.tags.models import TagAssignment
from tests.client import Api
from tests.factories import (
    change,
    make_channel,
    make_field,
    make_field_values,
    make_group,
    make_ledger_entry,
    make_record,
    make_segment,
    make_staff,
    make_token,
)

pytestmark = pytest.mark.django_db

ERRORS = "errors { field message code id }"
CREATE = (
    "mutation ($input: CustomerSegmentInput!) { customerSegmentCreate(input: $input)"
    " { segment { id name description query tree isFollowed readyMade brokenReason createdBy { type } }"
    f" {ERRORS} }} }}"
)
UPDATE = (
    "mutation ($id: ID!, $input: CustomerSegmentInput!) { customerSegmentUpdate(id: $id, input: $input)"
    f" {{ segment {{ name description query isFollowed }} {ERRORS} }} }}"
)
DELETE = f"mutation ($id: ID!) {{ customerSegmentDelete(id: $id) {{ segment {{ id name }} {ERRORS} }} }}"
PREVIEW = """query ($text: String, $tree: JSON, $of: ID) {
  customerSegmentPreview(query: $text, tree: $tree, segmentId: $of) {
    query tree count sample { email } errors { message reason position length path suggestion }
  }
}"""
EXPLAIN = """query ($record: ID!, $segment: ID, $text: String, $tree: JSON) {
  customerSegmentExplain(recordId: $record, segmentId: $segment, query: $text, tree: $tree) {
    isMember clauses { path text holds value note depth }
  }
}"""
MEMBERS = """query ($id: ID!, $filter: CustomerRecordFilterInput, $sortBy: CustomerRecordSortingInput) {
  customerSegment(id: $id) {
    memberCount countedAt members(first: 9, filter: $filter, sortBy: $sortBy) { totalCount edges { node { email } } }
  }
}"""
LIST = """query ($filter: CustomerRecordFilterInput) {
  customerRecords(first: 9, filter: $filter) { totalCount edges { node { email } } }
}"""
SNAPSHOT = (
    "mutation ($id: ID!, $tag: String, $group: ID) { customerSegmentSnapshot(id: $id, tag: $tag, groupId: $group)"
    f" {{ job {{ id }} {ERRORS} }} }}"
)


def gid(row: Any, kind: str | None = None) -> str:
    names = {"CustomerRecord": "CustomerRecord", "BulkJob": "CustomerJob"}
    name = kind or names.get(type(row).__name__, f"Customer{type(row).__name__}")
    return b64encode(f"{name}:{row.pk}".encode()).decode()


def refusal(answer: dict[str, Any]) -> tuple[str, str]:
    ((_, payload),) = answer.items()
    (error,) = payload["errors"]
    return error["field"], error["code"]


def names(connection: Any) -> list[str]:
    assert connection["totalCount"] == len(connection["edges"])
    return sorted(edge["node"]["email"].partition("@")[0] for edge in connection["edges"])


@pytest.fixture
def people() -> dict[str, CustomerRecord]:
    """Anna and Ben are German; Anna and Carla bought."""
    countries = {"anna": "DE", "ben": "DE", "carla": "FR"}
    made = {name: make_record(f"{name}@example.com", country_code=code) for name, code in countries.items()}
    for name, total in {"anna": 300, "carla": 50}.items():
        make_ledger_entry(made[name], total=total, channel_id=10**6)
    refresh_records([record.pk for record in made.values()], DEFAULTS)
    return made


@pytest.fixture
def restricted() -> tuple[Api, Any]:
    """A member of staff who sees the orders of one channel, and that channel."""
    channel = make_channel()
    return Api(token=make_token(make_staff(channels=[channel]))), channel


def follow(segment: Segment) -> Segment:
    Segment.objects.filter(pk=segment.pk).update(is_followed=True, due_at=timezone.now())
    while not following.sweep(seconds=60):
        pass
    segment.refresh_from_db()
    return segment


class TestWriting:
    def test_create(self, api: Api) -> None:
        payload = api(CREATE, input={"name": " Best ", "query": "order_count>=2 and country='de'"})
        segment = Segment.objects.get(ready_made=None)
        assert payload["customerSegmentCreate"] == {
            "segment": {
                "id": gid(segment),
                "name": "Best",
                "description": "",
                "query": "order_count >= 2 AND country = 'de'",
                "tree": {
                    "and": [
                        {"field": "order_count", "operator": ">=", "value": 2},
                        {"field": "country", "operator": "=", "value": "de"},
                    ]
                },
                "isFollowed": False,
                "readyMade": None,
                "brokenReason": None,
                "createdBy": {"type": "STAFF"},
            },
            "errors": [],
        }

    def test_the_tree_is_the_other_face_of_the_text(self, api: Api) -> None:
        tree = {"not": {"field": "order_count", "operator": "BETWEEN", "value": [1, 3]}}
        payload = api(CREATE, input={"name": "Many", "tree": tree})["customerSegmentCreate"]
        assert payload["segment"]["query"] == "NOT order_count BETWEEN 1 AND 3"
        assert payload["segment"]["tree"] == tree

    @pytest.mark.parametrize(
        ("input", "refused"),
        [
            ({"query": "order_count = 1"}, ("name", "REQUIRED")),
            ({"name": "x" * 256, "query": "order_count = 1"}, ("name", "INVALID")),
            ({"name": "ok"}, ("query", "REQUIRED")),
            ({"name": "ok", "query": "order_count = 1", "tree": {}}, ("tree", "INVALID")),
            ({"name": "ok", "query": "order_count ="}, ("query", "INVALID")),
            ({"name": "ok", "query": "nothing = 1"}, ("query", "INVALID")),
            ({"name": "ok", "query": "total_spent > 100"}, ("query", "REQUIRED")),
            ({"name": "ok", "query": "IN SEGMENT 'nowhere'"}, ("query", "NOT_FOUND")),
            ({"name": "ok", "tree": {"field": "nothing", "operator": "=", "value": 1}}, ("tree.field", "INVALID")),
            ({"name": "ok", "query": "x" * 20_001}, ("query", "LIMIT_REACHED")),
            ({"name": "ok", "query": "order_count = 1", "description": "x" * 2001}, ("description", "INVALID")),
        ],
    )
    def test_what_cannot_be(self, api: Api, input: dict[str, Any], refused: tuple[str, str]) -> None:
        assert refusal(api(CREATE, input=input)) == refused
        assert not Segment.objects.filter(ready_made=None).exists()

    def test_an_error_tells_its_place(self, api: Api) -> None:
        (error,) = api(CREATE, input={"name": "ok", "query": "stage = 'CUSTOMER' AND ordr_count = 1"})[
            "customerSegmentCreate"
        ]["errors"]
        assert error["message"] == "There is no `ordr_count`. Did you mean `order_count`? (At character 24.)"

    def test_names_are_unique(self, api: Api) -> None:
        best = make_segment(name="My best")
        other = make_segment(name="Other")
        for answer in (
            api(CREATE, input={"name": "MY BEST", "query": "order_count = 1"}),
            api(UPDATE, id=gid(other), input={"name": "my Best"}),
        ):
            ((_, payload),) = answer.items()
            (error,) = payload["errors"]
            assert (error["code"], error["id"]) == ("UNIQUE", gid(best))

    def test_update(self, api: Api) -> None:
        segment = make_segment("order_count = 1", name="Once")
        payload = api(UPDATE, id=gid(segment), input={"name": "Twice", "query": "order_count = 2"})
        assert payload["customerSegmentUpdate"] == {
            "segment": {"name": "Twice", "description": "", "query": "order_count = 2", "isFollowed": False},
            "errors": [],
        }
        payload = api(UPDATE, id=gid(segment), input={"description": "A\nB"})["customerSegmentUpdate"]
        assert (payload["segment"]["description"], payload["segment"]["name"]) == ("A\nB", "Twice")
        assert refusal(api(UPDATE, id=b64encode(b"CustomerSegment:1").decode(), input={})) == ("id", "NOT_FOUND")

    def test_a_segment_cannot_be_within_itself(self, api: Api) -> None:
        inner = make_segment("order_count = 1", name="Inner")
        outer = make_segment(f"IN SEGMENT #{inner.pk}", name="Outer")
        for name in ("Inner", "Outer"):
            (error,) = api(UPDATE, id=gid(inner), input={"query": f"IN SEGMENT '{name}'"})["customerSegmentUpdate"][
                "errors"
            ]
            assert "cannot be within itself" in error["message"]
        assert outer.query == f"IN SEGMENT #{inner.pk}"

    def test_a_segment_is_referred_to_by_its_id_and_shown_by_its_name(self, api: Api) -> None:
        inner = make_segment("order_count = 1", name="Inner")
        api(CREATE, input={"name": "Outer", "query": "NOT IN SEGMENT 'inner'"})
        api(UPDATE, id=gid(inner), input={"name": "Renamed"})
        outer = Segment.objects.get(name="Outer")
        assert outer.query == f"NOT IN SEGMENT #{inner.pk}"
        answer = api("query ($id: ID!) { customerSegment(id: $id) { query } }", id=gid(outer))
        assert answer["customerSegment"]["query"] == "NOT IN SEGMENT 'Renamed'"

    def test_delete(self, api: Api) -> None:
        inner = make_segment("order_count = 1", name="Inner")
        outer = make_segment(f"IN SEGMENT #{inner.pk}", name="Outer")
        (error,) = api(DELETE, id=gid(inner))["customerSegmentDelete"]["errors"]
        assert (error["field"], error["code"], error["id"]) == ("id", "DISABLED", gid(outer))
        assert api(DELETE, id=gid(outer))["customerSegmentDelete"]["segment"] == {"id": gid(outer), "name": "Outer"}
        assert api(DELETE, id=gid(inner))["customerSegmentDelete"]["errors"] == []
        assert refusal(api(DELETE, id=gid(inner))) == ("id", "NOT_FOUND")

    def test_a_followed_segment_goes_with_its_members(self, api: Api, people: Any) -> None:
        germans = follow(make_segment("country = 'DE'"))
        assert germans.memberships.count() == 2
        assert api(DELETE, id=gid(germans))["customerSegmentDelete"]["errors"] == []
        assert not Segment.objects.filter(pk=germans.pk).exists()

    def test_the_limits(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("saleor_customer_plus.segments.services.MAX_SEGMENTS", 1)
        monkeypatch.setattr("saleor_customer_plus.segments.services.MAX_FOLLOWED", 0)
        first = make_segment()
        assert refusal(api(CREATE, input={"name": "x", "query": "order_count = 1"})) == ("name", "LIMIT_REACHED")
        assert refusal(api(UPDATE, id=gid(first), input={"isFollowed": True})) == ("isFollowed", "LIMIT_REACHED")


class TestReadyMade:
    SEGMENTS = """query ($filter: CustomerSegmentFilterInput) {
      customerSegments(first: 50, filter: $filter) {
        totalCount edges { node { id name description readyMade query brokenReason } }
      }
    }"""

    def ready(self, api: Api) -> dict[str, Any]:
        edges = api(self.SEGMENTS, filter={"isReadyMade": True})["customerSegments"]["edges"]
        return {edge["node"]["readyMade"]: edge["node"] for edge in edges}

    def test_they_are_there_from_the_start_with_stable_ids(self, api: Api) -> None:
        make_segment(name="Mine")
        found = self.ready(api)
        assert set(found) == set(QUERIES)
        assert self.ready(api) == found

    def test_a_name_that_the_shop_uses_stays_its_own(self, api: Api) -> None:
        mine = make_segment(name="new customers")
        assert self.ready(api)["NEW"]["name"] == "New customers (ready-made)"
        mine.refresh_from_db()
        assert mine.name == "new customers"

    @pytest.mark.parametrize("kind", QUERIES)
    def test_each_can_be_asked_and_copied(self, api: Api, kind: str) -> None:
        ready = self.ready(api)[kind]
        assert api(MEMBERS, id=ready["id"])["customerSegment"]["members"]["totalCount"] == 0
        copy = api(CREATE, input={"name": "Copy", "query": ready["query"]})["customerSegmentCreate"]
        assert copy["errors"] == []
        assert copy["segment"]["query"] == ready["query"]

    def test_birthday_is_there_while_the_shop_has_such_a_field(self, api: Api) -> None:
        make_field("birthday", "TEXT")
        assert "BIRTHDAY" not in self.ready(api)
        field = make_field("date_of_birth", "DATE")
        today = timezone.now().date()
        for name, days in (("anna", 3), ("ben", 30)):
            day = (today + timedelta(days=days)).replace(year=1980)
            make_field_values(make_record(f"{name}@example.com"), date_of_birth=day.isoformat())
        ready = self.ready(api)["BIRTHDAY"]
        assert ready["query"] == "fields.date_of_birth.days_until_anniversary <= 7"
        assert names(api(MEMBERS, id=ready["id"])["customerSegment"]["members"]) == ["anna"]

        change(field, archived_at=timezone.now())
        assert "BIRTHDAY" not in self.ready(api)
        make_field("birthdate", "DATE")
        assert self.ready(api)["BIRTHDAY"]["query"] == "fields.birthdate.days_until_anniversary <= 7"
        assert self.ready(api)["BIRTHDAY"]["id"] == ready["id"]

    def test_best_is_by_rfm_group_but_for_restricted_staff(self, api: Api, restricted: tuple[Api, Any]) -> None:
        best, loyal = make_record("anna@example.com", order_count=1), make_record("ben@example.com")
        scores = {"recency_score": 5, "frequency_score": 5, "monetary_score": 5}
        CustomerInsight.objects.create(record=best, currency="USD", rfm_group="CHAMPIONS", **scores)
        for _ in range(3):
            make_ledger_entry(loyal, channel_id=restricted[1].pk)
        ready = self.ready(api)["BEST"]
        assert names(api(MEMBERS, id=ready["id"])["customerSegment"]["members"]) == ["anna"]
        seen = self.ready(restricted[0])["BEST"]
        assert seen["query"] == "orders MATCHES (count >= 3, date >= -365d)"
        assert names(restricted[0](MEMBERS, id=ready["id"])["customerSegment"]["members"]) == ["ben"]
        within = {"query": f"IN SEGMENT '{ready['name']}'"}
        assert names(restricted[0](LIST, filter=within)["customerRecords"]) == ["ben"]

    def test_they_can_be_followed_and_not_edited(self, api: Api) -> None:
        id = self.ready(api)["RETURNING"]["id"]
        for input in ({"name": "Mine"}, {"query": "order_count = 3"}, {"description": "x"}):
            assert refusal(api(UPDATE, id=id, input=input)) == ("id", "INVALID")
        assert refusal(api(DELETE, id=id)) == ("id", "INVALID")
        payload = api(UPDATE, id=id, input={"isFollowed": True})["customerSegmentUpdate"]
        assert payload["segment"]["isFollowed"] is True


class TestPreview:
    def test_count_and_sample(self, api: Api, people: Any) -> None:
        found = api(PREVIEW, text="country = 'DE'")["customerSegmentPreview"]
        assert found["count"] == 2
        assert [one["email"] for one in found["sample"]] == ["ben@example.com", "anna@example.com"]
        assert found["query"] == "country = 'DE'"
        assert found["tree"] == {"field": "country", "operator": "=", "value": "DE"}
        assert found["errors"] == []

    def test_all_that_is_wrong(self, api: Api) -> None:
        found = api(PREVIEW, text="ordr_count >= 2 AND total_spent > 100")["customerSegmentPreview"]
        assert (found["count"], found["sample"]) == (None, None)
        assert found["query"] == "ordr_count >= 2 AND total_spent > 100"
        unknown, money = found["errors"]
        assert unknown == {
            "message": "There is no `ordr_count`. Did you mean `order_count`?",
            "reason": "UNKNOWN_FIELD",
            "position": 0,
            "length": 10,
            "path": "and.0.field",
            "suggestion": "order_count",
        }
        assert (money["reason"], money["position"], money["suggestion"]) == ("CURRENCY_REQUIRED", 34, "100 EUR")

    def test_what_cannot_be_read(self, api: Api) -> None:
        found = api(PREVIEW, text="order_count >=")["customerSegmentPreview"]
        assert (found["query"], found["tree"], found["count"]) == (None, None, None)
        (error,) = found["errors"]
        assert (error["reason"], error["position"]) == ("SYNTAX", 14)

    def test_json(self, api: Api) -> None:
        found = api(PREVIEW, tree={"or": [{"field": "x", "operator": "=", "value": 1}, {"nor": 1}]})
        (error,) = found["customerSegmentPreview"]["errors"]
        assert (error["position"], error["path"]) == (None, "or.1")

    def test_a_thousand_conditions(self, api: Api) -> None:
        query = " OR ".join(f"order_count = {number}" for number in range(1000))
        (error,) = api(PREVIEW, text=query)["customerSegmentPreview"]["errors"]
        assert error["reason"] == "LIMIT_REACHED"

    def test_a_condition_is_needed(self, api: Api) -> None:
        (error,) = api.errors("{ customerSegmentPreview { count } }")
        assert error["extensions"]["code"] == "REQUIRED"

    def test_of_a_segment_that_would_be_within_itself(self, api: Api) -> None:
        segment = make_segment("order_count = 1", name="Mine")
        (error,) = api(PREVIEW, text="IN SEGMENT 'Mine'", of=gid(segment))["customerSegmentPreview"]["errors"]
        assert error["reason"] == "CYCLE"


class TestExplain:
    def test_which_clause_holds_and_with_which_value(self, api: Api, people: Any) -> None:
        segment = make_segment("country = 'DE' AND NOT total_spent >= 100 EUR", name="Mine")
        for name, is_member, spent in (("anna", False, "300 EUR"), ("ben", True, "0 EUR")):
            found = api(EXPLAIN, record=gid(people[name]), segment=gid(segment))["customerSegmentExplain"]
            assert found["isMember"] is is_member
            assert [(one["path"], one["depth"]) for one in found["clauses"]] == [
                ("", 0), ("and.0", 1), ("and.1", 1), ("and.1.not", 2),
            ]  # fmt: skip
            assert found["clauses"][1]["value"] == "DE"
            assert found["clauses"][3]["value"] == spent
            assert found["clauses"][3]["holds"] is not is_member

    def test_of_a_condition_that_is_not_saved(self, api: Api, people: Any) -> None:
        found = api(EXPLAIN, record=gid(people["ben"]), text="country != 'FR'")["customerSegmentExplain"]
        assert found["isMember"] is True

    def test_nobody(self, api: Api) -> None:
        nobody = b64encode(b"CustomerRecord:1").decode()
        assert api(EXPLAIN, record=nobody, text="country = 'DE'") == {"customerSegmentExplain": None}

    def test_either_a_segment_or_a_condition(self, api: Api, people: Any) -> None:
        segment = make_segment()
        both = api.errors(EXPLAIN, record=gid(people["ben"]), segment=gid(segment), text="country = 'DE'")
        neither = api.errors(EXPLAIN, record=gid(people["ben"]))
        assert [one["extensions"]["code"] for one in (*both, *neither)] == ["INVALID", "REQUIRED"]

    def test_explain_agrees_with_membership(self, api: Api, people: Any) -> None:
        segment = make_segment("country = 'DE' OR order_count = 0", name="Mine")
        inside = names(api(MEMBERS, id=gid(segment))["customerSegment"]["members"])
        told = [
            name
            for name, record in people.items()
            if api(EXPLAIN, record=gid(record), segment=gid(segment))["customerSegmentExplain"]["isMember"]
        ]
        assert sorted(told) == inside


def test_the_fields_are_listed_for_builders(api: Api) -> None:
    found = api(
        "{ customerSegmentFields { name label type operators choices isFunction parameters { name type operators } } }"
    )["customerSegmentFields"]
    by_name = {one["name"]: one for one in found}
    assert by_name["stage"] == {
        "name": "stage",
        "label": "Stage",
        "type": "CHOICE",
        "operators": ["=", "!=", "IN", "NOT IN"],
        "choices": ["LEAD", "CUSTOMER"],
        "isFunction": False,
        "parameters": [],
    }
    orders = by_name["orders"]
    assert (orders["type"], orders["isFunction"]) == (None, True)
    assert "spent" in [one["name"] for one in orders["parameters"]]


class TestMembers:
    def test_they_are_a_list_like_any_other(self, api: Api, people: Any) -> None:
        segment = make_segment("country = 'DE'")
        sort = {"field": "TOTAL_SPENT", "direction": "DESC", "currency": "EUR"}
        found = api(MEMBERS, id=gid(segment), sortBy=sort)["customerSegment"]["members"]
        assert [edge["node"]["email"] for edge in found["edges"]] == ["anna@example.com", "ben@example.com"]
        found = api(MEMBERS, id=gid(segment), filter={"orderCount": {"gte": 1}})["customerSegment"]["members"]
        assert names(found) == ["anna"]

    @pytest.mark.parametrize("is_followed", [False, True])
    def test_as_a_filter(self, api: Api, people: Any, is_followed: bool) -> None:
        segment = make_segment("country = 'DE'")
        if is_followed:
            follow(segment)
        assert names(api(LIST, filter={"segment": gid(segment)})["customerRecords"]) == ["anna", "ben"]
        both = {"segment": gid(segment), "query": "order_count = 0"}
        assert names(api(LIST, filter=both)["customerRecords"]) == ["ben"]

    def test_a_filter_that_is_wrong(self, api: Api) -> None:
        (error,) = api.errors(LIST, filter={"query": "country = 'DE' AND nothing = 1"})
        assert error["extensions"]["errors"][0]["field"] == "query"
        assert "(At character 20.)" in error["message"]
        (error,) = api.errors(LIST, filter={"segment": b64encode(b"CustomerSegment:1").decode()})
        assert error["extensions"]["code"] == "NOT_FOUND"

    def test_a_broken_segment_says_why(self, api: Api, people: Any) -> None:
        inner = make_segment("country = 'DE'", name="Inner")
        outer, followed = (make_segment(f"IN SEGMENT #{inner.pk}") for _ in range(2))
        follow(followed)
        Segment.objects.filter(pk=inner.pk).delete()
        error, *_ = api.errors(LIST, filter={"segment": gid(outer)})
        assert f"There is no segment #{inner.pk}" in error["message"]
        assert names(api(LIST, filter={"segment": gid(followed)})["customerRecords"]) == ["anna", "ben"]

    def test_inactive_members_are_listed_where_they_are_asked_for(self, api: Api, people: Any) -> None:
        segment = make_segment("country = 'DE'")
        CustomerRecord.objects.filter(email="ben@example.com").update(is_active=False)
        assert names(api(MEMBERS, id=gid(segment))["customerSegment"]["members"]) == ["anna"]
        found = api(MEMBERS, id=gid(segment), filter={"isActive": False})["customerSegment"]["members"]
        assert names(found) == ["ben"]

    def test_counts_are_kept_with_their_time(self, api: Api, people: Any, on_commit: Callable[[], Any]) -> None:
        with on_commit():
            answer = api(CREATE, input={"name": "Germans", "query": "country = 'DE'"})
        found = api(MEMBERS, id=answer["customerSegmentCreate"]["segment"]["id"])["customerSegment"]
        assert found["memberCount"] == 2
        assert found["countedAt"] is not None


class TestSnapshot:
    def test_into_a_tag_and_back(self, api: Api, people: Any, on_commit: Callable[[], Any]) -> None:
        segment = make_segment("country = 'DE'")
        with on_commit():
            answer = api(SNAPSHOT, id=gid(segment), tag="Spring")["customerSegmentSnapshot"]
        assert answer["errors"] == []
        tagged = TagAssignment.objects.filter(tag__name="Spring").values_list("record__email", flat=True)
        assert sorted(tagged) == ["anna@example.com", "ben@example.com"]

        undo = "mutation ($id: ID!) { customerJobUndo(id: $id) { errors { message } } }"
        with on_commit():
            assert api(undo, id=answer["job"]["id"])["customerJobUndo"]["errors"] == []
        assert not TagAssignment.objects.exists()

    def test_into_a_group(self, api: Api, people: Any, on_commit: Callable[[], Any]) -> None:
        group = make_group()
        with on_commit():
            answer = api(SNAPSHOT, id=gid(make_segment("country = 'DE'")), group=gid(group))
        assert answer["customerSegmentSnapshot"]["errors"] == []
        assert group.memberships.count() == 2

    def test_what_cannot_be(self, api: Api) -> None:
        segment = make_segment()
        assert refusal(api(SNAPSHOT, id=gid(segment))) == ("tag", "REQUIRED")
        assert refusal(api(SNAPSHOT, id=gid(segment), tag="a,b")) == ("tag", "INVALID")
        group = b64encode(b"CustomerGroup:1").decode()
        assert refusal(api(SNAPSHOT, id=gid(segment), group=group)) == ("groupId", "NOT_FOUND")
        assert not BulkJob.objects.exists()


class TestRestrictedStaff:
    """What is kept of a followed segment is over the orders of all channels: nobody who sees fewer may learn of it."""

    @pytest.fixture
    def buyers(self, people: Any, restricted: tuple[Api, Any]) -> Segment:
        """Anna and Ben bought for 100 EUR and more: Ben in the channel that is seen, Anna elsewhere."""
        make_ledger_entry(people["ben"], total=100, channel_id=restricted[1].pk)
        refresh_records([record.pk for record in people.values()], DEFAULTS)
        buyers = follow(make_segment("total_spent >= 100 EUR", name="Buyers"))
        Segment.objects.filter(pk=buyers.pk).update(member_count=2, counted_at=timezone.now())
        return buyers

    def test_members_are_evaluated_over_the_orders_that_are_seen(
        self, api: Api, restricted: tuple[Api, Any], buyers: Segment
    ) -> None:
        assert names(api(MEMBERS, id=gid(buyers))["customerSegment"]["members"]) == ["anna", "ben"]
        found = restricted[0](MEMBERS, id=gid(buyers))["customerSegment"]
        assert names(found["members"]) == ["ben"]
        assert (found["memberCount"], found["countedAt"]) == (None, None)
        assert names(restricted[0](LIST, filter={"segment": gid(buyers)})["customerRecords"]) == ["ben"]
        within = {"query": "IN SEGMENT 'Buyers'"}
        assert names(restricted[0](LIST, filter=within)["customerRecords"]) == ["ben"]

    def test_a_record_tells_of_what_is_seen(
        self, api: Api, restricted: tuple[Api, Any], buyers: Segment, people: Any
    ) -> None:
        query = "query ($id: ID!) { customerRecord(id: $id) { segments { since segment { name } } } }"
        for name, seen in (("anna", 0), ("ben", 1), ("carla", 0)):
            assert len(api(query, id=gid(people[name]))["customerRecord"]["segments"]) == (name != "carla")
            found = restricted[0](query, id=gid(people[name]))["customerRecord"]["segments"]
            assert found == [{"since": None, "segment": {"name": "Buyers"}}] * seen

    def test_explain_and_preview_too(self, restricted: tuple[Api, Any], buyers: Segment, people: Any) -> None:
        anna = gid(people["anna"])
        found = restricted[0](EXPLAIN, record=anna, segment=gid(buyers))["customerSegmentExplain"]
        assert found["isMember"] is False
        assert found["clauses"][0]["value"] == "0 EUR"
        assert restricted[0](PREVIEW, text="total_spent >= 100 EUR")["customerSegmentPreview"]["count"] == 1

    def test_who_entered_is_not_told(self, api: Api, restricted: tuple[Api, Any], buyers: Segment, people: Any) -> None:
        make_ledger_entry(people["carla"], total=100, channel_id=10**6)
        refresh_records([people["carla"].pk], DEFAULTS)
        following.refresh([people["carla"].pk])
        query = "{ customerActivity(first: 50) { totalCount edges { node { type } } } }"

        def types(caller: Api) -> set[str]:
            found = caller(query)["customerActivity"]
            assert found["totalCount"] == len(found["edges"])
            return {edge["node"]["type"] for edge in found["edges"]}

        assert ActivityType.SEGMENT_ENTERED in types(api)
        assert ActivityType.SEGMENT_ENTERED not in types(restricted[0])

    def test_a_snapshot_has_whom_they_see(
        self, restricted: tuple[Api, Any], buyers: Segment, on_commit: Callable[[], Any]
    ) -> None:
        with on_commit():
            restricted[0](SNAPSHOT, id=gid(buyers), tag="Spring")
        assert list(TagAssignment.objects.values_list("record__email", flat=True)) == ["ben@example.com"]


class TestRecords:
    def test_a_page_of_records_with_their_segments_takes_a_constant_number_of_statements(
        self, api: Api, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(3):
            follow(make_segment(f"order_count >= 0 AND country = 'DE' AND order_count < {number + 1}"))
        for _ in range(5):
            make_record(country_code="DE")
        for segment in Segment.objects.filter(is_followed=True):
            follow(segment)
        query = "{ customerRecords(first: 9) { edges { node { segments { segment { name query } since } } } } }"
        with django_assert_max_num_queries(20):
            edges = api(query)["customerRecords"]["edges"]
        assert [len(edge["node"]["segments"]) for edge in edges] == [3] * 5
