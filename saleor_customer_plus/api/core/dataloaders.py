"""Batch loading for all rows of a page, so that the number of statements does not grow with the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from graphene.utils.str_converters import to_snake_case
from graphql.language.ast import Field
from promise import Promise
from promise.dataloader import DataLoader

from ...errors import CustomerPlusError
from .base import graphql_error

Read = Callable[..., Mapping[Any, Any]]


def load(info: Any, read: Read, key: Hashable, **arguments: Hashable) -> Any:
    """Promise `read(keys, **arguments)[key]`. Requests with equal function and arguments share one call of `read`."""
    loaders = info.context.dataloaders  # one per operation: Saleor clears it afterwards
    name = f"{read.__module__}.{read.__qualname__}"
    if name not in loaders:
        loaders[name] = _Loader(read)
    return loaders[name].load((key, tuple(sorted(arguments.items()))))


def asked(info: Any) -> set[str]:
    """Return the names of all fields in the request, at any depth, in snake case."""
    named: set[str] = set()
    selections = [definition.selection_set for definition in (info.operation, *info.fragments.values())]
    while selections:
        for selection in selections.pop().selections:
            if isinstance(selection, Field):
                named.add(to_snake_case(selection.name.value))
            if selection_set := getattr(selection, "selection_set", None):
                selections.append(selection_set)
    return named


class _Loader(DataLoader):
    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read

    def batch_load_fn(self, wanted: Iterable[tuple[Hashable, Any]]) -> Any:
        keys_by_arguments: dict[Any, list[Hashable]] = defaultdict(list)
        for key, arguments in wanted:
            keys_by_arguments[arguments].append(key)
        values = {arguments: self._read(keys, dict(arguments)) for arguments, keys in keys_by_arguments.items()}
        return Promise.resolve([values[arguments].get(key) for key, arguments in wanted])

    def _read(self, keys: list[Hashable], arguments: Mapping[str, Any]) -> Mapping[Any, Any]:
        try:
            return self.read(keys, **arguments)
        except CustomerPlusError as error:
            return dict.fromkeys(keys, graphql_error(error))  # an exception among the values rejects its promise
