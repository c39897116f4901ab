"""Cells that say nothing: blanks that nobody sees, dashes, and the words of programs and people for "not known".

The same word may be a name, so it depends on what the column holds which words are certain. `NULL` is nothing
everywhere, but somebody's last name is Null, somebody's first name Nil, and NA is Naples in a column of provinces.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

_REMEMBERED = 50_000
# No cell that says nothing is longer.
_LONGEST = 40


class Holds(Enum):
    """What a column holds, as far as it matters for the words that mean nothing."""

    NAME = "the name of a person"
    TEXT = "other text"
    LABELS = "names of tags or groups"
    NUMBER = "a number that the merchant gives, of which 0 is one"
    PLACE = "a country or a language, whose codes are as short as abbreviations"
    FLAG = "yes or no"
    CODE = "a phone number, a date or anything else that is read, not kept"


# What is stored as it is written.
KEPT = (Holds.NAME, Holds.TEXT, Holds.LABELS)


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


# Certain in every column, in English, Italian, German, French, Spanish, Dutch, Portuguese and Polish. Without accents.
_UNKNOWN = _phrases(
    """
    unknown, not known, not available, not applicable, not provided, not specified, not given, not set, not entered,
    unspecified, undefined, undisclosed, no data, no value, no information, no entry, to be determined, to be defined,
    sconosciuto, sconosciuta, sconosciuti, sconosciute, ignoto, ignota, non disponibile, non applicabile, non
    specificato, non specificata, non indicato, non indicata, non fornito, non fornita, non pervenuto, non pervenuta,
    non noto, non nota, non definito, non definita, non inserito, nessun dato, nessun valore, dato non disponibile,
    da definire,
    unbekannt, unbekannter, unbekannte, unbekanntes, nicht bekannt, nicht verfugbar, nicht verfuegbar, nicht vorhanden,
    nicht angegeben, nicht zutreffend, nicht anwendbar, nicht definiert, keine angabe, keine angaben, ohne angabe,
    keine daten, kein eintrag, kein wert,
    inconnu, inconnue, inconnus, inconnues, non disponible, indisponible, non renseigne, non renseignee, non
    communique, non communiquee, non precise, non precisee, non specifie, non specifiee, non defini, non definie, sans
    objet, pas de donnees, aucune donnee, a definir,
    desconocido, desconocida, desconocidos, desconocidas, no disponible, no aplica, no aplicable, no consta, no
    especificado, no especificada, no indicado, no indicada, no definido, sin datos, sin especificar, sin informacion,
    sin definir, no procede, no informado,
    onbekend, onbekende, niet bekend, niet beschikbaar, niet van toepassing, niet ingevuld, niet opgegeven, niet
    gespecificeerd, geen gegevens, geen opgave,
    desconhecido, desconhecida, desconhecidos, desconhecidas, nao disponivel, nao aplicavel, nao informado, nao
    informada, nao especificado, nao definido, nao consta, sem dados, sem informacao, nao se aplica,
    nieznany, nieznana, nieznane, nieznani, niedostepny, niedostepne, nie dotyczy, nie podano, nie wiadomo, brak danych,
    brak informacji, nieokreslony, nieokreslone
    """
)
# Nothing in what is no name of a person, as a whole cell.
_NONE = _phrases(
    """
    null, nan, nessuno, nessuna, nulla, niente, keine, keiner, keines, aucun, aucune, neant, ninguno, ninguna, ningun,
    geen, nenhum, nenhuma, brak, nvt
    """
)
# Nothing in what is read, not kept.
_BLANK = _phrases(
    """
    na, nd, nc, nr, nn, np, nv, nb, nk, ni, sd, bd, ka, kein, nil, nothing, empty, blank, missing, tbd, tba, tbc, void,
    vuoto, vuota, assente, leer, fehlt, entfallt, nichts, vide, rien, absent, vacio, vacia, nada, leeg, niets, vazio,
    vazia, puste, pusty, zaden, nsnc
    """
)
# With points and blanks: `n. v. t.`, or `Err:502`.
_MAX_ABBREVIATION = 9
# As programs write it, and nobody his name.
_OF_PROGRAMS = {
    "null", "NULL", "None", "none", "NONE", "nan", "NaN", "NaT", "\\N", "\\n", "N/A", "n/a", "N/a", "N/D", "n/d",
    "undefined",
}  # fmt: skip
_ABBREVIATIONS = _phrases("na, nd, nc, nr, nn, np, nv, nb, nk, ni, nvt, nnb, sd, bd, ka, oa, nsnc")
_WORDS = _UNKNOWN | _NONE | _BLANK | _ABBREVIATIONS | {word.casefold() for word in _OF_PROGRAMS}
# Also in capital letters, and not the initials of a place.
_CERTAIN_ABBREVIATIONS = _phrases("na, nd, nvt, nnb, bd, ka")

# Blanks that count as letters, or as signs that are seen.
_FILLERS = "\u115f\u1160\u2800\u3164\uffa0\u180e\ufffd"
_DASHES = "-\u2010-\u2015\u2212\uff0d_"
_SIGNS = re.compile(rf"[{_DASHES}.\u2026?\s{_FILLERS}]+")  # in a text: no stars, which rate, and no quotes
_ALL_SIGNS = re.compile(r"[^\w✓✔✗✘☑☐☒]+|_+")
_BRACKETS = re.compile(r"[(<\[{]\s*(.+?)\s*[)>\]}]")
# What spreadsheets show in place of a value that they could not work out, in their languages: `#N/A`, `#BEZUG!`.
_ERROR = re.compile(
    r"""
    \#\s?(n/?a|n/?d|n/?b|nv|null|nul|leeg|vide|unknown|unbekannt|err(or)?|getting_data|spill|calc|busy|blocked|connect
        |field|ref|rif|bezug|verw|adr|value|valore|wert|valeur|valor|waarde|arg|name|nome|nom|nombre|naam|nazwa
        |num|zahl|nombre|getal|liczba|div/0|¡ref|¡valor|¡num|¿nombre|¡div/0)[!?]?
    | \#+ | err:\s?\d+
    """,
    re.VERBOSE,
)
_SPACED = re.compile(r"(?:\w{1,2}[./\\\s-]\s*)+\w{0,2}\.?")
# A zero, where nothing is counted, and a date of zeros.
_ZERO = re.compile(r"0+([.,]0+)?|0{1,4}[-./]0{1,2}[-./]0{1,4}([ t]0?0:00(:00(\.0+)?)?)?z?", re.IGNORECASE)


def is_nothing(cell: str, holds: Holds = Holds.CODE) -> bool:
    """Whether a cell is as good as blank, in a column that holds this."""
    if len(cell) > _LONGEST or "@" in cell or _is_other_word(cell):
        return False
    return _is_nothing(cell, holds)


def _has_no_points(cell: str) -> bool:
    """Whether a cell has only words and blanks, and is longer than an abbreviation with blanks."""
    return len(cell) > 5 and cell.replace(" ", "").isalnum()


def _is_other_word(cell: str) -> bool:
    """Whether a cell is plain text, and none of the words. Most cells are: a glance is enough."""
    return (
        cell.isascii()
        and cell[:1].isalnum()
        and cell[-1:].isalnum()
        and cell[0] != "0"
        and (cell.isalnum() or _has_no_points(cell) or len(cell) > _MAX_ABBREVIATION)
        and "  " not in cell
        and cell.casefold() not in _WORDS
    )


@lru_cache(_REMEMBERED)
def _is_nothing(cell: str, holds: Holds) -> bool:
    is_read = holds not in KEPT
    text = without_invisible(cell)
    if not text or (_ALL_SIGNS if is_read else _SIGNS).fullmatch(text):
        return True
    if bracketed := _BRACKETS.fullmatch(text):
        # `(null)`, `<NA>`, `[none]`: who is called so is not in brackets.
        return _is_nothing(bracketed[1], Holds.TEXT) or bracketed[1].casefold() in ("na", "blank", "empty", "leer")
    word = _folded(text)
    if text in _OF_PROGRAMS or word in _UNKNOWN or _ERROR.fullmatch(text.casefold()):
        return True
    if _is_abbreviated(text, holds):
        return True
    if holds is not Holds.NAME and (word in _NONE or word in _OF_PROGRAMS):
        return True
    if is_read and word in _BLANK and not (holds is Holds.PLACE and len(word) <= 3):
        return True
    return holds in (Holds.CODE, Holds.PLACE) and _ZERO.fullmatch(text) is not None


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).strip(" .!").split())


def _is_abbreviated(text: str, holds: Holds) -> bool:
    """`n.d.`, `n/a`, `k. A.`, `N.V.T.`; but N.D. may be somebody's initials, and S.D. South Dakota."""
    if not _SPACED.fullmatch(text):
        return False
    letters = "".join(char for char in text.casefold() if char.isalpha())
    if letters not in _ABBREVIATIONS:
        return False
    is_code = holds in (Holds.CODE, Holds.FLAG)
    if "/" in text or is_code or text.islower() or text.replace(" ", "") in ("k.A.", "k.A"):
        return is_code or any(char in text for char in "./\\")
    return holds is not Holds.NAME and letters in _CERTAIN_ABBREVIATIONS and "." in text


def without_invisible(text: str) -> str:
    """The text without blanks around it, those included that have no width."""
    stripped = text.strip()
    if stripped.isprintable() and stripped.strip(_FILLERS):
        return stripped
    ends = {char for char in stripped if char.isspace() or unicodedata.category(char) in ("Cf", "Cc")}
    return stripped.strip("".join(ends) + _FILLERS)
