"""Errors that we raise on purpose. Each says what to do, and has a code for programs."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Codes of errors, as the API shows them. Named like Saleor's where Saleor has the same."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    REQUIRED = "REQUIRED"
    GRAPHQL_ERROR = "GRAPHQL_ERROR"


class CustomerPlusError(Exception):
    """Something that the caller can mend. The message never holds personal data."""

    def __init__(self, message: str, *, code: ErrorCode = ErrorCode.INVALID, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
