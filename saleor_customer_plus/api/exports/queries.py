"""Queries for the columns and profiles of exports."""

from __future__ import annotations

from typing import Any

import graphene

from ...bulk import saved_profiles
from ...bulk.columns import COLUMNS, FIELD, header_of_field
from ...bulk.exports import profiles as export_profiles
from ...bulk.exports.column_sql import is_column
from ...fields.queries import live
from ...jobs.models import JobKind
from ..core.base import staff_only
from ..core.types import list_of
from .inputs import CustomerExportLanguage, Language
from .types import CustomerExportColumn, CustomerJobProfile


class ExportQueries:
    """What a client shows before an export."""

    customer_export_columns = list_of(
        CustomerExportColumn,
        description="List of export columns, including the fields that the shop defined. Custom attributes are "
        "available as `attribute:<name>`. Requires MANAGE_USERS.",
        language=graphene.Argument(CustomerExportLanguage, description="Language of the column headers."),
    )
    customer_export_profiles = list_of(
        CustomerJobProfile,
        description="List of export profiles: built-in ones, then saved ones. Requires MANAGE_USERS.",
    )

    @staticmethod
    @staff_only
    def resolve_customer_export_columns(_root: Any, _info: Any, language: str | None = None) -> list[Any]:
        return export_columns(language)

    @staticmethod
    @staff_only
    def resolve_customer_export_profiles(_root: Any, _info: Any) -> list[CustomerJobProfile]:
        return all_export_profiles()


def export_columns(language: str | None = None) -> list[CustomerExportColumn]:
    """Return the export columns, with the fields of the shop's own, without custom attributes."""
    default = {key for key, _header in export_profiles.READY["default"].headed()}
    own = [
        CustomerExportColumn(
            key=f"{FIELD}{field.key}", header=header_of_field(field.key, field.label), example="", is_default=True
        )
        for field in live()
    ]
    columns = [
        CustomerExportColumn(
            key=key,
            header=column.header(str(language or Language.EN)),
            example=column.example,
            is_default=key in default,
        )
        for key, column in COLUMNS.items()
        if is_column(key)
    ]
    return [*columns, *own]


def all_export_profiles() -> list[CustomerJobProfile]:
    """Return the built-in profiles, then the saved ones."""
    ready = [
        CustomerJobProfile(
            name=one.key, description=one.label, export_options={"columns": [key for key, _header in one.headed()]}
        )
        for one in export_profiles.READY.values()
    ]
    return [*ready, *map(CustomerJobProfile.of, saved_profiles.saved(JobKind.EXPORT))]
