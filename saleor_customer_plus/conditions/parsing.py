"""Reading a text: a recursive descent, one method for each rule of the grammar.

    or         := and (OR and)*
    and        := not (AND not)*
    not        := NOT not | primary
    primary    := ( or ) | IN SEGMENT value | name NOT? MATCHES ( parameters ) | comparison
    comparison := name IS NOT? NULL | name BETWEEN value AND value | name NOT? IN ( values )
                | name NOT? CONTAINS value | name (= | != | > | >= | < | <=) value
    parameters := comparison (, comparison)*

Keywords and names are read in any case. What fields there are is not known here: see `checking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import SeveralErrors
from . import literals
from .errors import ConditionError, Reason, Span, closest, did_you_mean
from .lexing import Kind, Token, tokens_of
from .limits import MAX_CONDITIONS, MAX_DEPTH, MAX_LENGTH, MAX_VALUES
from .tree import And, Call, Comparison, Id, InSegment, Literal, Money, Node, Not, Operator, Or, Path


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, and where each of its parts stands in the text."""

    tree: Node
    spans: dict[Path, Span] = field(default_factory=dict)


def parse(text: str) -> Node:
    """The tree of a text. Raises a `ConditionError` with the place where the text cannot be read."""
    return parse_with_places(text).tree


def parse_with_places(text: str) -> Parsed:
    """As `parse`, with the places, for errors that are found later: see `placed`."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(
            f"A condition may have at most {MAX_LENGTH} characters.",
            reason=Reason.LIMIT_REACHED,
            span=(MAX_LENGTH, len(text) - MAX_LENGTH),
        )
    parser = _Parser(tokens_of(text))
    found = parser.either()
    parser.expect_end()
    return found


def placed(error: Exception, spans: dict[Path, Span]) -> None:
    """Give the errors of a tree their places in the text that it was read from."""
    for one in error.errors if isinstance(error, SeveralErrors) else [error]:
        if isinstance(one, ConditionError):
            one.place(spans)


_COMPARING = {
    "=": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
}
# Words that no field can be called.
_KEYWORDS = ("AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "CONTAINS", "MATCHES", "SEGMENT")
_OPERATORS = (*_COMPARING, "IN", "IS NULL", "BETWEEN", "CONTAINS", "MATCHES")


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0
        self.conditions = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def next(self) -> Token:
        token = self.token
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    # The rules.

    def either(self) -> Parsed:
        return self._joined("OR", Or, self.both)

    def both(self) -> Parsed:
        return self._joined("AND", And, self.negation)

    def _joined(self, word: str, kind: type[And] | type[Or], part: Callable[[], Parsed]) -> Parsed:
        parts = [part()]
        while self.token.is_word(word):
            self.next()
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return _within(
            {(word.lower(), number): one for number, one in enumerate(parts)}, kind(tuple(p.tree for p in parts))
        )

    def negation(self) -> Parsed:
        if not self.token.is_word("NOT"):
            return self.primary()
        begin = self.next()
        self._enter(begin)
        part = self.negation()
        self.depth -= 1
        return _within({("not",): part}, Not(part.tree), begin=begin.span)

    def primary(self) -> Parsed:
        if self.token.is_symbol("("):
            begin = self.next()
            self._enter(begin)
            found = self.either()
            self.depth -= 1
            self._expect_symbol(")", "Close the bracket.")
            return found
        if self.token.is_word("IN"):
            return self._in_segment()
        name = self._name()
        if self.token.is_word("MATCHES") or (self.token.is_word("NOT") and self._ahead(1).is_word("MATCHES")):
            return self._call(name)
        return self._comparison(name)

    def _in_segment(self) -> Parsed:
        begin = self.next()
        self._count(begin)
        if not self.token.is_word("SEGMENT"):
            raise self._wrong("Write IN SEGMENT 'name'; for a field, write its name before IN.", "IN SEGMENT")
        self.next()
        token = self.next()
        if token.kind is not Kind.VALUE or not isinstance(token.value, str | Id):
            raise self._wrong("Write the name of a segment between single quotes.", token=token)
        span = _from_to(begin.span, token.span)
        return Parsed(InSegment(token.value), {(): span, ("segment",): token.span})

    def _call(self, name: Token) -> Parsed:
        negated = self.token.is_word("NOT")
        if negated:
            self.next()
        matches = self.next()
        self._expect_symbol("(", "Write the parameters in brackets after MATCHES.")
        parts = [self._comparison(self._name())]
        while self.token.is_symbol(","):
            self.next()
            parts.append(self._comparison(self._name()))
        if self.token.is_word("AND", "OR"):
            raise self._wrong("Separate parameters with commas: all of them hold of the same rows.", ",")
        end = self._expect_symbol(")", "Close the bracket after the parameters.")
        parameters = tuple(part.tree for part in parts if isinstance(part.tree, Comparison))
        found = _within(
            {("parameters", number): part for number, part in enumerate(parts)}, Call(name.text, parameters, negated)
        )
        found.spans.update({(): _from_to(name.span, end.span), ("function",): name.span, ("operator",): matches.span})
        return found

    def _comparison(self, name: Token) -> Parsed:
        self._count(name)
        operator, span = self._operator()
        values: list[tuple[Literal, Span]] = []
        if operator.has_list:
            values = self._list()
        elif operator is Operator.BETWEEN:
            values = [self._value()]
            if not self.token.is_word("AND"):
                raise self._wrong("Write BETWEEN as in BETWEEN 1 AND 5.", "AND")
            self.next()
            values.append(self._value())
        elif operator not in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            values = [self._value()]
        spans: dict[Path, Span] = {
            (): _from_to(name.span, self._ahead(-1).span),
            ("field",): name.span,
            ("operator",): span,
        }
        several = operator.has_list or operator is Operator.BETWEEN
        for number, (_, place) in enumerate(values):
            spans[("value", number) if several else ("value",)] = place
        return Parsed(Comparison(name.text, operator, tuple(value for value, _ in values)), spans)

    def _operator(self) -> tuple[Operator, Span]:
        begin = self.next()
        if begin.kind is Kind.SYMBOL and begin.text in _COMPARING:
            return _COMPARING[begin.text], begin.span
        token, negated = begin, False
        if begin.is_word("NOT"):
            token, negated = self.next(), True
        if token.is_word("IN"):
            return (Operator.NOT_IN if negated else Operator.IN), _from_to(begin.span, token.span)
        if token.is_word("CONTAINS"):
            return (Operator.NOT_CONTAINS if negated else Operator.CONTAINS), _from_to(begin.span, token.span)
        if token.is_word("BETWEEN") and not negated:
            return Operator.BETWEEN, begin.span
        if token.is_word("IS") and not negated:
            operator = Operator.IS_NULL
            if self.token.is_word("NOT"):
                self.next()
                operator = Operator.IS_NOT_NULL
            if not self.token.is_word("NULL"):
                raise self._wrong("After IS write NULL or NOT NULL; compare a value with =.", "IS NULL")
            return operator, _from_to(begin.span, self.next().span)
        if token.is_word("BETWEEN"):
            raise self._wrong("Write NOT before the field: NOT order_count BETWEEN 1 AND 5.", "BETWEEN", token=token)
        suggestion = closest(token.text, _OPERATORS) or "="
        if token.is_word("LIKE", "ILIKE"):
            suggestion = "CONTAINS"
        message = "After a field write an operator: =, !=, >, >=, <, <=, BETWEEN, IN, CONTAINS, IS NULL or MATCHES."
        raise self._wrong(message, suggestion, token=token)

    def _list(self) -> list[tuple[Literal, Span]]:
        begin = self._expect_symbol("(", "Write the values in brackets: IN ('DE', 'FR').")
        values = [self._value()]
        while self.token.is_symbol(","):
            self.next()
            values.append(self._value())
        end = self._expect_symbol(")", "Close the bracket after the values, which commas separate.")
        if len(values) > MAX_VALUES:
            raise ConditionError(
                f"A list may have at most {MAX_VALUES} values.",
                reason=Reason.LIMIT_REACHED,
                span=_from_to(begin.span, end.span),
            )
        return values

    def _value(self) -> tuple[Literal, Span]:
        token = self.next()
        if token.is_word("JSON") and self.token.kind is Kind.VALUE and isinstance(self.token.value, str):
            text, span = self.token.value, _from_to(token.span, self.next().span)
            try:
                return literals.read_json(text), span
            except ValueError as error:
                raise ConditionError(str(error), reason=Reason.INVALID_VALUE, span=span) from None
        if token.kind is not Kind.VALUE or token.value is None:
            if token.is_word("NULL"):
                raise self._wrong("Write IS NULL or IS NOT NULL.", "IS NULL", token=token)
            quoted = literals.quoted(token.text) if token.kind is Kind.NAME else ""
            raise self._wrong("Write a value here, a text between single quotes.", quoted, token=token)
        # `100 EUR`, but not `BETWEEN 1 AND 5`.
        if type(token.value) is not bool and _is_number(token) and _is_currency(self.token):
            currency = self.next()
            return Money(token.value, currency.text.upper()), _from_to(token.span, currency.span)  # type: ignore[arg-type]
        return token.value, token.span

    def _name(self) -> Token:
        token = self.next()
        if token.kind is not Kind.NAME or token.text.upper() in _KEYWORDS:
            raise self._wrong("Write the name of a field here.", token=token)
        return token

    # Help.

    def _ahead(self, steps: int) -> Token:
        return self.tokens[min(self.index + steps, len(self.tokens) - 1)]

    def _count(self, token: Token) -> None:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise ConditionError(
                f"There may be at most {MAX_CONDITIONS} conditions.", reason=Reason.LIMIT_REACHED, span=token.span
            )

    def _enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(
                f"Brackets and NOT may be at most {MAX_DEPTH} within each other.",
                reason=Reason.LIMIT_REACHED,
                span=token.span,
            )

    def _expect_symbol(self, symbol: str, message: str) -> Token:
        if not self.token.is_symbol(symbol):
            raise self._wrong(message, symbol)
        return self.next()

    def expect_end(self) -> None:
        if self.token.kind is Kind.END:
            return
        if self.token.is_symbol(")"):
            raise self._wrong("There is no bracket that this one closes.")
        raise self._wrong("Join conditions with AND or OR.", closest(self.token.text, ("AND", "OR")))

    def _wrong(self, message: str, suggestion: str = "", *, token: Token | None = None) -> ConditionError:
        at = token or self.token
        if at.kind is Kind.END:
            message = f"The text ends too early. {message}"
        elif suggestion and suggestion.upper() != at.text.upper():
            message += did_you_mean(suggestion)
        return ConditionError(message, reason=Reason.SYNTAX, span=at.span, suggestion=suggestion)


def _is_number(token: Token) -> bool:
    return re.fullmatch(r"-?[0-9.]+", token.text) is not None


def _is_currency(token: Token) -> bool:
    return (
        token.kind is Kind.NAME
        and re.fullmatch("[A-Za-z]{3}", token.text) is not None
        and not token.is_word("AND", "NOT")
    )


def _from_to(first: Span, last: Span) -> Span:
    return first[0], last[0] + last[1] - first[0]


def _within(parts: dict[Path, Parsed], tree: Node, begin: Span | None = None) -> Parsed:
    """A node whose parts are at these paths in it."""
    spans = {(*path, *inner): span for path, part in parts.items() for inner, span in part.spans.items()}
    whole = [part.spans[()] for part in parts.values()]
    spans[()] = _from_to(begin or whole[0], whole[-1])
    return Parsed(tree, spans)
