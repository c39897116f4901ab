"""What errors say: fields as clients spell them, in plain sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import saleor_customer_plus

PACKAGE = Path(saleor_customer_plus.__file__).parent
ERRORS = {
    "CommandError", "CustomerPlusError", "GraphQLError", "Reason", "Refusal", "Unreadable", "Unreturnable", "_Wrong",
    "_required", "refuse", "refuse_because", "skip", "too_much",
}  # fmt: skip
PYTHON_NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
QUAINT = re.compile(r"[Tt]here is no such|says a setting|says the setting|\bof them\.$")
# Nowhere: many messages are constants, or the texts of Python's own errors.
ODD = re.compile(r"\bThis is no(?:ne)?\b|\bThere is no such\b")


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _texts(call: ast.Call) -> Iterator[str]:
    """The texts that a call is given by place, or as `message`. Codes, fields and ids are no sentences."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "message")]
    for argument in given:
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
                yield node.value


def _odd_texts(source: str) -> list[str]:
    found = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [text for text in found if isinstance(text, str) and ODD.search(text)]


def _messages() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in ERRORS:
                for text in _texts(node):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", text


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    return list(_messages())


def test_messages_are_found(messages: list[tuple[str, str]]) -> None:
    assert len(messages) > 150


@pytest.mark.parametrize("pattern", [PYTHON_NAME, QUAINT], ids=["Python's name", "quaint"])
def test_no_message_has_what_a_client_would_not_understand(
    messages: list[tuple[str, str]], pattern: re.Pattern[str]
) -> None:
    allowed = {"customer_plus", "content_types"}  # the command
    found = [(where, text) for where, text in messages if {match[0] for match in pattern.finditer(text)} - allowed]
    assert not found


def test_no_text_is_worded_oddly() -> None:
    assert {path.name: odd for path in PACKAGE.rglob("*.py") if (odd := _odd_texts(path.read_text()))} == {}


def test_an_odd_text_is_found() -> None:
    assert _odd_texts('_NO_DATE = "This is no date."') == ["This is no date."]
