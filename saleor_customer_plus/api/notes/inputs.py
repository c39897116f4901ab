"""Note inputs."""

from __future__ import annotations

import graphene

from ...notes import services as actions
from ..core.types import list_of


class CustomerNoteInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields to update on a note. Omitted fields are unchanged."""

    text = graphene.String(description=f"Text, one or more lines, at most {actions.MAX_TEXT_LENGTH} characters.")
    mentions = list_of(
        graphene.ID, description="Saleor IDs of all mentioned staff members. Newly mentioned ones are notified."
    )


class CustomerNoteCreateInput(CustomerNoteInput):
    """Fields required to create a note."""

    text = graphene.String(
        required=True, description=f"Text, one or more lines, at most {actions.MAX_TEXT_LENGTH} characters."
    )
    is_pinned = graphene.Boolean(description="Whether the note is pinned above others.")
