"""What can be wrong with a condition: where, why, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from enum import StrEnum

from ..errors import CustomerPlusError, ErrorCode
from .tree import Path

# Where something stands in a text: its first character, counted from 0, and how many there are.
Span = tuple[int, int]


class Reason(StrEnum):
    """Why a condition is refused."""

    SYNTAX = "SYNTAX"  # the text or the JSON cannot be read
    UNKNOWN_FIELD = "UNKNOWN_FIELD"  # no such field, function or parameter
    OPERATOR_NOT_ALLOWED = "OPERATOR_NOT_ALLOWED"  # the field cannot be compared so
    WRONG_TYPE = "WRONG_TYPE"  # the field has values of another type
    INVALID_VALUE = "INVALID_VALUE"  # not one of the choices, or no such day
    CURRENCY_REQUIRED = "CURRENCY_REQUIRED"  # an amount without a currency
    NOT_FOUND = "NOT_FOUND"  # a tag, group, channel or segment that does not exist, or no longer
    CYCLE = "CYCLE"  # a segment that refers to itself
    LIMIT_REACHED = "LIMIT_REACHED"  # too long, too deep, too many


_CODES = {
    Reason.NOT_FOUND: ErrorCode.NOT_FOUND,
    Reason.CURRENCY_REQUIRED: ErrorCode.REQUIRED,
    Reason.LIMIT_REACHED: ErrorCode.LIMIT_REACHED,
}


class ConditionError(CustomerPlusError):
    """One thing that is wrong with a condition.

    `path` leads to it in the JSON. `position` and `length` are its characters in the text, where it was a text; the
    end of the text has no characters. `suggestion` is what to write instead, or blank.
    """

    def __init__(
        self, message: str, *, reason: Reason, path: Path = (), span: Span | None = None, suggestion: str = ""
    ) -> None:
        super().__init__(message, code=_CODES.get(reason, ErrorCode.INVALID))
        self.reason = reason
        self.path = path
        self.suggestion = suggestion
        self.position: int | None = None
        self.length: int | None = None
        if span is not None:
            self.position, self.length = span

    def place(self, spans: Mapping[Path, Span]) -> None:
        """Find its place in the text from which the tree was read: that of the nearest node which has one."""
        for end in range(len(self.path), -1, -1):
            if (span := spans.get(self.path[:end])) is not None:
                self.position, self.length = span
                return


def dotted(path: Path) -> str:
    """A path as it is shown: `and.0.value`."""
    return ".".join(map(str, path))


def closest(word: str, choices: Iterable[str]) -> str:
    """The choice that a misspelt word is likely to mean, or blank."""
    by_folded = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def did_you_mean(suggestion: str) -> str:
    """The end of a message."""
    return f" Did you mean `{suggestion}`?" if suggestion else ""
