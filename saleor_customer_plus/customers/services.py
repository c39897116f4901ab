"""Creating and editing customers: what the API, the commands and other features call, with all that follows.

Each function runs in the caller's transaction, takes the locks that it needs in the order that `records.locks` sets,
and leaves accounts, orders and figures as they belong to the records that it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from .. import settings
from ..accounts.account_changes import AccountChanges, change_account
from ..accounts.services import naming_the_account, update_account
from ..activity.services import Actor
from ..consent.decisions import ConsentDecision
from ..consent.services import record_events
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..fields import services as fields
from ..groups import services as groups
from ..records.editing import STALE, Writer, create_records, taken
from ..records.email import normalize_email
from ..records.locks import own_identities
from ..records.models import CustomerRecord, Source
from ..records.writing import Refusal
from ..saleor_adapter import saleor_api
from ..sync import reactions
from ..tags import services as tags
from . import queries
from .editing import edit_records


def create_customer(
    person: Mapping[str, Any],
    *,
    tag_ids: Collection[int] = (),
    group_ids: Collection[int] = (),
    consents: Sequence[ConsentDecision] = (),
    own: fields.Values | None = None,
    actor: Actor,
) -> int:
    """Create a record of a person, with tags, groups and consents, and take over what orders and an account say.

    Return its id. `person` has values that `records.validation` cleaned, `email` among them; the decisions need no
    record's id yet. `own` are values of the shop's own fields. Raises `CustomerPlusError` or `SeveralErrors`: UNIQUE,
    with the id of the record that has the address, the number or the value.
    """
    email = person["email"]
    own_identities()
    by = Writer(actor, locks=False)
    definitions = fields.hold(own or {})
    refused = fields.refusals_of_new(own or {}, definitions)
    made = create_records([person], by=by)
    raise_refusals([*made.refusals.get(email, ()), *refused])
    record_id = made.ids[email]
    fields.write({record_id: own or {}}, by=by, definitions=definitions)
    tags.assign([(record_id, tag_id) for tag_id in tag_ids], actor=actor)
    pairs = [(record_id, group_id) for group_id in sorted(group_ids)]
    if pairs:
        groups.join(pairs, actor=actor, several=settings.load()[0].several_groups)
    if consents:
        record_events([replace(one, record_id=record_id) for one in consents], actor=actor)
    reactions.records_identified([record_id], [email])
    return record_id


def edit_customer(
    record: CustomerRecord,
    values: Mapping[str, Any],
    *,
    own: fields.Values | None = None,
    actor: Actor,
    context: Any,
    version: datetime | None = None,
) -> None:
    """Write these values, cleaned by `records.validation`, to a record; what is written is locked against orders.

    `own` are values of the shop's own fields, cleaned by `fields.services.check`: locked against imports.

    `version` is the time (UTC) of the last change that the editor knew. The address of a person with an account is
    changed in Saleor, as whoever sent the request `context`, and the record follows. Raises `CustomerPlusError` or
    `SeveralErrors`: STALE, UNIQUE with the id of what is in the way, DISABLED where the settings fix addresses, and
    what Saleor refuses.
    """
    values = dict(values)
    email = values.pop("email", record.email)
    is_renamed = email != record.email
    if is_renamed:
        if not settings.load()[0].email_editable:
            raise CustomerPlusError(
                "The settings do not allow e-mail addresses to be changed.", code=ErrorCode.DISABLED, field="email"
            )
        if record.account_id is None:
            record = _linked_if_confirmed(record, leaves=email not in record.other_emails)
        if record.account_id is None:
            values["email"] = email
        else:
            _rename_account(record, email, version, context)
        own_identities()  # before any record is locked, as everywhere
    edited = edit_records(
        {record.pk: values},
        by=Writer(actor),
        versions={record.pk: version} if version else None,
        own={record.pk: own or {}},
    )
    raise_refusals(edited.refusals.get(record.pk, ()))
    if is_renamed and record.account_id is not None:
        reactions.account_changed(record.account_id, actor=actor)
    elif is_renamed:
        reactions.records_identified([record.pk, *edited.touched], [email])
    elif edited.changed:
        # What orders say instead of a detail that is locked now is suggested at once.
        reactions.details_released([record.pk])


def record_of_person(person: Mapping[str, Any], *, source: Source, actor: Actor) -> int:
    """The id of the record that has the person's `email`, created where there is none: for a lead, say."""
    return reactions.records_of_enquirers([person], source=source, actor=actor)[person["email"]]


def existing_account(record: CustomerRecord) -> Any:
    """The account that a change is to reach too, linked or not. Raise NOT_FOUND where there is none."""
    account = queries.account_of(record)
    if account is None:
        raise CustomerPlusError(
            "The person has no account. Leave `alsoAccount` out.", code=ErrorCode.NOT_FOUND, field="also_account"
        )
    return account


def change_account_of(record: CustomerRecord, changes: AccountChanges, *, actor: Actor, context: Any) -> bool:
    """Set the customer type, attributes and metadata of a person's account, linked or not; see `change_account`.

    Raises NOT_FOUND where the person has no account.
    """
    account = queries.account_of(record)
    if account is None:
        raise CustomerPlusError("The person has no account.", code=ErrorCode.NOT_FOUND, field="record_id")
    return change_account(record, account, changes, context=context, actor=actor)


def raise_refusals(refusals: Iterable[Refusal]) -> None:
    """Raise why a record was left as it is, if it was."""
    errors = [refusal.as_error(_global_id(refusal.record_id)) for refusal in refusals]
    if errors:
        raise SeveralErrors(errors)


def _global_id(record_id: int | None) -> str | None:
    return None if record_id is None else saleor_api.global_id("CustomerRecord", record_id)


def _linked_if_confirmed(record: CustomerRecord, *, leaves: bool) -> CustomerRecord:
    """The record, linked by now where an account has confirmed one of its addresses without our hearing of it.

    Where the record `leaves` its address, raise if an account has it and gets no link: it would be left behind. Saleor
    attaches a guest's orders to whichever account is given their address, so no account is renamed that proved nothing.
    """
    account = queries.account_of(record)
    if account is None:
        return record
    if account.is_confirmed:
        reactions.account_changed(account.pk)
        record.refresh_from_db()
    if record.account_id is None and leaves and normalize_email(account.email) == record.email:
        raise CustomerPlusError(
            "An account that is not linked to the record has this address. Confirm, change or delete that account.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="email",
            id=saleor_api.global_id("User", account.pk),
        )
    return record


def _rename_account(record: CustomerRecord, email: str, version: datetime | None, context: Any) -> None:
    """Have Saleor give an account another address, which the record follows.

    Before any lock of ours: a checkout may hold the account for as long as a payment takes. What refuses the edit later
    undoes this too, so what can be seen is looked at first.
    """
    refusals = []
    if version is not None and version != record.modified_at:
        refusals.append(STALE)
    if (other := queries.find(email=email)) is not None and other.pk != record.pk:
        refusals.append(taken("email", other.pk))
    raise_refusals(refusals)
    account = queries.account_of(record)
    if account is None:  # it is gone, and we do not know it yet
        raise CustomerPlusError("The account is gone. Try again in a moment.", code=ErrorCode.STALE, field="email")
    with naming_the_account(email):
        update_account(context, account, field="email", email=email)
