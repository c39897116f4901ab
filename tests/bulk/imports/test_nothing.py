"""Cells that say nothing, by what their column holds, and what spreadsheets make of texts and numbers."""

from __future__ import annotations

import pytest

from saleor_customer_plus.bulk.imports.values.choices import names_of, suppression_of
from saleor_customer_plus.bulk.imports.values.nothing import KEPT, Holds, is_nothing
from saleor_customer_plus.bulk.imports.values.spreadsheets import whole_number, without_apostrophe

EVERYWHERE = [
    "-", "--", "---", "\u2014", "\u2013", "___", ".", "...", "\u2026", "?", "???",
    "\\N", "\\n", "NULL", "null", "(null)", "<null>", "[NULL]", "<NA>", "(none)", "(blank)", "(not set)", "not set",
    "#N/A", "#N/D", "#NV", "#REF!", "#RIF!", "#BEZUG!", "#VALUE!", "#WERT!", "#DIV/0!", "#NAME?", "#\u00a1REF!",
    "Err:502",     "######", "nan", "NaN", "None", "none", "NONE", "undefined",
    "n/a", "N/A", "n.a.", "n. a.", "n.d.", "n. d.", "N/D", "k.A.", "k. A.", "k.a.", "n.v.t.", "b.d.", "s/d",
    "unknown", "Unknown", "UNKNOWN", "not available", "Not Applicable", "not specified",
    "sconosciuto", "Sconosciuta", "non disponibile", "NON SPECIFICATO", "non pervenuto",
    "unbekannt", "Unbekannt", "nicht verf\u00fcgbar", "keine Angabe", "Keine Angaben",
    "inconnu", "Inconnue", "Non renseign\u00e9", "non communiqu\u00e9", "sans objet",
    "desconocido", "Desconocida", "no disponible", "No aplica", "sin especificar",
    "onbekend", "Niet beschikbaar", "niet van toepassing",
    "desconhecido", "n\u00e3o dispon\u00edvel", "N\u00c3O INFORMADO", "nieznany", "nie dotyczy", "brak danych",
    "\u00a0", "\u200b", "\ufeff", "\u3000", "\u2060", "\u3164", "\u2800", "\u00a0-\u00a0", "\u200b\u200b",
]  # fmt: skip
NAMES = (
    "Nil", "NIL", "nil", "Null", "Na", "NA", "Nan", "N.D.", "N.A.", "Nada", "Brak", "Keine", "Nessuno", "Leer", "Ni",
    "Nd", "O", "X", "J.", "J. R.", "Ka", "Non", "No", "0", "*", "n", "None Smith", "Al",
)  # fmt: skip
KEPT_WORDS = {
    Holds.NAME: NAMES,
    Holds.TEXT: (
        "NA",
        "NC",
        "N.C.",
        "S.D.",
        "Nil",
        "0",
        "***",
        "+",
        "No",
        "TBD",
        "Null GmbH",
        "None of the above",
        "-18",
    ),
    Holds.LABELS: ("0", "***", "+", "VIP", "NA", "TBD", "missing", "Nil", "no", "!"),
    Holds.NUMBER: ("0", "00", "K-1", "N-1", "A", "NB12", "N 1"),
    Holds.PLACE: ("NA", "NC", "NR", "BD", "SD", "NI", "nn", "ka", "nb", "N"),
    Holds.FLAG: ("0", "1", "no", "x", "\u2713", "\u2717", "true"),
    Holds.CODE: ("1", "no", "2024-01-01", "+39 333", "1.0", "anna@example.com", "n/a@example.com"),
}
# Nothing where it is read, not kept.
CODES = (
    "0", "00", "0.0", "0,0", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000", "na", "nd", "NC", "TBD",
    "empty", "+", "*", "nil", "Keine", "brak", "geen", "nenhum", "N.D.", "vide", "nichts",
)  # fmt: skip


@pytest.mark.parametrize("holds", Holds)
def test_these_words_and_signs_say_nothing_in_any_column(holds: Holds) -> None:
    assert [cell for cell in EVERYWHERE if not is_nothing(cell, holds)] == []


@pytest.mark.parametrize("holds", Holds)
def test_words_that_mean_something_in_a_column_are_kept(holds: Holds) -> None:
    assert [cell for cell in KEPT_WORDS[holds] if is_nothing(cell, holds)] == []


@pytest.mark.parametrize("cell", CODES)
def test_more_words_say_nothing_in_what_is_read_and_not_kept(cell: str) -> None:
    assert is_nothing(cell)


@pytest.mark.parametrize("cell", ["Nessuno", "keine", "AUCUN", "ninguna", "geen", "nenhum", "brak", "Null"])
def test_who_has_no_tags_has_none(cell: str) -> None:
    assert names_of(cell) == ()
    assert names_of(f"vip, {cell}; gold") == ("vip", "gold")


@pytest.mark.parametrize("cell", ["", "-", "0", "none", "n/a", "[]", "NULL", "no"])
def test_who_is_not_suppressed(cell: str) -> None:
    assert suppression_of(cell).value == "no"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3331234567.0", "3331234567"), ("+393331234567.0", "+393331234567"), ("1001.0", "1001"), ("1001,0", "1001"),
        ("1001.00", "1001"), ("1,001.0", "1001"), ("1.001,0", "1001"), ("1 001,0", "1001"),
        ("3,331,234,567", "3331234567"),
        ("3.93331234567E+11", "393331234567"), ("3,93331234567e+11", "393331234567"),
        ("3.93331234567E11", "393331234567"),
        # Uncertain, or no number of a spreadsheet.
        ("3.93E+11", "3.93E+11"), ("1E+05", "1E+05"), ("1,001", "1,001"), ("1.001", "1.001"), ("007.0", "007.0"),
        ("1001.5", "1001.5"), ("1.0.0", "1.0.0"), ("K-1001.0", "K-1001.0"), ("1,01.0", "1,01.0"),
        ("030 901820", "030 901820"),
        ("3.5E+1", "35"), ("3.51E+1", "3.51E+1"), ("12.10", "12.10"),
    ],
)  # fmt: skip
def test_numbers_of_spreadsheets_are_whole_where_that_is_certain(cell: str, number: str) -> None:
    assert whole_number(cell) == number


@pytest.mark.parametrize("holds", Holds)
@pytest.mark.parametrize(("cell", "text"), [("'007", "007"), ("'+39 333", "+39 333"), ("'=1+1", "=1+1"), ("'-5", "-5")])
def test_an_apostrophe_before_a_number_or_a_formula_is_taken_off(cell: str, text: str, holds: Holds) -> None:
    assert without_apostrophe(cell, holds) == text


@pytest.mark.parametrize("cell", ["'t Hooft", "'s-Hertogenbosch", "'90s", "'Abd", "Rock 'n' Roll", "O'Hara"])
def test_names_keep_theirs(cell: str) -> None:
    for holds in KEPT:
        assert without_apostrophe(cell, holds) == cell
