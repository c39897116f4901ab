"""The report of an import: how its file is read, the preview, and what was imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ....bulk.imports.consents import Count
from ....bulk.imports.planner import RowOutcome
from ....jobs.models import BulkJob
from ...consent.enums import CustomerConsentState
from ...core.types import JSON, enum_of, list_of
from .problems import CustomerJobReason

CustomerImportRowResult = enum_of(
    RowOutcome,
    name="CustomerImportRowResult",
    description="Result of importing a row.",
    values={
        "CREATED": "A record is created",
        "UPDATED": "A record is updated",
        "UNCHANGED": "The record already has all values",
        "SKIPPED": "The row is skipped because of the mode, or because a later row has the same address",
        "REFUSED": "No part of the row is imported. See `problems`",
    },
)


class CustomerImportReportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column of the file and its mapping."""

    header = graphene.String(
        required=True, description="Header in the file, or `Column 1` if it has none. Use it in `mapping`."
    )
    column = graphene.String(
        description="Key of the import column, see `customerImportColumns`, or `attribute:<name>`. Null if the "
        "column is skipped."
    )
    samples = list_of(
        graphene.String, required=True, description="Up to three different values, cut to 100 characters each."
    )


class CustomerImportReportFile(graphene.ObjectType):  # type: ignore[misc]
    """How the file is read. To correct a value, set the option of the same name."""

    encoding = graphene.String(required=True, description="Encoding, such as utf-8.")
    delimiter = graphene.String(required=True, description="Delimiter between cells.")
    quote = graphene.String(required=True, description="Quote character of cells that contain the delimiter.")
    has_header = graphene.Boolean(required=True, description="Whether the first row contains headers.")
    month_first = graphene.Boolean(
        required=True, description="Whether 3/4/2024 is read as March 4, according to the first rows."
    )
    status = CustomerConsentState(
        description="What the name of the file says of everybody in it, such as UNSUBSCRIBED for `unsubscribed.csv`: "
        "customers in it are subscribed only if it is SUBSCRIBED or null."
    )
    sheet = graphene.String(description="Name of the sheet that is read. Null if the file is not a workbook.")
    other_sheets = list_of(graphene.String, required=True, description="Other sheets with rows, which are skipped.")


class CustomerImportPreviewCounts(graphene.ObjectType):  # type: ignore[misc]
    """Number of rows by result. The first five add up to the rows of the file that are not blank."""

    to_create = graphene.Int(required=True, description="Rows that create a record.")
    to_update = graphene.Int(required=True, description="Rows that update a record.")
    to_leave = graphene.Int(required=True, description="Rows that change nothing.")
    to_skip = graphene.Int(required=True, description="Rows that are skipped.")
    to_refuse = graphene.Int(required=True, description="Rows that are refused. See `problems`.")
    with_warnings = graphene.Int(
        required=True, description="Rows, among the first three counts, of which a part is left out. See `problems`."
    )

    @staticmethod
    def resolve_with_warnings(counts: Mapping[str, int], _info: Any) -> int:
        return counts.get("with_warnings", 0)


class CustomerImportWarningCount(graphene.ObjectType):  # type: ignore[misc]
    """Number of warnings about a column."""

    header = graphene.String(description="Header of the column in the file. Null for warnings about the whole row.")
    column = graphene.String(description="Key of the import column.")
    code = graphene.String(required=True, description="Error code for programs.")
    count = graphene.Int(required=True, description="Number of warnings.")

    @classmethod
    def of(cls, warnings: Sequence[Mapping[str, Any]]) -> list[CustomerImportWarningCount]:
        return [
            cls(header=one["header"] or None, column=one["column"] or None, code=one["code"], count=one["count"])
            for one in warnings
        ]


class CustomerImportChangedField(graphene.ObjectType):  # type: ignore[misc]
    """Number of changes of a field."""

    field = graphene.String(required=True, description="Key of the field.")
    count = graphene.Int(required=True, description="Number of records in which the field changes.")


