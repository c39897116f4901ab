"""The e-mail address as an identity: one person is known by one normalised address."""

# What people paste around an address. The same in SQL, see `ledger.sync`: PostgreSQL trims what it is told, no more.
BLANKS = " \t\n\r\f\v\u00a0"


def normalize_email(raw: str | None) -> str:
    """Return the form under which a person is known: trimmed and lower-cased; blank when there is none.

    >>> normalize_email("  Anna.Rossi@Example.COM ")
    'anna.rossi@example.com'
    """
    return (raw or "").strip(BLANKS).lower()
