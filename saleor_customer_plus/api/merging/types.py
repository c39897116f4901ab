"""Types of merges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case

from ...activity.services import Actor
from ...consent.moving import Restriction
from ...customers.queries import records_by_id
from ...merging import queries
from ...merging.blockers import Blocker, BlockerCode
from ...merging.cautions import Warned, WarningCode
from ...merging.models import Merge, MergeState
from ...merging.preview import Plan
from ...merging.services import MOVED_AT_ONCE
from ...merging.undo import ConflictCode
from ...merging.values import Alternative, Decision, MergeField, Rule
from ...records.models import CustomerRecord as Record
from ...records.models import Source
from ..activity.types import CustomerRecordActor
from ..consent.enums import CustomerConsentChannel, CustomerConsentPurpose, CustomerConsentState
from ..core.back_references import named
from ..core.base import spelled, to_global_id
from ..core.dataloaders import load
from ..core.types import JSON, DateTime, enum_of, id_of, list_of
from ..customers.inputs import CustomerRecordSource
from ..ledger.types import visible_order_id

CustomerMergeField = enum_of(
    MergeField,
    name="CustomerMergeField",
    description="A field for which a value is chosen when records are merged.",
    values={
        "EMAIL": "Primary e-mail address. Cannot be chosen if one of the records is linked to an account",
        "FIRST_NAME": "Given name: the field `firstName`",
        "LAST_NAME": "Family name: the field `lastName`",
        "COMPANY_NAME": "Firm or organization: the field `companyName`",
        "PHONE": "Main phone number: the field `phone`",
        "ADDITIONAL_PHONES": "All phone numbers beside the main one",
        "ADDRESS": "Street address, postal code, city, area and country, as one value",
        "LANGUAGE_CODE": "Code of the preferred language: the field `languageCode`",
        "NUMBER": "Customer number that is shown: the field `number`",
        "IMAGE": "Image of the customer, if any",
        "STORE_NOTE": "Internal note of the shop",
        "IS_TAX_EXEMPT": "Whether the customer is exempt from taxes",
        "IS_APPROVED_BUYER": "Whether the shop approved the customer as a buyer",
        "IS_ACTIVE": "Whether the record is in active use",
        "SOCIAL_PROFILES": "Profiles in social networks",
        "ATTRIBUTES": "Custom attributes, name by name",
        "LAWFUL_BASIS": "Lawful basis for storing the data",
        "FIELD": "One of the shop's own fields. Name it by `fieldKey`",
    },
)
CustomerMergeRule = enum_of(
    Rule,
    name="CustomerMergeRule",
    description="Why a value is kept.",
    values={
        "SAME": "All records that have a value have this one",
        "CHOSEN": "It was chosen in `choices`. Details are locked, as after an edit",
        "LOCKED": "A staff member locked it by an edit",
        "NEWEST": "It is the newest one",
        "KEPT_RECORD": "The record that is kept goes first, then the others in the order of their IDs",
        "ACCOUNT": "It is the address of the linked account",
        "UNITED": "The values of all records are kept",
        "ALL": "It is true only if it is true for all records",
        "ANY": "It is true if it is true for any record",
    },
)
CustomerMergeBlockerCode = enum_of(
    BlockerCode,
    name="CustomerMergeBlockerCode",
    description="What prevents a merge.",
    values={
        "TWO_ACCOUNTS": "Several records are linked to accounts. Choose one by `accountId`",
        "STAFF_ACCOUNT": "The account is that of a staff member whom the caller may not edit",
        "RUNNING_JOB": "A job is working on the record",
        "HIDDEN_ORDERS": "The record has orders in channels that the caller has no access to",
    },
)
CustomerMergeWarningCode = enum_of(
    WarningCode,
    name="CustomerMergeWarningCode",
    description="What to know before a merge.",
    values={
        "ACCOUNT_UNLINKED": "The account of the record is no longer linked",
        "GROUPS_LEFT": "Customers can belong to only one group, and the record's group is not kept",
        "CONSENT_RESTRICTED": "The records decided differently. The most restrictive decision holds",
        "TAX_EXEMPTION_LOST": "Not all of the records are exempt from taxes, so the merged one is not",
        "APPROVAL_LOST": "Not all of the records are approved buyers, so the merged one is not",
        "NOTE_KEPT_APART": "The notes are too long together. The note of the record becomes a staff note",
        "MANY_PHONES": "There are more phone numbers than an edit allows",
    },
)
CustomerMergeConflictCode = enum_of(
    ConflictCode,
    name="CustomerMergeConflictCode",
    description="What an undo does not restore.",
    values={
        "EDITED_SINCE": "It was edited since the merge, and stays with the record that was kept",
        "DELETED_SINCE": "It was deleted since the merge",
        "LABEL_CHANGED": "A tag or group was removed since the merge. It returns to the record it came from",
        "EMAIL_GONE": "The e-mail address was removed since the merge",
        "NUMBER_TAKEN": "Another record has the customer number by now",
        "FIELD_VALUE_LOST": "Another record has the unique value by now, or the field no longer allows it",
        "WITHDRAWN_SINCE": "Consent was withdrawn since the merge. The withdrawal holds for all of the records",
    },
)
CustomerMergeState = enum_of(
    MergeState,
    name="CustomerMergeState",
    description="Whether a merge holds.",
    values={"MERGED": "The records are one", "UNDONE": "The merge was undone"},
)


def _record_id(name: str = "record_id") -> Callable[[Any, Any], str | None]:
    """A resolver of the global ID of a record."""

    def resolve(of: Any, _info: Any) -> str | None:
        key = getattr(of, name)
        return None if key is None else to_global_id("CustomerRecord", key)

    return resolve


def _shown(name: MergeField, value: Any) -> Any:
    if name is MergeField.ADDRESS:
        return {to_camel_case(part): said for part, said in value.items()}
    if name is MergeField.IMAGE:
        return bool(value)
    return value


@dataclass(frozen=True, slots=True)
class _OfField:
    """An alternative, with the field that it is of."""

    field: MergeField
    alternative: Alternative


class CustomerMergeAlternative(graphene.ObjectType):  # type: ignore[misc]
    """The value that one of the records has in a field."""

    record_id = graphene.ID(required=True, description="Global ID of the customer record.")
    value = graphene.Field(
        JSON, description="The value. An address is an object of its fields, an image whether there is one."
    )
    source = graphene.Field(CustomerRecordSource, description="Kind of the source, if known.")
    source_id = graphene.ID(description="ID of the source order or account, if known and accessible.")
    updated_at = DateTime(description="When the value was given, if known.")
    is_locked = graphene.Boolean(required=True, description="Whether a staff member locked the value by an edit.")

    @staticmethod
    def resolve_record_id(one: _OfField, _info: Any) -> str:
        return to_global_id("CustomerRecord", one.alternative.record_id)

    @staticmethod
    def resolve_value(one: _OfField, _info: Any) -> Any:
        return _shown(one.field, one.alternative.value)

    @staticmethod
    def resolve_source(one: _OfField, _info: Any) -> str | None:
        return one.alternative.source or None

    @staticmethod
    def resolve_source_id(one: _OfField, info: Any) -> Any:
        known = one.alternative
        return (
            visible_order_id(info, known.origin) if known.source == Source.ORDER else id_of(known.source, known.origin)
        )

    @staticmethod
    def resolve_updated_at(one: _OfField, _info: Any) -> datetime | None:
        return datetime.fromisoformat(one.alternative.at) if one.alternative.at else None

    @staticmethod
    def resolve_is_locked(one: _OfField, _info: Any) -> bool:
        return one.alternative.is_locked


class CustomerMergePreviewField(graphene.ObjectType):  # type: ignore[misc]
    """A field that at least one of the records has a value in."""

    field = graphene.Field(CustomerMergeField, required=True, description="Which detail of the record it is about.")
    field_key = graphene.String(description="Key of the field, if it is one of the shop's own.")
    label = graphene.String(description="Label of the field, if it is one of the shop's own.")
    value = graphene.Field(JSON, description="The value that is kept, as in `CustomerMergeAlternative.value`.")
    record_id = graphene.ID(description="ID of the record whose value is kept. Null if it is made of several.")
    rule = graphene.Field(CustomerMergeRule, required=True, description="Why this value is kept.")
    alternatives = list_of(
        CustomerMergeAlternative,
        required=True,
        description="The values of the records, that of the record that is kept first. Name another record in "
        "`choices` to keep its value.",
    )

    resolve_record_id = staticmethod(_record_id("kept_id"))

    @staticmethod
    def resolve_label(one: Decision, info: Any) -> Any:
        return load(info, queries.labels_of, one.key) if one.key else None

    @staticmethod
    def resolve_field_key(one: Decision, _info: Any) -> str | None:
        return one.key or None

    @staticmethod
    def resolve_value(one: Decision, _info: Any) -> Any:
        return _shown(one.field, one.value)

    @staticmethod
    def resolve_alternatives(one: Decision, _info: Any) -> list[_OfField]:
        return [_OfField(one.field, alternative) for alternative in one.alternatives]


class CustomerMergeMoves(graphene.ObjectType):  # type: ignore[misc]
    """How much goes over to the record that is kept."""

    orders = graphene.Int(required=True, description="Orders, as far as the caller has access to their channels.")
    notes = graphene.Int(required=True, description="Staff notes, with their files.")
    leads = graphene.Int(required=True, description="Number of leads, open and closed.")
    tags = graphene.Int(required=True, description="Tags, including those that the kept record has, too.")
    groups = graphene.Int(required=True, description="Groups, including those that the kept record has, too.")
    consent_events = graphene.Int(required=True, description="Entries of the consent history.")
    addresses = graphene.Int(required=True, description="Further postal addresses.")
    activity = graphene.Int(required=True, description="Entries of the activity log.")
    emails = graphene.Int(required=True, description="E-mail addresses, primary and other ones.")


class CustomerMergeConsentState(graphene.ObjectType):  # type: ignore[misc]
    """The consent of one of the records."""

    record_id = graphene.ID(required=True, description="Global ID of the customer record.")
    state = graphene.Field(CustomerConsentState, required=True, description="Its current state.")


class CustomerMergeConsent(graphene.ObjectType):  # type: ignore[misc]
    """The consent that holds after a merge, for one channel and purpose: the most restrictive one."""

    channel = graphene.Field(CustomerConsentChannel, required=True, description="Contact channel.")
    purpose = graphene.Field(CustomerConsentPurpose, required=True, description="Purpose of the contact.")
    state = graphene.Field(CustomerConsentState, required=True, description="The state after the merge.")
    records = list_of(
        CustomerMergeConsentState, required=True, description="The states of the records that made a decision."
    )

    @staticmethod
    def resolve_records(one: Restriction, _info: Any) -> list[Mapping[str, Any]]:
        return [
            {"record_id": to_global_id("CustomerRecord", id), "state": state}
            for id, state in sorted(one.states.items())
        ]


class CustomerMergeWarning(graphene.ObjectType):  # type: ignore[misc]
    """Something to know before a merge. It does not prevent the merge."""

    code = graphene.Field(CustomerMergeWarningCode, required=True, description="Warning code for programs.")
    message = graphene.String(required=True, description="The warning in words.")
    record_id = graphene.ID(description="ID of the record that it is about, if any.")

    resolve_record_id = staticmethod(_record_id())


class CustomerMergeBlocker(graphene.ObjectType):  # type: ignore[misc]
    """Something that prevents a merge, with the way out."""

    code = graphene.Field(CustomerMergeBlockerCode, required=True, description="Blocker code for programs.")
    message = graphene.String(required=True, description="What prevents the merge, and what to do.")
    record_id = graphene.ID(description="ID of the record that it is about, if any.")

    resolve_record_id = staticmethod(_record_id())


class CustomerRecordMergePreview(graphene.ObjectType):  # type: ignore[misc]
    """What a merge would do."""

    token = graphene.String(
        required=True,
        description="Token for `customerRecordMerge`. Valid for one hour, until any of the records changes.",
    )
    record = graphene.Field(
        named("CustomerRecord"), required=True, description="The record that would be kept, as it is now."
    )
    records = list_of(
        named("CustomerRecord"),
        required=True,
        description="All records to merge, as they are now. Records that were merged before are one.",
    )
    account_id = graphene.ID(description="Global ID of the account that would stay linked.")
    account_ids = list_of(
        graphene.ID, required=True, description="Global IDs of the linked accounts. One of them stays linked."
    )
    emails = list_of(
        graphene.String,
        required=True,
        description="All e-mail addresses after the merge, the primary one first.",
    )
    fields = list_of(
        CustomerMergePreviewField, required=True, description="The fields that any of the records has a value in."
    )
    consents = list_of(
        CustomerMergeConsent, required=True, description="The consents after the merge, where there was a decision."
    )
    moves = graphene.Field(CustomerMergeMoves, required=True, description="How much goes over to the kept record.")
    warnings = list_of(CustomerMergeWarning, required=True, description="What to know. None of it prevents the merge.")
    blockers = list_of(CustomerMergeBlocker, required=True, description="What prevents the merge. Empty if nothing.")
    runs_as_job = graphene.Boolean(
        required=True, description=f"Whether a job does it, because more than {MOVED_AT_ONCE:,} rows go over."
    )

    @staticmethod
    def resolve_record(plan: Plan, info: Any) -> Any:
        return load(info, records_by_id, plan.winner_id)

    @staticmethod
    def resolve_records(plan: Plan, info: Any) -> list[Any]:
        return [load(info, records_by_id, party.id) for party in plan.parties]

    @staticmethod
    def resolve_account_id(plan: Plan, _info: Any) -> str | None:
        return None if plan.account_id is None else to_global_id("User", plan.account_id)

    @staticmethod
    def resolve_account_ids(plan: Plan, _info: Any) -> list[str]:
        return [to_global_id("User", account_id) for account_id in plan.account_ids]

    @staticmethod
    def resolve_fields(plan: Plan, _info: Any) -> list[Decision]:
        return plan.outcome.decisions

    @staticmethod
    def resolve_consents(plan: Plan, _info: Any) -> list[Restriction]:
        return plan.consents

    @staticmethod
    def resolve_moves(plan: Plan, _info: Any) -> dict[str, int]:
        return plan.moves_with_emails

    @staticmethod
    def resolve_warnings(plan: Plan, _info: Any) -> list[Warned]:
        return plan.warnings

    @staticmethod
    def resolve_blockers(plan: Plan, _info: Any) -> list[Blocker]:
        return plan.blockers

    @staticmethod
    def resolve_runs_as_job(plan: Plan, _info: Any) -> bool:
        return plan.size > MOVED_AT_ONCE


class CustomerMergeConflict(graphene.ObjectType):  # type: ignore[misc]
    """Something that an undo does not restore."""

    code = graphene.Field(CustomerMergeConflictCode, required=True, description="Conflict code for programs.")
    record_id = graphene.ID(required=True, description="ID of the record that it is about.")
    field = graphene.String(
        description="What it is about: a field, a table such as `notes`, or a channel and purpose of consent."
    )
    message = graphene.String(required=True, description="What is not restored, and why.")

    @staticmethod
    def resolve_record_id(one: Any, _info: Any) -> str:
        return to_global_id("CustomerRecord", _part(one, "record_id"))

    @staticmethod
    def resolve_field(one: Any, _info: Any) -> str | None:
        what = _part(one, "what")
        return spelled(what) if what else None

    @staticmethod
    def resolve_code(one: Any, _info: Any) -> str:
        return str(_part(one, "code"))

    @staticmethod
    def resolve_message(one: Any, _info: Any) -> str:
        return str(_part(one, "message"))


def _part(one: Any, name: str) -> Any:
    """A part of a conflict, of an undo just now or as the merge keeps it."""
    return one[name] if isinstance(one, Mapping) else getattr(one, name)


class CustomerMergeChoice(graphene.ObjectType):  # type: ignore[misc]
    """A value that was chosen in a merge."""

    field = graphene.Field(CustomerMergeField, required=True, description="Which detail of the record it is about.")
    field_key = graphene.String(description="Key of the field, if it is one of the shop's own.")
    record_id = graphene.ID(required=True, description="ID of the record whose value was chosen.")

    @staticmethod
    def resolve_field_key(choice: Mapping[str, Any], _info: Any) -> str | None:
        return choice["key"] or None

    @staticmethod
    def resolve_record_id(choice: Mapping[str, Any], _info: Any) -> str:
        return to_global_id("CustomerRecord", choice["record_id"])


class CustomerMerge(graphene.ObjectType):  # type: ignore[misc]
    """A merge of customer records."""

    id = graphene.ID(required=True, description="Global ID, for `customerRecordMergeUndo`.")
    state = graphene.Field(CustomerMergeState, required=True, description="Whether the merge holds.")
    record = graphene.Field(
        named("CustomerRecord"),
        required=True,
        description="The record that has the customer now: the kept one, or the one that it was merged into later.",
    )
    kept_id = graphene.ID(required=True, description="ID of the record that was kept.")
    merged_ids = list_of(graphene.ID, required=True, description="IDs of the records that were merged into it.")
    choices = list_of(CustomerMergeChoice, required=True, description="The values that were chosen.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who merged the records.")
    created_at = DateTime(required=True, description="When the records were merged.")
    job_id = graphene.ID(description="ID of the job that did it, if it was a job.")
    undone_by = graphene.Field(CustomerRecordActor, description="Who undid the merge.")
    undone_at = DateTime(description="When the merge was undone.")
    undo_first = list_of(
        lambda: CustomerMerge,
        required=True,
        description="Later merges of the record, which have to be undone before this one, in this order.",
    )
    conflicts = list_of(CustomerMergeConflict, required=True, description="What the undo did not restore.")

    @staticmethod
    def resolve_id(merge: Merge, _info: Any) -> str:
        return to_global_id("CustomerMerge", merge.pk)

    @staticmethod
    def resolve_record(merge: Merge, info: Any) -> Any:
        return load(info, records_by_id, merge.record_id)

    resolve_kept_id = staticmethod(_record_id("kept_id"))

    @staticmethod
    def resolve_merged_ids(merge: Merge, _info: Any) -> list[str]:
        return [to_global_id("CustomerRecord", id) for id in merge.merged_ids]

    @staticmethod
    def resolve_actor(merge: Merge, _info: Any) -> Actor:
        return merge.actor

    @staticmethod
    def resolve_undone_by(merge: Merge, _info: Any) -> Actor | None:
        return merge.undone_by

    @staticmethod
    def resolve_job_id(merge: Merge, _info: Any) -> str | None:
        return None if merge.job_id is None else to_global_id("CustomerJob", merge.job_id)

    @staticmethod
    def resolve_undo_first(merge: Merge, info: Any) -> Any:
        return load(info, queries.later_merges_of, merge.pk)


class CustomerMergedRecord(graphene.ObjectType):  # type: ignore[misc]
    """A record that was merged into another one. Its ID, number and addresses still find that one."""

    id = graphene.ID(required=True, description="Global ID of the record before the merge.")
    email = graphene.String(required=True, description="Primary e-mail address that the record had.")
    number = graphene.String(description="Customer number that the record had.")
    merged_into = graphene.ID(required=True, description="ID of the record that it was merged into.")
    merged_at = DateTime(required=True, description="When it was merged.")
    merge = graphene.Field(
        CustomerMerge, required=True, description="Which merge it was, with who did it and how to undo it."
    )

    resolve_id = staticmethod(_record_id("id"))
    resolve_merged_into = staticmethod(_record_id())


class MergesOfRecord:
    """The fields of a customer record about merges."""

    merged_records = list_of(
        CustomerMergedRecord,
        required=True,
        description="Records that were merged into this one, directly or by way of others.",
    )
    merges = list_of(
        CustomerMerge, required=True, description="Merges into this record, also undone ones, the last one first."
    )

    @staticmethod
    def resolve_merged_records(record: Record, info: Any) -> Any:
        return load(info, queries.former_of, record.pk)

    @staticmethod
    def resolve_merges(record: Record, info: Any) -> Any:
        return load(info, queries.merges_of, record.pk)
