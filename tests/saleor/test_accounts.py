"""Accounts of a real Saleor, from its own API to the records."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync.catch_up import catch_up
from tests import factories

from .client import SaleorApi
from .operations import (
    ADDRESS,
    ERRORS,
    account_of,
    complete_checkout,
    confirm_account,
    confirm_email_change,
    create_checkout,
    create_confirmed_customer,
    create_customer,
    create_transaction,
    delete_customer,
    delete_customers,
    delete_own_account,
    mark_as_paid,
    place_order,
    register,
    request_deletion,
    request_email_change,
    set_password,
    update_customer,
)
from .people import Figures, Person, known
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

ANNA = "anna@example.com"
NEW = "anna.rossi@example.com"
ONE_ORDER = {"figures": {"EUR": Figures(1, "15.00", "15.00")}, "orders": [("UNFULFILLED", True)]}


def buy(saleor: SaleorApi, shop: Shop, email: str) -> Any:
    order = place_order(saleor, shop, userEmail=email)
    mark_as_paid(saleor, order)
    return order


def signed_in(storefront: SaleorApi, email: str) -> SaleorApi:
    return storefront.by(factories.make_token(account_of(email)))


@pytest.fixture
def anna(storefront: SaleorApi, shop: Shop, mailbox: dict[str, str]) -> SaleorApi:
    """Saleor's API, asked by a customer who registered and confirmed the address."""
    register(storefront, shop, ANNA)
    confirm_account(storefront, ANNA, mailbox["confirm"])
    return signed_in(storefront, ANNA)


# Signing up.


def test_whoever_registers_is_a_lead_until_the_address_is_confirmed(
    storefront: SaleorApi, shop: Shop, mailbox: dict[str, str]
) -> None:
    register(storefront, shop, "Anna@Example.com")
    assert known(ANNA) == Person(stage="LEAD")

    confirm_account(storefront, ANNA, mailbox["confirm"])
    assert known(ANNA) == Person(account=global_id(account_of(ANNA)))


@pytest.mark.parametrize("merge_mode", ["merge_disabled", "require_password"])
def test_guest_who_registers_keeps_the_history(
    saleor: SaleorApi, storefront: SaleorApi, shop: Shop, mailbox: dict[str, str], merge_mode: str
) -> None:
    # Saleor itself attaches the guest's orders to the account in one of the modes only.
    shop.change_settings(account_confirm_merge_mode=merge_mode)
    buy(saleor, shop, ANNA)

    register(storefront, shop, ANNA)
    assert known(ANNA) == Person(**ONE_ORDER)

    confirm_account(storefront, ANNA, mailbox["confirm"])
    assert known(ANNA) == Person(account=global_id(account_of(ANNA)), **ONE_ORDER)


def test_registering_with_the_address_of_an_account_changes_nothing(
    anna: SaleorApi, storefront: SaleorApi, shop: Shop
) -> None:
    before = CustomerRecord.objects.values().get()

    register(storefront, shop, ANNA, password="somebody-else-s")

    assert CustomerRecord.objects.values().get() == before


def test_account_that_staff_makes(saleor: SaleorApi, shop: Shop) -> None:
    account = create_customer(saleor, ANNA)
    assert known(ANNA) == Person(stage="LEAD")

    update_customer(saleor, account, isConfirmed=True)
    assert known(ANNA) == Person(account=global_id(account))


def test_password_confirms_an_account_without_a_hook_and_the_next_look_finds_it(
    saleor: SaleorApi, storefront: SaleorApi, shop: Shop, mailbox: dict[str, str], on_commit: Any
) -> None:
    buy(saleor, shop, ANNA)
    create_customer(saleor, ANNA, redirectUrl="http://www.example.com/", channel=shop.channel.slug)
    set_password(storefront, ANNA, mailbox["set password"])
    assert account_of(ANNA).is_confirmed
    assert known(ANNA) == Person(**ONE_ORDER)

    with on_commit():
        catch_up(seconds=60)

    assert known(ANNA) == Person(account=global_id(account_of(ANNA)), **ONE_ORDER)


# Changes.


def test_customer_s_own_details_are_taken_over(anna: SaleorApi) -> None:
    anna(
        f"""mutation ($input: AccountInput!) {{ accountUpdate(input: $input) {{ {ERRORS} }} }}""",
        input={"firstName": "Annetta", "languageCode": "IT", "defaultBillingAddress": ADDRESS},
    )

    record = CustomerRecord.objects.get(email=ANNA)
    assert (record.first_name, record.last_name, record.language_code) == ("Annetta", "Rossi", "it")
    assert (record.company_name, record.country_code) == ("Rossi Srl", "DE")


