"""Making and editing records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import graphene

from .. import reactions, saleor_api, settings
from ..activity.actions import Actor
from ..consent.actions import record_events
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..records import queries
from ..records.editing import Writer, create_records, edit_records
from ..records.locks import own_identities
from ..records.writing import Refusal
from ..tags import actions as tags
from .base import to_global_id
from .consent_changes import checked_decisions, decision_of_staff
from .mutations import StaffMutation
from .record_edit_inputs import CustomerRecordCreateInput, CustomerRecordInput, record_values
from .records import CustomerRecord, existing_record
from .versions import moment_of

# More is no input but a paste gone wrong.
MOST_LABELS = 100

_ACCOUNT_UPDATE = f"""
mutation ($id: ID!, $input: CustomerInput!) {{
  customerUpdate(id: $id, input: $input) {{ user {{ id }} {saleor_api.ERRORS} }}
}}
"""


class CustomerRecordCreate(StaffMutation):
    """Make a record of a person. Nothing is sent to anybody. Requires MANAGE_USERS.

    If the address is known, the error `UNIQUE` has the id of the record, also of one that is not active. What orders
    and an account of the address say is taken over at once.
    """

    record = graphene.Field(CustomerRecord, description="The record.")

    class Arguments:
        input = CustomerRecordCreateInput(required=True, description="The fields of the record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        chosen, _ = settings.load()
        given = dict(input)
        tag_names, decisions = given.pop("tags", None) or [], given.pop("consents", None) or []
        values = record_values(given, default_country=chosen.default_country)
        made = create_records([values], by=Writer(actor, locks=False))
        raise_refusals(made.refusals.get(values["email"], ()))
        record_id = made.ids[values["email"]]
        if tag_names:
            _tag(record_id, tag_names, limit=chosen.tag_limit, actor=actor)
        if decisions:
            checked = checked_decisions(
                decisions, lambda **fields: decision_of_staff(record_id, actor, **fields), field="consents"
            )
            record_events(checked, actor=actor)
        reactions.people_known([record_id], [values["email"]])
        return {"record": queries.find(id=record_id)}


class CustomerRecordUpdate(StaffMutation):
    """Edit a record. Details that are edited are no longer changed by orders and accounts. Requires MANAGE_USERS.

    The address of a person with an account is changed in Saleor, by its rules, and the record follows.
    """

    record = graphene.Field(CustomerRecord, description="The record.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        input = CustomerRecordInput(required=True, description="The fields to be changed.")
        version = graphene.String(
            description="The version that was read. If the record changed since, the edit is refused as STALE."
        )

    @classmethod
    def perform(  # type: ignore[override]
        cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any], version: str | None = None
    ) -> dict[str, Any]:
        record = existing_record(id, field="id")
        chosen, _ = settings.load()
        values = record_values(input, default_country=chosen.default_country, record=record)
        email = values.pop("email", record.email)
        is_renamed = email != record.email
        if is_renamed:
            if not chosen.email_editable:
                raise CustomerPlusError(
                    "The settings do not allow e-mail addresses to be changed.", code=ErrorCode.DISABLED, field="email"
                )
            own_identities()  # before any record is locked, as everywhere
            if record.account_id is None:
                values["email"] = email
        read = moment_of(version)
        edited = edit_records({record.pk: values}, by=Writer(actor), versions={record.pk: read} if read else None)
        raise_refusals(edited.refusals.get(record.pk, ()))
        if is_renamed and record.account_id is not None:
            _rename_account(info, record.account_id, email, actor)
        elif is_renamed:
            reactions.people_known([record.pk], [email])
        return {"record": queries.find(id=record.pk)}


def raise_refusals(refusals: Iterable[Refusal]) -> None:
    """Raise why a record was left as it is, if it was."""
    errors = [
        refusal.as_error(to_global_id("CustomerRecord", refusal.record_id) if refusal.record_id else None)
        for refusal in refusals
    ]
    if errors:
        raise SeveralErrors(errors)


def update_account(info: Any, account_id: int, **fields: Any) -> None:
    """Have Saleor change an account, as the caller and by its own rules."""
    variables = {"id": to_global_id("User", account_id), "input": fields}
    saleor_api.run(info.context, _ACCOUNT_UPDATE, variables).or_raise()


def _rename_account(info: Any, account_id: int, email: str, actor: Actor) -> None:
    other = queries.find(email=email)
    if other is not None:
        raise_refusals([Refusal("Another record has this e-mail address.", ErrorCode.UNIQUE, "email", other.pk)])
    update_account(info, account_id, email=email)
    reactions.account_changed(account_id, actor=actor)


def _tag(record_id: int, names: list[str], *, limit: int, actor: Actor) -> None:
    if len(names) > MOST_LABELS:
        raise CustomerPlusError(f"There may be at most {MOST_LABELS} of them.", field="tags")
    try:
        ids = tags.ensure(names, limit=limit)
    except CustomerPlusError as error:
        error.field = "tags"
        raise
    tags.assign([(record_id, tag_id) for tag_id in ids.values()], actor=actor)
