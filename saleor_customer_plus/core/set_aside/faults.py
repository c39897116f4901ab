"""Whose fault an error is: of the row that was written, or of the moment and the server."""

from __future__ import annotations

from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, ProgrammingError

# Beginnings of SQLSTATEs. Lost connections, a database that is only readable, deadlocks, what is wrong in a statement
# itself, no memory or disk, a lock that is held by somebody else, a server that shuts down or that ended the statement,
# trouble below the database.
_NOT_OF_A_ROW = ("08", "25006", "40", "42", "53", "55", "57", "58")
TIMED_OUT = "57014"


def code_of(error: BaseException) -> str:
    """The SQLSTATE of an error, blank if it did not come from PostgreSQL."""
    said: Any = error.__cause__ or error
    return getattr(said, "sqlstate", None) or getattr(said, "pgcode", None) or ""


def is_of_row(error: BaseException) -> bool:
    """Whether it is the data of some row that cannot be stored or read, so that to try again is of no use.

    A statement that is wrong in itself (a table or column that is missing, a right that was not granted) fails for
    every row alike: that is not any row's fault.
    """
    code = code_of(error)  # the class of the error alone does not tell: that of a trigger is a "programming error"
    if code:
        return not code.startswith(_NOT_OF_A_ROW)
    return not isinstance(
        error, InterfaceError | OperationalError | ProgrammingError | MemoryError | SoftTimeLimitExceeded
    )


def described(error: BaseException) -> tuple[str, str]:
    """The class and the code of an error, without any of its words: they may quote values."""
    said: Any = error.__cause__ or error
    constraint = getattr(getattr(said, "diag", None), "constraint_name", None) or ""
    return type(said).__name__[:128], f"{code_of(error)} {constraint}".strip()[:128]
