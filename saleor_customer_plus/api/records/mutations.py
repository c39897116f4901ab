"""Mutations to create and update records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import graphene

from ... import settings
from ...activity.services import Actor
from ...consent.decisions import ConsentDecision
from ...customers import queries, services
from ...errors import CustomerPlusError, Problems
from ...fields import services as fields
from ...groups import services as groups
from ...settings import CustomerPlusSettings
from ...tags import services as tags
from ..consent.inputs import checked_decisions, decision_of_staff
from ..core.base import keys_of
from ..core.mutations import StaffMutation
from ..core.versions import moment_of
from ..fields.inputs import given_fields, places_of
from .inputs import CustomerRecordCreateInput, CustomerRecordInput, record_values
from .lookup import existing_record
from .types import CustomerRecord

# Longer lists were pasted by mistake.
MAX_LABELS = 100


class CustomerRecordCreate(StaffMutation):
    """Creates a customer record. Sends no e-mail. Requires MANAGE_USERS.

    If the address is known, the error `UNIQUE` contains the ID of the record, even if it is inactive. Data of orders
    and an account with the address is synchronized at once.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        input = CustomerRecordCreateInput(required=True, description="Fields required to create a customer record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        chosen, _ = settings.load()
        given = dict(input)
        tag_names, group_ids = given.pop("tags", None) or [], given.pop("group_ids", None) or []
        decisions = given.pop("consents", None) or []
        own_given = given_fields(given.pop("fields", None))
        problems = Problems()
        values: dict[str, Any] = {}
        checked, tag_ids, groups_to_join = list[ConsentDecision](), list[int](), list[int]()
        own: fields.Values = {}
        with problems.noted():
            values = record_values(given, default_country=chosen.default_country)
        with problems.noted():
            own = fields.check(own_given, is_new=True)
        with problems.noted():
            tag_ids = _tag_ids(tag_names, chosen)
        with problems.noted():
            groups_to_join = _group_ids(group_ids, chosen)
        with problems.noted():
            if decisions:
                checked = checked_decisions(
                    decisions, lambda **fields: decision_of_staff(0, actor, **fields), field="consents"
                )
        if values:
            # The transaction is rolled back on any error.
            with problems.noted(), places_of(own_given):
                record_id = services.create_customer(
                    values, tag_ids=tag_ids, group_ids=groups_to_join, consents=checked, own=own, actor=actor
                )
        problems.raise_any()
        return {"record": queries.find(id=record_id)}


class CustomerRecordUpdate(StaffMutation):
    """Updates a customer record. Requires MANAGE_USERS.

    Updated details are locked: orders and accounts no longer change them.

    The address of a customer with an account is changed in Saleor, by Saleor's rules, and then in the record.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerRecordInput(required=True, description="Fields to update.")
        version = graphene.String(
            description="Version that the edit is based on. The mutation fails with STALE if the record has "
            "changed since."
        )

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any], version: str | None = None
    ) -> dict[str, Any]:
        chosen, _ = settings.load()
        given = dict(input)
        own_given = given_fields(given.pop("fields", None))
        problems, record = Problems(), None
        with problems.noted():
            record = existing_record(id, field="id")
        with problems.noted():
            values = record_values(given, default_country=chosen.default_country, record=record)
        with problems.noted():
            own = fields.check(own_given)
        with problems.noted():
            read = moment_of(version)
        problems.raise_any()
        assert record is not None  # or its error was raised just now
        with places_of(own_given):
            services.edit_customer(record, values, own=own, actor=actor, context=info.context, version=read)
        return {"record": queries.find(id=record.pk)}


def _tag_ids(names: list[str], chosen: CustomerPlusSettings) -> list[int]:
    """Return the tags with these names, creating new ones."""
    if not names:
        return []
    if len(names) > MAX_LABELS:
        raise CustomerPlusError(f"Name at most {MAX_LABELS} tags.", field="tags")
    with _about("tags"):
        return list(tags.ensure(names, limit=chosen.tag_limit).values())


def _group_ids(global_ids: list[str], chosen: CustomerPlusSettings) -> list[int]:
    ids = set(keys_of(global_ids, "CustomerGroup", field="group_ids", most=MAX_LABELS))
    if len(ids) > 1 and not chosen.several_groups:
        raise CustomerPlusError("Customers can belong to only one group. Name one.", field="group_ids")
    with _about("group_ids"):
        groups.check_known(ids)
    return sorted(ids)


@contextmanager
def _about(field: str) -> Iterator[None]:
    """Set the input field of an error raised by another feature."""
    try:
        yield
    except CustomerPlusError as error:
        error.field = field
        raise
