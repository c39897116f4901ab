"""How long things take, on a machine that others use too."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

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
    taken = pairs(runs, one, other, before=before)
    return median(first.seconds for first, _ in taken), median(second.seconds for _, second in taken)


class Taken(NamedTuple):
    """What a thing took: by the clock, and of the processor in this thread, which other work does not change."""

    seconds: float
    cpu: float


def taken_by(thing: Callable[[], object]) -> Taken:
    began, cpu = time.perf_counter(), time.thread_time()
    thing()
    return Taken(time.perf_counter() - began, time.thread_time() - cpu)


def pairs(
    runs: int,
    one: Callable[[], object],
    other: Callable[[], object],
    *,
    before: tuple[Callable[[], object], Callable[[], object]] = (bool, bool),
) -> list[tuple[Taken, Taken]]:
    """Do two things in turns, and return what they took, pair by pair: see `in_turns`."""
    for _ in range(WARM_UP):  # fills caches, of PostgreSQL as of the host
        one()
        other()
    taken: tuple[list[Taken], list[Taken]] = ([], [])
    for run in range(runs):
        for index in (0, 1) if run % 2 else (1, 0):
            before[index]()
            taken[index].append(taken_by((one, other)[index]))
    return list(zip(*taken, strict=True))


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many per cent of the values do not exceed."""
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def added(taken: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """What the second adds to the first: the median of the pairs' differences, and its 95 % confidence interval.

    Of differences within a pair, because the load of the machine changes between pairs.
    """
    differences = [second - first for first, second in taken]
    samples = random.Random(0)
    medians = sorted(median(samples.choices(differences, k=len(differences))) for _ in range(1000))
    return median(differences), medians[25], medians[974]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
