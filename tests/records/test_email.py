"""The rule of addresses: Python, SQL and the table's constraint agree about any text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from saleor_customer_plus.core import sql
from saleor_customer_plus.records.email import BLANKS, NormalEmail, normal_email, normalize_email
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.records.spelling import spelt_alike
from saleor_customer_plus.records.validation import clean
from saleor_customer_plus.saleor_adapter.host import User

from ..factories import make_account

pytestmark = pytest.mark.django_db

ODD = [
    "İSTANBUL@EXAMPLE.COM",
    "STRAẞE@example.com",
    "\u212aelvin@example.com",
    "\uff21\uff2e\uff2e\uff21@example.com",
    "ΟΔΟΣ@example.gr",
]
texts = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]) | st.sampled_from(BLANKS + "AIZİ\u0131ΣςẞÜ")
)


def in_sql(text: str) -> str:
    query = sql.fill("SELECT {rule} AS email FROM (SELECT {text}::text AS email) x", rule=RULE, text=text)
    return str(sql.rows(query)[0].email)


RULE = sql.Sql(normal_email("x.email"))


@given(texts)
@example("".join(ODD))
def test_python_and_sql_agree_and_the_rule_changes_nothing_twice(text: str) -> None:
    normal = normalize_email(text)
    assert in_sql(text) == normal == normalize_email(normal)
    assert len(normal) <= len(text)  # what fits into Saleor's columns fits into ours


def test_python_and_sql_agree_about_every_character() -> None:
    chars = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]
    query = sql.fill(
        "SELECT x.email AS raw, {rule} AS email FROM unnest({chars}::text[]) WITH ORDINALITY AS x(email, place)"
        " WHERE x.email <> {rule} ORDER BY place",
        rule=RULE,
        chars=chars,
    )
    assert {row.raw: row.email for row in sql.rows(query)} == {
        char: normalize_email(char) for char in chars if normalize_email(char) != char
    }
    assert {char for char in chars if not normalize_email(char)} == {char for char in chars if char.isspace()}


@given(texts.filter(lambda text: len(text) <= 200))
@example("\nanna@example.com")
@example("anna@example.com\u3000")
@example("ÜNAL@example.com")
def test_the_table_takes_what_the_rule_yields_and_nothing_else(text: str) -> None:
    def is_taken(email: str) -> bool:
        try:
            with transaction.atomic():
                CustomerRecord.objects.create(email=email).delete()
        except IntegrityError:
            return False
        return True

    normal = normalize_email(text)
    assert is_taken(normal) == (normal != "")
    assert is_taken(text) == (text == normal != "")


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("İSTANBUL@EXAMPLE.COM", "İstanbul@example.com"),
        ("STRAẞE@EXAMPLE.COM", "straße@example.com"),
        ("\u212aELVIN@example.com", "\u212aelvin@example.com"),
        ("\uff21\uff2e\uff2e\uff21@EXAMPLE.COM", "\uff21\uff2e\uff2e\uff21@example.com"),
        ("ΟΔΟΣ@EXAMPLE.GR", "οδοσ@example.gr"),
        ("anna@MÜNCHEN.DE", "anna@münchen.de"),
        ("\u3000ЖЩ@EXAMPLE.RU\u2028", "жщ@example.ru"),
        (None, ""),
    ],
)
def test_letters_are_lowered_one_by_one(raw: str | None, normal: str) -> None:
    assert normalize_email(raw) == normal


@given(st.text())
def test_no_ascii_letter_comes_of_another_one(text: str) -> None:
    assert len(re.findall("[a-z]", normalize_email(text))) == len(re.findall("[A-Za-z]", text))


def test_an_address_that_saleor_lowered_stays_as_it_is() -> None:
    """Accounts of an address are looked up by equality with what Saleor stores, which Python lowered."""
    chars = (chr(code) for code in range(1, 0x110000))
    assert all(normalize_email(f"a{char.lower()}a") == f"a{char.lower()}a" for char in chars)


@pytest.mark.parametrize("raw", [*ODD, "a_b%c\\i@example.com", "INFO@İİ.example"])
def test_rows_of_saleor_are_found_however_the_address_is_spelt(raw: str) -> None:
    account = make_account(raw)
    make_account("xyz@example.com")
    with connection.cursor() as cursor:
        cursor.execute(*spelt_alike(User, "email", [normalize_email(raw)]))
        assert cursor.fetchall() == [(account.pk,)]


@given(st.text() | st.builds("{}@{}.example".format, texts, texts))
@example("\u212aelvin@example.com")
@example("anna@T\u0308.de")
def test_what_staff_may_type_is_normal(raw: Any) -> None:
    email = clean({"email": raw}).values.get("email", "")
    assert email == normalize_email(email)


def test_django_checks_a_record_by_the_rule() -> None:
    CustomerRecord(email="anna@münchen.de").validate_constraints()
    with pytest.raises(ValidationError):
        CustomerRecord(email="Anna@münchen.de").validate_constraints()
    make_account("Anna@MÜNCHEN.de")
    assert list(User.objects.values_list(NormalEmail("email"), flat=True)) == ["anna@münchen.de"]
