"""Exports of records, and their profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db.models import TextChoices

from ..activity.actions import Actor
from ..bulk import exports, profiles
from ..bulk.columns import COLUMNS
from ..bulk.exports import profiles as export_profiles
from ..bulk.exports.columns import is_column
from ..bulk.exports.options import Wish, check, check_base
from ..bulk.models import BulkProfile, JobKind
from ..settings import ExportFormat
from .base import checked_text, key_of, staff_only, to_global_id
from .jobs import CustomerJob, send_to_work
from .mutations import StaffMutation
from .record_inputs import CustomerRecordFilterInput, record_list
from .types import JSON, DateTime, enum_of, list_of

CustomerExportFormat = enum_of(ExportFormat, name="CustomerExportFormat", description="The format of an export.")


class Language(TextChoices):
    """The languages of headers: those of `bulk.columns.LANGUAGES`."""

    EN = "en", "English"
    IT = "it", "Italian"
    DE = "de", "German"
    FR = "fr", "French"
    ES = "es", "Spanish"


CustomerExportLanguage = enum_of(
    Language, name="CustomerExportLanguage", description="The language of the headers of an export."
)


class CustomerExportInput(graphene.InputObjectType):  # type: ignore[misc]
    """How a list is written. What is not given is taken from the profile, and then from the plugin's settings."""

    profile = graphene.String(
        description=(
            "One of `default`, `squarespace`, `ecwid-newsletter`, `shopify`, `mailchimp` and `klaviyo`, or the name of "
            "a saved profile."
        )
    )
    columns = list_of(graphene.String, description="The keys of the columns, in order: see `customerExportColumns`.")
    format = graphene.Field(CustomerExportFormat, description="The format.")
    delimiter = graphene.String(description='What separates cells of CSV: ",", ";", "|" or "tab".')
    encoding = graphene.String(description="UTF-8, UTF-8-BOM, UTF-16, WINDOWS-1252 or ISO-8859-1.")
    decimal_separator = graphene.String(description="What stands before the digits of a fraction: a point or a comma.")
    date_format = graphene.String(
        description="How dates are written, such as `DD.MM.YYYY HH:mm`, in UTC. Otherwise as ISO 8601 says, in full."
    )
    header_language = graphene.Field(CustomerExportLanguage, description="The language of the headers.")
    currency = graphene.String(
        description="The ISO 4217 code of the currency of figures, or ALL for one column each. Necessary for a "
        "profile of another tool in a shop with several currencies."
    )


class CustomerExportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column that an export can have."""

    key = graphene.String(required=True, description="The key of the column.")
    header = graphene.String(required=True, description="Its header.")
    example = graphene.String(required=True, description="An example of a cell.")
    is_default = graphene.Boolean(required=True, description="Whether the default profile has it.")


class CustomerJobProfile(graphene.ObjectType):  # type: ignore[misc]
    """Options that are kept under a name."""

    id = graphene.ID(description="The global id of a profile that somebody saved. Ready ones have none.")
    name = graphene.String(required=True, description="The name.")
    description = graphene.String(required=True, description="What it is for, where it is a ready one.")
    options = graphene.Field(JSON, required=True, description="What is kept: an object.")
    modified_at = DateTime(description="When it was saved.")

    @classmethod
    def of(cls, profile: BulkProfile) -> CustomerJobProfile:
        return cls(
            id=to_global_id("CustomerJobProfile", profile.pk),
            name=profile.name,
            description="",
            options=profile.options,
            modified_at=profile.modified_at,
        )


class ExportQueries:
    """What a client shows before somebody asks for an export."""

    customer_export_columns = list_of(
        CustomerExportColumn,
        description="The columns that an export can have, beside `attribute:<name>`. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="The language of the headers."),
    )
    customer_export_profiles = list_of(
        CustomerJobProfile,
        description="The profiles of exports: ready ones, and then those that were saved. Requires MANAGE_USERS.",
    )

    @staticmethod
    @staff_only
    def resolve_customer_export_columns(_root: Any, _info: Any, language: str | None = None) -> list[Any]:
        default = {key for key, _header in export_profiles.READY["default"].headed()}
        return [
            CustomerExportColumn(
                key=key,
                header=column.header(str(language or Language.EN)),
                example=column.example,
                is_default=key in default,
            )
            for key, column in COLUMNS.items()
            if is_column(key)
        ]

    @staticmethod
    @staff_only
    def resolve_customer_export_profiles(_root: Any, _info: Any) -> list[CustomerJobProfile]:
        ready = [
            CustomerJobProfile(
                name=one.key, description=one.label, options={"columns": [key for key, _header in one.headed()]}
            )
            for one in export_profiles.READY.values()
        ]
        return [*ready, *map(CustomerJobProfile.of, profiles.saved(JobKind.EXPORT))]


def wish_of(given: Mapping[str, Any] | None) -> Wish:
    """What a client asks for, checked as far as the database is not needed."""
    values = {name: value for name, value in (given or {}).items() if value is not None}
    for name, value in values.items():
        for text in value if isinstance(value, list) else [value]:
            checked_text(str(text), field=name, longest=300)
    wish = Wish(**{**values, "columns": tuple(values.get("columns", ()))})
    check(wish)
    return wish


class CustomerExportCreate(StaffMutation):
    """Begin an export of records to a file, in the background. Requires MANAGE_USERS.

    Without a filter and a search it is all active records.
    """

    job = graphene.Field(CustomerJob, description="The job that writes the file.")

    class Arguments:
        filter = CustomerRecordFilterInput(description="What all records have in common.")
        search = graphene.String(description="Words that every record matches.")
        include_inactive = graphene.Boolean(description="Both active and inactive records.")
        input = CustomerExportInput(description="How the list is written.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        include_inactive: bool | None = None,
        input: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        wanted = record_list(filter, search, None)
        job = exports.create(wanted, wish_of(input), actor=actor, include_inactive=bool(include_inactive))
        send_to_work(job)
        return {"job": job}


class CustomerExportProfileSave(StaffMutation):
    """Keep the options of an export under a name, in the place of those it stood for. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="The profile.")

    class Arguments:
        name = graphene.String(required=True, description="The name.")
        input = CustomerExportInput(required=True, description="The options.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, name: str, input: Mapping[str, Any]) -> dict[str, Any]:
        wish = wish_of(input)
        check_base(wish)
        saved = export_profiles.save(checked_text(name, field="name", longest=300), wish.given())
        return {"profile": CustomerJobProfile.of(saved)}


class CustomerJobProfileDelete(StaffMutation):
    """Delete a saved profile. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="What it was.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the profile.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        deleted = profiles.delete(key_of(id, "CustomerJobProfile", field="id"))
        return {"profile": CustomerJobProfile.of(deleted)}


class ExportMutations:
    """The mutations of exports and profiles."""

    customer_export_create = CustomerExportCreate.Field()
    customer_export_profile_save = CustomerExportProfileSave.Field()
    customer_job_profile_delete = CustomerJobProfileDelete.Field()
