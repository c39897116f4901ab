"""Finding rows of Saleor's tables by an address, however it is spelt there."""

from __future__ import annotations

import re
from typing import Any

from ..core import sql
from .email import normal_email

# Up to so many addresses are looked up one by one; to read the whole table once is cheaper than more.
LOOKED_UP = 20


def spelt_alike(model: Any, column: str, emails: list[str]) -> sql.Sql:
    """The ids of rows that have one of these addresses in this column, as a query of `id`.

    Saleor has a trigram index on the column, which finds a part of a text but no text in lower case. `ILIKE` compares
    by the database's locale: it only narrows down, see `_pattern`.
    """
    return sql.fill(
        """
        SELECT s.id FROM unnest({emails}::text[], {patterns}::text[]) AS p(email, pattern)
        JOIN {table} s ON {address} = p.email {by_index}
        """,
        table=sql.table(model),
        address=sql.Sql(normal_email(f"s.{column}")),
        emails=emails,
        patterns=[_pattern(email) for email in emails],
        by_index=sql.Sql(f"AND s.{column} ILIKE p.pattern" if len(emails) <= LOOKED_UP else ""),
    )


def _pattern(email: str) -> str:
    """What every spelling of an address matches, in any locale: they disagree about non-ASCII letters and about `i`."""
    return "%" + re.sub(r"[^\x00-\x7f]|i", "%", re.sub(r"([\\%_])", r"\\\1", email)) + "%"
