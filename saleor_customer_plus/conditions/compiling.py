"""From a tree to one condition on the table of records, with parameters only, and other tables behind EXISTS or IN."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from . import functions
from .catalogue import REGISTRY
from .checking import check
from .clauses import Clause, FieldClause, FunctionClause, JoinedClause, NotClause, SegmentClause, leaves
from .context import Context
from .predicates import EVERYBODY, NOBODY, complement
from .registry import Clock, Data, Registry
from .times import end_of
from .tree import Node


@dataclass(frozen=True, slots=True)
class Compiled:
    """A tree in a context: who meets it, and what that depends on."""

    clause: Clause
    context: Context

    @property
    def condition(self) -> Q:
        """The condition on records. It is true or false of each, and never null."""
        return condition_of(self.clause, self.context)

    @property
    def guessable(self) -> Q:
        """The part of the condition whose effect PostgreSQL has statistics of (see `paging.Segment`); may be blank."""
        return self._of(part for part in self._parts if is_guessable(part, self.context))

    @property
    def unguessable(self) -> Q:
        """The rest. Both parts together are the condition."""
        return self._of(part for part in self._parts if not is_guessable(part, self.context))

    @property
    def _parts(self) -> tuple[Clause, ...]:
        return conjuncts(self.clause)

    def _of(self, parts: Iterable[Clause]) -> Q:
        return reduce(and_, (condition_of(part, self.context) for part in parts), Q())

    @property
    def tells_of_orders(self) -> bool:
        """Whether who passes depends on which channels' orders are seen."""
        return any(
            leaf.function.tells_of_orders if isinstance(leaf, FunctionClause) else leaf.field.tells_of_orders
            for leaf in leaves(self.clause)
        )

    @property
    def depends(self) -> frozenset[Data]:
        """What is read: where none of it changes for a record, only time can change whether the record passes."""
        found = (
            leaf.function.depends if isinstance(leaf, FunctionClause) else leaf.field.depends
            for leaf in leaves(self.clause)
        )
        return frozenset[Data]().union(*found)

    @property
    def segments(self) -> frozenset[int]:
        """The keys of the segments that it refers to, directly or through others."""
        return frozenset(_segments(self.clause))

    @property
    def next_boundary(self) -> datetime | None:
        """When the passing of time alone may change who passes, or None if it never does.

        Offsets and days are counted from the beginning of a day in the shop's time zone. What happens at a moment, such
        as a call that becomes overdue, is looked at each hour.
        """
        clocks = {clock for leaf in leaves(self.clause) for clock in _clocks(leaf)}
        if not clocks:
            return None
        midnight = end_of(self.context.today, self.context.zone)
        if Clock.HOUR not in clocks:
            return midnight
        hour = self.context.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return min(midnight, hour)


def compile_tree(
    tree: Node, context: Context | None = None, *, registry: Registry = REGISTRY, is_trusted: bool = False
) -> Compiled:
    """Understand a tree. Raises what `checking.check` raises."""
    context = context or Context()
    return Compiled(check(tree, context, registry=registry, is_trusted=is_trusted), context)


def next_boundary(tree: Node, context: Context) -> datetime | None:
    """When the passing of time alone may change who meets a tree: see `Compiled.next_boundary`."""
    return compile_tree(tree, context).next_boundary


def condition_of(clause: Clause, context: Context) -> Q:
    """The condition of a clause, which is never blank."""
    match clause:
        case JoinedClause(parts=parts, is_any=True):
            return reduce(or_, (condition_of(part, context) for part in parts)) if parts else NOBODY
        case JoinedClause(parts=parts):
            return reduce(and_, (condition_of(part, context) for part in parts)) if parts else EVERYBODY
        case NotClause(part=part):
            return complement(condition_of(part, context))
        case SegmentClause(part=part):
            return condition_of(part, context)
        case FunctionClause():
            condition = functions.condition_of(clause, context)
        case FieldClause(field=field, predicates=predicates):
            condition = reduce(or_, (field.condition(one, context) or EVERYBODY for one in predicates))
    return complement(condition) if clause.negated else condition


def conjuncts(clause: Clause) -> tuple[Clause, ...]:
    """The parts all of which hold where the clause does, and the other way round."""
    if isinstance(clause, JoinedClause) and not clause.is_any:
        return tuple(part for one in clause.parts for part in conjuncts(one))
    return conjuncts(clause.part) if isinstance(clause, SegmentClause) else (clause,)


def is_guessable(clause: Clause, context: Context) -> bool:
    """Whether PostgreSQL can tell how many records meet it: conditions on columns of the record alone.

    What is behind the orders of some channels only is computed for each, and no statistics help it: then it is left to
    PostgreSQL to choose.
    """
    for leaf in leaves(clause):
        if isinstance(leaf, FunctionClause):
            return False
        if not leaf.field.is_guessable and not (leaf.field.tells_of_orders and context.channels is not None):
            return False
    return True


def _clocks(leaf: FieldClause | FunctionClause) -> Iterable[Clock]:
    clauses = leaf.parameters if isinstance(leaf, FunctionClause) else (leaf,)
    for clause in clauses:
        if clause.field.changes_by is not None:
            yield clause.field.changes_by
        elif clause.has_offset:
            yield Clock.DAY


def _segments(clause: Clause) -> Iterable[int]:
    match clause:
        case JoinedClause(parts=parts):
            for part in parts:
                yield from _segments(part)
        case NotClause(part=part):
            yield from _segments(part)
        case SegmentClause(key=key, part=part):
            yield key
            yield from _segments(part)
