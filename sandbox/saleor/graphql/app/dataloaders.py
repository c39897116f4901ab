"""Which app a request's token belongs to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
from promise import Promise

from ...app.models import App, AppToken
from ...core.auth import get_token_from_request


def get_app_promise(context: HttpRequest) -> Promise[Any]:
    """A promise of the active app that holds the token, or of nothing."""
    token = get_token_from_request(context)
    return Promise.resolve(_app_by_token(token) if token and len(token) == 30 else None)


def _app_by_token(token: str) -> App | None:
    candidates = AppToken.objects.filter(
        token_last_4=token[-4:], app__is_active=True, app__removed_at=None
    ).select_related("app")
    return next((candidate.app for candidate in candidates if check_password(token, candidate.auth_token)), None)
