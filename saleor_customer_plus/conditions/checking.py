"""Understanding a tree: which field each name is, what each value means, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from ..errors import CustomerPlusError, SeveralErrors
from .catalogue import REGISTRY
from .clauses import Clause, FieldClause, FunctionClause, JoinedClause, NotClause, SegmentClause
from .context import Context, SavedTree
from .errors import ConditionError, Reason, closest, did_you_mean
from .limits import MAX_CONDITIONS_WITH_SEGMENTS, MAX_DEPTH
from .literals import name_text, text_of
from .registry import Field, References, Registry
from .tree import OPPOSITES, And, Call, Comparison, Id, InSegment, Node, Not, Offset, Or, Path
from .values import Known, predicates_of


def check(tree: Node, context: Context, *, registry: Registry = REGISTRY, is_trusted: bool = False) -> Clause:
    """The meaning of a tree. One statement for each kind of rows that it names, and what segments take.

    Raises a `ConditionError`, or `SeveralErrors` of them, with all that is wrong. With `is_trusted` values are taken as
    they are: nobody looks whether ids are those of rows, or whether a country exists.
    """
    return _Checker(context, registry, is_trusted).checked(tree)


class _Checker:
    def __init__(self, context: Context, registry: Registry, is_trusted: bool) -> None:
        self.context = context
        self.registry = registry
        self.is_trusted = is_trusted
        self.errors: list[CustomerPlusError] = []
        self.known: Known = {}
        self.segments: dict[str | Id, SavedTree | None] = {}
        self.conditions = 0
        # The segments within which we are.
        self.within: tuple[int, ...] = () if context.segment is None else (context.segment,)

    def checked(self, tree: Node) -> Clause:
        clause = self.understand(tree)
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralErrors(self.errors)
        assert clause is not None
        return clause

    def understand(self, tree: Node) -> Clause | None:
        wanted: dict[References, set[str | Id]] = {}
        for references, values in self._named(tree, set()):
            wanted.setdefault(references, set()).update(values)
        self.known = {references: self._keys(references, values) for references, values in wanted.items()}
        return self.node(tree, ())

    def _keys(self, references: References, values: Collection[str | Id]) -> dict[str | Id, object]:
        trusted = {value for value in values if self.is_trusted and isinstance(value, Id)}
        found: dict[str | Id, object] = {value: value.key for value in trusted if isinstance(value, Id)}
        others = set(values) - trusted
        return found | dict(references.find(others)) if others else found

    def _named(self, node: Node, seen: set[int]) -> Iterator[tuple[References, list[str | Id]]]:
        """The rows that a tree names, those of segments included, each of which is looked up once."""
        match node:
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self._named(part, seen)
            case Not(part):
                yield from self._named(part, seen)
            case Comparison():
                yield from self._values(node, self.registry.field(node.field))
            case Call():
                function = self.registry.function(node.function)
                for one in node.parameters:
                    yield from self._values(one, function.parameter(one.field) if function else None)
            case InSegment(segment):
                if segment not in self.segments and self.context.find_segment is not None:
                    self.segments[segment] = self.context.find_segment(segment)
                saved = self.segments.get(segment)
                if saved is not None and saved.key not in seen:
                    seen.add(saved.key)
                    yield from self._named(saved.tree, seen)

    def _values(self, node: Comparison, field: Field | None) -> Iterator[tuple[References, list[str | Id]]]:
        if field is not None and field.references is not None:
            yield field.references, [value for value in node.values if isinstance(value, str | Id)]

    # Clauses.

    def node(self, node: Node, path: Path) -> Clause | None:
        match node:
            case And(parts):
                return self._joined(node, parts, path, "and")
            case Or(parts):
                return self._joined(node, parts, path, "or")
            case Not(part):
                inner = self.node(part, (*path, "not"))
                return inner and NotClause(node, path, inner)
            case Comparison():
                return self._noted(lambda: self._comparison(node, path))
            case Call():
                return self._noted(lambda: self._call(node, path))
            case InSegment():
                return self._noted(lambda: self._segment(node, path))
        raise TypeError("This is not a condition.")

    def _joined(self, node: Node, parts: tuple[Node, ...], path: Path, key: str) -> Clause | None:
        found = [self.node(part, (*path, key, number)) for number, part in enumerate(parts)]
        clauses = tuple(clause for clause in found if clause is not None)
        return JoinedClause(node, path, clauses, key == "or") if len(clauses) == len(parts) else None

    def _noted(self, make: Callable[[], Clause]) -> Clause | None:
        try:
            return make()
        except ConditionError as error:
            if error.reason is Reason.LIMIT_REACHED:
                raise
            self.errors.append(error)
            return None

    def _comparison(self, node: Comparison, path: Path) -> FieldClause:
        self._count(path)
        return self._clause(node, self._field(node.field, path), path)

    def _clause(self, node: Comparison, field: Field, path: Path) -> FieldClause:
        predicates = predicates_of(node, field, path, self.context, self.known, is_trusted=self.is_trusted)
        has_offset = any(isinstance(value, Offset) for value in node.values)
        return FieldClause(node, path, field, predicates, node.operator in OPPOSITES, has_offset)

    def _field(self, name: str, path: Path) -> Field:
        if (field := self.registry.field(name)) is not None:
            return field
        if (function := self.registry.function(name)) is not None:
            parameter = function.parameters[0].name
            suggestion = f"{name} MATCHES ({parameter} ...)"
            raise ConditionError(
                f"`{name}` is a function. Write {suggestion}.",
                reason=Reason.UNKNOWN_FIELD,
                path=(*path, "field"),
                suggestion=suggestion,
            )
        raise self._unknown(name, (*path, "field"), self.registry.names_like(name))

    def _unknown(self, name: str, path: Path, names: Iterator[str] | Collection[str]) -> ConditionError:
        meant = closest(name, names)
        suggestion = name_text(meant) if meant else ""
        return ConditionError(
            f"There is no `{name[:100]}`." + did_you_mean(suggestion),
            reason=Reason.UNKNOWN_FIELD,
            path=path,
            suggestion=suggestion,
        )

    def _call(self, node: Call, path: Path) -> FunctionClause:
        function = self.registry.function(node.function)
        if function is None:
            if self.registry.field(node.function) is not None:
                raise ConditionError(
                    f"`{node.function}` is a field. Compare it with a value.",
                    reason=Reason.UNKNOWN_FIELD,
                    path=(*path, "function"),
                )
            raise self._unknown(node.function, (*path, "function"), self.registry.names_like(node.function))
        parameters = []
        for number, one in enumerate(node.parameters):
            place = (*path, "parameters", number)
            self._count(place)
            parameter = function.parameter(one.field)
            if parameter is None:
                names = [one.name for one in function.parameters]
                raise self._unknown(one.field, (*place, "field"), names)
            parameters.append(self._clause(one, parameter, place))
        return FunctionClause(node, path, function, tuple(parameters), node.negated)

    def _segment(self, node: InSegment, path: Path) -> SegmentClause:
        self._count(path)
        saved = self.segments.get(node.segment)
        if saved is None:
            raise ConditionError(
                f"There is no segment {text_of(node.segment)}.", reason=Reason.NOT_FOUND, path=(*path, "segment")
            )
        if saved.key in self.within:
            raise ConditionError(
                f"Segment {text_of(node.segment)} refers to this one: a segment cannot be within itself.",
                reason=Reason.CYCLE,
                path=(*path, "segment"),
            )
        if len(self.within) >= MAX_DEPTH:
            raise ConditionError(
                f"Segments may be at most {MAX_DEPTH} within each other.",
                reason=Reason.LIMIT_REACHED,
                path=(*path, "segment"),
            )
        return SegmentClause(node, path, saved.key, self._within_segment(node, saved, path))

    def _within_segment(self, node: InSegment, saved: SavedTree, path: Path) -> Clause:
        """The tree of another segment. Its errors are reported at the place that refers to it."""
        errors, self.errors = self.errors, []
        self.within = (*self.within, saved.key)
        try:
            clause = self.node(saved.tree, ())
        except ConditionError as error:
            clause, self.errors = None, [error]
        self.within = self.within[:-1]
        found, self.errors = self.errors, errors
        if found:
            first = found[0]
            reason = first.reason if isinstance(first, ConditionError) else Reason.NOT_FOUND
            raise ConditionError(
                f"Segment {text_of(node.segment)} cannot be used: {first.message}",
                reason=reason,
                path=(*path, "segment"),
            )
        assert clause is not None
        return clause

    def _count(self, path: Path) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS_WITH_SEGMENTS:
            raise ConditionError(
                f"With its segments this has more than {MAX_CONDITIONS_WITH_SEGMENTS} conditions.",
                reason=Reason.LIMIT_REACHED,
                path=path,
            )
