"""Keeping a report for a while: whoever looks at it again, or turns a page of it, does not read the ledger again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from django.core.cache import cache
from django.utils import timezone

from ... import __version__
from ...core.rate_limits import cache_key
from .scope import Scope

logger = logging.getLogger(__name__)

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

    The arguments tell whose orders somebody sees: they are a part of the key. So is our version: what another one kept
    may lack what this one shows. Without a cache, each report is computed.
    """
    key = cache_key("report", __version__, make.__module__, make.__qualname__, *map(_written, arguments))
    try:
        kept = cache.get(key)
    except Exception as error:
        logger.warning("Could not look for a report: %s", type(error).__name__)
        kept = None
    if isinstance(kept, Computed):
        return cast(Computed[_Report], kept)
    found = Computed(make(*arguments), timezone.now())
    try:
        cache.set(key, found, timeout=KEPT_FOR)
    except Exception as error:
        logger.warning("Could not keep a report: %s", type(error).__name__)
    return found


def _written(argument: Any) -> str:
    """An argument in letters that are always the same: those of a set are not."""
    if isinstance(argument, frozenset):
        return repr(sorted(argument))
    if isinstance(argument, Scope):
        return " ".join(map(_written, astuple(argument)))
    return repr(argument)
