"""Vouchers of groups in real checkouts: applied once, never over a code, taken out when membership ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from graphene import Node

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import SYNC, Actor
from saleor_customer_plus.bulk import imports, undo, updates
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.groups import consequences, vouchers
from saleor_customer_plus.groups.models import Group, GroupMembership, VoucherUse
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord
from tests import factories
from tests.factories import change, make_account, make_record, save_settings

from .client import SaleorApi
from .operations import ADDRESS, ERRORS, complete_checkout, create_checkout, create_transaction
from .shop import Shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _on(db: None) -> None:
    save_settings(group_vouchers=True)


@pytest.fixture
def anna(db: None) -> CustomerRecord:
    account = make_account("anna@example.com")
    return make_record("anna@example.com", account=account)


@pytest.fixture
def customer(storefront: SaleorApi, anna: CustomerRecord) -> SaleorApi:
    """The storefront, with Anna logged in."""
    return storefront.by(factories.make_token(anna.account))


def make_voucher(shop: Shop, code: str, **fields: Any) -> Any:
    """Half off everything."""
    voucher = apps.get_model("discount", "Voucher").objects.create(
        **{"type": "entire_order", "discount_value_type": "percentage"} | fields
    )
    voucher.codes.create(code=code)
    voucher.channel_listings.create(channel=shop.channel, currency="EUR", discount_value=50)
    return voucher


def make_group(code: str, *members: CustomerRecord, days_ago: int = 0) -> Group:
    group = Group.objects.create(name=f"Group {code}", key=f"group {code}".lower(), voucher_code=code)
    joined_at = timezone.now() - timedelta(days=days_ago)
    for record in members:
        GroupMembership.objects.create(record=record, group=group, joined_at=joined_at)
    return group


def checkout_of(checkout_id: str) -> Any:
    return apps.get_model("checkout", "Checkout").objects.get(pk=Node.from_global_id(checkout_id)[1])


def code_in(checkout_id: str) -> str | None:
    return checkout_of(checkout_id).voucher_code


def uses() -> list[str]:
    return list(VoucherUse.objects.order_by("id").values_list("voucher_code", flat=True))


def enter_code(customer: SaleorApi, checkout_id: str, code: str) -> None:
    customer(
        f"""mutation ($id: ID!, $code: String!) {{
            checkoutAddPromoCode(id: $id, promoCode: $code) {{ {ERRORS} }}
        }}""",
        id=checkout_id,
        code=code,
    )


def remove_code(customer: SaleorApi, checkout_id: str, code: str) -> None:
    customer(
        f"""mutation ($id: ID!, $code: String!) {{
            checkoutRemovePromoCode(id: $id, promoCode: $code) {{ {ERRORS} }}
        }}""",
        id=checkout_id,
        code=code,
    )


def touch(customer: SaleorApi, checkout_id: str) -> None:
    """Change the checkout in some way."""
    customer(
        f"""mutation ($id: ID!, $address: AddressInput!) {{
            checkoutBillingAddressUpdate(id: $id, billingAddress: $address) {{ {ERRORS} }}
        }}""",
        id=checkout_id,
        address=ADDRESS,
    )


def leave(record: CustomerRecord, group: Group, on_commit: Callable[[], Any]) -> None:
    GroupMembership.objects.filter(record=record, group=group).delete()
    with on_commit():
        consequences.memberships_changed([record.pk])


# Applied.


def test_a_members_checkout_gets_the_voucher_and_the_order_its_price(
    saleor: SaleorApi, customer: SaleorApi, shop: Shop, anna: CustomerRecord
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)

    checkout_id = create_checkout(customer, shop, quantity=2)

    assert code_in(checkout_id) == "HALF"
    (use,) = VoucherUse.objects.all()
    assert (use.checkout_id, use.record, use.group) == (checkout_of(checkout_id).pk, anna, group)
    create_transaction(saleor, checkout_id, charged="15.00")
    order = complete_checkout(customer, checkout_id)
    assert (order.voucher_code, str(order.total_gross_amount)) == ("HALF", "15.000")


def test_a_checkout_that_a_member_takes_over_gets_the_voucher(
    storefront: SaleorApi, customer: SaleorApi, shop: Shop, anna: CustomerRecord
) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    checkout_id = create_checkout(storefront, shop, email="anna@example.com")
    assert code_in(checkout_id) is None

    customer(f"mutation ($id: ID!) {{ checkoutCustomerAttach(id: $id) {{ {ERRORS} }} }}", id=checkout_id)

    assert code_in(checkout_id) == "HALF"


def test_of_several_groups_the_one_joined_first_wins(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    for code in ("LATE", "EARLY"):
        make_voucher(shop, code)
    make_group("", anna, days_ago=9)
    make_group("LATE", anna, days_ago=1)
    make_group("EARLY", anna, days_ago=5)

    assert code_in(create_checkout(customer, shop)) == "EARLY"


def test_whoever_is_in_no_group_has_the_voucher_of_the_default_one(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord
) -> None:
    make_voucher(shop, "HALF")
    change(default_group(), voucher_code="HALF")

    assert code_in(create_checkout(customer, shop)) == "HALF"

    make_group("", anna)
    assert code_in(create_checkout(customer, shop)) is None


def test_nobody_else_gets_it(storefront: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    bea = make_record("bea@example.com", account=make_account("bea@example.com"))

    assert code_in(create_checkout(storefront.by(factories.make_token(bea.account)), shop)) is None
    assert code_in(create_checkout(storefront, shop, email="anna@example.com")) is None
    assert uses() == []


@pytest.mark.parametrize("saved", [{}, {"group_vouchers": True, "active": False}])
def test_nothing_is_applied_unless_the_shop_chose_so(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, saved: dict[str, Any]
) -> None:
    save_settings(**saved)
    make_voucher(shop, "HALF")
    make_group("HALF", anna)

    checkout_id = create_checkout(customer, shop)
    tasks.apply_group_voucher(str(checkout_of(checkout_id).pk))

    assert code_in(checkout_id) is None


# Never twice, never over another.


def test_what_the_customer_removes_is_not_put_back(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    remove_code(customer, checkout_id, "HALF")
    touch(customer, checkout_id)
    tasks.apply_group_voucher(str(checkout_of(checkout_id).pk))

    assert code_in(checkout_id) is None
    assert uses() == ["HALF"]


def test_a_code_that_the_customer_entered_stays(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    for code in ("HALF", "MINE"):
        make_voucher(shop, code)
    checkout_id = create_checkout(customer, shop)
    enter_code(customer, checkout_id, "MINE")
    make_group("HALF", anna)

    touch(customer, checkout_id)
    tasks.apply_group_voucher(str(checkout_of(checkout_id).pk))

    assert code_in(checkout_id) == "MINE"
    assert uses() == []


def test_a_code_that_the_customer_enters_over_ours_stays(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    for code in ("HALF", "MINE"):
        make_voucher(shop, code)
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    enter_code(customer, checkout_id, "MINE")
    touch(customer, checkout_id)
    leave(anna, group, on_commit)

    assert code_in(checkout_id) == "MINE"


def test_a_checkout_that_is_gone_is_passed_over(anna: CustomerRecord) -> None:
    assert vouchers.apply("11111111-2222-3333-4444-555555555555") is False


# Vouchers that do not hold.


def test_a_voucher_that_ended_does_nothing_and_is_logged_by_ids(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, caplog: pytest.LogCaptureFixture
) -> None:
    make_voucher(shop, "HALF", end_date=timezone.now() - timedelta(days=1))
    make_group("HALF", anna)

    with caplog.at_level("INFO", logger="saleor_customer_plus"):
        checkout_id = create_checkout(customer, shop)

    assert code_in(checkout_id) is None
    assert uses() == []
    told = [record.getMessage() for record in caplog.records if record.name == vouchers.__name__]
    assert told
    assert all(str(checkout_of(checkout_id).pk) in line and "anna" not in line for line in told)


@pytest.mark.parametrize("is_gift_card", [False, True])
def test_a_code_that_is_no_vouchers_does_nothing(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, is_gift_card: bool
) -> None:
    if is_gift_card:
        apps.get_model("giftcard", "GiftCard").objects.create(
            code="CARD", currency="EUR", initial_balance_amount=5, current_balance_amount=5
        )
    make_group("CARD", anna)

    checkout_id = create_checkout(customer, shop)

    assert code_in(checkout_id) is None
    assert checkout_of(checkout_id).gift_cards.count() == 0
    assert uses() == []


def test_a_voucher_of_another_channel_does_nothing(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    make_voucher(shop, "HALF").channel_listings.all().delete()
    make_group("HALF", anna)

    assert code_in(create_checkout(customer, shop)) is None


def test_a_voucher_that_holds_later_is_applied_later(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    voucher = make_voucher(shop, "HALF", start_date=timezone.now() + timedelta(days=1))
    make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)
    assert code_in(checkout_id) is None

    change(voucher, start_date=timezone.now() - timedelta(days=1))
    touch(customer, checkout_id)

    assert code_in(checkout_id) == "HALF"


# When membership ends.


def test_the_voucher_goes_when_membership_ends(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    leave(anna, group, on_commit)

    assert code_in(checkout_id) is None
    touch(customer, checkout_id)
    assert code_in(checkout_id) is None


def test_the_voucher_stays_when_another_membership_ends(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    other = make_group("", anna)
    checkout_id = create_checkout(customer, shop)

    leave(anna, other, on_commit)

    assert code_in(checkout_id) == "HALF"


def test_the_voucher_goes_when_the_group_is_deleted(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    group.delete()
    with on_commit():
        consequences.memberships_changed([anna.pk])

    assert code_in(checkout_id) is None


def test_the_voucher_of_the_default_group_goes_when_another_is_joined(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    change(default_group(), voucher_code="HALF")
    checkout_id = create_checkout(customer, shop)
    with on_commit():
        consequences.memberships_changed([anna.pk])
    assert code_in(checkout_id) == "HALF"

    make_group("", anna)
    with on_commit():
        consequences.memberships_changed([anna.pk])

    assert code_in(checkout_id) is None


def test_the_voucher_goes_though_the_task_that_ends_it_is_lost_and_goes_once(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)
    tasks.end_left_vouchers()
    assert code_in(checkout_id) == "HALF"

    GroupMembership.objects.filter(record=anna, group=group).delete()  # and nobody says so
    tasks.end_left_vouchers()
    assert code_in(checkout_id) is None

    factories.change(checkout_of(checkout_id), voucher_code="HALF")  # entered by the customer
    tasks.end_left_vouchers()
    assert code_in(checkout_id) == "HALF"


def test_the_voucher_goes_when_the_record_is_deleted(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    with on_commit():
        deletion.delete_records([anna.pk], actor=SYNC)

    assert code_in(checkout_id) is None
    assert uses() == []


def test_an_order_keeps_its_voucher_when_membership_ends(
    saleor: SaleorApi, customer: SaleorApi, shop: Shop, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)
    create_transaction(saleor, checkout_id, charged="10.00")
    order = complete_checkout(customer, checkout_id)

    leave(anna, group, on_commit)

    order.refresh_from_db()
    assert order.voucher_code == "HALF"


def test_checkouts_that_are_no_more_are_forgotten(customer: SaleorApi, shop: Shop, anna: CustomerRecord) -> None:
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    gone, kept = create_checkout(customer, shop), create_checkout(customer, shop)
    checkout_of(gone).delete()

    tasks.forget_vouchers()

    assert list(VoucherUse.objects.values_list("checkout_id", flat=True)) == [checkout_of(kept).pk]


# When a job ends membership.


def run_job(job: BulkJob, on_commit: Callable[[], Any]) -> BulkJob:
    with on_commit():
        for _ in jobs.run(job.pk):
            pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


@pytest.fixture
def staff(db: None) -> Actor:
    return Actor(ActorType.STAFF, str(factories.make_staff().pk))


def test_the_voucher_goes_when_many_leave_a_group(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, staff: Actor, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF", anna)
    checkout_id = create_checkout(customer, shop)

    run_job(updates.create("ungroup", {"group_ids": [group.pk]}, of=[anna.pk], actor=staff), on_commit)

    assert code_in(checkout_id) is None


def test_the_voucher_goes_when_an_import_moves_a_person_to_another_group(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, staff: Actor, on_commit: Callable[[], Any]
) -> None:
    save_settings(group_vouchers=True, several_groups=False)
    make_voucher(shop, "HALF")
    make_group("HALF", anna)
    other = make_group("")
    checkout_id = create_checkout(customer, shop)

    options = ImportOptions(show_preview=False, group_id=other.pk)
    run_job(imports.of_text("anna@example.com", options, actor=staff), on_commit)

    assert code_in(checkout_id) is None


def test_the_voucher_goes_when_joining_is_undone(
    customer: SaleorApi, shop: Shop, anna: CustomerRecord, staff: Actor, on_commit: Callable[[], Any]
) -> None:
    make_voucher(shop, "HALF")
    group = make_group("HALF")
    joined = run_job(updates.create("group", {"group_ids": [group.pk]}, of=[anna.pk], actor=staff), on_commit)
    checkout_id = create_checkout(customer, shop)
    assert code_in(checkout_id) == "HALF"

    run_job(undo.create(joined.pk, actor=staff), on_commit)

    assert code_in(checkout_id) is None
