"""Tag types of the API, for staff. Customers never see tags."""

from __future__ import annotations

from typing import Any

import graphene

from ...records.models import CustomerRecord
from ...tags import models
from ...tags.queries import count_usage, tags_of
from ..core.base import to_global_id
from ..core.dataloaders import load
from ..core.types import DateTime, list_of


class CustomerTag(graphene.ObjectType):  # type: ignore[misc]
    """An internal tag of customer records, never shown to customers."""

    id = graphene.ID(required=True, description="Global ID of the tag.")
    name = graphene.String(required=True, description="Name of the tag, unique case-insensitively.")
    color = graphene.String(required=True, description="Color as #rrggbb, or an empty string.")
    created_at = DateTime(required=True, description="When the tag was created.")
    usage_count = graphene.Int(required=True, description="Number of records with the tag, including inactive ones.")

    @staticmethod
    def resolve_id(tag: models.Tag, _info: Any) -> str:
        return to_global_id("CustomerTag", tag.pk)

    @staticmethod
    def resolve_created_at(tag: models.Tag, _info: Any) -> Any:
        return tag.created_at

    @staticmethod
    def resolve_usage_count(tag: models.Tag, info: Any) -> Any:
        return load(info, count_usage, tag.pk)


class TagsOfRecord:
    """The tag fields of a customer record."""

    tags = list_of(CustomerTag, required=True, description="Tags of the record, sorted by name.")

    @staticmethod
    def resolve_tags(record: CustomerRecord, info: Any) -> Any:
        return load(info, tags_of, record.pk)
