"""Publishing Celery tasks without ever making Saleor wait for the broker.

A request only appends to a buffer of its process, once its transaction is committed (`core.process_publisher`). One
daemon thread in each process empties that buffer (`core.publisher`), and it alone knows the network (`core.broker`).
What a full buffer or the end of the process loses is found by the periodic catch-up.

Without a broker (`CELERY_TASK_ALWAYS_EAGER`) tasks run after the commit, in the process that published them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from kombu.transport import get_transport_cls

from ..saleor_adapter.host import celery_app
from . import process_publisher
from .broker import Broker, Message
from .publisher import joined

logger = logging.getLogger(__name__)


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
            for message in joined(task, ids):
                task.apply_async(args=message.args, retry=False)
        else:
            process_publisher.current().add_ids(task, ids)
    except Exception as error:
        _log_unsent(task, error)


def _call_after_commit(task: Any, args: tuple[Any, ...]) -> None:
    try:
        if celery_app.conf.task_always_eager:
            task.apply_async(args=args, retry=False)
        else:
            process_publisher.current().add_call(task, args)
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
    broker = Broker()
    try:
        for args in calls:
            broker.send(Message(task, args))
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
