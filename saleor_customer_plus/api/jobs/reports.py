"""The reports of jobs, one type for each kind. The keys of `BulkJob.report` are specific to the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import graphene

from ...bulk.imports.consents import Count
from ...bulk.imports.planner import RowOutcome
from ...bulk.imports.problems import Severity, severity_of
from ...jobs.models import BulkJob, JobKind
from ...sync.reconciliation import since_of
from ...sync.walks import DRIFT, SEEN
from ..consent.enums import CustomerConsentState
from ..core.types import JSON, DateTime, enum_of, list_of

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


CustomerJobReasonSeverity = enum_of(
    Severity,
    name="CustomerJobReasonSeverity",
    description="What a problem means for its row.",
    values={
        "ERROR": "The row is refused",
        "WARNING": "A part of the row is left out, or doubtful. The rest is imported, unless an error refuses it",
        "INFO": "Nothing needs to be corrected: the row is skipped, or a consent is not granted",
    },
)


class CustomerJobReason(graphene.ObjectType):  # type: ignore[misc]
    """A problem with a row."""

    severity = graphene.Field(CustomerJobReasonSeverity, required=True, description="What this means for the row.")
    field = graphene.String(description="Column with the problem.")
    header = graphene.String(description="Header of that column in the file.")
    value = graphene.String(
        description="Value of the cell, cut to 100 characters. Null for staff who cannot see `CustomerJob.report`."
    )
    code = graphene.String(required=True, description="Error code for programs.")
    message = graphene.String(required=True, description="What is wrong and what to do.")
    id = graphene.ID(description="ID of the conflicting object, such as the record with the same customer number.")

    @staticmethod
    def resolve_severity(reason: Mapping[str, Any], _info: Any) -> str:
        return severity_of(reason).value

    @staticmethod
    def resolve_field(reason: Mapping[str, Any], _info: Any) -> str | None:
        return reason.get("field") or None

    @staticmethod
    def resolve_code(reason: Mapping[str, Any], _info: Any) -> str:
        return str(reason.get("code", "INVALID"))

    @staticmethod
    def resolve_message(reason: Mapping[str, Any], _info: Any) -> str:
        return str(reason.get("message", ""))


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
    def of(cls, told: Sequence[Mapping[str, Any]]) -> list[CustomerImportWarningCount]:
        return [
            cls(header=one["header"] or None, column=one["column"] or None, code=one["code"], count=one["count"])
            for one in told
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
    """A row as it will be stored."""

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
        return str(row["fate"])

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
    def of(cls, told: Mapping[str, int] | None) -> CustomerImportConsentCounts | None:
        return None if told is None else cls(**{one.name.lower(): told.get(one.value, 0) for one in Count})


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
    rows = list_of(CustomerImportPreviewRow, required=True, description="First rows, at most 20.")
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
        told = job.report.get("warnings")
        return None if told is None else CustomerImportWarningCount.of(told)

    @staticmethod
    def resolve_accounts(job: BulkJob, _info: Any) -> Any:
        told = job.report.get("accounts")
        return told and {"changed": 0, **told}


class CustomerExportReportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column of the exported file."""

    key = graphene.String(required=True, description="Key of the column, with the currency if it has one.")
    header = graphene.String(required=True, description="Header in the exported file.")


class CustomerExportReport(graphene.ObjectType):  # type: ignore[misc]
    """Result of an export. The number of records is `rowsTotal` of `progress`."""

    columns = list_of(
        CustomerExportReportColumn,
        required=True,
        description="Columns of the file, in order, as requested or from the profile or the settings.",
    )
    lost_cells = graphene.Int(
        required=True,
        description="Number of cells that were truncated, or in which question marks replace characters that the "
        "encoding lacks.",
    )
    changed_cells = graphene.Int(
        required=True,
        description="Number of cells of a CSV or TSV file that Excel would take for numbers or dates and change, such "
        "as `007`.",
    )
    warning = graphene.String(
        description="What was lost, or what Excel would change, and how to keep it. Null if there is nothing to tell."
    )

    @staticmethod
    def resolve_columns(job: BulkJob, _info: Any) -> list[Any]:
        return list(job.options["columns"])

    @staticmethod
    def resolve_changed_cells(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("changed_cells", 0))

    @staticmethod
    def resolve_lost_cells(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("lost_cells", 0))

    @staticmethod
    def resolve_warning(job: BulkJob, _info: Any) -> Any:
        return job.report.get("warning")


class CustomerBulkUpdateReport(graphene.ObjectType):  # type: ignore[misc]
    """Progress of a bulk update."""

    records = graphene.Int(description="Number of selected records. Null before they are selected.")
    changed = graphene.Int(required=True, description="Records that were changed.")
    unchanged = graphene.Int(required=True, description="Records that needed no change.")
    skipped = graphene.Int(required=True, description="Records that were skipped. See `problems`.")
    refused = graphene.Int(required=True, description="Records that were refused. See `problems`.")

    @staticmethod
    def resolve_records(job: BulkJob, _info: Any) -> int | None:
        return job.rows_total

    @staticmethod
    def resolve_changed(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("updated", 0))

    @staticmethod
    def resolve_unchanged(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("unchanged", 0))

    @staticmethod
    def resolve_skipped(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("skipped", 0))

    @staticmethod
    def resolve_refused(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("refused", 0))


