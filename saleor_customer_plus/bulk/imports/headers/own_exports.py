"""Files that we exported: in them a dash or the word "none" is what the record holds, not a blank."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from ....fields.models import FieldDefinition
from ...columns import ATTRIBUTE, COLUMNS, LANGUAGES, PREFIXES_OF_ACCOUNT
from .own_columns import is_field_header

# Columns that other tools do not have, at least not by exactly these names.
_OURS = (
    "additional_phones", "other_emails", "address_book", "number", "store_note", "is_approved_buyer",
    "deactivation_reason", "lawful_basis",
    "social_profiles", "created_at", "accepts_promotional_mail", "accepts_newsletter", "accepts_system_mail", "stage",
    "sources", "net_of_refunds",
)  # fmt: skip
_FEWEST = 3
# How our workbooks call their sheets.
_SHEET = re.compile(r"Customers \d+")


@cache
def _headers(language: str) -> dict[str, str]:
    return {(column.header(language) if language else key): key for key, column in COLUMNS.items()}


def is_own_export(
    headers: Sequence[str],
    *,
    is_json: bool = False,
    sheet: str = "",
    fields: Mapping[str, FieldDefinition] | None = None,
) -> bool:
    """Whether a file has the headers of our exports, exactly as they are written in one language or as keys.

    `fields` are the shop's own, whose headers prove nothing. A CSV file has to have some that only we write. Workbooks
    of ours are known by their sheet, too.
    """
    fewest = 0 if is_json or _SHEET.fullmatch(sheet) else _FEWEST
    headers = [header for header in headers if not is_field_header(header, fields or {})]
    for language in ("", *LANGUAGES):
        known = _headers(language)
        ours = {known[header] for header in headers if header in known}
        others = [header for header in headers if header not in known and not _is_special(header, known)]
        if not others and len(ours.intersection(_OURS)) >= fewest:
            return True
    return False


def _is_special(header: str, known: dict[str, str]) -> bool:
    """Whether it is a custom attribute, an amount in one of several currencies, or what we add to refused rows.

    Or something of the account, which is called by its key in every language.
    """
    name, bracket, _currency = header.rpartition(" (")
    is_named = header.startswith((ATTRIBUTE, *PREFIXES_OF_ACCOUNT))
    return is_named or (bool(bracket) and name in known) or header in ("Reason", "Warnings")
