"""What whoever imports a list may choose, checked as a whole before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from django_countries import countries

from ...consent.models import MARKETING, ConsentPurpose
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...groups.models import Group
from ...records.labels import clean_name
from ...records.models import LawfulBasis

MAX_WORDING_LENGTH = 10_000
MAX_VERSION_LENGTH = 64


class Mode(StrEnum):
    """Whom an import writes."""

    CREATE_AND_UPDATE = "CREATE_AND_UPDATE"
    CREATE_ONLY = "CREATE_ONLY"
    UPDATE_ONLY = "UPDATE_ONLY"
    SUPPRESSION_LIST = "SUPPRESSION_LIST"  # nobody: it only withdraws, and remembers addresses of others


class Subscribe(StrEnum):
    """Who is subscribed: nobody, those whom the file marks, or all but those whom it says no of."""

    NOBODY = "NOBODY"
    MARKED = "MARKED"
    ALL = "ALL"


class Withdrawals(StrEnum):
    """What becomes of the withdrawals in a file."""

    APPLY = "APPLY"
    IGNORE = "IGNORE"


# The options that were chosen, and not typed: they tell nothing of anybody.
CHOICES = (
    *("show_preview", "mode", "fill_blanks", "ignore_locks", "erase_blanks", "strict", "format", "has_header"),
    *(
        "keep_unknown",
        "country",
        "month_first",
        "group_id",
        "subscribe",
        "withdrawals",
        "marketing_purposes",
        "lawful_basis",
    ),
    *("make_leads", "make_accounts", "deactivate_missing"),
)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import a list. The defaults write what the file says and subscribe nobody.

    `show_preview` lets the job wait before it writes. `mapping` is by the headers of the file, see `headers.mapping`.
    `marketing_purposes` are what a consent is for where the file does not say; blank for what such a file is meant for.
    `erase_blanks` takes a blank cell for a value to be removed. `strict` refuses rows that have warnings.
    `deactivate_missing` needs the confirmed number.
    """

    show_preview: bool = True
    mode: Mode = Mode.CREATE_AND_UPDATE
    fill_blanks: bool = False
    ignore_locks: bool = False
    erase_blanks: bool = False
    strict: bool = False
    # The file.
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    has_header: bool | None = None
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    keep_unknown: bool = False
    country: str = ""
    month_first: bool = False
    # Whom it makes what.
    tags: tuple[str, ...] = ()
    group_id: int | None = None
    subscribe: Subscribe = Subscribe.NOBODY
    withdrawals: Withdrawals = Withdrawals.APPLY
    marketing_purposes: tuple[ConsentPurpose, ...] = ()
    lawful_basis: str = ""
    wording: str = ""
    wording_version: str = ""
    make_leads: bool = False
    make_accounts: bool = False
    deactivate_missing: bool = False

    def to_json(self) -> dict[str, Any]:
        lists = {"tags": list(self.tags), "marketing_purposes": list(self.marketing_purposes)}
        return {**asdict(self), "mapping": dict(self.mapping), **lists}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> ImportOptions:
        """The options of a job, or of a profile: names that we do not know, of an older version, are passed over."""
        known = {one.name for one in fields(cls)}
        given = {name: one for name, one in value.items() if name in known}
        for name, kind in (("mode", Mode), ("subscribe", Subscribe), ("withdrawals", Withdrawals)):
            if name in given:
                given[name] = kind(given[name])
        purposes = tuple(map(ConsentPurpose, given.get("marketing_purposes", ())))
        return cls(**{**given, "tags": tuple(given.get("tags", ())), "marketing_purposes": purposes})

    def checked(self) -> ImportOptions:
        """The options, or `SeveralErrors` with all that is wrong with them."""
        errors = list(self.errors())
        if errors:
            raise SeveralErrors(errors)
        return self

    def errors(self) -> Iterator[CustomerPlusError]:
        """All that is wrong with the options."""
        for name in self.tags:
            try:
                clean_name(name, field="tags")
            except CustomerPlusError as error:
                yield error
        if self.group_id is not None and not Group.objects.filter(pk=self.group_id).exists():
            yield CustomerPlusError("No group has this id.", code=ErrorCode.NOT_FOUND, field="group_id")
        if self.country and self.country not in countries:
            yield CustomerPlusError("Enter the two letters of a country, such as DE.", field="country")
        if self.mode is Mode.SUPPRESSION_LIST:
            yield from self._errors_of_suppression_list()
        if self.subscribe is not Subscribe.NOBODY:
            if not self.lawful_basis:
                yield _required("Say on which lawful basis these people are subscribed.", "lawful_basis")
            if not self.wording.strip():
                yield _required("Enter the text by which these people agreed.", "wording")
        if not set(self.marketing_purposes) <= set(MARKETING):
            yield CustomerPlusError("Choose among PROMOTIONAL and NEWSLETTER.", field="marketing_purposes")
        if self.lawful_basis and self.lawful_basis not in LawfulBasis.values:
            yield CustomerPlusError("This is not a lawful basis.", field="lawful_basis")
        if len(self.wording) > MAX_WORDING_LENGTH:
            yield CustomerPlusError(f"At most {MAX_WORDING_LENGTH:,} characters are allowed.", field="wording")
        if len(self.wording_version) > MAX_VERSION_LENGTH:
            yield CustomerPlusError(f"At most {MAX_VERSION_LENGTH} characters are allowed.", field="wording_version")
        if len(self.delimiter) > 1 or self.delimiter in ("\n", "\r", "\x00", " "):
            yield CustomerPlusError("A delimiter is one character.", field="delimiter")
        if (
            len(self.quote) > 1
            or self.quote in ("\n", "\r", "\x00", " ")
            or (self.quote and self.quote == self.delimiter)
        ):
            yield CustomerPlusError("A quotation mark is one character other than the delimiter.", field="quote")

    def _errors_of_suppression_list(self) -> Iterator[CustomerPlusError]:
        for name, is_given in (
            ("subscribe", self.subscribe is not Subscribe.NOBODY),
            ("withdrawals", self.withdrawals is not Withdrawals.APPLY),
            ("strict", self.strict),
            ("tags", self.tags),
            ("group_id", self.group_id is not None),
            ("make_leads", self.make_leads),
            ("make_accounts", self.make_accounts),
            ("deactivate_missing", self.deactivate_missing),
        ):
            if is_given:
                yield CustomerPlusError("A suppression list only withdraws. Leave this option out.", field=name)


def _required(message: str, name: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.REQUIRED, field=name)
