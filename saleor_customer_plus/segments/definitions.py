"""What segments say: their conditions read, checked and compiled, and which of them refer to which."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from .. import settings
from ..conditions.compiling import Compiled, compile_tree
from ..conditions.context import Context, SavedTree
from ..conditions.fields.labels import GROUPS
from ..conditions.parsing import parse
from ..conditions.printing import text_of_tree
from ..conditions.registry import Data
from ..conditions.tree import Id, Node
from ..errors import CustomerPlusError, SeveralErrors
from ..records.labels import fold
from ..saleor_adapter.staff import Channels
from . import binding, ready_made
from .models import Segment

logger = logging.getLogger(__name__)

# Why a condition has no meaning whose field fails with anything but an error of the condition: a mistake of ours.
FAILED = "The condition cannot be evaluated: one of its fields fails. Edit it."


class Saved(NamedTuple):
    """What other segments need to know of one."""

    id: int
    name: str
    key: str
    query: str
    ready_made: str | None


class Library:
    """All segments, to be referred to by name or id. Read when they are first asked for, in one statement."""

    def __init__(self, channels: Channels = None) -> None:
        self._channels = channels
        self._by_id: dict[int, Saved] | None = None
        self._trees: dict[int, Node] = {}

    @property
    def by_id(self) -> Mapping[int, Saved]:
        if self._by_id is None:
            ready_made.ensure()
            rows = Segment.objects.order_by("pk").values_list("pk", "name", "key", "query", "ready_made")
            self._by_id = {row[0]: Saved(*row) for row in rows}
        return self._by_id

    def find(self, segment: str | Id) -> SavedTree | None:
        """The segment of a name, in any case, or of an id: `Context.find_segment`."""
        if isinstance(segment, Id):
            saved = self.by_id.get(segment.key)
        else:
            key = fold(" ".join(segment.split()))
            saved = next((one for one in self.by_id.values() if one.key == key), None)
        return None if saved is None else SavedTree(saved.id, self.tree_of(saved.id, saved.query, saved.ready_made))

    def tree_of(self, segment_id: int, query: str, ready: str | None) -> Node:
        if segment_id not in self._trees:
            self._trees[segment_id] = parse(query_of(query, ready, self._channels))
        return self._trees[segment_id]

    def keys(self, node: Node) -> dict[str | Id, int]:
        """The segments that a tree refers to, as far as there are such."""
        found = {segment: self.find(segment) for segment in binding.segments_in(node)}
        return {segment: saved.key for segment, saved in found.items() if saved is not None}


def query_of(query: str, ready: str | None, channels: Channels = None) -> str:
    """The condition of a segment whose row has this query, for whoever sees the orders of these channels."""
    return query if ready is None else ready_made.query_of(query, ready, channels)


def tree_of(segment: Segment, channels: Channels = None) -> Node:
    """The condition of a segment, with ids in the place of names. Raises `CustomerPlusError` if it cannot be read."""
    return parse(query_of(segment.query, segment.ready_made, channels))


def context(
    *,
    now: datetime | None = None,
    channels: Channels = None,
    library: Library | None = None,
    segment: int | None = None,
) -> Context:
    """What conditions are understood in: now, with the other segments, and in the time zone of the shop.

    `channels` are those whose orders somebody sees, and `segment` is the one that is about to be read.
    """
    chosen, _is_active = settings.load()
    return Context(
        now=now or timezone.now(),
        zone=ZoneInfo(chosen.time_zone),
        channels=channels,
        find_segment=(library or Library(channels)).find,
        segment=segment,
    )


def compiled(segment: Segment, context: Context, *, is_shown: bool = False) -> Compiled:
    """A segment in a context. Raises `CustomerPlusError` with the first thing that is wrong with it, if anything is.

    If it `is_shown` to somebody, it has the names of today in the place of ids.
    """
    query = query_of(segment.query, segment.ready_made, context.channels)
    tree = named_trees([query]).get(query) if is_shown else None
    with _first_error():
        return compile_tree(tree or parse(query), replace(context, segment=segment.pk))


def condition_of(segment: Segment, context: Context) -> Q:
    with evaluating(segment.pk):
        return compiled(segment, context).condition


def checked(tree: Node, *, of: int | None = None) -> str:
    """The text of a condition as it is kept: see `Segment.query`. `of` is the segment that it is to be the one of.

    Raises a `ConditionError`, or several, with all that is wrong.
    """
    library = Library()
    compile_tree(tree, context(library=library, segment=of))
    return text_of_tree(binding.bound(tree, library.keys(tree)))


class Evaluated(NamedTuple):
    """The conditions of segments, by id, and what they read; and why those that have none have none."""

    conditions: dict[int, Q]
    depends: dict[int, frozenset[Data]]
    broken: dict[int, str]


def conditions_of(segments: Collection[Segment], context: Context) -> Evaluated:
    """The conditions of any number of segments, in a constant number of statements.

    Whether the tags and other rows that they name still exist is asked of all of them at once.
    """
    library = Library(context.channels)
    context = replace(context, find_segment=library.find)
    result = Evaluated({}, {}, {})
    reached: dict[int, list[Node]] = {}
    for segment in segments:
        try:
            reached[segment.pk] = _reached(tree_of(segment, context.channels), library)
        except CustomerPlusError as error:
            result.broken[segment.pk] = error.message
    missing = binding.missing_in([tree for trees in reached.values() for tree in trees])
    for id, trees in reached.items():
        is_whole = missing.isdisjoint(pair for tree in trees for pair in binding.references_in(tree))
        try:
            with evaluating(id), _first_error():
                found = compile_tree(trees[0], replace(context, segment=id), is_trusted=is_whole)
                result.conditions[id], result.depends[id] = found.condition, found.depends
        except CustomerPlusError as error:
            result.broken[id] = error.message
    return result


@contextmanager
def evaluating(segment_id: int) -> Iterator[None]:
    """Make an error of the condition of whatever its fields raise, so that one segment stops no other.

    Errors of the database are passed on: the transaction cannot go on after them.
    """
    try:
        yield
    except (CustomerPlusError, SeveralErrors, DatabaseError):
        raise
    except Exception as error:
        logger.exception("A field of segment %s failed: %s.", segment_id, type(error).__name__)
        raise CustomerPlusError(FAILED) from error


def _reached(tree: Node, library: Library) -> list[Node]:
    """The tree and those of all segments that it refers to, also through others."""
    found: dict[int, Node] = {}
    waiting = [tree]
    while waiting:
        for segment in binding.segments_in(waiting.pop()):
            saved = library.find(segment)
            if saved is not None and saved.key not in found:
                found[saved.key] = saved.tree
                waiting.append(saved.tree)
    return [tree, *found.values()]


def tells_of_orders(segment: Segment) -> bool:
    """Whether who is in a segment depends on which channels' orders are seen."""
    return compiled(segment, context()).tells_of_orders


