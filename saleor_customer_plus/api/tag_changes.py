"""Listing tags, changing them, and giving them to records."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from .. import settings
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from ..labels import LONGEST_NAME
from ..paging import Window, page
from ..tags import actions, models, queries
from ..tags.queries import TagSortField
from .base import checked_text, key_of, keys_of, staff_only, tells_errors, with_ids_of
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .mutations import StaffMutation
from .records import CustomerRecord, existing_record
from .tags import CustomerTag
from .types import OrderDirection, enum_of, list_of

# What one call may name.
MOST_TAGS = 1000

CustomerTagSortField = enum_of(TagSortField, name="CustomerTagSortField", description="What tags can be sorted by.")
TagConnection = connection_of(CustomerTag, of="tags")


class CustomerTagSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """How a list of tags is sorted."""

    field = graphene.Argument(CustomerTagSortField, required=True, description="What it is sorted by.")
    direction = graphene.Argument(OrderDirection, required=True, description="In which direction.")


class CustomerTagInput(graphene.InputObjectType):  # type: ignore[misc]
    """The fields of a tag."""

    name = graphene.String(
        description="The name: at most 255 characters, without a comma. Needed to make a tag. Kept if not given."
    )
    colour = graphene.String(description="The colour, such as #d4a017, or blank for none. Kept if not given.")


class TagQueries:
    """The queries for tags."""

    customer_tag = graphene.Field(
        CustomerTag,
        description="Look up a tag. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the tag."),
    )
    customer_tags = graphene.Field(
        TagConnection,
        description="The tags, by name unless told otherwise. Requires MANAGE_USERS.",
        search=graphene.String(description="A part of the name, in any case."),
        sort_by=CustomerTagSortingInput(description="How the list is sorted."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_tag(_root: Any, _info: Any, id: str) -> models.Tag | None:
        return queries.find(key_of(id, "CustomerTag", field="id"))

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_tags(
        _root: Any, _info: Any, search: str | None = None, sort_by: Mapping[str, str] | None = None, **arguments: Any
    ) -> Listing:
        tags = queries.matching(checked_text(search or "", field="search", longest=LONGEST_NAME))
        sort = sort_by or {"field": TagSortField.NAME, "direction": "ASC"}
        ordering = queries.tags_sorted(tags, TagSortField(sort["field"]), descending=sort["direction"] == "DESC")
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerTags", **arguments))), count=tags.count
        )


class CustomerTagCreate(StaffMutation):
    """Make a tag. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The tag.")

    class Arguments:
        input = CustomerTagInput(required=True, description="The tag's fields.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, str | None]) -> dict[str, Any]:
        chosen, _is_active = settings.load()
        fields = {name: value or "" for name, value in {"name": "", **input}.items()}
        with with_ids_of("CustomerTag"):
            return {"tag": actions.create(**fields, limit=chosen.tag_limit)}


class CustomerTagUpdate(StaffMutation):
    """Rename a tag everywhere, or give it another colour. Requires MANAGE_USERS.

    A new name is logged at every record that has the tag.
    """

    tag = graphene.Field(CustomerTag, description="The tag.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the tag.")
        input = CustomerTagInput(required=True, description="What is to change.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, str | None]) -> dict[str, Any]:
        with with_ids_of("CustomerTag"):
            return {"tag": actions.update(key_of(id, "CustomerTag", field="id"), **input, actor=actor)}


class CustomerTagMerge(StaffMutation):
    """Give a tag to all records that have one of some others, and delete those. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The tag that stays.")

    class Arguments:
        source_ids = list_of(graphene.ID, required=True, description="The global ids of the tags that go.")
        target_id = graphene.ID(required=True, description="The global id of the tag that stays.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, source_ids: Sequence[str], target_id: str) -> dict[str, Any]:
        sources = keys_of(source_ids, "CustomerTag", field="source_ids", most=MOST_TAGS)
        return {"tag": actions.merge(sources, key_of(target_id, "CustomerTag", field="target_id"), actor=actor)}


class CustomerTagDelete(StaffMutation):
    """Delete a tag everywhere. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The tag as it was.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the tag.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"tag": actions.delete(key_of(id, "CustomerTag", field="id"), actor=actor)}


class _TagsOfRecord(StaffMutation):
    """What adding and removing have in common."""

    record = graphene.Field(CustomerRecord, description="The record.")

    class Meta:
        abstract = True

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")
        tag_ids = list_of(graphene.ID, description="The global ids of tags.")
        names = list_of(graphene.String, description="Names of tags, in any case.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        record_id: str,
        tag_ids: Sequence[str] | None = None,
        names: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        record = existing_record(record_id)
        if not tag_ids and not names:
            raise CustomerPlusError("Give `tagIds` or `names`.", code=ErrorCode.REQUIRED, field="tag_ids")
        ids = keys_of(tag_ids or (), "CustomerTag", field="tag_ids", most=MOST_TAGS)
        if len(names or ()) > MOST_TAGS:
            raise CustomerPlusError(f"Argument `names` may have at most {MOST_TAGS} values.", field="names")
        cls.change(record.pk, ids, names or (), actor)
        return {"record": record}

    @classmethod
    def change(cls, record_id: int, tag_ids: Sequence[int], names: Sequence[str], actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordTagsAdd(_TagsOfRecord):
    """Give tags to a record: by their ids, by their names, or both. Requires MANAGE_USERS.

    A tag of an unknown name is made. What the record has already is passed over.
    """

    @classmethod
    def change(cls, record_id: int, tag_ids: Sequence[int], names: Sequence[str], actor: Actor) -> None:
        actions.check_known(tag_ids)
        chosen, _is_active = settings.load()
        ids = {*tag_ids, *actions.ensure(names, limit=chosen.tag_limit).values()}
        actions.assign(((record_id, tag_id) for tag_id in ids), actor=actor)


class CustomerRecordTagsRemove(_TagsOfRecord):
    """Take tags from a record: by their ids, by their names, or both. Requires MANAGE_USERS.

    What the record has not is passed over.
    """

    @classmethod
    def change(cls, record_id: int, tag_ids: Sequence[int], names: Sequence[str], actor: Actor) -> None:
        ids = {*tag_ids, *queries.ids_by_name(names).values()}
        actions.unassign(((record_id, tag_id) for tag_id in ids), actor=actor)


class TagMutations:
    """The mutations for tags."""

    customer_tag_create = CustomerTagCreate.Field()
    customer_tag_update = CustomerTagUpdate.Field()
    customer_tag_merge = CustomerTagMerge.Field()
    customer_tag_delete = CustomerTagDelete.Field()
    customer_record_tags_add = CustomerRecordTagsAdd.Field()
    customer_record_tags_remove = CustomerRecordTagsRemove.Field()
