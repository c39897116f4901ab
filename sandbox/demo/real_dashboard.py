"""Saleor's real Dashboard beside the demo: what its build made, served at `/dashboard/` of the same origin."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps

MOUNT = "/dashboard/"


def prepare_channels() -> None:
    """Give each channel the settings for taxes that Saleor makes with it, and without which no order can be shown."""
    configurations = apps.get_model("tax", "TaxConfiguration").objects
    for channel in apps.get_model("channel", "Channel").objects.all():
        configurations.get_or_create(channel=channel)


def mounted(application: Any, folder: Path) -> Any:
    """The WSGI application with the built Dashboard. Every path that is no file of it is one of its pages."""
    root = folder.resolve()

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not f"{path}/".startswith(MOUNT):
            return application(environ, start_response)  # type: ignore[no-any-return]
        file = (root / path.removeprefix(MOUNT)).resolve()
        if not (file.is_file() and file.is_relative_to(root)):
            file = root / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        # A build names its scripts after their contents; the page that asks for them is always a new one.
        caching = "no-store" if file.name == "index.html" else "max-age=3600"
        start_response("200 OK", [("Content-Type", kind), ("Cache-Control", caching)])
        return [file.read_bytes()]

    return serve
