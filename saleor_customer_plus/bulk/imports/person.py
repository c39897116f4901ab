"""What a row of a file comes to: a person, or the reasons why it is rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ...addresses.services import Values
from ...fields.values import Value
from .row_keys import Passed
from .values.choices import Answer

# The columns in which a row says what somebody agreed to.
CONSENTS = ("accepts_promotional_mail", "accepts_newsletter", "accepts_system_mail", "accepts_marketing")
OF_MARKETING = ("accepts_promotional_mail", "accepts_newsletter")
# The custom attribute that keeps what stood before a name: `Dr.`, `Sig.ra`.
TITLE = "Title"

# The severity of a reason for which a part of a row is left out.
WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row, or a part of it, is not written. `column` is the key of ours.

    `header` is the column as the file calls it, and `value` what is in the cell. `id` is the global id of what is in
    the way, such as the record that has the customer number already. A warning does not stop the row. `is_stored`: the
    cell could be read, and the warning is about what is doubtful in it.
    """

    code: str
    message: str
    column: str = ""
    id: str | None = None
    header: str = ""
    value: str = ""
    is_warning: bool = False
    is_stored: bool = False

    def to_json(self) -> dict[str, str]:
        value = {"field": self.column, "code": self.code, "message": self.message}
        for name in ("id", "header", "value"):
            if text := getattr(self, name):
                value[name] = text
        if self.is_warning:
            value["severity"] = WARNING
        return value


@dataclass(slots=True)
class Person:
    """What a row says. `values` has the fields of the record that are not blank, by their names, as they are stored.

    `blanks` are the columns of the file that are blank in this row. `accepts` is what it says of consents, by column:
    `accepts_marketing` stands for the purposes that the import's options name. `unsubscribed_at` is since when no, if
    the file tells. `warnings` are about cells that are left out, or are doubtful.
    """

    row: int
    email: str
    values: dict[str, Any]
    blanks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    accepts: Mapping[str, Answer] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None
    lead: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()
    # Fields of which a title was taken off, as the file writes them. A record that has it so keeps it.
    titled: Mapping[str, str] = field(default_factory=dict)
    # Values of the shop's own fields, by the ids of their definitions.
    fields: Mapping[int, Value] = field(default_factory=dict)
    # What other rows of the address say of consents instead: a word for each column. See `objections`.
    overruled: Mapping[str, str] = field(default_factory=dict)
    # What is to be set of the account, by column: see `account_data`.
    account: Mapping[str, str] = field(default_factory=dict)
    # Addresses of the person beside the one by which the row is known.
    other_emails: tuple[str, ...] = ()
    # Further addresses of the person, as `addresses.services.add_each` takes them.
    addresses: tuple[Values, ...] = ()
    # Those of `other_emails`, and of the unique values, that another row gets, by their keys, with that row; and
    # the values that a record has before anything is written, with its id: see `row_keys.claimed_by_others` and
    # `row_keys.held_by_records`.
    taken: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    # Who has the same customer's number: an earlier row, or a record before anything is written.
    number_taken: Passed | None = None

    @property
    def unreadable(self) -> list[Reason]:
        """The warnings about cells, or about a row, that could not be read as a whole."""
        return [warning for warning in self.warnings if not warning.is_stored]


class RowKeys(NamedTuple):
    """By what the rows of a file are compared: the address, and the customer's number.

    Of the rows of one address the last that is valid is written, preferably one that can be read as a whole; what any
    of them says against mail counts. That has the columns and answers of `Person.accepts`, and is blank if nothing is
    against mail.
    """

    email: str
    number: str | None = None
    is_valid: bool = True
    accepts: Mapping[str, Answer] = {}
    unsubscribed_at: datetime | None = None
