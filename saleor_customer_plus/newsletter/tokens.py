"""Tokens that confirm a sign-up: signed, of one sign-up and what was asked in it, and for a time only.

A token names the random key of the sign-up. Its signature covers the address, the purposes and the moment that the
person was asked, so a token is worth nothing for anything else, whatever becomes of the row. That it works once is the
state of the sign-up.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.core import signing

from .models import NewsletterSignup

_SALT = "saleor_customer_plus.newsletter.tokens"
_MAX_LENGTH = 200
# The links of our mails, but for their signatures.
_LINKS = re.compile(r"(/newsletter/(?:confirm|preferences)/[\w.-]*\.)[\w-]+")


def new_token(signup: NewsletterSignup) -> str:
    return _signer(signup).sign(signup.key)


def read_token(token: str, max_age: timedelta) -> NewsletterSignup | None:
    """The sign-up that a token confirms, in whichever state it is; None if it is forged, outdated or of another one."""
    key, _dot, _rest = token.partition(".")
    if not (0 < len(key) <= 32 and len(token) <= _MAX_LENGTH and token.isascii() and token.isprintable()):
        return None
    signup = NewsletterSignup.objects.filter(key=key, record__isnull=False).select_related("record").first()
    if signup is None:
        return None
    try:
        _signer(signup).unsign(token, max_age=max_age)
    except signing.BadSignature:
        return None
    return signup


def without_signatures(text: str) -> str:
    """The text of a mail with links that do not work: whoever reads it later must not act in the person's name.

    >>> without_signatures("Confirm: https://shop.example/plugins/customer-plus/newsletter/confirm/key.1xQ.sig-nature")
    'Confirm: https://shop.example/plugins/customer-plus/newsletter/confirm/key.1xQ.…'
    """
    return _LINKS.sub(r"\1…", text)


def _signer(signup: NewsletterSignup) -> signing.TimestampSigner:
    asked = "" if signup.asked_at is None else str(signup.asked_at.timestamp())
    return signing.TimestampSigner(
        salt="|".join([_SALT, signup.email, ",".join(sorted(signup.purposes)), asked]), sep="."
    )
