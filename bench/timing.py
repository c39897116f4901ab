"""How long things take, on a machine that others use too."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

WARM_UP = 2


def in_turns(
    runs: int,
    one: Callable[[], object],
    other: Callable[[], object],
    *,
    before: tuple[Callable[[], object], Callable[[], object]] = (bool, bool),
) -> tuple[float, float]:
    """Do two things in turns, and return the median seconds of each: whatever else goes on slows both down.

    `before` is done before each, and takes no part in its time.
    """
    for _ in range(WARM_UP):  # fills caches, of PostgreSQL as of the host
        one()
        other()
    taken: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        for index in (0, 1) if run % 2 else (1, 0):
            before[index]()
            began = time.perf_counter()
            (one, other)[index]()
            taken[index].append(time.perf_counter() - began)
    return median(taken[0]), median(taken[1])


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
