"""Leads through the API: the list with its filters, sorts and counts, and what can be done with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import change, make_account, make_app, make_lead, make_order, make_record, make_staff

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

LEADS = """
query ($filter: CustomerLeadFilterInput, $search: String, $sortBy: CustomerLeadSortingInput, $first: Int = 20,
       $after: String) {
  customerLeads(filter: $filter, search: $search, sortBy: $sortBy, first: $first, after: $after) {
    totalCount edges { node { subject } cursor } pageInfo { hasNextPage }
  }
}
"""


def global_id(kind: str, row: Any) -> str:
    return to_global_id(kind, row.pk)


def subjects(api: Api, **variables: Any) -> list[str]:
    return [edge["node"]["subject"] for edge in api(LEADS, **variables)["customerLeads"]["edges"]]


# Reading.


def test_one_lead_with_everything(api: Api) -> None:
    owner = make_staff("staff@example.com", first_name="Sam", last_name="Staff")
    lead = make_lead(
        make_record("anna@example.com"),
        subject="Sofa",
        message="In green?",
        origin="PHONE",
        page="https://shop.example/sofa",
        campaign="spring",
        owner=owner,
        next_contact_at=NOON,
        opened_at=NOON,
        modified_at=NOON + DAY,
    )
    query = """query ($id: ID!) { customerLead(id: $id) {
        id record { email } subject message origin page campaign state lostReason
        owner { id email firstName lastName } nextContactAt isOverdue convertedAt convertedOrderId createdAt updatedAt
    } }"""

    assert api(query, id=global_id("CustomerLead", lead))["customerLead"] == {
        "id": global_id("CustomerLead", lead),
        "record": {"email": "anna@example.com"},
        "subject": "Sofa",
        "message": "In green?",
        "origin": "PHONE",
        "page": "https://shop.example/sofa",
        "campaign": "spring",
        "state": "NEW",
        "lostReason": "",
        "owner": {
            "id": global_id("User", owner),
            "email": "staff@example.com",
            "firstName": "Sam",
            "lastName": "Staff",
        },
        "nextContactAt": "2024-05-01T12:00:00+00:00",
        "isOverdue": True,
        "convertedAt": None,
        "convertedOrderId": None,
        "createdAt": "2024-05-01T12:00:00+00:00",
        "updatedAt": "2024-05-02T12:00:00+00:00",
    }


def test_a_converted_one_names_its_order(api: Api) -> None:
    order = make_order("anna@example.com")
    lead = make_lead(state="CONVERTED", converted_at=NOON, converted_order_id=order.pk, next_contact_at=NOON)
    query = "query ($id: ID!) { customerLead(id: $id) { state convertedAt convertedOrderId isOverdue } }"

    assert api(query, id=global_id("CustomerLead", lead))["customerLead"] == {
        "state": "CONVERTED",
        "convertedAt": "2024-05-01T12:00:00+00:00",
        "convertedOrderId": to_global_id("Order", order.pk),
        "isOverdue": False,
    }


def test_who_left_owns_nothing(api: Api) -> None:
    owner = make_staff()
    lead = make_lead(owner=owner)
    change(owner, is_active=False)
    query = "query ($id: ID!) { customerLead(id: $id) { owner { id } } }"

    assert api(query, id=global_id("CustomerLead", lead)) == {"customerLead": {"owner": None}}


def test_filters(api: Api) -> None:
    anna, sam, gone = make_record(), make_staff(), make_staff(is_active=False)
    soon, past = timezone.now() + DAY, timezone.now() - DAY
    make_lead(anna, subject="of anna")
    make_lead(subject="sam's", owner=sam)
    make_lead(subject="left", owner=gone)
    make_lead(subject="overdue", next_contact_at=past, owner=sam)
    make_lead(subject="soon", next_contact_at=soon, owner=sam)
    make_lead(subject="lost", state="LOST", lost_reason="x", next_contact_at=past, owner=sam)
    make_lead(subject="old", opened_at=NOON, origin="IMPORT", campaign="spring", owner=sam)

    def found(**filter: Any) -> set[str]:
        counted = api(LEADS, filter=filter)["customerLeads"]
        names = {edge["node"]["subject"] for edge in counted["edges"]}
        assert counted["totalCount"] == len(names)
        return names

    everything = {"of anna", "sam's", "left", "overdue", "soon", "lost", "old"}
    assert found() == everything
    assert found(recordId=global_id("CustomerRecord", anna)) == {"of anna"}
    assert found(states=["LOST", "CONVERTED"]) == {"lost"}
    assert found(origins=["IMPORT", "PHONE"]) == {"old"}
    assert found(ownerIds=[global_id("User", sam)]) == everything - {"of anna", "left"}
    assert found(isUnassigned=True) == {"of anna", "left"}
    assert found(isUnassigned=False) == everything - {"of anna", "left"}
    assert found(isOverdue=True) == {"overdue"}
    assert found(isOverdue=False) == everything - {"overdue"}
    assert found(createdAt={"lte": "2024-06-01T00:00:00Z"}) == {"old"}
    assert found(createdAt={"gte": "2024-06-01T00:00:00Z"}) == everything - {"old"}
    assert found(nextContactAt={"gte": timezone.now().isoformat()}) == {"soon"}
    assert found(campaign="spring") == {"old"}
    assert found(states=["NEW"], isOverdue=True, ownerIds=[global_id("User", sam)]) == {"overdue"}
    assert found(states=[]) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sofa", {"Green sofa"}),
        ("SOF", {"Green sofa"}),
        ("kuche", {"Table"}),
        ("Küche 3", {"Table"}),
        ("green", {"Green sofa", "Chair"}),
        ("green chair", {"Chair"}),
        ("sofa chair", set()),
        ("", {"Green sofa", "Chair", "Table"}),
        ("anna@example", {"Chair"}),
    ],
)
def test_search(api: Api, text: str, expected: set[str]) -> None:
    make_lead(subject="Green sofa", message="Do you deliver?")
    make_lead(subject="Chair", message="It should be green.\nMail to anna@example.com")
    make_lead(subject="Table", message="Für die Küche, 3 m lang")

    assert set(subjects(api, search=text)) == expected


def test_words_of_any_length_are_stored(api: Api) -> None:
    make_lead(subject="x" * 255, message="ü" * 10_000)

    assert subjects(api, search="xxx") == ["x" * 255]


@pytest.mark.parametrize(
    ("field", "ascending"),
    [
        ("CREATED_AT", ["b", "c", "a", "d"]),
        ("UPDATED_AT", ["d", "c", "b", "a"]),
        ("NEXT_CONTACT_AT", ["c", "b", "a", "d"]),
        ("STATE", ["a", "c", "d", "b"]),
    ],
)
def test_sorts_and_pages(api: Api, field: str, ascending: list[str]) -> None:
    make_lead(subject="a", opened_at=NOON + 3 * DAY, modified_at=NOON + 9 * DAY)
    make_lead(
        subject="b",
        opened_at=NOON + DAY,
        modified_at=NOON + 8 * DAY,
        next_contact_at=NOON + DAY,
        state="LOST",
        lost_reason="x",
    )
    make_lead(
        subject="c", opened_at=NOON + 2 * DAY, modified_at=NOON + 7 * DAY, next_contact_at=NOON, state="CONTACTED"
    )
    make_lead(subject="d", opened_at=NOON + 4 * DAY, modified_at=NOON + 6 * DAY, state="CONVERTED", converted_at=NOON)
    descending = ["b", "c", "d", "a"] if field == "NEXT_CONTACT_AT" else ascending[::-1]

    for direction, expected in (("ASC", ascending), ("DESC", descending)):
        found: list[str] = []
        after = None
        for _ in range(4):  # one by one, by key
            answer = api(LEADS, sortBy={"field": field, "direction": direction}, first=1, after=after)["customerLeads"]
            found += [edge["node"]["subject"] for edge in answer["edges"]]
            after = answer["edges"][-1]["cursor"]
        assert not answer["pageInfo"]["hasNextPage"]
        assert found == expected


def test_newest_first_unless_told(api: Api) -> None:
    for name, day in (("old", 1), ("new", 3), ("middle", 2)):
        make_lead(subject=name, opened_at=NOON + day * DAY)

    assert subjects(api) == ["new", "middle", "old"]


def test_counts_by_state_in_one_statement(api: Api) -> None:
    for state, fields in (
        ("NEW", {}),
        ("NEW", {"campaign": "spring"}),
        ("LOST", {"lost_reason": "x", "campaign": "spring"}),
        ("QUALIFIED", {"message": "sofa"}),
    ):
        make_lead(state=state, **fields)
    query = """query ($filter: CustomerLeadFilterInput, $search: String) {
        customerLeadCounts(filter: $filter, search: $search) { state count } }"""

    def counts(**variables: Any) -> dict[str, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = api(query, **variables)["customerLeadCounts"]
        assert sum('FROM "saleor_customer_plus_lead"' in query["sql"] for query in captured) == 1
        return {row["state"]: row["count"] for row in answer}

    none = {"NEW": 0, "CONTACTED": 0, "QUALIFIED": 0, "CONVERTED": 0, "LOST": 0}
    assert list(counts()) == list(none)
    assert counts() == none | {"NEW": 2, "LOST": 1, "QUALIFIED": 1}
    assert counts(filter={"campaign": "spring"}) == none | {"NEW": 1, "LOST": 1}
    assert counts(search="sofa") == none | {"QUALIFIED": 1}


def test_the_leads_of_a_record(api: Api) -> None:
    anna = make_record("anna@example.com")
    for number in range(3):
        make_lead(anna, subject=f"{number}", opened_at=NOON + number * DAY)
    make_lead(anna, subject="lost", state="LOST", lost_reason="x", opened_at=NOON - DAY)
    make_lead()
    query = """{ customerRecord(email: "anna@example.com") {
        leads(first: 3) { totalCount edges { node { subject } } }
        lost: leads(first: 3, states: [LOST]) { totalCount edges { node { subject record { email } } } }
    } }"""

    assert api(query)["customerRecord"] == {
        "leads": {"totalCount": 4, "edges": [{"node": {"subject": str(number)}} for number in (2, 1, 0)]},
        "lost": {"totalCount": 1, "edges": [{"node": {"subject": "lost", "record": {"email": "anna@example.com"}}}]},
    }


def test_the_number_of_statements_does_not_grow(api: Api) -> None:
    for _ in range(20):
        make_lead(make_record(), owner=make_staff())
    page = "query ($first: Int) { customerLeads(first: $first) { edges { node { record { email } owner { id } } } } }"
    of_records = """query ($first: Int) { customerRecords(first: $first) { edges { node {
        leads(first: 2) { totalCount edges { node { subject owner { id } } } } } } } }"""

    def number(query: str, first: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            api(query, first=first)
        return len(captured)

    for query in (page, of_records):
        number(query, 1)  # fills Saleor's caches
        assert number(query, 2) == number(query, 20)


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ({"recordId": "x"}, "Argument `recordId` must have the id of a CustomerRecord."),
        ({"ownerIds": [to_global_id("CustomerRecord", 1)]}, "Argument `ownerIds` must have the id of a User."),
        ({"ownerIds": [to_global_id("User", 1)] * 1001}, "Argument `ownerIds` may have at most 1000 values."),
        ({"campaign": "a\x00b"}, "Argument `campaign` has a character that is not allowed."),
    ],
)
def test_filters_that_cannot_be(api: Api, filter: dict[str, Any], message: str) -> None:
    (error,) = api.errors(LEADS, filter=filter)

    assert error["message"] == message


# Writing.

CREATE = """mutation ($input: CustomerLeadCreateInput!) { customerLeadCreate(input: $input) {
    lead { id subject message origin state owner { id } nextContactAt record { id email stage sources firstName } }
    errors { field code message id } } }"""
UPDATE = """mutation ($id: ID!, $input: CustomerLeadUpdateInput!) { customerLeadUpdate(id: $id, input: $input) {
    lead { subject message state lostReason owner { id } nextContactAt } errors { field code } } }"""
DELETE = "mutation ($id: ID!) { customerLeadDelete(id: $id) { lead { id subject } errors { field code } } }"
ASSIGN = """mutation ($ids: [ID!]!, $ownerId: ID) { customerLeadsAssign(ids: $ids, ownerId: $ownerId) {
    count errors { field code } } }"""


def create(api: Api, **input: Any) -> dict[str, Any]:
    return api(CREATE, input=input)["customerLeadCreate"]


def test_a_lead_of_somebody_unknown_makes_a_record(api: Api, staff: Any) -> None:
    answer = create(
        api,
        email=" Anna@Example.com",
        firstName="Anna",
        subject="Sofa",
        ownerId=global_id("User", staff),
        nextContactAt="2024-05-01T12:00:00Z",
    )

    assert answer["errors"] == []
    lead = answer["lead"]
    assert lead["record"].pop("id") == global_id("CustomerRecord", CustomerRecord.objects.get())
    assert lead == {
        "id": global_id("CustomerLead", Lead.objects.get()),
        "subject": "Sofa",
        "message": "",
        "origin": "STAFF",
        "state": "NEW",
        "owner": {"id": global_id("User", staff)},
        "nextContactAt": "2024-05-01T12:00:00+00:00",
        "record": {"email": "anna@example.com", "stage": "LEAD", "sources": ["STAFF"], "firstName": "Anna"},
    }
    assert list(ActivityEntry.objects.order_by("id").values_list("type", "actor_type", "actor_id")) == [
        ("RECORD_CREATED", "STAFF", str(staff.pk)),
        ("LEAD_ADDED", "STAFF", str(staff.pk)),
    ]


def test_a_lead_of_somebody_known_hangs_on_the_record(api: Api) -> None:
    anna = make_record("anna@example.com", stage="CUSTOMER")

    by_email = create(api, email="ANNA@example.com", message="Hello", origin="CONTACT_FORM")
    by_id = create(api, recordId=global_id("CustomerRecord", anna), message="Hello", origin="PHONE")

    assert by_email["errors"] == by_id["errors"] == []
    assert [row.origin for row in anna.leads.order_by("id")] == ["CONTACT_FORM", "PHONE"]
    anna.refresh_from_db()
    assert (anna.stage, anna.sources) == ("CUSTOMER", ["CONTACT_FORM"])
    assert CustomerRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("input", "field", "code"),
    [
        ({"email": "anna@example.com"}, "message", "REQUIRED"),
        ({"email": "anna@example.com", "subject": "   "}, "message", "REQUIRED"),
        ({"subject": "x"}, "email", "REQUIRED"),
        (
            {"subject": "x", "email": "a@example.com", "recordId": to_global_id("CustomerRecord", 1)},
            "email",
            "REQUIRED",
        ),
        ({"subject": "x", "email": "no address"}, "email", "INVALID"),
        ({"subject": "x", "recordId": to_global_id("CustomerRecord", 1)}, "recordId", "NOT_FOUND"),
        ({"subject": "x", "recordId": to_global_id("User", 1)}, "recordId", "INVALID"),
        ({"subject": "x" * 256, "email": "a@example.com"}, "subject", "INVALID"),
        ({"message": "x" * 10_001, "email": "a@example.com"}, "message", "INVALID"),
        ({"message": "a\x00b", "email": "a@example.com"}, "message", "INVALID"),
        ({"message": "x", "email": "a@example.com", "page": "x" * 2049}, "page", "INVALID"),
        ({"message": "x", "email": "a@example.com", "ownerId": to_global_id("User", 9**9)}, "ownerId", "NOT_FOUND"),
        ({"message": "x", "email": "a@example.com", "ownerId": "x"}, "ownerId", "INVALID"),
    ],
)
def test_leads_that_cannot_be(api: Api, input: dict[str, Any], field: str, code: str) -> None:
    answer = create(api, **input)

    assert answer["lead"] is None
    assert [(error["field"], error["code"]) for error in answer["errors"]] == [(field, code)]
    assert not Lead.objects.exists()
    assert not CustomerRecord.objects.exists()
    assert not ActivityEntry.objects.exists()


def test_a_customer_follows_nobody_up(api: Api) -> None:
    answer = create(api, email="a@example.com", subject="x", ownerId=global_id("User", make_account()))

    assert [(error["field"], error["code"]) for error in answer["errors"]] == [("ownerId", "NOT_FOUND")]


def test_a_lead_is_edited_and_what_is_null_is_cleared(api: Api, staff: Any) -> None:
    lead = make_lead(subject="Sofa", message="Hi", owner=staff, next_contact_at=NOON)
    id = global_id("CustomerLead", lead)

    answer = api(UPDATE, id=id, input={"subject": "Chair", "ownerId": None, "nextContactAt": None, "message": None})

    assert answer["customerLeadUpdate"] == {
        "lead": {
            "subject": "Chair",
            "message": "",
            "state": "NEW",
            "lostReason": "",
            "owner": None,
            "nextContactAt": None,
        },
        "errors": [],
    }
    answer = api(UPDATE, id=id, input={"state": "LOST", "lostReason": "Too dear"})["customerLeadUpdate"]
    assert (answer["lead"]["state"], answer["lead"]["lostReason"]) == ("LOST", "Too dear")
    answer = api(UPDATE, id=id, input={"state": "CONVERTED"})["customerLeadUpdate"]
    assert answer == {"lead": None, "errors": [{"field": "state", "code": "INVALID"}]}


def test_the_log_names_what_it_points_at(api: Api, staff: Any) -> None:
    anna = make_record("anna@example.com")
    lead = make_lead(anna)
    id = global_id("CustomerLead", lead)
    api(UPDATE, id=id, input={"ownerId": global_id("User", staff)})
    query = """{ customerRecord(email: "anna@example.com") { activity(first: 1) { edges { node {
        type before after cause { type id } actor { type id } } } } } }"""

    (edge,) = api(query)["customerRecord"]["activity"]["edges"]

    assert edge["node"] == {
        "type": "LEAD_CHANGED",
        "before": {"ownerId": None},
        "after": {"leadId": id, "ownerId": global_id("User", staff)},
        "cause": {"type": "LEAD", "id": id},
        "actor": {"type": "STAFF", "id": global_id("User", staff)},
    }


def test_leads_are_given_to_somebody_by_an_app(staff: Any) -> None:
    app, token = make_app()
    leads = [make_lead(), make_lead()]
    ids = [global_id("CustomerLead", lead) for lead in leads]

    answer = Api(token)(ASSIGN, ids=ids, ownerId=global_id("User", staff))

    assert answer == {"customerLeadsAssign": {"count": 2, "errors": []}}
    assert set(Lead.objects.values_list("owner_id", flat=True)) == {staff.pk}
    assert set(ActivityEntry.objects.values_list("actor_type", "actor_id")) == {("APP", str(app.pk))}
    assert Api(token)(ASSIGN, ids=ids, ownerId=None)["customerLeadsAssign"]["count"] == 2


def test_a_lead_is_deleted_once(api: Api) -> None:
    id = global_id("CustomerLead", make_lead())

    deleted = api(DELETE, id=id)["customerLeadDelete"]
    assert (deleted["errors"], deleted["lead"]["id"]) == ([], id)
    assert api(DELETE, id=id) == {
        "customerLeadDelete": {"lead": None, "errors": [{"field": "id", "code": "NOT_FOUND"}]}
    }
    assert not Lead.objects.exists()
    assert api(UPDATE, id=id, input={})["customerLeadUpdate"]["errors"] == [{"field": "id", "code": "NOT_FOUND"}]


def test_assigning_takes_as_many_statements_for_one_as_for_many(api: Api, staff: Any) -> None:
    def number(leads: int) -> int:
        ids = [global_id("CustomerLead", make_lead()) for _ in range(leads)]
        with CaptureQueriesContext(connection) as captured:
            assert api(ASSIGN, ids=ids, ownerId=global_id("User", staff))["customerLeadsAssign"]["count"] == leads
        return len(captured)

    number(1)  # fills Saleor's caches
    assert number(1) == number(30)
