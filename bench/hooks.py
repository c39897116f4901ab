"""Item 19: what our hooks add to Saleor's own mutations, with tasks queued in Redis as in production."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import host
from .report import Figure

MOST_ADDED = 0.03

CREATE = "mutation M($email: String!) { customerCreate(input: {email: $email}) { user { id } errors { code field } } }"
PAY = "mutation M($id: ID!) { orderMarkAsPaid(id: $id) { order { id isPaid } errors { code field } } }"


def measure(runs: int) -> tuple[str, list[Figure]]:
    """The mutations with the plugin active and inactive, in turns, in a process that has a broker."""
    with host.empty_database(), _redis() as broker:
        os.environ["CELERY_BROKER_URL"] = broker
        try:
            measured = host.in_process("mutations", runs)
        finally:
            del os.environ["CELERY_BROKER_URL"]
    figures = []
    for name in ("customerCreate", "orderMarkAsPaid"):
        without, with_us = measured[name]
        added = with_us / without - 1
        times = f"{with_us * 1000:,.2f} ms, without {without * 1000:,.2f} ms"
        figures.append(Figure(name, times, f"{added:+.1%}", f"under {MOST_ADDED:.0%}", added < MOST_ADDED))
    return f"Medians of {runs} pairs of requests; {measured['queued']:,} tasks were queued", figures


@contextmanager
def _redis() -> Iterator[str]:
    """A Redis of our own, gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
        try:
            for _attempt in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def in_turns_with_us(runs: int) -> dict[str, Any]:
    """What the process of the measurement does."""
    from tests import factories
    from tests.client import SALEOR_PATH, Api

    # Staff would need a group that may see the channel of each order.
    _app, token = factories.make_app(permissions=("manage_users", "manage_orders"))
    api = Api(token, SALEOR_PATH)
    emails = (f"bench{number}@example.com" for number in range(10**9))
    orders = iter([_unpaid_order(factories) for _ in range(2 * (runs + 2))])
    before = _queued()
    return {
        "customerCreate": _paired(runs, lambda: _succeed(api(CREATE, email=next(emails)))),
        "orderMarkAsPaid": _paired(runs, lambda: _succeed(api(PAY, id=next(orders)))),
        "queued": _queued() - before,
    }


def _paired(runs: int, request: Callable[[], None]) -> tuple[float, float]:
    from saleor_customer_plus.host import PluginConfiguration
    from saleor_customer_plus.settings import PLUGIN_ID

    from .timing import in_turns

    def switch(is_active: bool) -> Callable[[], None]:
        def prepare() -> None:
            PluginConfiguration.objects.update_or_create(
                identifier=PLUGIN_ID, channel=None, defaults={"name": "Customer Plus", "active": is_active}
            )

        return prepare

    return in_turns(runs, request, request, before=(switch(False), switch(True)))


def _unpaid_order(factories: Any) -> str:
    from graphene import Node

    order = factories.make_order(
        "buyer@example.com", charge_status="none", status="unfulfilled", billing_address=factories.make_address()
    )
    return str(Node.to_global_id("Order", order.pk))


def _succeed(answer: dict[str, Any]) -> None:
    ((name, payload),) = answer.items()
    if payload["errors"]:
        raise RuntimeError(f"{name} failed: {payload['errors']}")


def _queued() -> int:
    """How many tasks wait in the broker: nobody works on them."""
    from saleor_customer_plus.host import celery_app

    with celery_app.connection_for_read() as connection:
        channel = connection.default_channel
        return sum(int(channel.client.llen(name)) for name in {"celery", celery_app.conf.task_default_queue})
