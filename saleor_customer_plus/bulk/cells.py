"""Cells as a spreadsheet program takes them: text that would be run as a formula, written so that it is not.

A leading apostrophe tells a spreadsheet that a cell is text. Which parts of a text become cells depends on who opens
the file: a program whose list separator is `;` cuts `x;=1+1` of a comma file in two. So the apostrophe is written
wherever a cell may begin: at the beginning of the text, and after each `,` `;` `|`, tab and line break in it.

- `neutralise` marks whatever begins like a formula, and what begins with an apostrophe, so that taking one away
  (`restore`) gives any text back. An import does that.
- `defuse` is for tools that do not restore: it marks only what could do harm.
- `guarded` is for XLSX, where a cell says by itself that it is text: it marks only what `restore` would change. In JSON
  nothing is marked.

The patterns are the same in Python and in PostgreSQL.
"""

from __future__ import annotations

import re

# In full width and in small forms too: programs in Chinese, Japanese and Korean run those as well.
_EQUALS = r"=\uff1d\ufe66"
_SIGNS = r"+\-@\uff0b\uff0d\uff20\ufe62\ufe63\ufe6b"
_RUN = rf"[{_EQUALS}{_SIGNS}]"
# Line breaks of all kinds, and where programs cut lines into cells.
_BREAKS = r"\t\n\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029"
_SEPARATORS = rf"[,;|{_BREAKS}]"
# What programs pass over before a formula: blanks, characters that nobody sees, and the quotes around a cell.
_SKIPPED = (
    r' "\u0001-\u0008\u000e-\u001b\u001f\u007f\u00a0\u00ad\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064'
    r"\u3000\ufeff"
)
_FORMULA = rf"[{_SKIPPED}]*{_RUN}"

# Of a sign and what follows, whatever may call a function, another program, a file or an address.
_CALLS = r'(\[\]{}|!#:\\="\uff08\uff3b\uff3d\uff5b\uff5c\uff5d\uff01\uff03\uff1a\uff3c\uff1d\uff02'
_PHONE = r"[0-9 ()./,;+\-\u00a0]*\Z"
_HARMFUL = rf"[{_SKIPPED}]*(?:[{_EQUALS}]|[{_SIGNS}](?!{_PHONE})(?=[^{_CALLS}]*[{_CALLS}]))"

# For each way of marking: where a text is marked at its beginning, and where after a separator.
_AT_START = rf"^(?=['{_BREAKS}]|{_FORMULA})"
_WITHIN = rf"({_SEPARATORS})(?='*{_FORMULA})"
_LOOKS_MARKED_AT_START = rf"^(?='(?:['{_BREAKS}]|{_FORMULA}))"
_LOOKS_MARKED_WITHIN = rf"({_SEPARATORS})(?='+{_FORMULA})"
_HARMFUL_AT_START = rf"^(?={_HARMFUL})"
_HARMFUL_WITHIN = rf"({_SEPARATORS})(?={_HARMFUL})"

_at_start = re.compile(_AT_START)
_within = re.compile(_WITHIN)
_harmful_at_start = re.compile(_HARMFUL_AT_START)
_harmful_within = re.compile(_HARMFUL_WITHIN)
_formula_at_start = re.compile(rf"[{_BREAKS}]|{_FORMULA}")
_bare_within = re.compile(rf"({_SEPARATORS})(?={_FORMULA})")
_mark_at_start = re.compile(rf"'(?=['{_BREAKS}]|{_FORMULA})")
_mark_within = re.compile(rf"({_SEPARATORS})'(?='*{_FORMULA})")


def neutralise(cell: str) -> str:
    """Return the cell as a spreadsheet shows it and does not run it, in whatever way it cuts the file into cells.

    >>> neutralise("=1+1"), neutralise("'tis"), neutralise("Anna"), neutralise("x;=1+1;")
    ("'=1+1", "''tis", 'Anna', "x;'=1+1;")
    """
    return _at_start.sub("'", _within.sub(r"\1'", cell))


def restore(cell: str) -> str:
    """Return the cell as it was before `neutralise`. Others keep their apostrophes.

    >>> restore("'=1+1"), restore("''tis"), restore("'tis"), restore("x;'=1+1;")
    ('=1+1', "'tis", "'tis", 'x;=1+1;')
    """
    if "'" not in cell:
        return cell
    cell = _mark_within.sub(r"\1", cell)
    return cell[1:] if _mark_at_start.match(cell) else cell


def neutralise_again(cell: str) -> str:
    """`neutralise` a cell of a file that may have been neutralised before: what has an apostrophe keeps only this one.

    >>> neutralise_again("=1+1"), neutralise_again("'=1+1"), neutralise_again("'tis")
    ("'=1+1", "'=1+1", "'tis")
    """
    cell = _bare_within.sub(r"\1'", cell)
    return f"'{cell}" if _formula_at_start.match(cell) else cell


def defuse(cell: str) -> str:
    """Return the cell as it is, unless it could do harm: for tools that take an apostrophe for a part of the text.

    Harmful is what begins with an equals sign, and what begins with another sign and has in it what a call of a
    function, a program, a file or an address needs. Names, phone numbers and addresses are not.

    >>> defuse("=1+1"), defuse("-Anna"), defuse("+39 06 123"), defuse("'t Hooft"), defuse("@SUM(1)")
    ("'=1+1", '-Anna', '+39 06 123', "'t Hooft", "'@SUM(1)")
    """
    return _harmful_at_start.sub("'", _harmful_within.sub(r"\1'", cell))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell, were it typed in."""
    return _formula_at_start.match(cell) is not None


def neutralised(expression: str) -> str:
    """`neutralise` as an expression of SQL, for any number of cells. It has the given one three times."""
    return _marked(expression, rf"^['{_BREAKS}]|(^|{_SEPARATORS})'*{_FORMULA}", _AT_START, _WITHIN)


def defused(expression: str) -> str:
    """`defuse` as an expression of SQL. It has the given one three times."""
    return _marked(expression, rf"(^|{_SEPARATORS}){_FORMULA}", _HARMFUL_AT_START, _HARMFUL_WITHIN)


def guarded(expression: str) -> str:
    """An expression of SQL that leaves formulas, and keeps `restore` from changing what looks neutralised.

    It has the given one three times.
    """
    likely = rf"^''|(^|{_SEPARATORS})'+(['{_BREAKS}]|{_FORMULA})"
    return _marked(expression, likely, _LOOKS_MARKED_AT_START, _LOOKS_MARKED_WITHIN)


def _marked(expression: str, likely: str, at_start: str, within: str) -> str:
    """Marks a text that has a `likely` part. Most have none, and to look for one is far cheaper than to replace it."""
    likely, at_start, within = (pattern.replace("'", "''") for pattern in (likely, at_start, within))
    within = rf"regexp_replace({expression}, '{within}', '\1''', 'g')"
    return (
        f"CASE WHEN {expression} ~ '{likely}' THEN regexp_replace({within}, '{at_start}', '''') ELSE {expression} END"
    )
