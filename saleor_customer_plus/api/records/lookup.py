"""The record that an argument of a mutation names."""

from __future__ import annotations

from ...customers import queries
from ...errors import CustomerPlusError, ErrorCode
from ...records.models import CustomerRecord as Record
from ..core.base import key_of


def existing_record(global_id: str, *, field: str = "record_id") -> Record:
    """Return the record with a global ID, active or not. Raise NOT_FOUND if there is none."""
    record = queries.find(id=key_of(global_id, "CustomerRecord", field=field))
    if record is None:
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return record
