"""How many decimals the amounts of a currency have: those of Unicode's CLDR, which Saleor rounds prices to.

Kept here as a table, since Babel, which Saleor asks, is no dependency of ours;
`tests/ledger/test_currencies.py` compares the two.
"""

from __future__ import annotations


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


# By the number of decimals. All others have two.
_OTHERS = {
    0: _codes(
        "ADP AFN ALL BIF BYR CLP DJF ESP GNF IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG RSD RWF "
        "SLL SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"
    ),
    3: _codes("BHD JOD KWD LYD OMR TND"),
    4: _codes("CLF UYW"),
}
_USUAL = 2
# Saleor stores amounts with three decimals.
_MAX_DECIMALS = 3


def decimals_of(currency: str) -> int:
    """How many decimals an amount in this currency has.

    >>> decimals_of("JPY"), decimals_of("EUR"), decimals_of("KWD")
    (0, 2, 3)
    """
    return next((decimals for decimals, codes in _OTHERS.items() if currency in codes), _USUAL)


def decimals_sql(column: str) -> str:
    """The same in SQL, for a column that holds the currency; at most three, as Saleor stores amounts."""
    cases = []
    for decimals, codes in _OTHERS.items():
        listed = ", ".join(f"'{code}'" for code in sorted(codes))
        cases.append(f"WHEN {column} IN ({listed}) THEN {min(decimals, _MAX_DECIMALS)}")
    return f"CASE {' '.join(cases)} ELSE {_USUAL} END"
