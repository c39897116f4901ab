"""From the commit to the broker, in one process. What needs several is in tests/concurrency."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction
from kombu.exceptions import EncodeError, OperationalError

from saleor_customer_plus import tasks
from saleor_customer_plus.core import broker as broker_connection
from saleor_customer_plus.core import celery_tasks, process_publisher, publishing
from saleor_customer_plus.core import publisher as publishers
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter.host import celery_app

from .. import brokers

Sent = list[tuple[str, tuple[Any, ...]]]

ORDER = SimpleNamespace(pk="11111111-2222-3333-4444-555555555555")
# Far more than anything here takes, far less than for ever.
LONG = 30


@pytest.fixture(autouse=True)
def with_a_broker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process has a broker, and a publisher that is as new."""
    # Celery's own first: it reads Django's where it has none, and what it read here is what it gets back afterwards.
    monkeypatch.setattr(celery_app.conf, "task_always_eager", False)
    settings.CELERY_TASK_ALWAYS_EAGER = False  # for a Celery whose own setting does not overrule Django's
    monkeypatch.setattr(process_publisher, "_publishers", {})
    monkeypatch.setattr(publishers, "MOMENT", 0.05)
    monkeypatch.setattr(publishers, "FIRST_PAUSE", 0.05)
    yield
    if process_publisher._publishers:
        publisher = process_publisher.current()
        publisher._ids.clear()
        publisher._calls.clear()
        publisher.flush(LONG)


class Broker:
    """In the place of tasks' `apply_async`: notes what is sent, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.threads: set[threading.Thread] = set()
        self.fail: Callable[[str, Any], None] = lambda _name, _args: None

    def take(self, name: str, args: tuple[Any, ...]) -> None:
        self.threads.add(threading.current_thread())
        self.fail(name, args)
        self.sent.append((name.removeprefix("saleor_customer_plus."), args))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    for task in (tasks.sync_orders, tasks.sync_accounts, tasks.run_job, tasks.notify_mentioned):

        def take(args: Any, name: str = task.name, **_options: Any) -> None:
            broker.take(name, args)

        monkeypatch.setattr(task, "apply_async", take)
    return broker


@pytest.fixture
def plugin() -> CustomerPlusPlugin:
    return CustomerPlusPlugin(configuration=[], active=True)


def refuse(_name: str, _args: Any) -> None:
    raise OperationalError("redis://:secret@broker/0 refused") from ConnectionRefusedError("redis://:secret@broker/0")


def wait_until(is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.01)


def after_flush(broker: Broker) -> Sent:
    process_publisher.current().flush(LONG)
    return broker.sent


@pytest.mark.django_db
def test_three_hooks_of_a_transaction_publish_one_task(plugin: Any, broker: Broker, on_commit: Any) -> None:
    with on_commit(), transaction.atomic():
        for hook in (plugin.order_created, plugin.order_fully_paid, plugin.order_updated):
            hook(ORDER)
        assert not process_publisher._publishers

    assert after_flush(broker) == [("sync_orders", ([ORDER.pk],))]


@pytest.mark.django_db
def test_what_is_rolled_back_publishes_nothing(plugin: Any, broker: Broker, on_commit: Any) -> None:
    with on_commit(), transaction.atomic():
        plugin.order_created(ORDER)
        transaction.set_rollback(True)

    assert not process_publisher._publishers


@pytest.mark.django_db
def test_ten_thousand_updates_of_a_hundred_orders_make_few_tasks(plugin: Any, broker: Broker, on_commit: Any) -> None:
    for start in range(0, 10_000, 100):
        with on_commit():
            for number in range(start, start + 100):
                plugin.order_updated(SimpleNamespace(pk=number % 100))

    sent = after_flush(broker)
    assert len(sent) <= 200
    assert {id for _name, (ids,) in sent for id in ids} == {str(number) for number in range(100)}
    assert all(len(ids) == len(set(ids)) for _name, (ids,) in sent)


def test_a_task_gets_so_many_ids_at_most(broker: Broker) -> None:
    process_publisher.current().add_ids(tasks.sync_orders, range(publishers.IDS_IN_ONE_TASK + 1))

    assert [len(ids) for _name, (ids,) in after_flush(broker)] == [publishers.IDS_IN_ONE_TASK, 1]


def test_other_tasks_are_sent_one_by_one_and_equal_ones_once(broker: Broker) -> None:
    publisher = process_publisher.current()
    for job_id in (1, 2, 1):
        publisher.add_call(tasks.run_job, (job_id,))
    publisher.add_call(tasks.notify_mentioned, (7, [3, 4]))

    assert after_flush(broker) == [("run_job", (1,)), ("run_job", (2,)), ("notify_mentioned", (7, [3, 4]))]


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("misbehaving", brokers.MISBEHAVING, ids=lambda broker: broker.__name__)
def test_the_thread_of_a_request_never_talks_to_the_broker(
    plugin: Any, on_commit: Any, monkeypatch: pytest.MonkeyPatch, misbehaving: Any, scheme: str
) -> None:
    """And the publisher's own thread gives up in time, keeping what it could not send."""
    monkeypatch.setattr(broker_connection, "STEP_LIMIT", 0.2)
    talking: set[threading.Thread] = set()
    for name in ("getaddrinfo", "create_connection"):
        original = getattr(socket, name)

        def noted(*args: Any, original: Any = original, **options: Any) -> Any:
            talking.add(threading.current_thread())
            return original(*args, **options)

        monkeypatch.setattr(socket, name, noted)
    with misbehaving() as port:
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"{scheme}://127.0.0.1:{port}//")
        with on_commit():
            for hook in (plugin.order_created, plugin.order_fully_paid, plugin.order_updated):
                hook(ORDER)
        assert threading.current_thread() not in talking
        publisher = process_publisher.current()
        wait_until(lambda: publisher._failures >= 2)

    assert talking == {publisher._thread}
    wait_until(lambda: publisher.waiting == 1)
    assert process_publisher.is_failing()


