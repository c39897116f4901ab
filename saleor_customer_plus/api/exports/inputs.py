"""Export inputs."""

from __future__ import annotations

import graphene
from django.db.models import TextChoices

from ...settings import ExportFormat
from ..consent.enums import CustomerConsentPurpose
from ..core.types import enum_of, list_of

CustomerExportFormat = enum_of(
    ExportFormat,
    name="CustomerExportFormat",
    description="Export file format.",
    values={
        "CSV": "Delimited text, one line per record. `delimiter` separates the cells",
        "TSV": "Tab-separated text, one line per record",
        "XLSX": "Excel workbook with one sheet",
        "JSONL": "One JSON object per line",
    },
)


class Language(TextChoices):
    """The header languages: `bulk.columns.LANGUAGES`."""

    EN = "en", "English headers"
    IT = "it", "Italian headers"
    DE = "de", "German headers"
    FR = "fr", "French headers"
    ES = "es", "Spanish headers"


CustomerExportLanguage = enum_of(Language, name="CustomerExportLanguage", description="Language of column headers.")


class CustomerExportInput(graphene.InputObjectType):  # type: ignore[misc]
    """Export options. Missing options default to those of the profile, then to the plugin's settings."""

    profile = graphene.String(
        description=(
            "Name of an export profile: `default`, `squarespace`, `ecwid-newsletter`, `shopify`, "
            "`mailchimp`, `klaviyo` or a saved profile."
        )
    )
    columns = list_of(graphene.String, description="Keys of the columns, in order. See `customerExportColumns`.")
    format = graphene.Field(CustomerExportFormat, description="File format.")
    delimiter = graphene.String(
        description='Delimiter of CSV: ",", ";", "|" or "tab". Defaults to ";" if the headers are in a language other '
        "than English or the decimal separator is a comma."
    )
    encoding = graphene.String(description="UTF-8, UTF-8-BOM, UTF-16, WINDOWS-1252 or ISO-8859-1.")
    decimal_separator = graphene.String(
        description="Decimal separator: a point or a comma. Defaults to that of `headerLanguage`."
    )
    date_format = graphene.String(
        description="Date format, such as `DD.MM.YYYY HH:mm`, in UTC. Defaults to that of `headerLanguage`, which is "
        "the full ISO 8601 format for English."
    )
    header_language = graphene.Field(
        CustomerExportLanguage,
        description="Language of the column headers. The delimiter, the decimal separator and the date format default "
        "to what spreadsheets expect where it is spoken.",
    )
    currency = graphene.String(
        description="ISO 4217 currency code of the figures, or ALL for one column per currency. Required for "
        "another tool's profile if the shop has several currencies."
    )
    purpose = graphene.Field(
        CustomerConsentPurpose,
        description="Consent purpose of the list. NEWSLETTER for `mailchimp` and `ecwid-newsletter`, which "
        "contain only its subscribers; PROMOTIONAL for `shopify` and `klaviyo`. None for other "
        "profiles.",
    )
