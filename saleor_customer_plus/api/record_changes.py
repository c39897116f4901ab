"""Making and editing records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import graphene

from .. import hooks, reactions, saleor_api, settings
from ..activity.actions import Actor
from ..consent.actions import record_events
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..groups import actions as groups
from ..records import queries
from ..records.editing import STALE, Writer, create_records, edit_records, taken
from ..records.locks import own_identities
from ..records.models import CustomerRecord as Record
from ..records.writing import Refusal
from ..settings import CustomerPlusSettings
from ..tags import actions as tags
from .base import keys_of, to_global_id
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
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        chosen, _ = settings.load()
        given = dict(input)
        tag_names, group_ids = given.pop("tags", None) or [], given.pop("groups", None) or []
        decisions = given.pop("consents", None) or []
        values = record_values(given, default_country=chosen.default_country)
        made = create_records([values], by=Writer(actor, locks=False))
        raise_refusals(made.refusals.get(values["email"], ()))
        record_id = made.ids[values["email"]]
        if tag_names:
            _tag(record_id, tag_names, chosen, actor)
        if group_ids:
            _join(record_id, group_ids, chosen, actor)
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
    def perform(
        cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any], version: str | None = None
    ) -> dict[str, Any]:
        record = existing_record(id, field="id")
        chosen, _ = settings.load()
        values = record_values(input, default_country=chosen.default_country, record=record)
        read = moment_of(version)
        email = values.pop("email", record.email)
        is_renamed = email != record.email
        if is_renamed:
            if not chosen.email_editable:
                raise CustomerPlusError(
                    "The settings do not allow e-mail addresses to be changed.", code=ErrorCode.DISABLED, field="email"
                )
            if record.account_id is None:
                values["email"] = email
            else:
                _rename_account(info, record, email, read)
            own_identities()  # before any record is locked, as everywhere
        edited = edit_records({record.pk: values}, by=Writer(actor), versions={record.pk: read} if read else None)
        raise_refusals(edited.refusals.get(record.pk, ()))
        if is_renamed and record.account_id is not None:
            reactions.account_changed(record.account_id, actor=actor)
        elif is_renamed:
            reactions.people_known([record.pk], [email])
        elif edited.changed:
            # What orders say instead of a detail that is locked now is suggested at once.
            reactions.details_released([record.pk])
        return {"record": queries.find(id=record.pk)}


def raise_refusals(refusals: Iterable[Refusal]) -> None:
    """Raise why a record was left as it is, if it was."""
    errors = [
        refusal.as_error(to_global_id("CustomerRecord", refusal.record_id) if refusal.record_id else None)
        for refusal in refusals
    ]
    if errors:
        raise SeveralErrors(errors)


def update_account(info: Any, account_id: int | None, **fields: Any) -> None:
    """Have Saleor change an account, as the caller and by its own rules."""
    variables = {"id": to_global_id("User", account_id), "input": fields}
    saleor_api.run(info.context, _ACCOUNT_UPDATE, variables).or_raise()


def _rename_account(info: Any, record: Record, email: str, read: datetime | None) -> None:
    """Have Saleor give an account another address, which the record follows.

    Before any lock of ours: a checkout may hold the account for as long as a payment takes. What refuses the edit later
    undoes this too, so what can be seen is looked at first.
    """
    refusals = []
    if read is not None and read != record.modified_at:
        refusals.append(STALE)
    if (other := queries.find(email=email)) is not None:
        refusals.append(taken("email", other.pk))
    raise_refusals(refusals)
    update_account(info, record.account_id, email=email)


def _tag(record_id: int, names: list[str], chosen: CustomerPlusSettings, actor: Actor) -> None:
    if len(names) > MOST_LABELS:
        raise CustomerPlusError(f"There may be at most {MOST_LABELS} of them.", field="tags")
    with _about("tags"):
        ids = tags.ensure(names, limit=chosen.tag_limit)
    tags.assign([(record_id, tag_id) for tag_id in ids.values()], actor=actor)


def _join(record_id: int, global_ids: list[str], chosen: CustomerPlusSettings, actor: Actor) -> None:
    ids = set(keys_of(global_ids, "CustomerGroup", field="groups", most=MOST_LABELS))
    if len(ids) > 1 and not chosen.several_groups:
        raise CustomerPlusError("A person may be in one group only, says a setting.", field="groups")
    with _about("groups"):
        groups.check_known(ids)
    pairs = [(record_id, group_id) for group_id in sorted(ids)]
    hooks.memberships_changed(groups.join(pairs, actor=actor, several=chosen.several_groups))


@contextmanager
def _about(field: str) -> Iterator[None]:
    """Name the field of the input that an error of another feature is about."""
    try:
        yield
    except CustomerPlusError as error:
        error.field = field
        raise
