"""Mutations of a customer's e-mail addresses."""

from __future__ import annotations

from typing import Any

import graphene

from ...activity.services import Actor
from ...customers import emails, queries
from ...errors import Problems
from ...records.email import normalize_email
from ...records.models import CustomerRecord as Record
from ...records.validation import clean
from ..core.mutations import StaffMutation
from ..core.versions import moment_of
from .lookup import existing_record
from .types import CustomerRecord


class _EmailMutation(StaffMutation):
    """A mutation of one address of a record."""

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Meta:
        abstract = True

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        email = graphene.String(required=True, description="E-mail address, case-insensitive.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, email: str) -> dict[str, Any]:
        record = existing_record(record_id)
        cls.change(record, normalize_email(email), actor)
        return {"record": queries.find(id=record.pk)}

    @classmethod
    def change(cls, record: Record, email: str, actor: Actor) -> None:
        raise NotImplementedError


class CustomerRecordEmailAdd(_EmailMutation):
    """Adds another e-mail address to a customer record, with its orders. Requires MANAGE_USERS.

    Customers are found by any of their addresses. The error `UNIQUE` contains the ID of the record that has the
    address: merge the two if they are the same person.
    """

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, email: str) -> dict[str, Any]:
        problems, record, values = Problems(), None, dict[str, Any]()
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            values = clean({"email": email}).or_raise()
        problems.raise_any()
        assert record is not None  # or its error was raised just now
        emails.add_email(record, values["email"], actor=actor)
        return {"record": queries.find(id=record.pk)}


class CustomerRecordEmailRemove(_EmailMutation):
    """Removes an e-mail address from a customer record, except the primary one. Requires MANAGE_USERS.

    Its orders leave the record: they get a record of their own, with this address.
    """

    @classmethod
    def change(cls, record: Record, email: str, actor: Actor) -> None:
        emails.remove_email(record, email, actor=actor)


class CustomerRecordEmailMakePrimary(_EmailMutation):
    """Makes another e-mail address of a customer the primary one. Requires MANAGE_USERS.

    The former primary address stays with the record. If the record is linked to an account, Saleor changes the address
    of the account.
    """

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        email = graphene.String(required=True, description="E-mail address, case-insensitive.")
        version = graphene.String(
            description="`version` of the record that the edit is based on. If the record has changed since, the "
            "mutation fails with STALE."
        )

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, record_id: str, email: str, version: str | None = None
    ) -> dict[str, Any]:
        problems, record, read = Problems(), None, None
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            read = moment_of(version) if version else None
        with problems.noted():
            if record is not None:
                emails.check_own(record, normalize_email(email))
        problems.raise_any()
        assert record is not None  # or its error was raised just now
        emails.make_primary(record, normalize_email(email), actor=actor, context=info.context, version=read)
        return {"record": queries.find(id=record.pk)}


class EmailMutations:
    """The mutations of e-mail addresses."""

    customer_record_email_add = CustomerRecordEmailAdd.Field()
    customer_record_email_remove = CustomerRecordEmailRemove.Field()
    customer_record_email_make_primary = CustomerRecordEmailMakePrimary.Field()
