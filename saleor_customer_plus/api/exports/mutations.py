"""Mutations of exports and profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import exports, saved_profiles
from ...bulk.exports import profiles as export_profiles
from ...bulk.exports.options import ExportRequest, check, check_base
from ...bulk.exports.profiles import check_columns
from ...errors import Problems
from ..core.base import checked_text, key_of
from ..core.mutations import StaffMutation
from ..customers.arguments import selected_records, usable_view
from ..customers.inputs import CustomerRecordFilterInput
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob
from .inputs import CustomerExportInput
from .types import CustomerJobProfile


def export_request_of(given: Mapping[str, Any] | None) -> ExportRequest:
    """Validate the input as far as possible without the database."""
    values = {name: value for name, value in (given or {}).items() if value is not None}
    problems = Problems()
    for name, value in values.items():
        with problems.noted():
            for text in value if isinstance(value, list) else [value]:
                checked_text(str(text), field=name, longest=300)
    wrong = {error.field for error in problems.errors}
    fine = {name: value for name, value in values.items() if name not in wrong}
    request = ExportRequest(**{**fine, "columns": tuple(fine.get("columns", ()))})
    with problems.noted():
        check(request)
    problems.raise_any()
    return request


class CustomerExportCreate(StaffMutation):
    """Starts an export of customer records to a file, in the background. Requires MANAGE_USERS.

    Without a filter or search, it exports all active records.
    """

    job = graphene.Field(CustomerJob, description="The export job. Null if the mutation failed.")

    class Arguments:
        filter = CustomerRecordFilterInput(description="Filtering options for the records.")
        search = graphene.String(description="Words that records must match.")
        view = graphene.ID(
            description="Global ID of a saved view of the caller, or a shared one: only its records, with its columns "
            "unless `input` has `columns` or a `profile`. `filter` and `search` narrow it."
        )
        include_inactive = graphene.Boolean(description="Whether to include inactive records.")
        input = CustomerExportInput(description="Export options.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        view: str | None = None,
        include_inactive: bool | None = None,
        input: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        problems, shown = Problems(), None
        with problems.noted():
            shown = usable_view(info, view)
        with problems.noted():
            wanted = selected_records(info, filter, search, shown)
        with problems.noted():
            request = export_request_of(input)
        problems.raise_any()
        if shown is not None and not (request.columns or request.profile):
            check_columns(shown.columns, field="view")  # its fields may have been deleted
            request = replace(request, columns=tuple(shown.columns))
        job = exports.create(wanted, request, actor=actor, include_inactive=bool(include_inactive))
        send_to_work(job)
        return {"job": job}


class CustomerExportProfileSave(StaffMutation):
    """Saves export options under a name. Replaces an existing profile of the same name. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="The saved profile. Null if the mutation failed.")

    class Arguments:
        name = graphene.String(required=True, description="Name of the profile, case-insensitive.")
        input = CustomerExportInput(required=True, description="Options to save.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, name: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            request = export_request_of(input)
            check_base(request)
        with problems.noted():
            name = saved_profiles.checked_name(
                checked_text(name, field="name", longest=300), reserved=export_profiles.READY
            )
        problems.raise_any()
        saved = export_profiles.save(name, request.given())
        return {"profile": CustomerJobProfile.of(saved)}


class CustomerJobProfileDelete(StaffMutation):
    """Deletes a saved profile. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="The deleted profile.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of the profile.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        deleted = saved_profiles.delete(key_of(id, "CustomerJobProfile", field="id"))
        return {"profile": CustomerJobProfile.of(deleted)}


class ExportMutations:
    """The mutations of exports and profiles."""

    customer_export_create = CustomerExportCreate.Field()
    customer_export_profile_save = CustomerExportProfileSave.Field()
    customer_job_profile_delete = CustomerJobProfileDelete.Field()
