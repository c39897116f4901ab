"""What single filters of a list are given: ranges, labels, and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ...conditions.tree import Operator
from ...fields.models import FieldType
from ...records.models import Source


@dataclass(frozen=True, slots=True)
class Range:
    """From `gte` to `lte`, both included, either of them open."""

    gte: Any = None
    lte: Any = None

    def includes(self, value: Any) -> bool:
        return (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte)

    def within(self, field: str) -> Q:
        bounds = {f"{field}__gte": self.gte, f"{field}__lte": self.lte}
        return Q(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """Amounts in one currency. Others are not converted."""

    currency: str
    amounts: Range


@dataclass(frozen=True, slots=True)
class RfmFilter:
    """In one of these RFM groups of a currency, by the names in `insights.models`."""

    currency: str
    groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExpectedFilter:
    """The next order in a currency is expected within these times."""

    currency: str
    times: Range


@dataclass(frozen=True, slots=True)
class LabelFilter:
    """Tags or groups, by their keys. None among them stands for having no such label at all.

    `any` is nothing where it does not matter; the empty tuple is met by nobody.
    """

    any: tuple[int | None, ...] | None = None
    all: tuple[int | None, ...] = ()
    none: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Where activity came from: at least one of these, every one of these, not any of these."""

    any: Sequence[Source] | None = None
    all: Sequence[Source] = ()
    none: Sequence[Source] = ()


@dataclass(frozen=True, slots=True)
class AttributeFilter:
    """An attribute of the shop's own that a record has: with any value, or with this one, written as JSON."""

    key: str
    equals: str | None = None


@dataclass(frozen=True, slots=True)
class AcquisitionFilter:
    """How people came to the shop: one of these for each that is given, in any case."""

    sources: Sequence[str] | None = None
    mediums: Sequence[str] | None = None
    campaigns: Sequence[str] | None = None
    surfaces: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """What is asked of a field of the shop's own. The values are those of its type, written as JSON."""

    key: str
    type: FieldType
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentFilter:
    """The state of a consent: one of these on this channel for this purpose, by the names in `consent.models`."""

    channel: str
    purpose: str
    states: Sequence[str]
