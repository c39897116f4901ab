"""The publisher of each process: made on first use, made anew after a fork, and emptied before the process ends."""

from __future__ import annotations

import atexit
import multiprocessing.util
import os
import signal
import threading
from types import FrameType
from typing import Any

from asgiref.sync import SyncToAsync
from celery import signals

from .publisher import Publisher

# By process: a forked child begins with an empty buffer, a lock that nobody holds, and a thread and connection of its
# own. What its parent has not sent yet, the parent sends.
_publishers: dict[int, Publisher] = {}
# Kept, because to throw a parent's connection away would close it for the parent too.
_of_parents: list[Publisher] = []


def _after_fork() -> None:
    _of_parents.extend(_publishers.values())
    _publishers.clear()


os.register_at_fork(after_in_child=_after_fork)


def current() -> Publisher:
    """The publisher of this process."""
    process = os.getpid()
    found = _publishers.get(process)
    if found is None:
        made = Publisher(_listen_for_the_end)
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
            found.wait_without_locks()
        return theirs(number, frame)

    ours.is_of_publisher = True  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, ours)
    return True
