"""Further processes for the work of a command, where there are no workers of Celery to help."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


@contextmanager
def helped_by(number: int, help: Callable[..., None], *args: Any) -> Iterator[None]:
    """Call `help` in so many processes meanwhile, and wait for them. Of one that fails the others do the work."""
    if number:
        connections.close_all()  # a connection must not be shared between processes
    fork = multiprocessing.get_context("fork")
    helpers = [fork.Process(target=help, args=args, daemon=True) for _ in range(number)]
    for helper in helpers:
        helper.start()
    yield
    for helper in helpers:
        helper.join()
