"""Whatever the screens say has a translation in each language, with the same placeholders, and is compiled."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("babel.messages")

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = script()


def test_nothing_is_missing_or_outdated() -> None:
    assert messages.check() == [], "Run make messages, and translate what is new."


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_placeholders_survive(language: str) -> None:
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s|%s", text))

    def all_of(texts: Any) -> list[str]:
        return [texts] if isinstance(texts, str) else list(texts)

    for message in messages.read(language):
        if message.id:
            expected = {tuple(placeholders(text)) for text in all_of(message.id)}
            assert {tuple(placeholders(text)) for text in all_of(message.string)} <= expected, message.id
