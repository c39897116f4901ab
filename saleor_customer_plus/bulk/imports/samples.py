"""The file that a merchant begins with: every column with an example."""

from __future__ import annotations

import csv
import io

from ..columns import COLUMNS, IMPORTED

# What is in other columns already, what other tools write, and what is hardly ever in a list.
_LEFT_OUT = (
    "accepts_marketing",
    "unsubscribed_at",
    "suppressions",
    "name",
    "lead_subject",
    "lead_message",
    "deactivation_reason",
    "groups",
)


def sample(language: str) -> str:
    """The sample as CSV, with headers in the language. It can be loaded as it is."""
    columns = [COLUMNS[key] for key in IMPORTED if key not in _LEFT_OUT]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.header(language) for column in columns])
    writer.writerow([column.example for column in columns])
    return text.getvalue()
