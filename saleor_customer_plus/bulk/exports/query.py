"""The one statement of an export: what it reads is one snapshot, a state of the store that existed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum

from ...accounts.account_data import check_customer_types
from ...addresses.models import CustomerAddress
from ...addresses.queries import seen_address
from ...addresses.services import FIELDS as ADDRESS_FIELDS
from ...core import sql
from ...customers.filters import Records
from ...fields.models import FieldValue
from ...groups.models import Group, GroupMembership
from ...insights.models import CustomerInsight
from ...ledger.channel_figures import SUMMARY, figures_seen, line_seen, summary_seen
from ...ledger.models import CustomerAcquisition, CustomerFigures
from ...notes.models import Note
from ...records.addresses import LINES
from ...records.models import CustomerRecord
from ...saleor_adapter import host
from ...saleor_adapter.staff import Channels
from ...tags.models import Tag, TagAssignment
from ..cells import defused, guarded, neutralised
from .column_sql import PLAIN_TAGS, Cell, figures_in, insights_in
from .field_columns import JOIN as OWN_FIELD


class Neutral(Enum):
    """Which cells are written so that no spreadsheet runs them."""

    NONE = "none"
    GUARDED = "none, and what looks as if it were is marked"
    ALL = "all"
    HARMFUL = "what could do harm"


_MARKED: Mapping[Neutral, Callable[[str], str]] = {
    Neutral.GUARDED: guarded,
    Neutral.ALL: neutralised,
    Neutral.HARMFUL: defused,
}


def export_query(
    records: Records,
    cells: Iterable[Cell],
    *,
    currency: str,
    set_wise: bool,
    neutral: Neutral,
    reports_changes: bool = False,
    channels: Channels = None,
) -> sql.Sql:
    """Select the cells of records as text, in the order of ids.

    With `reports_changes`, a last column has the numbers of those that Excel would change, from 0 and each with a blank
    behind it; null for none.

    With `set_wise`, tags and their like are read for all records of the store and then joined: cheaper, where a large
    part of them is exported. Figures are over the orders of these channels, if any are given.
    """
    cells = list(cells)
    names = dict.fromkeys(name for cell in cells for name in cell.joins)
    return sql.fill(
        "SELECT {cells} FROM {records} r {joins} {where} ORDER BY r.id",
        cells=_joined(
            ", ", [*(_written(cell, neutral) for cell in cells), *([_changes(cells, neutral)] * reports_changes)]
        ),
        records=_records(channels),
        joins=_joined(" ", (_join(name, currency, set_wise, channels) for name in names)),
        where=_where(records),
    )


def _records(channels: Channels) -> sql.Sql:
    """The records, with what they tell of their orders."""
    if channels is None:
        return sql.table(CustomerRecord)
    special = (*SUMMARY, *LINES)
    own = [field.column for field in CustomerRecord._meta.concrete_fields if field.column not in special]
    lines = (sql.fill("{line} AS " + name, line=line_seen(name, "x", channels)) for name in LINES)
    return sql.fill(
        "(SELECT {own}, {lines}, {seen} FROM {records} x JOIN ({summaries}) y ON y.id = x.id)",
        own=sql.columns(own, prefix="x"),
        lines=_joined(", ", lines),
        seen=sql.columns(SUMMARY, prefix="y"),
        records=sql.table(CustomerRecord),
        summaries=summary_seen(channels, sql.Sql("true")),
    )


def _joined(separator: str, parts: Iterable[sql.Sql]) -> sql.Sql:
    listed = list(parts)
    return sql.Sql(separator.join(part.text for part in listed), tuple(p for part in listed for p in part.params))


def _written(cell: Cell, neutral: Neutral) -> sql.Sql:
    if neutral is Neutral.NONE or not cell.may_be_formula:
        return cell.expression
    text, params = cell.expression
    return sql.Sql(_MARKED[neutral](text), params * 3)  # it is written three times


# What Excel takes for a number or a date, and shows and saves otherwise: 007, 1E5, 1.50, 1-2, more than eleven digits.
_NUMBER = r"0[0-9]+|[0-9]{12,}|[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]+|[0-9]+[.,][0-9]+"
_DATE = r"[0-9]{1,4}[-/.:][0-9]{1,2}([-/.:][0-9]{1,4})?"
_CHANGED = rf"^({_NUMBER}|{_DATE})$"
# With a sign too, which is lost; otherwise such a cell is neutralised.
_CHANGED_WITH_SIGN = rf"^([+-][0-9]+|{_NUMBER}|{_DATE})$"


def _changes(cells: Sequence[Cell], neutral: Neutral) -> sql.Sql:
    is_signed = neutral is Neutral.HARMFUL
    first = "BETWEEN 43 AND 57" if is_signed else "BETWEEN 48 AND 57"
    pattern = _CHANGED_WITH_SIGN if is_signed else _CHANGED
    parts = (
        sql.Sql(
            f"CASE WHEN ascii({cell.expression.text}) {first} AND {cell.expression.text} ~ '{pattern}'"
            f" THEN '{number} ' ELSE '' END",
            cell.expression.params * 2,
        )
        for number, cell in enumerate(cells)
        if cell.may_be_formula
    )
    listed = _joined(" || ", [*parts, sql.Sql("''")])
    return sql.Sql(f"NULLIF({listed.text}, '')", listed.params)


def _where(records: Records) -> sql.Sql:
    if not records.query.where:
        return sql.Sql("")
    return sql.fill("WHERE r.id IN ({ids})", ids=sql.of_queryset(records.order_by().values("pk")))


def _join(name: str, currency: str, set_wise: bool, channels: Channels) -> sql.Sql:
    name, _, detail = name.partition(":")
    if name == "figures":
        return _figures(figures_in(detail), detail or currency, channels)
    if name == "insights":
        return _by_currency(sql.table(CustomerInsight), insights_in(detail), detail or currency)
    if name == "acquired":
        return _acquired(channels)
    if name in _ONE_ROW:
        return _ONE_ROW[name]()
    if name.startswith(OWN_FIELD):
        return _own_field(name)
    condition = sql.Sql("true" if set_wise else "x.record_id = r.id")
    return sql.fill(
        "LEFT JOIN {lateral} ({rows}) {name} ON {name}.record_id = r.id",
        lateral=sql.Sql("" if set_wise else "LATERAL"),
        rows=_SEEN[name](condition, channels) if name in _SEEN else _AGGREGATES[name](condition),
        name=sql.Sql(name),
    )


def _figures_seen(channels: Channels) -> sql.Sql:
    """The table of figures, as far as they may be shown."""
    if channels is None:
        return sql.table(CustomerFigures)
    return sql.fill("({figures})", figures=figures_seen(channels, sql.Sql("record_id IS NOT NULL")))


def _figures(alias: str, currency: str, channels: Channels) -> sql.Sql:
    return _by_currency(_figures_seen(channels), alias, currency)


def _by_currency(rows: sql.Sql, alias: str, currency: str) -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {rows} {alias} ON {alias}.record_id = r.id AND {alias}.currency = {currency}",
        rows=rows,
        alias=sql.Sql(alias),
        currency=currency,
    )


def _acquired(channels: Channels) -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {rows} acquired ON acquired.record_id = r.id AND {seen}",
        rows=sql.table(CustomerAcquisition),
        seen=sql.Sql("true")
        if channels is None
        else sql.fill("acquired.channel_id = ANY({channels})", channels=sorted(channels)),
    )


def _own_field(name: str) -> sql.Sql:
    """What the records have in a field of the shop's own."""
    return sql.fill(
        "LEFT JOIN {values} {name} ON {name}.record_id = r.id AND {name}.definition_id = {id}",
        values=sql.table(FieldValue),
        name=sql.Sql(name),
        id=int(name.removeprefix(OWN_FIELD)),
    )


