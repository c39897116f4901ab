"""How much of what could be tried is tried: a part in every run, all of it with `WHOLE=1`.

`.ci/run` tries all of it. What an everyday run leaves out is always the same, and is counted in its last line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, TypeVar

import pytest

WHOLE = os.environ.get("WHOLE", "") == "1"
_FACTOR = int(os.environ.get("EXAMPLES", "1"))
_EVERYDAY_SHARE = 2  # one of so many examples of a property

T = TypeVar("T")


def examples(number: int) -> int:
    """The `max_examples` of a property for which so many are enough in a whole run."""
    return ceil(number * _FACTOR / (1 if WHOLE else _EVERYDAY_SHARE))


def sampled(cases: Iterable[Any], *, one_in: int) -> list[Any]:
    """The cases of a long table for `pytest.mark.parametrize`: all but one in so many are marked as `slow`."""
    return [case if place % one_in == 0 else _slow(case) for place, case in enumerate(cases)]


def _slow(case: Any) -> Any:
    if isinstance(case, type(pytest.param())):
        return pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)


def share(cases: Iterable[T], *, one_in: int, turn: int = 0) -> Sequence[T]:
    """What one test tries in a loop: one in so many, and with another `turn` others. All of it in a whole run."""
    every = list(cases)
    return every if WHOLE else every[turn % one_in :: one_in]
