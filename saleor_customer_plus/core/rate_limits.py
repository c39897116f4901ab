"""How often somebody may do something within an hour, or another time.

Counted in Django's cache, under keys that tell nothing. Where each process has a cache of its own (as without Redis), a
limit holds for each process.
"""

from __future__ import annotations

import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from ..errors import CustomerPlusError, ErrorCode

_HOUR = 3600


def count(what: str, value: str, *, limit: int, message: str) -> None:
    """Count once more what this value did within the hour. Raise RATE_LIMITED with the message if it was too often."""
    if is_too_often(what, value, limit=limit):
        raise CustomerPlusError(message, code=ErrorCode.RATE_LIMITED)


def is_too_often(what: str, value: str, *, limit: int, seconds: int = _HOUR) -> bool:
    """Count once more what this value did within the time, and say whether that is more than the limit."""
    key = cache_key(what, value, str(int(time.time()) // seconds))
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) > limit
    except ValueError:  # the time ended between the two
        return False


def cache_key(*parts: str) -> str:
    """A key of the cache that tells nothing of what it is made of."""
    digest = salted_hmac("saleor_customer_plus.core.rate_limits", "\n".join(parts), algorithm="sha256").hexdigest()
    return f"customer-plus:{digest}"
