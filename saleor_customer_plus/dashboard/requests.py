"""What a screen is asked for, and what it answers with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict

from . import execution
from .rendering import render
from .static_files import url_of

# The paths of the screens, as the browser has them.
ROOT = "/plugins/customer-plus/dashboard/"


class OnlyByPost(Exception):
    """A GET asked for a change. A link can make one, and be followed by somebody who does not know what it does."""


@dataclass(frozen=True)
class ScreenRequest:
    """A request for a screen, or for a part of one, by a member of staff who is logged in to the Dashboard."""

    http: HttpRequest

    @property
    def query(self) -> QueryDict:
        """What the address says: filters, the page of a list."""
        return self.http.GET

    @property
    def form(self) -> QueryDict:
        """What a form sent."""
        return self.http.POST

    @property
    def is_post(self) -> bool:
        return self.http.method == "POST"

    def files(self, name: str) -> list[UploadedFile]:
        return [file for file in self.http.FILES.getlist(name) if isinstance(file, UploadedFile)]

    def execute(
        self,
        document: str,
        files: Mapping[str, UploadedFile] | None = None,
        /,
        **variables: Any,
    ) -> dict[str, Any]:
        """Execute a GraphQL document as the caller: see `execution.execute`."""
        return execution.execute(self.http, document, variables, files)

    def change(
        self, document: str, files: Mapping[str, UploadedFile] | None = None, /, **variables: Any
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Execute a document with one mutation. Return its payload, and the errors that it lists."""
        if not self.is_post:
            raise OnlyByPost
        (payload,) = self.execute(document, files, **variables).values()
        return payload, payload["errors"]


@dataclass(frozen=True)
class Screen:
    """What a view answers: a template and what it shows.

    `notice` is shown by the Dashboard. `address` replaces the address of the screen, for Back and for reloading.
    `events` are dispatched in the page, for parts of it that show the same data. `goes_to` is the address of a screen,
    or a path of the Dashboard, that is opened next.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""
    notice_status: str = "success"
    address: str = ""
    events: tuple[str, ...] = ()
    status: int = 200
    goes_to: str = ""

    def response(self, **more: Any) -> HttpResponse:
        content = render(self.template, {"root": ROOT, "static": url_of, **self.context, **more})
        response = HttpResponse(content, status=self.status)
        triggers: dict[str, Any] = {event: {} for event in self.events}
        if self.notice:
            triggers["customerPlusNotice"] = {"text": self.notice, "status": self.notice_status}
        if self.goes_to:
            triggers["customerPlusGo"] = {"to": self.goes_to, "isOwn": self.goes_to.startswith(ROOT)}
        if triggers:
            response.headers["HX-Trigger"] = json.dumps(triggers)
        if self.address:
            response.headers["X-Customer-Plus-Address"] = self.address
        return response


def page_of(query: QueryDict, rows: int) -> dict[str, Any]:
    """The page of a connection that an address asks for."""
    if before := query.get("before"):
        return {"last": rows, "before": before}
    return {"first": rows, "after": query.get("after") or None}


def address(path: str, query: Mapping[str, Any] | QueryDict | None = None) -> str:
    """The address of a screen with what it is asked for. Blanks are left out."""
    if query is None:
        return f"{ROOT}{path}"
    items = query.lists() if isinstance(query, QueryDict) else query.items()
    pairs = [
        (name, value)
        for name, values in items
        for value in (values if isinstance(values, list) else [values])
        if value not in (None, "")
    ]
    return f"{ROOT}{path}?{urlencode(pairs)}" if pairs else f"{ROOT}{path}"
