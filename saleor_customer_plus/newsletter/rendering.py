"""The templates of the newsletter's pages: an engine of the plugin's own, whatever Saleor's `TEMPLATES` say."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine

_FOLDER = Path(__file__).parent / "templates"


@functools.cache
def engine() -> Engine:
    """Everything is escaped: no template says otherwise."""
    return Engine(
        dirs=[str(_FOLDER)],
        loaders=[
            ("django.template.loaders.cached.Loader", [("django.template.loaders.filesystem.Loader", [str(_FOLDER)])])
        ],
        autoescape=True,
        builtins=["django.templatetags.i18n"],
    )


def render(template: str, context: Mapping[str, Any]) -> str:
    """Render a template in the language that is active."""
    return engine().get_template(template).render(Context({**context, "style": style()}))


@functools.cache
def style() -> str:
    """The one style sheet, which is part of each page."""
    return (_FOLDER / "page.css").read_text()


@functools.cache
def policy() -> str:
    """What a browser may do with a page: show it with its style sheet, and send its form back to where it came from."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )
