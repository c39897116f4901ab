"""Notes of staff: `notes MATCHES (pinned = true)`, `notes NOT MATCHES (created >= -90d)`."""

from __future__ import annotations

from django.db.models import Count

from ...notes.models import Note
from ..registry import Data, Entry, Function, Kind, Parameter
from .columns import of_boolean, of_text, of_time

FIELDS: tuple[Entry, ...] = (
    Function(
        name="notes",
        label="Notes",
        description="All parameters hold of the same notes.",
        rows=lambda context: Note.objects.all(),
        depends=frozenset({Data.NOTES}),
        parameters=(
            Parameter(
                name="count",
                label="Number of notes",
                kind=Kind.NUMBER,
                is_whole=True,
                total=lambda currency: Count("pk"),
                of_nothing=0,
            ),
            Parameter(name="pinned", label="Pinned", kind=Kind.BOOLEAN, condition=of_boolean("is_pinned")),
            Parameter(name="text", label="Text", kind=Kind.TEXT, condition=of_text("text")),
            Parameter(name="created", label="Written", kind=Kind.TIME, condition=of_time("created_at")),
        ),
    ),
)
