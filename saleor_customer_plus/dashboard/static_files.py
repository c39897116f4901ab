"""Style sheet, scripts and icons. Their URLs contain a hash of the contents, so browsers may keep them for a year."""

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


@functools.cache
def _contents() -> dict[str, bytes]:
    """What may be served, by its name."""
    contents = {path.name: path.read_bytes() for path in Path(FOLDER, "static").iterdir() if path.suffix in _TYPES}
    theirs = files("django_htmx") / "static" / "django_htmx"
    contents["htmx.js"] = next(path for name in _HTMX if (path := theirs / name).is_file()).read_bytes()
    return contents


@functools.cache
def version_of(name: str) -> str:
    return hashlib.sha256(_contents()[name]).hexdigest()[:12]


def url_of(name: str) -> str:
    """The path of a file, relative to the plugin's own."""
    return f"{PATH}{version_of(name)}/{name}"


def compressed_size() -> int:
    """How many bytes all of them have together, compressed as servers do."""
    return sum(len(gzip.compress(content)) for content in _contents().values())


def serve(version: str, name: str) -> HttpResponse:
    """A file. The version only makes the URL change with the contents."""
    content = _contents().get(name)
    if content is None:
        return HttpResponseNotFound()
    response = HttpResponse(content, content_type=f"{_TYPES[Path(name).suffix]}; charset=utf-8")
    is_current = version == version_of(name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return response
