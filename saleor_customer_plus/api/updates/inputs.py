"""Bulk update inputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import graphene
from django.utils import timezone

from ... import settings
from ...activity.services import Actor
from ...bulk.updates.changes import options_of
from ...core import sql
from ...errors import CustomerPlusError, ErrorCode, Problems, SeveralErrors
from ...fields import services as fields
from ...groups.services import GROUPS, refuse_kept
from ...records.validation import clean_reason
from ...saleor_adapter import staff
from ...tags import services as tags
from ...tags.queries import ids_by_name
from ..consent.inputs import CustomerConsentInput, checked_decisions, decision_of_staff
from ..core.base import key_of, keys_of
from ..core.types import JSON, list_of
from ..fields.inputs import CustomerRecordFieldInput, given_fields
from ..messages.inputs import CustomerMessageInput, draft_of
from ..records.enums import CustomerRecordLawfulBasis
from ..records.inputs import CustomerRecordSocialProfileInput, record_values

# Maximum number of values in one action.
MAX_LABELS = 100


class CustomerBulkTagsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Tags by ID, name or both."""

    tag_ids = list_of(graphene.ID, description="Global IDs of tags.")
    names = list_of(
        graphene.String, description="Names of tags, case-insensitive. Adding a tag with a new name creates it."
    )


class CustomerBulkDeactivateInput(graphene.InputObjectType):  # type: ignore[misc]
    """Options to deactivate records."""

    reason = graphene.String(description="Reason, at most 256 characters.")


class CustomerBulkFieldsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields to set on all records. Omitted fields are unchanged; null or an empty string clears a field."""

    null_clears = True  # see `mirrors`

    first_name = graphene.String(description="Given name of the customer.")
    last_name = graphene.String(description="Family name of the customer.")
    company_name = graphene.String(description="Company that the customer buys for.")
    phone = graphene.String(description="Phone number.")
    additional_phones = list_of(graphene.String, description="Additional phone numbers, at most 20.")
    street_address_1 = graphene.String(
        name="streetAddress1", description="First line of the street address, at most 256 characters."
    )
    street_address_2 = graphene.String(
        name="streetAddress2", description="Second line of the street address, at most 256 characters."
    )
    postal_code = graphene.String(description="Postal code or ZIP code, at most 20 characters.")
    city = graphene.String(description="City or town, at most 256 characters.")
    country_area = graphene.String(description="State or province, at most 128 characters.")
    country = graphene.String(description="ISO 3166-1 alpha-2 country code.")
    language_code = graphene.String(description="Language code, such as de or pt-br.")
    store_note = graphene.String(description="Internal note of the shop, at most 10,000 characters.")
    is_tax_exempt = graphene.Boolean(description="Whether the customers are exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfileInput, description="All social profiles, one per network.")
    attributes = graphene.Argument(JSON, description="All custom attributes: a JSON object.")
    fields = list_of(
        CustomerRecordFieldInput,
        description="Values of fields that the shop defined, except unique ones. Other fields are unchanged.",
    )
    is_approved_buyer = graphene.Boolean(description="Whether the customers are approved buyers.")
    lawful_basis = graphene.Argument(CustomerRecordLawfulBasis, description="Lawful basis for storing the data.")


class CustomerBulkLeadsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Options to assign open leads."""

    owner_id = graphene.ID(description="Saleor ID of the staff member. Null to unassign.")


class CustomerBulkDeleteInput(graphene.InputObjectType):  # type: ignore[misc]
    """Options to delete records with all related data: notes, files, leads and consents. Saleor keeps the orders."""

    confirm = graphene.Boolean(required=True, description="Must be true to confirm that the deletion cannot be undone.")
    expected = graphene.Int(
        required=True, description="Expected number of records. If there are more, none is deleted."
    )


