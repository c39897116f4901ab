"""Reading the addresses of people: those of their orders, and whose a saved one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.addresses import queries
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.factories import make_account, make_address, make_order

pytestmark = pytest.mark.django_db


def buyer_with_orders(*addresses: dict[str, Any]) -> CustomerRecord:
    """Somebody who ordered to each of these addresses, the first one today and each of the others a day earlier."""
    orders = [
        make_order(
            "anna@example.com",
            created_at=timezone.now() - timedelta(days=days),
            shipping_address=make_address(**address),
        )
        for days, address in enumerate(addresses)
    ]
    reactions.orders_changed([order.pk for order in orders])
    return CustomerRecord.objects.get()


def cities_of(record: CustomerRecord) -> list[str]:
    return [one.address.city for one in queries.addresses_of_orders([record.pk])[record.pk]]


def test_only_the_newest_orders_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = buyer_with_orders({"city": "Bonn"}, {"city": "Kiel"}, {"city": "Ulm"})
    monkeypatch.setattr(queries, "ORDERS_LOOKED_AT", 2)

    assert cities_of(anna) == ["Bonn", "Kiel"]


def test_the_addresses_that_were_used_last_are_returned_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = buyer_with_orders({"city": "Bonn"}, {"city": "Kiel"}, {"city": "Ulm"})
    monkeypatch.setattr(queries, "MAX_OF_ORDERS", 2)

    assert cities_of(anna) == ["Bonn", "Kiel"]


def test_spaces_do_not_make_two_addresses_of_one() -> None:
    anna = buyer_with_orders(
        {"city": "Bad  Ems", "street_address_1": "An  der  Lahn  1"},
        {"city": "Bad Ems", "street_address_1": "An der Lahn 1"},
    )

    assert cities_of(anna) == ["Bad  Ems"]


def test_an_address_saved_by_another_account_is_not_this_one_s() -> None:
    anna, ben = make_account("anna@example.com"), make_account("ben@example.com")
    saved = make_address()
    ben.addresses.add(saved)

    assert queries.account_has(ben.pk, saved.pk)
    assert not queries.account_has(anna.pk, saved.pk)
    assert not queries.account_has(None, saved.pk)
