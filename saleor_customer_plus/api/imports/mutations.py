"""Imports: upload, preview, start, profiles and sample file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import imports, saved_profiles
from ...bulk.imports.options import ImportOptions
from ...errors import CustomerPlusError, Problems
from ...jobs.models import JobKind
from ...records.models import LawfulBasis
from ..core.base import checked_text, key_of
from ..core.mutations import StaffMutation
from ..core.uploads import Upload, uploaded
from ..exports.types import CustomerJobProfile
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob, job_key
from .inputs import CustomerImportInput


def options_of(given: Mapping[str, Any] | None) -> ImportOptions:
    """Validate the input merged with the profile. Raises all errors at once."""
    problems = Problems()
    values = _plain({name: value for name, value in (given or {}).items() if value is not None}, problems)
    base: Mapping[str, Any] = {}
    with problems.noted():
        if (profile := values.pop("profile", None)) is not None:
            base = saved_profiles.find(JobKind.IMPORT, profile).options
    unreadable = {error.field for error in problems.errors}
    options = ImportOptions.of_json({**base, **values})
    problems.errors += [error for error in options.errors() if error.field not in unreadable]
    problems.raise_any()
    return options


def _plain(given: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Convert the values to options, without invalid ones."""
    readers: Mapping[str, Callable[[Any], Any]] = {
        "mapping": _mapping,
        "group_id": lambda id: key_of(id, "CustomerGroup", field="group_id"),
        "lawful_basis": lambda basis: LawfulBasis(basis).value,
        "marketing_purposes": lambda purposes: list(map(str, purposes)),
        "country": lambda code: checked_text(code, field="country", longest=10_000).upper(),
    }
    values: dict[str, Any] = {}
    for name, value in given.items():
        with problems.noted():
            if name in readers:
                values[name] = readers[name](value)
            elif isinstance(value, str):
                values[name] = checked_text(value, field=name, longest=10_000)
            else:
                values[name] = value
    return values


def _mapping(given: list[Mapping[str, Any]]) -> dict[str, str]:
    return {
        checked_text(one["header"], field="mapping", longest=1000): checked_text(
            one.get("column") or "", field="mapping", longest=100
        )
        for one in given
    }


class CustomerImportCreate(StaffMutation):
    """Starts an import of a file or pasted text, in the background. Requires MANAGE_USERS.

    When the preview is ready, the state of the job is READY, and its report contains the column mapping, the counts and
    the first rows. Nothing is written before customerImportStart, unless `showPreview` is false.
    """

    job = graphene.Field(CustomerJob, description="The import job. Null if the mutation failed.")

    class Arguments:
        file = Upload(
            description="File to import: CSV, TSV, XLSX or JSON lines, optionally compressed with GZIP or ZIP."
        )
        text = graphene.String(description="E-mail addresses, with or without names, instead of a file.")
        input = CustomerImportInput(description="Import options.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        file: Any = None,
        text: str | None = None,
        input: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            if (file is None) == (text is None):
                raise CustomerPlusError("Send either a file or a text.", field="file")
            if text is not None:
                checked_text(text, field="text", longest=imports.MAX_TEXT_LENGTH)
            else:
                sent = uploaded(info, file, field="file")
        with problems.noted():
            options = options_of(input)
        problems.raise_any()
        if text is not None:
            job = imports.of_text(text, options, actor=actor)
        else:
            job = imports.of_file(sent, options, actor=actor)
        send_to_work(job)
        return {"job": job}


class CustomerImportUpdate(StaffMutation):
    """Creates a new preview of an import with other options. Requires MANAGE_USERS."""

    job = graphene.Field(CustomerJob, description="The import job. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of a job that is READY or whose file could not be read.")
        input = CustomerImportInput(required=True, description="All import options.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            job_id = job_key(id)
            imports.check_known(job_id)
        with problems.noted():
            options = options_of(input)
        problems.raise_any()
        job = imports.change(job_id, options, actor=actor)
        send_to_work(job)
        return {"job": job}


class CustomerImportStart(StaffMutation):
    """Starts writing a previewed import. Requires MANAGE_USERS."""

    job = graphene.Field(CustomerJob, description="The import job. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of a job that is READY.")
        missing = graphene.Int(
            description="Number of records to deactivate because they are not in the file, as shown in the "
            "preview. Required with `deactivateMissing`."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, missing: int | None = None) -> dict[str, Any]:
        job = imports.start(job_key(id), actor=actor, missing=missing)
        send_to_work(job)
        return {"job": job}


class CustomerImportProfileSave(StaffMutation):
    """Saves import options under a name. Replaces an existing profile of the same name. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="The saved profile. Null if the mutation failed.")

    class Arguments:
        name = graphene.String(required=True, description="Name of the profile, case-insensitive.")
        input = CustomerImportInput(required=True, description="Options to save.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, name: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            options = options_of(input)
        with problems.noted():
            name = saved_profiles.checked_name(checked_text(name, field="name", longest=300))
        problems.raise_any()
        saved = saved_profiles.save(JobKind.IMPORT, name, options.to_json())
        return {"profile": CustomerJobProfile.of(saved)}


class ImportMutations:
    """The import mutations."""

    customer_import_create = CustomerImportCreate.Field()
    customer_import_update = CustomerImportUpdate.Field()
    customer_import_start = CustomerImportStart.Field()
    customer_import_profile_save = CustomerImportProfileSave.Field()
