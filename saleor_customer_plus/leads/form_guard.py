"""The guard of the contact form: tokens that tell how long somebody took to fill it in, and who counts as one sender.

Used tokens are kept in Django's cache. Where each process has a cache of its own (as without Redis), a token can be
used once in each.
"""

from __future__ import annotations

import ipaddress
import secrets
import time

from django.core import signing
from django.core.cache import cache

from ..core import rate_limits
from ..errors import CustomerPlusError, ErrorCode

# Nobody fills in a form faster, and nobody leaves it open for longer.
SHORTEST = 3
MAX_AGE = 24 * 3600
_SALT = "saleor_customer_plus.contact_form"


def new_token(now: float | None = None) -> str:
    """A token for one form, to be sent with it."""
    return signing.dumps([secrets.token_urlsafe(12), int(time.time() if now is None else now)], salt=_SALT)


def check_token(token: str) -> str:
    """What `use_token` takes. Raise if the token is not ours, too young or too old."""
    try:
        nonce, issued = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise _refused("This is no token of the form. Load the form again.") from None
    age = time.time() - issued
    if age < SHORTEST:
        raise _refused(f"The form was filled in too fast. Send it again in {SHORTEST} seconds.")
    if age > MAX_AGE:
        raise _refused("The form was open for too long. Load it again.")
    return str(nonce)


def use_token(nonce: str) -> None:
    """Use up a token. Raise if it was used before."""
    if not cache.add(rate_limits.cache_key("token", nonce), 1, timeout=MAX_AGE):
        raise _refused("The form was sent already. Load it again to send another enquiry.")


def count(what: str, value: str, *, limit: int) -> None:
    """Count one more enquiry of this value within the hour. Raise if there were too many before."""
    message = "There were too many enquiries. Try again in an hour."
    rate_limits.count(f"form {what}", value, limit=limit, message=message)


def network_of(address: str) -> str:
    """What an address is counted as: itself or, as every household has billions of them, the network of an IPv6 one.

    Some proxies write the port along: `203.0.113.7:52100`, `[2001:db8::1]:52100`.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:203.0.113.7")
    ('203.0.113.7', '2001:db8:1:2::/64', '203.0.113.7')
    """
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _refused(message: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.INVALID, field="token")
