"""How a host guards its writer database, and what a new row of it has."""

from __future__ import annotations

import pytest
from django.db import connection
from saleor.core.db.connection import UnsafeWriterAccessError, allow_writer

from saleor_customer_plus.saleor_adapter.host import Order, User, celery_app
from tests import factories

pytestmark = pytest.mark.django_db


@celery_app.task(name="tests.contract.count_accounts")
def count_accounts() -> int:
    return User.objects.count()


@celery_app.task(name="tests.contract.count_accounts_as_writer")
@allow_writer()
def count_accounts_as_writer() -> int:
    return User.objects.count()


def test_a_task_may_use_the_writer_only_if_it_says_so() -> None:
    factories.make_account()

    assert count_accounts_as_writer.apply().get() == 1
    with pytest.raises(UnsafeWriterAccessError):
        count_accounts.apply().get()


def test_tasks_run_at_once_where_there_is_no_broker() -> None:
    assert celery_app.conf.task_always_eager


def test_orders_are_numbered_one_after_the_other() -> None:
    first, second = factories.make_order(), factories.make_order()

    assert second.number == first.number + 1


@pytest.mark.parametrize(
    ("model", "email_column", "kept"), [(User, "email", "Anna@Example.com"), (Order, "user_email", "Anna@Example.com")]
)
def test_e_mails_keep_their_case(model: type, email_column: str, kept: str) -> None:
    row = factories.make_account(kept) if model is User else factories.make_order(kept)

    row.refresh_from_db()
    assert getattr(row, email_column) == kept


def test_deleting_an_account_leaves_its_orders() -> None:
    account = factories.make_account("anna@example.com")
    order = factories.make_order(account=account)

    account.delete()

    order.refresh_from_db()
    assert (order.user, order.user_email) == (None, "anna@example.com")


def test_phone_and_country_are_columns_of_text() -> None:
    """Our set-wise statements read them in SQL."""
    address = factories.make_address(phone="+49301234567", country="DE")

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, country FROM account_address WHERE id = %s", [address.pk])
        assert cursor.fetchone() == ("+49301234567", "DE")
    row = type(address).objects.get(pk=address.pk)
    assert (row.phone.as_e164, row.country.code, row.country.name) == ("+49301234567", "DE", "Germany")
