"""What the fields of a record may hold, whoever writes them: staff, an app or an import.

`clean` takes values as they were typed and gives them as they are stored. Nothing is cut, and nothing is guessed but
the country of a phone number. All errors are reported at once, without what was typed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django_countries import countries

from ..core import json_values
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from .email import BLANKS, normalize_email
from .models import LawfulBasis

MAX_NAME_LENGTH = 256
MAX_STREET_LENGTH = 256
MAX_CITY_LENGTH = 256
MAX_POSTAL_CODE_LENGTH = 20
MAX_COUNTRY_AREA_LENGTH = 128
MAX_EMAIL_LENGTH = 254
MAX_PHONE_LENGTH = 128
MAX_NUMBER_LENGTH = 64
MAX_STORE_NOTE_LENGTH = 10_000
MAX_REASON_LENGTH = 256
MAX_NETWORK_LENGTH = 64
MAX_PROFILE_LENGTH = 255
MAX_PHONES = 20
MAX_PROFILES = 32
MAX_ATTRIBUTES = 64
MAX_ATTRIBUTE_NAME_LENGTH = 64
ATTRIBUTES_BYTES = 16 * 1024

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_MAX_LANGUAGE_LENGTH = 35
_check_email = EmailValidator(allowlist=[])  # nobody's customer is at "localhost"


class Cleaned(NamedTuple):
    """The values that can be stored, by the model's names, and what is wrong with the others."""

    values: dict[str, Any]
    errors: list[CustomerPlusError]

    def or_raise(self) -> dict[str, Any]:
        """All values, if nothing is wrong with any."""
        if self.errors:
            raise SeveralErrors(self.errors)
        return self.values


class _Wrong(Exception):
    """What is wrong with a value."""


def clean(raw: Mapping[str, Any], *, region: str = "") -> Cleaned:
    """Check values by the model's names. A null or a blank clears a field.

    `region` is the country that phone numbers without a prefix are of, unless the values name one themselves.
    """
    values: dict[str, Any] = {}
    errors: list[CustomerPlusError] = []
    # The country first: the phone numbers are read by it.
    for name in sorted(raw, key=lambda name: name != "country_code"):
        try:
            if name in ("phone", "additional_phones"):
                values[name] = _PHONES[name](raw[name], values.get("country_code") or region)
            else:
                values[name] = _FIELDS[name](raw[name])
        except _Wrong as wrong:
            code = ErrorCode.REQUIRED if name == "email" and _blank(raw[name]) else ErrorCode.INVALID
            errors.append(CustomerPlusError(str(wrong), code=code, field=name))
    return Cleaned(values, errors)


def clean_reason(raw: str | None) -> str:
    """Why staff did something, in a line."""
    try:
        return _line(MAX_REASON_LENGTH)(raw)
    except _Wrong as wrong:
        raise CustomerPlusError(str(wrong), field="reason") from None


def _blank(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip(BLANKS))


def _checked(raw: Any, longest: int, *, lines: bool = False) -> str:
    """A text without blanks around it."""
    if not isinstance(raw, str):
        raise _Wrong("This must be a text.")
    # Not before the blanks are gone: what was pasted ends in a line break.
    text = raw.strip(BLANKS)
    if len(text) > longest:
        raise _Wrong(f"This may have at most {longest} characters.")
    allowed = "\n\t" if lines else ""
    # Control characters, and halves of characters, which no database can hold.
    if not _has_only(text, allowed):
        raise _Wrong("This has a character that is not allowed.")
    return text


