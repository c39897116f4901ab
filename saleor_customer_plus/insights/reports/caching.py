"""Keeping a report for a while: whoever looks at it again, or turns a page of it, does not read the ledger again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from django.core.cache import cache
from django.utils import timezone

from ...core.rate_limits import cache_key
from .scope import Scope

_Report = TypeVar("_Report")
# Seconds. Figures may be so much older than those of the list.
KEPT_FOR = 300


@dataclass(frozen=True, slots=True)
class Computed(Generic[_Report]):
    """A report, and when it was computed."""

    report: _Report
    computed_at: datetime


def computed(make: Callable[..., _Report], *arguments: Any) -> Computed[_Report]:
    """The report that a function makes of these arguments, at most `KEPT_FOR` seconds old.

    The arguments tell whose orders somebody sees: they are a part of the key.
    """
    key = cache_key("report", make.__module__, make.__qualname__, *map(_written, arguments))
    kept = cache.get(key)
    if isinstance(kept, Computed):
        return cast(Computed[_Report], kept)
    found = Computed(make(*arguments), timezone.now())
    cache.set(key, found, timeout=KEPT_FOR)
    return found


def _written(argument: Any) -> str:
    """An argument in letters that are always the same: those of a set are not."""
    if isinstance(argument, frozenset):
        return repr(sorted(argument))
    if isinstance(argument, Scope):
        return " ".join(map(_written, astuple(argument)))
    return repr(argument)
