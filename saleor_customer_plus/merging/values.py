"""What there is to decide in a merge: records, their fields, the values that each has, and what was decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from ..records.addresses import ADDRESS, WHOLE
from ..records.details import FIELDS

# How many records can be merged at once.
MIN_RECORDS, MAX_RECORDS = 2, 50
# The address is one value, so that no two are ever mixed.
DETAILS = {name: (name,) for name in FIELDS if name not in ADDRESS} | {WHOLE: ADDRESS}


class MergeField(StrEnum):
    """What can be chosen, beside the shop's own fields."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY_NAME = "company_name"
    PHONE = "phone"
    ADDITIONAL_PHONES = "additional_phones"
    ADDRESS = "address"
    LANGUAGE_CODE = "language_code"
    NUMBER = "number"
    IMAGE = "image"
    STORE_NOTE = "store_note"
    IS_TAX_EXEMPT = "is_tax_exempt"
    IS_APPROVED_BUYER = "is_approved_buyer"
    IS_ACTIVE = "is_active"
    SOCIAL_PROFILES = "social_profiles"
    ATTRIBUTES = "attributes"
    LAWFUL_BASIS = "lawful_basis"
    FIELD = "field"


class Rule(StrEnum):
    """Why a value is kept."""

    SAME = "SAME"
    CHOSEN = "CHOSEN"
    LOCKED = "LOCKED"
    NEWEST = "NEWEST"
    KEPT_RECORD = "KEPT_RECORD"
    ACCOUNT = "ACCOUNT"
    UNITED = "UNITED"
    ALL = "ALL"
    ANY = "ANY"


class Choice(NamedTuple):
    """That a field has the value of this record. `key` names a field of the shop's own."""

    field: MergeField
    record_id: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class OwnValue:
    """What a record has in a field of the shop's own."""

    value: Any
    source: str
    origin: str
    at: str
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Party:
    """A record that is to be merged: its row as JSON, and what it has in the shop's own fields, by their keys."""

    id: int
    row: Mapping[str, Any]
    own: Mapping[str, OwnValue] = field(default_factory=dict)

    @property
    def emails(self) -> list[str]:
        return [self.row["email"], *self.row["other_emails"]]

    @property
    def account_id(self) -> int | None:
        account_id: int | None = self.row["account_id"]
        return account_id


@dataclass(frozen=True, slots=True)
class Alternative:
    """The value that one of the records has, and where it came from, as far as that is known."""

    record_id: int
    value: Any
    source: str = ""
    origin: str = ""
    at: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """One field: the value that is kept, of which record (None: of several), why, and what each record has."""

    field: MergeField
    value: Any
    kept_id: int | None
    rule: Rule
    alternatives: Sequence[Alternative]
    key: str = ""


@dataclass(slots=True)
class Outcome:
    """What becomes of the record that is kept: its columns, the decisions, and notes that are too long to be joined."""

    row: dict[str, Any]
    decisions: list[Decision]
    # The records whose note becomes a note of staff's.
    notes_apart: list[int] = field(default_factory=list)

    def decision(self, name: MergeField, key: str = "") -> Decision | None:
        return next((one for one in self.decisions if (one.field, one.key) == (name, key)), None)


def is_said(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(is_said(part) for part in value.values())
    return value not in (None, "", [])


def agree(alternatives: Sequence[Alternative]) -> bool:
    return all(one.value == alternatives[0].value for one in alternatives[1:])
