"""Files that we exported, known by our own headers in one language, or by the names of the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ....fields.models import FieldDefinition
from ....records.labels import fold
from ...columns import ATTRIBUTE, COLUMNS, FIELD, LANGUAGES, PREFIXES_OF_ACCOUNT, is_of_account, names_of_columns
from ..values.base import words_of

# Columns under whose headers hardly any other tool writes: one of them is enough to tell that a file is ours.
_OURS = words_of(
    """
    additional_phones other_emails address_book store_note is_approved_buyer deactivation_reason lawful_basis
    social_profiles created_at
    accepts_promotional_mail accepts_newsletter accepts_system_mail has_account stage sources net_of_refunds
    """
)
_ENOUGH = 0.8
# What is called by its key in every language.
_NAMED = (ATTRIBUTE, *PREFIXES_OF_ACCOUNT)


@cache
def _by_header() -> tuple[Mapping[str, str], ...]:
    """Our columns by their headers: in each language, and by their names."""
    return (
        *({column.header(language): key for key, column in reversed(COLUMNS.items())} for language in LANGUAGES),
        {key: key for key in COLUMNS},
    )


def field_columns(headers: Sequence[str], fields: Mapping[str, FieldDefinition]) -> dict[int, str]:
    """The columns of fields of the shop's own, by position: headed by a label or a key, the first of several.

    A field's label is compared without its case. So is its key, as an export in JSON or a program writes it.
    """
    found: dict[int, str] = {}
    for index, header in enumerate(headers):
        key = _field_of(header, fields)
        if key is not None and key not in found.values():
            found[index] = key
    return found


def is_field_header(header: str, fields: Mapping[str, FieldDefinition]) -> bool:
    """Whether a column is of a field of the shop's own, or of one that was there when the file was exported."""
    return header.strip().startswith(FIELD) or _field_of(header, fields) is not None


def _field_of(header: str, fields: Mapping[str, FieldDefinition]) -> str | None:
    name = fold(" ".join(header.split()))
    if name.startswith(FIELD):
        return name if name.removeprefix(FIELD) in fields else None
    if name in names_of_columns():
        return None
    if name in fields:
        return f"{FIELD}{name}"
    return next((f"{FIELD}{one.key}" for one in fields.values() if one.label_key == name), None)


def own_columns(
    headers: Sequence[str], fields: Mapping[str, FieldDefinition] | None = None
) -> dict[int, str | None] | None:
    """Our key of each column of an export of ours, None for what is only exported. None for a file of somebody else.

    `fields` are the shop's own, whose columns are left out: see `field_columns`. The other headers are compared letter
    by letter: `Shipping City` is another tool's.
    """
    named = [
        header.strip()
        for header in headers
        if not header.strip().startswith(_NAMED) and not is_field_header(header, fields or {})
    ]
    best = max(_by_header(), key=lambda known: sum(header in known for header in named))
    ours = [best[header] for header in named if header in best]
    if "email" not in ours or len(ours) < _ENOUGH * len(named) or _OURS.isdisjoint(ours):
        return None
    return {
        index: key if COLUMNS[key].is_imported or is_of_account(key) else None
        for index, header in enumerate(headers)
        if (key := best.get(header.strip())) is not None
    }
