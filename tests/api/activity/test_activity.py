"""The log of all records, and what it says of who did what, and why."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.queries import ActivityFilter
from saleor_customer_plus.activity.queries import log as log_of
from saleor_customer_plus.activity.services import Entry, append
from saleor_customer_plus.core.paging import Window, page
from tests.client import Api
from tests.factories import make_account, make_app, make_record, make_staff

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
ORDER = UUID("11111111-2222-3333-4444-555555555555")

LIST = """
query ($filter: CustomerActivityFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
  customerActivity(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { node { type record { email } actor { type id name } cause { type id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


def gid(kind: str, key: Any) -> str:
    return b64encode(f"{kind}:{key}".encode()).decode()


def types(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["type"] for edge in answer["customerActivity"]["edges"]]


@pytest.fixture
def log() -> dict[str, Any]:
    """Something of each kind of actor and cause, an hour apart."""
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    staff, nameless = make_staff("s@example.com", first_name="Sara", last_name="Rossi"), make_staff("n@example.com")
    customer, (app, _) = make_account(), make_app(name="ERP")
    entries = [
        (anna, ActivityType.ORDER_ADDED, ActorType.SYNC, "", CauseType.ORDER, ORDER),
        (ben, ActivityType.TAG_ADDED, ActorType.STAFF, staff.pk, CauseType.JOB, 5),
        (ben, ActivityType.TAG_REMOVED, ActorType.STAFF, nameless.pk, "", ""),
        (anna, ActivityType.CONSENT_CHANGED, ActorType.CUSTOMER, customer.pk, "", ""),
        (anna, ActivityType.NOTE_ADDED, ActorType.APP, app.pk, CauseType.NOTE, 3),
        (anna, ActivityType.RECORD_CREATED, ActorType.IMPORT, "", CauseType.JOB, 6),
        (ben, ActivityType.NOTE_DELETED, ActorType.STAFF, 0, CauseType.NOTE, 5),
    ]
    for number, (record, type, actor_type, actor_id, cause_type, cause_id) in enumerate(entries):
        ActivityEntry.objects.create(
            record=record,
            at=NOON + timedelta(hours=number),
            type=type,
            actor_type=actor_type,
            actor_id=str(actor_id),
            cause_type=cause_type,
            cause_id=str(cause_id),
        )
    return {"anna": anna, "ben": ben, "staff": staff, "customer": customer, "app": app, "nameless": nameless}


def test_all_that_happened(api: Api, log: dict[str, Any]) -> None:
    answer = api(LIST, first=50)["customerActivity"]

    assert answer["totalCount"] == 7
    assert answer["pageInfo"]["hasNextPage"] is False
    staff, nameless, customer, app = (log[name].pk for name in ("staff", "nameless", "customer", "app"))
    assert [
        (node["type"], node["record"]["email"][0], *node["actor"].values(), *(node["cause"] or {}).values())
        for node in (edge["node"] for edge in answer["edges"])
    ] == [
        ("NOTE_DELETED", "b", "STAFF", gid("User", 0), None, "NOTE", gid("CustomerNote", 5)),
        ("RECORD_CREATED", "a", "IMPORT", None, None, "JOB", gid("CustomerJob", 6)),
        ("NOTE_ADDED", "a", "APP", gid("App", app), "ERP", "NOTE", gid("CustomerNote", 3)),
        ("CONSENT_CHANGED", "a", "CUSTOMER", gid("User", customer), None),
        ("TAG_REMOVED", "b", "STAFF", gid("User", nameless), "n@example.com"),
        ("TAG_ADDED", "b", "STAFF", gid("User", staff), "Sara Rossi", "JOB", gid("CustomerJob", 5)),
        ("ORDER_ADDED", "a", "SYNC", None, None, "ORDER", gid("Order", ORDER)),
    ]


def test_pages(api: Api, log: dict[str, Any]) -> None:
    found, cursor = [], None
    for expected in (3, 3, 1):
        answer = api(LIST, first=3, after=cursor)
        assert len(types(answer)) == expected
        found += types(answer)
        cursor = answer["customerActivity"]["pageInfo"]["endCursor"]
    assert found == types(api(LIST, first=50))
    assert answer["customerActivity"]["pageInfo"]["hasNextPage"] is False
    back = api(LIST, last=2, before=cursor)
    assert types(back) == found[-3:-1]
    (error,) = api.errors(LIST, filter={})
    assert error["extensions"]["code"] == "REQUIRED"


def cases() -> list[tuple[Any, str]]:
    return [
        (lambda log: None, "7654321"),
        (lambda log: {"types": ["TAG_ADDED", "ORDER_ADDED"]}, "21"),
        (lambda log: {"types": []}, ""),
        (lambda log: {"actors": ["STAFF"]}, "732"),
        (lambda log: {"actors": ["APP", "CUSTOMER"]}, "54"),
        (lambda log: {"actorId": gid("User", log["staff"].pk)}, "2"),
        (lambda log: {"actorId": gid("User", log["staff"].pk), "actors": ["CUSTOMER"]}, ""),
        (lambda log: {"actorId": gid("User", log["customer"].pk)}, "4"),
        (lambda log: {"actorId": gid("App", log["app"].pk)}, "5"),
        (lambda log: {"actorId": gid("App", log["app"].pk), "actors": ["STAFF"]}, ""),
        (lambda log: {"createdAt": {"gte": "2024-05-01T13:00:00Z", "lte": "2024-05-01T14:00:00Z"}}, "32"),
        (lambda log: {"cause": {"type": "JOB", "id": gid("CustomerJob", 5)}}, "2"),
        (lambda log: {"cause": {"type": "NOTE", "id": gid("CustomerNote", 5)}}, "7"),
        (lambda log: {"recordIds": [gid("CustomerRecord", log["ben"].pk)]}, "732"),
        (lambda log: {"recordIds": [gid("CustomerRecord", log[name].pk) for name in ("anna", "ben")]}, "7654321"),
        (lambda log: {"recordIds": []}, ""),
        (
            lambda log: {
                "recordIds": [gid("CustomerRecord", log["anna"].pk)],
                "cause": {"type": "ORDER", "id": gid("Order", ORDER)},
            },
            "1",
        ),
        (lambda log: {"recordIds": [gid("CustomerRecord", log["ben"].pk)], "actors": ["APP", "SYNC"]}, ""),
    ]


@pytest.mark.parametrize(("filter", "expected"), cases())
def test_filters(api: Api, log: dict[str, Any], filter: Any, expected: str) -> None:
    order = types(api(LIST, first=50))[::-1]
    answer = api(LIST, first=50, filter=filter(log))
    assert types(answer) == [order[int(number) - 1] for number in expected]
    assert answer["customerActivity"]["totalCount"] == len(expected)


@pytest.mark.parametrize(
    ("filter", "field", "code"),
    [
        ({"actorId": gid("CustomerRecord", 1)}, "actorId", "INVALID"),
        ({"recordIds": ["1"]}, "recordIds", "INVALID"),
        ({"recordIds": [gid("CustomerRecord", 1)] * 1001}, "recordIds", "INVALID"),
        ({"cause": {"type": "JOB", "id": gid("CustomerNote", 1)}}, "cause.id", "INVALID"),
        ({"cause": {"type": "MERGE", "id": "\x00"}}, "cause.id", "INVALID"),
        ({"cause": {"type": "ORDER", "id": gid("Order", ORDER)}}, "recordIds", "REQUIRED"),
    ],
)
def test_refused(api: Api, filter: dict[str, Any], field: str, code: str) -> None:
    (error,) = api.errors(LIST, first=5, filter=filter)
    assert (error["extensions"]["field"], error["extensions"]["code"]) == (field, code)


def test_of_one_record(api: Api, log: dict[str, Any]) -> None:
    query = """
    query ($filter: CustomerRecordActivityFilterInput) {
      customerRecord(email: "ben@example.com") {
        activity(first: 9, filter: $filter) { totalCount edges { node { type actor { name } } } }
      }
    }
    """

    def ask(filter: dict[str, Any]) -> list[tuple[str, str | None]]:
        found = api(query, filter=filter)["customerRecord"]["activity"]
        assert found["totalCount"] == len(found["edges"])
        return [(edge["node"]["type"], edge["node"]["actor"]["name"]) for edge in found["edges"]]

    assert ask({"actorId": gid("User", log["staff"].pk)}) == [("TAG_ADDED", "Sara Rossi")]
    assert ask({"cause": {"type": "NOTE", "id": gid("CustomerNote", 5)}}) == [("NOTE_DELETED", None)]
    assert ask({"cause": {"type": "ORDER", "id": gid("Order", ORDER)}}) == []
    (error,) = api.errors(query, filter={"actorId": "x"})
    assert error["extensions"]["field"] == "actorId"


def test_statements(api: Api, log: dict[str, Any]) -> None:
    counts = []
    for number in (2, 40):
        for _ in range(number):
            record, staff, (app, _) = make_record(), make_staff(), make_app()
            for type, key in ((ActorType.STAFF, staff.pk), (ActorType.APP, app.pk)):
                ActivityEntry.objects.create(
                    record=record, at=NOON, type=ActivityType.TAG_ADDED, actor_type=type, actor_id=str(key)
                )
        api(LIST, first=90)
        with CaptureQueriesContext(connection) as captured:
            api(LIST, first=90)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "customer_plus_activity_log"),
        ({"types": (ActivityType.NOTE_ADDED,)}, "customer_plus_activity_type"),
        ({"actors": (ActorType.APP,), "actor_id": "5"}, "customer_plus_activity_actor"),
    ],
)
def test_an_index_answers(wanted: dict[str, Any], index: str) -> None:
    ordering = log_of(ActivityFilter(**wanted))
    # Of a few rows every index looks as good as another: there have to be many that are not wanted.
    record = make_record()
    append(Entry(record.pk, ActivityType.TAG_ADDED) for _ in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"ANALYZE {ActivityEntry._meta.db_table}")
    with CaptureQueriesContext(connection) as captured:
        list(page(ordering, Window(20)).edges)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + captured[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"Index Scan Backward using {index}" in plan
    assert "Sort" not in plan
