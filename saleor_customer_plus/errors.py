"""Errors that we raise on purpose. Each says what to do, and has a code for programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class ErrorCode(StrEnum):
    """Codes of errors, as the API shows them. Named like Saleor's where Saleor has the same."""

    ALREADY_EXISTS = "ALREADY_EXISTS"
    DISABLED = "DISABLED"
    INVALID = "INVALID"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_FOUND = "NOT_FOUND"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    RATE_LIMITED = "RATE_LIMITED"
    REQUIRED = "REQUIRED"
    STALE = "STALE"
    STORAGE_DENIED = "STORAGE_DENIED"
    STORAGE_FULL = "STORAGE_FULL"
    STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    UNIQUE = "UNIQUE"
    UNSUPPORTED = "UNSUPPORTED"
    UNSUPPORTED_FILE = "UNSUPPORTED_FILE"
    GRAPHQL_ERROR = "GRAPHQL_ERROR"


class CustomerPlusError(Exception):
    """Something that the caller can mend. The message never holds personal data.

    `field` names the argument or the input's field in Python's spelling; `id` is the global id of something that is in
    the way, such as the record that has an e-mail already.
    """

    def __init__(
        self, message: str, *, code: ErrorCode = ErrorCode.INVALID, field: str | None = None, id: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.id = id


class SeveralErrors(Exception):
    """All that is wrong with one input, so that a form can show it at once."""

    def __init__(self, errors: list[CustomerPlusError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


class Problems:
    """Collects the errors of steps that do not depend on each other, so that all of them are raised at once.

        problems = Problems()
        with problems.noted():
            tags.check_known(tag_ids)
        with problems.noted():
            groups.check_known(group_ids)
        problems.raise_any()

    What a step would have returned is missing until `raise_any` has passed.
    """

    def __init__(self) -> None:
        self.errors: list[CustomerPlusError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the errors that the block raises, and go on after it."""
        try:
            yield
        except CustomerPlusError as error:
            self.errors.append(error)
        except SeveralErrors as several:
            self.errors.extend(several.errors)

    def raise_any(self) -> None:
        """Raise what was noted, if anything was."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralErrors(self.errors)
