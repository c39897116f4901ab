"""What forms answer, wherever they are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen

# Parts of a screen that show the log ask for it again.
CHANGED = "customerPlusChanged"


def done(notice: str, *, goes_to: str = "") -> Screen:
    """A dialog did what it was for: close it, and show the screen behind it afresh, or another."""
    events = ("customerPlusClose",) if goes_to else ("customerPlusClose", "customerPlusReload")
    return Screen("parts/nothing.html", notice=notice, events=events, goes_to=goes_to)


def refused(errors: list[dict[str, Any]], title: str = "") -> Screen:
    """A dialog that says why a button did not do what it is for."""
    return Screen("parts/refused.html", {"title": title or _("This did not work"), "errors": errors})
