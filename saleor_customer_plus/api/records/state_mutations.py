"""Mutations of locks, suggestions, images and the active state of records."""

from __future__ import annotations

from typing import Any

import graphene

from ...accounts.services import update_account
from ...activity.services import Actor
from ...customers import queries
from ...customers.services import existing_account
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...records import images, suggestions
from ...records.activation import set_active
from ...records.editing import Writer
from ...records.validation import clean_reason
from ...sync import reactions
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..core.uploads import Upload, uploaded
from .enums import CustomerRecordDetail
from .lookup import existing_record
from .mutations import CustomerRecordCreate, CustomerRecordUpdate
from .types import CustomerRecord


class _RecordMutation(StaffMutation):
    """A mutation that changes and returns a record."""

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Meta:
        abstract = True

    @classmethod
    def of(cls, record_id: int) -> dict[str, Any]:
        return {"record": queries.find(id=record_id)}


class _DetailsMutation(_RecordMutation):
    """A mutation of some details of a record."""

    class Meta:
        abstract = True

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        fields = list_of(CustomerRecordDetail, required=True, description="Details of the record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, fields: list[str]) -> dict[str, Any]:
        record = existing_record(id, field="id")
        cls.change(record, fields, actor)
        return cls.of(record.pk)

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordUnlock(_DetailsMutation):
    """Unlocks details, and synchronizes them with orders and the account at once. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        if suggestions.unlock([record.pk], fields, actor=actor):
            reactions.details_released([record.pk])


class CustomerRecordSuggestionAccept(_DetailsMutation):
    """Accepts the suggested values of locked details, which stay locked. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        _check_suggested(record, fields)
        suggestions.accept([record.pk], fields, actor=actor)


class CustomerRecordSuggestionDismiss(_DetailsMutation):
    """Dismisses the suggested values of locked details, until there is another suggestion. Requires MANAGE_USERS."""

    @classmethod
    def change(cls, record: Any, fields: list[str], actor: Actor) -> None:
        _check_suggested(record, fields)
        suggestions.dismiss([record.pk], fields, actor=actor)


class CustomerRecordImageSet(_RecordMutation):
    """Sets the image of a customer record: JPEG, PNG, WebP, GIF or BMP, at most 10 megabytes and 40 megapixels.

    The image is scaled down to 1024 pixels, and its metadata is removed. Requires MANAGE_USERS.
    """

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        image = Upload(required=True, description="Image file.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, image: Any) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            record = existing_record(id, field="id")
        with problems.noted():
            picture = images.prepare(uploaded(info, image, field="image"))
        problems.raise_any()
        images.set_image(record.pk, picture, actor=actor)
        return cls.of(record.pk)


class CustomerRecordImageDelete(_RecordMutation):
    """Removes the image of a customer record. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        record = existing_record(id, field="id")
        images.remove_images([record.pk], actor=actor)
        return cls.of(record.pk)


class CustomerRecordDeactivate(_RecordMutation):
    """Deactivates a customer record. Requires MANAGE_USERS.

    Inactive records are listed only if requested. Their orders still count.
    """

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        reason = graphene.String(description="Reason, at most 256 characters.")
        also_account = graphene.Boolean(
            description="Whether to deactivate the Saleor account, too. Fails if there is no account."
        )

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, id: str, reason: str | None = None, also_account: bool | None = None
    ) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            record = existing_record(id, field="id")
            account = existing_account(record) if also_account else None
        with problems.noted():
            cleaned = clean_reason(reason)
        problems.raise_any()
        if account is not None:
            update_account(info.context, account, field="also_account", isActive=False)
        set_active([record.pk], False, by=Writer(actor), reason=cleaned)
        return cls.of(record.pk)


class CustomerRecordActivate(_RecordMutation):
    """Reactivates a customer record. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        also_account = graphene.Boolean(
            description="Whether to activate the Saleor account, too. Fails if there is no account."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, also_account: bool | None = None) -> dict[str, Any]:
        record = existing_record(id, field="id")
        if also_account:
            update_account(info.context, existing_account(record), field="also_account", isActive=True)
        set_active([record.pk], True, by=Writer(actor))
        return cls.of(record.pk)


class RecordMutations:
    """The mutations of the state of a record."""

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
