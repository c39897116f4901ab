"""The number of SQL statements does not grow with the page, and nothing is read that was not asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from graphene.utils.str_converters import to_camel_case

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.api.records import columns
from saleor_customer_plus.customers.orderings import SortField
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.saleor_adapter.host import OrderStatus
from saleor_customer_plus.settings import DEFAULTS
from tests.client import Api
from tests.factories import make_account, make_address, make_ledger_entry, make_order, make_record
from tests.properties import sampled

pytestmark = pytest.mark.django_db

EVERYTHING = """
  id email firstName country { country } stage sources provenance { field } suggestions { field } attributes
  figures { currency totalSpent { amount } }
  euros: figures(currency: "EUR") { orderCount }
  addresses { id city country { code } isDefaultShippingAddress }
  latestShippingAddress { city }
  latestBillingAddress { city }
  orders(first: 2) { totalCount edges { node { number total { amount } } } pageInfo { hasNextPage hasPreviousPage } }
  canceled: orders(last: 1, filter: {statuses: [CANCELED]}) { totalCount edges { node { number } } }
  activity(first: 2) { totalCount edges { node { type cause { id } } } pageInfo { hasNextPage } }
"""


@pytest.fixture(scope="module")
def _shop(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Sixty people with everything. Made once for all tests here, as it takes a while."""
    from django.test import TestCase

    with django_db_blocker.unblock():
        atomics = TestCase._enter_atomics()
        now = timezone.now()
        for number in range(60):
            address = make_address(city=f"City {number}")
            account = make_account(default_shipping_address=address)
            account.addresses.add(address, make_address())
            order = make_order(account=account, shipping_address=make_address(), billing_address=address)
            record = make_record(account.email, account=account, created_at=now - timedelta(days=number))
            for days in range(4):
                make_ledger_entry(
                    record, order_id=order.pk if not days else uuid4(), placed_at=now - timedelta(days=days)
                )
                ActivityEntry.objects.create(record=record, at=now, type=ActivityType.ORDER_ADDED)
            make_ledger_entry(record, status=OrderStatus.CANCELED, counts=False)
            make_ledger_entry(record, currency="USD", placed_at=now - timedelta(days=9))
            refresh_records([record.pk], DEFAULTS)
        yield
        TestCase._rollback_atomics(atomics)


def statements(api: Api, query: str, **variables: Any) -> int:
    """How many statements a request takes, without those that Saleor needs to find out who asks."""
    for _ in range(2):  # the first time it fills its caches
        with CaptureQueriesContext(connection) as of_saleor:
            api('{ customerRecord(number: "nobody\'s") { id } }')
    with CaptureQueriesContext(connection) as captured:
        api(query, **variables)
    own = [query for query in captured if "restricted_access_to_channels" not in query["sql"]]
    return len(own) - (len(of_saleor) - 2)  # a number is looked up, and then among those of merged records


@pytest.mark.usefixtures("_shop")
class TestStatements:
    LIST = "query ($first: Int, $after: String) { customerRecords(first: $first, after: $after) { %s } }"

    def test_a_page_of_fifty_takes_as_many_as_one_of_five(self, api: Api) -> None:
        query = self.LIST % f"totalCount edges {{ cursor node {{ {EVERYTHING} }} }} pageInfo {{ hasNextPage }}"

        five, fifty = statements(api, query, first=5), statements(api, query, first=50)

        assert five == fifty == 16
        answer = api(query, first=50)["customerRecords"]["edges"]
        assert len(answer) == 50
        for edge in answer:
            node = edge["node"]
            assert len(node["figures"]) == 2
            assert len(node["addresses"]) == 2
            assert node["latestShippingAddress"]
            assert node["orders"]["totalCount"] == 5
            assert node["orders"]["pageInfo"]["hasNextPage"]
            assert node["activity"]["edges"]

    @pytest.mark.parametrize(
        ("fields", "number"),
        [
            ("totalCount", 1),
            ("edges { node { id } }", 1),
            ("edges { node { id } } pageInfo { hasNextPage hasPreviousPage }", 1),
            ("pageInfo { endCursor } totalCount", 2),
            ("edges { node { figures { currency } } }", 2),
            ("edges { node { addresses { id } } }", 3),
            ("edges { node { latestBillingAddress { id } latestShippingAddress { id } } }", 3),
            ("edges { node { orders(first: 1) { edges { cursor } } } }", 3),
            ("edges { node { orders(first: 1) { totalCount } } }", 2),
            ("edges { node { orders { totalCount } } }", 2),
            ("edges { node { activity(first: 1) { edges { cursor } pageInfo { hasNextPage } } } }", 3),
        ],
    )
    def test_only_what_is_asked_for_is_read(self, api: Api, fields: str, number: int) -> None:
        assert statements(api, self.LIST % fields, first=50) == number

    @pytest.mark.parametrize(
        "field", sampled(sorted(set().union(*columns.FIELDS.values()) | {"created_at", "has_account"}), one_in=4)
    )
    def test_the_columns_of_a_field_are_read_with_the_page(self, api: Api, field: str) -> None:
        below = {
            "provenance": "{ field }",
            "suggestions": "{ field }",
            "social_profiles": "{ network }",
            "country": "{ code }",
            "latest_shipping_address": "{ city }",
            "latest_billing_address": "{ city }",
            "rfm_group": '(currency: "EUR")',
        }
        fields = f"{to_camel_case(field)} {below.get(field, '')}"
        expected = 3 if "address" in field and not field.startswith("street_") else 1 + (field == "rfm_group")

        assert statements(api, self.LIST % f"edges {{ node {{ {fields} }} }}", first=50) == expected
        fragment = f"fragment Here on CustomerRecord {{ {fields} }}"
        assert statements(api, f"{self.LIST % 'edges { node { ...Here } }'} {fragment}", first=50) == expected

    # Those by other tables are in tests/api/insights and tests/api/fields.
    @pytest.mark.parametrize(
        "field", sampled(sorted(set(SortField) - {SortField.FIELD, SortField.NEXT_ORDER_EXPECTED_AT}), one_in=3)
    )
    def test_the_columns_of_a_sort_are_read_with_the_page(self, api: Api, field: SortField) -> None:
        currency = ', currency: "EUR"' if field is SortField.TOTAL_SPENT else ""
        query = """query Sorted($first: Int!) {
          customerRecords(first: $first, sortBy: {field: %s, direction: DESC%s}) { edges { cursor } } }"""
        # Everybody bought: the first segment fills the page.
        assert statements(api, query % (field, currency), first=20) == 1

    def test_what_is_behind_is_looked_at_only_when_asked_for(self, api: Api) -> None:
        cursor = api(self.LIST % "pageInfo { endCursor }", first=5)["customerRecords"]["pageInfo"]["endCursor"]

        def count(fields: str) -> int:
            return statements(api, self.LIST % fields, first=5, after=cursor)

        assert count("edges { cursor } pageInfo { hasNextPage }") == 1
        assert count("edges { cursor } pageInfo { hasNextPage hasPreviousPage }") == 2
