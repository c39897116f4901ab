"""What our hooks add to Saleor's own mutations, or on the stand-in to a transaction with three hooks.

With tasks queued in Redis as in production, and with a broker that refuses connections, is silent, or closes them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from types import SimpleNamespace
from typing import Any

from tests import brokers

from . import host, timing
from .report import Figure

# A part of the whole, with a broker that answers. Saleor's shortest mutation takes 30 ms.
MAX_ADDED = 0.01
# Milliseconds, with one that does not.
MAX_LATE = 20
# With a broker that does not answer.
FEWEST_PAIRS = 40

CREATE = "mutation M($email: String!) { customerCreate(input: {email: $email}) { user { id } errors { code field } } }"
PAY = "mutation M($id: ID!) { orderMarkAsPaid(id: $id) { order { id isPaid } errors { code field } } }"
COMPLETE = "mutation M($id: ID!) { draftOrderComplete(id: $id) { order { id } errors { code field } } }"
ORDER = "mutation M($id: ID!) { orderCreateFromCheckout(id: $id) { order { id } errors { code field } } }"

Requests = dict[str, Callable[[], object]]


def measure(runs: int) -> tuple[str, list[Figure]]:
    """The mutations with the plugin active and inactive, in turns, in a process that has a broker."""
    fewer = max(runs // 10, FEWEST_PAIRS)
    figures, tasks = [], 0
    for state, count in (("answers", runs), ("refuses", fewer), ("is silent", fewer), ("closes", fewer)):
        with host.empty_database(), _broker(state) as (url, process):
            os.environ["CELERY_BROKER_URL"] = url
            try:
                measured = host.in_process("mutations", count, state, process)
            finally:
                del os.environ["CELERY_BROKER_URL"]
        tasks += measured["queued"]
        figures += [_figure(name, state, pairs) for name, pairs in measured["pairs"].items()]
    return (
        f"{runs} pairs of requests, {fewer} where the broker does not answer; {tasks:,} tasks were queued. What is "
        "added is the median of the differences of pairs, with its confidence interval of 95 %; then of the processor "
        "in the thread of the request, and for the first request of the process",
        figures,
    )


def _figure(name: str, state: str, pairs: list[list[list[float]]]) -> Figure:
    """Of pairs of what a request took without us and with us. The first pair is of the first requests of a process."""
    (first, first_with_us), *rest = [[timing.Taken(*taken) for taken in pair] for pair in pairs]
    without, with_us = ([pair[index].seconds for pair in rest] for index in (0, 1))
    added, least, most = timing.added(list(zip(without, with_us, strict=True)))
    cpu, *_ = timing.added([(pair[0].cpu, pair[1].cpu) for pair in rest])
    times = (
        f"{_ms(median(with_us))} (95th percentile {_ms(timing.percentile(with_us, 95))}), "
        f"without {_ms(median(without))} ({_ms(timing.percentile(without, 95))})"
    )
    what = name if state == "answers" else f"{name}, the broker {state}"
    also = f"; processor {cpu * 1000:+.2f} ms; first {(first_with_us.seconds - first.seconds) * 1000:+.1f} ms"
    if state == "answers" and host.ON_SALEOR:
        whole = median(without)
        ratio = f"{added / whole:+.1%} ({least / whole:+.1%} to {most / whole:+.1%})"
        return Figure(what, times, ratio + also, f"under {MAX_ADDED:.0%}", added / whole < MAX_ADDED)
    ratio = f"{added * 1000:+.2f} ms ({least * 1000:+.2f} to {most * 1000:+.2f})"
    return Figure(what, times, ratio + also, f"under {MAX_LATE} ms", added * 1000 < MAX_LATE)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.2f} ms"


@contextmanager
def _broker(state: str) -> Iterator[tuple[str, int]]:
    """The address of a broker, and the process to be stopped or ended once all is prepared; 0 if there is none."""
    if state == "closes":
        with brokers.closing() as port:
            yield f"redis://127.0.0.1:{port}/0", 0
        return
    port = brokers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
        try:
            brokers.wait_for(port)
            yield f"redis://127.0.0.1:{port}/0", server.pid
        finally:
            server.kill()  # also one that was stopped
            server.wait()


def in_turns_with_us(runs: int, state: str, redis: int) -> dict[str, Any]:
    """What the process of the measurement does. The broker gets into its state once all is prepared."""
    from saleor_customer_plus.core import process_publisher

    requests = (_mutations if host.ON_SALEOR else _three_hooks)(2 * (runs + timing.WARM_UP) + 3)
    if redis and state != "answers":
        os.kill(redis, signal.SIGKILL if state == "refuses" else signal.SIGSTOP)
    before = _queued() if state == "answers" else 0
    pairs = {name: _paired(runs, request) for name, request in requests.items()}
    if state != "answers":
        deadline = time.monotonic() + 10
        while not process_publisher.is_failing():
            if time.monotonic() > deadline:
                raise RuntimeError("The broker answered: nothing was measured.")
            time.sleep(0.1)
        return {"queued": 0, "pairs": pairs}
    process_publisher.flush()
    return {"queued": _queued() - before, "pairs": pairs}


def _mutations(count: int) -> Requests:
    """Saleor's own mutations, each of them so many times."""
    from tests import factories
    from tests.client import SALEOR_PATH, Api
    from tests.saleor import operations
    from tests.saleor.client import SaleorApi
    from tests.saleor.shop import global_id, open_shop

    # An app: staff would need a group that may see the channel of each order.
    permissions = ("manage_users", "manage_orders", "manage_checkouts", "handle_checkouts", "handle_payments")
    _app, token = factories.make_app(permissions=permissions)
    api, saleor = Api(token, SALEOR_PATH), SaleorApi(token=token)
    emails = (f"bench{number}@example.com" for number in range(10**9))
    shop = open_shop(stock=10 * count)
    orders = iter([_unpaid_order(factories) for _ in range(count)])
    drafts = iter([operations.create_draft(saleor, shop, userEmail=next(emails)) for _ in range(count)])
    carts = iter([operations.create_checkout(saleor, shop, email=next(emails)) for _ in range(count)])
    return {
        "customerCreate": lambda: _succeed(api(CREATE, email=next(emails))),
        "orderMarkAsPaid": lambda: _succeed(api(PAY, id=next(orders))),
        "draftOrderComplete": lambda: _succeed(api(COMPLETE, id=global_id(next(drafts)))),
        "orderCreateFromCheckout": lambda: _succeed(api(ORDER, id=next(carts))),
    }


