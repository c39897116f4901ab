"""Segments, saved views and explanations, as the API returns them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import graphene

from ...activity.services import Actor
from ...conditions import json_tree
from ...conditions.errors import ConditionError, dotted
from ...conditions.explaining import Explanation
from ...conditions.printing import text_of_tree
from ...conditions.tree import Node
from ...core.paging import Window, page
from ...groups.queries import by_id as groups_by_id
from ...records.models import CustomerRecord as Record
from ...segments import models
from ...segments.definitions import named_trees, query_of
from ...segments.queries import memberships_of
from ..activity.types import CustomerRecordActor
from ..core.back_references import named
from ..core.base import channels_of, to_global_id, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing
from ..core.dataloaders import load
from ..core.types import JSON, DateTime, list_of
from ..customers.arguments import record_list
from ..customers.inputs import CustomerRecordFilterInput, CustomerRecordSortingInput
from ..groups.types import CustomerGroup
from ..records.columns import unread
from .enums import CustomerSegmentErrorReason, CustomerSegmentReadyMade


def _tree(query: str, info: Any) -> Any:
    """Promise the tree of a condition as it is kept, with the names of today; None if it cannot be read."""
    return load(info, named_trees, query)


def _text(tree: Node | None, kept: str) -> str:
    return kept if tree is None else text_of_tree(tree)


class CustomerSegment(graphene.ObjectType):  # type: ignore[misc]
    """A condition over customer records, saved under a name."""

    id = graphene.ID(required=True, description="Global ID of the segment.")
    name = graphene.String(required=True, description="Name of the segment, unique case-insensitively.")
    description = graphene.String(required=True, description="Internal description, or an empty string.")
    query = graphene.String(
        required=True, description="Condition as text, in its canonical form and with the current names of tags."
    )
    tree = graphene.Field(JSON, description="Condition as JSON. Null if it can no longer be read.")
    ready_made = graphene.Field(
        CustomerSegmentReadyMade,
        description="Which ready-made segment this is. Null for the shop's own. It cannot be edited, only copied.",
    )
    group = graphene.Field(
        CustomerGroup,
        description="Group whose members the segment keeps, if any. They follow within a minute, over the orders of "
        "all channels.",
    )
    broken_reason = graphene.String(
        description="Why the condition can no longer be evaluated, such as a deleted tag. Null if it can. A followed "
        "segment keeps its last members."
    )
    member_count = graphene.Int(
        description="Number of active records in the segment at `countedAt`. Null if not counted yet, and for callers "
        "restricted to channels, who can count `members`."
    )
    counted_at = DateTime(description="When `memberCount` was counted.")
    is_followed = graphene.Boolean(
        required=True, description="Whether the members are kept, and who enters and leaves is logged."
    )
    complete_since = DateTime(
        description="Since when all members of a followed segment are known. Null while they are being found."
    )
    next_evaluation_at = DateTime(
        description="When all records are evaluated again for a followed segment, because time passes."
    )
    created_at = DateTime(required=True, description="When the segment was created.")
    updated_at = DateTime(required=True, description="When the segment was last updated.")
    created_by = graphene.Field(CustomerRecordActor, description="Who created it. Null for ready-made segments.")
    updated_by = graphene.Field(CustomerRecordActor, description="Who updated it last.")
    members = graphene.Field(
        named("CustomerRecordCountableConnection"),
        required=True,
        description="Records in the segment, as `customerRecords` lists them: active ones, unless the filter requests "
        "others.",
        filter=CustomerRecordFilterInput(description="Filtering options for customer records."),
        search=graphene.String(description="Search text, as in `customerRecords`."),
        sort_by=CustomerRecordSortingInput(description="Sort the list of customer records."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_id(segment: models.Segment, _info: Any) -> str:
        return to_global_id("CustomerSegment", segment.pk)

    @staticmethod
    def resolve_query(segment: models.Segment, info: Any) -> Any:
        query = query_of(segment.query, segment.ready_made, channels_of(info))
        return _tree(query, info).then(lambda tree: _text(tree, query))

    @staticmethod
    def resolve_tree(segment: models.Segment, info: Any) -> Any:
        query = query_of(segment.query, segment.ready_made, channels_of(info))
        return _tree(query, info).then(lambda tree: tree and json_tree.dump(tree))

    @staticmethod
    def resolve_group(segment: models.Segment, info: Any) -> Any:
        return None if segment.group_id is None else load(info, groups_by_id, segment.group_id)

    @staticmethod
    def resolve_broken_reason(segment: models.Segment, _info: Any) -> str | None:
        return segment.broken_because or None

    @staticmethod
    def resolve_member_count(segment: models.Segment, info: Any) -> int | None:
        # It is of the orders of all channels.
        return segment.member_count if channels_of(info) is None else None

    @staticmethod
    def resolve_counted_at(segment: models.Segment, info: Any) -> datetime | None:
        return segment.counted_at if channels_of(info) is None else None

    @staticmethod
    def resolve_next_evaluation_at(segment: models.Segment, _info: Any) -> datetime | None:
        return segment.due_at

    @staticmethod
    def resolve_updated_at(segment: models.Segment, _info: Any) -> datetime:
        return segment.modified_at

    @staticmethod
    def resolve_created_by(segment: models.Segment, _info: Any) -> Actor | None:
        return segment.created_by

    @staticmethod
    def resolve_updated_by(segment: models.Segment, _info: Any) -> Actor | None:
        return segment.modified_by

    @staticmethod
    @with_api_errors
    def resolve_members(
        segment: models.Segment,
        info: Any,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        sort_by: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Listing:
        listed = record_list(info, filter, search, sort_by)
        both = replace(listed.filter, segments=(*(listed.filter.segments or ()), segment.pk))
        wanted = replace(listed, filter=both, channels=channels_of(info), unread=unread(info))
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("members", **arguments))), count=wanted.count
        )


class CustomerSegmentMembership(graphene.ObjectType):  # type: ignore[misc]
    """A followed segment that a record is in."""

    segment = graphene.Field(CustomerSegment, required=True, description="The followed segment that has the record.")
    since = DateTime(
        description="When the record entered, or when the segment was first followed. Null for callers restricted to "
        "channels."
    )


class SegmentsOfRecord:
    """The segment fields of a customer record."""

    segments = list_of(
        CustomerSegmentMembership,
        required=True,
        description="Followed segments that the record is in, sorted by name.",
    )

    @staticmethod
    def resolve_segments(record: Record, info: Any) -> Any:
        return load(info, memberships_of, record.pk, channels=channels_of(info))


class CustomerSegmentError(graphene.ObjectType):  # type: ignore[misc]
    """Something that is wrong with a condition."""

    message = graphene.String(required=True, description="What is wrong, and what to do.")
    reason = graphene.Field(CustomerSegmentErrorReason, required=True, description="Reason for programs.")
    position = graphene.Int(description="First character in the text, from 0. Null for a condition given as JSON.")
    length = graphene.Int(description="Number of characters in the text.")
    path = graphene.String(required=True, description="Place in the tree, such as `and.0.value`.")
    suggestion = graphene.String(description="What to write instead, if there is a guess.")

    @classmethod
    def of(cls, error: ConditionError) -> CustomerSegmentError:
        return cls(
            message=error.message,
            reason=error.reason,
            position=error.position,
            length=error.length,
            path=dotted(error.path),
            suggestion=error.suggestion or None,
        )


class CustomerSegmentClause(graphene.ObjectType):  # type: ignore[misc]
    """A part of a condition, and whether it holds for a record."""

    path = graphene.String(
        required=True, description="Place in the tree, such as `and.0`. Empty for the whole condition."
    )
    text = graphene.String(required=True, description="The part as text.")
    holds = graphene.Boolean(required=True, description="Whether it holds for the record.")
    value = graphene.String(description="What the record has, in words. Null if nothing, or if there are parts.")
    note = graphene.String(description="What is easily misunderstood about it.")
    depth = graphene.Int(required=True, description="How many other parts it is within.")

    @staticmethod
    def resolve_path(clause: tuple[int, Explanation], _info: Any) -> str:
        return dotted(clause[1].path)

    @staticmethod
    def resolve_text(clause: tuple[int, Explanation], _info: Any) -> str:
        return clause[1].text

    @staticmethod
    def resolve_holds(clause: tuple[int, Explanation], _info: Any) -> bool:
        return clause[1].holds

    @staticmethod
    def resolve_value(clause: tuple[int, Explanation], _info: Any) -> str | None:
        return clause[1].value

    @staticmethod
    def resolve_note(clause: tuple[int, Explanation], _info: Any) -> str | None:
        return clause[1].note or None

    @staticmethod
    def resolve_depth(clause: tuple[int, Explanation], _info: Any) -> int:
        return clause[0]


class CustomerSegmentExplanation(graphene.ObjectType):  # type: ignore[misc]
    """Why a record is in a segment, or is not."""

    is_member = graphene.Boolean(required=True, description="Whether the record meets the condition.")
    clauses = list_of(
        CustomerSegmentClause,
        required=True,
        description="The whole condition, then its parts: each part follows what it is within.",
    )

    @staticmethod
    def resolve_is_member(explanation: Explanation, _info: Any) -> bool:
        return explanation.holds

    @staticmethod
    def resolve_clauses(explanation: Explanation, _info: Any) -> list[tuple[int, Explanation]]:
        return flattened(explanation)


def flattened(explanation: Explanation, depth: int = 0) -> list[tuple[int, Explanation]]:
    """A part of a condition and all within it, each with how deep it is."""
    below = [one for part in explanation.parts for one in flattened(part, depth + 1)]
    return [(depth, explanation), *below]
