"""Locks and suggestions, pictures, and putting records out of use."""

from __future__ import annotations

from typing import Any

import graphene

from .. import reactions
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from ..records import images, queries, suggestions
from ..records.activation import set_active
from ..records.editing import Writer
from ..records.validation import clean_reason
from .mutations import StaffMutation
from .record_changes import CustomerRecordCreate, CustomerRecordUpdate, update_account
from .records import CustomerRecord, CustomerRecordDetail, existing_record
from .types import list_of
from .uploads import Upload, uploaded


class _RecordMutation(StaffMutation):
    """One that changes a record and returns it."""

    record = graphene.Field(CustomerRecord, description="The record.")

    class Meta:
        abstract = True

    @classmethod
    def of(cls, record_id: int) -> dict[str, Any]:
        return {"record": queries.find(id=record_id)}


class _DetailsMutation(_RecordMutation):
    """One that is about some details of a record."""

    class Meta:
        abstract = True

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        fields = list_of(CustomerRecordDetail, required=True, description="The details.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, fields: list[str]) -> dict[str, Any]:
        record = existing_record(id, field="id")
        cls.change(record, fields, actor)
        return cls.of(record.pk)

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordUnlock(_DetailsMutation):
    """Let orders and the account change details again, at once with what they say now. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        if suggestions.unlock([record.pk], fields, actor=actor):
            reactions.details_released([record.pk])


class CustomerRecordSuggestionAccept(_DetailsMutation):
    """Take over what orders or the account suggest for locked details, which stay locked. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        _check_suggested(record, fields)
        suggestions.accept([record.pk], fields, actor=actor)


class CustomerRecordSuggestionDismiss(_DetailsMutation):
    """Do without what is suggested for locked details, until something else is suggested. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        _check_suggested(record, fields)
        suggestions.dismiss([record.pk], fields, actor=actor)


class CustomerRecordImageSet(_RecordMutation):
    """Give a record a picture: JPEG, PNG, WebP, GIF or BMP, at most 10 megabytes and 40 megapixels.

    It is scaled down to 1024 pixels, and nothing is kept but what can be seen. Requires MANAGE_USERS.
    """

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        image = Upload(required=True, description="The picture.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, image: Any) -> dict[str, Any]:
        record = existing_record(id, field="id")
        images.set_image(record.pk, images.prepare(uploaded(info, image, field="image")), actor=actor)
        return cls.of(record.pk)


class CustomerRecordImageDelete(_RecordMutation):
    """Take the picture away from a record. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        record = existing_record(id, field="id")
        images.remove_images([record.pk], actor=actor)
        return cls.of(record.pk)


class CustomerRecordDeactivate(_RecordMutation):
    """Put a record out of use: it is listed only when asked for. Orders still count. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        reason = graphene.String(description="Why, in at most 256 characters.")
        also_account = graphene.Boolean(
            description="Whether the account, if there is one, is deactivated in Saleor too."
        )

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, id: str, reason: str | None = None, also_account: bool | None = None
    ) -> dict[str, Any]:
        record = existing_record(id, field="id")
        cleaned = clean_reason(reason)
        if also_account and record.account_id is not None:
            update_account(info, record.account_id, isActive=False)
        set_active([record.pk], False, by=Writer(actor), reason=cleaned)
        return cls.of(record.pk)


class CustomerRecordActivate(_RecordMutation):
    """Put a record into use again. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        also_account = graphene.Boolean(description="Whether the account, if there is one, is activated in Saleor too.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, also_account: bool | None = None) -> dict[str, Any]:
        record = existing_record(id, field="id")
        if also_account and record.account_id is not None:
            update_account(info, record.account_id, isActive=True)
        set_active([record.pk], True, by=Writer(actor))
        return cls.of(record.pk)


class RecordMutations:
    """The mutations for records."""

    customer_record_create = CustomerRecordCreate.Field()
    customer_record_update = CustomerRecordUpdate.Field()
    customer_record_unlock = CustomerRecordUnlock.Field()
    customer_record_suggestion_accept = CustomerRecordSuggestionAccept.Field()
    customer_record_suggestion_dismiss = CustomerRecordSuggestionDismiss.Field()
    customer_record_image_set = CustomerRecordImageSet.Field()
    customer_record_image_delete = CustomerRecordImageDelete.Field()
    customer_record_deactivate = CustomerRecordDeactivate.Field()
    customer_record_activate = CustomerRecordActivate.Field()


def _check_suggested(record: Any, fields: list[str]) -> None:
    if set(fields) - set(suggestions.suggested(record.suggestions)):
        raise CustomerPlusError("Nothing is suggested for this detail.", code=ErrorCode.NOT_FOUND, field="fields")