def _three_hooks(_count: int) -> Requests:
    """What an order's mutation makes of the plugin, and a statement that Saleor would have without it too."""
    from django.db import connection, transaction

    from saleor_customer_plus.plugin import CustomerPlusPlugin
    from saleor_customer_plus.saleor_adapter.host import PluginConfiguration

    plugin = CustomerPlusPlugin(configuration=[], active=True)
    numbers = iter(range(10**9))

    def order() -> None:
        is_active = PluginConfiguration.objects.get(identifier=plugin.PLUGIN_ID).active
        subject = SimpleNamespace(pk=next(numbers))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if is_active:
                for hook in (plugin.order_created, plugin.order_fully_paid, plugin.order_updated):
                    hook(subject)

    return {"A transaction with three hooks": order}


def _paired(runs: int, request: Callable[[], object]) -> list[tuple[timing.Taken, timing.Taken]]:
    """What requests took without and with the plugin, in pairs. The first pair warms up the rest."""
    from saleor_customer_plus.saleor_adapter.host import PluginConfiguration
    from saleor_customer_plus.settings import PLUGIN_ID

    def switch(is_active: bool) -> Callable[[], None]:
        def prepare() -> None:
            PluginConfiguration.objects.update_or_create(
                identifier=PLUGIN_ID, channel=None, defaults={"name": "Customer Plus", "active": is_active}
            )

        return prepare

    off, on = switch(False), switch(True)
    off()
    request()  # whatever is slow the first time in Saleor itself
    first = timing.taken_by(request)
    on()
    return [(first, timing.taken_by(request)), *timing.pairs(runs, request, request, before=(off, on))]


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
    from saleor_customer_plus.saleor_adapter.host import celery_app

    with celery_app.connection_for_read() as connection:
        channel = connection.default_channel
        return sum(int(channel.client.llen(name)) for name in {"celery", celery_app.conf.task_default_queue})
