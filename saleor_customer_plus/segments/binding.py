"""Names in conditions: kept as ids, so that renaming a tag changes no segment, and shown as the names of today."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from ..conditions.catalogue import REGISTRY
from ..conditions.registry import Field, References
from ..conditions.tree import And, Call, Comparison, Id, InSegment, Literal, Node, Not, Or

# What the rows that conditions refer to are called, or their keys, by the kind of row.
Found: TypeAlias = Mapping[References, Mapping[Any, Any]]


def references_in(node: Node) -> Iterator[tuple[References, str | Id]]:
    """The rows that a tree names, by name or id. Segments are not among them."""
    for comparison, field in _comparisons(node):
        if field is not None and field.references is not None:
            for value in comparison.values:
                if isinstance(value, str | Id):
                    yield field.references, value


def segments_in(node: Node) -> Iterator[str | Id]:
    """The segments that a tree refers to, by name or id."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from segments_in(part)
        case Not(part):
            yield from segments_in(part)
        case InSegment(segment):
            yield segment


def bound(node: Node, segment_ids: Mapping[str | Id, int]) -> Node:
    """The tree with ids in the place of names. `segment_ids` are the segments that it refers to.

    One statement for each kind of rows. What has no number, such as the group of whoever is in none, stays a name.
    """
    found = {references: references.find(names) for references, names in _by_kind(references_in(node), str).items()}

    def with_id(value: Literal, references: References) -> Literal:
        key = found.get(references, {}).get(value) if isinstance(value, str) else None
        return Id(key) if isinstance(key, int) else value

    return _mapped(node, with_id, lambda segment: Id(segment_ids[segment]) if segment in segment_ids else segment)


def named(node: Node, names: Found, segment_names: Mapping[int, str]) -> Node:
    """The tree with names in the place of ids, as far as they are known: see `names_in`."""

    def with_name(value: Literal, references: References) -> Literal:
        return names.get(references, {}).get(value.key, value) if isinstance(value, Id) else value

    def segment(value: str | Id) -> str | Id:
        return segment_names.get(value.key, value) if isinstance(value, Id) else value

    return _mapped(node, with_name, segment)


def names_in(nodes: Collection[Node]) -> Found:
    """What the rows are called that these trees have by id. Two statements for each kind of rows."""
    found: dict[References, Mapping[Any, Any]] = {}
    for references in _by_kind((pair for node in nodes for pair in references_in(node)), Id):
        keys = references.find(list(references.names()))
        found[references] = {key: name for name, key in keys.items()}
    return found


def missing_in(nodes: Collection[Node]) -> set[tuple[References, Id]]:
    """The ids in these trees that are those of no row any more. One statement for each kind of rows."""
    missing = set()
    for references, ids in _by_kind((pair for node in nodes for pair in references_in(node)), Id).items():
        there = references.find(ids)
        missing |= {(references, value) for value in ids if value not in there}
    return missing


def _by_kind(pairs: Iterator[tuple[References, str | Id]], of: type) -> dict[References, set[Any]]:
    found: dict[References, set[Any]] = {}
    for references, value in pairs:
        if isinstance(value, of):
            found.setdefault(references, set()).add(value)
    return found


def _comparisons(node: Node) -> Iterator[tuple[Comparison, Field | None]]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _comparisons(part)
        case Not(part):
            yield from _comparisons(part)
        case Comparison():
            yield node, REGISTRY.field(node.field)
        case Call():
            for parameter in node.parameters:
                yield parameter, _parameter(node, parameter)


def _parameter(call: Call, parameter: Comparison) -> Field | None:
    function = REGISTRY.function(call.function)
    return None if function is None else function.parameter(parameter.field)


def _mapped(
    node: Node, value: Callable[[Literal, References], Literal], segment: Callable[[str | Id], str | Id]
) -> Node:
    def of_comparison(comparison: Comparison, field: Field | None) -> Comparison:
        if field is None or field.references is None:
            return comparison
        references = field.references
        return replace(comparison, values=tuple(value(one, references) for one in comparison.values))

    match node:
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(_mapped(part, value, segment) for part in parts))
        case Not(part):
            return Not(_mapped(part, value, segment))
        case InSegment(one):
            return InSegment(segment(one))
        case Call():
            parameters = tuple(of_comparison(one, _parameter(node, one)) for one in node.parameters)
            return replace(node, parameters=parameters)
    return of_comparison(node, REGISTRY.field(node.field))
