"""From which record something came to the one that it belongs to now, for all that goes over in a merge."""

from __future__ import annotations

from typing import Any

import graphene

from ...merging import queries
from .base import to_global_id
from .dataloaders import load


def merged_from(table: str) -> graphene.ID:
    """The field of a type whose rows are in this table: see `merging.tables`."""

    def resolve(row: Any, info: Any) -> Any:
        if row.pk is None:
            return None
        return load(info, queries.origins_of, row.pk, table=table).then(
            lambda former_id: None if former_id is None else to_global_id("CustomerRecord", former_id)
        )

    return graphene.ID(
        resolver=resolve,
        description="ID of the record that it belonged to, if it came from another one with a merge.",
    )
