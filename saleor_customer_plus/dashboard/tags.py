"""Template tags that are about the screens themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from .api_messages import translated
from .requests import address

register = template.Library()


@register.simple_tag
def screen(path: str, **query: Any) -> str:
    """The address of a screen: `{% screen "customers" q="anna" %}`."""
    return address(path, query)


@register.filter
def of_field(errors: Sequence[Mapping[str, Any]] | None, name: str) -> str:
    """The messages of the errors about one field."""
    return " ".join(translated(error["message"]) for error in errors or () if error["field"] == name)


@register.filter
def of_no_field(errors: Sequence[Mapping[str, Any]] | None, shown: str) -> list[str]:
    """The messages of errors about none of the fields that a form shows (their names, separated by blanks)."""
    names = shown.split()
    return [translated(error["message"]) for error in errors or () if error["field"] not in names]


@register.filter
def words(text: str) -> list[str]:
    """The words of a text of the template, to loop over."""
    return text.split()
