"""How people came to the shop: read from the metadata of the first order that counts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.ledger.acquisition import write_acquisitions
from saleor_customer_plus.ledger.models import CustomerAcquisition
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.saleor_adapter.host import OrderStatus
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.sync import reactions
from tests.bulk.counting import APP
from tests.client import Api
from tests.factories import change, make_channel, make_order, make_staff, make_token

pytestmark = pytest.mark.django_db

GOOGLE = {"source": "google", "medium": "cpc", "campaign": "Summer", "landingPath": "/summer"}
STOREFRONT = {"surface": "storefront", "system": "paper", "consent": "granted"}
COLUMNS = ["email", "acquisition_source", "acquisition_medium", "acquisition_campaign"]
FIELDS = "acquisition { source medium campaign landingPath surface system orderId }"
LIST = """query ($filter: CustomerRecordFilterInput) {
  customerRecords(first: 9, filter: $filter) { totalCount edges { node { email } } }
}"""


def note(marketing: Any = None, origin: Any = None) -> dict[str, Any]:
    """An order's metadata, as a storefront writes it."""
    said = {"commerce.context.marketing": marketing, "commerce.context.origin": origin}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in said.items() if value}


def order(email: str, *, days_ago: float = 0, **fields: Any) -> Any:
    made = make_order(email, created_at=timezone.now() - timedelta(days=days_ago), **fields)
    reactions.orders_changed([made.pk])
    return made


def source_of(email: str) -> str | None:
    row = CustomerAcquisition.objects.filter(record__email=email).first()
    return row and row.source


def shown(api: Api, email: str) -> Any:
    return api(f'{{ customerRecord(email: "{email}") {{ {FIELDS} }} }}')["customerRecord"]["acquisition"]


def names(api: Api, **wanted: Any) -> list[str]:
    found = api(LIST, filter={"acquisition": wanted})["customerRecords"]["edges"]
    return sorted(edge["node"]["email"].partition("@")[0] for edge in found)


def test_the_first_order_tells_and_later_ones_do_not(api: Api) -> None:
    first = order("anna@example.com", days_ago=2, metadata=note(GOOGLE, STOREFRONT))
    order("anna@example.com", metadata=note({"source": "newsletter"}))
    order("ben@example.com", days_ago=2)
    order("ben@example.com", metadata=note({"source": "newsletter"}))

    assert shown(api, "anna@example.com") == {
        **GOOGLE,
        "surface": "storefront",
        "system": "paper",
        "orderId": to_global_id("Order", first.pk),
    }
    assert shown(api, "ben@example.com") is None


def test_a_first_order_that_is_canceled_hands_over_to_the_next(api: Api) -> None:
    first = order("anna@example.com", days_ago=2, metadata=note(GOOGLE))
    second = order("anna@example.com", metadata=note({"source": "newsletter"}))

    change(first, status=OrderStatus.CANCELED, updated_at=timezone.now())
    reactions.orders_changed([first.pk])
    assert source_of("anna@example.com") == "newsletter"

    change(second, metadata={})
    refresh_records([CustomerRecord.objects.get().pk], DEFAULTS)
    assert source_of("anna@example.com") is None


@pytest.mark.parametrize(
    "metadata",
    [
        note("no JSON"),
        note("[1]"),
        note("[" * 100_000),
        note({"source": 7, "campaign": " "}),
        note(GOOGLE, {"consent": "denied"}),
        {"commerce.context.session": "{}"},
    ],
)
def test_what_says_nothing_is_nothing(metadata: dict[str, Any]) -> None:
    order("anna@example.com", metadata=metadata)
    assert not CustomerAcquisition.objects.exists()


def test_it_is_written_where_it_differs_and_in_as_many_statements_for_any_number() -> None:
    def statements(ids: list[int], written: int) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert write_acquisitions(ids) == written
        return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]

    for number in range(5):
        order(f"guest{number}@example.com", metadata=note(GOOGLE, STOREFRONT))
        order(f"guest{number}@example.com")
    ids = sorted(CustomerRecord.objects.values_list("pk", flat=True))
    assert CustomerAcquisition.objects.count() == 5
    assert len(statements(ids, written=0)) == 1

    CustomerAcquisition.objects.filter(record=ids[0]).delete()
    CustomerAcquisition.objects.filter(record=ids[1]).update(campaign="Winter")
    assert len(statements(ids, written=2)) == 2
    assert list(CustomerAcquisition.objects.values_list("campaign", flat=True)) == ["Summer"] * 5

    host.Order.objects.all().update(metadata={})
    assert len(statements(ids, written=5)) == 2
    assert not CustomerAcquisition.objects.exists()
    assert len(statements(ids, written=0)) == 1


def test_what_is_too_long_is_cut() -> None:
    order("anna@example.com", metadata=note({"source": "x" * 5000}))
    assert source_of("anna@example.com") == "x" * 255


def test_lists_and_conditions_go_by_it(api: Api) -> None:
    order("anna@example.com", metadata=note(GOOGLE, STOREFRONT))
    order("ben@example.com", metadata=note(None, {"surface": "pos"}))
    order("carl@example.com")

    assert names(api, sources=["Google", "bing"]) == ["anna"]
    assert names(api, sources=["google"], campaigns=["winter"]) == []
    assert names(api, surfaces=["pos", "storefront"]) == ["anna", "ben"]
    for text, expected in (
        ("acquisition_campaign = 'SUMMER'", {"anna"}),
        ("acquisition_medium CONTAINS 'P'", {"anna"}),
        ("acquisition_source IS NULL", {"ben", "carl"}),
        ("acquisition_source != 'google'", {"ben", "carl"}),
    ):
        condition = compile_tree(parse(text), Context()).condition
        found = CustomerRecord.objects.filter(condition).values_list("email", flat=True)
        assert {email.partition("@")[0] for email in found} == expected, text


def test_staff_see_it_of_orders_of_their_channels_only(api: Api) -> None:
    here, there = make_channel("here"), make_channel("there")
    order("anna@example.com", channel=there, metadata=note(GOOGLE))
    restricted = Api(token=make_token(make_staff(channels=[here])))

    assert shown(restricted, "anna@example.com") is None
    assert names(restricted, sources=["google"]) == []
    assert names(api, sources=["google"]) == ["anna"]


def test_it_is_exported() -> None:
    order("anna@example.com", metadata=note(GOOGLE))
    order("ben@example.com")

    job = exports.create(RecordList(), ExportRequest(columns=COLUMNS), actor=APP, include_inactive=False)
    for _ in jobs.run(job.pk):
        pass

    job.refresh_from_db()
    with job.result_file.open("rb") as file:
        _, *lines = file.read().decode("utf-8-sig").splitlines()
    assert lines == ["anna@example.com,google,cpc,Summer", "ben@example.com,,,"]
