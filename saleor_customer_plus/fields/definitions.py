"""The one writer of definitions: what fields there are, what they are called, and what they may hold.

Call everything here in a transaction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.labels import clean_name, clean_text, fold
from .limits import clean_limits
from .models import FieldDefinition, FieldType
from .queries import live

# Each field is a column of exports and of the form, and each index costs every import.
MAX_FIELDS = 100
MAX_INDEXED = 20
MAX_CHOICES = 200
MAX_KEY_LENGTH = 64
MAX_HELP_LENGTH = 1000

_KEY = re.compile(r"[a-z][a-z0-9_]*")
_CHOICE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_OF_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
# Two people may well have the same answer, and the same choices.
_NEVER_UNIQUE = (FieldType.BOOLEAN, FieldType.CHOICE, FieldType.CHOICES, FieldType.MONEY)
_FLAGS = ("is_required", "is_unique", "is_indexed", "is_visible_to_customer")
# Any number that nobody else in the database uses: "customer-plus/fields" in CRC-32.
_LOCK = 0x6C1F_0B5D


def create(raw: Mapping[str, Any]) -> FieldDefinition:
    """Define a field, as the last one. Raises all errors at once; they name the input's fields.

    `raw` has the names of the model; `label` and `type` are required, and the key is made of the label if not given.
    """
    lock()
    known = live()
    problems = Problems()
    if len(known) >= MAX_FIELDS:
        raise CustomerPlusError(
            f"There may be at most {MAX_FIELDS} fields. Delete one that is no longer needed.",
            code=ErrorCode.LIMIT_REACHED,
        )
    values: dict[str, Any] = {}
    key = ""
    with problems.noted():
        values = clean({**raw, "label": raw.get("label") or ""}, None, known)
    with problems.noted():
        key = _clean_key(raw.get("key") or slug_of(raw.get("label") or ""))
        if any(one.key == key for one in known):
            raise CustomerPlusError("Another field has this key.", code=ErrorCode.UNIQUE, field="key")
    problems.raise_any()
    return FieldDefinition.objects.create(key=key, position=len(known), **values)


def clean(raw: Mapping[str, Any], current: FieldDefinition | None, known: Sequence[FieldDefinition]) -> dict[str, Any]:
    """The columns of a definition after a change, all of them. What `raw` leaves out stays as it is.

    Raises all errors at once. `known` are all definitions that there are.
    """
    given = {name: value for name, value in raw.items() if value is not None}
    problems = Problems()
    type = FieldType(given.get("type") or (current.type if current else ""))
    is_same_type = current is not None and current.type == type
    values: dict[str, Any] = {"type": type.value}
    for name in _FLAGS:
        values[name] = bool(given.get(name, getattr(current, name) if current else False))
    with problems.noted():
        label = clean_name(given["label"] if "label" in given or current is None else current.label, field="label")
        values |= {"label": label, "label_key": fold(label)}
        others = [one for one in known if current is None or one.pk != current.pk]
        if any(one.label_key == values["label_key"] for one in others):
            raise CustomerPlusError("Another field has this label.", code=ErrorCode.UNIQUE, field="label")
    with problems.noted():
        text = given.get("help_text", current.help_text if current else "")
        values["help_text"] = clean_text(text, field="help_text", longest=MAX_HELP_LENGTH, lines=True)
    with problems.noted():
        # Limits of another type say nothing of this one.
        stored = current.limits if current is not None and is_same_type else {}
        is_short = values["is_indexed"] or values["is_unique"]
        values["limits"] = clean_limits(given.get("limits", stored), type, is_short=is_short).to_json()
    with problems.noted():
        has_choices = current is not None and current.type in _OF_CHOICES and type in _OF_CHOICES
        choices = given.get("choices", current.choices if current is not None and has_choices else [])
        values["choices"] = _clean_choices(choices, type)
    with problems.noted():
        if values["is_unique"] and type in _NEVER_UNIQUE:
            raise CustomerPlusError(f"A field of the type {type.value} cannot be unique.", field="is_unique")
    with problems.noted():
        was_indexed = current is not None and current.is_indexed
        if values["is_indexed"] and not was_indexed and sum(one.is_indexed for one in known) >= MAX_INDEXED:
            raise CustomerPlusError(
                f"At most {MAX_INDEXED} fields may be indexed. Take the index from another one.",
                code=ErrorCode.LIMIT_REACHED,
                field="is_indexed",
            )
    problems.raise_any()
    return values


def slug_of(text: str) -> str:
    """A key made of a label, blank if it has no Latin letter.

    >>> slug_of("Größe (EU)"), slug_of("2nd name")
    ('grosse_eu', 'nd_name')
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:MAX_KEY_LENGTH].rstrip("_")