def _has_only(text: str, allowed: str) -> bool:
    """Whether a text has no other control characters than the allowed ones, and no halves of characters."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text)


def _line(longest: int) -> Callable[[Any], str]:
    return lambda raw: "" if raw is None else _checked(raw, longest)


def _email(raw: Any) -> str:
    if _blank(raw):
        raise _Wrong("An e-mail address is required.")
    typed = _checked(raw, MAX_EMAIL_LENGTH)
    email = unicodedata.normalize("NFC", normalize_email(unicodedata.normalize("NFC", typed)))
    # What mail would arrive for all the same, but as somebody else's: the wide letters of Asian keyboards, signs that
    # are composed into ASCII letters, and characters that nobody sees.
    is_other = any(not char.isascii() and unicodedata.normalize("NFC", char).isascii() for char in typed)
    is_other |= unicodedata.normalize("NFKC", email) != email
    if is_other or any(unicodedata.category(char) == "Cf" for char in email):
        raise _Wrong("This is not an e-mail address.")
    try:
        _check_email(email)
    except (ValidationError, UnicodeError):
        raise _Wrong("This is not an e-mail address.") from None
    return email


def _number(raw: Any) -> str | None:
    return _line(MAX_NUMBER_LENGTH)(raw) or None


def _store_note(raw: Any) -> str:
    if raw is None:
        return ""
    return _checked(raw.replace("\r\n", "\n") if isinstance(raw, str) else raw, MAX_STORE_NOTE_LENGTH, lines=True)


def _country(raw: Any) -> str:
    code = _line(MAX_NAME_LENGTH)(raw).upper()
    if code and code not in countries:
        raise _Wrong("This is not an ISO 3166-1 alpha-2 country code, such as DE.")
    return code


def _language(raw: Any) -> str:
    # As Saleor stores them; in its API they are spelt PT_BR.
    code = _line(MAX_NAME_LENGTH)(raw).lower().replace("_", "-")
    if code and (len(code) > _MAX_LANGUAGE_LENGTH or not _LANGUAGE.fullmatch(code)):
        raise _Wrong("This is not a language code, such as de or pt-br.")
    return code


def _flag(raw: Any) -> bool:
    if raw is None:
        return False
    if not isinstance(raw, bool):
        raise _Wrong("This must be true or false.")
    return raw


def _lawful_basis(raw: Any) -> str:
    if _blank(raw):
        return ""
    if raw not in LawfulBasis.values:
        raise _Wrong("This is not a lawful basis.")
    return str(LawfulBasis(raw).value)


def _phone(raw: Any, region: str) -> str:
    text = _line(MAX_PHONE_LENGTH)(raw)
    if not text:
        return ""
    if not region and not text.startswith(("+", "\uff0b")):  # the latter as typed on Asian keyboards
        raise _Wrong("Give the phone number with the prefix of its country, such as +49.")
    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        raise _Wrong("This is not a phone number.") from None
    if parsed.extension:
        raise _Wrong("Give the phone number without an extension.")
    # By the numbering plan of its country, as Saleor checks addresses: a possible length is not enough.
    if not phonenumbers.is_valid_number(parsed):
        raise _Wrong("There is no phone number like this one. Check its digits, and the prefix of its country.")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _phones(raw: Any, region: str) -> list[str]:
    numbers = [] if raw is None else [_phone(one, region) for one in _several(raw, MAX_PHONES)]
    return list(dict.fromkeys(number for number in numbers if number))


def _social_profiles(raw: Any) -> dict[str, str]:
    """Profiles by their networks, from pairs or a mapping of these. Networks differ in more than their case."""
    if raw is None:
        return {}
    pairs = _several(list(raw.items()) if isinstance(raw, Mapping) else raw, MAX_PROFILES)
    if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
        raise _Wrong("Each profile needs a network, and each network may be there once.")
    profiles = {_line(MAX_NETWORK_LENGTH)(network): _line(MAX_PROFILE_LENGTH)(profile) for network, profile in pairs}
    if "" in profiles or len({network.lower() for network in profiles}) < len(pairs):
        raise _Wrong("Each profile needs a network, and each network may be there once.")
    return {network: profile for network, profile in profiles.items() if profile}


def _attributes(raw: Any) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise _Wrong("This must be an object.")
    attributes = {}
    for name in _several(raw, MAX_ATTRIBUTES):
        key = _line(MAX_ATTRIBUTE_NAME_LENGTH)(name)
        if not key or key in attributes:
            raise _Wrong("Each attribute needs a name of its own.")
        if key != name:
            raise _Wrong("The name of an attribute has no blanks around it.")
        value, path = raw[name], f"attributes.{key}"
        attributes[key] = (
            [_scalar(one, f"{path}[{index}]") for index, one in enumerate(value)]
            if isinstance(value, list)
            else _scalar(value, path)
        )
    if len(json.dumps(attributes, ensure_ascii=False).encode()) > ATTRIBUTES_BYTES:
        raise _Wrong(f"This may have at most {ATTRIBUTES_BYTES} bytes.")
    return attributes


def _scalar(value: Any, path: str) -> Any:
    """A value of an attribute, kept as it is. `path` is its place, for the message."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        try:
            json_values.check_number(value, path)
        except json_values.Unreturnable as error:
            raise _Wrong(str(error)) from None
        return value
    if isinstance(value, str):
        try:
            _checked(value, ATTRIBUTES_BYTES, lines=True)
        except _Wrong as wrong:
            raise _Wrong(f"`{path}`: {wrong}") from None
        if not _has_only(value, "\n\t"):  # also at its ends, which are kept
            raise _Wrong(f"`{path}` has a character that is not allowed.")
        return value
    raise _Wrong(f"`{path}` must be a text, a number, true, false, null or a list of these.")


def _several(raw: Any, most: int) -> Any:
    if isinstance(raw, str) or not isinstance(raw, Sequence | Mapping):
        raise _Wrong("This must be a list.")
    if len(raw) > most:
        raise _Wrong(f"At most {most} values are allowed.")
    return raw


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "email": _email,
    "first_name": _line(MAX_NAME_LENGTH),
    "last_name": _line(MAX_NAME_LENGTH),
    "company_name": _line(MAX_NAME_LENGTH),
    "street_address_1": _line(MAX_STREET_LENGTH),
    "street_address_2": _line(MAX_STREET_LENGTH),
    "postal_code": _line(MAX_POSTAL_CODE_LENGTH),
    "city": _line(MAX_CITY_LENGTH),
    "country_area": _line(MAX_COUNTRY_AREA_LENGTH),
    "country_code": _country,
    "language_code": _language,
    "number": _number,
    "store_note": _store_note,
    "is_tax_exempt": _flag,
    "is_approved_buyer": _flag,
    "lawful_basis": _lawful_basis,
    "social_profiles": _social_profiles,
    "attributes": _attributes,
}
_PHONES: dict[str, Callable[[Any, str], Any]] = {"phone": _phone, "additional_phones": _phones}

# Every field that can be written so, `email` included.
WRITABLE = (*_FIELDS, *_PHONES)
