"""Values of one definition as another one has them: converted, written with their sources, and logged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from ..records.writing import touch
from .limits import Limits, date_of
from .models import FieldDefinition, FieldType, FieldValue
from .services import COLUMNS, LOGGED_AS, holders, values_row
from .values import BLANK, Value, choice_of, clean, shown


def successor(definition: FieldDefinition, after: Mapping[str, Any]) -> FieldDefinition:
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


def check_unique(pairs: Sequence[tuple[FieldValue, Value]], definition: FieldDefinition) -> None:
    """Raise UNIQUE if two records would have the same value of a field that does not allow it."""
    if not definition.is_unique:
        return
    keys = [(value.unique_key, row.record_id) for row, value in pairs if value.unique_key is not None]
    taken = holders({(definition.pk, key) for key, _record_id in keys})
    mine = {row.record_id for row, _value in pairs}
    if len({key for key, _record_id in keys}) < len(keys) or not mine.issuperset(taken.values()):
        raise not_unique()


def not_unique() -> CustomerPlusError:
    return CustomerPlusError(
        "Some records have the same value, which a unique field does not allow. Change them first.",
        code=ErrorCode.UNIQUE,
        field="is_unique",
    )


def write(pairs: Sequence[tuple[FieldValue, Value]], definition: FieldDefinition) -> None:
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


def log(changes: Collection[tuple[int, Any, Any]], key: str, actor: Actor) -> int:
    """Log what changed of records, which are locked, as pairs of what was and what is. Return how many changed."""
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
    return len(changed)
