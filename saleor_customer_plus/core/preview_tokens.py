"""Tokens of previews: they prove for an hour that somebody saw what an action would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing

from ..errors import CustomerPlusError, ErrorCode

TOKEN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class PreviewTokens:
    """The tokens of one action. That of another one is not valid for it."""

    salt: str
    # What to do once a token is stale, after a colon.
    again: str

    def new(self, seen: dict[str, Any]) -> str:
        return signing.dumps(seen, salt=self.salt)

    def read(self, token: str) -> dict[str, Any]:
        """What was seen, to be compared with what is there now. Raises INVALID, or STALE after an hour."""
        try:
            seen: dict[str, Any] = signing.loads(token, salt=self.salt, max_age=TOKEN_SECONDS)
        except signing.SignatureExpired:
            raise self.stale("The token is older than an hour") from None
        except signing.BadSignature:
            raise CustomerPlusError("This is not a token of a preview.", field="token") from None
        return seen

    def stale(self, why: str) -> CustomerPlusError:
        """The error to raise where what was seen has changed."""
        return CustomerPlusError(f"{why}: {self.again}.", code=ErrorCode.STALE, field="token")
