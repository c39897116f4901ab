"""JSON values that can be given back: what is accepted, and how those are answered that were stored before that.

Saleor encodes its answers with orjson, which fails for the whole answer on one number beyond 64 bits, on half of a
character, and on too many levels. PostgreSQL writes out a number like 1e20, which so becomes such a number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

MAX_LEVELS = 20
MAX_NAME_LENGTH = 256

_BIGGEST = 2**63
_BIGGEST_EXACT = 2**53
_SAFE_LEVELS = 100
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")


class Unreturnable(ValueError):
    """A value that could not be given back. The message names its place within the whole, such as `a.b[3]`."""


def check(value: Any, path: str) -> None:
    """Raise `Unreturnable` unless the value is JSON that comes back equal from the database and through the API."""
    _check(value, path, 1)


def _check(value: Any, path: str, level: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int | float):
        check_number(value, path)
    elif isinstance(value, str):
        if _NO_TEXT.search(value):
            raise Unreturnable(f"`{path}` has a character that is not allowed.")
    elif level > MAX_LEVELS:
        raise Unreturnable(f"`{path}` is too deep: at most {MAX_LEVELS} levels are allowed.")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str) or len(name) > MAX_NAME_LENGTH or _NO_TEXT.search(name):
                raise Unreturnable(f"`{path}` has a name that is too long or has a character that is not allowed.")
            _check(inner, f"{path}.{name}", level + 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]", level + 1)
    else:
        raise Unreturnable(f"`{path}` must be a text, a number, true, false, null, a list or an object.")


def check_number(value: float, path: str) -> None:
    """Raise `Unreturnable` for a number that JSON has no word for, or that PostgreSQL gives back as another one.

    It writes a large number with a point as a whole one.
    """
    is_fine = -_BIGGEST <= value < _BIGGEST if isinstance(value, int) else -_BIGGEST_EXACT <= value <= _BIGGEST_EXACT
    if not is_fine:  # neither is "not a number"
        raise Unreturnable(
            f"`{path}` must be a whole number from -2^63 to 2^63 - 1, or one with a point from -2^53 to 2^53."
        )


def returnable(value: Any) -> Any:
    """The value as it can be encoded. Of what `check` lets pass it is the same.

    A whole number beyond 64 bits becomes a number with a point if that is equal, else a text. What is more than 100
    levels deep becomes a text of JSON.
    """
    return _returnable(value, 1)


def _returnable(value: Any, level: int) -> Any:
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value) if _HALVES.search(value) else value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -_BIGGEST <= value < _BIGGEST else _large(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if level > _SAFE_LEVELS:
        return _as_text(value)
    if isinstance(value, Mapping):
        return {_returnable(str(name), level): _returnable(inner, level + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_returnable(inner, level + 1) for inner in value]
    return str(value)


def _large(value: int) -> float | str:
    try:
        near = float(value)
    except OverflowError:
        return str(value)
    return near if int(near) == value else str(value)


def _as_text(value: Any) -> str:
    try:
        return json.dumps(value)
    except (RecursionError, TypeError, ValueError):
        return "..."
