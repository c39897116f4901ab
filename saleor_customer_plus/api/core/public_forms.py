"""What the forms share that strangers may send: who sends it, the secret of the shop's own server, lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.crypto import constant_time_compare

from ...activity.models import ActorType
from ...activity.services import Actor
from ...core import environment
from ...errors import CustomerPlusError
from .mutations import BaseMutation

if TYPE_CHECKING:
    from django.http import HttpRequest

# The number of the shop's own proxies before Saleor, each of which appends the address of its client to the header.
# Clients can put anything into that header, so earlier entries are not trusted.
PROXIES = environment.believed_proxies()


class PublicMutation(BaseMutation):
    """A mutation that is open to everyone. What it does is limited, and its answer tells a stranger nothing."""

    class Meta:
        abstract = True

    @classmethod
    def check_access(cls, info: Any) -> None:
        """Allow everyone."""

    @classmethod
    def caller(cls, _info: Any) -> Actor:
        return Actor(ActorType.CUSTOMER)


def address_of(request: HttpRequest) -> str:
    """Return the IP address of a request, as far as the shop's own proxies confirm it."""
    seen = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    if PROXIES and len(seen) >= PROXIES:
        return str(seen[-PROXIES])
    return str(request.META.get("REMOTE_ADDR") or "")


def check_secret(given: str | None, wanted: str) -> None:
    """Raise unless this is the secret of the settings, if there is one."""
    # Bytes: text with an unpaired surrogate cannot be compared.
    both = [(text or "").encode("utf-8", "surrogatepass") for text in (given, wanted)]
    if wanted and not constant_time_compare(*both):
        raise CustomerPlusError("The secret is not the one of the settings.", field="secret")


def line(raw: str, name: str, longest: int) -> str:
    """One line of text, without blanks around it."""
    text = raw.strip()
    if len(text) > longest:
        raise CustomerPlusError(f"This may have at most {longest} characters.", field=name)
    if any(char in "\x7f\x85\u2028\u2029" or char < " " or "\ud800" <= char <= "\udfff" for char in text):
        raise CustomerPlusError("This must be one line of text.", field=name)
    return text


def page(raw: str, name: str, longest: int = 2048) -> str:
    """The address of a page, that does not run anything when it is clicked."""
    text = line(raw, name, longest)
    if text and not text.lower().startswith(("http://", "https://", "/")):
        raise CustomerPlusError("This must be an address of http or https, or a path.", field=name)
    return text