class CustomerBulkActionInput(graphene.InputObjectType):  # type: ignore[misc]
    """Action of a bulk update. Exactly one field is required."""

    tag = CustomerBulkTagsInput(description="Add tags to the records.")
    untag = CustomerBulkTagsInput(description="Remove tags from the records.")
    group = list_of(graphene.ID, description="Add the customers to groups, by ID.")
    ungroup = list_of(graphene.ID, description="Remove the customers from groups, by ID.")
    activate = graphene.Boolean(description="True to reactivate the records. Give their IDs, or filter by isActive.")
    deactivate = CustomerBulkDeactivateInput(description="Deactivate the records.")
    set_fields = CustomerBulkFieldsInput(
        description="Set fields. Details are then locked: orders no longer change them."
    )
    set_tax_exempt = graphene.Boolean(description="Set or remove tax exemption.")
    consents = list_of(CustomerConsentInput, description="Record consent decisions. Does not override a withdrawal.")
    assign_leads = CustomerBulkLeadsInput(description="Assign the customers' open leads to a staff member.")
    message = CustomerMessageInput(
        description="Send a message to each of the customers, at most 1,000. Those without the consent that its "
        "purpose needs are skipped."
    )
    delete = CustomerBulkDeleteInput(description="Delete the records.")


def job_of_action(given: Mapping[str, Any], actor: Actor) -> tuple[str, dict[str, Any]]:
    """A validated action: its name in `bulk.updates.changes` and its arguments."""
    present = {name: value for name, value in given.items() if value is not None}
    if len(present) != 1:
        raise CustomerPlusError("Give exactly one action.", code=ErrorCode.REQUIRED, field="action")
    ((name, value),) = present.items()
    try:
        return _READERS[name](value, actor)
    except CustomerPlusError as error:
        raise _within(error, name) from None
    except SeveralErrors as several:
        raise SeveralErrors([_within(error, name) for error in several.errors]) from None