class CustomerImportPreviewValue(graphene.ObjectType):  # type: ignore[misc]
    """A record field as it will be stored."""

    field = graphene.String(required=True, description="Key of the field.")
    value = graphene.Field(JSON, description="Value: a string, a boolean, a list of strings or an object of strings.")


class CustomerImportPreviewChange(graphene.ObjectType):  # type: ignore[misc]
    """A value of an existing record that the import changes."""

    field = graphene.String(required=True, description="Key of the field.")
    before = graphene.Field(
        JSON,
        description="Current value: a string, a boolean, a list of strings or an object of strings. Null if there is "
        "none, and for a consent that was never decided.",
    )
    after = graphene.Field(JSON, description="Value after the import. Null if the field will be cleared.")


class CustomerImportPreviewRow(graphene.ObjectType):  # type: ignore[misc]
    """A row as it will be stored, or why it is refused or skipped."""

    row_number = graphene.Int(required=True, description="Row number in the file. The header is row 1.")
    result = graphene.Field(CustomerImportRowResult, required=True, description="How the row is imported.")
    values = list_of(CustomerImportPreviewValue, required=True, description="Values of the row by field.")
    changed_fields = list_of(
        graphene.String, required=True, description="Keys of the changed fields of an existing record."
    )
    changes = list_of(
        CustomerImportPreviewChange,
        required=True,
        description="The changed fields of an existing record with their values before and after. Tags and groups are "
        "by name, and consents are true if they are granted.",
    )
    reasons = list_of(CustomerJobReason, required=True, description="Why the row, or a part of it, is not written.")

    @staticmethod
    def resolve_row_number(row: Mapping[str, Any], _info: Any) -> int:
        return int(row["row"])

    @staticmethod
    def resolve_result(row: Mapping[str, Any], _info: Any) -> str:
        return str(row["outcome"])

    @staticmethod
    def resolve_values(row: Mapping[str, Any], _info: Any) -> list[dict[str, Any]]:
        return [{"field": name, "value": value} for name, value in row["values"].items()]

    @staticmethod
    def resolve_changed_fields(row: Mapping[str, Any], _info: Any) -> list[str]:
        return list(row["changed"])

    @staticmethod
    def resolve_changes(row: Mapping[str, Any], _info: Any) -> list[Mapping[str, Any]]:
        return list(row.get("changes", ()))  # previews of earlier versions have none


class CustomerImportConsentCounts(graphene.ObjectType):  # type: ignore[misc]
    """Number of consents by result."""

    subscribed = graphene.Int(required=True, description="Consents that are granted.")
    unsubscribed = graphene.Int(required=True, description="Consents that are withdrawn.")
    withheld = graphene.Int(
        required=True,
        description="Consents that are not granted because the customer withdrew, the address is on a suppression "
        "list, or the purpose is unclear.",
    )
    suppressed = graphene.Int(
        required=True,
        description="Addresses of a suppression list that belong to no record, and are remembered as hashes.",
    )

    @classmethod
    def of(cls, counts: Mapping[str, int] | None) -> CustomerImportConsentCounts | None:
        return None if counts is None else cls(**{one.name.lower(): counts.get(one.value, 0) for one in Count})


class CustomerImportAccountCounts(graphene.ObjectType):  # type: ignore[misc]
    """Number of accounts by result."""

    opened = graphene.Int(required=True, description="Accounts that were created.")
    changed = graphene.Int(
        required=True, description="Accounts of which the customer type, attributes or metadata were changed."
    )
    refused = graphene.Int(
        required=True, description="Accounts that Saleor refused to create or change. See `problems`."
    )


