"""What can be said of a record: fields, families of fields, and functions with parameters.

To add a field, write `fields/<feature>.py` with a tuple `FIELDS`, and add it to `catalogue`:

1. `Field(name, label, kind, condition=..., read=...)`. The kind gives the operators and checks the values.
2. `condition(predicate, context)` is a `Q` on records: for `Within` (numbers, money, dates: `predicate.of("column")`),
   `OneOf` (texts, choices, names), `Containing` (texts) or `Missing` (only if the field `can_be_missing`). Predicates
   are positive, and values are ready for SQL: dates are moments in UTC, names are ids. Never return a blank `Q`. Use
   `Exists(rows.filter(record=OuterRef("pk")))` for other tables, and orders through `orders_seen(context.channels)`.
3. `read(record_ids, predicate, context)` is `{record_id: value}` for explanations, one statement. None is no value.
4. A field whose end the shop chooses (`attributes.<key>`) is a `Family`, which makes the field of a key. Values that
   are names of rows (tags, products) need `references`; values of a fixed list, `choices`.
5. A `Function` is about rows of one table, which have a foreign key `record`: `orders MATCHES (count >= 2, date >=
   -90d)`. Its parameters are fields of these rows, or totals over those that match. See `fields/orders.py`.
6. Sorting is no matter of this language: a sort needs an index, see `customers.orderings`.
7. Say what is read (`depends`), whether PostgreSQL has statistics of it (`is_guessable`: a column of the record, and
   nothing else), and `changes_by` if the answer changes with the clock alone. Name each field in docs/conditions.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from .context import Context
from .predicates import Predicate
from .tree import Id, Operator


class Kind(StrEnum):
    """The type of a field's values."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    MONEY = "MONEY"
    TIME = "TIME"  # moments, which are compared with days of the shop's time zone or with other moments
    DAY = "DAY"  # dates without a time
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"  # one value of a list, or the name of a row
    SET = "SET"  # any number of values of a list, or of names of rows
    ID = "ID"
    JSON = "JSON"  # a text, number or yes/no, or a list of these, as each record has it


class Data(StrEnum):
    """What a condition reads: where something changes, it is to be evaluated again for the records concerned."""

    RECORDS = "RECORDS"
    ORDERS = "ORDERS"
    ACCOUNTS = "ACCOUNTS"
    TAGS = "TAGS"
    GROUPS = "GROUPS"
    LEADS = "LEADS"
    NOTES = "NOTES"
    CONSENT = "CONSENT"
    FIELDS = "FIELDS"
    INSIGHTS = "INSIGHTS"


class Clock(StrEnum):
    """How often a condition may change by the passing of time alone, beyond the offsets that are written in it."""

    DAY = "DAY"
    HOUR = "HOUR"


_NULL = (Operator.IS_NULL, Operator.IS_NOT_NULL)
_LISTED = (Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN, Operator.NOT_IN)
_CONTAINING = (Operator.CONTAINS, Operator.NOT_CONTAINS)
_ORDERED = (
    *(Operator.EQUAL, Operator.NOT_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS),
    *(Operator.LESS_OR_EQUAL, Operator.BETWEEN, Operator.IN, Operator.NOT_IN),
)
OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (*_LISTED, *_CONTAINING),
    Kind.NUMBER: _ORDERED,
    Kind.MONEY: _ORDERED,
    Kind.TIME: _ORDERED,
    Kind.DAY: _ORDERED,
    Kind.BOOLEAN: (Operator.EQUAL, Operator.NOT_EQUAL),
    Kind.CHOICE: _LISTED,
    Kind.SET: (*_CONTAINING, Operator.IN, Operator.NOT_IN),
    Kind.ID: _LISTED,
    Kind.JSON: (*_LISTED, *_CONTAINING),
}

Condition: TypeAlias = Callable[[Predicate, Context], Q]
Read: TypeAlias = Callable[[Collection[int], Predicate, Context], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class References:
    """Rows that values name.

    `find` has the keys of those that there are, by name or id as they were written. `names` are for suggestions.
    """

    word: str  # "tag", for messages
    find: Callable[[Collection[str | Id]], Mapping[str | Id, Any]]
    names: Callable[[], Iterable[str]] = tuple


def _nothing(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something that a record has: see the module. `label` is for people, `description` says more where needed."""

    name: str
    label: str
    kind: Kind
    condition: Condition
    read: Read = _nothing
    description: str = ""
    can_be_missing: bool = False
    choices: tuple[str, ...] = ()
    references: References | None = None
    # Whether numbers are whole: ranges are then rounded to what lies within them.
    is_whole: bool = False
    # What becomes of a value before it is compared, such as the lower case of an address.
    clean: Callable[[Any], Any] | None = None
    depends: frozenset[Data] = frozenset({Data.RECORDS})
    is_guessable: bool = False
    # Whether who passes depends on which channels' orders are seen.
    tells_of_orders: bool = False
    changes_by: Clock | None = None

    @property
    def operators(self) -> tuple[Operator, ...]:
        return (*OPERATORS[self.kind], *_NULL) if self.can_be_missing else OPERATORS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Fields that share the beginning of their names: `attributes.<key>`.

    `field` makes the field of a key, or returns None where there is none. `known_keys` are for suggestions.
    """

    name: str
    label: str
    description: str = ""
    field: Callable[[str], Field | None]
    known_keys: Callable[[], Iterable[str]] = tuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Field):
    """A field of the rows that a function is about; its condition is on them.

    With a `total` it is about all rows of a record that match the other parameters: an aggregate, of money in the
    currency that is given. `of_nothing` is the total where no row matches, None if there is none.
    """

    condition: Condition = dataclasses.field(default=lambda predicate, context: Q())
    total: Callable[[str], Any] | None = None
    of_nothing: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A condition on the rows of a record in another table. Without totals: that at least one row matches.

    `rows` are those that may match, without an order; each knows its record by the field `record`. `defaults` hold
    unless the parameter of that name is given.
    """

    name: str
    label: str
    description: str = ""
    rows: Callable[[Context], QuerySet[Any]]
    parameters: tuple[Parameter, ...]
    defaults: Mapping[str, Q] = dataclasses.field(default_factory=dict)
    depends: frozenset[Data]
    tells_of_orders: bool = False

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)


Entry: TypeAlias = Field | Family | Function


class Registry:
    """All that a condition can be about, by name."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.name in self._entries:
                raise ValueError(f"There are two fields called {entry.name}.")
            self._entries[entry.name] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def field(self, name: str) -> Field | None:
        """The field of a name, which may be one of a family."""
        own, dot, key = name.partition(".")
        entry = self._entries.get(own)
        if isinstance(entry, Family):
            return entry.field(key) if key else None
        return entry if isinstance(entry, Field) and not dot else None

    def function(self, name: str) -> Function | None:
        entry = self._entries.get(name)
        return entry if isinstance(entry, Function) else None

    def names_like(self, name: str) -> Iterator[str]:
        """The names that this one may have been meant to be."""
        own, _, key = name.partition(".")
        entry = self._entries.get(own)
        if isinstance(entry, Family) and key:
            yield from (f"{own}.{one}" for one in entry.known_keys())
            return
        yield from self._entries
