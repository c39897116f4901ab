"""What staff see whom Saleor restricts to channels: the orders of these channels, and nothing that tells of others."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.core.paging import orderings
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import staff
from saleor_customer_plus.segments import following
from saleor_customer_plus.sync import reactions

from ...client import Api
from ...factories import (
    change,
    make_account,
    make_address,
    make_app,
    make_channel,
    make_job,
    make_lead,
    make_line,
    make_order,
    make_product,
    make_record,
    make_segment,
    make_staff,
    make_staff_group,
    make_token,
    make_variant,
)
from ...properties import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

DAY = timedelta(days=1)
START = datetime(2024, 1, 1, tzinfo=UTC)


def api_of(member: Any) -> Api:
    return Api(make_token(member))


def sync(*orders: Any) -> None:
    reactions.orders_changed([str(order.pk) for order in orders])


class Shop:
    """Two channels; Anna bought in both, Ben in the hidden one only."""

    def __init__(self) -> None:
        self.shown, self.hidden = make_channel("shown"), make_channel("hidden")
        make_lead(make_record("anna@example.com", first_name="Anna"), opened_at=START)
        make_lead(make_record("ben@example.com"), opened_at=START)
        self.order = make_order("anna@example.com", total=10, channel=self.shown, created_at=START + 5 * DAY)
        self.secret = make_order("anna@example.com", total=700, channel=self.hidden, created_at=START + 9 * DAY)
        self.bens = make_order("ben@example.com", total=900, channel=self.hidden, created_at=START + 2 * DAY)
        for order, street in ((self.order, "Shown 1"), (self.secret, "Hidden 2"), (self.bens, "Hidden 3")):
            address = make_address(street_address_1=street, first_name="Ordered")
            change(order, billing_address=address, shipping_address=address)
            make_line(order, make_variant(product=make_product(name=street)), total=order.total_gross_amount)
        sync(self.order, self.secret, self.bens)

    @property
    def secrets(self) -> list[str]:
        """What no restricted caller may be told."""
        hidden = (self.secret, self.bens)
        ids = [to_global_id("Order", order.pk) for order in hidden] + [str(order.pk) for order in hidden]
        return [*ids, "700", "710", "900", "Hidden", "2024-01-10"]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def restricted(shop: Shop) -> Api:
    return api_of(make_staff(channels=[shop.shown]))


# Whose orders somebody sees: Saleor's own rule.


def seen_by(member: Any) -> Any:
    return staff.channels_of_user(member)


def test_the_channels_of_all_groups_together(shop: Shop) -> None:
    member = make_staff(channels=[shop.shown])
    member.groups.add(make_staff_group([shop.hidden]))
    assert seen_by(member) == {shop.shown.pk, shop.hidden.pk}


def test_a_group_that_is_not_restricted_has_all(shop: Shop) -> None:
    member = make_staff(channels=[shop.shown])
    member.groups.add(make_staff_group())
    assert seen_by(member) is None


def test_a_group_without_channels_and_no_group_have_none() -> None:
    member = make_staff(channels=[])
    assert seen_by(member) == frozenset()
    member.groups.clear()
    assert seen_by(member) == frozenset()


def test_superusers_have_the_channels_of_their_groups_as_everybody_has(shop: Shop) -> None:
    boss = make_staff(channels=[shop.shown], is_superuser=True)
    assert seen_by(boss) == {shop.shown.pk}
    boss.groups.clear()
    assert seen_by(boss) == frozenset()
    assert seen_by(make_staff(is_superuser=True)) is None


ORDERS = '{ customerRecord(email: "anna@example.com") { orders(first: 9) { totalCount } orderCount } }'


@pytest.mark.parametrize(
    ("caller", "count"),
    [
        (lambda shop: api_of(make_staff(channels=[shop.shown])), 1),
        (lambda shop: api_of(make_staff(channels=[])), 0),
        (lambda shop: api_of(make_staff(channels=[shop.shown, shop.hidden])), 2),
        (lambda shop: api_of(make_staff()), 2),
        (lambda shop: api_of(make_staff(is_superuser=True)), 2),
        (lambda shop: api_of(make_staff(channels=[], is_superuser=True)), 0),
        (lambda shop: Api(make_app()[1]), 2),
    ],
    ids=["one channel", "no channel", "both", "unrestricted", "superuser", "superuser without channels", "app"],
)
def test_callers(shop: Shop, caller: Callable[[Shop], Api], count: int) -> None:
    assert caller(shop)(ORDERS) == {"customerRecord": {"orders": {"totalCount": count}, "orderCount": count}}


def test_a_channel_that_is_renamed_stays_the_same(shop: Shop, restricted: Api) -> None:
    change(shop.shown, slug="renamed")
    change(shop.hidden, slug="shown")
    assert restricted(ORDERS)["customerRecord"]["orderCount"] == 1


def test_an_order_of_which_the_channel_is_not_known_is_not_shown(shop: Shop, restricted: Api) -> None:
    LedgerEntry.objects.update(channel_id=None)
    assert restricted(ORDERS)["customerRecord"]["orderCount"] == 0


# Each surface that tells of orders. `test_channels_completeness` says which there are.

RECORD = """
  orderCount lastOrderAt customerSince figures { currency orderCount totalSpent { amount } netOfRefunds { amount }
    averageOrderValue { amount } firstOrderAt lastOrderAt }
  orders(first: 9) { totalCount edges { cursor node { id number total { amount } refunded { amount } placedAt
    status chargeStatus counts channelSlug } } }
  topProducts { productId name quantity orderCount spent { amount currency } lastBoughtAt }
  streetAddress1 streetAddress2 postalCode city countryArea
  latestShippingAddress { streetAddress1 } latestBillingAddress { streetAddress1 }
  orderAddresses { address { streetAddress1 } } addressBook { streetAddress1 }
  provenance { sourceId } suggestions { sourceId value }
  insights { currency daysSinceLastOrder nextOrderExpectedAt medianDaysBetweenOrders } rfmGroup(currency: "EUR")
  leads(first: 9) { edges { node { convertedAt convertedOrderId } } }
  activity(first: 50) { totalCount edges { cursor node { type createdAt before after cause { type id } } } }
