"""The guard of a public form: tokens that tell how long somebody took to fill it in, and who counts as one sender.

Used tokens are kept in Django's cache. Where each process has a cache of its own (as without Redis), a token can be
used once in each.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from dataclasses import dataclass

from django.core import signing
from django.core.cache import cache

from ..errors import CustomerPlusError, ErrorCode
from . import rate_limits

# Nobody fills in a form faster, and nobody leaves it open for longer.
SHORTEST = 3
MAX_AGE = 24 * 3600


@dataclass(frozen=True, slots=True)
class FormGuard:
    """The guard of one form. A token of it is of no use to another one."""

    name: str
    # The message to somebody who sends too much.
    too_many: str = "This was sent too often. Try again in an hour."

    def new_token(self, now: float | None = None, shown: str = "") -> str:
        """A token for one form, to be sent with it. `shown` says what is on the form, and comes back with it."""
        issued = int(time.time() if now is None else now)
        return signing.dumps([secrets.token_urlsafe(12), issued, *([shown] if shown else [])], salt=self._salt)

    def check_token(self, token: str) -> tuple[str, str]:
        """What `use_token` takes, and what was shown. Raise if the token is not ours, too young or too old."""
        try:
            nonce, issued, *shown = signing.loads(token, salt=self._salt)
        except signing.BadSignature:
            raise _refused("This is not a token of the form. Load the form again.") from None
        age = time.time() - issued
        if age < SHORTEST:
            raise _refused(f"The form was filled in too fast. Send it again in {SHORTEST} seconds.")
        if age > MAX_AGE:
            raise _refused("The form was open for too long. Load it again.")
        return str(nonce), "".join(shown)

    def use_token(self, nonce: str) -> None:
        """Use up a token. Raise if it was used before."""
        if not cache.add(rate_limits.cache_key(f"{self.name} token", nonce), 1, timeout=MAX_AGE):
            raise _refused("The form was sent already. Load it again to send another one.")

    def count(self, what: str, value: str, *, limit: int) -> None:
        """Count one more form of this value within the hour. Raise if there were too many before."""
        rate_limits.count(f"{self.name} {what}", value, limit=limit, message=self.too_many)

    @property
    def _salt(self) -> str:
        return f"saleor_customer_plus.{self.name}"


def network_of(address: str) -> str:
    """What an address is counted as: itself or, as every household has billions of them, the network of an IPv6 one.

    Some proxies write the port along: `203.0.113.7:52100`, `[2001:db8::1]:52100`.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:203.0.113.7")
    ('203.0.113.7', '2001:db8:1:2::/64', '203.0.113.7')
    """
    parsed = parsed_address(address)
    if parsed is None:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def parsed_address(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address alone, without the port that some proxies write along; None if it is none."""
    bare = address.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _refused(message: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.INVALID, field="token")
