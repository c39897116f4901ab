"""Changes of definitions that alter values, and deletions: what becomes of the values, told beforehand; and taken back.

A definition whose values are altered is archived with them, and a new one takes its place, with the values as it has
them. So nothing is lost until `purge`: `restore` puts the archived one back. Call everything here in a transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..core import sql
from ..core.preview_tokens import PreviewTokens
from ..errors import CustomerPlusError, ErrorCode
from ..records.locks import hold_records
from ..records.writing import touch
from . import definitions
from .limits import Limits, date_of
from .models import FieldDefinition, FieldType, FieldValue
from .queries import live
from .services import COLUMNS, LOGGED_AS, hold, values_row
from .values import BLANK, Value, choice_of, clean, shown

_TOKENS = PreviewTokens("saleor_customer_plus.fields.changes", again="look at what becomes of the values again")
# Values that one change may convert: it is one transaction, during which nobody edits these records.
MAX_VALUES = 20_000
# Values that a preview shows of those that cannot be kept.
MAX_EXAMPLES = 10


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
            f"This alters more than {MAX_VALUES:,} values. Define another field, and import the values of an export"
            " into it.",
            code=ErrorCode.LIMIT_REACHED,
            field="id",
        )
    new = _successor(definition, after)
    rows = FieldValue.objects.filter(definition=definition, value__isnull=False).order_by("pk")
    kept, examples, keys = 0, list[str](), set[str | None]()
    for json in rows.values_list("value", flat=True):
        value = convert(definition, new, json)
        if value is BLANK:
            examples.append(shown(definition, json))
            continue
        kept += 1
        if new.is_unique:
            if value.unique_key in keys:
                raise CustomerPlusError(
                    "Some records have the same value, which a unique field does not allow. Change them first.",
                    code=ErrorCode.UNIQUE,
                    field="is_unique",
                )
            keys.add(value.unique_key)
    return Impact(definition.pk, change, count, kept, tuple(dict.fromkeys(examples))[:MAX_EXAMPLES])


def _successor(definition: FieldDefinition, after: Mapping[str, Any]) -> FieldDefinition:
    """A definition with these columns in the place of another one, not saved yet."""
    return FieldDefinition(key=definition.key, position=definition.position, created_at=definition.created_at, **after)


def convert(old: FieldDefinition, new: FieldDefinition, json: Any) -> Value:
    """A value of one definition as another one has it; blank, if it cannot."""
    try:
        return clean(new, json if old.type == new.type else _CONVERTED[FieldType(new.type)](new, shown(old, json)))
    except (CustomerPlusError, ValueError, InvalidOperation):
        return BLANK


def _number(text: str) -> int | float:
    number = Decimal(text.strip().replace(",", ".") if text.count(",") == 1 and "." not in text else text.strip())
    return int(number) if number == number.to_integral_value() else float(number)


_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def _boolean(_new: FieldDefinition, text: str) -> Any:
    return _WORDS.get(text.strip().casefold(), text)


def _date(_new: FieldDefinition, text: str) -> str:
    return text.strip() if date_of(text.strip()) else ""


def _choice(new: FieldDefinition, text: str) -> str:
    """The value of the choice that has this text as its value or label."""
    if (chosen := choice_of(new, text.strip())) is None:
        raise ValueError("none of the choices")
    return chosen


def _choices(new: FieldDefinition, text: str) -> list[str]:
    return [_choice(new, part) for part in text.split(",")]


def _money(new: FieldDefinition, text: str) -> dict[str, Any]:
    amount, _, currency = text.strip().partition(" ")
    return {"amount": _number(amount), "currency": currency or Limits.of(new.limits).currency or ""}


def _nothing(_new: FieldDefinition, _text: str) -> str:
    return ""


_CONVERTED = {
    FieldType.TEXT: lambda _new, text: text,
    FieldType.NUMBER: lambda _new, text: _number(text.partition(" ")[0]),
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.MONEY: _money,
    FieldType.ORDER: _nothing,
    FieldType.PRODUCT: _nothing,
}


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
    new = _successor(definition, after)
    new.save()
    rows = list(FieldValue.objects.filter(definition=definition).order_by("record_id"))
    pairs = [(row, BLANK if row.value is None else convert(definition, new, row.value)) for row in rows]
    _write(pairs, new)
    _log([(row.record_id, row.value, value.json) for row, value in pairs], new.key, actor)
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
    definitions.lock()
    old = FieldDefinition.objects.filter(pk=definition_id, archived_at__isnull=False).first()
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
    archived_at = old.archived_at
    old.archived_at = None
    if present is None:
        old.position = len(known)
        old.save()
        return old
    definitions.get_locked(present.pk)  # whoever writes values of it is done
    hold([present.pk])
    rows = list(FieldValue.objects.filter(definition=present).order_by("record_id"))
    hold_records([row.record_id for row in rows])
    _archive(present)
    old.save()
    before = dict(FieldValue.objects.filter(definition=old).values_list("record_id", "value"))
    newer = [(row, convert(present, old, row.value)) for row in rows if row.updated_at > archived_at]
    kept = [(row, value) for row, value in newer if row.value is None or value is not BLANK]
    _write(kept, old)
    now = {**before, **{row.record_id: value.json for row, value in kept}}
    _log([(row.record_id, row.value, now.get(row.record_id)) for row in rows], old.key, actor)
    return old


def _write(pairs: Sequence[tuple[FieldValue, Value]], definition: FieldDefinition) -> None:
    """Write values for a definition, each with the source, time and lock of the row that it is made of."""
    if not pairs:
        return
    rows = [
        {
            **values_row(row.record_id, definition, value),
            "source": row.source,
            "origin": row.origin,
            "updated_at": row.updated_at,
            "is_locked": row.is_locked,
        }
        for row, value in pairs
    ]
    columns = {**COLUMNS, "source": "text", "origin": "text", "updated_at": "timestamptz", "is_locked": "boolean"}
    sql.run(
        sql.fill(
            """
            INSERT INTO {values} ({columns})
            SELECT {named} FROM jsonb_to_recordset({rows}::jsonb) AS v({types}) ORDER BY v.record_id
            ON CONFLICT (record_id, definition_id) DO UPDATE SET ({columns}) = ROW({excluded})
            """,
            values=sql.table(FieldValue),
            columns=sql.columns(columns),
            named=sql.columns(columns, prefix="v"),
            excluded=sql.columns(columns, prefix="EXCLUDED"),
            types=sql.Sql(", ".join(f"{name} {type}" for name, type in columns.items())),
            rows=sql.to_json(rows),
        )
    )


def _log(changes: Collection[tuple[int, Any, Any]], key: str, actor: Actor) -> None:
    """Log what changed of records, as pairs of what was and what is."""
    changed = [(record_id, before, after) for record_id, before, after in changes if before != after]
    touch([record_id for record_id, _, _ in changed])
    append(
        Entry(
            record_id,
            ActivityType.DETAILS_EDITED,
            before={LOGGED_AS: {key: before}},
            after={LOGGED_AS: {key: after}},
            **actor.of_entry,
        )
        for record_id, before, after in changed
    )


def purge(before: datetime) -> int:
    """Delete definitions that were archived before this time, with their values. Return how many."""
    old = FieldDefinition.objects.filter(archived_at__lt=before)
    ids = list(old.values_list("pk", flat=True))
    if ids:
        sql.run(sql.fill("DELETE FROM {v} WHERE definition_id = ANY({ids})", v=sql.table(FieldValue), ids=ids))
        old.filter(pk__in=ids).delete()
    return len(ids)
