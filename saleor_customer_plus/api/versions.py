"""Versions of records: a client sends back the one that it read, so that it overwrites nothing that it has not seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..errors import CustomerPlusError
from ..records.models import CustomerRecord as Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def version_of(record: Record) -> str:
    """What a client sends back with an edit, so that it overwrites nothing that it has not seen."""
    return str((record.modified_at - _EPOCH) // timedelta(microseconds=1))


def moment_of(version: str | None) -> datetime | None:
    """The time that a version stands for."""
    if version is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(version))
    except (ValueError, OverflowError):
        raise CustomerPlusError("Send the `version` that you read with the record.", field="version") from None