class CustomerUndoReport(graphene.ObjectType):  # type: ignore[misc]
    """Result of an undo. Available when the job is done."""

    deleted = graphene.Int(required=True, description="Records created by the import that were deleted again.")
    changed = graphene.Int(required=True, description="Records restored to their previous values.")
    kept = graphene.Int(
        required=True,
        description="Records, or parts of them, that were not restored because they changed later. See `problems`.",
    )
    accounts_kept = graphene.Int(
        required=True, description="Accounts created by the import. They belong to Saleor and are kept."
    )

    suppressed_removed = graphene.Int(
        required=True, description="Addresses of a suppression list that are no longer remembered."
    )

    @staticmethod
    def resolve_suppressed_removed(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("suppressed", 0))

    @staticmethod
    def resolve_deleted(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("deleted", 0))

    @staticmethod
    def resolve_changed(job: BulkJob, _info: Any) -> int:
        return int(job.report["changed"])

    @staticmethod
    def resolve_kept(job: BulkJob, _info: Any) -> int:
        return int(job.report["kept"])

    @staticmethod
    def resolve_accounts_kept(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("accounts_kept", 0))


class CustomerReconciliationSeen(graphene.ObjectType):  # type: ignore[misc]
    """Numbers of rows that a reconciliation has compared so far."""

    accounts = graphene.Int(required=True, description="Saleor's accounts.")
    orders = graphene.Int(required=True, description="Saleor's orders.")
    ledger = graphene.Int(required=True, description="Orders that the plugin knows, compared with Saleor's.")
    records = graphene.Int(required=True, description="Customer records, whose figures were computed again.")


class CustomerReconciliationDrift(graphene.ObjectType):  # type: ignore[misc]
    """Differences from Saleor that were corrected so far. Nothing differed if all are 0."""

    total = graphene.Int(required=True, description="Sum of the other numbers.")
    records_created = graphene.Int(required=True, description="Records that were missing.")
    ties_corrected = graphene.Int(
        required=True, description="Records that were linked to the wrong account, or to none."
    )
    account_details_corrected = graphene.Int(
        required=True, description="Accounts whose names or addresses had changed unnoticed."
    )
    ledger_added = graphene.Int(required=True, description="Orders that were missing.")
    ledger_corrected = graphene.Int(required=True, description="Orders that were out of date, or with another record.")
    ledger_removed = graphene.Int(required=True, description="Orders that Saleor no longer has.")
    figures_corrected = graphene.Int(required=True, description="Figures of a record in one currency that were wrong.")
    records_corrected = graphene.Int(required=True, description="Records whose details or counts were wrong.")
    leads_converted = graphene.Int(required=True, description="Leads of customers who had bought.")
    groups_mirrored = graphene.Int(required=True, description="Accounts whose metadata named the wrong groups.")


class CustomerReconciliationReport(graphene.ObjectType):  # type: ignore[misc]
    """Progress of a reconciliation: what was compared and corrected so far."""

    since = DateTime(description="Only what changed since this time is compared. Null if everything is.")
    seen = graphene.Field(CustomerReconciliationSeen, required=True, description="Numbers of rows compared.")
    drift = graphene.Field(CustomerReconciliationDrift, required=True, description="Differences that were corrected.")
    set_aside = graphene.Int(
        description="Number of accounts, orders and records that could not be synchronized, and are retried "
        "automatically. Null before the job ends."
    )

    @staticmethod
    def resolve_since(job: BulkJob, _info: Any) -> datetime | None:
        return since_of(job)

    @staticmethod
    def resolve_seen(job: BulkJob, _info: Any) -> dict[str, int]:
        return {name: job.counters.get(name, 0) for name in SEEN}

    @staticmethod
    def resolve_drift(job: BulkJob, _info: Any) -> dict[str, int]:
        drift = {name: job.counters.get(name, 0) for name in DRIFT}
        return {**drift, "total": sum(drift.values())}

    @staticmethod
    def resolve_set_aside(job: BulkJob, _info: Any) -> int | None:
        set_aside: int | None = job.report.get("set_aside")
        return set_aside


_TYPES: Mapping[str, type[graphene.ObjectType]] = {
    JobKind.IMPORT: CustomerImportReport,
    JobKind.EXPORT: CustomerExportReport,
    JobKind.UPDATE: CustomerBulkUpdateReport,
    JobKind.UNDO: CustomerUndoReport,
    JobKind.RECONCILIATION: CustomerReconciliationReport,
}
# The keys that a report needs before there is anything to show. The other kinds show their counters.
_NEEDED: Mapping[str, str] = {JobKind.IMPORT: "mapping", JobKind.UNDO: "kept"}


class CustomerJobReport(graphene.Union):  # type: ignore[misc]
    """Report of a job, by its kind."""

    class Meta:
        types = tuple(_TYPES.values())

    @classmethod
    def resolve_type(cls, job: BulkJob, _info: Any) -> type[graphene.ObjectType]:
        return _TYPES[job.kind]


def report_of(job: BulkJob) -> BulkJob | None:
    """Return the job for the report types; None if there is no report yet, or the job was forgotten."""
    needed = _NEEDED.get(job.kind)
    has_one = job.files_removed_at is None and (needed is None or needed in job.report)
    return job if has_one and job.kind in _TYPES else None
