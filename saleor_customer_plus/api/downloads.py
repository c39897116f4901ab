"""Private files, such as attachments. Whoever may read what they hang on gets an address that holds for an hour.

A browser sends no token with a link, so the address carries a signed ticket. It names who it was given to: whoever lost
the permission meanwhile, left or was switched off has a dead link. A kind of file registers how it is found:

    register("attachment", lambda key, name: Download(...) or None)
    address_of("attachment", attachment.pk, attachment.file.name, info.context)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.core import signing
from django.core.files.base import File
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseNotFound,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from .. import host
from ..settings import PLUGIN_ID

if TYPE_CHECKING:
    from django.http import HttpRequest

PATH = "/files/"

_SALT = "saleor_customer_plus.files"
_SECONDS = 3600
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A stored file, with the name and the type under which it is sent."""

    file: FieldFile
    name: str
    content_type: str


# Finds a file by the key of its row and by its name in the storage; nothing once the row has another file, or is gone.
Loader = Callable[[int, str], Download | None]

_LOADERS: dict[str, Loader] = {}


def register(kind: str, loader: Loader) -> None:
    _LOADERS[kind] = loader


def address_of(kind: str, key: int, name: str, request: HttpRequest) -> str:
    """Where the caller, who may read it, can fetch the file for an hour, or whoever was shown the address."""
    ticket = ticket_for(request, [kind, key, name], salt=_SALT)
    return request.build_absolute_uri(f"/plugins/{PLUGIN_ID}{PATH}{ticket}")


def ticket_for(request: HttpRequest, what: list[Any], *, salt: str) -> str:
    """Sign what the caller may fetch for an hour, and who the caller is."""
    app, user = request.app, request.user  # type: ignore[attr-defined]
    reader = ["app", app.pk] if app else ["user", user.pk]
    return signing.dumps([*what, *reader], salt=salt)


def read_ticket(ticket: str, *, salt: str) -> list[Any] | None:
    """What a ticket is for; nothing, if it is none, or old, or of somebody who may not manage users any more."""
    try:
        *what, kind, key = signing.loads(ticket, salt=salt, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    return what if _may_read(kind, key) else None


def answer(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Send the file that a ticket is for, as a download."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    what = read_ticket(ticket, salt=_SALT)
    found = None if what is None else _LOADERS[what[0]](*what[1:])
    if found is None:
        return HttpResponseNotFound()
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        return HttpResponseNotFound()
    response = _streamed(request, file)
    response.headers["Content-Type"] = found.content_type
    response.headers["Content-Length"] = str(found.file.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


def _may_read(kind: str, key: int) -> bool:
    """Whether the one whom the address was given to may still manage users."""
    model: Any = host.App if kind == "app" else host.User
    reader = model.objects.filter(pk=key, is_active=True).first()
    return bool(reader and reader.has_perm(host.AccountPermissions.MANAGE_USERS))


def _streamed(request: HttpRequest, file: File[Any]) -> HttpResponseBase:
    """The file piece by piece. On an ASGI server Django would collect all pieces of a plain file in memory first."""
    if request.method == "HEAD":
        file.close()
        return HttpResponse()
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_pieces(file))
    return FileResponse(file)


async def _pieces(file: File[Any]) -> AsyncIterator[bytes]:
    try:
        while piece := await sync_to_async(file.read)(_CHUNK):
            yield piece
    finally:
        await sync_to_async(file.close)()
