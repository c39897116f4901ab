"""Running code in processes of their own, on the test database, with what they did committed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, transaction

_fork = multiprocessing.get_context("fork")


class Process:
    """A child that waits at the barrier and then runs a function. Its failure is the parent's."""

    def __init__(self, function: Callable[[], Any], barrier: Any) -> None:
        self._errors, errors = _fork.Pipe(duplex=False)

        def main() -> None:
            try:
                barrier.wait(30)
                function()
            except BaseException:
                errors.send(traceback.format_exc())
            finally:
                connections.close_all()
                os._exit(0)  # no teardown of the parent's pytest in the child

        self._process = _fork.Process(target=main)
        self._process.start()
        errors.close()

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)  # type: ignore[arg-type]

    def join(self) -> None:
        self._process.join(120)
        assert not self._process.is_alive(), "a process hangs"
        if self._errors.poll():
            try:
                error = self._errors.recv()
            except EOFError:
                return
            raise AssertionError(f"in a process:\n{error}")


def start(*functions: Callable[[], Any]) -> list[Process]:
    """Start a process for each function; all begin at the same moment."""
    connections.close_all()  # a connection must not be shared with a child
    barrier = _fork.Barrier(len(functions))
    return [Process(function, barrier) for function in functions]


def at_once(*functions: Callable[[], Any]) -> None:
    """Run the functions at the same time, each in its own process, and wait for all."""
    for process in start(*functions):
        process.join()


def while_open(work: Callable[[], Any], other: Callable[[], Any]) -> None:
    """Do some work in a transaction, and the other one in another process while that is not yet committed."""
    done = _fork.Barrier(2)

    def first() -> None:
        with transaction.atomic():
            work()
            done.wait(30)
            time.sleep(0.5)  # the other is under way

    def second() -> None:
        done.wait(30)
        other()

    at_once(first, second)


@contextmanager
def committed(django_db_blocker: Any) -> Iterator[None]:
    """Let a test commit, and take away afterwards what it left in the tables that such tests write.

    Django's own way, to empty every table, would also take what Saleor's migrations put there.
    """
    with django_db_blocker.unblock():
        database = connections["default"].settings_dict
        assert database["NAME"] == database["TEST"]["NAME"], "not a test database"
        try:
            yield
        finally:
            for left in multiprocessing.active_children():  # by a test that failed
                left.kill()
                left.join()
            connections.close_all()
            ours = apps.get_app_config("saleor_customer_plus").get_models()
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SELECT set_config('customer_plus.erasure', 'on', true)")
                cursor.execute("TRUNCATE " + ", ".join(model._meta.db_table for model in ours))
            for model in _of_host():
                model._base_manager.all()._raw_delete("default")
            connections.close_all()


def _of_host() -> list[Any]:
    """What the factories make for such a test, but for the channels, which they find again."""
    from saleor_customer_plus.saleor_adapter.host import (
        Order,
        OrderLine,
        Payment,
        PluginConfiguration,
        Product,
        ProductVariant,
        Transaction,
        TransactionItem,
        User,
    )

    of_users = [User._meta.get_field(name).remote_field.through for name in ("groups", "user_permissions")]
    of_orders = [TransactionItem, Transaction, Payment, OrderLine, Order]
    return [*of_orders, ProductVariant, Product, *of_users, User, PluginConfiguration]
