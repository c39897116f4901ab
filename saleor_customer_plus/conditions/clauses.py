"""A tree that `checking` understood: each leaf with its field, what is asked of it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from .predicates import Predicate
from .registry import Field, Function
from .tree import Node, Path


@dataclass(frozen=True, slots=True)
class FieldClause:
    """Holds where one of the predicates holds of the field; or, if negated, none."""

    source: Node
    path: Path
    field: Field
    predicates: tuple[Predicate, ...]
    negated: bool
    has_offset: bool


@dataclass(frozen=True, slots=True)
class FunctionClause:
    """Holds where the rows of a record meet all parameters; or, if negated, do not."""

    source: Node
    path: Path
    function: Function
    parameters: tuple[FieldClause, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class JoinedClause:
    """Holds where all parts hold, or any."""

    source: Node
    path: Path
    parts: tuple[Clause, ...]
    is_any: bool


@dataclass(frozen=True, slots=True)
class NotClause:
    """Holds where the part does not."""

    source: Node
    path: Path
    part: Clause


@dataclass(frozen=True, slots=True)
class SegmentClause:
    """Holds where the tree of a saved segment does."""

    source: Node
    path: Path
    key: int
    part: Clause


Clause: TypeAlias = FieldClause | FunctionClause | JoinedClause | NotClause | SegmentClause


def leaves(clause: Clause) -> Iterator[FieldClause | FunctionClause]:
    """The fields and functions of a clause, those of segments included."""
    match clause:
        case FieldClause() | FunctionClause():
            yield clause
        case JoinedClause(parts=parts):
            for part in parts:
                yield from leaves(part)
        case NotClause(part=part) | SegmentClause(part=part):
            yield from leaves(part)
