"""Publishing Celery tasks without ever making Saleor wait for the broker.

A request only appends to a buffer of its process, once its transaction is committed. One daemon thread in each process
joins what comes within a moment, drops duplicates, sends one task for many ids, and alone knows the network: over a
connection of its own whose every step has a time limit. After a failure it waits, longer each time, before it tries
again. What a full buffer or the end of the process loses is found by the periodic catch-up.

Without a broker (`CELERY_TASK_ALWAYS_EAGER`) tasks run after the commit, in the process that published them.
"""

from __future__ import annotations

import atexit
import logging
import math
import multiprocessing.util
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple

from asgiref.sync import SyncToAsync
from celery import signals
from django.conf import settings
from django.db import connections, transaction
from kombu.exceptions import EncodeError, OperationalError
from kombu.transport import get_transport_cls

from ..saleor_adapter.host import celery_app

logger = logging.getLogger(__name__)

# Seconds in which ids are joined: long enough for all hooks of one mutation and for a customer's double click, short
# enough that nobody who looks at a record notices.
MOMENT = 0.3
# Seconds in which it is noticed that the process is about to end. Uvicorn leaves a tenth.
SLICE = 0.02
# Ids in one task: an `orderBulkCreate` may carry hundreds of orders.
IDS_IN_ONE_TASK = 500
# Ids, and other tasks, that wait at most in one process: a few megabytes.
MAX_QUEUED = 10_000
# Seconds that one step of talking to the broker may take: a look-up, a connection, a read, a write.
STEP_LIMIT = 1.0
# Seconds between attempts at a broker that failed: twice as many after each failure.
FIRST_PAUSE, MAX_PAUSE = 1.0, 60.0
# Seconds after which a connection that nobody needs is closed. Firewalls forget idle ones without telling.
IDLE = 30.0
# Seconds that the end of a process may wait for what is left to be sent.
FLUSH_LIMIT = 1.0


class _Message(NamedTuple):
    """One task to be sent, and the ids that were joined in it, if it is made of ids."""

    task: Any
    args: tuple[Any, ...]
    ids: Sequence[Any] | None = None

    @property
    def size(self) -> int:
        """What it counts for where ids and other tasks are counted."""
        return 1 if self.ids is None else len(self.ids)


class _Broker:
    """A connection to Celery's broker, for one thread."""

    def __init__(self) -> None:
        self._connection: Any = None

    def send(self, message: _Message) -> None:
        """Send a task, or raise. A connection that was left open may be dead by now: then a new one is tried once."""
        was_open = self._connection is not None
        try:
            self._send(message)
        except EncodeError:
            raise
        except Exception:
            self.close()
            if not was_open:
                raise
            try:
                self._send(message)
            except Exception:
                self.close()
                raise

    def _send(self, message: _Message) -> None:
        if self._connection is None:
            self._connection = _limited_connection()
        message.task.apply_async(args=message.args, retry=False, connection=self._connection)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.release()
            except Exception as error:
                logger.debug("Could not close the connection to the broker: %s", type(error).__name__)


def _limited_connection() -> Any:
    """A connection to the broker that is not open yet, and whose every step will have a time limit.

    Each transport takes the options that it knows: Redis those of sockets, AMQP those for reading and writing, SQS
    those of its client. AMQP confirms what it was sent, so that a connection that died unnoticed loses nothing.
    """
    configured = celery_app.conf.broker_transport_options or {}
    client = {"connect_timeout": STEP_LIMIT, "read_timeout": STEP_LIMIT, "retries": {"max_attempts": 0}}
    connection = celery_app.connection_for_write(
        connect_timeout=STEP_LIMIT,
        transport_options={
            "socket_connect_timeout": STEP_LIMIT,
            "socket_timeout": STEP_LIMIT,
            "retry_on_timeout": False,
            "read_timeout": STEP_LIMIT,
            "write_timeout": STEP_LIMIT,
            "confirm_publish": True,
            "client-config": {**configured.get("client-config", {}), **client},
        },
    )
    # Each of several servers once. kombu's own policy would wait 2 + 4 seconds in between, and begin again.
    servers = max(len(connection.alt or ()), 1)
    connection.transport_options.update(
        max_retries=servers - 1,
        interval_start=0,
        interval_step=0,
        interval_max=0,
        connect_retries_timeout=2 * STEP_LIMIT * servers,
    )
    return connection


