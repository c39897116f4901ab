"""Conditions as clients give them, as text or as JSON, and where in them something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from ...conditions import json_tree
from ...conditions.errors import ConditionError, Span, dotted
from ...conditions.parsing import parse_with_places
from ...conditions.tree import Node, Path
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...segments import definitions


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was given: as text, with the places of its parts there, or as JSON."""

    tree: Node
    spans: dict[Path, Span] | None

    @contextmanager
    def located(self) -> Iterator[None]:
        """Tell in errors about the condition where in the text, or in the JSON, they are."""
        with _with_places(self.spans):
            yield


def read_condition(query: str | None, tree: Any, *, required: bool = False) -> Condition | None:
    """The condition that was given as text or as JSON, or None if none was. Raises what cannot be read."""
    if query is not None and tree is not None:
        raise CustomerPlusError("Give either `query` or `tree`.", field="tree")
    if query is not None:
        with _with_places({}):
            parsed = parse_with_places(query)
        return Condition(parsed.tree, parsed.spans)
    if tree is not None:
        with _with_places(None):
            return Condition(json_tree.load(tree), None)
    if required:
        raise CustomerPlusError("Give `query` or `tree`.", code=ErrorCode.REQUIRED, field="query")
    return None


@contextmanager
def _with_places(spans: dict[Path, Span] | None) -> Iterator[None]:
    try:
        yield
    except (ConditionError, SeveralErrors) as error:
        for one in errors_of(error):
            if isinstance(one, ConditionError):
                _give_place(one, spans)
        raise


def _give_place(error: ConditionError, spans: dict[Path, Span] | None) -> None:
    if spans is None:
        error.field = ".".join(filter(None, ("tree", dotted(error.path))))
        return
    error.field = "query"
    if error.position is None:
        error.place(spans)
    if error.position is not None:
        error.message = f"{error.message} (At character {error.position + 1}.)"


def errors_of(error: CustomerPlusError | SeveralErrors) -> list[CustomerPlusError]:
    return error.errors if isinstance(error, SeveralErrors) else [error]


def located(condition: Condition | None) -> AbstractContextManager[None]:
    """Tell in errors about a condition, if there is one, where in it they are."""
    return nullcontext() if condition is None else condition.located()


def kept_query(query: str) -> str:
    """A condition of a filter as it is kept: checked, and with ids in the place of names."""
    condition = read_condition(query, None, required=True)
    assert condition is not None
    with condition.located():
        return definitions.checked(condition.tree)