class CustomerImportPreview(graphene.ObjectType):  # type: ignore[misc]
    """What the import will do. Counts are exact unless records change before the start."""

    counts = graphene.Field(CustomerImportPreviewCounts, required=True, description="Number of rows by result.")
    changed_fields = list_of(
        CustomerImportChangedField, required=True, description="Number of changes in existing records, by field."
    )
    rows = list_of(
        CustomerImportPreviewRow,
        required=True,
        description="First rows of the file, at most 20, with those that are refused.",
    )
    warnings = list_of(
        CustomerImportWarningCount, required=True, description="Warnings by column, the most frequent first."
    )
    consents = graphene.Field(
        CustomerImportConsentCounts, description="Number of consents by result. Null if the file contains none."
    )
    accounts_to_open = graphene.Int(
        description="Number of customers without an account. Null unless `makeAccounts` is true."
    )
    missing = graphene.Int(
        description="Number of records that are not in the file, for the argument `missing` of "
        "customerImportStart. Null unless `deactivateMissing` is true."
    )

    @staticmethod
    def resolve_changed_fields(preview: Mapping[str, Any], _info: Any) -> list[dict[str, Any]]:
        return [{"field": name, "count": count} for name, count in preview["changed_fields"].items()]

    @staticmethod
    def resolve_warnings(preview: Mapping[str, Any], _info: Any) -> list[CustomerImportWarningCount]:
        return CustomerImportWarningCount.of(preview.get("warnings", ()))

    @staticmethod
    def resolve_consents(preview: Mapping[str, Any], _info: Any) -> CustomerImportConsentCounts | None:
        return CustomerImportConsentCounts.of(preview.get("consents"))

    @staticmethod
    def resolve_accounts_to_open(preview: Mapping[str, Any], _info: Any) -> int | None:
        return preview.get("accounts")


class CustomerImportReport(graphene.ObjectType):  # type: ignore[misc]
    """How an import reads its file, what it will do and what it did. Row counts are in `progress`."""

    format = graphene.String(description="Key of the detected format. Null if no format was detected.")
    columns = list_of(
        CustomerImportReportColumn, required=True, description="Columns of the file, in order, with their mapping."
    )
    file = graphene.Field(CustomerImportReportFile, required=True, description="How the file is read.")
    preview = graphene.Field(
        CustomerImportPreview,
        description="What the import will do. Null until it is known, or if no preview was requested.",
    )
    consents = graphene.Field(
        CustomerImportConsentCounts, description="Consents by result. Null until the job ends, or if there are none."
    )
    warnings = list_of(
        CustomerImportWarningCount,
        description="Warnings by column, the most frequent first. Null until the job ends.",
    )
    accounts = graphene.Field(
        CustomerImportAccountCounts,
        description="Accounts by result. Null until the job ends, or if it neither creates nor changes any.",
    )

    @staticmethod
    def resolve_format(job: BulkJob, _info: Any) -> str | None:
        return job.report["mapping"]["format"] or None

    @staticmethod
    def resolve_columns(job: BulkJob, _info: Any) -> list[dict[str, Any]]:
        return [{"samples": [], **column} for column in job.report["mapping"]["columns"]]

    @staticmethod
    def resolve_file(job: BulkJob, _info: Any) -> dict[str, Any]:
        return {"month_first": False, "other_sheets": [], **job.report["file"]}

    @staticmethod
    def resolve_preview(job: BulkJob, _info: Any) -> Any:
        return job.report.get("preview")

    @staticmethod
    def resolve_consents(job: BulkJob, _info: Any) -> CustomerImportConsentCounts | None:
        return CustomerImportConsentCounts.of(job.report.get("consents"))

    @staticmethod
    def resolve_warnings(job: BulkJob, _info: Any) -> list[CustomerImportWarningCount] | None:
        warnings = job.report.get("warnings")
        return None if warnings is None else CustomerImportWarningCount.of(warnings)

    @staticmethod
    def resolve_accounts(job: BulkJob, _info: Any) -> Any:
        accounts = job.report.get("accounts")
        return accounts and {"changed": 0, **accounts}
