"""Filters of the job list."""

from __future__ import annotations

import graphene

from ..core.types import list_of
from .types import CustomerJobKind, CustomerJobState


class CustomerJobFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for jobs."""

    kinds = list_of(
        CustomerJobKind,
        description="Filter by kinds of job. Any of them matches. Reconciliations and computations "
        "of insights, which start every day, are listed only if this names their kind.",
    )
    states = list_of(CustomerJobState, description="Filter by states. Any of them matches.")
