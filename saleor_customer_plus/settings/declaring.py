"""The kinds of settings. Each returns a field of a dataclass that carries all that is said of the setting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from ..saleor_adapter import host
from .reading import one_of, read_number, read_switch

_Value = TypeVar("_Value")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the Dashboard shows of a setting, and how what it sends is read."""

    type: str
    label: str
    help_text: str
    read: Callable[[str], Any]
    lowest: int | None = None
    highest: int | None = None


def switch(default: bool, label: str, help_text: str) -> bool:
    return _declare(default, Shown(host.ConfigurationTypeField.BOOLEAN, label, help_text, read_switch))


def number(default: int, label: str, help_text: str, *, lowest: int, highest: int) -> int:
    """A whole number. The help text may name `{default}`, `{lowest}` and `{highest}`."""
    help_text = help_text.format(default=default, lowest=lowest, highest=highest)
    read = partial(read_number, lowest=lowest, highest=highest)
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, read, lowest, highest))


def choice(default: _Choice, label: str, help_text: str) -> _Choice:
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, one_of(type(default))))


def text(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    return _declare(default, Shown(host.ConfigurationTypeField.STRING, label, help_text, read))


def long_text(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    """A text of several lines."""
    return _declare(default, Shown(host.ConfigurationTypeField.MULTILINE, label, help_text, read))


def secret(default: str, label: str, help_text: str, *, read: Callable[[str], str] = str) -> str:
    """A text that Saleor keeps and shows as a password."""
    return _declare(default, Shown(host.ConfigurationTypeField.SECRET, label, help_text, read))


def _declare(default: _Value, shown: Shown) -> _Value:
    return field(default=default, metadata={"shown": shown})
