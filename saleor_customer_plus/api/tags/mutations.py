"""Mutations of tags, and of the tags of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ... import settings
from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...tags import queries
from ...tags import services as actions
from ..core.base import key_of, keys_of, with_ids_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .inputs import CustomerTagInput
from .types import CustomerTag

# Maximum number of tags in one call.
MAX_TAGS = 1000


class CustomerTagCreate(StaffMutation):
    """Creates a tag. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The created or updated tag. Null if the mutation failed.")

    class Arguments:
        input = CustomerTagInput(required=True, description="Fields required to create a tag.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, str | None]) -> dict[str, Any]:
        chosen, _is_active = settings.load()
        fields = {name: value or "" for name, value in {"name": "", **input}.items()}
        with with_ids_of("CustomerTag"):
            return {"tag": actions.create(**fields, limit=chosen.tag_limit)}


class CustomerTagUpdate(StaffMutation):
    """Updates the name or color of a tag. Requires MANAGE_USERS.

    A new name is logged for every record with the tag.
    """

    tag = graphene.Field(CustomerTag, description="The created or updated tag. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the tag.")
        input = CustomerTagInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, str | None]) -> dict[str, Any]:
        tag_id = key_of(id, "CustomerTag", field="id")
        with with_ids_of("CustomerTag"):
            return {"tag": actions.update(tag_id, **input, actor=actor)}


class CustomerTagMerge(StaffMutation):
    """Merges tags: adds one tag to all records with any of the others, and deletes those. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The remaining tag.")
    deleted_tags = list_of(CustomerTag, description="Deleted tags, which were removed from all records.")

    class Arguments:
        source_ids = list_of(graphene.ID, required=True, description="IDs of the tags to delete.")
        target_id = graphene.ID(required=True, description="ID of the tag to keep.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, source_ids: Sequence[str], target_id: str) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            sources = keys_of(source_ids, "CustomerTag", field="source_ids", most=MAX_TAGS)
            actions.check_known(sources, field="source_ids")
        with problems.noted():
            target = key_of(target_id, "CustomerTag", field="target_id")
            actions.check_known([target], field="target_id")
        problems.raise_any()
        merged = actions.merge(sources, target, actor=actor)
        return {"tag": merged.tag, "deleted_tags": merged.deleted}


class CustomerTagDelete(StaffMutation):
    """Deletes a tag and removes it from all records. Requires MANAGE_USERS."""

    tag = graphene.Field(CustomerTag, description="The deleted tag.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the tag.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"tag": actions.delete(key_of(id, "CustomerTag", field="id"), actor=actor)}


class _TagsOfRecord(StaffMutation):
    """Base of the mutations that add and remove tags."""

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Meta:
        abstract = True

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        tag_ids = list_of(graphene.ID, description="Global IDs of tags.")
        names = list_of(graphene.String, description="Names of tags, case-insensitive.")

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
        problems, ids = Problems(), set[int]()
        with problems.noted():
            record = existing_record(record_id)
        if not tag_ids and not names:
            with problems.noted():
                raise CustomerPlusError("Give `tagIds` or `names`.", code=ErrorCode.REQUIRED, field="tag_ids")
        with problems.noted():
            ids |= cls.of_ids(keys_of(tag_ids or (), "CustomerTag", field="tag_ids", most=MAX_TAGS))
        with problems.noted():
            if len(names or ()) > MAX_TAGS:
                raise CustomerPlusError(f"Argument `names` may have at most {MAX_TAGS} values.", field="names")
            ids |= cls.of_names(names or ())
        problems.raise_any()
        cls.change([(record.pk, tag_id) for tag_id in ids], actor)
        return {"record": record}

    @classmethod
    def of_ids(cls, tag_ids: list[int]) -> set[int]:
        return set(tag_ids)

    @classmethod
    def of_names(cls, names: Sequence[str]) -> set[int]:
        raise NotImplementedError

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordTagsAdd(_TagsOfRecord):
    """Adds tags to a customer record, by ID, name or both. Requires MANAGE_USERS.

    Tags with an unknown name are created. Tags that the record already has are ignored.
    """

    @classmethod
    def of_ids(cls, tag_ids: list[int]) -> set[int]:
        actions.check_known(tag_ids)
        return set(tag_ids)

    @classmethod
    def of_names(cls, names: Sequence[str]) -> set[int]:
        chosen, _is_active = settings.load()
        return set(actions.ensure(names, limit=chosen.tag_limit).values())

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        actions.assign(pairs, actor=actor)


class CustomerRecordTagsRemove(_TagsOfRecord):
    """Removes tags from a customer record, by ID, name or both. Requires MANAGE_USERS.

    Tags that the record does not have are ignored.
    """

    @classmethod
    def of_names(cls, names: Sequence[str]) -> set[int]:
        return set(queries.ids_by_name(names).values())

    @classmethod
    def change(cls, pairs: list[tuple[int, int]], actor: Actor) -> None:
        actions.unassign(pairs, actor=actor)


class TagMutations:
    """The tag mutations."""

    customer_tag_create = CustomerTagCreate.Field()
    customer_tag_update = CustomerTagUpdate.Field()
    customer_tag_merge = CustomerTagMerge.Field()
    customer_tag_delete = CustomerTagDelete.Field()
    customer_record_tags_add = CustomerRecordTagsAdd.Field()
    customer_record_tags_remove = CustomerRecordTagsRemove.Field()
