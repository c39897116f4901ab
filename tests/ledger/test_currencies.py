"""The decimals of currencies: in Python, in SQL, and as Saleor has them."""

from __future__ import annotations

import pytest
from django.db import connection

from saleor_customer_plus.ledger.currencies import decimals_of, decimals_sql


@pytest.mark.saleor
def test_they_are_those_that_saleor_rounds_prices_to() -> None:
    from babel.core import get_global
    from babel.numbers import get_currency_precision

    known = get_global("currency_fractions")
    assert {code: decimals_of(code) for code in known} == {code: get_currency_precision(code) for code in known}
    assert decimals_of("EUR") == get_currency_precision("EUR")


@pytest.mark.django_db
def test_sql_says_the_same_with_the_three_decimals_that_saleor_stores() -> None:
    codes = ["EUR", "JPY", "KWD", "CLF", "XXX"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {decimals_sql('c.code')} FROM unnest(%s::text[]) WITH ORDINALITY c(code, n) ORDER BY n", [codes]
        )
        assert [row[0] for row in cursor.fetchall()] == [min(decimals_of(code), 3) for code in codes]
