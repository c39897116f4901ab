"""Asking for screens as the script of the page does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.client import Api
from tests.factories import make_staff, make_token, save_settings

ROOT = "/plugins/customer-plus/dashboard/"


@dataclass(frozen=True)
class Browser:
    """A page inside the Dashboard, with the token of a member of staff (none: before the Dashboard gave one)."""

    token: str | None = None
    locale: str = "en"

    def get(self, path: str, query: Any = None) -> HttpResponse:
        return self._client().get(f"{ROOT}{path}", query)

    def post(self, path: str, form: Any = None) -> HttpResponse:
        return self._client().post(f"{ROOT}{path}", form or {})

    def screen(self, path: str, query: Any = None) -> str:
        """The screen's HTML. Whatever is wrong fails the test."""
        return text(self.get(path, query))

    def change(self, path: str, form: Any = None) -> str:
        """What a form answers."""
        return text(self.post(path, form))

    def _client(self) -> Client:
        headers = {"HX-Request": "true", "X-Locale": self.locale, "X-Time-Zone": "Europe/Berlin"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return Client(headers=headers)


def text(response: HttpResponse) -> str:
    content = response.content.decode()
    assert response.status_code == 200, content
    return content


def events(response: HttpResponse) -> dict[str, Any]:
    """What a response tells the script."""
    return json.loads(response.headers.get("HX-Trigger", "{}"))  # type: ignore[no-any-return]


def open_dashboard(**staff: Any) -> tuple[Browser, Api]:
    """Switch the screens on, and return a page and the API, both as a new member of staff who may manage customers."""
    save_settings(dashboard=True)
    token = make_token(make_staff(**staff))
    return Browser(token), Api(token)
