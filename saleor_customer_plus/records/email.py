"""The e-mail address as an identity: one person is known by one normalized address.

The one rule, in Python and in SQL, alike for every text and independent of PostgreSQL's version and of the database's
locale, on which its `lower()` depends: blanks around the address are cut, and letters are lower-cased one by one. A
letter whose lower case is an ASCII letter (the Kelvin sign) or more than one character (`İ`) stays as it is: what
merely resembles an ASCII address must not be taken for it.
"""

from __future__ import annotations

from typing import Any

from ..core.expressions import SchemaExpression

# What people paste around an address: all that `str.strip()` takes for blank.
BLANKS = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

# Latin, Greek, Cyrillic and Armenian, to which no version of Unicode has added letters for long: what the migration
# writes into the database must be what every version of Python says.
_BLOCKS = (range(0x80, 0x590), range(0x1E00, 0x2000))


def _has_lower_case(char: str) -> bool:
    lower = char.lower()
    return len(lower) == 1 and lower != char and not lower.isascii()


_UPPER = "".join(filter(_has_lower_case, (chr(code) for block in _BLOCKS for code in block)))
_LOWER = "".join(char.lower() for char in _UPPER)
_ASCII_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_LOWER = str.maketrans(_ASCII_UPPER + _UPPER, _ASCII_UPPER.lower() + _LOWER)


def normalize_email(raw: str | None) -> str:
    """Return the form under which a person is known: trimmed and lower-cased; blank when there is none.

    >>> normalize_email("  Anna.Rossi@Example.COM ")
    'anna.rossi@example.com'
    """
    text = (raw or "").strip(BLANKS)
    return text.lower() if text.isascii() else text.translate(_TO_LOWER)


GMAIL = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(email: str) -> str:
    """The address without what the provider ignores, for limits and guesses only: two of these may be two people.

    >>> mailbox_of("a.rossi+news@googlemail.com"), mailbox_of("a.rossi+news@example.com"), mailbox_of("+@example.com")
    ('arossi@gmail.com', 'a.rossi@example.com', '+@example.com')
    """
    local, _at, domain = email.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def normal_email(expression: str) -> str:
    """The same in SQL, of an expression without parameters. Null is null."""
    trimmed = f"btrim({expression}, '{BLANKS}')"
    # "C" lower-cases ASCII only. Most addresses have nothing else, and are spared the comparison with every letter.
    lowered = f'lower({trimmed} COLLATE "C")'
    others = f"translate({lowered}, '{_UPPER}', '{_LOWER}')"
    is_ascii = f"octet_length({expression}) = char_length({expression})"
    return f'((CASE WHEN {is_ascii} THEN {lowered} ELSE {others} END) COLLATE "default")'


class NormalEmail(SchemaExpression):
    """The same for Django, of a field."""

    arity = 1

    def sql(self, *columns: str) -> str:
        (column,) = columns
        return normal_email(column)

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        if params:  # as where Django checks a value before it is stored
            return f"(SELECT {normal_email('x.email')} FROM (SELECT {column}::text AS email) x)", params
        return self.sql(column), []
