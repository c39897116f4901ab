"""How a setting is read. The Dashboard sends text for everything; the `ValueError` says what to enter instead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email.utils import getaddresses
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries

from .mailbox import mailbox_address_of

_Choice = TypeVar("_Choice", bound=StrEnum)
# Of the address of the Dashboard, which is written into a header.
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]+")
_DELIMITERS = (",", ";", "|", "tab")

# The texts of the newsletter that a shop can word itself, and how long each may be.
NEWSLETTER_TEXTS = {
    "wording": 2_000,
    "wording_version": 64,
    "confirm_subject": 255,
    "confirm_body": 10_000,
    "known_subject": 255,
    "known_body": 10_000,
}
# What newsletters can be about: the names of `consent.models.ConsentPurpose`.
_PURPOSES = ("newsletter", "promotional", "system")


def read_switch(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError('Enter "true" or "false".')
    return text.lower() == "true"


def read_number(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and lowest <= int(text) <= highest):
        raise ValueError(f"Enter a whole number from {lowest} to {highest}.")
    return int(text)


def one_of(choices: type[_Choice]) -> Callable[[str], _Choice]:
    def read(text: str) -> _Choice:
        if text.lower() not in list(choices):
            *others, last = (f'"{choice}"' for choice in choices)
            raise ValueError(f"Enter {', '.join(others)} or {last}.")
        return choices(text.lower())

    return read


def read_emails(text: str) -> str:
    addresses = [address.strip() for address in text.split(",") if address.strip()]
    try:
        for address in addresses:
            validate_email(address)
    except ValidationError:
        raise ValueError("Enter e-mail addresses, separated by commas.") from None
    return ",".join(addresses)


def is_one_address(text: str) -> bool:
    """Whether this is one e-mail address, with or without a name, that is safe in a header: Shop <shop@example.com>."""
    addresses = getaddresses([text])
    try:
        # Newer Pythons find no address where older ones find two, or one before a line break: one answer for all.
        validate_email(addresses[0][1] if len(addresses) == 1 and text.isprintable() and len(text) <= 255 else "")
    except ValidationError:
        return False
    return True


def read_sender(text: str) -> str:
    if text and not is_one_address(text):
        raise ValueError("Enter one e-mail address, such as Shop <shop@example.com>, of at most 255 characters.")
    return text.strip()


def read_mailbox(text: str) -> str:
    if text:
        mailbox_address_of(text)
    return text


def read_country(text: str) -> str:
    if text and text.upper() not in countries:
        raise ValueError("Enter the two letters of a country, such as DE.")
    return text.upper()


def read_origin(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in ("https", "http") and parts.hostname and _HOST.fullmatch(parts.netloc)):
        raise ValueError("Enter an address such as https://dashboard.example.com.")
    return f"{parts.scheme}://{parts.netloc}" if text else ""


def read_time_zone(text: str) -> str:
    """The name of a time zone that PostgreSQL and Python know by the same name. Raise `ValueError` for others."""
    if text != "UTC" and not ("/" in text and text in available_timezones()):
        raise ValueError("Enter the name of a time zone, such as Europe/Berlin, or UTC.")
    return text


def read_delimiter(text: str) -> str:
    if text.lower() not in _DELIMITERS:
        raise ValueError('Enter "," or ";" or "|" or "tab".')
    return text.lower()


def read_purposes(text: str) -> str:
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not names or not set(names) <= set(_PURPOSES):
        raise ValueError('Enter "newsletter", "promotional" or "system", separated by commas.')
    return ",".join(dict.fromkeys(names))


def read_page(text: str) -> str:
    """The address of a page. It gets a query of ours, so it has none, and nobody can be sent elsewhere by it."""
    parts = urlsplit(text)
    is_page = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
    is_plain = text.isascii() and text.isprintable() and not set(text) & set("?#\\@\"' <>")
    if text and not (is_page and is_plain and _HOST.fullmatch(parts.netloc) and len(text) <= 1000):
        raise ValueError("Enter an address such as https://shop.example.com/newsletter.")
    return text


def read_newsletter_texts(text: str) -> str:
    try:
        texts = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise ValueError('Enter JSON such as {"de": {"confirm_subject": "Bitte bestätigen"}}.') from None
    if not isinstance(texts, dict) or not all(isinstance(one, dict) for one in texts.values()):
        raise ValueError("Enter an object with the code of a language for each set of texts, such as de.")
    for language, one in texts.items():
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", language):
            raise ValueError("Enter the codes of languages in lower case, such as de or pt-br.")
        for name, value in one.items():
            longest = NEWSLETTER_TEXTS.get(name)
            if longest is None or not isinstance(value, str) or not 0 < len(value) <= longest:
                raise ValueError(f"Enter texts of these names: {', '.join(NEWSLETTER_TEXTS)}.")
            if not name.endswith("_body") and not value.isprintable():
                raise ValueError("Enter subjects and wordings in one line.")
            if set(re.findall(r"\{\{\s*(.*?)\s*\}\}", value)) - {"shop", "link", "purposes"}:
                raise ValueError("Use the placeholders {{ shop }}, {{ link }} and {{ purposes }} only.")
            if name == "confirm_body" and not re.search(r"\{\{\s*link\s*\}\}", value):
                raise ValueError("Put {{ link }} into each confirm_body.")
    return text
