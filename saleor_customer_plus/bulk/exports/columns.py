"""What each column of an export is in SQL: text as it is written into the file, or null for a blank.

A column is named by its key. `total_spent:EUR` is a figure in one currency, `attribute:Size` a custom attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ... import sql
from ...consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentState
from ..columns import ATTRIBUTE, COLUMNS, Kind

FIGURES = {"total_spent": "total_gross", "net_of_refunds": "net_of_refunds", "average_order_value": "average_gross"}


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written."""

    decimal: str = "."
    time: str = ""  # a pattern of `to_char`; blank is ISO 8601 in full, from which nothing is lost


@dataclass(frozen=True, slots=True)
class Cell:
    """A column in SQL: its expression, and the joins that the expression needs, by their names."""

    expression: sql.Sql
    joins: tuple[str, ...] = ()
    is_number: bool = False
    may_be_formula: bool = True
    is_phone: bool = False


def cell(key: str, style: Style) -> Cell:
    """The column of a key that `is_column` knows."""
    name, _, detail = key.partition(":")
    if key.startswith(ATTRIBUTE):
        return Cell(sql.fill("r.attributes ->> {name}", name=detail))
    if name in FIGURES:
        return _money(name, detail, style)
    if name in _SPECIAL:
        return _SPECIAL[name](style)
    if name.startswith(("shipping_", "billing_")):
        address, _, part = name.partition("_")
        return Cell(sql.Sql(_PARTS[part].format(address)), ("orders", address), is_phone=part == "phone")
    return _of_record(name, style)


def is_column(key: str) -> bool:
    """Whether something can be exported under this key."""
    name, _, detail = key.partition(":")
    if key.startswith(ATTRIBUTE):
        return bool(detail)
    if detail:
        return name in FIGURES and bool(re.fullmatch("[A-Z]{3}", detail))
    return name in _SPECIAL or (name in COLUMNS and COLUMNS[name].is_exported)


def _of_record(key: str, style: Style) -> Cell:
    column = COLUMNS[key]
    value = f"r.{column.field}"
    match column.kind:
        case Kind.BOOLEAN:
            return _plain(_yes_no(value))
        case Kind.TIME:
            return _plain(_time(value, style))
        case Kind.NUMBER:
            return Cell(sql.Sql(f"{value}::text"), is_number=True, may_be_formula=False)
        case _:
            return Cell(sql.Sql(f"NULLIF({value}, '')"), is_phone=column.kind is Kind.PHONE)


def _plain(expression: str, *joins: str) -> Cell:
    return Cell(sql.Sql(expression), joins, may_be_formula=False)


def _yes_no(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 'yes' ELSE 'no' END"


def _time(value: str, style: Style) -> str:
    if style.time:
        return f"to_char({value}, '{style.time}')"
    # As PostgreSQL writes it in UTC: with as many digits of a second as there are.
    return f"replace({value}::text, '+00', 'Z')"


def _money(name: str, currency: str, style: Style) -> Cell:
    """An amount with two digits after the point, or three where it has them."""
    value = f"{figures_in(currency)}.{FIGURES[name]}"
    amount = f"round({value}, CASE WHEN {value} = round({value}, 2) THEN 2 ELSE 3 END)::text"
    if style.decimal != ".":
        amount = f"replace({amount}, '.', ',')"
    return Cell(
        sql.Sql(amount), (f"figures:{currency}" if currency else "figures",), is_number=True, may_be_formula=False
    )


def figures_in(currency: str) -> str:
    """What the join of the figures in a currency is called; blank for the one currency that there is.

    Quoted: Saleor lets a channel's currency be any three characters.
    """
    escaped = currency.replace('"', '""').replace("%", "%%")
    return f'"f_{escaped}"' if currency else "f"


_NAME = "NULLIF(btrim({0}.first_name || ' ' || {0}.last_name), '')"

_PARTS = {
    "name": _NAME,
    "company": "NULLIF({0}.company_name, '')",
    "street_1": "NULLIF({0}.street_address_1, '')",
    "street_2": "NULLIF({0}.street_address_2, '')",
    "city": "NULLIF({0}.city, '')",
    "region": "NULLIF({0}.country_area, '')",
    "postal_code": "NULLIF({0}.postal_code, '')",
    "country_code": "NULLIF({0}.country, '')",
    "phone": "NULLIF({0}.phone, '')",
    "address": (
        "NULLIF(concat_ws(', ', NULLIF({0}.street_address_1, ''), NULLIF({0}.street_address_2, ''),"
        " NULLIF(btrim({0}.postal_code || ' ' || {0}.city), ''), NULLIF({0}.country_area, ''),"
        " NULLIF({0}.country, '')), '')"
    ),
}


_SPECIAL: Mapping[str, Callable[[Style], Cell]] = {
    "id": lambda _style: _plain("encode(convert_to('CustomerRecord:' || r.id, 'UTF8'), 'base64')"),
    "has_account": lambda _style: _plain(_yes_no("r.account_id IS NOT NULL")),
    "name": lambda _style: Cell(sql.Sql(_NAME.format("r"))),
    "sources": lambda _style: _plain("NULLIF(array_to_string(r.sources, ', '), '')"),
    "additional_phones": lambda _style: Cell(
        sql.Sql(
            "CASE WHEN r.additional_phones <> '[]' THEN (SELECT string_agg(p.value, ', ' ORDER BY p.ordinality)"
            " FROM jsonb_array_elements_text(r.additional_phones) WITH ORDINALITY p) END"
        )
    ),
    "social_profiles": lambda _style: Cell(
        sql.Sql(
            "CASE WHEN r.social_profiles <> '{}' THEN (SELECT string_agg(p.key || ': ' || p.value, '; ' ORDER BY p.key)"
            " FROM jsonb_each_text(r.social_profiles) p) END"
        )
    ),
    "tags": lambda _style: Cell(sql.Sql("tags.names"), ("tags",)),
    "groups": lambda _style: Cell(sql.Sql("groups.names"), ("groups",)),
    "notes": lambda _style: Cell(sql.Sql("notes.texts"), ("notes",)),
    "currency": lambda _style: _plain("f.currency", "figures"),
    "first_order_at": lambda style: _plain(_time("firsts.first_order_at", style), "firsts"),
    "consent_word": lambda _style: Cell(_consent_word(), may_be_formula=False),
}


def _consent_word() -> sql.Sql:
    """A consent to marketing by e-mail as Klaviyo writes it."""
    return sql.fill(
        """
        CASE WHEN r.accepts_marketing THEN 'SUBSCRIBED' WHEN EXISTS (
            SELECT FROM {events} e WHERE e.record_id = r.id AND e.channel = {channel} AND e.purpose <> {system}
            AND e.state = {withdrawn}
        ) THEN 'UNSUBSCRIBED' ELSE 'NEVER_SUBSCRIBED' END
        """,
        events=sql.table(ConsentEvent),
        channel=ConsentChannel.EMAIL.value,
        system=ConsentPurpose.SYSTEM.value,
        withdrawn=ConsentState.UNSUBSCRIBED.value,
    )
