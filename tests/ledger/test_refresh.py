"""What of a record follows from its ledger: figures, dates, details."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from saleor_customer_plus import reactions
from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.ledger.models import CustomerFigures
from saleor_customer_plus.ledger.refresh import RefreshResult, refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings

from ..factories import change, make_account, make_address, make_order, make_record, make_transaction

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def order_by(person: str, *, name: str = "", on: int, **fields: Any) -> Any:
    order = make_order(person, created_at=day(on), **fields)
    change(order, billing_address=make_address(first_name=name, last_name=""))
    reactions.orders_changed([str(order.pk)])
    return order


def record() -> CustomerRecord:
    return CustomerRecord.objects.get(email="anna@example.com")


def test_figures_are_per_currency_and_never_added_across() -> None:
    order_by("anna@example.com", on=3, total="10.10")
    order_by("anna@example.com", on=1, total="5.05")
    usd = order_by("anna@example.com", on=2, total="8", currency="USD")
    make_transaction(usd, refunded=3)
    reactions.orders_changed([str(usd.pk)])
    order_by("anna@example.com", on=9, total="1000", status="canceled")

    eur, usd_figures = CustomerFigures.objects.order_by("currency")
    assert (eur.order_count, eur.total_gross, eur.net_of_refunds) == (2, Decimal("15.15"), Decimal("15.15"))
    assert (eur.average_gross, eur.first_order_at, eur.last_order_at) == (Decimal("7.575"), day(1), day(3))
    assert (usd_figures.order_count, usd_figures.total_gross, usd_figures.net_of_refunds) == (1, 8, 5)
    assert (record().order_count, record().last_order_at) == (3, day(3))


def test_the_latest_order_is_the_newest_that_counts() -> None:
    order_by("anna@example.com", on=1)
    newest = order_by("anna@example.com", on=5)
    order_by("anna@example.com", on=3)
    order_by("anna@example.com", on=8, charge_status="none")
    assert record().latest_order_id == newest.pk


def test_dates_are_those_of_the_person_and_not_of_the_sync() -> None:
    order_by("anna@example.com", on=7, charge_status="none")
    assert (record().created_at, record().customer_since) == (day(7), None)
    order_by("anna@example.com", on=9)
    assert (record().created_at, record().customer_since) == (day(7), day(9))
    account = make_account("anna@example.com", date_joined=day(8))
    reactions.account_changed(account.pk)
    assert (record().created_at, record().customer_since) == (day(7), day(8))
    order_by("anna@example.com", on=2)
    assert (record().created_at, record().customer_since) == (day(2), day(2))


def test_the_newest_order_wins_in_whatever_order_they_come() -> None:
    order_by("anna@example.com", name="Newest", on=9)
    order_by("anna@example.com", name="Oldest", on=1)
    order_by("anna@example.com", name="Middle", on=5)
    assert record().first_name == "Newest"
    assert record().provenance["first_name"]["at"] == "2026-01-09T00:00:00.000000Z"


def test_a_blank_never_erases() -> None:
    order_by("anna@example.com", name="Anna", on=1)
    order_by("anna@example.com", name="", on=9)
    assert record().first_name == "Anna"


def test_an_order_that_does_not_count_only_fills_what_is_blank() -> None:
    order_by("anna@example.com", name="Prank", on=9, charge_status="none")
    assert record().first_name == "Prank"
    order_by("anna@example.com", name="Anna", on=1)
    assert record().first_name == "Anna"


def test_the_account_wins_by_when_it_changed() -> None:
    account = make_account("anna@example.com", first_name="Account", date_joined=day(3), language_code="de")
    order_by("anna@example.com", name="Before", on=1)
    reactions.account_changed(account.pk)
    assert (record().first_name, record().language_code) == ("Account", "de")
    order_by("anna@example.com", name="After", on=5)
    assert record().first_name == "After"

    change(account, first_name="Married", updated_at=day(7))
    reactions.account_changed(account.pk)
    assert record().first_name == "Married"
    order_by("anna@example.com", name="Late task of an old order", on=6)
    assert record().first_name == "Married"
    order_by("anna@example.com", name="Newest", on=8)
    assert record().first_name == "Newest"


def test_the_default_address_of_an_account_gives_what_the_account_has_not() -> None:
    account = make_account("anna@example.com", last_name="Own")
    billing = make_address(
        first_name="Anna", last_name="Billing", company_name="ACME", phone="+4930111111", country="AT"
    )
    change(account, default_billing_address=billing)
    reactions.account_changed(account.pk)
    found = record()
    assert (found.first_name, found.last_name) == ("Anna", "Own")
    assert (found.company_name, found.phone, found.country_code) == ("ACME", "+4930111111", "AT")

    change(billing, company_name="NEW GmbH")
    change(account, updated_at=datetime.now(UTC))
    reactions.address_changed(billing.pk)
    assert record().company_name == "NEW GmbH"


def test_what_an_account_said_outlives_it_until_something_newer_comes() -> None:
    account = make_account("anna@example.com", first_name="Account", last_name="Rossi", date_joined=day(3))
    order_by("anna@example.com", name="Order", on=1, account=account)
    reactions.account_changed(account.pk)
    assert (record().first_name, record().last_name) == ("Account", "Rossi")

    account_id = account.pk
    account.delete()
    reactions.account_changed(account_id)
    assert (record().account_id, record().first_name, record().last_name) == (None, "Account", "Rossi")

    order_by("anna@example.com", name="Newer", on=5)
    assert (record().first_name, record().last_name) == ("Newer", "Rossi")


def test_a_locked_field_gets_a_suggestion_and_its_log() -> None:
    order_by("anna@example.com", name="Anna", on=1)
    CustomerRecord.objects.update(first_name="Edited", locked_fields=["first_name"])
    order = order_by("anna@example.com", name="Ann", on=2)
    found = record()
    assert found.first_name == "Edited"
    assert found.suggestions["first_name"]["value"] == "Ann"
    assert found.suggestions["first_name"]["origin"] == str(order.pk)
    assert ActivityEntry.objects.get(type=ActivityType.DETAILS_SUGGESTED).after == {"first_name": "Ann"}


def test_details_are_left_alone_when_the_merchant_says_so(configure: Any) -> None:
    configure(sync_details=False)
    order_by("anna@example.com", name="Anna", on=1)
    assert (record().first_name, record().order_count) == ("", 1)


def test_the_name_of_a_mistyped_address_goes_with_its_order() -> None:
    order = order_by("ana@example.com", name="Anna", on=1)
    change(order, user_email="anna@example.com", updated_at=datetime.now(UTC))
    reactions.orders_changed([str(order.pk)])
    assert record().first_name == "Anna"
    assert CustomerRecord.objects.get(email="ana@example.com").first_name == ""


def test_what_an_import_wrote_stays_without_orders() -> None:
    imported = make_record(first_name="Imported", provenance={})
    assert refresh_records([imported.pk], CustomerPlusSettings()) == RefreshResult()
    imported.refresh_from_db()
    assert imported.first_name == "Imported"


def test_only_what_differs_is_written() -> None:
    order_by("anna@example.com", on=1)
    before = record().modified_at
    assert refresh_records([record().pk], CustomerPlusSettings()) == RefreshResult()
    assert record().modified_at == before


def test_microseconds_survive() -> None:
    moment = datetime(2026, 1, 1, 12, 0, 0, 123457, tzinfo=UTC)
    order = make_order("anna@example.com", created_at=moment)
    reactions.orders_changed([str(order.pk)])
    assert (record().created_at, record().last_order_at) == (moment, moment)
