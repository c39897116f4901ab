"""Writing a tree as text, in the one way that `parsing` reads back as the same tree."""

from __future__ import annotations

from .literals import name_text, text_of
from .tree import And, Call, Comparison, InSegment, Node, Not, Operator, Or


def text_of_tree(node: Node) -> str:
    """The canonical text of a tree.

    Raises a `ValueError` for a tree with an AND or OR of fewer than two parts, or an empty list: neither can be
    written, and neither is ever read.
    """
    match node:
        case And(parts):
            return _joined(" AND ", parts, (And, Or))
        case Or(parts):
            return _joined(" OR ", parts, (Or,))
        case Not(part):
            return f"NOT {_bracketed(part, (And, Or))}"
        case InSegment(segment):
            return f"IN SEGMENT {text_of(segment)}"
        case Call(function, parameters, negated):
            listed = ", ".join(map(text_of_tree, parameters))
            return f"{name_text(function)} {'NOT ' if negated else ''}MATCHES ({listed})"
        case Comparison():
            return _comparison(node)
    raise ValueError("This is not a condition.")


def _joined(word: str, parts: tuple[Node, ...], bracketed: tuple[type, ...]) -> str:
    if len(parts) < 2:
        raise ValueError("Fewer than two conditions cannot be joined in a text.")
    return word.join(_bracketed(part, bracketed) for part in parts)


def _bracketed(node: Node, kinds: tuple[type, ...]) -> str:
    text = text_of_tree(node)
    return f"({text})" if isinstance(node, kinds) else text


def _comparison(node: Comparison) -> str:
    values = [text_of(value) for value in node.values]
    start = f"{name_text(node.field)} {node.operator}"
    if node.operator.has_list:
        if not values:
            raise ValueError("An empty list cannot be written in a text.")
        return f"{start} ({', '.join(values)})"
    if node.operator is Operator.BETWEEN:
        return f"{start} {values[0]} AND {values[1]}"
    return f"{start} {values[0]}" if values else start