def _orders() -> sql.Sql:
    return sql.fill("LEFT JOIN {orders} o ON o.id = r.latest_order_id", orders=sql.table(host.Order))


def _address(name: str) -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {addresses} {name} ON {name}.id = o.{name}_address_id",
        addresses=sql.table(host.Address),
        name=sql.Sql(name),
    )


def _account() -> sql.Sql:
    return sql.fill("LEFT JOIN {users} account ON account.id = r.account_id", users=sql.table(host.User))


def _customer_type() -> sql.Sql:
    return sql.fill(
        "LEFT JOIN {types} customer_type ON customer_type.id = account.customer_type_id",
        types=sql.table(check_customer_types()),
    )


# Joins that find at most one row for a record.
_ONE_ROW: Mapping[str, Callable[[], sql.Sql]] = {
    "account": _account,
    "customer_type": _customer_type,
    "orders": _orders,
    "shipping": lambda: _address("shipping"),
    "billing": lambda: _address("billing"),
}


# A name with a character at which other programs split lists is written in quotes: `values.words` reads them.
_QUOTED = """
    CASE WHEN label.name ~ '[][;|"]' THEN '"' || replace(label.name, '"', '""') || '"' ELSE label.name END
"""


def _labels(links: sql.Sql, labels: sql.Sql, field: str, condition: sql.Sql, name: str = _QUOTED) -> sql.Sql:
    """The names of a record's tags or groups, in order."""
    return sql.fill(
        """
        SELECT x.record_id, string_agg({name}, ', ' ORDER BY lower(label.name), label.id) AS names
        FROM {links} x JOIN {labels} label ON label.id = x.{field} WHERE {condition} GROUP BY x.record_id
        """,
        name=sql.Sql(name),
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


def _firsts(condition: sql.Sql, channels: Channels) -> sql.Sql:
    return sql.fill(
        """
        SELECT x.record_id, min(x.first_order_at) AS first_order_at
        FROM {figures} x WHERE {condition} GROUP BY x.record_id
        """,
        figures=_figures_seen(channels),
        condition=condition,
    )


# What an import reads back: see `imports.values.address_books`.
_OF_ADDRESS = ", ".join(f"'{name}', NULLIF(x.{name}, '')" for name in ("kind", "label", *ADDRESS_FIELDS))


def _address_book(condition: sql.Sql, channels: Channels) -> sql.Sql:
    """The further addresses of a record, oldest first, without those of orders that are not seen."""
    return sql.fill(
        """
        SELECT x.record_id,
            '[' || string_agg(json_strip_nulls(json_build_object({fields}))::text, ', ' ORDER BY x.id) || ']' AS listed
        FROM {addresses} x WHERE {condition} AND {seen} GROUP BY x.record_id
        """,
        fields=sql.Sql(_OF_ADDRESS),
        addresses=sql.table(CustomerAddress),
        condition=condition,
        seen=seen_address("x", channels),
    )


# Those that depend on which orders are seen.
_SEEN: Mapping[str, Callable[[sql.Sql, Channels], sql.Sql]] = {"firsts": _firsts, "address_book": _address_book}

# Joins that put together any number of rows of a record.
_AGGREGATES: Mapping[str, Callable[[sql.Sql], sql.Sql]] = {
    "tags": lambda condition: _labels(sql.table(TagAssignment), sql.table(Tag), "tag_id", condition),
    PLAIN_TAGS: lambda condition: _labels(sql.table(TagAssignment), sql.table(Tag), "tag_id", condition, "label.name"),
    "groups": lambda condition: _labels(sql.table(GroupMembership), sql.table(Group), "group_id", condition),
    "notes": _notes,
}
