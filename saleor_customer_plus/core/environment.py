"""What is set in the environment of the web processes and workers."""

from __future__ import annotations

import os
import re

PROXIES = "CUSTOMER_PLUS_PROXIES"
_MAX_PROXIES = 99

STATEMENT_TIMEOUT = "CUSTOMER_PLUS_STATEMENT_TIMEOUT"
_MAX_STATEMENT = 3600
_USUAL_STATEMENT = 10


class NoNumber(ValueError):
    """The variable does not hold a number that it can have."""


def proxies() -> int:
    """How many proxies of the shop's own stand before Saleor. Raises `NoNumber`."""
    value = os.environ.get(PROXIES, "").strip()
    if not re.fullmatch("[0-9]{0,2}", value):
        raise NoNumber(f"{PROXIES} must be a whole number from 0 to {_MAX_PROXIES}.")
    return int(value or 0)


def believed_proxies() -> int:
    """How many proxies are believed: none where the variable makes no sense. `checks` says so."""
    try:
        return proxies()
    except NoNumber:
        return 0


def statement_timeout() -> int:
    """How many seconds a statement of the API may take, 0 for any time. Raises `NoNumber`."""
    value = os.environ.get(STATEMENT_TIMEOUT, "").strip()
    if not re.fullmatch("[0-9]{0,4}", value) or int(value or 0) > _MAX_STATEMENT:
        raise NoNumber(f"{STATEMENT_TIMEOUT} must be a whole number of seconds from 0 to {_MAX_STATEMENT}.")
    return int(value) if value else _USUAL_STATEMENT


def believed_statement_timeout() -> int:
    """What is used: the default where the variable makes no sense. `checks` says so."""
    try:
        return statement_timeout()
    except NoNumber:
        return _USUAL_STATEMENT
