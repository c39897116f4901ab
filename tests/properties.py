"""With how many examples a property is tried: few in every run, and `EXAMPLES` times as many before a release."""

from __future__ import annotations

import os

_FACTOR = int(os.environ.get("EXAMPLES", "1"))


def examples(number: int) -> int:
    """The `max_examples` of a property for which so many are enough in an everyday run."""
    return number * _FACTOR
