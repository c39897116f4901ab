"""Preview a merge or its undo, and read a merge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...errors import CustomerPlusError, ErrorCode, Problems
from ...merging import queries
from ...merging.models import Merge
from ...merging.preview import Plan, plan
from ...merging.services import MOVED_AT_ONCE
from ...merging.undo import PREVIEWED_AT_ONCE, Conflict, preview_in_request, size
from ..core.base import channels_of, key_of, requestor_of, staff_only, with_api_errors
from ..core.mutations import actor_of
from ..core.types import list_of
from .inputs import CustomerRecordMergePreviewInput, request_of
from .types import CustomerMerge, CustomerMergeConflict, CustomerRecordMergePreview


class CustomerRecordMergeUndoPreview(graphene.ObjectType):  # type: ignore[misc]
    """What the undo of a merge would do."""

    merge = graphene.Field(CustomerMerge, required=True, description="Which merge would be undone.")
    conflicts = list_of(CustomerMergeConflict, required=True, description="What would not be restored.")
    is_complete = graphene.Boolean(
        required=True,
        description=f"Whether `conflicts` has all of them. Where more than {PREVIEWED_AT_ONCE:,} rows go back, only "
        "the job finds out, and lists them in its `problems`.",
    )
    runs_as_job = graphene.Boolean(
        required=True, description=f"Whether a job does it, because more than {MOVED_AT_ONCE:,} rows go back."
    )


class MergeQueries:
    """The queries about merges."""

    customer_record_merge_preview = graphene.Field(
        CustomerRecordMergePreview,
        description="Preview of a merge of customer records, with a token to confirm it. Requires MANAGE_USERS.",
        input=CustomerRecordMergePreviewInput(required=True, description="Records to merge, and choices."),
    )
    customer_merge = graphene.Field(
        CustomerMerge,
        description="Look up a merge by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID, as in `CustomerRecord.merges`."),
    )
    customer_record_merge_undo_preview = graphene.Field(
        CustomerRecordMergeUndoPreview,
        description="Preview of the undo of a merge. Fails like `customerRecordMergeUndo`. Requires MANAGE_USERS.",
        merge_id=graphene.ID(required=True, description="Global ID, as in `CustomerRecord.merges`."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_record_merge_preview(_root: Any, info: Any, input: Mapping[str, Any]) -> Plan:
        problems = Problems()
        request = request_of(input, problems)
        with problems.noted():
            if request.ids:
                made = plan(request, requestor=requestor_of(info), channels=channels_of(info))
        problems.raise_any()
        return made

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_merge(_root: Any, _info: Any, id: str) -> Merge | None:
        return queries.find(key_of(id, "CustomerMerge", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_record_merge_undo_preview(_root: Any, info: Any, merge_id: str) -> Mapping[str, Any]:
        key = key_of(merge_id, "CustomerMerge", field="merge_id")
        conflicts: list[Conflict] | None = preview_in_request(
            key, actor=actor_of(info), requestor=requestor_of(info), channels=channels_of(info)
        )
        merge = queries.find(key)
        if merge is None:
            raise CustomerPlusError("No merge has this id.", code=ErrorCode.NOT_FOUND, field="merge_id")
        return {
            "merge": merge,
            "conflicts": conflicts or [],
            "is_complete": conflicts is not None,
            "runs_as_job": size(merge) > MOVED_AT_ONCE,
        }
