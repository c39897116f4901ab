"""Python's search for objects that hold each other, put off while a batch is worked on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Do not search meanwhile: a batch of rows makes very many objects, all of which are still needed.

    It takes an eighth of the time of an import, and of Python's in a reconciliation. Only for what is soon over:
    nothing that holds itself is freed.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
