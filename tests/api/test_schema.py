"""The schema as a client sees it."""

from __future__ import annotations

import os

from saleor_customer_plus.api.schema import SNAPSHOT, sdl


def test_snapshot() -> None:
    """The API changes only on purpose. `UPDATE_SCHEMA=1 pytest tests/api/test_schema.py` writes the file anew."""
    if os.environ.get("UPDATE_SCHEMA"):
        SNAPSHOT.write_text(sdl())

    assert SNAPSHOT.read_text() == sdl(), "The schema changed: see docs/api.md on how to write schema.graphql anew."
