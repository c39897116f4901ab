"""The further addresses of a person: kept by staff, copied from orders and accounts, and made the primary one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.addresses import services
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import (
    make_account,
    make_address,
    make_channel,
    make_order,
    make_record,
    make_staff,
    make_token,
)

pytestmark = pytest.mark.django_db

ERRORS = "errors { field message code id }"
ADD = f"""
mutation ($id: ID!, $input: CustomerAddressInput!, $copy: ID) {{
  customerAddressCreate(recordId: $id, input: $input, copyOf: $copy) {{ address {{ id }} {ERRORS} }}
}}
"""
CHANGE = f"""
mutation ($id: ID!, $input: CustomerAddressInput!) {{
  customerAddressUpdate(id: $id, input: $input) {{ address {{ id }} {ERRORS} }}
}}
"""
DELETE = f"mutation ($id: ID!) {{ customerAddressDelete(id: $id) {{ record {{ id }} {ERRORS} }} }}"
PROMOTE = f"mutation ($id: ID!) {{ customerAddressMakePrimary(id: $id) {{ record {{ id city }} {ERRORS} }} }}"
BOOK = "addressBook { id kind label firstName city country { code } phone source sourceId }"
OF_ORDERS = "orderAddresses { address { id city } kinds orderId lastUsedAt }"


def gid(row: Any) -> str:
    return to_global_id({"Order": "Order", "User": "User"}.get(type(row).__name__, type(row).__name__), row.pk)


def shown(api: Api, record: CustomerRecord, fields: str) -> Any:
    return api(f"query ($id: ID!) {{ customerRecord(id: $id) {{ {fields} }} }}", id=gid(record))["customerRecord"]


def add(api: Api, record: CustomerRecord, copy: str | None = None, **input: Any) -> Any:
    answer = api(ADD, id=gid(record), input=input, copy=copy)["customerAddressCreate"]
    assert answer["errors"] == []
    return answer["address"]["id"]


def wrong(answer: dict[str, Any]) -> list[tuple[str | None, str]]:
    ((_, payload),) = answer.items()
    return [(error["field"], error["code"]) for error in payload["errors"]]


def log() -> list[tuple[str, Any, Any]]:
    entries = ActivityEntry.objects.filter(type__startswith="ADDRESS").order_by("pk")
    return [(entry.type, entry.before, entry.after) for entry in entries]


# Adding, changing and removing.


def test_staff_keep_addresses_of_a_lead(api: Api) -> None:
    lead = make_record("lead@example.com")

    id = add(
        api, lead, kind="SHIPPING", label=" Office ", firstName="Anna", streetAddress1="Torstraße 1", city="Berlin",
        country="DE", phone="030 123456",
    )  # fmt: skip

    assert shown(api, lead, BOOK)["addressBook"] == [
        {
            "id": id,
            "kind": "SHIPPING",
            "label": "Office",
            "firstName": "Anna",
            "city": "Berlin",
            "country": {"code": "DE"},
            "phone": "+4930123456",
            "source": "STAFF",
            "sourceId": None,
        }
    ]
    api(CHANGE, id=id, input={"city": "Hamburg", "label": None})
    api(CHANGE, id=id, input={"city": "Hamburg"})
    assert [(one["city"], one["label"]) for one in shown(api, lead, BOOK)["addressBook"]] == [("Hamburg", "")]
    api(DELETE, id=id)
    assert shown(api, lead, BOOK)["addressBook"] == []
    kinds = [(type, before, after) for type, before, after in log() if type != "ADDRESS_ADDED"]
    assert [type for type, _, _ in log()] == ["ADDRESS_ADDED", "ADDRESS_CHANGED", "ADDRESS_REMOVED"]
    assert kinds[0][1:] == ({"city": "Berlin", "label": "Office"}, {"city": "Hamburg", "label": ""})
    assert kinds[1][1]["city"] == "Hamburg"


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ({"country": "DE"}, [("streetAddress1", "REQUIRED")]),
        ({"city": "x" * 257, "country": "XX", "label": "y" * 65}, [
            ("country", "INVALID"), ("city", "INVALID"), ("label", "INVALID"),
        ]),
        ({"city": "a\x00"}, [("city", "INVALID")]),
        ({"city": "Berlin", "phone": "1"}, [("phone", "INVALID")]),
    ],
)  # fmt: skip
def test_what_is_no_address_is_told(api: Api, input: Any, expected: Any) -> None:
    record = make_record()
    assert wrong(api(ADD, id=gid(record), input=input)) == expected
    assert not CustomerAddress.objects.exists()


def test_the_same_address_is_kept_once_for_each_kind(api: Api) -> None:
    record = make_record()
    first = add(api, record, kind="SHIPPING", city="Köln", streetAddress1="Domplatz  1")

    same = {"kind": "SHIPPING", "city": "KÖLN", "streetAddress1": "domplatz 1"}
    (error,) = api(ADD, id=gid(record), input=same)["customerAddressCreate"]["errors"]
    assert (error["field"], error["code"], error["id"]) == ("streetAddress1", "UNIQUE", first)

    other = add(api, record, **{**same, "kind": "BILLING"})
    assert wrong(api(CHANGE, id=other, input={"kind": "SHIPPING"})) == [("streetAddress1", "UNIQUE")]
    add(api, make_record(), **same)


def test_there_are_not_too_many(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_ADDRESSES", 1)
    record = make_record()
    add(api, record, city="Berlin")
    assert wrong(api(ADD, id=gid(record), input={"city": "Bonn"})) == [("recordId", "LIMIT_REACHED")]


@pytest.mark.parametrize("mutation", [CHANGE, DELETE, PROMOTE])
def test_an_address_that_there_is_not(api: Api, mutation: str) -> None:
    variables = {"input": {}} if mutation is CHANGE else {}
    for id, code in ((to_global_id("CustomerAddress", 7), "NOT_FOUND"), ("x", "INVALID")):
        assert wrong(api(mutation, id=id, **variables)) == [("id", code)]


def test_they_go_with_the_record(api: Api) -> None:
    record = make_record()
    add(api, record, city="Berlin")
    found = deletion.losses(record.pk)
    assert found is not None
    api(
        "mutation ($id: ID!, $token: String!) { customerRecordDelete(id: $id, token: $token) { errors { code } } }",
        id=gid(record),
        token=found.token,
    )
    assert not CustomerAddress.objects.exists()


# The primary one.


def test_another_address_becomes_the_primary_one_and_the_former_stays_beside_it(api: Api) -> None:
    order = make_order("anna@example.com", billing_address=make_address(city="Berlin", company_name="Rossi"))
    reactions.orders_changed([order.pk])
    anna = CustomerRecord.objects.get()
    id = add(api, anna, label="New", firstName="Somebody", streetAddress1="Via Roma 1", city="Roma", country="IT")

    assert api(PROMOTE, id=id)["customerAddressMakePrimary"]["record"]["city"] == "Roma"

    anna.refresh_from_db()
    assert (anna.street_address_1, anna.postal_code, anna.country_code) == ("Via Roma 1", "", "IT")
    assert (anna.first_name, anna.company_name) == ("Anna", "Rossi"), "who the person is stays"
    assert {"street_address_1", "city", "country_code"} <= set(anna.locked_fields)
    (former,) = shown(api, anna, BOOK)["addressBook"]
    assert (former["kind"], former["city"], former["source"], former["sourceId"]) == (
        "OTHER",
        "Berlin",
        "ORDER",
        gid(order),
    )

    assert api(PROMOTE, id=former["id"])["customerAddressMakePrimary"]["record"]["city"] == "Berlin"
    (other,) = shown(api, anna, BOOK)["addressBook"]
    assert (other["city"], other["source"]) == ("Roma", "STAFF")


def test_nothing_stays_beside_a_first_address(api: Api) -> None:
    record = make_record(country_code="DE")
    id = add(api, record, city="Roma", country="IT")

    assert wrong(api(PROMOTE, id=id)) == []

    assert shown(api, record, f"city {BOOK}") == {"city": "Roma", "addressBook": []}


# Of orders and accounts.


def test_the_addresses_of_orders_are_shown_once_the_last_used_first(api: Api) -> None:
    now = timezone.now()
    berlin = {"city": "Berlin", "street_address_1": "Torstraße 1"}
    orders = [
        make_order(
            "anna@example.com",
            created_at=now - timedelta(days=days),
            shipping_address=make_address(**{**berlin, "city": city}),
            billing_address=make_address(**berlin) if days else None,
        )
        for days, city in ((3, "Bonn"), (2, "BERLIN "), (1, "Köln"), (0, "berlin"))
    ]
    orders.append(make_order("anna@example.com", shipping_address=make_address(**dict.fromkeys(
        ("city", "street_address_1", "postal_code"), "")), created_at=now - timedelta(days=9)))  # fmt: skip
    reactions.orders_changed([order.pk for order in orders])

    found = shown(api, CustomerRecord.objects.get(), OF_ORDERS)["orderAddresses"]

    assert [(one["address"]["city"], one["kinds"], one["orderId"]) for one in found] == [
        ("berlin", ["SHIPPING", "BILLING"], gid(orders[3])),
        ("Köln", ["SHIPPING"], gid(orders[2])),
        ("Bonn", ["SHIPPING"], gid(orders[0])),
    ]


def test_an_address_of_an_order_is_copied(api: Api) -> None:
    order = make_order("anna@example.com", shipping_address=make_address(city="Köln", phone="+4922112345"))
    reactions.orders_changed([order.pk])
    anna = CustomerRecord.objects.get()
    copy = to_global_id("Address", order.shipping_address_id)

    add(api, anna, copy, kind="SHIPPING", label="Parcels")
    add(api, anna, copy, kind="BILLING", city="Bonn")

    first, second = shown(api, anna, BOOK)["addressBook"]
    assert (first["city"], first["phone"], first["label"]) == ("Köln", "+4922112345", "Parcels")
    assert (first["source"], first["sourceId"]) == ("ORDER", gid(order))
    assert (second["city"], second["source"], second["sourceId"]) == ("Bonn", "STAFF", None), "it is not the order's"
    api(CHANGE, id=first["id"], input={"label": "Home"})
    assert shown(api, anna, BOOK)["addressBook"][0]["source"] == "ORDER"
    api(CHANGE, id=first["id"], input={"firstName": "Eva"})
    assert shown(api, anna, BOOK)["addressBook"][0]["source"] == "STAFF"


def test_an_address_of_the_account_is_copied_and_one_of_somebody_else_is_not(api: Api) -> None:
    account = make_account("anna@example.com")
    saved, foreign = make_address(city="Ulm"), make_address(city="Kiel")
    account.addresses.add(saved)
    anna = make_record("anna@example.com", account=account)
    stranger = make_order("ben@example.com", shipping_address=foreign)
    reactions.orders_changed([stranger.pk])

    add(api, anna, to_global_id("Address", saved.pk))

    (one,) = shown(api, anna, BOOK)["addressBook"]
    assert (one["city"], one["source"], one["sourceId"]) == ("Ulm", "ACCOUNT", gid(account))
    for address in (foreign.pk, 2**40):
        answer = api(ADD, id=gid(anna), input={}, copy=to_global_id("Address", address))
        assert wrong(answer) == [("copyOf", "NOT_FOUND")]


def test_staff_see_the_addresses_of_their_channels_only(api: Api) -> None:
    here, there = make_channel("here"), make_channel("there")
    orders = [
        make_order("anna@example.com", channel=channel, shipping_address=make_address(city=city))
        for channel, city in ((here, "Bonn"), (there, "Kiel"))
    ]
    reactions.orders_changed([order.pk for order in orders])
    anna = CustomerRecord.objects.get()
    copies = [add(api, anna, to_global_id("Address", order.shipping_address_id)) for order in orders]
    add(api, anna, city="Ulm")
    restricted = Api(token=make_token(make_staff(channels=[here])))

    assert [one["address"]["city"] for one in shown(restricted, anna, OF_ORDERS)["orderAddresses"]] == ["Bonn"]
    assert [one["city"] for one in shown(restricted, anna, BOOK)["addressBook"]] == ["Bonn", "Ulm"]
    for mutation in (DELETE, PROMOTE):
        assert wrong(restricted(mutation, id=copies[1])) == [("id", "NOT_FOUND")]
    copy = to_global_id("Address", orders[1].shipping_address_id)
    assert wrong(restricted(ADD, id=gid(anna), input={}, copy=copy)) == [("copyOf", "NOT_FOUND")]


def test_a_page_takes_no_more_statements_than_a_record(api: Api) -> None:
    def statements(first: int) -> int:
        query = f"{{ customerRecords(first: {first}) {{ edges {{ node {{ {BOOK} {OF_ORDERS} }} }} }} }}"
        api(query)
        with CaptureQueriesContext(connection) as captured:
            api(query)
        return len(captured)

    for number in range(4):
        order = make_order(f"p{number}@example.com", shipping_address=make_address())
        reactions.orders_changed([order.pk])
    for record in CustomerRecord.objects.all():
        add(api, record, city="Berlin")
    assert statements(4) == statements(1)


# docs/addresses.md

PAGE = (Path(__file__).parents[3] / "docs" / "addresses.md").read_text()


def test_the_operations_of_the_page(api: Api) -> None:
    order = make_order("anna@example.com", shipping_address=make_address())
    reactions.orders_changed([order.pk])
    known = {"record": gid(CustomerRecord.objects.get()), "copy": to_global_id("Address", order.shipping_address_id)}

    for operation in re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL):
        wanted = re.findall(r"\$(\w+): \w+!?[,)]", operation)
        ((_, payload),) = api(operation, **{name: known[name] for name in wanted}).items()
        assert not payload.get("errors"), payload
        if "address" in payload:
            known["address"] = payload["address"]["id"]
