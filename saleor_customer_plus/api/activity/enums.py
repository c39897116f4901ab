"""Enums of activity types, actors and causes."""

from __future__ import annotations

from ...activity.models import ActivityType, ActorType, CauseType
from ..core.types import enum_of

CustomerRecordActivityType = enum_of(
    ActivityType,
    name="CustomerRecordActivityType",
    description="What happened.",
    values={
        "RECORD_CREATED": "The record was created. `after` contains the source",
        "ORDER_ADDED": "An order was added to the record",
        "ORDER_CHANGED": "The status, total, charge or refunds of an order changed",
        "ORDER_REMOVED": "An order was deleted, or moved to another record",
        "DETAILS_SYNCED": "Details were updated from an order or the account",
        "DETAILS_SUGGESTED": "An order or the account has other values than locked details. They were suggested",
        "STAGE_CHANGED": "The lead became a customer",
        "ACCOUNT_TIED": "The record was linked to a Saleor account",
        "ACCOUNT_UNTIED": "The record was unlinked from its Saleor account",
        "EMAIL_CHANGED": "The e-mail address of the record changed",
        "DETAILS_EDITED": "Staff, an app or a job edited fields of the record",
        "DETAILS_UNLOCKED": "Locked details were unlocked. Orders and the account can update them again",
        "SUGGESTION_ACCEPTED": "Suggested values of locked details were accepted",
        "SUGGESTION_DISMISSED": "Suggested values of locked details were dismissed",
        "IMAGE_CHANGED": "The image was set or deleted",
        "ACTIVATED": "The record was reactivated",
        "DEACTIVATED": "The record was deactivated, with a reason if one was given",
        "BUYER_APPROVED": "The customer was approved as a buyer",
        "BUYER_DISAPPROVED": "The customer's approval as a buyer was withdrawn",
        "ACCOUNT_OPENED": "A Saleor account was created for the customer by this API or an import",
        "ACCOUNT_CHANGED": "This API or an import changed the customer type, attributes or metadata of the account. "
        "Of private metadata, the log contains the keys only",
        "ADDRESS_ADDED": "A further address of the customer was added",
        "ADDRESS_CHANGED": "A further address of the customer was changed",
        "ADDRESS_REMOVED": "A further address of the customer was deleted, or became the primary one",
        "DRAFT_ORDER_CREATED": "A draft order was created for the customer by this API",
        "TAG_ADDED": "A tag was added to the record",
        "TAG_REMOVED": "A tag was removed from the record, or deleted",
        "TAG_RENAMED": "A tag of the record was renamed",
        "GROUP_JOINED": "The customer was added to a group",
        "GROUP_LEFT": "The customer was removed from a group, or the group was deleted",
        "GROUP_RENAMED": "A group of the customer was renamed",
        "NOTE_ADDED": "A staff note was created. The log does not contain its text",
        "NOTE_EDITED": "A staff note was edited, pinned or unpinned",
        "NOTE_DELETED": "A staff note was deleted, with its files",
        "FILE_ATTACHED": "A file was attached to a staff note",
        "FILE_REMOVED": "A file was deleted from a staff note",
        "LEAD_ADDED": "A lead was created for the customer",
        "LEAD_CHANGED": "The state, owner, next contact or text of a lead changed",
        "LEAD_CONVERTED": "An order converted a lead",
        "LEAD_DELETED": "A lead of the customer was deleted",
        "CONSENT_CHANGED": "A consent decision was recorded",
        "DUPLICATE_DISMISSED": "The customer was said not to be the same as others",
        "DUPLICATE_UNDISMISSED": "It was taken back that the customer is not the same as others",
        "MESSAGE_SENT": "A message to the customer was written. The log does not contain its text",
        "MESSAGE_FAILED": "A message to the customer could not be sent, or was returned",
        "MESSAGE_RECEIVED": "A message of the customer was received",
        "SEGMENT_ENTERED": "The customer entered a followed segment",
        "SEGMENT_LEFT": "The customer left a followed segment",
    },
)
CustomerRecordActorType = enum_of(
    ActorType,
    name="CustomerRecordActorType",
    description="Which kind of actor performed an activity.",
    values={
        "SYNC": "Synchronization with Saleor, not requested by anyone",
        "STAFF": "A staff member, or a command run on their behalf",
        "APP": "A Saleor app, with its own token",
        "CUSTOMER": "The customer in person",
        "IMPORT": "An import with no known user",
    },
)
CustomerRecordCauseType = enum_of(
    CauseType,
    name="CustomerRecordCauseType",
    description="Type of object that caused an activity.",
    values={
        "ORDER": "A Saleor order",
        "ACCOUNT": "A Saleor account",
        "JOB": "A background job, such as an import or a bulk update",
        "NOTE": "A staff note on the customer",
        "LEAD": "An enquiry of the customer",
        "MERGE": "A merge of records",
        "SEGMENT": "A segment that is followed",
    },
)
