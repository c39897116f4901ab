"""Records put out of use and into use again. Inactive ones are in no list but their own; figures and sync go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..activity.models import ActivityType
from ..activity.services import Entry, append
from .editing import Writer
from .writing import lock_rows, write_rows


def set_active(
    record_ids: Collection[int], is_active: bool, *, by: Writer, reason: str | Mapping[int, str] = ""
) -> set[int]:
    """Put these records into use or out of it, and return which were changed. Call it in a transaction.

    The reason, one for all or that of each, is that of putting them out of use, and is kept as long as they are.
    """
    rows = lock_rows(record_ids)
    for row in rows:
        row.set("is_active", is_active)
        why = reason if isinstance(reason, str) else reason[row.id]
        row.set("deactivation_reason", "" if is_active else why)
    changed = write_rows(rows)
    type = ActivityType.ACTIVATED if is_active else ActivityType.DEACTIVATED
    append(Entry(row.id, type, **row.change_log(["deactivation_reason"]), **by.of_entry) for row in rows if row.changes)
    return changed
