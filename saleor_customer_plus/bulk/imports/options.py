"""What whoever imports a list may choose, checked as a whole before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from django_countries import countries

from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...groups.models import Group
from ...labels import clean_name
from ...records.models import LawfulBasis

LONGEST_WORDING = 10_000
LONGEST_VERSION = 64


class Mode(StrEnum):
    """Whom an import writes."""

    CREATE_AND_UPDATE = "CREATE_AND_UPDATE"
    CREATE_ONLY = "CREATE_ONLY"
    UPDATE_ONLY = "UPDATE_ONLY"


class Overwrite(StrEnum):
    """What becomes of a field that a record has and the file has too."""

    OVERWRITE = "OVERWRITE"
    FILL_BLANKS = "FILL_BLANKS"


class Subscribe(StrEnum):
    """Who is subscribed to promotional mail: nobody, those whom the file marks, or all but those whom it says no of."""

    NOBODY = "NOBODY"
    MARKED = "MARKED"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import a list. The defaults write what the file says and subscribe nobody.

    `wants_preview` lets the job wait before it writes. `mapping` is by the headers of the file, see `headers.mapping`.
    `erases_blanks` takes a blank cell for a value to be removed. `deactivates_missing` needs the confirmed number.
    """

    wants_preview: bool = True
    mode: Mode = Mode.CREATE_AND_UPDATE
    overwrite: Overwrite = Overwrite.OVERWRITE
    respects_locks: bool = True
    erases_blanks: bool = False
    # The file.
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    has_header: bool | None = None
    sheet: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    keeps_unknown: bool = False
    country: str = ""
    month_first: bool = False
    # Whom it makes what.
    tags: tuple[str, ...] = ()
    group_id: int | None = None
    subscribe: Subscribe = Subscribe.NOBODY
    lawful_basis: str = ""
    wording: str = ""
    wording_version: str = ""
    makes_leads: bool = False
    makes_accounts: bool = False
    deactivates_missing: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "mapping": dict(self.mapping), "tags": list(self.tags)}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> ImportOptions:
        """The options of a job, or of a profile: names that we do not know, of an older version, are passed over."""
        known = {one.name for one in fields(cls)}
        given = {name: one for name, one in value.items() if name in known}
        for name, kind in (("mode", Mode), ("overwrite", Overwrite), ("subscribe", Subscribe)):
            if name in given:
                given[name] = kind(given[name])
        return cls(**{**given, "tags": tuple(given.get("tags", ()))})

    def checked(self) -> ImportOptions:
        """The options, or `SeveralErrors` with all that is wrong with them."""
        errors = list(self._errors())
        if errors:
            raise SeveralErrors(errors)
        return self

    def _errors(self) -> Iterator[CustomerPlusError]:
        for name in self.tags:
            try:
                clean_name(name, field="tags")
            except CustomerPlusError as error:
                yield error
        if self.group_id is not None and not Group.objects.filter(pk=self.group_id).exists():
            yield CustomerPlusError("There is no such group.", code=ErrorCode.NOT_FOUND, field="group")
        if self.country and self.country not in countries:
            yield CustomerPlusError("Enter the two letters of a country, such as DE.", field="country")
        if self.subscribe is not Subscribe.NOBODY:
            if not self.lawful_basis:
                yield _required("Say on which lawful basis these people are subscribed.", "lawful_basis")
            if not self.wording.strip():
                yield _required("Enter the text by which these people agreed.", "wording")
        if self.lawful_basis and self.lawful_basis not in LawfulBasis.values:
            yield CustomerPlusError("There is no such lawful basis.", field="lawful_basis")
        if len(self.wording) > LONGEST_WORDING:
            yield CustomerPlusError(f"At most {LONGEST_WORDING:,} characters are allowed.", field="wording")
        if len(self.wording_version) > LONGEST_VERSION:
            yield CustomerPlusError(f"At most {LONGEST_VERSION} characters are allowed.", field="wording_version")
        if len(self.delimiter) > 1 or self.delimiter in ("\n", "\r", "\x00", " "):
            yield CustomerPlusError("A delimiter is one character.", field="delimiter")
        if (
            len(self.quote) > 1
            or self.quote in ("\n", "\r", "\x00", " ")
            or (self.quote and self.quote == self.delimiter)
        ):
            yield CustomerPlusError("A quotation mark is one character other than the delimiter.", field="quote")


def _required(message: str, name: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.REQUIRED, field=name)
