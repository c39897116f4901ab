"""The first reconciliation of a shop: it comes to what its orders come to one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.ledger import refresh
from saleor_customer_plus.ledger.first_details import without_details
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry, LedgerLine
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import (
    change,
    make_account,
    make_address,
    make_line,
    make_order,
    make_record,
    make_transaction,
    make_variant,
)
from ..properties import examples

pytestmark = pytest.mark.django_db

PEOPLE = ("guest", "Guest again", "account", "unconfirmed", "nobody")
PLACES: dict[str, Any] = {
    "none": None,
    "country": {"street_address_1": "", "city": "", "postal_code": "", "country": "AT"},
    # As of a ship, or of a country that the form did not ask for.
    "nowhere": {"street_address_1": "Deck 3", "city": "MS Anna", "postal_code": "", "country": ""},
    "nameless": {"first_name": "", "last_name": "", "phone": ""},
    "berlin": {"company_name": "Rossi & Co.", "phone": "+493012345678"},
    "paris": {
        "first_name": "Anne",
        "street_address_1": "Rue 1",
        "city": "Paris",
        "postal_code": "75001",
        "country": "FR",
    },
}
ORDERS = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from(PEOPLE),
            "billing": st.sampled_from(sorted(PLACES)),
            "shipping": st.sampled_from(sorted(PLACES)),
            "counts": st.booleans(),
            "currency": st.sampled_from(["EUR", "USD"]),
            "lines": st.integers(0, 3),
            "refunded": st.booleans(),
            "voucher": st.sampled_from(["", "SPRING"]),
        }
    ),
    max_size=6,
)
PLAIN = {"billing": "none", "shipping": "none", "counts": True, "currency": "EUR", "lines": 1, "refunded": False}


def _bought(**fields: Any) -> dict[str, Any]:
    return {**PLAIN, "voucher": "", **fields}


SEVERAL = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# What is of the moment at which it was written, or which one of several rows it is.
_OF_THE_MOMENT = {"id", "record_id", "entry_id", "modified_at", "search_terms"}


def _rows(model: Any, *order: str, person: str = "") -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.fields if field.attname not in _OF_THE_MOMENT]
    return list(model.objects.order_by(*order).values(*names, *([person] if person else [])))


def _store() -> dict[str, Any]:
    """All that an order leaves, but for the log of what followed from several orders at once."""
    logged = ActivityEntry.objects.filter(type__in=[ActivityType.RECORD_CREATED, ActivityType.ORDER_ADDED])
    return {
        "records": _rows(CustomerRecord, "email"),
        "ledger": _rows(LedgerEntry, "order_number", person="record__email"),
        "lines": _rows(LedgerLine, "line_id", person="record__email"),
        "figures": _rows(CustomerFigures, "record__email", "currency", person="record__email"),
        "log": list(
            logged.order_by("record__email", "at", "type", "cause_id").values(
                "record__email", "type", "at", "before", "after", "cause_type", "cause_id", "actor_type"
            )
        ),
    }


def _log_tells_the_details() -> bool:
    """Whether what was logged of each record, one entry after the other, is what it has now."""
    for record in CustomerRecord.objects.all():
        told: dict[str, Any] = {}
        for entry in ActivityEntry.objects.filter(record=record, type=ActivityType.DETAILS_SYNCED).order_by("id"):
            told |= entry.after
        if {name: getattr(record, name) for name in told} != told or (record.provenance and not told):
            return False
    return True


def _with_log_of_details() -> dict[str, Any]:
    """The same, and what was logged of each person's details and stage, in its order."""
    logged = ActivityEntry.objects.filter(type__in=[ActivityType.DETAILS_SYNCED, ActivityType.STAGE_CHANGED])
    told = logged.order_by("record__email", "id").values_list(
        "record__email", "type", "before", "after", "cause_type", "cause_id", "actor_type", "actor_id"
    )
    return {**_store(), "details": list(told)}


def _rolled_back(work: Callable[[], Any], left: Callable[[], dict[str, Any]] = _store) -> dict[str, Any]:
    with transaction.atomic():
        work()
        assert _log_tells_the_details()
        store = left()
        transaction.set_rollback(True)
    return store


def _one_by_one(accounts: list[Any], orders: list[Any]) -> None:
    for account in accounts:
        reactions.accounts_changed([account.pk])
    for order in orders:
        reactions.orders_changed([str(order.pk)])