class Publisher:
    """The buffer of one process, and the thread that empties it."""

    def __init__(self) -> None:
        # Made when the first task is published, not on import: by then gevent, if it is used, has replaced `threading`.
        self._lock = threading.Lock()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._is_in_a_hurry = False
        self._thread: threading.Thread | None = None
        # Dictionaries, because they keep the order and drop duplicates.
        self._ids: dict[tuple[Any, Any], None] = {}
        self._calls: dict[tuple[str, str], _Message] = {}
        self._dropped = 0
        self._has_said_so = False
        self._is_listening = False
        # Of the thread.
        self._in_flight = 0
        self._broker = _Broker()
        self._failures = 0
        self._retry_at = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt to reach the broker failed."""
        return self._failures > 0

    @property
    def waiting(self) -> int:
        """How many ids and other tasks are not sent yet."""
        return len(self._ids) + len(self._calls) + self._in_flight

    def add_ids(self, task: Any, ids: Iterable[Any]) -> None:
        """Let a task that takes a list of ids look at these. Never waits for the network."""
        with self._lock:
            for id in ids:
                if (task, id) in self._ids:
                    continue
                if len(self._ids) >= MAX_QUEUED:
                    self._drop()
                else:
                    self._ids[task, id] = None
        self._see_to_it()

    def add_call(self, task: Any, args: tuple[Any, ...]) -> None:
        """Send a task with these arguments. Never waits for the network."""
        with self._lock:
            key = (task.name, repr(args))
            if key not in self._calls and len(self._calls) >= MAX_QUEUED:
                self._drop()
            else:
                self._calls[key] = _Message(task, args)
        self._see_to_it()

    def flush(self, seconds: float | None = None) -> None:
        """Send what waits, for so many seconds at most, `FLUSH_LIMIT` by default: the process is about to end."""
        thread = self._thread
        if thread is not None and thread.is_alive():
            self._stop.set()
            self._wake.set()
            thread.join(FLUSH_LIMIT if seconds is None else seconds)
        if self.waiting and not self._has_said_so:
            self._has_said_so = True  # it is called twice at the end of a process
            logger.warning(
                "The process ends with %s tasks unsent. The periodic catch-up makes up for them.", self.waiting
            )

    def hurry(self) -> None:
        """From now on send at once what comes: the process is about to end. For handlers of signals: takes no lock."""
        self._is_in_a_hurry = True

    def wait_without_locks(self, seconds: float) -> None:
        """Until all is sent, for so long at most, but not for a broker that fails. For handlers of signals."""
        deadline = time.monotonic() + seconds
        while self.waiting and not self.is_failing and time.monotonic() < deadline:
            time.sleep(0.01)

    def _drop(self) -> None:
        self._dropped += 1
        if self._dropped == 1:
            logger.error(
                "More than %s tasks wait for the broker: further ones are dropped. "
                "The periodic catch-up makes up for them.",
                MAX_QUEUED,
            )

    def _see_to_it(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._start()
        if not self._is_listening:  # not before a server has its handlers: what is imported may publish too
            self._is_listening = _listen_for_the_end()
        if not self._wake.is_set():
            self._wake.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._stop.clear()
                self._is_in_a_hurry = False
                self._thread = threading.Thread(target=self._run, name="customer-plus-publisher", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                if self._go_on():
                    return
            except Exception as error:  # whatever it is, the thread goes on
                logger.error("The publisher failed: %s", type(error).__name__)
                self._stop.wait(FIRST_PAUSE)

    def _go_on(self) -> bool:
        """Wait for work and do it. Return whether the process ends and nothing more can be done."""
        if not self._wake.wait(IDLE):
            self._broker.close()
            return False
        self._wait(max(MOMENT, self._retry_at - time.monotonic()))
        self._wake.clear()  # before looking: who adds something later sets it again
        if self._stop.is_set() and self.is_failing:
            return True
        self._send(self._take())
        return self._stop.is_set() and (self.is_failing or not self.waiting)

    def _wait(self, seconds: float) -> None:
        """For so long, or until the process is about to end. In slices, since no event can be set in a signal."""
        if self.is_failing:
            self._stop.wait(seconds)
            return
        for _ in range(math.ceil(seconds / SLICE)):
            if self._is_in_a_hurry or self._stop.wait(min(SLICE, seconds)):
                return

    def _take(self) -> list[_Message]:
        with self._lock:
            ids, self._ids = self._ids, {}
            calls, self._calls = self._calls, {}
            self._in_flight = len(ids) + len(calls)
        joined: dict[Any, list[Any]] = {}
        for task, id in ids:
            joined.setdefault(task, []).append(id)
        # First the tasks that somebody may be waiting for.
        return [*calls.values(), *(message for task, of_task in joined.items() for message in _joined(task, of_task))]

    def _send(self, messages: Sequence[_Message]) -> None:
        try:
            for number, message in enumerate(messages):
                try:
                    self._broker.send(message)
                    self._in_flight -= message.size
                    self._succeeded()
                except EncodeError as error:
                    logger.error("Could not send %s: %s", message.task.name, type(error).__name__)
                except Exception as error:
                    # What is not about the network may be about this message: it must not stop the others for ever.
                    is_of_network = isinstance(error, (OperationalError, OSError))
                    self._put_back(messages[number if is_of_network else number + 1 :])
                    self._failed(error)
                    return
        finally:
            self._in_flight = 0
            connections.close_all()  # of this thread, should a receiver of Celery's signals have asked the database

    def _put_back(self, messages: Sequence[_Message]) -> None:
        with self._lock:
            ids: dict[tuple[Any, Any], None] = {}
            calls: dict[tuple[str, str], _Message] = {}
            for message in messages:
                if message.ids is None:
                    calls[message.task.name, repr(message.args)] = message
                else:
                    ids.update(((message.task, id), None) for id in message.ids)
            both_ids, both_calls = {**ids, **self._ids}, {**calls, **self._calls}
            self._ids = dict(islice(both_ids.items(), MAX_QUEUED))
            self._calls = dict(islice(both_calls.items(), MAX_QUEUED))
            self._in_flight = 0
            for _ in range(len(both_ids) + len(both_calls) - self.waiting):
                self._drop()
        self._wake.set()

    def _failed(self, error: Exception) -> None:
        pause = min(FIRST_PAUSE * 2**self._failures, MAX_PAUSE) * random.uniform(0.75, 1.25)
        self._retry_at = time.monotonic() + pause
        self._failures = min(self._failures + 1, 16)
        if self._failures == 1:
            # By its type alone: the text may hold the broker's address and password.
            reason = type(error.__cause__ or error).__name__
            logger.error("The task broker cannot be reached (%s). Tasks wait in this process meanwhile.", reason)

    def _succeeded(self) -> None:
        if self._failures:
            logger.warning("The task broker can be reached again. %s tasks were dropped meanwhile.", self._dropped)
        self._failures, self._retry_at, self._dropped = 0, 0.0, 0


def _joined(task: Any, ids: Iterable[Any]) -> Iterator[_Message]:
    remaining = iter(ids)
    while part := list(islice(remaining, IDS_IN_ONE_TASK)):
        yield _Message(task, (part,), part)


# By process: a forked child begins with an empty buffer, a lock that nobody holds, and a thread and connection of its
# own. What its parent has not sent yet, the parent sends.
_publishers: dict[int, Publisher] = {}
# Kept, because to throw a parent's connection away would close it for the parent too.
_of_parents: list[Publisher] = []


def _after_fork() -> None:
    _of_parents.extend(_publishers.values())
    _publishers.clear()


os.register_at_fork(after_in_child=_after_fork)


def _publisher() -> Publisher:
    process = os.getpid()
    found = _publishers.get(process)
    if found is None:
        made = Publisher()
        found = _publishers.setdefault(process, made)
        if found is made:
            # Both: children of `multiprocessing` end without `atexit`. To flush twice does no harm.
            atexit.register(flush)
            multiprocessing.util.Finalize(None, flush, exitpriority=10)
    return found


def is_failing() -> bool:
    """Whether this process could not reach the broker when it last tried: what was published waits."""
    found = _publishers.get(os.getpid())
    return found is not None and found.is_failing


def flush(*_args: Any, **_kwargs: Any) -> None:
    """Send what waits, within a second: the process is about to end."""
    found = _publishers.get(os.getpid())
    if found is not None:
        found.flush()


signals.worker_process_shutdown.connect(flush)


def prepare() -> None:
    """Import what talks to the broker, when the process starts.

    The first task of a process would import it otherwise, in the publisher's thread, while requests wait for Python's
    lock: 60 ms for Redis.
    """
    scheme, separator, _rest = str(getattr(settings, "CELERY_BROKER_URL", None) or "").partition("://")
    if separator:
        try:
            get_transport_cls(scheme)
        except Exception as error:  # Celery tells of it where it is used
            logger.debug("Could not import the transport of the broker: %s", type(error).__name__)


def _listen_for_the_end() -> bool:
    """See to it that what comes after a SIGTERM is sent at once, if the server ends the process in good order.

    Uvicorn, with which Saleor is served, answers what is under way and then ends the process by the same signal:
    without `atexit`, and before the publisher's moment is over. Handlers are the main thread's business: there runs the
    event loop for which Django works in another thread.

    Return False if nobody handles the signal yet.
    """
    if threading.current_thread() is threading.main_thread():
        return _hurry_on_sigterm()
    loop = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    if loop is None or not loop.is_running():
        return False
    loop.call_soon_threadsafe(_hurry_on_sigterm)
    return True


def _hurry_on_sigterm() -> bool:
    theirs = signal.getsignal(signal.SIGTERM)
    if getattr(theirs, "is_of_publisher", False):
        return True
    # By default the process ends at once: then there is nothing to hurry for.
    if not callable(theirs) or threading.current_thread() is not threading.main_thread():
        return False

    def ours(number: int, frame: FrameType | None) -> Any:
        found = _publishers.get(os.getpid())
        if found is not None:
            found.hurry()
            found.wait_without_locks(FLUSH_LIMIT)
        return theirs(number, frame)

    ours.is_of_publisher = True  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, ours)
    return True


def publish_ids(task: Any, ids: Collection[Any]) -> None:
    """Let a task that takes a list of ids look at these, once the transaction is committed; now where there is none.

    Joined with other ids of the moment: the task may get them in another order and company.
    """
    if ids:
        _after_commit(partial(_ids_after_commit, task, tuple(ids)))


def publish(task: Any, *args: Any) -> None:
    """Send a task once the transaction is committed; now where there is none. Once for all equal ones of a moment."""
    _after_commit(partial(_call_after_commit, task, args))


def _after_commit(append: Callable[[], None]) -> None:
    """`on_commit` alone would open a connection to the database where there is none yet."""
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(append, robust=True)
    else:
        append()


def _ids_after_commit(task: Any, ids: tuple[Any, ...]) -> None:
    try:
        if celery_app.conf.task_always_eager:
            for message in _joined(task, ids):
                task.apply_async(args=message.args, retry=False)
        else:
            _publisher().add_ids(task, ids)
    except Exception as error:
        _log_unsent(task, error)


def _call_after_commit(task: Any, args: tuple[Any, ...]) -> None:
    try:
        if celery_app.conf.task_always_eager:
            task.apply_async(args=args, retry=False)
        else:
            _publisher().add_call(task, args)
    except Exception as error:
        _log_unsent(task, error)


def send_now(task: Any, calls: Iterable[tuple[Any, ...]]) -> None:
    """Send a task from within another one, before that ends: once for each of these arguments, equal ones too.

    Within the same time limits as everything else. What the broker does not take is logged, and a periodic task makes
    up for it.
    """
    if celery_app.conf.task_always_eager:
        for args in calls:
            task.apply_async(args=args, retry=False)
        return
    broker = _Broker()
    try:
        for args in calls:
            broker.send(_Message(task, args))
    except Exception as error:
        _log_unsent(task, error)
    finally:
        broker.close()


def _log_unsent(task: Any, error: Exception) -> None:
    logger.error(
        "Could not send %s: %s. A periodic task makes up for it.",
        task.name,
        type(error).__name__,
    )
