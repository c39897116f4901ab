"""Style sheet, scripts and icons. Their URLs contain a hash of all contents, so browsers may keep them for a year.

The hash is the same for all of them: modules import each other by relative paths, which stay below it. The style sheet
is put together of several files, as it would delay a page to ask for each.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from importlib.resources import files
from pathlib import Path

from django.http import HttpResponse, HttpResponseNotFound

from .rendering import FOLDER

PATH = "static/"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
# The names of htmx 2 in the versions of django-htmx.
_HTMX = ("htmx-2.min.js", "htmx.min.js")
STYLE, HTMX = "dashboard.css", "htmx.js"
# The parts of the style sheet in their order.
_STYLES = ("base", "frame", "controls", "lists", "cards", "dialogs", "jobs")


@functools.cache
def _contents() -> dict[str, bytes]:
    """What may be served, by its name."""
    folder = Path(FOLDER, "static")
    contents = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix in _TYPES and path.suffix != ".css"
    }
    contents[STYLE] = b"\n".join(Path(folder, f"{name}.css").read_bytes() for name in _STYLES)
    theirs = files("django_htmx") / "static" / "django_htmx"
    contents[HTMX] = next(path for name in _HTMX if (path := theirs / name).is_file()).read_bytes()
    return contents


@functools.cache
def version() -> str:
    """What changes whenever the contents of any file do."""
    return hashlib.sha256(b"".join(_contents().values())).hexdigest()[:12]


def url_of(name: str) -> str:
    """The path of a file, relative to the plugin's own."""
    return f"{PATH}{version()}/{name}"


def modules() -> list[str]:
    """The names of our scripts, which a page asks for at once."""
    return [name for name in _contents() if name.endswith(".js") and name != HTMX]


def compressed_size() -> int:
    """How many bytes all of them have together, compressed as servers do."""
    return sum(len(gzip.compress(content)) for content in _contents().values())


def serve(asked: str, name: str) -> HttpResponse:
    """A file. The version that was `asked` for only makes the URL change with the contents."""
    content = _contents().get(name)
    if content is None:
        return HttpResponseNotFound()
    response = HttpResponse(content, content_type=f"{_TYPES[Path(name).suffix]}; charset=utf-8")
    is_current = asked == version()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response