def _clean_key(text: str) -> str:
    key = text.strip()
    if not key:
        raise CustomerPlusError("Give the field a key.", code=ErrorCode.REQUIRED, field="key")
    if len(key) > MAX_KEY_LENGTH or not _KEY.fullmatch(key):
        raise CustomerPlusError(
            f"A key has lower-case letters, digits and underscores, a letter first, and at most {MAX_KEY_LENGTH}"
            " characters.",
            field="key",
        )
    return key


def _clean_choices(raw: Sequence[Mapping[str, Any]], type: FieldType) -> list[dict[str, str]]:
    if type not in _OF_CHOICES:
        if raw:
            raise CustomerPlusError(f"A field of the type {type.value} has no choices.", field="choices")
        return []
    if not raw:
        raise CustomerPlusError("Give at least one choice.", code=ErrorCode.REQUIRED, field="choices")
    if len(raw) > MAX_CHOICES:
        raise CustomerPlusError(
            f"A field may have at most {MAX_CHOICES} choices.", code=ErrorCode.LIMIT_REACHED, field="choices"
        )
    problems, cleaned = Problems(), list[dict[str, str]]()
    for number, one in enumerate(raw):
        with problems.noted():
            label = clean_name(one.get("label") or "", field=f"choices.{number}.label")
            value = (one.get("value") or slug_of(label) or f"choice_{number + 1}").strip()
            if len(value) > MAX_KEY_LENGTH or not _CHOICE.fullmatch(value):
                raise CustomerPlusError(
                    "The value of a choice has lower-case letters, digits, hyphens and underscores, and at most"
                    f" {MAX_KEY_LENGTH} characters.",
                    field=f"choices.{number}.value",
                )
            # A file has either: each of them means one choice only.
            taken = {text for other in cleaned for text in (other["value"], fold(other["label"]))}
            if value in taken or fold(label) in taken:
                raise CustomerPlusError(
                    "Another choice has this value or label.", code=ErrorCode.UNIQUE, field=f"choices.{number}.label"
                )
            cleaned.append({"value": value, "label": label})
    problems.raise_any()
    return cleaned


def get_locked(definition_id: int) -> FieldDefinition:
    """The definition, which nobody else changes until the end of the transaction. Raise NOT_FOUND if there is none."""
    lock()
    found = FieldDefinition.objects.select_for_update().filter(pk=definition_id, archived_at=None).first()
    if found is None:
        raise CustomerPlusError("No field has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return found


def clean_update(definition: FieldDefinition, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a definition after a change, all of them. Raises all errors at once."""
    if (key := raw.get("key")) is not None and key != definition.key:
        raise CustomerPlusError("The key of a field never changes.", field="key")
    return clean(raw, definition, live())


def save(definition: FieldDefinition, values: Mapping[str, Any]) -> FieldDefinition:
    """Write these columns of a definition that is locked."""
    for name, value in values.items():
        setattr(definition, name, value)
    definition.modified_at = timezone.now()
    definition.save()
    return definition


def affects_values(current: FieldDefinition, after: Mapping[str, Any]) -> bool:
    """Whether values could be other ones, or none, after a change of the definition."""
    if any(after[name] != getattr(current, name) for name in ("type", "is_indexed", "limits")):
        return True
    kept = {one["value"] for one in after["choices"]}
    return bool(
        (after["is_unique"] and not current.is_unique)
        or (current.is_unique and not after["is_unique"])
        or any(one["value"] not in kept for one in current.choices)
    )


def reorder(definition_ids: Sequence[int]) -> list[FieldDefinition]:
    """Put these fields first, in this order; the others follow in theirs. Return all of them."""
    lock()
    known = {one.pk: one for one in live()}
    if len(set(definition_ids)) < len(definition_ids):
        raise CustomerPlusError("A field is there twice.", field="ids")
    if not known.keys() >= set(definition_ids):
        raise CustomerPlusError("No field has this id.", code=ErrorCode.NOT_FOUND, field="ids")
    ordered = [*definition_ids, *(pk for pk in known if pk not in set(definition_ids))]
    for position, pk in enumerate(ordered):
        known[pk].position = position
    FieldDefinition.objects.bulk_update(known.values(), ["position"])
    return [known[pk] for pk in ordered]


def lock() -> None:
    """Let nobody else change definitions until the end of the transaction."""
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,)))
