"""What of a record follows from its ledger: figures, dates, details."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.ledger.models import CustomerFigures
from saleor_customer_plus.ledger.refresh import RefreshResult, refresh_records
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.records.suggestions import accept, dismiss, unlock
from saleor_customer_plus.records.suggestions import suggested as suggested_of
from saleor_customer_plus.settings import CustomerPlusSettings
from saleor_customer_plus.sync import reactions

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
    assert (eur.average_gross, eur.first_order_at, eur.last_order_at) == (Decimal("7.58"), day(1), day(3))
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


ADDRESS = ("street_address_1", "street_address_2", "postal_code", "city", "country_area", "country_code")
TORSTRASSE = ("Torstraße 1", "", "10119", "Berlin", "", "DE")
PARIS = {"street_address_1": "Rue 1", "postal_code": "75001", "city": "Paris", "country": "FR"}


def address() -> tuple[str, ...]:
    found = record()
    return tuple(getattr(found, name) for name in ADDRESS)


def ordered(on: int, *, billing: Any = None, shipping: Any = None, **fields: Any) -> Any:
    order = make_order("anna@example.com", created_at=day(on), **fields)
    change(order, billing_address=billing, shipping_address=shipping)
    reactions.orders_changed([str(order.pk)])
    return order


def nowhere(**fields: Any) -> Any:
    return make_address(street_address_1="", city="", postal_code="", **fields)


def test_the_address_is_that_of_the_newest_order_whenever_it_comes() -> None:
    ordered(1, billing=make_address())
    newest = ordered(3, billing=make_address(**PARIS))
    ordered(2, billing=make_address(street_address_2="Hinterhof", country_area="BE"))
    assert address() == ("Rue 1", "", "75001", "Paris", "", "FR")
    assert record().provenance["address"]["origin"] == str(newest.pk)


def test_the_billing_address_is_the_person_s_and_the_shipping_address_where_it_has_only_a_country() -> None:
    ordered(1, billing=make_address(), shipping=make_address(**PARIS))
    assert address() == TORSTRASSE
    ordered(2, billing=nowhere(country="AT"), shipping=make_address(**PARIS))
    assert address() == ("Rue 1", "", "75001", "Paris", "", "FR")
    ordered(3, billing=make_address(), shipping=None)  # a digital order
    assert address() == TORSTRASSE
    ordered(4, billing=None, shipping=make_address(**PARIS))
    assert address() == ("Rue 1", "", "75001", "Paris", "", "FR")


def test_an_order_without_an_address_erases_nothing_and_moves_no_country() -> None:
    ordered(1, billing=make_address())
    ordered(2)
    ordered(3, billing=nowhere(country="FR"))
    assert address() == TORSTRASSE


def test_a_country_stands_alone_until_there_is_an_address() -> None:
    ordered(3, billing=nowhere(country="FR"))
    assert address() == ("", "", "", "", "", "FR")
    assert record().provenance["country_code"]["source"] == "ORDER"
    ordered(1, billing=make_address())
    assert address() == TORSTRASSE
    assert sorted(record().provenance) == ["address", "first_name", "language_code", "last_name"]


def test_an_order_that_does_not_count_gives_an_address_only_where_there_is_none() -> None:
    ordered(1, billing=make_address(**PARIS), charge_status="none")
    assert address()[3] == "Paris"
    ordered(2, billing=make_address())
    ordered(3, billing=make_address(**PARIS), charge_status="none")
    assert address() == TORSTRASSE


def test_an_address_leaves_with_its_order_and_the_one_before_comes_back() -> None:
    ordered(1, billing=make_address())
    moved = ordered(2, billing=make_address(**PARIS))
    change(moved, user_email="ben@example.com", updated_at=datetime.now(UTC))
    reactions.orders_changed([str(moved.pk)])
    assert address() == TORSTRASSE


def test_the_default_address_of_an_account_is_taken_over_as_one() -> None:
    account = make_account("anna@example.com", date_joined=day(3))
    change(account, default_billing_address=nowhere(country="AT"), default_shipping_address=make_address())
    ordered(1, billing=make_address(**PARIS))
    reactions.account_changed(account.pk)
    assert address() == TORSTRASSE
    assert record().provenance["address"]["source"] == "ACCOUNT"
    ordered(5, billing=make_address(**PARIS))
    assert address()[3] == "Paris"
    change(account.default_shipping_address, street_address_2="4. Stock")
    change(account, updated_at=datetime.now(UTC))
    reactions.address_changed(account.default_shipping_address.pk)
    assert address() == ("Torstraße 1", "4. Stock", "10119", "Berlin", "", "DE")


def test_a_second_look_at_the_same_address_writes_nothing() -> None:
    order = ordered(1, billing=make_address(street_address_1='"Quotes" \\ and `', city="Łódź"))
    found = record()
    assert refresh_records([found.pk], CustomerPlusSettings()) == RefreshResult()
    reactions.orders_changed([str(order.pk)])
    assert record().modified_at == found.modified_at


def test_an_address_with_a_locked_city_is_suggested_as_a_whole_and_logged() -> None:
    ordered(1, billing=make_address())
    CustomerRecord.objects.update(locked_fields=["city"])
    order = ordered(2, billing=make_address(**PARIS))
    assert address() == TORSTRASSE
    suggested = {name: one["value"] for name, one in record().suggestions.items()}
    assert suggested == {
        "street_address_1": "Rue 1", "postal_code": "75001", "city": "Paris", "country_code": "FR"
    }  # fmt: skip
    entry = ActivityEntry.objects.get(type=ActivityType.DETAILS_SUGGESTED)
    assert (entry.after, entry.cause_id) == (suggested, str(order.pk))

    with transaction.atomic():
        accept([record().pk], ["city"], actor=Actor(ActorType.STAFF, "1"))
    assert (address()[:4], record().suggestions) == (("Rue 1", "", "75001", "Paris"), {})
    assert record().provenance["address"]["origin"] == str(order.pk)


def test_dismissing_one_line_dismisses_the_address() -> None:
    ordered(1, billing=make_address())
    CustomerRecord.objects.update(locked_fields=["city"])
    ordered(2, billing=make_address(**PARIS))
    with transaction.atomic():
        dismiss([record().pk], ["postal_code"], actor=Actor(ActorType.STAFF, "1"))
    ordered(3, billing=make_address(**PARIS))
    assert suggested_of(record().suggestions) == {}
    ordered(4, billing=make_address(**PARIS | {"street_address_1": "Rue 2"}))
    assert suggested_of(record().suggestions)["city"]["value"] == "Paris"


PLACES = {
    "none": None,
    "country": {"street_address_1": "", "city": "", "postal_code": "", "country": "AT"},
    "berlin": {},
    "court": {"street_address_2": "2. Hof"},
    "paris": PARIS,
    "nowhere": {"street_address_1": "", "postal_code": "", "city": "Rome", "country": ""},
}
BOUGHT = st.lists(
    st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(PLACES)), st.booleans()), max_size=4
)


@given(bought=BOUGHT, random=st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_address_is_one_that_some_order_has_whatever_comes_first(bought: list[Any], random: Any) -> None:
    with transaction.atomic():
        orders, expected = [], {True: None, False: None}
        for number, (billing, shipping, counts) in enumerate(bought):
            order = make_order(
                "anna@example.com", created_at=day(number + 1), charge_status="full" if counts else "none"
            )
            made = [None if PLACES[name] is None else make_address(**PLACES[name]) for name in (billing, shipping)]
            change(order, billing_address=made[0], shipping_address=made[1])
            orders.append(order)
            whole = next((one for one in made if one is not None and (one.city or one.street_address_1)), None)
            expected[counts] = whole or expected[counts]
        random.shuffle(orders)
        for order in orders:
            reactions.orders_changed([str(order.pk)])
        told = address() if orders else ("",) * 6
        wanted = expected[True] or expected[False]
        if wanted is not None:
            assert told == (*(getattr(wanted, name) for name in ADDRESS[:-1]), wanted.country.code or "")
        else:
            assert told[:-1] == ("",) * 5
        transaction.set_rollback(True)


def test_what_staff_wrote_of_a_whole_address_gives_way_once_all_of_it_is_unlocked() -> None:
    order = ordered(1, billing=make_address(**PARIS))
    written = dict(zip(ADDRESS, TORSTRASSE, strict=True))
    actor = Actor(ActorType.STAFF, "1")
    with transaction.atomic():
        edit_records({record().pk: written}, by=Writer(actor))
        unlock([record().pk], ["city"], actor=actor)
    refresh_records([record().pk], CustomerPlusSettings())
    assert address() == TORSTRASSE
    with transaction.atomic():
        unlock([record().pk], ADDRESS, actor=actor)
    refresh_records([record().pk], CustomerPlusSettings())
    assert address() == ("Rue 1", "", "75001", "Paris", "", "FR")
    assert record().provenance["address"]["origin"] == str(order.pk)


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


@pytest.mark.parametrize(
    ("currency", "average"), [("JPY", "3"), ("EUR", "3.33"), ("KWD", "3.333"), ("UYW", "3.333"), ("HUF", "3.33")]
)
def test_an_average_has_the_decimals_of_its_currency(currency: str, average: str) -> None:
    for on, total in ((1, "3"), (2, "3"), (3, "4")):
        order_by("anna@example.com", on=on, total=total, currency=currency)
    assert CustomerFigures.objects.get().average_gross == Decimal(average)


def test_a_half_is_rounded_up() -> None:
    for on, total in ((1, "100"), (2, "101")):
        order_by("anna@example.com", on=on, total=total, currency="JPY")
    assert CustomerFigures.objects.get().average_gross == 101
