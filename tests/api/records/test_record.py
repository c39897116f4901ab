"""What one record shows."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import Source, Stage
from saleor_customer_plus.saleor_adapter.host import OrderChargeStatus, OrderStatus
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import change, make_account, make_address, make_ledger_entry, make_order, make_record

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
UNKNOWN = "8092ec36-7263-4159-937d-6b76ca8af541"


def gid(kind: str, key: Any) -> str:
    return b64encode(f"{kind}:{key}".encode()).decode()


def ask(api: Api, fields: str) -> Any:
    """Ask for fields of the record of Anna."""
    return api(f'{{ customerRecord(email: "anna@example.com") {{ {fields} }} }}')["customerRecord"]


class TestLookUp:
    def test_by_each_thing_that_identifies(self, api: Api) -> None:
        account = make_account()
        anna = make_record("anna@example.com", account=account, number="K-1", is_active=False)
        make_record("ben@example.com")

        for argument in (
            {"id": gid("CustomerRecord", anna.pk)},
            {"email": " Anna@Example.com"},
            {"userId": gid("User", account.pk)},
            {"number": "K-1"},
            {"number": "K-1", "id": None, "email": None},
        ):
            query = (
                "query ($id: ID, $email: String, $userId: ID, $number: String)"
                " { customerRecord(id: $id, email: $email, userId: $userId, number: $number) { email } }"
            )
            assert api(query, **argument) == {"customerRecord": {"email": "anna@example.com"}}, argument

    def test_by_an_order(self, api: Api) -> None:
        order = make_order("anna@example.com")
        make_order("ben@example.com")
        reactions.orders_changed([str(order.pk)])
        anna = {"customerRecord": {"email": "anna@example.com"}}

        for argument in (
            f'orderId: "{gid("Order", order.pk)}"',
            f'orderId: "{order.pk}"',
            f'orderNumber: "{order.number}"',
            f'orderNumber: " #{order.number}"',
        ):
            assert api(f"{{ customerRecord({argument}) {{ email }} }}") == anna, argument

    @pytest.mark.parametrize(
        "argument",
        [f'orderId: "{UNKNOWN}"', f'orderId: "{gid("Order", UNKNOWN)}"', 'orderNumber: "999999999"'],
    )
    def test_of_an_order_that_is_not_known(self, api: Api, argument: str) -> None:
        assert api(f"{{ customerRecord({argument}) {{ id }} }}") == {"customerRecord": None}

    @pytest.mark.parametrize(
        ("argument", "field"),
        [
            (f'orderId: "{gid("Order", 1)}"', "orderId"),
            (f'orderId: "{gid("User", UNKNOWN)}"', "orderId"),
            ('orderId: "1042"', "orderId"),
            ('orderId: ""', "orderId"),
            ('orderNumber: "x"', "orderNumber"),
            ('orderNumber: ""', "orderNumber"),
            ('orderNumber: "1e3"', "orderNumber"),
            ('orderNumber: "99999999999999999999"', "orderNumber"),
        ],
    )
    def test_what_is_no_order(self, api: Api, argument: str, field: str) -> None:
        (error,) = api.errors(f"{{ customerRecord({argument}) {{ id }} }}")

        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", field)
        assert f"`{field}`" in error["message"]

    @pytest.mark.parametrize(
        "argument", ['email: "ben@example.com"', f'id: "{gid("CustomerRecord", 0)}"', 'number: ""', 'email: ""']
    )
    def test_nobody(self, api: Api, argument: str) -> None:
        make_record("anna@example.com")

        assert api(f"{{ customerRecord({argument}) {{ id }} }}") == {"customerRecord": None}

    @pytest.mark.parametrize("arguments", ["id: $none", 'email: "a@b.de", number: "1", userId: $none'])
    def test_exactly_one_thing(self, api: Api, arguments: str) -> None:
        (error,) = api.errors(f"query ($none: ID) {{ customerRecord({arguments}) {{ id }} }}", none=None)

        assert error["message"] == (
            "Give exactly one of the arguments `id`, `email`, `userId`, `number`, `orderId` and `orderNumber`."
        )
        assert error["extensions"]["code"] == "INVALID"

    @pytest.mark.parametrize(
        "id",
        [
            gid("User", 1), gid("CustomerRecord", "x"), gid("CustomerRecord", ""), gid("CustomerRecord", "-1"),
            gid("CustomerRecord", 2**63), gid("CustomerRecord", "9" * 5000), gid("CustomerRecord", "\uff11"),
            gid("customerrecord", 1), "", "1", "CustomerRecord:1", "😀", "=", "Q3VzdG9tZXJSZWNvcmQ6MQ",
        ],
    )  # fmt: skip
    def test_an_id_of_something_else(self, api: Api, id: str) -> None:
        (error,) = api.errors("query ($id: ID) { customerRecord(id: $id) { id } }", id=id)

        assert error["message"] == "Argument `id` must have the id of a CustomerRecord."
        assert error["extensions"]["code"] == "INVALID"
        assert error["extensions"]["field"] == "id"

    def test_a_user_id_of_something_else(self, api: Api) -> None:
        (error,) = api.errors(f'{{ customerRecord(userId: "{gid("CustomerRecord", 1)}") {{ id }} }}')

        assert error["message"] == "Argument `userId` must have the id of a User."

    @pytest.mark.parametrize("name", ["email", "number"])
    @pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "x" * 400])
    def test_what_no_database_holds(self, api: Api, name: str, text: str) -> None:
        (error,) = api.errors(f'{{ customerRecord({name}: "{text}") {{ id }} }}')

        assert error["extensions"]["code"] == "INVALID"
        assert error["extensions"]["field"] == name


class TestFields:
    def test_a_record_of_which_nothing_is_known(self, api: Api) -> None:
        make_record("anna@example.com")

        assert ask(
            api,
            "firstName lastName companyName phone additionalPhones number languageCode country { code } image"
            " storeNote isTaxExempt socialProfiles { network } attributes isActive isApprovedBuyer stage sources"
            " hasAccount userId customerSince orderCount lastOrderAt lockedFields provenance { updatedAt }"
            " suggestions { updatedAt } addresses { id } figures { currency }"
            " latestShippingAddress { id } latestBillingAddress { id }"
            " orders(first: 5) { totalCount edges { cursor } pageInfo { hasNextPage startCursor endCursor } }"
            " activity(first: 5) { totalCount edges { cursor } }",
        ) == {
            **dict.fromkeys(["firstName", "lastName", "companyName", "phone", "languageCode", "storeNote"], ""),
            **dict.fromkeys(["number", "country", "image", "userId", "customerSince", "lastOrderAt"]),
            **dict.fromkeys(["latestShippingAddress", "latestBillingAddress"]),
            **dict.fromkeys(["isTaxExempt", "isApprovedBuyer", "hasAccount"], False),
            **{name: [] for name in ("additionalPhones", "socialProfiles", "sources", "lockedFields", "provenance")},
            **{name: [] for name in ("suggestions", "addresses", "figures")},
            "attributes": {},
            "isActive": True,
            "stage": "LEAD",
            "orderCount": 0,
            "orders": {
                "totalCount": 0,
                "edges": [],
                "pageInfo": {"hasNextPage": False, "startCursor": None, "endCursor": None},
            },
            "activity": {"totalCount": 0, "edges": []},
        }

    def test_all_that_is_known(self, api: Api) -> None:
        account = make_account("anna@example.com")
        order_id = "7f1c1f4e-3d0c-4e6a-9d53-1f5a2b1c0d9e"
        anna = make_record(
            "anna@example.com",
            account=account,
            first_name="Anna",
            last_name="Rossi",
            company_name="Acme",
            phone="+491712345678",
            additional_phones=["+3906123456"],
            number="K-1",
            language_code="de",
            country_code="DE",
            store_note="Rings twice.",
            is_tax_exempt=True,
            social_profiles={"instagram": "@anna"},
            attributes={"size": 38, "likes": ["blue"]},
            is_active=False,
            is_approved_buyer=True,
            stage=Stage.CUSTOMER,
            sources=[Source.ORDER, Source.ACCOUNT],
            created_at=NOON,
            modified_at=NOON + timedelta(days=1),
            customer_since=NOON,
            order_count=2,
            last_order_at=NOON,
            locked_fields=["last_name", "country_code"],
            provenance={
                "first_name": {"source": "ACCOUNT", "origin": str(account.pk), "at": "2024-05-01T12:00:00.000000Z"},
                "phone": {"source": "ORDER", "origin": order_id, "at": "2024-05-01T12:00:00.000000Z"},
                "company_name": {"source": "STAFF", "origin": "", "at": "2024-05-01T12:00:00.000000Z"},
            },
            suggestions={
                "last_name": {
                    "value": "Bianchi",
                    "source": "ORDER",
                    "origin": order_id,
                    "at": "2024-05-01T12:00:00.000000Z",
                }
            },
        )
        at = "2024-05-01T12:00:00+00:00"

        assert ask(
            api,
            "id email firstName lastName companyName phone additionalPhones number languageCode country"
            " { code country } storeNote isTaxExempt socialProfiles { network profile } attributes isActive"
            " isApprovedBuyer stage sources hasAccount userId createdAt updatedAt customerSince orderCount"
            " lastOrderAt lockedFields provenance { field source sourceId updatedAt }"
            " suggestions { field value source sourceId updatedAt }",
        ) == {
            "id": gid("CustomerRecord", anna.pk),
            "email": "anna@example.com",
            "firstName": "Anna",
            "lastName": "Rossi",
            "companyName": "Acme",
            "phone": "+491712345678",
            "additionalPhones": ["+3906123456"],
            "number": "K-1",
            "languageCode": "de",
            "country": {"code": "DE", "country": "Germany"},
            "storeNote": "Rings twice.",
            "isTaxExempt": True,
            "socialProfiles": [{"network": "instagram", "profile": "@anna"}],
            "attributes": {"size": 38, "likes": ["blue"]},
            "isActive": False,
            "isApprovedBuyer": True,
            "stage": "CUSTOMER",
            "sources": ["ORDER", "ACCOUNT"],
            "hasAccount": True,
            "userId": gid("User", account.pk),
            "createdAt": at,
            "updatedAt": "2024-05-02T12:00:00+00:00",
            "customerSince": at,
            "orderCount": 2,
            "lastOrderAt": at,
            "lockedFields": ["LAST_NAME", "COUNTRY_CODE"],
            "provenance": [
                {"field": "FIRST_NAME", "source": "ACCOUNT", "sourceId": gid("User", account.pk), "updatedAt": at},
                {"field": "COMPANY_NAME", "source": "STAFF", "sourceId": None, "updatedAt": at},
                {"field": "PHONE", "source": "ORDER", "sourceId": gid("Order", order_id), "updatedAt": at},
            ],
            "suggestions": [
                {
                    "field": "LAST_NAME",
                    "value": "Bianchi",
                    "source": "ORDER",
                    "sourceId": gid("Order", order_id),
                    "updatedAt": at,
                }
            ],
        }

    def test_a_country_that_is_none_keeps_its_code(self, api: Api) -> None:
        make_record("anna@example.com", country_code="XX")

        assert ask(api, "country { code country }") == {"country": {"code": "XX", "country": "XX"}}


class TestAddresses:
    def test_those_saved_on_the_account(self, api: Api) -> None:
        home = make_address(phone="+493012345", company_name="Acme", city_area="Mitte", country_area="BE")
        work = make_address(street_address_1="Via Roma 1", street_address_2="3rd floor", country="IT", city="Roma")
        account = make_account("anna@example.com", default_shipping_address=home, default_billing_address=work)
        account.addresses.set([home, work])
        make_record("anna@example.com", account=account)

        assert ask(
            api,
            "addresses { id firstName lastName companyName streetAddress1 streetAddress2 city cityArea postalCode"
            " country { code } countryArea phone isDefaultShippingAddress isDefaultBillingAddress }",
        ) == {
            "addresses": [
                {
                    "id": gid("Address", home.pk),
                    "firstName": "Anna",
                    "lastName": "Rossi",
                    "companyName": "Acme",
                    "streetAddress1": "Torstraße 1",
                    "streetAddress2": "",
                    "city": "Berlin",
                    "cityArea": "Mitte",
                    "postalCode": "10119",
                    "country": {"code": "DE"},
                    "countryArea": "BE",
                    "phone": "+493012345",
                    "isDefaultShippingAddress": True,
                    "isDefaultBillingAddress": False,
                },
                {
                    "id": gid("Address", work.pk),
                    "firstName": "Anna",
                    "lastName": "Rossi",
                    "companyName": "",
                    "streetAddress1": "Via Roma 1",
                    "streetAddress2": "3rd floor",
                    "city": "Roma",
                    "cityArea": "",
                    "postalCode": "10119",
                    "country": {"code": "IT"},
                    "countryArea": "",
                    "phone": None,
                    "isDefaultShippingAddress": False,
                    "isDefaultBillingAddress": True,
                },
            ]
        }

    LATEST = "latestShippingAddress { city isDefaultShippingAddress } latestBillingAddress { city }"

    def test_those_of_the_latest_order(self, api: Api) -> None:
        order = make_order(shipping_address=make_address(city="Roma"), billing_address=make_address(city="Bari"))
        make_record("anna@example.com", latest_order_id=order.pk)

        assert ask(api, self.LATEST) == {
            "latestShippingAddress": {"city": "Roma", "isDefaultShippingAddress": None},
            "latestBillingAddress": {"city": "Bari"},
        }

    def test_an_order_that_was_not_shipped(self, api: Api) -> None:
        order = make_order(billing_address=make_address(city="Bari"))
        make_record("anna@example.com", latest_order_id=order.pk)

        assert ask(api, self.LATEST) == {"latestShippingAddress": None, "latestBillingAddress": {"city": "Bari"}}

    def test_an_order_that_is_gone(self, api: Api) -> None:
        order = make_order(billing_address=make_address())
        make_record("anna@example.com", latest_order_id=order.pk)
        order.delete()

        assert ask(api, self.LATEST) == {"latestShippingAddress": None, "latestBillingAddress": None}


class TestFigures:
    @pytest.fixture(autouse=True)
    def _orders(self) -> None:
        anna = make_record("anna@example.com")
        for total, refunded, currency, days in (("10.50", 0, "EUR", 0), ("5", 5, "EUR", 2), ("7", 0, "USD", 1)):
            make_ledger_entry(
                anna, total=total, refunded=refunded, currency=currency, placed_at=NOON + timedelta(days=days)
            )
        make_ledger_entry(anna, total="99", counts=False, status=OrderStatus.CANCELED)
        refresh_records([anna.pk], DEFAULTS)

    def test_by_currency(self, api: Api) -> None:
        assert ask(
            api,
            "orderCount lastOrderAt figures { currency orderCount totalSpent { amount currency }"
            " netOfRefunds { amount } averageOrderValue { amount } firstOrderAt lastOrderAt }",
        ) == {
            "orderCount": 3,
            "lastOrderAt": "2024-05-03T12:00:00+00:00",
            "figures": [
                {
                    "currency": "EUR",
                    "orderCount": 2,
                    "totalSpent": {"amount": 15.5, "currency": "EUR"},
                    "netOfRefunds": {"amount": 10.5},
                    "averageOrderValue": {"amount": 7.75},
                    "firstOrderAt": "2024-05-01T12:00:00+00:00",
                    "lastOrderAt": "2024-05-03T12:00:00+00:00",
                },
                {
                    "currency": "USD",
                    "orderCount": 1,
                    "totalSpent": {"amount": 7.0, "currency": "USD"},
                    "netOfRefunds": {"amount": 7.0},
                    "averageOrderValue": {"amount": 7.0},
                    "firstOrderAt": "2024-05-02T12:00:00+00:00",
                    "lastOrderAt": "2024-05-02T12:00:00+00:00",
                },
            ],
        }

    def test_of_one_currency(self, api: Api) -> None:
        assert ask(api, 'eur: figures(currency: "eur") { currency } none: figures(currency: "JPY") { currency }') == {
            "eur": [{"currency": "EUR"}],
            "none": [],
        }


class TestOrders:
    def test_newest_first_without_canceled_ones(self, api: Api) -> None:
        anna = make_record("anna@example.com")
        older = make_ledger_entry(
            anna,
            order_number=7,
            total="10.50",
            refunded="3",
            placed_at=NOON,
            channel_slug="shop-eur",
            status=OrderStatus.PARTIALLY_FULFILLED,
            charge_status=OrderChargeStatus.PARTIAL,
            counts=False,
        )
        newer = make_ledger_entry(anna, placed_at=NOON + timedelta(days=1), currency="USD")
        make_ledger_entry(anna, status=OrderStatus.CANCELED)
        make_ledger_entry(anna, status=OrderStatus.DRAFT)
        make_ledger_entry(make_record())

        orders = ask(
            api,
            "orders(first: 9) { totalCount edges { node { id number status chargeStatus total { amount currency }"
            " refunded { amount currency } counts placedAt channelSlug } } }",
        )["orders"]

        assert orders["totalCount"] == 2
        assert [edge["node"]["id"] for edge in orders["edges"]] == [
            gid("Order", newer.order_id),
            gid("Order", older.order_id),
        ]
        assert orders["edges"][1]["node"] == {
            "id": gid("Order", older.order_id),
            "number": "7",
            "status": "PARTIALLY_FULFILLED",
            "chargeStatus": "PARTIAL",
            "total": {"amount": 10.5, "currency": "EUR"},
            "refunded": {"amount": 3.0, "currency": "EUR"},
            "counts": False,
            "placedAt": "2024-05-01T12:00:00+00:00",
            "channelSlug": "shop-eur",
        }

    def test_any_status_when_asked_for(self, api: Api) -> None:
        anna = make_record("anna@example.com")
        for status, _label in OrderStatus.CHOICES:
            make_ledger_entry(anna, status=status)

        def statuses(filter: str) -> set[str]:
            orders = ask(api, f"orders(first: 20, filter: {filter}) {{ totalCount edges {{ node {{ status }} }} }}")
            found = {edge["node"]["status"] for edge in orders["orders"]["edges"]}
            assert orders["orders"]["totalCount"] == len(found)
            return found

        everything = {value.upper().replace(" ", "_") for value, _label in OrderStatus.CHOICES}
        assert statuses("{statuses: [CANCELED, DRAFT]}") == {"CANCELED", "DRAFT"}
        assert statuses("{}") == everything - {"CANCELED", "DRAFT"}
        assert statuses("{statuses: []}") == set()

    def test_a_draft_is_listed_once_it_is_an_order(self, api: Api) -> None:
        draft = make_order("anna@example.com", status=OrderStatus.DRAFT)
        reactions.orders_changed([str(make_order("anna@example.com").pk), str(draft.pk)])
        wanted = "orders(first: 9, filter: {statuses: [DRAFT, UNCONFIRMED]}) { edges { node { id } } }"
        assert ask(api, wanted)["orders"]["edges"] == []

        change(draft, status=OrderStatus.UNCONFIRMED)
        reactions.orders_changed([str(draft.pk)])

        assert ask(api, wanted)["orders"]["edges"] == [{"node": {"id": gid("Order", draft.pk)}}]


class TestActivity:
    @pytest.fixture(autouse=True)
    def _log(self) -> None:
        anna = make_record("anna@example.com")
        entries = [
            (ActivityType.RECORD_CREATED, ActorType.SYNC, "", "", ""),
            (ActivityType.ORDER_ADDED, ActorType.SYNC, "", CauseType.ORDER, "7f1c1f4e-3d0c-4e6a-9d53-1f5a2b1c0d9e"),
            (ActivityType.ACCOUNT_LINKED, ActorType.CUSTOMER, "5", CauseType.ACCOUNT, "5"),
            (ActivityType.DETAILS_SYNCED, ActorType.STAFF, "6", CauseType.JOB, "9"),
            (ActivityType.DETAILS_SYNCED, ActorType.APP, "7", "", ""),
        ]
        for hour, (type_, actor_type, actor_id, cause_type, cause_id) in enumerate(entries):
            ActivityEntry.objects.create(
                record=anna,
                at=NOON + timedelta(hours=hour),
                type=type_,
                actor_type=actor_type,
                actor_id=actor_id,
                cause_type=cause_type,
                cause_id=cause_id,
                before={"first_name": "A"},
                after={"first_name": "Anna"},
            )
        ActivityEntry.objects.create(record=make_record(), at=NOON, type=ActivityType.RECORD_CREATED)

    def test_newest_first(self, api: Api) -> None:
        activity = ask(
            api,
            "activity(first: 9) { totalCount edges { node { id createdAt type actor { type id } before after"
            " cause { type id } } } }",
        )["activity"]

        assert activity["totalCount"] == 5
        nodes = [edge["node"] for edge in activity["edges"]]
        newest = ActivityEntry.objects.get(actor_type=ActorType.APP)
        assert nodes[0] == {
            "id": gid("CustomerRecordActivity", newest.pk),
            "createdAt": "2024-05-01T16:00:00+00:00",
            "type": "DETAILS_SYNCED",
            "actor": {"type": "APP", "id": gid("App", 7)},
            "before": {"firstName": "A"},
            "after": {"firstName": "Anna"},
            "cause": None,
        }
        assert [(node["actor"], node["cause"]) for node in nodes[1:]] == [
            ({"type": "STAFF", "id": gid("User", 6)}, {"type": "JOB", "id": gid("CustomerJob", 9)}),
            ({"type": "CUSTOMER", "id": gid("User", 5)}, {"type": "ACCOUNT", "id": gid("User", 5)}),
            (
                {"type": "SYNC", "id": None},
                {"type": "ORDER", "id": gid("Order", "7f1c1f4e-3d0c-4e6a-9d53-1f5a2b1c0d9e")},
            ),
            ({"type": "SYNC", "id": None}, None),
        ]

    @pytest.mark.parametrize(
        ("filter", "hours"),
        [
            ("{}", [4, 3, 2, 1, 0]),
            ("{types: [DETAILS_SYNCED, ORDER_ADDED]}", [4, 3, 1]),
            ("{types: []}", []),
            ("{actors: [SYNC]}", [1, 0]),
            ('{createdAt: {gte: "2024-05-01T13:00:00Z", lte: "2024-05-01T15:00:00+00:00"}}', [3, 2, 1]),
            ('{createdAt: {gte: "2024-05-01T15:00:00"}}', [4, 3]),
            ('{createdAt: {lte: "2024-05-01T15:00:00+02:00"}, actors: [SYNC], types: [ORDER_ADDED]}', [1]),
        ],
    )
    def test_filtered(self, api: Api, filter: str, hours: list[int]) -> None:
        activity = ask(api, f"activity(first: 9, filter: {filter}) {{ totalCount edges {{ node {{ createdAt }} }} }}")[
            "activity"
        ]

        found = [datetime.fromisoformat(edge["node"]["createdAt"]) for edge in activity["edges"]]
        assert found == [NOON + timedelta(hours=hour) for hour in hours]
        assert activity["totalCount"] == len(hours)


class TestPagesWithinARecord:
    """Of the orders; the activity is paged by the same code."""

    @pytest.fixture(autouse=True)
    def _orders(self) -> None:
        anna = make_record("anna@example.com")
        for number in range(5):
            # Two at a time, so that the id decides.
            make_ledger_entry(anna, order_number=number, placed_at=NOON + timedelta(days=number // 2))

    def page(self, api: Api, arguments: str) -> tuple[str, dict[str, Any]]:
        orders = ask(
            api,
            f"orders({arguments}) {{ edges {{ cursor node {{ number }} }}"
            " pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }",
        )["orders"]
        info, edges = orders["pageInfo"], orders["edges"]
        assert [info["startCursor"], info["endCursor"]] == [edges[0]["cursor"], edges[-1]["cursor"]]
        return "".join(edge["node"]["number"] for edge in edges), info

    def test_forward(self, api: Api) -> None:
        numbers, info = self.page(api, "first: 2")
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("43", False, True)
        numbers, info = self.page(api, f'first: 2, after: "{info["endCursor"]}"')
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("21", True, True)
        numbers, info = self.page(api, f'first: 2, after: "{info["endCursor"]}"')
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("0", True, False)

    def test_backward(self, api: Api) -> None:
        numbers, info = self.page(api, "last: 2")
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("10", True, False)
        numbers, info = self.page(api, f'last: 2, before: "{info["startCursor"]}"')
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("32", True, True)
        numbers, info = self.page(api, f'last: 2, before: "{info["startCursor"]}"')
        assert (numbers, info["hasPreviousPage"], info["hasNextPage"]) == ("4", False, True)

    @pytest.mark.parametrize(
        ("field", "code", "message"),
        [
            ("orders { edges { cursor } }", "REQUIRED", "You must provide a `first` or `last` value"),
            ("orders(first: 101) { pageInfo { hasNextPage } }", "INVALID", "exceeds the `first` limit of 100"),
            ('activity(first: 1, after: "x") { edges { cursor } }', "INVALID", "Received cursor is invalid."),
            ("activity(last: 0) { edges { cursor } }", "INVALID", "Argument `last` must be a positive integer."),
        ],
    )
    def test_mistakes(self, api: Api, field: str, code: str, message: str) -> None:
        (error,) = api.errors(f'{{ customerRecord(email: "anna@example.com") {{ {field} }} }}')

        assert message in error["message"]
        assert error["extensions"]["code"] == code
        assert error["path"][:2] == ["customerRecord", field.split("(")[0].split()[0]]
