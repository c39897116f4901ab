"""Pictures of records. They are private: whoever may read the record gets an address that holds for an hour."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

from django.core import signing
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from ..records.models import CustomerRecord
from ..settings import PLUGIN_ID

if TYPE_CHECKING:
    from django.http import HttpRequest

PATH = "/images/"

_SALT = "saleor_customer_plus.images"
_SECONDS = 3600

# What a browser can show and not run.
_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


def address_of(record: CustomerRecord, request: HttpRequest) -> str | None:
    """Where the picture can be fetched for an hour, by whoever knows the address; nothing if there is no picture."""
    if not record.image:
        return None
    ticket = signing.dumps([record.pk, record.image.name], salt=_SALT)
    return request.build_absolute_uri(f"/plugins/{PLUGIN_ID}{PATH}{ticket}")


def answer(request: HttpRequest, ticket: str) -> HttpResponse:
    """Send the picture that a ticket is for, unless the record has another one by now."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        pk, name = signing.loads(ticket, salt=_SALT, max_age=_SECONDS)
        record = CustomerRecord.objects.only("image").get(pk=pk, image=name)
        with record.image.open("rb") as file:
            picture = file.read()
    except (signing.BadSignature, CustomerRecord.DoesNotExist, FileNotFoundError):
        return HttpResponseNotFound()
    guessed, _ = mimetypes.guess_type(name)
    if guessed in _TYPES:
        return HttpResponse(picture, content_type=guessed)
    return HttpResponse(picture, content_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
