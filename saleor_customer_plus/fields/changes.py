"""Changes of definitions that alter values, and deletions: the preview of what becomes of them, and how to revert them.

A definition whose values are altered is archived with them, and a new one takes its place, with the values as it has
them. So nothing is lost until `purge`: `restore` puts the archived one back. Call everything here in a transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..activity.services import Actor
from ..core import sql
from ..core.preview_tokens import PreviewTokens
from ..errors import CustomerPlusError, ErrorCode
from ..records.locks import hold_records
from . import conversion, definitions, preparation
from .models import FieldDefinition, FieldValue
from .queries import live
from .services import hold
from .values import BLANK, shown

_TOKENS = PreviewTokens("saleor_customer_plus.fields.changes", again="look at what becomes of the values again")
# Values that one change may convert at once: it is one transaction, during which nobody edits these records. More are a
# job, see `preparation`.
MAX_VALUES = 20_000
# Values that a preview shows of those that cannot be kept.
MAX_EXAMPLES = preparation.MAX_EXAMPLES
# Values that are written at a time.
PART = 5_000


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of a definition, or its deletion, does to the values that records have."""

    definition_id: int
    change: str  # a hash of what is to be changed, blank for a deletion
    values: int
    kept: int
    examples: tuple[str, ...] = ()

    @property
    def lost(self) -> int:
        return self.values - self.kept

    @property
    def token(self) -> str:
        """Proves for an hour that somebody saw this."""
        return _TOKENS.new(_signed(self))

    def check(self, token: str) -> None:
        """Raise `CustomerPlusError` unless the token is of this very impact."""
        seen = _TOKENS.read(token)
        if seen["definition_id"] != self.definition_id or seen["change"] != self.change:
            raise CustomerPlusError("The token is of another field or change.", field="token")
        if seen != _signed(self):
            raise _TOKENS.stale("Values changed since the preview")


def _signed(impact: Impact) -> dict[str, Any]:
    return {name: value for name, value in asdict(impact).items() if name != "examples"}


def impact_of_change(definition_id: int, raw: Mapping[str, Any]) -> Impact:
    """What a change would do. Raises all that is wrong with it."""
    definition = definitions.get_locked(definition_id)
    after = definitions.clean_update(definition, raw)
    return _impact(definition, after)


def impact_of_deletion(definition_id: int) -> Impact:
    """What a deletion would do."""
    definition = definitions.get_locked(definition_id)
    count = FieldValue.objects.filter(definition=definition, value__isnull=False).count()
    return Impact(definition.pk, "", count, 0)


def _impact(definition: FieldDefinition, after: Mapping[str, Any]) -> Impact:
    change = hashlib.sha256(sql.to_json(sorted(after.items())).encode()).hexdigest()
    count = FieldValue.objects.filter(definition=definition, value__isnull=False).count()
    if not definitions.affects_values(definition, after):
        return Impact(definition.pk, change, count, count)
    if count > MAX_VALUES:
        raise CustomerPlusError(
            f"This alters more than {MAX_VALUES:,} values. `customerFieldUpdate` makes a job of it, which shows what "
            "becomes of them before anything changes.",
            code=ErrorCode.LIMIT_REACHED,
            field="id",
        )
    new = conversion.successor(definition, after)
    rows = FieldValue.objects.filter(definition=definition, value__isnull=False).order_by("pk")
    kept, examples, keys = 0, list[str](), set[str | None]()
    for json in rows.values_list("value", flat=True):
        value = conversion.convert(definition, new, json)
        if value is BLANK:
            examples.append(shown(definition, json))
            continue
        kept += 1
        if new.is_unique:
            if value.unique_key in keys:
                raise conversion.not_unique()
            keys.add(value.unique_key)
    return Impact(definition.pk, change, count, kept, tuple(dict.fromkeys(examples))[:MAX_EXAMPLES])


def is_large_change(definition_id: int, raw: Mapping[str, Any]) -> bool:
    """Whether a change alters so many values that it has to be a job. Raises all that is wrong with it."""
    definition = definitions.get_locked(definition_id)
    after = definitions.clean_update(definition, raw)
    return definitions.affects_values(definition, after) and _has_many(FieldValue.objects.filter(definition=definition))


def is_large_restoration(definition_id: int) -> bool:
    """Whether restoring an archived definition alters so many values that it has to be a job."""
    archived = FieldDefinition.objects.filter(pk=definition_id, archived_at__isnull=False).first()
    present = archived and FieldDefinition.objects.filter(key=archived.key, archived_at=None).first()
    return bool(present) and _has_many(FieldValue.objects.filter(definition=present))


