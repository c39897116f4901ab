"""What an undo could not put back, or left with the record that was kept. Nothing of a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConflictCode(StrEnum):
    """What an undo leaves other than it was."""

    EDITED_SINCE = "EDITED_SINCE"
    DELETED_SINCE = "DELETED_SINCE"
    LABEL_CHANGED = "LABEL_CHANGED"
    EMAIL_GONE = "EMAIL_GONE"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    FIELD_VALUE_LOST = "FIELD_VALUE_LOST"
    WITHDRAWN_SINCE = "WITHDRAWN_SINCE"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that is not as it was. `what` names a field, a table or a channel and purpose; nothing of a person."""

    code: ConflictCode
    record_id: int
    message: str
    what: str = ""
