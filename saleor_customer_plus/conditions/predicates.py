"""What is asked of one value, once types, dates and names are understood. All of them are positive.

Fields turn these into conditions. A negated operator is the complement of a positive one, which `compiling` makes, so
that no field has to think of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Exists, Func, Q
from django.db.models.fields import BooleanField
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from ..core.paging import InRows

EVERYBODY = Q(pk__isnull=False)
NOBODY = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Within:
    """From `low` to `high`, either of them open-ended, or excluded itself. Of money in one currency.

    Whoever has no value is within no range, not even in one without ends.
    """

    low: Any = None
    high: Any = None
    is_low_excluded: bool = False
    is_high_excluded: bool = False
    currency: str = ""

    def includes(self, value: Any) -> bool:
        if self.low is not None and (value < self.low or (self.is_low_excluded and value == self.low)):
            return False
        return self.high is None or value < self.high or (not self.is_high_excluded and value == self.high)

    def whole(self) -> Within:
        """The whole numbers within the range, from the first to the last of them."""
        low, high = self.low, self.high
        if low is not None:
            low = math.floor(low) + 1 if self.is_low_excluded else math.ceil(low)
        if high is not None:
            high = math.ceil(high) - 1 if self.is_high_excluded else math.floor(high)
        return Within(low, high)

    def of(self, column: str) -> Q:
        """The condition that a column, which is never null, is within the range."""
        bounds = {
            f"{column}__{'gt' if self.is_low_excluded else 'gte'}": self.low,
            f"{column}__{'lt' if self.is_high_excluded else 'lte'}": self.high,
        }
        return Q(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})

    def outside(self, column: str) -> Q:
        """The opposite, blank if the range has no ends."""
        below = Q(**{f"{column}__{'lte' if self.is_low_excluded else 'lt'}": self.low})
        above = Q(**{f"{column}__{'gte' if self.is_high_excluded else 'gt'}": self.high})
        return (below if self.low is not None else Q()) | (above if self.high is not None else Q())

    def of_nullable(self, column: str) -> Q:
        """The condition that a column, which may be null, is within the range."""
        return self.of(column) or Q(**{f"{column}__isnull": False})

    def of_expression(self, value: Any) -> Q:
        """The condition that an expression is within the range."""
        condition = Q()
        if self.low is not None:
            condition &= Q((GreaterThan if self.is_low_excluded else GreaterThanOrEqual)(value, self.low))
        if self.high is not None:
            condition &= Q((LessThan if self.is_high_excluded else LessThanOrEqual)(value, self.high))
        return condition or ~Q(IsMissing(value))


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these values; for a field that has several values, at least one of these among them."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Containing:
    """A text that has this text somewhere in it; of an attribute that is a list, a list with this value."""

    part: Any


@dataclass(frozen=True, slots=True)
class Missing:
    """No value at all."""


Predicate: TypeAlias = Within | OneOf | Containing | Missing


class IsMissing(Func):
    """Whether an expression is null."""

    template = "(%(expressions)s) IS NULL"
    output_field = BooleanField()
    conditional = True


class IsTrue(Func):
    """Whether a condition is true, and neither false nor null."""

    template = "(%(expressions)s) IS TRUE"
    output_field = BooleanField()
    conditional = True


def complement(condition: Q) -> Q:
    """The condition that holds exactly where this one does not: in SQL, null is neither.

    Django minds columns that are null by itself, and EXISTS and keys among rows are never null. Other expressions may
    be.
    """
    if not condition:
        return NOBODY
    return ~_two_valued(condition)


def _two_valued(condition: Q) -> Q:
    children = [
        _two_valued(child)
        if isinstance(child, Q)
        else child
        if isinstance(child, tuple | Exists | InRows)
        else IsTrue(child)
        for child in condition.children
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def one_of(predicate: Predicate, conditions: Mapping[Any, Q]) -> Q:
    """For a field with few values: where one of those asked for holds, by the condition of each value."""
    condition = NOBODY
    for value in predicate.values if isinstance(predicate, OneOf) else ():
        condition |= conditions[value]
    return condition
