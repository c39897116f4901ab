"""Preview what will be lost when a record is deleted."""

from __future__ import annotations

from typing import Any

import graphene

from ...deletion.services import Losses
from ..core.base import key_of, staff_only, with_api_errors
from .types import CustomerRecordDeletionPreview, losses_for


class DeletionQueries:
    """The query before a deletion."""

    customer_record_deletion_preview = graphene.Field(
        CustomerRecordDeletionPreview,
        description="Preview of the deletion of a customer record, with a token to confirm it. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the customer record."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_record_deletion_preview(_root: Any, info: Any, id: str) -> Losses:
        return losses_for(info, key_of(id, "CustomerRecord", field="id"))
