"""Where a request carries its token."""

from django.http import HttpRequest


def get_token_from_request(request: HttpRequest) -> str | None:
    """The token of the `Authorization-Bearer` header, or of `Authorization` after `Bearer` or `JWT`."""
    token: str | None = request.META.get("HTTP_AUTHORIZATION_BEARER")
    if token:
        return token
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return value.strip() or None if scheme.upper() in ("JWT", "BEARER") else None
