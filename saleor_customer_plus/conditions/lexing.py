"""Cutting a text into tokens, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from . import literals
from .errors import ConditionError, Reason, Span
from .tree import Literal


class Kind(Enum):
    """What a token is."""

    NAME = auto()  # of a field, function or parameter; in capitals it may be a keyword
    VALUE = auto()
    SYMBOL = auto()  # an operator, a bracket, a comma
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A word, value or sign of the text. `value` is what a VALUE says."""

    kind: Kind
    text: str
    span: Span
    value: Literal | None = None

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind is Kind.NAME and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind is Kind.SYMBOL and self.text in symbols


_QUOTED = r"'(?:[^'\\]|\\.)*'"
# Values before names and signs: what looks like the beginning of one is read as one to its end.
_TOKENS = re.compile(
    rf"""
      (?P<blank>\s+)
    | (?P<text>{_QUOTED})
    | (?P<time>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9:.]*(?:Z|[+-][0-9:]+)?)
    | (?P<date>[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}})
    | (?P<offset>[+-][0-9]+[A-Za-z])(?![A-Za-z0-9_])
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z_])
    | (?P<id>\#[0-9]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.(?:[\w-]+|"(?:[^"\\]|\\.)*"))*)
    | (?P<symbol><=|>=|!=|<>|=|<|>|\(|\)|,)
    """,
    re.VERBOSE | re.DOTALL,
)
_READERS: dict[str, Callable[[str], Literal]] = {
    "text": lambda text: literals.checked_text(literals.unescaped(text[1:-1])),
    "time": literals.read_time,
    "date": literals.read_date,
    "offset": literals.read_offset,
    "number": literals.read_number,
    "id": lambda text: literals.read_id(text[1:]),
}
# That people type, or that their programs make of a single one.
_OTHER_QUOTES = '"`\u201c\u201d\u201e\u2018\u2019'
_BOOLEANS = {"TRUE": True, "FALSE": False}


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, with an END. Raises a `ConditionError` at the first thing that is none."""
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKENS.match(text, position)
        if found is None:
            raise _strange(text, position)
        span = (position, found.end() - position)
        kind = found.lastgroup or ""
        if kind != "blank":
            tokens.append(_token(kind, found[0], span))
        position = found.end()
    return [*tokens, Token(Kind.END, "", (len(text), 0))]


def _token(kind: str, text: str, span: Span) -> Token:
    if kind == "symbol":
        return Token(Kind.SYMBOL, "!=" if text == "<>" else text, span)
    if kind == "name":
        if text.upper() in _BOOLEANS:
            return Token(Kind.VALUE, text, span, _BOOLEANS[text.upper()])
        return Token(Kind.NAME, literals.read_name(text), span)
    try:
        return Token(Kind.VALUE, text, span, _READERS[kind](text))
    except ValueError as error:
        raise ConditionError(str(error), reason=Reason.INVALID_VALUE, span=span) from None


def _strange(text: str, position: int) -> ConditionError:
    char = text[position]
    if char == "'":
        message = "The text has no closing quote. Put one at its end, and a backslash before a quote within it."
        return ConditionError(message, reason=Reason.SYNTAX, span=(position, len(text) - position))
    if char in _OTHER_QUOTES:
        message = "Put texts between single quotes: 'Berlin'."
    elif (char.isascii() and char.isdigit()) or char in "+-":
        message = "This is not a number, date or offset. Write 12, 12.5, 100 EUR, 2026-01-31 or -30d."
    else:
        message = "This character has no meaning here."
    return ConditionError(message, reason=Reason.SYNTAX, span=(position, 1))
