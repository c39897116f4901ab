"""Types that refer to one another, such as a record to its leads and a lead to its record.

One of the two is defined first, and names the other, which graphene needs only when it builds the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

_by_name: dict[str, Any] = {}

Type = TypeVar("Type", bound=type[Any])


def referable(defined: Type) -> Type:
    """Decorate a type that others refer to by `named`."""
    _by_name[defined._meta.name] = defined
    return defined


def named(name: str) -> Callable[[], Any]:
    """The type of a field: one that is defined later, and is `referable`."""
    return partial(_by_name.__getitem__, name)
