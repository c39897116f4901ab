"""A page that plays the Dashboard's side: navigation, the frame with our screens, the token, the theme, notifications.

The real Dashboard is a program of its own. With this page, a newcomer sees the screens with one command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_FILES = {
    "/": ("frame.html", "text/html"),
    "/frame.js": ("frame.js", "text/javascript"),
    "/frame.css": ("frame.css", "text/css"),
}


def framed(application: Any, make_token: Callable[[], str], links: Callable[[], dict[str, str]]) -> Any:
    """The WSGI application with the page at `/`."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/frame.json":
            body, kind = json.dumps({"token": make_token(), "links": links()}).encode(), "application/json"
        elif path in _FILES:
            name, kind = _FILES[path]
            body = (HERE / name).read_bytes()
        else:
            return application(environ, start_response)  # type: ignore[no-any-return]
        start_response("200 OK", [("Content-Type", f"{kind}; charset=utf-8"), ("Cache-Control", "no-store")])
        return [body]

    return serve
