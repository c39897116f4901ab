"""Errors with a message for API clients."""

from collections.abc import Iterable
from enum import Enum


class PermissionDenied(Exception):
    """The requestor lacks all of the named permissions."""

    def __init__(self, message: str | None = None, *, permissions: Iterable[Enum] | None = None) -> None:
        named = ", ".join(permission.name for permission in permissions or ())
        if not message and named:
            message = f"To access this path, you need one of the following permissions: {named}"
        super().__init__(message or "You do not have permission to perform this action")
        self.permissions = permissions