def _make(bought: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    account = make_account("account@example.com", first_name="Bea")
    unconfirmed = make_account("unconfirmed@example.com", is_confirmed=False)
    variant = make_variant()
    of = {
        "guest": {"email": "guest@example.com"},
        "Guest again": {"email": " GUEST@Example.com"},
        "account": {"account": account},
        "unconfirmed": {"account": unconfirmed},
        "nobody": {"email": ""},
    }
    orders = []
    for number, what in enumerate(bought):
        order = make_order(
            **of[what["person"]],
            created_at=datetime(2026, 1, 1 + number, tzinfo=UTC),
            charge_status="full" if what["counts"] else "none",
            currency=what["currency"],
            voucher_code=what["voucher"] or None,
        )
        billing, shipping = (
            None if PLACES[what[side]] is None else make_address(**PLACES[what[side]])
            for side in ("billing", "shipping")
        )
        change(order, billing_address=billing, shipping_address=shipping)
        for _ in range(what["lines"]):
            make_line(order, variant)
        if what["refunded"]:
            make_transaction(order, charged=10, refunded=3)
        orders.append(order)
    return [account, unconfirmed], orders


@given(bought=ORDERS)
@example(bought=[_bought(person="guest", billing="country"), _bought(person="guest", shipping="country")])
@example(bought=[_bought(person="guest", billing="country", counts=False), _bought(person="guest", billing="berlin")])
@example(bought=[_bought(person="account", billing="country"), _bought(person="nobody", lines=2)])
@example(bought=[_bought(person="guest", billing="country"), _bought(person="guest", billing="nowhere")])
@example(bought=[_bought(person="guest", billing="nowhere", shipping="country"), _bought(person="guest")])
@SEVERAL
def test_the_first_run_comes_to_what_the_orders_come_to_one_by_one(bought: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        accounts, orders = _make(bought)
        one_by_one = _rolled_back(lambda: _one_by_one(accounts, orders))
        at_once = _rolled_back(lambda: (reconcile(), _assert_no_drift()))
        for name, rows in one_by_one.items():
            assert at_once[name] == rows, name
        transaction.set_rollback(True)


@given(bought=ORDERS)
@example(bought=[_bought(person="account", billing="country"), _bought(person="account", counts=False)])
@example(bought=[_bought(person="guest", billing="country"), _bought(person="guest", billing="nowhere")])
@example(bought=[_bought(person="guest", billing="nowhere"), _bought(person="guest", billing="country")])
@example(bought=[_bought(person="guest", billing="nameless"), _bought(person="guest", shipping="berlin", counts=False)])
@SEVERAL
def test_what_postgresql_writes_of_new_records_is_what_the_rules_make_of_them(bought: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        _make(bought)
        by_postgresql = _rolled_back(reconcile, _with_log_of_details)
        with mock.patch.object(refresh, "without_details", return_value=set()):
            by_the_rules = _rolled_back(reconcile, _with_log_of_details)
        assert by_postgresql == by_the_rules
        transaction.set_rollback(True)


def test_a_new_record_s_details_are_written_and_logged_without_being_read() -> None:
    _, orders = _make([_bought(person="guest", billing="berlin"), _bought(person="account", billing="paris")])
    with CaptureQueriesContext(connection) as first:
        reactions.orders_changed([str(order.pk) for order in orders])
    record = CustomerRecord.objects.get(email="guest@example.com")
    assert (record.city, record.company_name, record.provenance["address"]["origin"]) == (
        "Berlin",
        "Rossi & Co.",
        str(orders[0].pk),
    )
    of_records = [query["sql"] for query in first if f'UPDATE "{CustomerRecord._meta.db_table}"' in query["sql"]]
    assert ["jsonb_to_recordset" in text for text in of_records] == [False]


def test_a_record_of_which_anything_is_known_is_left_to_the_rules() -> None:
    known = {"source": "STAFF", "origin": "7", "at": "2026-01-01T00:00:00.000000Z"}
    blank = make_record("blank@example.com")
    others = [
        make_record("named@example.com", first_name="Ada"),
        make_record("locked@example.com", locked_fields=["city"]),
        make_record("cleared@example.com", provenance={"city": known}),
        make_record("suggested@example.com", suggestions={"city": {**known, "value": "Rome"}}),
    ]
    assert without_details([blank.pk, *(record.pk for record in others)]) == {blank.pk}


def _assert_no_drift() -> None:
    assert drift() == {}


def test_lines_of_new_orders_are_compared_with_nothing() -> None:
    _, orders = _make([_bought(person="guest", lines=3), _bought(person="guest", counts=False, lines=2)])
    with CaptureQueriesContext(connection) as first:
        reactions.orders_changed([str(order.pk) for order in orders])
    assert LedgerLine.objects.count() == 3
    of_lines = [query["sql"] for query in first if f'INSERT INTO "{LedgerLine._meta.db_table}"' in query["sql"]]
    assert [("FULL JOIN" in text, "ON CONFLICT" in text) for text in of_lines] == [(False, False)]


def test_a_new_order_beside_a_known_one_leaves_the_known_one_s_lines_right() -> None:
    _, (known, new) = _make([_bought(person="guest", lines=2), _bought(person="guest", lines=1)])
    reactions.orders_changed([str(known.pk)])
    known.lines.order_by("pk").first().delete()
    reactions.orders_changed([str(known.pk), str(new.pk)])
    assert sorted(LedgerLine.objects.values_list("line_id", flat=True)) == sorted(
        [*known.lines.values_list("pk", flat=True), *new.lines.values_list("pk", flat=True)]
    )
