"""Signed URLs for private files such as attachments, valid for one hour.

A browser sends no token when it follows a link, so the URL contains a signed ticket with the caller's identity. The
link stops working when the caller loses the permission or is deactivated. Each kind of file registers its lookup:

    register("attachment", lambda key, name, channels: Download(...) or None)
    address_of("attachment", attachment.pk, attachment.file.name, info.context)
"""

from __future__ import annotations

import logging
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

from ...errors import CustomerPlusError
from ...saleor_adapter import host, staff
from ...settings import PLUGIN_ID

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

PATH = "/files/"

_SALT = "saleor_customer_plus.core.private_files"
_SECONDS = 3600
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A stored file, with the file name and content type for the response."""

    file: FieldFile | File[bytes]  # the latter is made for the occasion
    name: str
    content_type: str
    # Called as the file leaves, and not for a HEAD: for what is logged.
    on_leaving: Callable[[], object] | None = None


# Finds a file by primary key and storage name, for a caller who may see the orders of these channels. Returns None if
# the file was replaced or deleted, or the caller may not see it.
Loader = Callable[[int, str, staff.Channels], Download | None]

_LOADERS: dict[str, Loader] = {}


def register(kind: str, loader: Loader) -> None:
    _LOADERS[kind] = loader


def address_of(kind: str, key: int, name: str, request: HttpRequest) -> str:
    """Return a URL for the caller to download the file, valid for one hour. Anyone who has the URL can use it."""
    ticket = ticket_for(request, [kind, key, name], salt=_SALT)
    return request.build_absolute_uri(f"/plugins/{PLUGIN_ID}{PATH}{ticket}")


def ticket_for(request: HttpRequest, what: list[Any], *, salt: str) -> str:
    """Sign a ticket for one hour, with the caller's identity."""
    app, user = request.app, request.user  # type: ignore[attr-defined]
    reader = ["app", app.pk] if app else ["user", user.pk]
    return signing.dumps([*what, *reader], salt=salt)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The file and the caller, a user or an app, of a ticket."""

    what: list[Any]
    reader: Any

    @property
    def channels(self) -> staff.Channels:
        """Return the channels whose orders the caller may see now."""
        return None if isinstance(self.reader, host.App) else staff.channels_of_user(self.reader)


def read_ticket(ticket: str, *, salt: str) -> Ticket | None:
    """Return the ticket; None if it is invalid or expired, or if its owner can no longer manage users."""
    try:
        *what, kind, key = signing.loads(ticket, salt=salt, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    reader = _reader(kind, key)
    return None if reader is None else Ticket(what, reader)


def _found(given: Ticket) -> Download | None:
    kind, key, name = given.what
    return _LOADERS[kind](key, name, given.channels)


def answer(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """Return the file of a ticket as a download."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    given = read_ticket(ticket, salt=_SALT)
    try:
        found = None if given is None else _found(given)
    except CustomerPlusError:  # a disk is full, say: it is logged
        return HttpResponse(status=503)
    if found is None:
        return HttpResponseNotFound()
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        return HttpResponseNotFound()
    except Exception as error:  # storages raise any exception when they are unavailable
        logger.error("A private file could not be read: %s", type(error).__name__)
        return HttpResponse(status=503)
    size = found.file.size  # while a temporary file is still open
    if found.on_leaving is not None and request.method == "GET":
        found.on_leaving()
    response = _streamed(request, file)
    response.headers["Content-Type"] = found.content_type
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


def _reader(kind: str, key: int) -> Any | None:
    """Return the caller for whom the ticket was signed, if still allowed to manage users."""
    model: Any = host.App if kind == "app" else host.User
    reader = model.objects.filter(pk=key, is_active=True).first()
    return reader if reader and reader.has_perm(host.AccountPermissions.MANAGE_USERS) else None


def _streamed(request: HttpRequest, file: File[Any]) -> HttpResponseBase:
    """Yield the file in chunks. On an ASGI server, Django would load a plain file into memory first."""
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
