"""Cells as a spreadsheet program takes them: text that would be run as a formula, written so that it is not.

A leading apostrophe tells a spreadsheet that a cell is text. It is written before a cell that begins like a formula and
before one that begins with an apostrophe, so that taking one away restores any text. In XLSX a cell says by itself that
it is text: there the apostrophe is written only before what looks as if it had one already. In JSON it never is.
"""

from __future__ import annotations

# In full width too: programs in Chinese, Japanese and Korean run those as well.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_MARKED = ("'", *_FORMULA)


def neutralise(cell: str) -> str:
    """Return the cell as a spreadsheet shows it and does not run it.

    >>> neutralise("=1+1"), neutralise("'tis"), neutralise("Anna")
    ("'=1+1", "''tis", 'Anna')
    """
    return f"'{cell}" if cell.startswith(_MARKED) else cell


def restore(cell: str) -> str:
    """Return the cell as it was before `neutralise`. Others keep their apostrophe.

    >>> restore("'=1+1"), restore("''tis"), restore("'tis")
    ('=1+1', "'tis", "'tis")
    """
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_MARKED) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell, were it typed in."""
    return cell.startswith(_FORMULA)


_CODES = ",".join(str(ord(char)) for char in _MARKED)


def neutralised(expression: str) -> str:
    """`neutralise` as an expression of SQL, for any number of cells."""
    is_marked = f"ascii({expression}) = ANY('{{{_CODES}}}'::int[])"
    return f"CASE WHEN {is_marked} THEN '''' || ({expression}) ELSE {expression} END"


def guarded(expression: str) -> str:
    """An expression of SQL that leaves formulas, and keeps `restore` from changing what looks neutralised."""
    looks_so = f"left({expression}, 1) = '''' AND ascii(substr({expression}, 2)) = ANY('{{{_CODES}}}'::int[])"
    return f"CASE WHEN {looks_so} THEN '''' || ({expression}) ELSE {expression} END"
