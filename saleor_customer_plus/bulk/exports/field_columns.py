"""Columns of the fields of the shop's own: their values in SQL, as an import reads them back.

A column is named `field:birthday`, by the field's key, and headed by its label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from ...core import sql
from ...fields.models import FieldDefinition, FieldType
from ...fields.queries import live_by_key
from ...ledger.currencies import decimals_sql
from ..columns import FIELD
from .column_sql import Cell, Style

# What the join of a field's values is called, before the id of its definition.
JOIN = "own_"
# The time of day at the end of a pattern, which a date has not.
_TIME_OF_DAY = re.compile(r'(?:"T"|[-./: T,])*HH24.*$')


def definitions_of(keys: Iterable[str]) -> dict[str, FieldDefinition]:
    """The fields that there are among these columns, by the keys of the columns. One statement, or none."""
    wanted = {key for key in keys if key.startswith(FIELD)}
    if not wanted:
        return {}
    return {column: field for key, field in live_by_key().items() if (column := f"{FIELD}{key}") in wanted}


def cell_of(definition: FieldDefinition | None, style: Style) -> Cell:
    """The column of a field; blank for one that was deleted since the export was asked for."""
    if definition is None:
        return Cell(sql.Sql("NULL::text"), may_be_formula=False)
    join = f"{JOIN}{definition.pk}"
    return _CELLS[FieldType(definition.type)](join, definition, style)


def _plain(expression: str, join: str, *, is_number: bool = False) -> Cell:
    return Cell(sql.Sql(expression), (join,), is_number=is_number, may_be_formula=False)


def _text(join: str, _definition: FieldDefinition, _style: Style) -> Cell:
    return Cell(sql.Sql(f"{join}.value #>> '{{}}'"), (join,))


def _decimal(text: str, style: Style) -> str:
    return text if style.decimal == "." else f"replace({text}, '.', ',')"


def _number(join: str, _definition: FieldDefinition, style: Style) -> Cell:
    return _plain(_decimal(f"trim_scale({join}.number)::text", style), join, is_number=True)


def _date(join: str, _definition: FieldDefinition, style: Style) -> Cell:
    pattern = _TIME_OF_DAY.sub("", style.time)
    is_date = "HH24" not in pattern and "MI" not in pattern and "SS" not in pattern and "YY" in pattern
    return _plain(f"to_char({join}.date, '{pattern}')" if is_date else f"{join}.date::text", join)


def _boolean(join: str, _definition: FieldDefinition, _style: Style) -> Cell:
    return _plain(f"CASE {join}.boolean WHEN true THEN 'yes' WHEN false THEN 'no' END", join)


def _choice(join: str, definition: FieldDefinition, _style: Style) -> Cell:
    label = f"coalesce({{labels}}::jsonb ->> {join}.text, {join}.text)"
    return Cell(sql.fill(label, labels=_labels(definition)), (join,))


def _choices(join: str, definition: FieldDefinition, _style: Style) -> Cell:
    return Cell(
        sql.fill(
            "CASE WHEN {join}.choices IS NOT NULL THEN ("
            "SELECT string_agg(coalesce({labels}::jsonb ->> c.value, c.value), ', ' ORDER BY c.ordinality)"
            " FROM jsonb_array_elements_text({join}.value) WITH ORDINALITY c) END",
            join=sql.Sql(join),
            labels=_labels(definition),
        ),
        (join,),
    )


def _labels(definition: FieldDefinition) -> str:
    return sql.to_json({one["value"]: one["label"] for one in definition.choices})


def _money(join: str, _definition: FieldDefinition, style: Style) -> Cell:
    """An amount with the decimals of its currency, or with more where it has them."""
    decimals = f"greatest({decimals_sql(f'{join}.text')}, min_scale({join}.number))"
    amount = _decimal(f"round({join}.number, {decimals})::text", style)
    return Cell(sql.Sql(f"{amount} || ' ' || {join}.text"), (join,))


_CELLS: Mapping[FieldType, Callable[[str, FieldDefinition, Style], Cell]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.MONEY: _money,
    # By its global id: the number is another channel's business, for whoever may not see it.
    FieldType.ORDER: _text,
    FieldType.PRODUCT: _text,
}
