"""How our Celery tasks are registered, and whether the code that runs is a worker's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import OperationalError

from ..saleor_adapter.host import allow_writer, celery_app
from . import sql

# For shops that keep their customers' tasks out of the way of others. None is Celery's default queue.
QUEUE = os.environ.get("CUSTOMER_PLUS_CELERY_QUEUE") or None

_is_bulk_work: ContextVar[bool] = ContextVar("is_bulk_work", default=False)


def task(
    name: str, *, retry_on: tuple[type[Exception], ...] = (), **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Register a task under a stable name, with write access to the database, retried on deadlocks and lost links.

    It is retried on the exceptions of `retry_on` too.
    """

    def register(function: Callable[..., Any]) -> Any:
        return celery_app.task(
            name=f"saleor_customer_plus.{name}",
            autoretry_for=(OperationalError, *retry_on),
            **{"retry_backoff": True, "max_retries": 5, **options},
            acks_late=True,
            ignore_result=True,
            queue=QUEUE,
        )(sql.without_values()(allow_writer()(function)))

    return register


@contextmanager
def bulk_work() -> Iterator[None]:
    """Mark a part of the code as work on a job, which nobody waits for."""
    token = _is_bulk_work.set(True)
    try:
        yield
    finally:
        _is_bulk_work.reset(token)


def is_bulk_work() -> bool:
    """Whether this is work on a job. What follows from it is done on the spot instead of in thousands of tasks."""
    return _is_bulk_work.get()
