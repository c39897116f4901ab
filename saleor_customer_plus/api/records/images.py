"""Images of records: private, with a signed ticket like other files (`downloads`), but displayed inline."""

from __future__ import annotations

import logging
import mimetypes
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from ...records.models import CustomerRecord
from ...settings import PLUGIN_ID
from ..core.downloads import read_ticket, ticket_for

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

PATH = "/images/"

_SALT = "saleor_customer_plus.images"

# Types that a browser can display but not execute.
_TYPES = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


def address_of(record: CustomerRecord, request: HttpRequest) -> str | None:
    """Return the URL of the image, valid for one hour while the caller has access; None without an image."""
    if not record.image:
        return None
    ticket = ticket_for(request, [record.pk, record.image.name], salt=_SALT)
    return request.build_absolute_uri(f"/plugins/{PLUGIN_ID}{PATH}{ticket}")


def answer(request: HttpRequest, ticket: str) -> HttpResponse:
    """Return the image of a ticket, unless the record has another one now."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    given = read_ticket(ticket, salt=_SALT)
    if given is None:
        return HttpResponseNotFound()
    pk, name = given.what
    try:
        record = CustomerRecord.objects.only("image").get(pk=pk, image=name)
        with record.image.open("rb") as file:
            picture = file.read()
    except (CustomerRecord.DoesNotExist, FileNotFoundError):
        return HttpResponseNotFound()
    except DatabaseError:
        raise
    except Exception as error:  # storages raise any exception when they are unavailable
        logger.error("A picture could not be read: %s", type(error).__name__)
        return HttpResponse(status=503)
    guessed, _ = mimetypes.guess_type(name)
    if guessed in _TYPES:
        return HttpResponse(picture, content_type=guessed)
    return HttpResponse(picture, content_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
