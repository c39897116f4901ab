"""What customers bought most, as the API tells it."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import (
    change,
    make_channel,
    make_line,
    make_order,
    make_product,
    make_record,
    make_staff,
    make_token,
    make_variant,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
FIELDS = "productId name quantity orderCount spent { amount currency } lastBoughtAt"


def top_products(api: Api, fields: str = "name quantity", arguments: str = "") -> list[dict[str, Any]]:
    query = f'{{ customerRecord(email: "anna@example.com") {{ topProducts{arguments} {{ {fields} }} }} }}'
    products: list[dict[str, Any]] = api(query)["customerRecord"]["topProducts"]
    return products


def buy(*lines: tuple[Any, int, int], email: str = "anna@example.com", day: int = 0, **fields: Any) -> Any:
    order = make_order(email, created_at=NOON + timedelta(days=day), **fields)
    for variant, quantity, total in lines:
        make_line(order, variant, quantity=quantity, total=total)
    reactions.orders_changed([str(order.pk)])
    return order


def test_the_products_that_were_bought_most(api: Api) -> None:
    shirt, boot = make_product("shirt", name="Shirt"), make_product("boot", name="Boot")
    red, blue, brown = (make_variant(product=product) for product in (shirt, shirt, boot))
    buy((red, 1, 20), (blue, 2, 45), (brown, 1, 90))
    buy((brown, 1, 100), day=2, currency="USD")
    buy((red, 9, 180), day=3, status="canceled")

    assert top_products(api, FIELDS) == [
        {
            "productId": b64encode(f"Product:{shirt.pk}".encode()).decode(),
            "name": "Shirt",
            "quantity": 3,
            "orderCount": 1,
            "spent": [{"amount": 65.0, "currency": "EUR"}],
            "lastBoughtAt": "2024-05-01T12:00:00+00:00",
        },
        {
            "productId": b64encode(f"Product:{boot.pk}".encode()).decode(),
            "name": "Boot",
            "quantity": 2,
            "orderCount": 2,
            "spent": [{"amount": 90.0, "currency": "EUR"}, {"amount": 100.0, "currency": "USD"}],
            "lastBoughtAt": "2024-05-03T12:00:00+00:00",
        },
    ]


def test_of_as_many_the_one_bought_last_comes_first(api: Api) -> None:
    first, second = (make_variant(product=make_product(name=name)) for name in ("First", "Second"))
    buy((first, 1, 10), day=1)
    buy((second, 1, 10), day=2)
    assert [product["name"] for product in top_products(api)] == ["Second", "First"]
    assert [product["name"] for product in top_products(api, arguments="(first: 1)")] == ["Second"]


@pytest.mark.parametrize("first", [0, -1, 101])
def test_how_many_there_may_be(api: Api, first: int) -> None:
    buy((make_variant(), 1, 10))
    query = f'{{ customerRecord(email: "anna@example.com") {{ topProducts(first: {first}) {{ name }} }} }}'
    (error,) = api.errors(query)
    assert "`first`" in error["message"]


def test_whoever_bought_nothing_has_none(api: Api) -> None:
    make_record("anna@example.com")
    assert top_products(api) == []


def test_a_product_that_was_deleted_has_the_name_of_the_last_order(api: Api) -> None:
    variant = make_variant(product=make_product(name="Old"))
    buy((variant, 1, 10), day=1)
    order = buy((variant, 1, 10), day=2)
    change(order.lines.get(), product_name="New")
    variant.product.delete()
    reactions.orders_changed([str(order.pk)])

    assert top_products(api) == [{"name": "New", "quantity": 2}]


def test_restricted_staff_are_told_of_their_channels_alone() -> None:
    shown, hidden = make_channel(), make_channel()
    variant, secret = make_variant(product=make_product(name="Shirt")), make_variant()
    buy((variant, 1, 10), channel=shown)
    buy((variant, 2, 20), (secret, 5, 50), channel=hidden)
    api = Api(make_token(make_staff(channels=[shown])))

    assert top_products(api) == [{"name": "Shirt", "quantity": 1}]


def test_the_statements_do_not_grow_with_the_page(api: Api) -> None:
    def statements(people: int) -> int:
        for number in range(people):
            variants = [(make_variant(), 1, 10) for _ in range(3)]
            buy(*variants, email=f"person{number}@example.com", day=number)
        query = f"{{ customerRecords(first: {people}) {{ edges {{ node {{ topProducts {{ {FIELDS} }} }} }} }} }}"
        with CaptureQueriesContext(connection) as captured:
            api(query)
        return len(captured)

    statements(1)  # fills caches
    assert statements(2) == statements(6)