def shown(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the action as sent, as JSON, for display with the job."""
    action: dict[str, Any] = json.loads(
        sql.to_json({name: value for name, value in given.items() if value is not None})
    )
    return action


def _within(error: CustomerPlusError, name: str) -> CustomerPlusError:
    """Prefix the path of the error's field with that of the argument."""
    path = (error.field or "").split(".")
    field = ".".join(["action", *([] if path[0] == name else [name]), *filter(None, path)])
    return CustomerPlusError(error.message, code=error.code, field=field, id=error.id)


_Job = tuple[str, dict[str, Any]]


def _tag(given: Mapping[str, Any], _actor: Actor) -> _Job:
    chosen, _is_active = settings.load()
    problems, named = Problems(), dict[str, int]()
    with problems.noted():
        ids = keys_of(given.get("tag_ids") or (), "CustomerTag", field="tag_ids", most=MAX_LABELS)
        tags.check_known(ids)
    with problems.noted():
        named = tags.ensure(_names(given), limit=chosen.tag_limit)
    problems.raise_any()
    return "tag", {"tag_ids": _some([*ids, *named.values()], "tag_ids")}


def _untag(given: Mapping[str, Any], _actor: Actor) -> _Job:
    problems = Problems()
    with problems.noted():
        ids = keys_of(given.get("tag_ids") or (), "CustomerTag", field="tag_ids", most=MAX_LABELS)
    with problems.noted():
        named = ids_by_name(_names(given))
    problems.raise_any()
    return "untag", {"tag_ids": _some([*ids, *named.values()], "tag_ids")}


def _names(given: Mapping[str, Any]) -> list[str]:
    names = list(given.get("names") or ())
    if len(names) > MAX_LABELS:
        raise CustomerPlusError(f"Name at most {MAX_LABELS} tags.", field="names")
    return names


def _some(ids: list[int], field: str) -> list[int]:
    if not ids:
        raise CustomerPlusError("Name at least one that there is.", code=ErrorCode.REQUIRED, field=field)
    return sorted(set(ids))


def _group(given: list[str], _actor: Actor) -> _Job:
    chosen, _is_active = settings.load()
    ids = _some(keys_of(given, "CustomerGroup", field="group", most=MAX_LABELS), "group")
    GROUPS.check_known(ids, field="group")
    refuse_kept(ids, field="group")
    if len(ids) > 1 and not chosen.several_groups:
        raise CustomerPlusError("Customers can belong to only one group. Name one.", field="group")
    return "group", {"group_ids": ids}


def _ungroup(given: list[str], _actor: Actor) -> _Job:
    ids = _some(keys_of(given, "CustomerGroup", field="ungroup", most=MAX_LABELS), "ungroup")
    refuse_kept(ids, field="ungroup")
    return "ungroup", {"group_ids": ids}


def _activate(given: bool, _actor: Actor) -> _Job:
    if not given:
        raise CustomerPlusError("To put records out of use, give `deactivate`.", field="activate")
    return "activate", {}


def _deactivate(given: Mapping[str, Any], _actor: Actor) -> _Job:
    return "deactivate", {"reason": clean_reason(given.get("reason"))}


def _set_fields(given: Mapping[str, Any], _actor: Actor) -> _Job:
    if not given:
        raise CustomerPlusError("Give at least one field.", code=ErrorCode.REQUIRED)
    chosen, _is_active = settings.load()
    problems, values, own = Problems(), dict[str, Any](), dict[str, Any]()
    given = dict(given)
    own_given = given_fields(given.pop("fields", None))
    with problems.noted():
        values = record_values(given, default_country=chosen.default_country)
    with problems.noted():
        own = fields.check_for_many(own_given)
    problems.raise_any()
    return "set_fields", {"values": values, "fields": own}


def _tax_exempt(given: bool, _actor: Actor) -> _Job:
    return "set_fields", {"values": {"is_tax_exempt": given}}


def _consent(given: list[dict[str, Any]], actor: Actor) -> _Job:
    decisions = checked_decisions(given, lambda **fields: decision_of_staff(0, actor, **fields), field="consents")
    now = timezone.now()
    return "consent", {"consents": [options_of(decision, now) for decision in decisions]}


def _assign_leads(given: Mapping[str, Any], _actor: Actor) -> _Job:
    owner = given.get("owner_id")
    owner_id = None if owner is None else key_of(owner, "User", field="owner_id")
    if owner_id is not None:
        staff.check({owner_id}, field="owner_id")
    return "assign_leads", {"owner_id": owner_id}


def _message(given: Mapping[str, Any], _actor: Actor) -> _Job:
    problems = Problems()
    with problems.noted():
        draft = draft_of(given)
    with problems.noted():
        if given.get("answers_id") is not None:
            raise CustomerPlusError("A message to many answers nobody. Leave this out.", field="answers_id")
    problems.raise_any()
    return "message", {
        "subject": draft.subject,
        "body": draft.body,
        "template_id": draft.template.pk if draft.template else None,
        "purpose": draft.purpose.value,
        "reply_to": draft.reply_to,
        "override_reason": draft.override_reason,
    }


def _delete(given: Mapping[str, Any], _actor: Actor) -> _Job:
    problems = Problems()
    if not given["confirm"]:
        with problems.noted():
            raise CustomerPlusError(
                "A deletion cannot be undone. Confirm it with true.", code=ErrorCode.REQUIRED, field="confirm"
            )
    if given["expected"] < 0:
        with problems.noted():
            raise CustomerPlusError("Give the number of records to be deleted.", field="expected")
    problems.raise_any()
    return "delete", {}


_READERS: Mapping[str, Callable[[Any, Actor], _Job]] = {
    "tag": _tag,
    "untag": _untag,
    "group": _group,
    "ungroup": _ungroup,
    "activate": _activate,
    "deactivate": _deactivate,
    "set_fields": _set_fields,
    "set_tax_exempt": _tax_exempt,
    "consents": _consent,
    "assign_leads": _assign_leads,
    "message": _message,
    "delete": _delete,
}
