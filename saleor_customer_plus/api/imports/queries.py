"""Queries for the columns, formats and profiles of imports."""

from __future__ import annotations

from typing import Any

import graphene

from ...bulk import saved_profiles
from ...bulk.columns import COLUMNS, FIELD, IMPORTED, header_of_field
from ...bulk.imports.headers.formats import FORMATS
from ...bulk.imports.samples import sample
from ...fields.models import FieldType
from ...fields.queries import live
from ...jobs.models import JobKind
from ..core.base import staff_only
from ..core.types import list_of
from ..exports.inputs import CustomerExportLanguage
from ..exports.types import CustomerJobProfile
from .types import CustomerImportColumn, CustomerImportFormat


class ImportQueries:
    """What a client shows before an import."""

    customer_import_columns = list_of(
        CustomerImportColumn,
        description="List of import columns, including the fields that the shop defined. Custom attributes are "
        "available as `attribute:<name>`. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="Language of the column headers."),
    )
    customer_import_formats = list_of(
        CustomerImportFormat, description="List of known formats of other shops and tools. Requires MANAGE_USERS."
    )
    customer_import_profiles = list_of(
        CustomerJobProfile, description="List of saved import profiles. Requires MANAGE_USERS."
    )
    customer_import_sample = graphene.String(
        description="Sample CSV file with all columns and a row of examples. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="Language of the column headers."),
    )

    @staticmethod
    @staff_only
    def resolve_customer_import_columns(_root: Any, _info: Any, language: str | None = None) -> list[Any]:
        return import_columns(language)

    @staticmethod
    @staff_only
    def resolve_customer_import_formats(_root: Any, _info: Any) -> list[Any]:
        return import_formats()

    @staticmethod
    @staff_only
    def resolve_customer_import_profiles(_root: Any, _info: Any) -> list[CustomerJobProfile]:
        return import_profiles()

    @staticmethod
    @staff_only
    def resolve_customer_import_sample(_root: Any, _info: Any, language: str | None = None) -> str:
        return sample(str(language or "en"))


def import_columns(language: str | None = None) -> list[CustomerImportColumn]:
    """Return the import columns, with the fields of the shop's own, without custom attributes."""
    own = [
        CustomerImportColumn(
            key=f"{FIELD}{field.key}",
            header=header_of_field(field.key, field.label),
            holds=FieldType(field.type).label.lower(),
            example="",
        )
        for field in live()
    ]
    columns = [
        CustomerImportColumn(
            key=key,
            header=COLUMNS[key].header(str(language or "en")),
            holds=COLUMNS[key].kind.value,
            example=COLUMNS[key].example,
        )
        for key in IMPORTED
    ]
    return [*columns, *own]


def import_formats() -> list[CustomerImportFormat]:
    """Known formats of other shops and tools."""
    return [CustomerImportFormat(key=one.key, name=one.label) for one in FORMATS]


def import_profiles() -> list[CustomerJobProfile]:
    """Saved import profiles."""
    return [CustomerJobProfile.of(one) for one in saved_profiles.saved(JobKind.IMPORT)]
