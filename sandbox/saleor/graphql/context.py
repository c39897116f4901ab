"""The context of a GraphQL request: the request itself, with who sent it."""

from __future__ import annotations

from typing import Any

import jwt
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ..account.models import User
from ..core.auth import get_token_from_request
from ..core.jwt import get_user_from_access_payload, jwt_decode
from .api import API_PATH
from .app.dataloaders import get_app_promise


def get_context_value(request: Any) -> Any:
    """Add the app and the user to the request. The app is looked for on Saleor's own path only."""
    request.dataloaders = getattr(request, "dataloaders", {})
    request.allow_replica = getattr(request, "allow_replica", True)
    request.request_time = getattr(request, "request_time", timezone.now())
    if request.path == API_PATH and not hasattr(request, "app"):
        request.app = get_app_promise(request).get()
    is_app = bool(getattr(request, "app", None))
    request.user = SimpleLazyObject(lambda: None if is_app else _user_of(request))
    return request


def clear_context(context: Any) -> None:
    """Let go of the user, so that nothing of the request is kept in memory."""
    context.dataloaders.clear()
    del context.user


def _user_of(request: HttpRequest) -> User | None:
    """Whose token the request carries. Nobody's when it is none of ours; an error when it is but does not hold."""
    token = get_token_from_request(request)
    try:
        claims = jwt.decode(token or "", options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    if claims.get("owner") != "saleor":
        return None
    assert token
    return get_user_from_access_payload(jwt_decode(token), request)
