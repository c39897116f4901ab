"""Versions of records, for optimistic locking: an edit sends back the version that it is based on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ...errors import CustomerPlusError
from ...records.models import CustomerRecord as Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def version_of(record: Record) -> str:
    """Return the version to send back with an edit, so that it does not overwrite other changes."""
    return str((record.modified_at - _EPOCH) // timedelta(microseconds=1))


def moment_of(version: str | None) -> datetime | None:
    """Return the time of a version."""
    if version is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(version))
    except (ValueError, OverflowError):
        raise CustomerPlusError("Send the `version` that you read with the record.", field="version") from None
