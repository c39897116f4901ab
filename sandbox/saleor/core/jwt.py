"""Tokens of users, and of apps that act for a user."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import graphene
import jwt
from django.conf import settings

from ..account.models import User
from ..app.models import App

JWT_ACCESS_TYPE = "access"
JWT_THIRDPARTY_ACCESS_TYPE = "thirdparty"
PERMISSIONS_FIELD = "permissions"

_ALGORITHM = "HS256"
_INVALID = "Invalid token. Create new one by using tokenCreate mutation."


def create_access_token(user: User, additional_payload: dict[str, Any] | None = None) -> str:
    """A token of the user's own, as after signing in."""
    return _encode(user, JWT_ACCESS_TYPE, additional_payload or {})


def create_access_token_for_app(
    app: App, user: User, database_connection_name: str = settings.DATABASE_CONNECTION_DEFAULT_NAME
) -> str:
    """A token with which an app acts for a user: it may what both of them may."""
    of_user = user.effective_permissions.using(database_connection_name)
    both = of_user.filter(pk__in=app.permissions.values("pk"))
    return _encode(
        user,
        JWT_THIRDPARTY_ACCESS_TYPE,
        {
            "app": graphene.Node.to_global_id("App", app.id),
            PERMISSIONS_FIELD: [permission.codename.upper() for permission in both],
        },
    )


def jwt_decode(token: str, verify_aud: bool = False) -> dict[str, Any]:
    """The token's content, if it is ours and has not expired. Raise PyJWT's errors otherwise."""
    return jwt.decode(token, settings.SECRET_KEY, algorithms=[_ALGORITHM], options={"verify_aud": verify_aud})


def get_user_from_access_payload(payload: dict[str, Any], request: Any = None) -> User:
    """The user whom a decoded token names, with the permissions that it grants."""
    if payload.get("type") not in (JWT_ACCESS_TYPE, JWT_THIRDPARTY_ACCESS_TYPE):
        raise jwt.InvalidTokenError(_INVALID)
    user = User.objects.filter(email=payload["email"], is_active=True).first()
    if user is None or user.jwt_token_key != payload.get("token"):
        raise jwt.InvalidTokenError(_INVALID)
    granted = payload.get(PERMISSIONS_FIELD)
    if granted is not None:
        user.effective_permissions = user.effective_permissions.filter(codename__in=[name.lower() for name in granted])
        user.is_staff = bool(granted)
    user.is_staff = user.is_staff or bool(payload.get("is_staff"))
    return user


def _encode(user: User, token_type: str, extra: dict[str, Any]) -> str:
    now = datetime.now(tz=UTC)
    payload = {
        "iat": now,
        "exp": now + settings.JWT_TTL_ACCESS,
        "owner": "saleor",
        "token": user.jwt_token_key,
        "email": user.email,
        "type": token_type,
        "user_id": graphene.Node.to_global_id("User", user.id),
        "is_staff": user.is_staff,
        **extra,
    }
    return jwt.encode(payload, settings.SECRET_KEY, algorithm=_ALGORITHM)