def _has_many(values: QuerySet[FieldValue]) -> bool:
    return values.filter(value__isnull=False).order_by()[: MAX_VALUES + 1].count() > MAX_VALUES


def update(definition_id: int, raw: Mapping[str, Any], *, token: str | None, actor: Actor) -> FieldDefinition:
    """Change a definition. Return it, or the one that took its place.

    If values are altered by it, `token` must be that of the preview (`Impact.token`): else raises REQUIRED or STALE.
    """
    definition = definitions.get_locked(definition_id)
    after = definitions.clean_update(definition, raw)
    has_values = FieldValue.objects.filter(definition=definition, value__isnull=False).exists()
    if not (has_values and definitions.affects_values(definition, after)):
        return definitions.save(definition, after)
    hold([definition.pk])
    hold_records(list(FieldValue.objects.filter(definition=definition).values_list("record_id", flat=True)))
    _checked(_impact(definition, after), token)
    _archive(definition)
    new = conversion.successor(definition, after)
    new.save()
    rows = list(FieldValue.objects.filter(definition=definition).order_by("record_id"))
    pairs = [(row, BLANK if row.value is None else conversion.convert(definition, new, row.value)) for row in rows]
    conversion.write(pairs, new)
    conversion.log([(row.record_id, row.value, value.json) for row, value in pairs], new.key, actor)
    return new


def delete(definition_id: int, *, token: str | None) -> FieldDefinition:
    """Archive a definition with its values, or delete it if no record has any. Return it as it was."""
    definition = definitions.get_locked(definition_id)
    impact = impact_of_deletion(definition_id)
    if not impact.values:
        FieldDefinition.objects.filter(pk=definition.pk).delete()
        return definition
    _checked(impact, token)
    return _archive(definition)


def _checked(impact: Impact, token: str | None) -> None:
    if not token:
        raise CustomerPlusError(
            "Records have values in this field. Look at `customerFieldChangePreview`, and send its token.",
            code=ErrorCode.REQUIRED,
            field="token",
        )
    impact.check(token)


def _archive(definition: FieldDefinition) -> FieldDefinition:
    definition.archived_at = timezone.now()
    definition.save()
    return definition


def restore(definition_id: int, *, actor: Actor) -> FieldDefinition:
    """Put an archived definition back with its values, in the place of the one that replaced it, which is archived.

    What was written since stays, as far as the restored definition can have it.
    """
    restored, replaced = put_back(definition_id)
    if replaced is not None:
        preparation.log_restored(replaced, restored, 0, 2**63 - 1, actor)
    return restored


def put_back(definition_id: int) -> tuple[FieldDefinition, FieldDefinition | None]:
    """Restore a definition without logging it. Return it, and the one that was in its place, if there was one."""
    definitions.lock()
    old = FieldDefinition.objects.filter(pk=definition_id, archived_at__isnull=False, prepared_for=None).first()
    if old is None or old.archived_at is None:
        raise CustomerPlusError("No archived field has this id.", code=ErrorCode.NOT_FOUND, field="id")
    known = live()
    present = next((one for one in known if one.key == old.key), None)
    others = [one for one in known if one is not present]
    if any(one.label_key == old.label_key for one in others):
        raise CustomerPlusError(
            "Another field has this label by now. Rename it first.", code=ErrorCode.UNIQUE, field="id"
        )
    if len(others) >= definitions.MAX_FIELDS:
        raise CustomerPlusError("There are too many fields.", code=ErrorCode.LIMIT_REACHED, field="id")
    if present is None:
        old.archived_at = None
        old.position = len(known)
        old.save()
        return old, None
    definitions.get_locked(present.pk)  # whoever writes values of it is done
    archived_at = old.archived_at
    newer = FieldValue.objects.filter(definition=present, updated_at__gt=archived_at).order_by("record_id")
    _archive(present)
    old.archived_at = None
    old.save()
    pairs = [(row, conversion.convert(present, old, row.value)) for row in newer.iterator(PART)]
    kept = [(row, value) for row, value in pairs if row.value is None or value is not BLANK]
    FieldValue.objects.filter(sql.is_any("record_id", [row.record_id for row, _ in kept]), definition=old).delete()
    for start in range(0, len(kept), PART):
        conversion.check_unique(kept[start : start + PART], old)
        conversion.write(kept[start : start + PART], old)
    return old, present


def purge(before: datetime) -> int:
    """Delete definitions that were archived before this time, with their values. Return how many."""
    old = FieldDefinition.objects.filter(archived_at__lt=before, prepared_for=None)
    ids = list(old.values_list("pk", flat=True))
    if ids:
        preparation.delete_values(ids)
        old.filter(pk__in=ids).delete()
    return len(ids)
