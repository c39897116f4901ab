"""Imports: a file or a text in, a preview, the start, profiles, a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ..activity.actions import Actor
from ..bulk import imports, profiles
from ..bulk.columns import COLUMNS, IMPORTED
from ..bulk.imports.headers.formats import FORMATS
from ..bulk.imports.options import ImportOptions, Mode, Overwrite, Subscribe
from ..bulk.imports.samples import sample
from ..bulk.models import JobKind
from ..errors import CustomerPlusError
from ..records.models import LawfulBasis
from .base import checked_text, key_of, staff_only
from .exports import CustomerExportLanguage, CustomerJobProfile
from .jobs import CustomerJob, job_key, send_to_work
from .mutations import StaffMutation
from .records import CustomerRecordLawfulBasis
from .types import enum_of, list_of
from .uploads import Upload, uploaded

CustomerImportMode = enum_of(Mode, name="CustomerImportMode", description="Whom an import writes.")
CustomerImportOverwrite = enum_of(
    Overwrite, name="CustomerImportOverwrite", description="What becomes of a field that a record has already."
)
CustomerImportSubscribe = enum_of(
    Subscribe, name="CustomerImportSubscribe", description="Who is subscribed to promotional mail by an import."
)


class CustomerImportColumnInput(graphene.InputObjectType):  # type: ignore[misc]
    """What a column of a file is."""

    header = graphene.String(required=True, description="The header, as in the file; `Column 1` where it has none.")
    column = graphene.String(
        description="The key of a column, or `attribute:<name>` to keep it as a custom attribute. None passes it over."
    )


class CustomerImportInput(graphene.InputObjectType):  # type: ignore[misc]
    """How a list is imported. All of it is optional: what is not given is detected, or left as it is."""

    profile = graphene.String(description="The name of a saved profile, whose options hold where none is given here.")
    wants_preview = graphene.Boolean(description="Wait for customerImportStart before writing. True by default.")
    mode = CustomerImportMode(description="Whom to write. Everybody by default.")
    overwrite = CustomerImportOverwrite(description="What to do with fields that are filled. Overwrite by default.")
    respects_locks = graphene.Boolean(description="Leave fields alone that staff locked. True by default.")
    erases_blanks = graphene.Boolean(description="Take a blank cell for a value to be removed. False by default.")
    format = graphene.String(description="The key of a known format, or `none`.")
    encoding = graphene.String(description="The encoding, such as utf-8, utf-16 or windows-1252.")
    delimiter = graphene.String(description="What stands between two cells.")
    quote = graphene.String(description="What stands around a cell that has the delimiter in it.")
    has_header = graphene.Boolean(description="Whether the first row names the columns.")
    sheet = graphene.String(
        description="The name of the sheet of a workbook. By default the first one that is shown and has addresses; "
        "the report names the others."
    )
    mapping = list_of(CustomerImportColumnInput, description="What columns are, where that is not seen by itself.")
    keeps_unknown = graphene.Boolean(description="Keep unknown columns as custom attributes. False by default.")
    country = graphene.String(description="The country of phone numbers without a prefix, such as DE.")
    month_first = graphene.Boolean(description="Read 3/4/2024 as the 4th of March. False by default.")
    tags = list_of(graphene.String, description="Tags that everybody gets.")
    group_id = graphene.ID(description="The global id of a group that everybody joins.")
    subscribe = CustomerImportSubscribe(description="Whom to subscribe to promotional mail. Nobody by default.")
    lawful_basis = CustomerRecordLawfulBasis(description="On which basis. Necessary to subscribe anybody.")
    wording = graphene.String(description="The text by which they agreed. Necessary to subscribe anybody.")
    wording_version = graphene.String(description="Which version of the text it was.")
    makes_leads = graphene.Boolean(description="Make an enquiry for everybody. False by default.")
    makes_accounts = graphene.Boolean(
        description="Open a Saleor account for everybody who has none. No mail is sent. False by default."
    )
    deactivates_missing = graphene.Boolean(
        description="Put everybody out of use who is not in the file. The number is to be confirmed at the start."
    )


def options_of(given: Mapping[str, Any] | None) -> ImportOptions:
    """What a client asks for, over what the profile has, checked."""
    values = {name: value for name, value in (given or {}).items() if value is not None}
    values = _plain(values)
    profile = values.pop("profile", None)
    base = profiles.find(JobKind.IMPORT, profile).options if profile is not None else {}
    return ImportOptions.of_json({**base, **values}).checked()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, str):
            checked_text(value, field=name, longest=10_000)
    if "mapping" in values:
        values["mapping"] = {
            checked_text(one["header"], field="mapping", longest=1000): checked_text(
                one.get("column") or "", field="mapping", longest=100
            )
            for one in values["mapping"]
        }
    if "group_id" in values:
        values["group_id"] = key_of(values["group_id"], "CustomerGroup", field="group_id")
    if "lawful_basis" in values:
        values["lawful_basis"] = LawfulBasis(values["lawful_basis"]).value
    if "country" in values:
        values["country"] = values["country"].upper()
    return values


class CustomerImportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column that an import understands."""

    key = graphene.String(required=True, description="The key of the column.")
    header = graphene.String(required=True, description="Its header.")
    holds = graphene.String(required=True, description="What its cells hold.")
    example = graphene.String(required=True, description="An example of a cell.")


