"""Hooks that look at the plugin's settings, on any host. What they do to a real checkout is in tests/saleor."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus import hooks, tasks
from saleor_customer_plus.plugin import CustomerPlusPlugin

from .factories import make_account, make_record

pytestmark = pytest.mark.django_db

CHECKOUT = UUID("11111111-2222-3333-4444-555555555555")


def plugin(**chosen: Any) -> CustomerPlusPlugin:
    """The plugin as Saleor makes it for a request, with these settings."""
    configuration = [{"name": name, "value": value} for name, value in chosen.items()]
    return CustomerPlusPlugin(configuration=configuration, active=True)


# Buyers.


def asks(account: Any, **chosen: Any) -> str:
    """What the checkout of this customer is told: blank where it goes on."""
    try:
        answer = plugin(**chosen).preprocess_order_creation(SimpleNamespace(user=account), [], previous_value="as was")
    except ValidationError as refusal:
        ((field, (error,)),) = refusal.error_dict.items()
        assert (field, error.code) == ("user", "graphql_error")
        return error.messages[0]
    assert answer == "as was"
    return ""


def test_anybody_may_buy_by_default_and_nothing_is_asked() -> None:
    account = make_account()

    with CaptureQueriesContext(connection) as captured:
        assert asks(account) == asks(None) == asks(None, block_guest_buyers=True) == ""

    assert len(captured) == 0


def test_only_the_approved_may_buy_where_the_shop_chose_so() -> None:
    approved, known, unknown = make_account(), make_account(), make_account()
    make_record(approved.email, account=approved, is_approved_buyer=True)
    make_record(known.email, account=known)

    assert asks(approved, require_approved_buyers=True) == ""
    assert asks(known, require_approved_buyers=True) == hooks.BUYER_REFUSED
    assert asks(unknown, require_approved_buyers=True) == hooks.BUYER_REFUSED


def test_one_statement_is_asked() -> None:
    account = make_account()
    make_record(account.email, account=account, is_approved_buyer=True)

    with CaptureQueriesContext(connection) as captured:
        asks(account, require_approved_buyers=True)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 1


def test_guests_may_buy_unless_they_are_blocked() -> None:
    assert asks(None, require_approved_buyers=True) == ""
    assert asks(None, require_approved_buyers=True, block_guest_buyers=True) == hooks.GUEST_REFUSED
    # As the Dashboard sends it.
    assert asks(None, require_approved_buyers="true", block_guest_buyers="TRUE") == hooks.GUEST_REFUSED


@pytest.mark.parametrize(("is_confirmed", "refusal"), [(True, ""), (False, hooks.BUYER_REFUSED)])
def test_an_address_just_confirmed_is_enough_and_one_that_is_not_is_none(is_confirmed: bool, refusal: str) -> None:
    """`setPassword` confirms without telling anybody, and the customer buys at once."""
    make_record("anna@example.com", is_approved_buyer=True)

    assert asks(make_account("Anna@Example.com", is_confirmed=is_confirmed), require_approved_buyers=True) == refusal


def test_the_record_of_somebody_else_is_no_approval() -> None:
    make_record("anna@example.com", account=make_account(), is_approved_buyer=True)

    assert asks(make_account("anna@example.com"), require_approved_buyers=True) == hooks.BUYER_REFUSED


def test_the_checkout_goes_on_when_we_cannot_tell(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_account: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        return False

    monkeypatch.setattr(hooks, "is_approved_buyer", fail)

    assert asks(make_account("anna@example.com"), require_approved_buyers=True) == ""

    assert "ProgrammingError" in caplog.text
    assert "anna" not in caplog.text
    make_account()  # the transaction of the checkout is as it was


# Vouchers of groups.


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    calls: list[tuple[str, tuple[Any, ...]]] = []

    def note(args: tuple[Any, ...], retry: bool) -> None:
        calls.append(("apply_group_voucher", args))

    monkeypatch.setattr(tasks.apply_group_voucher, "apply_async", note)
    return calls


@pytest.mark.parametrize("hook", ["checkout_created", "checkout_updated"])
@pytest.mark.parametrize(
    ("chosen", "user_id", "code", "is_sent"),
    [
        ({"group_vouchers": True}, 1, None, True),
        ({"group_vouchers": "true"}, 1, "", True),
        ({}, 1, None, False),
        ({"group_vouchers": False}, 1, None, False),
        ({"group_vouchers": True}, None, None, False),
        ({"group_vouchers": True}, 1, "SUMMER", False),
    ],
)
def test_a_checkout_is_looked_at_if_there_may_be_something_for_it(
    sent: list[Any], on_commit: Callable[[], Any], hook: str, chosen: Any, user_id: Any, code: Any, is_sent: bool
) -> None:
    checkout = SimpleNamespace(pk=CHECKOUT, user_id=user_id, voucher_code=code)

    with CaptureQueriesContext(connection) as captured, on_commit():
        assert getattr(plugin(**chosen), hook)(checkout, webhooks=None, previous_value=7) == 7

    assert len(captured) == 0
    assert sent == ([("apply_group_voucher", (str(CHECKOUT),))] if is_sent else [])


def test_a_checkout_that_is_none_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert plugin(group_vouchers=True).checkout_updated(None, previous_value=7) == 7
    assert "checkout_changed failed: AttributeError" in caplog.text


def test_a_task_does_nothing_while_the_setting_is_off() -> None:
    with CaptureQueriesContext(connection) as captured:
        tasks.apply_group_voucher(str(CHECKOUT))

    assert len(captured) == 1
