"""Pictures of records: private, by a ticket as other files are (`downloads`), but shown and not downloaded."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from ..records.models import CustomerRecord
from ..settings import PLUGIN_ID
from .downloads import read_ticket, ticket_for

if TYPE_CHECKING:
    from django.http import HttpRequest

PATH = "/images/"

_SALT = "saleor_customer_plus.images"

# What a browser can show and not run.
_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


def address_of(record: CustomerRecord, request: HttpRequest) -> str | None:
    """Where the picture can be fetched for an hour, as long as the caller may; nothing if there is no picture."""
    if not record.image:
        return None
    ticket = ticket_for(request, [record.pk, record.image.name], salt=_SALT)
    return request.build_absolute_uri(f"/plugins/{PLUGIN_ID}{PATH}{ticket}")


def answer(request: HttpRequest, ticket: str) -> HttpResponse:
    """Send the picture that a ticket is for, unless the record has another one by now."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    what = read_ticket(ticket, salt=_SALT)
    if what is None:
        return HttpResponseNotFound()
    pk, name = what
    try:
        record = CustomerRecord.objects.only("image").get(pk=pk, image=name)
        with record.image.open("rb") as file:
            picture = file.read()
    except (CustomerRecord.DoesNotExist, FileNotFoundError):
        return HttpResponseNotFound()
    guessed, _ = mimetypes.guess_type(name)
    if guessed in _TYPES:
        return HttpResponse(picture, content_type=guessed)
    return HttpResponse(picture, content_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
