"""The one statement of an export: what it reads is one snapshot, a state of the store that existed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from ... import host, sql
from ...groups.models import Group, GroupMembership
from ...ledger.models import CustomerFigures
from ...notes.models import Note
from ...records.filters import Records
from ...records.models import CustomerRecord
from ...tags.models import Tag, TagAssignment
from ..cells import guarded, neutralised
from .columns import Cell, figures_in


class Neutral(Enum):
    """Which cells are written so that no spreadsheet runs them."""

    NONE = "none"
    GUARDED = "none, and what looks as if it were is marked"
    ALL = "all"
    ALL_BUT_PHONES = "all but phone numbers"


def export_query(
    records: Records, cells: Iterable[Cell], *, currency: str, set_wise: bool, neutral: Neutral
) -> sql.Sql:
    """Select the cells of records as text, in the order of ids.

    With `set_wise`, tags and their like are read for all records of the store and then joined: cheaper, where a large
    part of them is exported.
    """
    cells = list(cells)
    names = dict.fromkeys(name for cell in cells for name in cell.joins)
    return sql.fill(
        "SELECT {cells} FROM {records} r {joins} {where} ORDER BY r.id",
        cells=_joined(", ", (_written(cell, neutral) for cell in cells)),
        records=sql.table(CustomerRecord),
        joins=_joined(" ", (_join(name, currency, set_wise) for name in names)),
        where=_where(records),
    )


def _joined(separator: str, parts: Iterable[sql.Sql]) -> sql.Sql:
    listed = list(parts)
    return sql.Sql(separator.join(part.text for part in listed), tuple(p for part in listed for p in part.params))


def _written(cell: Cell, neutral: Neutral) -> sql.Sql:
    if neutral is Neutral.NONE or not cell.may_be_formula:
        return cell.expression
    text, params = cell.expression
    if neutral is Neutral.GUARDED:
        return sql.Sql(guarded(text), params * 4)
    if cell.is_phone and neutral is Neutral.ALL_BUT_PHONES:
        return sql.Sql(f"CASE WHEN {text} ~ '^\\+[0-9]+$' THEN {text} ELSE {neutralised(text)} END", params * 5)
    return sql.Sql(neutralised(text), params * 3)  # it is written three times


def _where(records: Records) -> sql.Sql:
    if not records.query.where:
        return sql.Sql("")
    return sql.fill("WHERE r.id IN ({ids})", ids=sql.of_queryset(records.order_by().values("pk")))


def _join(name: str, currency: str, set_wise: bool) -> sql.Sql:
    name, _, detail = name.partition(":")
    if name == "figures":
        return _figures(figures_in(detail), detail or currency)
    if name in _ONE_ROW:
        return _ONE_ROW[name]()
    condition = sql.Sql("true" if set_wise else "x.record_id = r.id")
    return sql.fill(
        "LEFT JOIN {lateral} ({rows}) {name} ON {name}.record_id = r.id",
        lateral=sql.Sql("" if set_wise else "LATERAL"),
        rows=_AGGREGATES[name](condition),
        name=sql.Sql(name),
    )


def _figures(alias: str, currency: str) -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {figures} {alias} ON {alias}.record_id = r.id AND {alias}.currency = {currency}",
        figures=sql.table(CustomerFigures),
        alias=sql.Sql(alias),
        currency=currency,
    )


def _orders() -> sql.Sql:
    return sql.fill("LEFT JOIN {orders} o ON o.id = r.latest_order_id", orders=sql.table(host.Order))


def _address(name: str) -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {addresses} {name} ON {name}.id = o.{name}_address_id",
        addresses=sql.table(host.Address),
        name=sql.Sql(name),
    )


# Joins that find at most one row for a record.
_ONE_ROW: Mapping[str, Callable[[], sql.Sql]] = {
    "orders": _orders,
    "shipping": lambda: _address("shipping"),
    "billing": lambda: _address("billing"),
}


# A name with a character at which other programs split lists is written in quotes: `values.words` reads them.
_QUOTED = """
    CASE WHEN label.name ~ '[][;|"]' THEN '"' || replace(label.name, '"', '""') || '"' ELSE label.name END
"""


def _labels(links: sql.Sql, labels: sql.Sql, field: str, condition: sql.Sql) -> sql.Sql:
    """The names of a record's tags or groups, in order."""
    return sql.fill(
        """
        SELECT x.record_id, string_agg({name}, ', ' ORDER BY lower(label.name), label.id) AS names
        FROM {links} x JOIN {labels} label ON label.id = x.{field} WHERE {condition} GROUP BY x.record_id
        """,
        name=sql.Sql(_QUOTED),
        links=links,
        labels=labels,
        field=sql.Sql(field),
        condition=condition,
    )


def _notes(condition: sql.Sql) -> sql.Sql:
    return sql.fill(
        """
        SELECT x.record_id, string_agg(x.text, E'\\n\\n' ORDER BY x.created_at, x.id) AS texts
        FROM {notes} x WHERE {condition} GROUP BY x.record_id
        """,
        notes=sql.table(Note),
        condition=condition,
    )


def _firsts(condition: sql.Sql) -> sql.Sql:
    return sql.fill(
        """
        SELECT x.record_id, min(x.first_order_at) AS first_order_at
        FROM {figures} x WHERE {condition} GROUP BY x.record_id
        """,
        figures=sql.table(CustomerFigures),
        condition=condition,
    )


# Joins that put together any number of rows of a record.
_AGGREGATES: Mapping[str, Callable[[sql.Sql], sql.Sql]] = {
    "tags": lambda condition: _labels(sql.table(TagAssignment), sql.table(Tag), "tag_id", condition),
    "groups": lambda condition: _labels(sql.table(GroupMembership), sql.table(Group), "group_id", condition),
    "notes": _notes,
    "firsts": _firsts,
}
