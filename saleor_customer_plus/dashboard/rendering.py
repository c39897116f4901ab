"""The templates: an engine of the plugin's own, whatever Saleor's `TEMPLATES` say."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString

FOLDER = Path(__file__).parent


@functools.cache
def engine() -> Engine:
    """Everything is escaped unless a template says otherwise, and none does (tests/dashboard/test_templates.py)."""
    return Engine(
        dirs=[str(FOLDER / "templates" / "customer_plus")],
        loaders=[
            (
                "django.template.loaders.cached.Loader",
                [("django.template.loaders.filesystem.Loader", [str(FOLDER / "templates" / "customer_plus")])],
            )
        ],
        autoescape=True,
        builtins=[
            "django.templatetags.i18n",
            "saleor_customer_plus.dashboard.api_messages",
            "saleor_customer_plus.dashboard.formats",
            "saleor_customer_plus.dashboard.log_values",
            "saleor_customer_plus.dashboard.tags",
        ],
    )


def render(template: str, context: Mapping[str, Any]) -> SafeString:
    """Render a template in the language and time zone that are active."""
    return engine().get_template(template).render(Context(dict(context), use_l10n=True))