@pytest.mark.django_db
def test_a_name_that_is_never_resolved_holds_nobody(
    plugin: Any, on_commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, asked = threading.Event(), threading.Event()

    def black_hole(*_args: Any, **_options: Any) -> Any:
        asked.set()
        never.wait(LONG)
        raise socket.gaierror("not known")

    monkeypatch.setattr(socket, "getaddrinfo", black_hole)
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://broker.invalid:6379/0")
    with on_commit():
        plugin.order_created(ORDER)
    assert asked.wait(LONG)

    with on_commit():
        plugin.order_updated(ORDER)
        plugin.order_updated(SimpleNamespace(pk="another"))
    began = time.monotonic()
    process_publisher.flush()

    assert time.monotonic() - began < LONG / 2  # it would be for ever
    never.set()


def test_what_could_not_be_sent_is_kept_and_sent_later(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    broker.fail = refuse
    publisher = process_publisher.current()
    publisher.add_ids(tasks.sync_orders, ["a", "b"])
    publisher.add_call(tasks.run_job, (1,))
    wait_until(lambda: publisher._failures >= 3)
    assert process_publisher.is_failing()
    publisher.add_ids(tasks.sync_orders, ["c", "a"])

    broker.fail = lambda _name, _args: None
    wait_until(lambda: len(broker.sent) == 2)

    assert broker.sent == [("run_job", (1,)), ("sync_orders", (["a", "b", "c"],))]
    wait_until(lambda: not process_publisher.is_failing())
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert told == [
        "The task broker cannot be reached (ConnectionRefusedError). Tasks wait in this process meanwhile.",
        "The task broker can be reached again. 0 tasks were dropped meanwhile.",
    ]


def test_a_failing_broker_is_asked_less_and_less_often(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishers, "FIRST_PAUSE", 1.0)
    monkeypatch.setattr("random.uniform", lambda _least, _most: 1.0)
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    publisher = publishers.Publisher()
    pauses = []
    for _ in range(20):
        publisher._failed(OperationalError())
        pauses.append(publisher._retry_at)

    assert pauses == [1, 2, 4, 8, 16, 32, *[60] * 14]


def test_memory_is_bounded(broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(publishers, "MAX_QUEUED", 100)
    broker.fail = refuse
    publisher = process_publisher.current()
    publisher.add_ids(tasks.sync_orders, range(60))
    wait_until(lambda: publisher._failures >= 1)
    publisher.add_ids(tasks.sync_orders, range(1000))
    for job_id in range(1000):
        publisher.add_call(tasks.run_job, (job_id,))
    wait_until(lambda: publisher._failures >= 3)

    assert publisher.waiting <= 200
    broker.fail = lambda _name, _args: None
    wait_until(lambda: len(broker.sent) == 101)
    wait_until(lambda: not process_publisher.is_failing())
    assert sum("further ones are dropped" in record.getMessage() for record in caplog.records) == 1
    assert "1800 tasks were dropped meanwhile" in caplog.text


@pytest.mark.parametrize("error", [EncodeError("no JSON"), RuntimeError("a receiver of a signal")])
def test_a_task_that_cannot_be_sent_at_all_does_not_stop_the_others(broker: Broker, error: Exception) -> None:
    def fail(name: str, args: Any) -> None:
        if args == (1,):
            raise error

    broker.fail = fail
    publisher = process_publisher.current()
    publisher.add_call(tasks.run_job, (1,))
    publisher.add_call(tasks.run_job, (2,))
    publisher.add_ids(tasks.sync_orders, ["a"])

    wait_until(lambda: len(broker.sent) == 2)
    assert broker.sent == [("run_job", (2,)), ("sync_orders", (["a"],))]


def test_the_thread_survives_what_nobody_thought_of(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = process_publisher.current()
    original, calls = publisher._take, []

    def take() -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise MemoryError
        return original()

    monkeypatch.setattr(publisher, "_take", take)
    publisher.add_ids(tasks.sync_orders, ["a"])
    wait_until(lambda: calls)
    publisher.add_ids(tasks.sync_orders, ["b"])

    wait_until(lambda: broker.sent)
    assert broker.sent == [("sync_orders", (["a", "b"],))]


@pytest.mark.django_db
def test_the_thread_keeps_no_connection_to_the_database(broker: Broker) -> None:
    left: list[Any] = []

    def ask(_name: str, _args: Any) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        left.append(connections["default"])

    broker.fail = ask
    process_publisher.current().add_ids(tasks.sync_orders, ["a"])
    after_flush(broker)

    (of_thread,) = left
    assert of_thread is not connection
    wait_until(lambda: of_thread.connection is None)


def test_the_thread_keeps_no_process_alive(broker: Broker) -> None:
    process_publisher.current().add_ids(tasks.sync_orders, ["a"])
    after_flush(broker)

    assert [thread.daemon for thread in broker.threads] == [True]


def test_after_a_flush_it_goes_on(broker: Broker) -> None:
    publisher = process_publisher.current()
    publisher.add_ids(tasks.sync_orders, ["a"])
    after_flush(broker)
    publisher.add_ids(tasks.sync_orders, ["b"])

    assert after_flush(broker) == [("sync_orders", (["a"],)), ("sync_orders", (["b"],))]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("misbehaving", brokers.MISBEHAVING, ids=lambda broker: broker.__name__)
def test_a_task_that_hands_over_does_not_hang(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, misbehaving: Any, scheme: str
) -> None:
    monkeypatch.setattr(broker_connection, "STEP_LIMIT", 0.2)
    with misbehaving() as port:
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"{scheme}://127.0.0.1:{port}//")
        publishing.send_now(tasks.run_job, [(1,), (1,), (1,)])

    assert caplog.text.count("Could not send saleor_customer_plus.run_job") == 1


def test_each_of_several_servers_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with brokers.refusing() as first, brokers.silent() as second:
        urls = f"redis://127.0.0.1:{first}/0;redis://127.0.0.1:{second}/0"
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", urls)
        monkeypatch.setattr(broker_connection, "STEP_LIMIT", 0.2)
        link = broker_connection.limited_connection()
        tried: list[int] = []
        establish = link._establish_connection

        def noted() -> Any:
            tried.append(link.port)
            return establish()

        monkeypatch.setattr(link, "_establish_connection", noted)
        with pytest.raises(OperationalError):
            _ = link.default_channel

    assert tried == [first, second]


def test_limits_keep_what_the_shop_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        celery_app.conf,
        "broker_transport_options",
        {"visibility_timeout": 7, "max_retries": 100, "client-config": {"user_agent": "shop"}},
    )
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://127.0.0.1:1/0")

    link = broker_connection.limited_connection()

    options = link.transport_options
    assert (options["visibility_timeout"], options["max_retries"]) == (7, 0)
    assert options["client-config"]["user_agent"] == "shop"
    assert options["socket_timeout"] == options["client-config"]["read_timeout"] == link.connect_timeout == 1.0


def test_the_queue_is_the_shop_s(broker: Broker) -> None:
    """It is an option of the task, which nothing here overrules."""
    assert {task.queue for task in (tasks.sync_orders, tasks.run_job)} == {celery_tasks.QUEUE}
