"""What a client may have done to many records at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import graphene
from django.utils import timezone
from graphene.utils.str_converters import to_camel_case

from .. import settings, sql, staff
from ..activity.actions import Actor
from ..bulk.updates.changes import options_of
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..groups.actions import GROUPS
from ..records.validation import clean_reason
from ..tags import actions as tags
from ..tags.queries import ids_by_name
from .base import key_of, keys_of
from .consent_changes import CustomerConsentInput, checked_decisions, decision_of_staff
from .record_edit_inputs import CustomerRecordSocialProfileInput, record_values
from .records import CustomerRecordLawfulBasis
from .types import JSON, list_of

# What one action may name.
MOST_LABELS = 100


class CustomerBulkTagsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Tags, by their ids, by their names, or both."""

    tag_ids = list_of(graphene.ID, description="The global ids of tags.")
    names = list_of(graphene.String, description="Names of tags, in any case. To add a tag of a new name makes it.")


class CustomerBulkDeactivateInput(graphene.InputObjectType):  # type: ignore[misc]
    """Putting records out of use."""

    reason = graphene.String(description="Why, in at most 256 characters.")


class CustomerBulkFieldsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields that all get the same value. What is left out stays as it is; a null or a blank clears a field."""

    first_name = graphene.String(description="The first name.")
    last_name = graphene.String(description="The last name.")
    company_name = graphene.String(description="The company.")
    phone = graphene.String(description="The phone number.")
    additional_phones = list_of(graphene.String, description="Further phone numbers, at most 20.")
    country = graphene.String(description="The ISO 3166-1 alpha-2 code of the country.")
    language_code = graphene.String(description="The code of the language, such as de or pt-br.")
    store_note = graphene.String(description="A free note of the shop, at most 10,000 characters.")
    is_tax_exempt = graphene.Boolean(description="Whether the people are exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfileInput, description="All profiles, each network once.")
    attributes = graphene.Argument(JSON, description="All of the shop's own attributes: an object.")
    is_approved_buyer = graphene.Boolean(description="Whether the shop approved the people as buyers.")
    lawful_basis = graphene.Argument(CustomerRecordLawfulBasis, description="Why the shop may hold the data.")


class CustomerBulkLeadsInput(graphene.InputObjectType):  # type: ignore[misc]
    """Giving open leads to somebody."""

    owner_id = graphene.ID(description="Saleor's global id of the member of staff. Null: nobody.")


class CustomerBulkDeleteInput(graphene.InputObjectType):  # type: ignore[misc]
    """Deleting records with all that is kept of them: notes, files, leads, consents. Saleor's orders stay."""

    confirm = graphene.Boolean(required=True, description="True: nothing of it comes back.")
    expected = graphene.Int(required=True, description="How many records that is. If there are more, none is deleted.")


class CustomerBulkActionInput(graphene.InputObjectType):  # type: ignore[misc]
    """One thing to do. Give exactly one of the fields."""

    tag = CustomerBulkTagsInput(description="Add tags.")
    untag = CustomerBulkTagsInput(description="Take tags away.")
    group = list_of(graphene.ID, description="Let the people into groups, by their global ids.")
    ungroup = list_of(graphene.ID, description="Let the people out of groups, by their global ids.")
    activate = graphene.Boolean(description="True: put the records into use again. Name them, or filter by isActive.")
    deactivate = CustomerBulkDeactivateInput(description="Put the records out of use.")
    set_fields = CustomerBulkFieldsInput(description="Set fields. Details are locked against orders by it.")
    tax_exempt = graphene.Boolean(description="Exempt the people from taxes, or no longer.")
    consent = list_of(CustomerConsentInput, description="Record decisions. A withdrawal is not taken back by it.")
    assign_leads = CustomerBulkLeadsInput(description="Give the people's open leads to somebody.")
    delete = CustomerBulkDeleteInput(description="Delete the records.")


def job_of_action(given: Mapping[str, Any], actor: Actor) -> tuple[str, dict[str, Any]]:
    """What a job is to do, by its name in `bulk.updates.changes` and with its arguments, all of them checked."""
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
    """The action as it was sent, for whoever looks at the job."""
    ((name, value),) = ((name, value) for name, value in given.items() if value is not None)
    fields: Any = [_in_camel_case(one) for one in value] if isinstance(value, list) else _in_camel_case(value)
    return {to_camel_case(name): json.loads(sql.to_json(fields))}


