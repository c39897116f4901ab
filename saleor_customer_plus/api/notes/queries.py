"""The query for one note."""

from __future__ import annotations

from typing import Any

import graphene

from ...notes import queries
from ...notes.models import Note
from ..core.base import key_of, staff_only, with_api_errors
from .types import CustomerNote


class NoteQueries:
    """The note queries."""

    customer_note = graphene.Field(
        CustomerNote,
        description="Look up a note by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the note."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_note(_root: Any, _info: Any, id: str) -> Note | None:
        return queries.find(key_of(id, "CustomerNote", field="id"))
