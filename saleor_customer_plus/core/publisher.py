"""The buffer of ids and tasks that wait to be sent, and the thread that sends them.

The thread joins what comes within a moment, drops duplicates, and sends one task for many ids. After a failure it
waits, longer each time, before it tries again.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connections
from kombu.exceptions import EncodeError, OperationalError

from .broker import Broker, Message

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
# Seconds between attempts at a broker that failed: twice as many after each failure.
FIRST_PAUSE, MAX_PAUSE = 1.0, 60.0
# Seconds after which a connection that nobody needs is closed. Firewalls forget idle ones without telling.
IDLE = 30.0
# Seconds that the end of a process may wait for what is left to be sent.
FLUSH_LIMIT = 1.0


class Publisher:
    """The buffer of one process, and the thread that empties it."""

    def __init__(self, listen_for_the_end: Callable[[], bool] = lambda: True) -> None:
        """`listen_for_the_end` has the process call `hurry` when it is about to end. It returns whether it could."""
        self._listen_for_the_end = listen_for_the_end
        # Made when the first task is published, not on import: by then gevent, if it is used, has replaced `threading`.
        self._lock = threading.Lock()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._is_in_a_hurry = False
        self._thread: threading.Thread | None = None
        # Dictionaries, because they keep the order and drop duplicates.
        self._ids: dict[tuple[Any, Any], None] = {}
        self._calls: dict[tuple[str, str], Message] = {}
        self._dropped = 0
        self._has_said_so = False
        self._is_listening = False
        # Of the thread.
        self._in_flight = 0
        self._broker = Broker()
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
                self._calls[key] = Message(task, args)
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

    def wait_without_locks(self) -> None:
        """Until all is sent, for `FLUSH_LIMIT` at most, but not for a broker that fails. For handlers of signals."""
        deadline = time.monotonic() + FLUSH_LIMIT
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
            self._is_listening = self._listen_for_the_end()
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

    def _take(self) -> list[Message]:
        with self._lock:
            ids, self._ids = self._ids, {}
            calls, self._calls = self._calls, {}
            self._in_flight = len(ids) + len(calls)
        by_task: dict[Any, list[Any]] = {}
        for task, id in ids:
            by_task.setdefault(task, []).append(id)
        # First the tasks that somebody may be waiting for.
        return [*calls.values(), *(message for task, of_task in by_task.items() for message in joined(task, of_task))]

    def _send(self, messages: Sequence[Message]) -> None:
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

    def _put_back(self, messages: Sequence[Message]) -> None:
        with self._lock:
            ids: dict[tuple[Any, Any], None] = {}
            calls: dict[tuple[str, str], Message] = {}
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


def joined(task: Any, ids: Iterable[Any]) -> Iterator[Message]:
    """The ids as messages for a task that takes a list of ids, `IDS_IN_ONE_TASK` in each at most."""
    remaining = iter(ids)
    while part := list(islice(remaining, IDS_IN_ONE_TASK)):
        yield Message(task, (part,), part)
