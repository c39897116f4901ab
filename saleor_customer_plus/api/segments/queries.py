"""Segments, what a condition would find, and why somebody is found."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import graphene

from ...conditions import json_tree
from ...conditions.compiling import compile_tree
from ...conditions.errors import ConditionError
from ...conditions.explaining import Explanation, explain
from ...conditions.parsing import placed
from ...conditions.printing import text_of_tree
from ...conditions.registry import Field, Function
from ...core.paging import Window, page
from ...customers.filters import RecordFilter
from ...customers.queries import RecordList
from ...errors import CustomerPlusError, SeveralErrors
from ...records.labels import MAX_NAME_LENGTH
from ...records.models import CustomerRecord as Record
from ...segments import definitions, models, queries
from ...segments.queries import SegmentList, SegmentSortField
from ..core.base import channels_of, checked_text, key_of, record_key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.types import JSON, list_of
from ..records.types import CustomerRecord
from .conditions import Condition, errors_of, read_condition
from .fields import CustomerSegmentField, all_fields
from .inputs import CustomerSegmentFilterInput, CustomerSegmentSortingInput
from .types import CustomerSegment, CustomerSegmentError, CustomerSegmentExplanation

SegmentConnection = connection_of(CustomerSegment, of="segments")

# Records that a preview shows.
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class _Preview:
    """A condition that was understood, or what is wrong with it."""

    condition: Condition | None
    errors: list[ConditionError]
    records: RecordList | None = None


class CustomerSegmentPreview(graphene.ObjectType):  # type: ignore[misc]
    """What a condition would find."""

    errors = list_of(
        CustomerSegmentError, required=True, description="Everything wrong with the condition. Empty if it is valid."
    )
    query = graphene.String(description="Condition as text, in its canonical form. Null if it cannot be read.")
    tree = graphene.Field(JSON, description="Condition as JSON. Null if it cannot be read.")
    count = graphene.Int(
        description="Number of active records that meet the condition. Counted only if requested. Null with errors."
    )
    sample = list_of(
        CustomerRecord, description="Newest active records that meet the condition, at most 10. Null with errors."
    )

    @staticmethod
    def resolve_errors(preview: _Preview, _info: Any) -> list[CustomerSegmentError]:
        return [CustomerSegmentError.of(error) for error in preview.errors]

    @staticmethod
    def resolve_query(preview: _Preview, _info: Any) -> str | None:
        return None if preview.condition is None else text_of_tree(preview.condition.tree)

    @staticmethod
    def resolve_tree(preview: _Preview, _info: Any) -> Any:
        return None if preview.condition is None else json_tree.dump(preview.condition.tree)

    @staticmethod
    def resolve_count(preview: _Preview, _info: Any) -> int | None:
        return None if preview.records is None else preview.records.count()

    @staticmethod
    def resolve_sample(preview: _Preview, _info: Any) -> list[Record] | None:
        if preview.records is None:
            return None
        return [edge.row for edge in page(preview.records.ordering, Window(SAMPLE)).edges]


_CONDITION = {
    "query": graphene.String(description="Condition as text."),
    "tree": graphene.Argument(JSON, description="Condition as JSON, instead of `query`."),
}


class SegmentQueries:
    """The segment queries."""

    customer_segment = graphene.Field(
        CustomerSegment,
        description="Look up a segment by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the segment."),
    )
    customer_segments = graphene.Field(
        SegmentConnection,
        description="List of segments, the ready-made ones included, sorted by name by default. Requires MANAGE_USERS.",
        filter=CustomerSegmentFilterInput(description="Filtering options for segments."),
        search=graphene.String(description="Part of the name, case-insensitive."),
        sort_by=CustomerSegmentSortingInput(description="Sort the list of segments."),
        **PAGE_ARGUMENTS,
    )
    customer_segment_preview = graphene.Field(
        CustomerSegmentPreview,
        description="What a condition would find, or everything wrong with it. Requires MANAGE_USERS.",
        segment_id=graphene.ID(description="Global ID of the segment that the condition is to be of, if it exists."),
        **_CONDITION,
    )
    customer_segment_explain = graphene.Field(
        CustomerSegmentExplanation,
        description="Why a record meets the condition of a segment, or a condition given as text or JSON, or does not. "
        "Null if there is no such record. Requires MANAGE_USERS.",
        record_id=graphene.ID(required=True, description="Global ID of the customer record."),
        segment_id=graphene.ID(description="Global ID of the segment."),
        **_CONDITION,
    )
    customer_segment_fields = list_of(
        CustomerSegmentField,
        description="List of the fields and functions of conditions, with their operators and choices. Requires "
        "MANAGE_USERS.",
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_segment(_root: Any, _info: Any, id: str) -> models.Segment | None:
        return queries.find(key_of(id, "CustomerSegment", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_segments(
        _root: Any,
        _info: Any,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        sort_by: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> Listing:
        sort = sort_by or {"field": SegmentSortField.NAME, "direction": "ASC"}
        wanted = SegmentList(
            search=checked_text(search or "", field="search", longest=MAX_NAME_LENGTH),
            is_ready_made=(filter or {}).get("is_ready_made"),
            is_followed=(filter or {}).get("is_followed"),
            sort=SegmentSortField(sort["field"]),
            descending=sort["direction"] == "DESC",
        )
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerSegments", **arguments))),
            count=wanted.count,
        )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_segment_preview(
        _root: Any, info: Any, query: str | None = None, tree: Any = None, segment_id: str | None = None
    ) -> _Preview:
        of = None if segment_id is None else key_of(segment_id, "CustomerSegment", field="segment_id")
        condition = None
        try:
            condition = read_condition(query, tree, required=True)
            assert condition is not None
            kept = definitions.checked(condition.tree, of=of)
        except (ConditionError, SeveralErrors) as error:
            if condition is not None and condition.spans is not None:
                placed(error, condition.spans)
            return _Preview(condition, [one for one in errors_of(error) if isinstance(one, ConditionError)])
        wanted = RecordList(filter=RecordFilter(query=kept), channels=channels_of(info))
        return _Preview(condition, [], wanted)

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_segment_explain(
        _root: Any,
        info: Any,
        record_id: str,
        segment_id: str | None = None,
        query: str | None = None,
        tree: Any = None,
    ) -> Explanation | None:
        record = record_key_of(record_id, field="record_id")
        condition = read_condition(query, tree, required=segment_id is None)
        if segment_id is not None and condition is not None:
            raise CustomerPlusError("Give either `segmentId`, or `query` or `tree`.", field="segment_id")
        context = definitions.context(channels=channels_of(info))
        if condition is not None:
            with condition.located():
                return explain(compile_tree(condition.tree, context), record)
        assert segment_id is not None
        segment = queries.get(key_of(segment_id, "CustomerSegment", field="segment_id"), field="segment_id")
        return explain(definitions.compiled(segment, context, is_shown=True), record)

    @staticmethod
    @staff_only
    def resolve_customer_segment_fields(_root: Any, _info: Any) -> list[Field | Function]:
        return all_fields()
