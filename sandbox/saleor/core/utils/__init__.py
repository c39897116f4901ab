"""Addresses of this Saleor."""

from urllib.parse import urljoin

from django.conf import settings
from django.utils.encoding import iri_to_uri


def build_absolute_uri(location: str, domain: str | None = None) -> str:
    """The address of a path. The real one asks the site for its domain, where no `PUBLIC_URL` is set."""
    return iri_to_uri(urljoin(f"http://{domain}" if domain else settings.PUBLIC_URL, location))