def circular_groups() -> set[int]:
    """The groups that segments keep of which who is in them depends on who is in them.

    Somebody would join and leave such a group by turns, for ever. In the default group is whoever is in no other, so it
    depends on all of them.
    """
    kept = {segment.group_id: segment for segment in Segment.objects.exclude(group=None) if segment.group_id}
    library, named = Library(), dict[int, set[str | Id]]()
    for group_id, segment in kept.items():
        try:
            trees = _reached(tree_of(segment), library)
        except CustomerPlusError:
            continue  # its members stay as they are
        pairs = (pair for tree in trees for pair in binding.references_in(tree))
        named[group_id] = {value for references, value in pairs if references == GROUPS}
    keys = GROUPS.find(set().union(*named.values()))
    asked = dict[int, set[int]]()
    for group_id, values in named.items():
        found = {keys[value] for value in values if value in keys}
        asked[group_id] = set(kept) if 0 in found else found & kept.keys()
    return {group_id for group_id in kept if group_id in _following_from(group_id, asked)}


def _following_from(start: int, next: Mapping[int, set[int]]) -> set[int]:
    """All that can be reached from here in one step or several."""
    found, waiting = set[int](), [start]
    while waiting:
        new = next.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def referring_to(segment_id: int, *, indirectly: bool = False) -> list[Saved]:
    """The segments with this one in their condition; or also those with one of those in it, and so on."""
    library = Library()
    users: dict[int, set[int]] = {}
    for saved in library.by_id.values():
        try:
            tree = library.tree_of(saved.id, saved.query, saved.ready_made)
        except CustomerPlusError:
            continue
        for used in library.keys(tree).values():
            users.setdefault(used, set()).add(saved.id)
    found = _following_from(segment_id, users) if indirectly else users.get(segment_id, set())
    return [library.by_id[id] for id in sorted(found - {segment_id})]


def named_trees(queries: Collection[str]) -> dict[str, Node]:
    """The trees of conditions as they are kept, with the names of today. One statement for each kind of rows.

    What cannot be read any more is left out.
    """
    library = Library()
    trees = {}
    for query in queries:
        try:
            trees[query] = parse(query)
        except CustomerPlusError:
            continue
    names = binding.names_in(list(trees.values()))
    are_referred_to = any(True for tree in trees.values() for _ in binding.segments_in(tree))
    segments = {id: saved.name for id, saved in library.by_id.items()} if are_referred_to else {}
    return {query: binding.named(tree, names, segments) for query, tree in trees.items()}


@contextmanager
def _first_error() -> Iterator[None]:
    """Of several errors, raise the first."""
    try:
        yield
    except SeveralErrors as several:
        raise several.errors[0] from several
