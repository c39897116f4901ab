"""The tree: what a condition is, however it was written. Two trees that say the same in the same way are equal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias


class Operator(StrEnum):
    """How a field is compared, spelt as in the text. A negated one holds wherever its opposite does not."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT IN"
    CONTAINS = "CONTAINS"
    NOT_CONTAINS = "NOT CONTAINS"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"

    @property
    def has_list(self) -> bool:
        """Whether it takes a list of values, of any length."""
        return self in (Operator.IN, Operator.NOT_IN)


# The negated operators, and what each of them is the opposite of.
OPPOSITES = {
    Operator.NOT_EQUAL: Operator.EQUAL,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.IS_NOT_NULL: Operator.IS_NULL,
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency: `100 EUR`. The currency is an ISO 4217 code in upper case."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Offset:
    """A day counted from today in the shop's time zone: `-30d`, `-4w`, `-12m`, `+1y`.

    A month or a year leads to the same day of another month, or to its last day.
    """

    amount: int
    unit: str  # one of UNITS


UNITS = ("d", "w", "m", "y")


@dataclass(frozen=True, slots=True)
class Id:
    """The key of a row, where a name could be given: `#12`. A condition by id survives a renaming."""

    key: int


@dataclass(frozen=True, slots=True)
class Json:
    """Any value of JSON, for attributes that have lists: `JSON '["a", "b"]'`. The text is the canonical one."""

    text: str


# A `date` is a whole day in the shop's time zone; a `datetime` is a moment, and has a time zone.
Literal: TypeAlias = str | bool | Decimal | date | datetime | Money | Offset | Id | Json


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with values: two of them for BETWEEN, none for IS NULL, any number for IN, else one.

    The name of a field may have a part that the shop chose: `attributes.level`.
    """

    field: str
    operator: Operator
    values: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A function with parameters that all hold of the same rows: `orders MATCHES (count >= 2, date >= -90d)`."""

    function: str
    parameters: tuple[Comparison, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whether a record is in a saved segment, by name or id."""

    segment: str | Id


@dataclass(frozen=True, slots=True)
class Not:
    """Holds of every record of which the part does not, also of those that have no value at all."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Holds where every part holds: of everybody, if there is no part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Holds where some part holds: of nobody, if there is no part."""

    parts: tuple[Node, ...]


Node: TypeAlias = And | Or | Not | Comparison | Call | InSegment

# Where something stands in a tree: the keys that lead to it in the JSON, such as ("and", 0, "value").
Path: TypeAlias = tuple[str | int, ...]