"""
EUROS = ', currency: "EUR"'
SURFACES = {
    "record": f'{{ customerRecord(email: "anna@example.com") {{ {RECORD} }} }}',
    "another record": f'{{ customerRecord(email: "ben@example.com") {{ {RECORD} }} }}',
    "records": f"{{ customerRecords(first: 9) {{ edges {{ node {{ {RECORD} }} }} }} }}",
    "leads": "{ customerLeads(first: 9) { edges { node { convertedAt convertedOrderId } } } }",
    "summary": "{ customerReportSummary { currencies { currency orders totalSpent { amount } netOfRefunds { amount }"
    " averageOrderValue { amount } averageLifetimeValue { amount } rfm { groups { orders netOfRefunds { amount } }"
    " thresholds { monetary { amount } } } } } }",
    "months": '{ customerReportNewAndReturning(months: 1, until: "2024-01") { months { new { orders spent { amount } }'
    " returning { orders spent { amount } } } } }",
    "cohorts": '{ customerReportCohorts(months: 1, until: "2024-01", groupBy: CHANNEL) { groups { value cohorts {'
    " retention { buyers { orders spent { amount } } } } } } }",
    "activity": "{ customerActivity(first: 99) { totalCount edges { node { type before after cause { id } } } } }",
    **{
        f"sorted by {field} {direction}": (
            f"{{ customerRecords(first: 9, sortBy: {{field: {field}, direction: {direction}"
            f"{EUROS if field == 'TOTAL_SPENT' else ''}}}) {{ edges {{ cursor node {{ email }} }} }} }}"
        )
        for field, direction in itertools.product(("LAST_ORDER_AT", "ORDER_COUNT", "TOTAL_SPENT"), ("ASC", "DESC"))
    },
}


# Computed over the orders of all channels, and so refused.
REFUSED = [
    'sortBy: {field: NEXT_ORDER_EXPECTED_AT, direction: ASC, currency: "EUR"}',
    'filter: {rfmGroup: {currency: "EUR", groups: [CHAMPIONS, PROSPECTS]}}',
    'filter: {nextOrderExpectedAt: {currency: "EUR", gte: "2024-01-01T00:00:00Z"}}',
]


@pytest.mark.parametrize("argument", REFUSED)
@pytest.mark.parametrize("selected", ["totalCount", "edges { node { email } }"])
def test_what_is_computed_over_all_channels_is_refused(
    shop: Shop, restricted: Api, argument: str, selected: str
) -> None:
    query = f"{{ customerRecords(first: 9, {argument}) {{ {selected} }} }}"
    assert api_of(make_staff())(query)["customerRecords"]
    if argument.startswith("sortBy") and selected == "totalCount":
        return  # a count has no order
    (error,) = restricted.errors(query)
    assert (error["extensions"]["code"], "access to all" in error["message"]) == ("OUT_OF_SCOPE", True)


def decoded(text: str) -> str:
    """The answer, with what is in its cursors and ids."""
    import base64

    found = []
    for word in re.findall(r"[A-Za-z0-9+/_=-]{12,}", text):
        try:
            found.append(base64.urlsafe_b64decode(word).decode())
        except ValueError:
            continue
    return text + " ".join(found)


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_tells_of_an_order_of_another_channel(shop: Shop, restricted: Api, surface: str) -> None:
    told = decoded(restricted.post(SURFACES[surface]).content.decode())
    assert '"errors"' not in told
    assert [secret for secret in shop.secrets if secret in told] == []


@pytest.mark.parametrize("surface", ["record", "records", "leads", "activity"])
def test_everything_is_told_to_whoever_is_not_restricted(shop: Shop, surface: str) -> None:
    told = decoded(api_of(make_staff()).post(SURFACES[surface]).content.decode())
    assert to_global_id("Order", (shop.bens if surface == "leads" else shop.secret).pk) in told


# Of a segment whose members are known by the orders of both channels.
SPENDERS = "total_spent > 500 EUR"
FOUND = "totalCount edges { node { email } }"
MEMBER = f"name query memberCount countedAt members(first: 9) {{ {FOUND} }}"
SEGMENTS = {
    "a segment": f'{{ customerSegment(id: "%(segmentId)s") {{ {MEMBER} }} }}',
    "all segments": f"{{ customerSegments(first: 99) {{ edges {{ node {{ {MEMBER} }} }} }} }}",
    "a preview": (
        f'{{ customerSegmentPreview(query: "{SPENDERS}", segmentId: "%(segmentId)s") {{ count sample {{ email }} }} }}'
    ),
    "an explanation": (
        '{ customerSegmentExplain(segmentId: "%(segmentId)s", recordId: "%(recordId)s")'
        " { isMember clauses { text holds value } } }"
    ),
    "a membership": '{ customerRecord(id: "%(recordId)s") { segments { segment { name } since } } }',
    "a filter by a segment": f'{{ customerRecords(first: 9, filter: {{segment: "%(segmentId)s"}}) {{ {FOUND} }} }}',
    "a filter by a condition": f'{{ customerRecords(first: 9, filter: {{query: "{SPENDERS}"}}) {{ {FOUND} }} }}',
}


def made_segment() -> dict[str, str]:
    """A followed segment that Anna and Ben are in, by their orders of the hidden channel: what documents name it by."""
    segment = make_segment(SPENDERS, name="Spenders", is_followed=True, due_at=START)
    assert following.sweep(seconds=60), "two people are found within a minute"
    anna = CustomerRecord.objects.get(email="anna@example.com")
    return {
        "segmentId": to_global_id("CustomerSegment", segment.pk),
        "recordId": to_global_id("CustomerRecord", anna.pk),
    }


@pytest.mark.parametrize("surface", SEGMENTS)
def test_a_segment_tells_nothing_of_orders_of_other_channels(shop: Shop, restricted: Api, surface: str) -> None:
    document = SEGMENTS[surface] % made_segment()
    everything = json.dumps(api_of(make_staff())(document))
    answer = json.dumps(restricted(document))
    if surface == "an explanation":
        assert ('"isMember": true' in everything, '"isMember": false' in answer, "710" in answer) == (True, True, False)
    elif surface == "a membership":
        assert ("Spenders" in everything, "Spenders" in answer) == (True, False)
    elif surface == "all segments":
        assert answer.count("ben@example.com") < everything.count("ben@example.com")
        assert set(re.findall(r'"memberCount": (\w+)', answer)) == {"null"}
    else:
        assert ("ben@example.com" in everything, "example.com" in answer) == (True, False)


ADDRESS = '{ customerRecord(email: "anna@example.com") { streetAddress1 postalCode city country { code } } }'


def cities(api: Api, *names: str) -> list[str]:
    query = "query ($cities: [String!]) { customerRecords(first: 9, filter: {cities: $cities}) { edges { node { email"
    found = api(f"{query} }} }} totalCount }} }}", cities=list(names))["customerRecords"]
    emails = sorted(edge["node"]["email"] for edge in found["edges"])
    assert found["totalCount"] == len(emails)
    return emails


def test_an_address_of_an_order_of_another_channel_is_neither_shown_nor_found(shop: Shop, restricted: Api) -> None:
    everything = {"streetAddress1": "Hidden 2", "postalCode": "10119", "city": "Berlin", "country": {"code": "DE"}}
    assert api_of(make_staff())(ADDRESS)["customerRecord"] == everything
    hidden = {"streetAddress1": "", "postalCode": "", "city": "", "country": {"code": "DE"}}
    assert restricted(ADDRESS)["customerRecord"] == hidden
    assert cities(restricted, "Berlin") == []
    assert cities(api_of(make_staff()), "berlin") == ["anna@example.com", "ben@example.com"]

    newer = make_order("anna@example.com", channel=shop.shown, created_at=START + 20 * DAY)
    change(newer, billing_address=make_address(street_address_1="Shown 9"))
    sync(newer)
    assert restricted(ADDRESS)["customerRecord"]["streetAddress1"] == "Shown 9"
    assert cities(restricted, "Berlin") == ["anna@example.com"]


def test_a_line_that_staff_wrote_is_shown_to_everybody(shop: Shop, restricted: Api) -> None:
    record = CustomerRecord.objects.get(email="anna@example.com")
    edit_records({record.pk: {"city": "Bremen"}}, by=Writer(Actor(ActorType.STAFF, "1")))
    seen = restricted(ADDRESS)["customerRecord"]
    assert (seen["city"], seen["streetAddress1"]) == ("Bremen", "")
    assert cities(restricted, "bremen") == ["anna@example.com"]


def test_the_log_of_an_edit_does_not_tell_the_hidden_address_of_before(shop: Shop, restricted: Api) -> None:
    record = CustomerRecord.objects.get(email="anna@example.com")
    by = Writer(Actor(ActorType.STAFF, "1"))
    edit_records({record.pk: {"street_address_1": "Ours 1"}}, by=by)
    wanted = "{ customerActivity(first: 99) { edges { node { type before after } } } }"
    assert "Hidden 2" in api_of(make_staff()).post(wanted).content.decode()
    told = restricted.post(wanted).content.decode()
    assert "Ours 1" in told
    assert "Hidden 2" not in told


def test_an_address_that_is_suggested_by_an_order_of_another_channel_is_not_told(shop: Shop, restricted: Api) -> None:
    record = CustomerRecord.objects.get(email="anna@example.com")
    edit_records({record.pk: {"city": "Bremen"}}, by=Writer(Actor(ActorType.STAFF, "1")))
    moved = make_order("anna@example.com", channel=shop.hidden, created_at=START + 20 * DAY)
    change(moved, billing_address=make_address(street_address_1="Hidden 8", city="Hidden"))
    sync(moved)
    wanted = '{ customerRecord(email: "anna@example.com") { suggestions { field value } activity(first: 9) { edges'
    wanted = f"{wanted} {{ node {{ type after }} }} }} }} }}"
    assert "Hidden 8" in api_of(make_staff()).post(wanted).content.decode()
    assert "Hidden 8" not in restricted.post(wanted).content.decode()


LOOKUPS = {
    "orderId": lambda order: to_global_id("Order", order.pk),
    "orderNumber": lambda order: str(order.number),
}


@pytest.mark.parametrize("argument", LOOKUPS)
def test_the_owner_of_an_order_of_another_channel_is_not_found(shop: Shop, restricted: Api, argument: str) -> None:
    def owner(api: Api, order: Any) -> Any:
        query = f'{{ customerRecord({argument}: "{LOOKUPS[argument](order)}") {{ email }} }}'
        found = api(query)["customerRecord"]
        return found and found["email"]

    everything = api_of(make_staff())
    orders = (shop.order, shop.secret, shop.bens)
    assert [owner(restricted, order) for order in orders] == ["anna@example.com", None, None]
    assert [owner(everything, order) for order in orders] == ["anna@example.com"] * 2 + ["ben@example.com"]
    assert owner(api_of(make_staff(channels=[])), shop.order) is None


FILTERS = [
    {"orderCount": {"gte": 2}},
    {"orderCount": {"lte": 0}},
    {"totalSpent": {"currency": "EUR", "gte": 100}},
    {"totalSpent": {"currency": "EUR", "lte": 0}},
    {"averageOrderValue": {"currency": "EUR", "gte": 11}},
    {"lastOrderAt": {"gte": "2024-01-09T00:00:00Z"}},
    {"customerSince": {"lte": "2024-01-04T00:00:00Z"}},
    {"orderChannels": []},
]
LIST = """
  query($filter: CustomerRecordFilterInput, $search: String) {
    customerRecords(first: 9, filter: $filter, search: $search) { totalCount edges { node { email } } }
  }