def _in_camel_case(value: Any) -> Any:
    return {to_camel_case(name): one for name, one in value.items()} if isinstance(value, Mapping) else value


def _within(error: CustomerPlusError, name: str) -> CustomerPlusError:
    """The error with the path of its field within the arguments."""
    path = (error.field or "").split(".")
    field = ".".join(["action", *([] if path[0] == name else [name]), *filter(None, path)])
    return CustomerPlusError(error.message, code=error.code, field=field, id=error.id)


_Job = tuple[str, dict[str, Any]]


def _tag(given: Mapping[str, Any], _actor: Actor) -> _Job:
    chosen, _is_active = settings.load()
    ids = keys_of(given.get("tag_ids") or (), "CustomerTag", field="tag_ids", most=MOST_LABELS)
    tags.check_known(ids)
    ids += tags.ensure(_names(given), limit=chosen.tag_limit).values()
    return "tag", {"tag_ids": _some(ids, "tag_ids")}


def _untag(given: Mapping[str, Any], _actor: Actor) -> _Job:
    ids = keys_of(given.get("tag_ids") or (), "CustomerTag", field="tag_ids", most=MOST_LABELS)
    ids += ids_by_name(_names(given)).values()
    return "untag", {"tag_ids": _some(ids, "tag_ids")}


def _names(given: Mapping[str, Any]) -> list[str]:
    names = list(given.get("names") or ())
    if len(names) > MOST_LABELS:
        raise CustomerPlusError(f"There may be at most {MOST_LABELS} of them.", field="names")
    return names


def _some(ids: list[int], field: str) -> list[int]:
    if not ids:
        raise CustomerPlusError("Name at least one that there is.", code=ErrorCode.REQUIRED, field=field)
    return sorted(set(ids))


def _group(given: list[str], _actor: Actor) -> _Job:
    chosen, _is_active = settings.load()
    ids = _some(keys_of(given, "CustomerGroup", field="group", most=MOST_LABELS), "group")
    GROUPS.check_known(ids, field="group")
    if len(ids) > 1 and not chosen.several_groups:
        raise CustomerPlusError("A person may be in one group only, says a setting.", field="group")
    return "group", {"group_ids": ids}


def _ungroup(given: list[str], _actor: Actor) -> _Job:
    return "ungroup", {
        "group_ids": _some(keys_of(given, "CustomerGroup", field="ungroup", most=MOST_LABELS), "ungroup")
    }


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
    return "set_fields", {"values": record_values(given, default_country=chosen.default_country)}


def _tax_exempt(given: bool, _actor: Actor) -> _Job:
    return "set_fields", {"values": {"is_tax_exempt": given}}


def _consent(given: list[dict[str, Any]], actor: Actor) -> _Job:
    decisions = checked_decisions(given, lambda **fields: decision_of_staff(0, actor, **fields), field="consent")
    now = timezone.now()
    return "consent", {"consents": [options_of(decision, now) for decision in decisions]}


def _assign_leads(given: Mapping[str, Any], _actor: Actor) -> _Job:
    owner = given.get("owner_id")
    owner_id = None if owner is None else key_of(owner, "User", field="owner_id")
    if owner_id is not None:
        staff.check({owner_id}, field="owner_id")
    return "assign_leads", {"owner_id": owner_id}


def _delete(given: Mapping[str, Any], _actor: Actor) -> _Job:
    if not given["confirm"]:
        raise CustomerPlusError("Confirm that nothing of it comes back.", code=ErrorCode.REQUIRED, field="confirm")
    if given["expected"] < 0:
        raise CustomerPlusError("Say how many records that is.", field="expected")
    return "delete", {}


_READERS: Mapping[str, Callable[[Any, Actor], _Job]] = {
    "tag": _tag,
    "untag": _untag,
    "group": _group,
    "ungroup": _ungroup,
    "activate": _activate,
    "deactivate": _deactivate,
    "set_fields": _set_fields,
    "tax_exempt": _tax_exempt,
    "consent": _consent,
    "assign_leads": _assign_leads,
    "delete": _delete,
}