class CustomerImportFormat(graphene.ObjectType):  # type: ignore[misc]
    """A format that is recognised by its headers."""

    key = graphene.String(required=True, description="The key of the format.")
    name = graphene.String(required=True, description="Where such files come from.")


class ImportQueries:
    """What a client shows before somebody imports a list."""

    customer_import_columns = list_of(
        CustomerImportColumn,
        description="The columns that an import understands, beside `attribute:<name>`. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="The language of the headers."),
    )
    customer_import_formats = list_of(
        CustomerImportFormat, description="The formats of other shops and tools. Requires MANAGE_USERS."
    )
    customer_import_profiles = list_of(
        CustomerJobProfile, description="The saved profiles of imports. Requires MANAGE_USERS."
    )
    customer_import_sample = graphene.String(
        description="A file to begin with: all columns, and a row of examples, as CSV. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="The language of the headers."),
    )

    @staticmethod
    @staff_only
    def resolve_customer_import_columns(_root: Any, _info: Any, language: str | None = None) -> list[Any]:
        return [
            CustomerImportColumn(
                key=key,
                header=COLUMNS[key].header(str(language or "en")),
                holds=COLUMNS[key].kind.value,
                example=COLUMNS[key].example,
            )
            for key in IMPORTED
        ]

    @staticmethod
    @staff_only
    def resolve_customer_import_formats(_root: Any, _info: Any) -> list[Any]:
        return [CustomerImportFormat(key=one.key, name=one.label) for one in FORMATS]

    @staticmethod
    @staff_only
    def resolve_customer_import_profiles(_root: Any, _info: Any) -> list[CustomerJobProfile]:
        return [CustomerJobProfile.of(one) for one in profiles.saved(JobKind.IMPORT)]

    @staticmethod
    @staff_only
    def resolve_customer_import_sample(_root: Any, _info: Any, language: str | None = None) -> str:
        return sample(str(language or "en"))


class CustomerImportCreate(StaffMutation):
    """Begin an import of a file or of a pasted text, in the background. Requires MANAGE_USERS.

    Once the preview is ready the job waits, READY: its report has the format, the mapping, the counts (also of the
    accounts to be opened, if that is asked for) and the first rows. Nothing is written before customerImportStart,
    unless no preview is wanted.
    """

    job = graphene.Field(CustomerJob, description="The job.")

    class Arguments:
        file = Upload(description="The file: CSV, TSV, XLSX or JSON lines, also packed by GZIP or ZIP.")
        text = graphene.String(description="E-mail addresses, with or without names, in the place of a file.")
        input = CustomerImportInput(description="How the list is imported.")

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
        if (file is None) == (text is None):
            raise CustomerPlusError("Send either a file or a text.", field="file")
        options = options_of(input)
        if text is not None:
            checked_text(text, field="text", longest=imports.LONGEST_TEXT)
            job = imports.of_text(text, options, actor=actor)
        else:
            job = imports.of_file(uploaded(info, file, field="file"), options, actor=actor)
        send_to_work(job)
        return {"job": job}


class CustomerImportUpdate(StaffMutation):
    """Make the preview of an import anew, with other options. Requires MANAGE_USERS."""

    job = graphene.Field(CustomerJob, description="The job.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of a job that is READY, or that failed to be read.")
        input = CustomerImportInput(required=True, description="All the options.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        job = imports.change(job_key(id), options_of(input))
        send_to_work(job)
        return {"job": job}


class CustomerImportStart(StaffMutation):
    """Let an import write what its preview shows. Requires MANAGE_USERS."""

    job = graphene.Field(CustomerJob, description="The job.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of a job that is READY.")
        missing = graphene.Int(
            description="How many people who are not in the file are to be put out of use, as the preview says. "
            "Necessary if that was asked for."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, missing: int | None = None) -> dict[str, Any]:
        job = imports.start(job_key(id), missing=missing)
        send_to_work(job)
        return {"job": job}


class CustomerImportProfileSave(StaffMutation):
    """Keep the options of an import under a name, in the place of those it stood for. Requires MANAGE_USERS."""

    profile = graphene.Field(CustomerJobProfile, description="The profile.")

    class Arguments:
        name = graphene.String(required=True, description="The name.")
        input = CustomerImportInput(required=True, description="The options.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, name: str, input: Mapping[str, Any]) -> dict[str, Any]:
        options = options_of(input)
        saved = profiles.save(JobKind.IMPORT, checked_text(name, field="name", longest=300), options.to_json())
        return {"profile": CustomerJobProfile.of(saved)}


class ImportMutations:
    """The mutations of imports."""

    customer_import_create = CustomerImportCreate.Field()
    customer_import_update = CustomerImportUpdate.Field()
    customer_import_start = CustomerImportStart.Field()
    customer_import_profile_save = CustomerImportProfileSave.Field()