"""


@pytest.mark.parametrize("search", [None, "example"])
@pytest.mark.parametrize(
    ("wanted", "found"), zip(FILTERS, [[], ["ben"], [], ["ben"], [], [], [], []], strict=True), ids=str
)
def test_filters(restricted: Api, wanted: Any, found: list[str], search: str | None) -> None:
    answer = restricted(LIST, filter=wanted, search=search)["customerRecords"]
    assert [edge["node"]["email"].partition("@")[0] for edge in answer["edges"]] == found
    assert answer["totalCount"] == len(found)


def test_channels_of_hidden_orders_cannot_be_filtered_by(shop: Shop, restricted: Api) -> None:
    def found(api: Api, *channels: Any) -> list[str]:
        wanted = {"orderChannels": [to_global_id("Channel", one.pk) for one in channels]}
        edges = api(LIST, filter=wanted)["customerRecords"]["edges"]
        return sorted(edge["node"]["email"].partition("@")[0] for edge in edges)

    assert found(restricted, shop.shown, shop.hidden) == found(restricted, shop.shown) == ["anna"]
    assert found(restricted, shop.hidden) == []
    assert found(api_of(make_staff()), shop.hidden) == ["anna", "ben"]


def test_activity_of_a_hidden_order_cannot_be_asked_for(shop: Shop, restricted: Api) -> None:
    query = """query($id: ID!, $record: ID!) { customerActivity(first: 9, filter: {
      cause: {type: ORDER, id: $id}, recordIds: [$record] }) { totalCount } }"""
    record = to_global_id("CustomerRecord", CustomerRecord.objects.get(email="anna@example.com").pk)
    counts = [
        restricted(query, id=to_global_id("Order", order.pk), record=record)["customerActivity"]["totalCount"] > 0
        for order in (shop.order, shop.secret)
    ]
    assert counts == [True, False]


EXPORT = """mutation($filter: CustomerRecordFilterInput, $input: CustomerExportInput) {
  customerExportCreate(filter: $filter, input: $input) { job { id } errors { field message } } }"""
JOB = """query($id: ID!) {
  customerJob(id: $id) { state resultFile file errorFile report { __typename } progress { rowsRead } } }"""
COLUMNS = [
    "email", "order_count", "last_order_at", "customer_since", "first_order_at", "total_spent:EUR", "net_of_refunds",
    "average_order_value", "currency", "shipping_street_1", "billing_address",
]  # fmt: skip


def exported(api: Api, on_commit: Callable[[], Any], **arguments: Any) -> tuple[str, str]:
    """The file, and the id of the job."""
    with on_commit():
        answer = api(EXPORT, **arguments)["customerExportCreate"]
    assert answer["errors"] == []
    address = api(JOB, id=answer["job"]["id"])["customerJob"]["resultFile"]
    return b"".join(Client().get(address).streaming_content).decode("utf-8-sig"), answer["job"]["id"]


def test_exports(shop: Shop, restricted: Api, on_commit: Callable[[], Any]) -> None:
    text, _ = exported(restricted, on_commit, input={"columns": COLUMNS, "dateFormat": "YYYY-MM-DD"})
    assert [row.split(",", 9)[:9] for row in text.splitlines()[1:]] == [
        ["anna@example.com", "1", "2024-01-06", "2024-01-06", "2024-01-06", "10.00", "10.00", "10.00", "EUR"],
        ["ben@example.com", "0", "", "", "", "", "", "", ""],
    ]
    assert "Shown 1" in text
    assert [secret for secret in shop.secrets if secret in text] == []


def test_an_export_has_no_address_of_a_hidden_order(shop: Shop, restricted: Api, on_commit: Callable[[], Any]) -> None:
    make_record("carl@example.com", city="Bonn")
    columns = {"columns": ["email", "street_address_1", "city", "country_code"]}
    text, _ = exported(restricted, on_commit, input=columns)
    assert text.splitlines()[1:] == ["anna@example.com,,,DE", "ben@example.com,,,DE", "carl@example.com,,Bonn,"]
    text, _ = exported(api_of(make_staff()), on_commit, input=columns)
    assert "anna@example.com,Hidden 2,Berlin,DE" in text


def test_an_export_by_a_filter_has_whom_the_list_has(restricted: Api, on_commit: Callable[[], Any]) -> None:
    text, _ = exported(restricted, on_commit, filter={"orderCount": {"gte": 1}}, input={"columns": ["email"]})
    assert text.splitlines() == ["Email", "anna@example.com"]


def test_currencies_of_other_channels_have_no_columns(
    shop: Shop, restricted: Api, on_commit: Callable[[], Any]
) -> None:
    sync(make_order("anna@example.com", currency="CHF", channel=make_channel("swiss", currency="CHF")))
    text, _ = exported(restricted, on_commit, input={"columns": ["total_spent"], "currency": "ALL"})
    assert "CHF" not in text


def test_who_sees_fewer_channels_does_not_get_the_file(
    shop: Shop, restricted: Api, on_commit: Callable[[], Any]
) -> None:
    everything = api_of(make_staff())
    both, none = api_of(make_staff(channels=[shop.shown, shop.hidden])), api_of(make_staff(channels=[]))
    jobs = {api: exported(api, on_commit, input={"columns": ["email"]})[1] for api in (everything, both, restricted)}

    def seen(reader: Api) -> list[bool]:
        return [bool(reader(JOB, id=job)["customerJob"]["resultFile"]) for job in jobs.values()]

    assert [seen(api) for api in (everything, both, restricted, none)] == [
        [True, True, True],
        [False, True, True],
        [False, False, True],
        [False, False, False],
    ]
    assert none(JOB, id=jobs[everything])["customerJob"]["progress"]["rowsRead"] == 2


def test_an_address_dies_with_the_access(shop: Shop, on_commit: Callable[[], Any]) -> None:
    member = make_staff(channels=[shop.shown])
    with on_commit():
        job = api_of(member)(EXPORT, input={"columns": ["email"]})["customerExportCreate"]["job"]["id"]
    address = api_of(member)(JOB, id=job)["customerJob"]["resultFile"]
    assert Client().get(address).status_code == 200

    member.groups.clear()

    assert Client().get(address).status_code == 404


def test_reports_of_others_are_not_shown(restricted: Api) -> None:
    job = make_job("IMPORT", report={"mapping": {"format": "", "columns": []}})
    assert restricted(JOB, id=to_global_id("CustomerJob", job.pk))["customerJob"]["report"] is None
    change(job, options={"_channels": []})
    assert restricted(JOB, id=to_global_id("CustomerJob", job.pk))["customerJob"]["report"] == {
        "__typename": "CustomerImportReport"
    }


def test_a_bulk_update_takes_those_that_the_list_has(restricted: Api, on_commit: Callable[[], Any]) -> None:
    with on_commit():
        answer = restricted(
            """mutation { customerRecordsBulkUpdate(filter: {orderCount: {gte: 1}}, action: {setTaxExempt: true}) {
              errors { message } } }"""
        )["customerRecordsBulkUpdate"]
    assert answer["errors"] == []
    assert list(CustomerRecord.objects.filter(is_tax_exempt=True).values_list("email", flat=True)) == [
        "anna@example.com"
    ]


def test_a_job_keeps_the_channels_of_whoever_asked_for_it(shop: Shop, restricted: Api) -> None:
    restricted(EXPORT)
    assert BulkJob.objects.get().options["_channels"] == [shop.shown.pk]


def test_a_cursor_of_another_list_is_none(restricted: Api) -> None:
    query = """query($after: String) { customerRecords(first: 1, after: $after,
      sortBy: {field: ORDER_COUNT, direction: DESC}) { edges { cursor } } }"""
    of_all = api_of(make_staff())(query)["customerRecords"]["edges"][0]["cursor"]
    (error,) = restricted.errors(query, after=of_all)
    assert error["message"] == "Received cursor is invalid."


def test_the_number_of_statements_does_not_grow_with_the_page(shop: Shop, restricted: Api) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            restricted(SURFACES["records"])
        return len(caught)

    statements()
    few = statements()
    sync(*[make_order(f"person{number}@example.com", channel=shop.shown) for number in range(6)])
    assert statements() == few


DELETION = "query($id: ID!) { customerRecordDeletionPreview(id: $id) { ordersKept token } }"
DELETE = "mutation($id: ID!, $token: String!) { customerRecordDelete(id: $id, token: $token) { ordersKept } }"


def test_a_deletion_counts_the_orders_that_the_caller_sees(restricted: Api) -> None:
    record = to_global_id("CustomerRecord", CustomerRecord.objects.get(email="anna@example.com").pk)
    preview = restricted(DELETION, id=record)["customerRecordDeletionPreview"]
    assert preview["ordersKept"] == 1
    assert restricted(DELETE, id=record, token=preview["token"])["customerRecordDelete"] == {"ordersKept": 1}


@pytest.mark.parametrize("is_restricted", [True, False])
def test_a_deleted_record_tells_nothing_of_other_channels(shop: Shop, restricted: Api, is_restricted: bool) -> None:
    api = restricted if is_restricted else api_of(make_staff())
    record = to_global_id("CustomerRecord", CustomerRecord.objects.get(email="anna@example.com").pk)
    token = api(DELETION, id=record)["customerRecordDeletionPreview"]["token"]
    query = f"""mutation($id: ID!, $token: String!) {{ customerRecordDelete(id: $id, token: $token) {{
      record {{ id email firstName tags {{ name }} {RECORD} }} errors {{ message }} }} }}"""

    answer = api.post(query, id=record, token=token)

    payload = answer.json()["data"]["customerRecordDelete"]
    assert "errors" not in answer.json()
    assert (payload["errors"], payload["record"]["id"], payload["record"]["email"]) == ([], record, "anna@example.com")
    assert payload["record"]["orders"]["totalCount"] == 0
    if is_restricted:
        assert [secret for secret in shop.secrets if secret in decoded(answer.content.decode())] == []


def test_an_entry_that_no_order_caused_is_shown(shop: Shop, restricted: Api) -> None:
    record = CustomerRecord.objects.get(email="ben@example.com")
    ActivityEntry.objects.create(record=record, at=START, type="TAG_ADDED", cause_type="JOB", cause_id="7")
    types = [
        edge["node"]["type"] for edge in restricted(SURFACES["another record"])["customerRecord"]["activity"]["edges"]
    ]
    assert "TAG_ADDED" in types
    assert "ORDER_ADDED" not in types


@pytest.mark.parametrize(
    ("joined", "bought", "expected"),
    [
        (None, {}, None),
        (None, {"shown": 5}, 5),
        (None, {"shown": 5, "hidden": 2}, 5),
        (None, {"hidden": 2}, None),
        (3, {"hidden": 2}, 3),
        (3, {"shown": 5, "hidden": 2}, 3),
        (7, {"shown": 5, "hidden": 2}, 5),
    ],
)
def test_customer_since_is_of_the_account_and_of_the_orders_that_are_seen(
    on_commit: Callable[[], Any], joined: int | None, bought: dict[str, int], expected: int | None
) -> None:
    channels = {name: make_channel(name) for name in ("shown", "hidden")}
    make_record("carl@example.com")
    account = None
    if joined is not None:
        account = make_account("carl@example.com", date_joined=START + joined * DAY)
        reactions.account_changed(account.pk)
    sync(
        *(
            make_order("carl@example.com", channel=channels[name], account=account, created_at=START + day * DAY)
            for name, day in bought.items()
        )
    )
    api = api_of(make_staff(channels=[channels["shown"]]))
    since = None if expected is None else f"{START + expected * DAY:%Y-%m-%d}"

    record = api('{ customerRecord(email: "carl@example.com") { customerSince } }')["customerRecord"]
    assert record["customerSince"] == (since and f"{since}T00:00:00+00:00")
    for day in range(1, 9):
        wanted = {"customerSince": {"gte": f"{START + day * DAY:%Y-%m-%d}", "lte": f"{START + day * DAY:%Y-%m-%d}"}}
        assert api(LIST, filter=wanted)["customerRecords"]["totalCount"] == int(day == expected)
    text, _ = exported(api, on_commit, input={"columns": ["email", "customer_since"], "dateFormat": "YYYY-MM-DD"})
    assert text.splitlines()[1:] == [f"carl@example.com,{since or ''}"]


# For any orders and any restriction: as in a shop that has these channels only.

EVERYTHING = """
  query($filter: CustomerRecordFilterInput, $sort: CustomerRecordSortingInput, $first: Int, $after: String,
      $last: Int, $before: String) {
    customerRecords(first: $first, after: $after, last: $last, before: $before, filter: $filter, sortBy: $sort) {
      totalCount pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      edges { node { email orderCount lastOrderAt customerSince
        figures { currency orderCount totalSpent { amount } netOfRefunds { amount } averageOrderValue { amount }
          firstOrderAt lastOrderAt }
        orders(first: 20) { totalCount edges { node { total { amount currency } placedAt status } } }
        latestBillingAddress { streetAddress1 } } }
    }
  }
