"""What each column of an export is in SQL: text as it is written into the file, or null for a blank.

A column is named by its key. `total_spent:EUR` is a figure in one currency, `attribute:Size` a custom attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...accounts.account_data import VALUE_TEXT
from ...consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentState
from ...core import sql
from ...ledger.currencies import decimals_sql
from ...saleor_adapter import host
from ..columns import (
    ACCOUNT_ATTRIBUTE,
    ATTRIBUTE,
    COLUMNS,
    CUSTOMER_TYPE,
    METADATA,
    PREFIXES_OF_ACCOUNT,
    PRIVATE_METADATA,
    Kind,
    is_of_account,
)

# A consent by e-mail as Klaviyo writes it; `consent_word:NEWSLETTER` for instance.
CONSENT_WORD = "consent_word"
# What a profile has for the consent to the purpose that the list is for: see `of_purpose`.
ACCEPTS = "accepts"
# The tags for other tools, which split them at commas only and take quotes for a part of a name.
PLAIN_TAGS = "plain_tags"
# The code of the shipping address's region within its country; blank if the address has its name.
PROVINCE_CODE = "shipping_region_code"
# The columns of the consents by e-mail.
BY_PURPOSE = {
    ConsentPurpose.PROMOTIONAL: "accepts_promotional_mail",
    ConsentPurpose.NEWSLETTER: "accepts_newsletter",
    ConsentPurpose.SYSTEM: "accepts_system_mail",
}

# By currency as well, but over the orders of all channels: see `insights`.
INSIGHTS = ("rfm_group", "days_between_orders", "next_order_expected_at")
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


def cell(key: str, style: Style) -> Cell:
    """The column of a key that `is_column` knows."""
    name, _, detail = key.partition(":")
    if key.startswith(ATTRIBUTE):
        return Cell(sql.fill("r.attributes ->> {name}", name=detail))
    if key == CUSTOMER_TYPE:
        return _customer_type()
    if key.startswith(PREFIXES_OF_ACCOUNT):
        return _OF_ACCOUNT[f"{name}:"](detail)
    if name in FIGURES:
        return _money(name, detail, style)
    if name in INSIGHTS:
        return _insight(name, detail, style)
    if name == CONSENT_WORD:
        return Cell(_consent_word(ConsentPurpose(detail)), may_be_formula=False)
    if name in _SPECIAL:
        return _SPECIAL[name](style)
    if name.startswith(("shipping_", "billing_")):
        address, _, part = name.partition("_")
        return Cell(sql.Sql(_PARTS[part].format(address)), ("orders", address))
    return _of_record(name, style)


def is_column(key: str) -> bool:
    """Whether something can be exported under this key."""
    name, _, detail = key.partition(":")
    if key.startswith(ATTRIBUTE):
        return bool(detail)
    if key.startswith(PREFIXES_OF_ACCOUNT):
        return is_of_account(key) and sql.can_hold(detail)
    if name == CONSENT_WORD:
        return detail in ConsentPurpose.values
    if detail:
        return name in (*FIGURES, *INSIGHTS) and bool(re.fullmatch("[A-Z]{3}", detail))
    return name in _SPECIAL or (name in COLUMNS and COLUMNS[name].is_exported)


def of_purpose(key: str, purpose: ConsentPurpose) -> str:
    """The column that one of a profile's stands for, where a list is for this purpose."""
    if key == ACCEPTS:
        return BY_PURPOSE[purpose]
    return f"{CONSENT_WORD}:{purpose.value}" if key == CONSENT_WORD else key


def _of_record(key: str, style: Style) -> Cell:
    column = COLUMNS[key]
    value = f"r.{column.field}"
    match column.kind:
        case Kind.BOOLEAN | Kind.CONSENT:
            return _plain(_yes_no(value))
        case Kind.TIME:
            return _plain(_time(value, style))
        case Kind.NUMBER:
            return Cell(sql.Sql(f"{value}::text"), is_number=True, may_be_formula=False)
        case _:
            return Cell(sql.Sql(f"NULLIF({value}, '')"))


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
    """An amount with the decimals of its currency, or with more where it has them."""
    figures = figures_in(currency)
    value = f"{figures}.{FIGURES[name]}"
    amount = f"round({value}, greatest({decimals_sql(f'{figures}.currency')}, min_scale({value})))::text"
    if style.decimal != ".":
        amount = f"replace({amount}, '.', ',')"
    return Cell(
        sql.Sql(amount), (f"figures:{currency}" if currency else "figures",), is_number=True, may_be_formula=False
    )


def _insight(name: str, currency: str, style: Style) -> Cell:
    alias = insights_in(currency)
    joins = (f"insights:{currency}" if currency else "insights",)
    if name == "rfm_group":
        # Whoever never bought has no row.
        group = f"CASE WHEN r.order_count = 0 THEN 'PROSPECTS' ELSE {alias}.rfm_group END"
        return _plain(group, *joins)
    if name == "next_order_expected_at":
        return _plain(_time(f"{alias}.{name}", style), *joins)
    days = f"trim_scale({alias}.median_days_between_orders)::text"
    if style.decimal != ".":
        days = f"replace({days}, '.', ',')"
    return Cell(sql.Sql(days), joins, is_number=True, may_be_formula=False)


