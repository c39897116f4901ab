"""Writing the personal data of one person as JSON, piece by piece: somebody may have a hundred thousand log entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from .. import __version__
from .. import settings as plugin_settings
from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..consent.suppressions import suppressed_records
from ..newsletter import texts
from ..records.locks import hold_records
from ..records.models import CustomerRecord
from .sections import NOT_OF_RECORDS, SECTIONS, Section

# Raised when keys change their meaning or go. A program has to expect further keys.
VERSION = 1


def log(record_id: int, *, actor: Actor, with_notes: bool = True) -> None:
    """Keep in the log of a person that somebody was handed the file, and when."""
    after = {} if with_notes else {"left_out": ["notes"]}
    with transaction.atomic():
        if hold_records([record_id]):  # not of somebody who was erased meanwhile
            append([Entry(record_id, ActivityType.PERSONAL_DATA_EXPORTED, after=after, **actor.of_entry)])


def write(record_id: int, target: IO[bytes], *, with_notes: bool = True) -> bool:
    """Write all that is kept about a person. Return False if there is no such record, or not any more.

    Notes are internal, but are data about the person, to which the right of access extends (GDPR Art. 15). Whoever
    leaves them out says so: `left_out` of the file names what is missing.
    """
    with transaction.atomic():  # which a cursor on the server needs
        record = CustomerRecord.objects.filter(pk=record_id).first()
        if record is None:
            return False
        for piece in _pieces(record, with_notes=with_notes):
            target.write(piece.encode())
    # Not of somebody who was erased meanwhile.
    return CustomerRecord.objects.filter(pk=record_id).exists()


def _pieces(record: CustomerRecord, *, with_notes: bool) -> Iterator[str]:
    chosen, _is_active = plugin_settings.load()
    head = {
        "version": VERSION,
        "made_at": timezone.now(),
        "made_by": f"Customer Plus {__version__}",
        "shop": texts.shop_name(chosen),
        "left_out": [] if with_notes else ["notes"],
        "person": _person(record),
        "suppressed_for": sorted(purpose for _record, purpose in suppressed_records([record.pk])),
    }
    yield "{\n"
    for name, value in head.items():
        yield f"{_json(name)}: {_json(value)},\n"
    for number, section in enumerate(SECTIONS):
        yield from _section(section, record, with_notes=with_notes)
        yield ",\n" if number < len(SECTIONS) - 1 else "\n"
    yield "}\n"


def _section(section: Section, record: CustomerRecord, *, with_notes: bool) -> Iterator[str]:
    """A list with each row on a line of its own."""
    yield f"{_json(section.name)}: ["
    between = "\n"
    for row in section.rows(record, with_notes=with_notes):
        yield between + _json(row)
        between = ",\n"
    yield "]" if between == "\n" else "\n]"


def _person(record: CustomerRecord) -> dict[str, Any]:
    columns = {
        one.attname: getattr(record, one.attname)
        for one in record._meta.concrete_fields
        if one.attname not in NOT_OF_RECORDS
    }
    return columns | {"has_image": bool(record.image)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_text)


def _text(value: Any) -> Any:
    """Times in UTC. Amounts and UUIDs as text, so that nothing is rounded."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