"""
# The same list, of which nothing is told but who is in it.
PAGED = (
    EVERYTHING[: EVERYTHING.index("totalCount")]
    + "pageInfo { startCursor endCursor hasNextPage hasPreviousPage } edges { node { email } } } }"
)
PEOPLE = [f"{name}@example.com" for name in ("anna", "ben", "cleo", "dora")]
CURRENCIES = ("EUR", "USD", "CHF", "EUR")
BOUGHT = st.tuples(
    st.integers(0, 3),  # the person
    st.integers(0, 3),  # the channel
    st.integers(0, 3),  # the day
    st.sampled_from(["0.005", "1", "2", "3.335"]),
    st.sampled_from(["unfulfilled", "unfulfilled", "canceled"]),
)


def lists() -> list[dict[str, Any]]:
    sorts = [
        {"field": field, "direction": direction} | ({"currency": "EUR"} if field == "TOTAL_SPENT" else {})
        for field, direction in itertools.product(("ORDER_COUNT", "LAST_ORDER_AT", "TOTAL_SPENT"), ("ASC", "DESC"))
    ]
    filters = [
        {"orderCount": {"gte": 1, "lte": 2}},
        {"orderCount": {"lte": 0}},
        {"totalSpent": {"currency": "EUR", "gte": 2}},
        {"totalSpent": {"currency": "EUR", "lte": 2}},
        {"averageOrderValue": {"currency": "USD", "lte": 2}},
        {"lastOrderAt": {"gte": "2024-01-02T00:00:00Z"}},
        {"lastOrderAt": {"lte": "2024-01-02T00:00:00Z"}},
        {"lastOrderAt": {"gte": "2024-01-02T00:00:00Z", "lte": "2024-01-03T00:00:00Z"}},
        {"lastOrderAt": {}},
        {"customerSince": {"lte": "2024-01-02T00:00:00Z"}},
    ]
    filtered = [{"filter": one, "sort": sort} for one, sort in zip(filters, itertools.cycle(sorts), strict=False)]
    return [{"sort": sort} for sort in sorts] + filtered


class World(TestCase):
    """A shop, as somebody sees it."""

    def told(self, bought: list[Any], kept: set[int], restricted: bool) -> list[Any]:
        with transaction.atomic():
            channels = [make_channel(f"of-{number}", currency=CURRENCIES[number]) for number in range(4)]
            for email in PEOPLE:
                make_record(email)
            orders = []
            for person, channel, day, total, status in bought:
                if not restricted and channel not in kept:
                    continue
                order = make_order(
                    PEOPLE[person],
                    channel=channels[channel],
                    currency=CURRENCIES[channel],
                    total=total,
                    status=status,
                    created_at=START + day * DAY,
                )
                change(order, billing_address=make_address(street_address_1=f"of {channel}"))
                orders.append(order)
            sync(*orders)
            seen = [channels[number] for number in sorted(kept)] if restricted else None
            api = api_of(make_staff(channels=seen))
            answers = [api(EVERYTHING, first=20, **wanted)["customerRecords"] for wanted in lists()]
            answers += [self.paged(api, wanted) for wanted in lists()[:6:2]]
            transaction.set_rollback(True)
        for answer in answers:
            for cursor in ("startCursor", "endCursor"):
                answer.get("pageInfo", {}).pop(cursor, None)
        return answers

    def paged(self, api: Api, wanted: dict[str, Any]) -> dict[str, Any]:
        """The same list, one row at a time, to its end and back."""
        return {
            "paged": self.walked(api, wanted, "first", "after", "hasNextPage", "endCursor"),
            "back": self.walked(api, wanted, "last", "before", "hasPreviousPage", "startCursor"),
        }

    def walked(self, api: Api, wanted: dict[str, Any], size: str, place: str, more: str, cursor: str) -> list[str]:
        found: list[str] = []
        window: dict[str, Any] = {size: 1}
        while True:
            page = api(PAGED, **window, **wanted)["customerRecords"]
            found += [edge["node"]["email"] for edge in page["edges"]]
            if not page["pageInfo"][more]:
                return found
            window[place] = page["pageInfo"][cursor]

    @settings(max_examples=examples(3), deadline=None)
    @given(st.lists(BOUGHT, max_size=9), st.sets(st.integers(0, 3), max_size=3), st.sampled_from([1, 2, 300]))
    def test_as_in_a_shop_that_has_these_channels_only(self, bought: list[Any], kept: set[int], ahead: int) -> None:
        # Orders of one moment differ in their ids alone, which are not the same in both shops.
        bought = list({(one[0], one[2]): one for one in bought}.values())
        with patch.object(orderings, "RANKS_AHEAD", ahead):
            seen = self.told(bought, kept, restricted=True)
        assert seen == self.told(bought, kept, restricted=False)
