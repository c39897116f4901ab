"""Saleor answers as it does without us, whatever happens on our side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from saleor_customer_plus import hooks, tasks
from saleor_customer_plus.core import publishing
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import PluginConfiguration
from saleor_customer_plus.sync import reactions
from tests import factories

from .client import SaleorApi
from .operations import ADDRESS, ERRORS, PASSWORD, REDIRECT, create_checkout, create_draft, place_order
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

Request = tuple[str, dict[str, Any]]

ALL_HOOKS = {
    name: value
    for name, value in vars(CustomerPlusPlugin).items()
    if getattr(value, "__module__", "") == hooks.__name__
}
# Those that only say "look again". What the others do is in `test_buyers` and `test_vouchers`.
HOOKS = sorted(name for name, value in ALL_HOOKS.items() if value not in (hooks.may_buy, hooks.checkout_changed))
TASKS = (tasks.sync_accounts, tasks.sync_addresses, tasks.sync_orders)


@dataclass(frozen=True)
class Scene:
    """What a request needs to be there before."""

    saleor: SaleorApi
    shop: Shop


@pytest.fixture
def scene(saleor: SaleorApi, shop: Shop) -> Scene:
    shop.change_channel(allow_unpaid_orders=True)
    return Scene(saleor, shop)


def customer_create(_scene: Scene) -> Request:
    query = f"""mutation ($input: UserCreateInput!) {{
        customerCreate(input: $input) {{ user {{ email firstName isActive }} {ERRORS} }}
    }}"""
    return query, {"input": {"email": "anna@example.com", "firstName": "Anna", "defaultBillingAddress": ADDRESS}}


def account_register(scene: Scene) -> Request:
    query = f"""mutation ($input: AccountRegisterInput!) {{
        accountRegister(input: $input) {{ requiresConfirmation user {{ id email }} {ERRORS} }}
    }}"""
    return query, {
        "input": {
            "email": "anna@example.com",
            "password": PASSWORD,
            "channel": scene.shop.channel.slug,
            "redirectUrl": REDIRECT,
        }
    }


def customer_update(_scene: Scene) -> Request:
    account = factories.make_account("anna@example.com")
    query = f"""mutation ($id: ID!, $input: CustomerInput!) {{
        customerUpdate(id: $id, input: $input) {{ user {{ id email firstName }} {ERRORS} }}
    }}"""
    return query, {"id": global_id(account), "input": {"email": "new@example.com", "firstName": "Annetta"}}


def customer_delete(_scene: Scene) -> Request:
    account = factories.make_account("anna@example.com")
    query = f"mutation ($id: ID!) {{ customerDelete(id: $id) {{ user {{ id email }} {ERRORS} }} }}"
    return query, {"id": global_id(account)}


def draft_order_complete(scene: Scene) -> Request:
    draft = create_draft(scene.saleor, scene.shop, userEmail="anna@example.com")
    query = f"mutation ($id: ID!) {{ draftOrderComplete(id: $id) {{ order {{ id number status }} {ERRORS} }} }}"
    return query, {"id": global_id(draft)}


def order_mark_as_paid(scene: Scene) -> Request:
    order = place_order(scene.saleor, scene.shop, userEmail="anna@example.com")
    query = f"mutation ($id: ID!) {{ orderMarkAsPaid(id: $id) {{ order {{ id isPaid chargeStatus }} {ERRORS} }} }}"
    return query, {"id": global_id(order)}


def order_cancel(scene: Scene) -> Request:
    order = place_order(scene.saleor, scene.shop, userEmail="anna@example.com")
    query = f"mutation ($id: ID!) {{ orderCancel(id: $id) {{ order {{ id status }} {ERRORS} }} }}"
    return query, {"id": global_id(order)}


def transaction_create(scene: Scene) -> Request:
    order = place_order(scene.saleor, scene.shop, userEmail="anna@example.com")
    query = f"""mutation ($id: ID!, $transaction: TransactionCreateInput!) {{
        transactionCreate(id: $id, transaction: $transaction) {{
            transaction {{ chargedAmount {{ amount }} }} {ERRORS}
        }}
    }}"""
    return query, {
        "id": global_id(order),
        "transaction": {"amountCharged": {"amount": "15.00", "currency": "EUR"}},
    }


def checkout_complete(scene: Scene) -> Request:
    checkout = create_checkout(scene.saleor.by(None), scene.shop, email="anna@example.com")
    query = f"""mutation ($id: ID!) {{
        checkoutComplete(id: $id) {{ order {{ status userEmail total {{ gross {{ amount }} }} }} {ERRORS} }}
    }}"""
    return query, {"id": checkout}


REQUESTS: list[Callable[[Scene], Request]] = [
    customer_create,
    account_register,
    customer_update,
    customer_delete,
    draft_order_complete,
    order_mark_as_paid,
    order_cancel,
    transaction_create,
    checkout_complete,
]


def plugin_is_inactive(_patch: pytest.MonkeyPatch) -> None:
    PluginConfiguration.objects.update_or_create(
        identifier=CustomerPlusPlugin.PLUGIN_ID, channel=None, defaults={"active": False}
    )


def broker_is_down(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("Connection refused")

    for task in TASKS:
        patch.setattr(task, "apply_async", refuse)


def hooks_raise(patch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("a bug of ours")

    patch.setattr(publishing, "publish_ids", fail)


def tasks_raise(patch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("a bug of ours")

    for name in ("orders_changed", "account_changed", "address_changed"):
        patch.setattr(reactions, name, fail)


def nothing_is_wrong(_patch: pytest.MonkeyPatch) -> None:
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written in the block is taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.failing_tasks
@pytest.mark.parametrize(
    "condition",
    [nothing_is_wrong, plugin_is_inactive, broker_is_down, hooks_raise, tasks_raise],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("make_request", REQUESTS, ids=lambda f: f.__name__)
def test_saleor_answers_as_without_us(
    scene: Scene,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    make_request: Callable[[Scene], Request],
    condition: Callable[[pytest.MonkeyPatch], None],
) -> None:
    query, variables = make_request(scene)
    with undone():
        with_plugins, settings.PLUGINS = settings.PLUGINS, []
        without_us = scene.saleor.post(query, **variables)
        settings.PLUGINS = with_plugins
    ((name, payload),) = without_us.json()["data"].items()
    assert (name, payload["errors"]) == (name, []), "the request itself must be a good one"

    condition(monkeypatch)
    answer = scene.saleor.post(query, **variables)

    assert (answer.status_code, answer.json()) == (without_us.status_code, without_us.json())


@pytest.mark.failing_tasks
@pytest.mark.parametrize("condition", [broker_is_down, hooks_raise, tasks_raise], ids=lambda f: f.__name__)
def test_what_was_missed_is_made_up_for_by_the_reconciliation(
    scene: Scene, on_commit: Any, condition: Callable[[pytest.MonkeyPatch], None]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        condition(patch)
        order = place_order(scene.saleor, scene.shop, userEmail="anna@example.com")
    assert not LedgerEntry.objects.exists()

    with on_commit():
        tasks.reconcile()

    assert LedgerEntry.objects.get().order_id == order.pk


def test_inactive_plugin_does_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin_is_inactive(monkeypatch)

    place_order(scene.saleor, scene.shop, userEmail="anna@example.com")

    assert not LedgerEntry.objects.exists()
    assert not CustomerRecord.objects.exists()


def test_every_hook_is_one_that_saleor_calls() -> None:
    from saleor.plugins.base_plugin import BasePlugin

    known = set(BasePlugin.__annotations__) | set(vars(BasePlugin))

    assert len(HOOKS) > 20
    assert set(ALL_HOOKS) <= known


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    """The tasks that were sent, with their arguments. None of them is done."""
    calls: list[tuple[str, tuple[Any, ...]]] = []

    for task in TASKS:

        def note(args: tuple[Any, ...], retry: bool, name: str = task.name) -> None:
            assert retry is False
            calls.append((name.removeprefix("saleor_customer_plus."), args))

        monkeypatch.setattr(task, "apply_async", note)
    return calls


@pytest.fixture
def manager(db: None) -> Any:
    """Saleor's plugin manager, warmed up: it reads the plugins' configuration once."""
    from saleor.plugins.manager import get_plugins_manager

    manager = get_plugins_manager(allow_replica=False)
    manager.get_all_plugins()
    return manager


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_asks_the_database_nothing_and_sends_ids_only(
    shop: Shop,
    manager: Any,
    on_commit: Any,
    sent: list[tuple[str, tuple[Any, ...]]],
    django_assert_num_queries: Any,
    hook: str,
) -> None:
    order = factories.make_order("anna@example.com", channel=shop.channel)
    account = factories.make_account("bert@example.com", first_name="Bert")
    subject, expected = order, ("sync_orders", ([str(order.pk)],))
    if hook.startswith(("customer_", "account_", "staff_")):
        subject, expected = account, ("sync_accounts", ([account.pk],))
    elif hook.startswith("address_"):
        subject = factories.make_address()
        expected = ("sync_addresses", ([subject.pk],))
    elif hook.startswith("fulfillment_"):
        subject = order.fulfillments.create(fulfillment_order=1)
    elif hook == "order_bulk_created":
        subject = [order]

    # Straight to our method: Saleor's manager may have questions of its own, e.g. for the channel.
    (plugin,) = [plugin for plugin in manager.all_plugins if plugin.PLUGIN_ID == CustomerPlusPlugin.PLUGIN_ID]
    with django_assert_num_queries(0), on_commit():
        assert getattr(plugin, hook)(subject, webhooks=None, previous_value="passed on") == "passed on"

    assert sent == [expected]


def test_hook_waits_for_the_commit(manager: Any, sent: list[Any], on_commit: Any) -> None:
    account = factories.make_account()

    with on_commit(), transaction.atomic():
        manager.customer_created(account)
        assert sent == []

    assert sent == [("sync_accounts", ([account.pk],))]


@pytest.mark.django_db(transaction=True)
def test_hook_of_a_transaction_that_is_rolled_back_sends_nothing(manager: Any, sent: list[Any]) -> None:
    account = factories.make_account()

    with transaction.atomic():
        manager.customer_created(account)
        transaction.set_rollback(True)
    assert sent == []

    manager.customer_created(account)  # outside of a transaction: at once
    assert sent == [("sync_accounts", ([account.pk],))]


@pytest.mark.django_db(transaction=True)
def test_whole_story_with_real_commits(saleor: SaleorApi, shop: Shop) -> None:
    from .operations import mark_as_paid
    from .people import Figures, Person, known

    order = place_order(saleor, shop, userEmail="anna@example.com")
    mark_as_paid(saleor, order)

    assert known("anna@example.com") == Person(
        figures={"EUR": Figures(1, "15.00", "15.00")}, orders=[("UNFULFILLED", True)]
    )


@pytest.mark.failing_tasks
def test_logs_of_a_failure_hold_no_personal_data(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker_is_down(monkeypatch)
    with caplog.at_level("DEBUG", logger="saleor_customer_plus"):
        place_order(scene.saleor, scene.shop, userEmail="anna@example.com")

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("saleor_customer_plus")]
    assert ours
    assert not [line for line in ours if "anna" in line.lower() or "rossi" in line.lower()]
