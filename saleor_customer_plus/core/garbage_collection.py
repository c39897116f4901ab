"""Python's search for objects that hold each other, put off while a batch is worked on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put the garbage collector off while a batch is worked on: nearly all of its many objects are still needed.

    Its searches took an eighth of the time of an import, and of what Python does in a reconciliation. Only for work
    that is soon over: meanwhile no objects that refer to each other in a circle are freed.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