def test_saved_addresses_are_shown(anna: SaleorApi, api: Any) -> None:
    anna(
        f"""mutation ($input: AddressInput!) {{
            accountAddressCreate(input: $input, type: SHIPPING) {{ {ERRORS} }}
        }}""",
        input=ADDRESS,
    )

    answer = api(
        """query ($email: String!) {
            customerRecord(email: $email) { addresses { postalCode isDefaultShippingAddress isDefaultBillingAddress } }
        }""",
        email=ANNA,
    )

    assert answer["customerRecord"]["addresses"] == [
        {"postalCode": "10119", "isDefaultShippingAddress": True, "isDefaultBillingAddress": False}
    ]


def test_customer_changes_the_address_and_keeps_the_history(
    anna: SaleorApi, storefront: SaleorApi, saleor: SaleorApi, shop: Shop, mailbox: dict[str, str]
) -> None:
    checkout = create_checkout(anna, shop, email=ANNA)
    create_transaction(saleor, checkout, charged="15.00")
    complete_checkout(anna, checkout)

    request_email_change(anna, shop, NEW)
    confirm_email_change(anna, shop, mailbox["change e-mail"])

    assert known(NEW) == Person(account=global_id(account_of(NEW)), **ONE_ORDER)
    assert known(ANNA) is None
    # A later order comes on top.
    buy(saleor, shop, NEW)
    person = known(NEW)
    assert person is not None
    assert person.figures == {"EUR": Figures(2, "30.00", "30.00")}


def test_staff_changes_the_address_to_that_of_a_guest(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, ANNA)
    buy(saleor, shop, NEW)

    update_customer(saleor, account, email=NEW)

    assert known(NEW) == Person(account=global_id(account), **ONE_ORDER)
    assert known(ANNA) == Person()


def test_staff_changes_several_customers_at_once(saleor: SaleorApi, shop: Shop) -> None:
    anna, bert = (create_confirmed_customer(saleor, email) for email in (ANNA, "bert@example.com"))
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(anna)))

    answer = saleor(
        """mutation ($customers: [CustomerBulkUpdateInput!]!) {
            customerBulkUpdate(customers: $customers) { count errors { path message code } }
        }""",
        customers=[
            {"id": global_id(anna), "input": {"email": NEW}},
            {"id": global_id(bert), "input": {"firstName": "Bert"}},
        ],
    )

    assert answer["count"] == 2
    assert known(NEW) == Person(account=global_id(anna), **ONE_ORDER)
    assert known(ANNA) is None
    assert CustomerRecord.objects.get(email=bert.email).first_name == "Bert"


def test_metadata_of_a_customer_changes_nothing(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, ANNA)

    saleor(
        f"""mutation ($id: ID!, $input: [MetadataInput!]!) {{
            updateMetadata(id: $id, input: $input) {{ {ERRORS} }}
        }}""",
        id=global_id(account),
        input=[{"key": "color", "value": "red"}],
    )

    assert known(ANNA) == Person(account=global_id(account))


# Deletion.


def test_customer_deletes_the_account_and_the_history_stays(
    anna: SaleorApi, saleor: SaleorApi, shop: Shop, mailbox: dict[str, str]
) -> None:
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account_of(ANNA))))

    request_deletion(anna, shop)
    delete_own_account(anna, mailbox["delete"])

    assert known(ANNA) == Person(**ONE_ORDER)


def test_staff_deletes_a_customer_and_the_history_stays(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, ANNA)
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))

    delete_customer(saleor, account)

    assert known(ANNA) == Person(**ONE_ORDER)


def test_staff_deletes_several_customers(saleor: SaleorApi, shop: Shop) -> None:
    accounts = [create_confirmed_customer(saleor, email) for email in (ANNA, "bert@example.com")]

    delete_customers(saleor, accounts)

    assert known(ANNA) == known("bert@example.com") == Person()


def test_member_of_staff_who_bought_is_a_customer_and_leaves_a_history(saleor: SaleorApi, shop: Shop) -> None:
    member = factories.make_staff(ANNA, permissions=())
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(member)))
    assert known(ANNA) == Person(account=global_id(member), **ONE_ORDER)

    saleor(f"mutation ($id: ID!) {{ staffDelete(id: $id) {{ {ERRORS} }} }}", id=global_id(member))

    # Until 3.22 Saleor makes a customer of whoever bought something; from 3.23 on the account is gone.
    remains = type(member).objects.filter(pk=member.pk).exists()
    assert known(ANNA) == Person(account=global_id(member) if remains else None, **ONE_ORDER)


def test_deleted_customer_who_comes_back_is_the_same_person(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, ANNA)
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))
    delete_customer(saleor, account)

    account = create_confirmed_customer(saleor, ANNA)

    assert known(ANNA) == Person(account=global_id(account), **ONE_ORDER)
