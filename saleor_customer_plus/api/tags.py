"""Tags, as the API shows them. Customers never see them."""

from __future__ import annotations

from typing import Any

import graphene

from ..records.models import CustomerRecord
from ..tags import models
from ..tags.queries import count_usage, tags_of
from .base import to_global_id
from .loading import load
from .types import DateTime, list_of


class CustomerTag(graphene.ObjectType):  # type: ignore[misc]
    """An internal label of records, never shown to customers."""

    id = graphene.ID(required=True, description="The global id of the tag.")
    name = graphene.String(required=True, description="The name, which no other tag has in any case.")
    colour = graphene.String(required=True, description="The colour as #rrggbb, or blank.")
    created = DateTime(required=True, description="When the tag was made.")
    usage_count = graphene.Int(required=True, description="How many records have it, inactive ones included.")

    @staticmethod
    def resolve_id(tag: models.Tag, _info: Any) -> str:
        return to_global_id("CustomerTag", tag.pk)

    @staticmethod
    def resolve_created(tag: models.Tag, _info: Any) -> Any:
        return tag.created_at

    @staticmethod
    def resolve_usage_count(tag: models.Tag, info: Any) -> Any:
        return load(info, count_usage, tag.pk)


class TagsOfRecord:
    """The part of a record that comes from tags."""

    tags = list_of(CustomerTag, required=True, description="The tags of the record, by name.")

    @staticmethod
    def resolve_tags(record: CustomerRecord, info: Any) -> Any:
        return load(info, tags_of, record.pk)