def insights_in(currency: str) -> str:
    """What the join of the insights in a currency is called, as `figures_in`."""
    return figures_in(currency).replace("f", "i", 1)


def figures_in(currency: str) -> str:
    """What the join of the figures in a currency is called; blank for the one currency that there is.

    Quoted: Saleor lets a channel's currency be any three characters.
    """
    escaped = currency.replace('"', '""').replace("%", "%%")
    return f'"f_{escaped}"' if currency else "f"


def _acquired(column: str) -> Cell:
    return Cell(sql.Sql(f"NULLIF(acquired.{column}, '')"), ("acquired",))


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
    "other_emails": lambda _style: Cell(
        sql.Sql(
            "CASE WHEN r.other_emails <> '[]' THEN (SELECT string_agg(e.value, ', ' ORDER BY e.ordinality)"
            " FROM jsonb_array_elements_text(r.other_emails) WITH ORDINALITY e) END"
        )
    ),
    "social_profiles": lambda _style: Cell(
        sql.Sql(
            "CASE WHEN r.social_profiles <> '{}' THEN (SELECT string_agg(p.key || ': ' || p.value, '; ' ORDER BY p.key)"
            " FROM jsonb_each_text(r.social_profiles) p) END"
        )
    ),
    "address_book": lambda _style: Cell(sql.Sql("address_book.listed"), ("address_book",)),
    "tags": lambda _style: Cell(sql.Sql("tags.names"), ("tags",)),
    PLAIN_TAGS: lambda _style: Cell(sql.Sql("plain_tags.names"), ("plain_tags",)),
    PROVINCE_CODE: lambda _style: _plain(
        "substring(upper(shipping.country_area) FROM '^(?:[A-Z]{2}-)?([A-Z0-9]{1,3})$')",
        "orders",
        "shipping",
    ),
    "groups": lambda _style: Cell(sql.Sql("groups.names"), ("groups",)),
    "acquisition_source": lambda _style: _acquired("source"),
    "acquisition_medium": lambda _style: _acquired("medium"),
    "acquisition_campaign": lambda _style: _acquired("campaign"),
    "notes": lambda _style: Cell(sql.Sql("notes.texts"), ("notes",)),
    "currency": lambda _style: Cell(sql.Sql("f.currency"), ("figures",)),  # any three characters
    "first_order_at": lambda style: _plain(_time("firsts.first_order_at", style), "firsts"),
}


def _customer_type() -> Cell:
    if host.customer_type_model() is None:
        return _plain("NULL::text")
    return Cell(sql.Sql("customer_type.slug"), ("account", "customer_type"))


def _account_attribute(slug: str) -> Cell:
    """All values of an attribute, as long as the customer type has it."""
    models = host.customer_attribute_models()
    if models is None:
        return _plain("NULL::text")
    return Cell(
        sql.fill(
            """
            (SELECT string_agg({text}, ', ' ORDER BY a.sort_order, a.id)
            FROM {assigned} a JOIN {values} v ON v.id = a.value_id JOIN {attributes} t ON t.id = v.attribute_id
            WHERE a.user_id = account.id AND t.slug = {slug} AND EXISTS (
                SELECT FROM {of_type} o WHERE o.attribute_id = t.id AND o.customer_type_id = account.customer_type_id
            ))
            """,
            text=sql.Sql(VALUE_TEXT),
            assigned=sql.table(models.assigned_value),
            values=sql.table(models.assigned_value._meta.get_field("value").related_model),
            attributes=sql.table(models.attribute),
            of_type=sql.table(models.type_attribute),
            slug=slug,
        ),
        ("account",),
    )


# Private metadata of staff is not for whoever may export.
_OF_ACCOUNT: Mapping[str, Callable[[str], Cell]] = {
    ACCOUNT_ATTRIBUTE: _account_attribute,
    METADATA: lambda key: Cell(sql.fill("account.metadata ->> {key}", key=key), ("account",)),
    PRIVATE_METADATA: lambda key: Cell(
        sql.fill("CASE WHEN NOT account.is_staff THEN account.private_metadata ->> {key} END", key=key), ("account",)
    ),
}


def _consent_word(purpose: ConsentPurpose) -> sql.Sql:
    """Nobody who withdrew is `NEVER_SUBSCRIBED`, which would let the other tool ask again."""
    return sql.fill(
        """
        CASE WHEN r.{flag} THEN 'SUBSCRIBED' WHEN EXISTS (
            SELECT FROM {events} e WHERE e.record_id = r.id AND e.channel = {channel} AND e.purpose = {purpose}
            AND e.state = {withdrawn}
        ) THEN 'UNSUBSCRIBED' ELSE 'NEVER_SUBSCRIBED' END
        """,
        flag=sql.Sql(BY_PURPOSE[purpose]),
        events=sql.table(ConsentEvent),
        channel=ConsentChannel.EMAIL.value,
        purpose=purpose.value,
        withdrawn=ConsentState.UNSUBSCRIBED.value,
    )
