"""Bulk jobs of the API: progress, problems and files."""

from __future__ import annotations

import functools
import mimetypes
from collections.abc import Callable
from email.charset import Charset
from pathlib import PurePosixPath
from typing import Any

import graphene

from ...activity.services import Actor
from ...core.paging import Window
from ...jobs import events as history
from ...jobs import job_channels, queries
from ...jobs.models import COUNTERS, BulkJob, BulkJobEvent, BulkProblem, JobEventType, JobKind, JobState
from ...saleor_adapter.staff import Channels
from ..activity.types import CustomerRecordActor
from ..core import downloads
from ..core.base import channels_of, key_of, to_global_id
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.types import DateTime, enum_of, list_of
from .options import JobOptions
from .reports import CustomerJobReason, CustomerJobReport, report_of

CustomerJobKind = enum_of(
    JobKind,
    name="CustomerJobKind",
    description="Kind of work that a job performs.",
    values={
        "IMPORT": "Reads a file or pasted text, and creates and updates records",
        "EXPORT": "Writes records to a file",
        "UPDATE": "Performs one action on many records",
        "UNDO": "Reverts the changes of another job",
        "FIELD": "Changes or restores a field that very many records have a value in",
        "DUPLICATES": "Searches all records for duplicates",
        "MERGE": "Merges records that are the same person",
        "MERGE_UNDO": "Undoes a merge, where there is much to give back",
        "INSIGHTS": "Computes RFM groups, and when customers are expected to buy again, from their figures",
        "RECONCILIATION": "Compares all records, orders and figures with Saleor, and corrects what differs",
    },
)
CustomerJobState = enum_of(
    JobState,
    name="CustomerJobState",
    description="Current state of a job.",
    values={
        "PENDING": "Waiting for a worker",
        "READY": "The preview is complete. Start the import, or the change of the field, to write it",
        "RUNNING": "A worker is processing the job",
        "SUCCEEDED": "Finished. Rows that were refused or skipped are listed in `problems`",
        "FAILED": "Stopped by an error. Changes made so far are kept, and a retry resumes the job",
        "CANCELED": "Canceled by a staff member or an app. Changes made so far are kept, and a retry resumes the job",
    },
)

CustomerJobEventType = enum_of(
    JobEventType,
    name="CustomerJobEventType",
    description="What happened to a job.",
    values={
        "CREATED": "The job was created",
        "CHANGED": "The options were changed before anything was written",
        "STARTED": "The job was started after its preview",
        "RETRIED": "The job was resumed after it failed or was canceled",
        "CANCELED": "The job was canceled before it finished",
        "UNDONE": "Another job was created to undo it",
        "FORGOTTEN": "The files and other customer data of the job were deleted",
    },
)

FILES = ("file", "result_file", "error_file", "warning_file")
_KIND = "job"


def _download(key: int, name: str, channels: Channels) -> downloads.Download | None:
    """One of a job's files, by its name in the storage."""
    job = BulkJob.objects.filter(pk=key).first()
    found = next((field for field in FILES if job and name and getattr(job, field).name == name), None)
    if job is None or found is None or not job_channels.may_see_files(job, channels):
        return None
    ending = "".join(PurePosixPath(name).suffixes[-2:])
    shown = {
        "file": job.file_name,
        "result_file": f"customers-{job.created_at:%Y-%m-%d}-{job.pk}{ending}",
        "error_file": f"{PurePosixPath(job.file_name).stem or 'customers'}-errors{ending}",
        "warning_file": f"{PurePosixPath(job.file_name).stem or 'customers'}-warnings{ending}",
    }[found]
    guessed, encoding = mimetypes.guess_type(name)
    content_type = guessed if guessed and not encoding else "application/octet-stream"
    charset = _charset(job, found)
    if charset and content_type.startswith("text/"):
        content_type += f"; charset={charset}"
    return downloads.Download(getattr(job, found), shown or f"job-{job.pk}{ending}", content_type)


def _charset(job: BulkJob, found: str) -> str:
    """The charset of files that we write. Many clients read text without a charset as ISO-8859-1."""
    of_import = job.report.get("file", {})
    written = {"result_file": job.options, "error_file": of_import, "warning_file": of_import}.get(found, {})
    encoding = written.get("encoding", "").removesuffix("-sig")
    return str(Charset(encoding)) if encoding else ""


downloads.register(_KIND, _download)


class CustomerJobProgress(graphene.ObjectType):  # type: ignore[misc]
    """Progress of a job. Counts rows of the file, or records if the job has no file."""

    rows_total = graphene.Int(description="Total number of rows, once known.")
    rows_read = graphene.Int(required=True, description="Number of rows read.")
    created = graphene.Int(required=True, description="Records created.")
    updated = graphene.Int(required=True, description="Records updated.")
    unchanged = graphene.Int(required=True, description="Rows that changed nothing.")
    skipped = graphene.Int(required=True, description="Rows skipped as requested.")
    refused = graphene.Int(required=True, description="Rows refused.")
    with_warnings = graphene.Int(
        required=True, description="Rows, created, updated or unchanged, of which a part was left out."
    )
    bytes_total = graphene.Float(description="Size of the file in bytes.")
    bytes_done = graphene.Float(required=True, description="Bytes of the file processed.")
    fraction = graphene.Float(description="Progress of the current phase, from 0 to 1, once known.")
    rows_per_second = graphene.Float(description="Rows processed per second.")
    seconds_left = graphene.Float(description="Estimated time left in the current phase, at the current rate.")


class CustomerJobProblem(graphene.ObjectType):  # type: ignore[misc]
    """A row that was refused or skipped, or that has warnings, and why."""

    id = graphene.ID(required=True, description="Global ID of the problem.")
    row_number = graphene.Int(description="Row number in the file. The header is row 1.")
    record_id = graphene.ID(description="ID of the customer record, if the row matches one.")
    cells = list_of(
        graphene.String,
        required=True,
        description="Values of the row. Empty for staff who cannot see `CustomerJob.report`.",
    )
    reasons = list_of(CustomerJobReason, required=True, description="What is wrong.")

    @staticmethod
    def resolve_id(problem: BulkProblem, _info: Any) -> str:
        return to_global_id("CustomerJobProblem", problem.pk)

    @staticmethod
    def resolve_record_id(problem: BulkProblem, _info: Any) -> str | None:
        return None if problem.record_id is None else to_global_id("CustomerRecord", problem.record_id)

    @staticmethod
    def resolve_cells(problem: BulkProblem, info: Any) -> Any:
        return _if_seen(problem, info, problem.cells, [])

    @staticmethod
    def resolve_reasons(problem: BulkProblem, info: Any) -> Any:
        without = [{name: text for name, text in one.items() if name != "value"} for one in problem.reasons]
        return _if_seen(problem, info, problem.reasons, without)


def _if_seen(problem: BulkProblem, info: Any, whole: Any, rest: Any) -> Any:
    """What a problem has of a row, or the rest of it for staff who may not see the files of its job."""
    if channels_of(info) is None:
        return whole
    return load(info, queries.jobs_by_id, problem.job_id).then(
        lambda job: whole if job and _may_see_files(job, info) else rest
    )


ProblemConnection = connection_of(
    CustomerJobProblem, of="refused and skipped rows, and rows with warnings, in file order"
)


class CustomerJobEvent(graphene.ObjectType):  # type: ignore[misc]
    """An entry in the event log of a job."""

    id = graphene.ID(required=True, description="Global ID of the event.")
    type = graphene.Field(CustomerJobEventType, required=True, description="What happened to the job.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who did it.")
    created_at = DateTime(required=True, description="When the event happened.")

    @staticmethod
    def resolve_id(event: BulkJobEvent, _info: Any) -> str:
        return to_global_id("CustomerJobEvent", event.pk)


def _done_by(*types: JobEventType) -> Callable[[BulkJob, Any], Any]:
    """A resolver of the last actor of any of these events, or None."""

    def last(events: list[BulkJobEvent]) -> Actor | None:
        return next((event.actor for event in reversed(events) if event.type in types), None)

    return lambda job, info: load(info, history.events_of, job.pk).then(last)


class CustomerJob(JobOptions, graphene.ObjectType):  # type: ignore[misc]
    """A job: an import, export, bulk action, reconciliation or computation that runs in the background."""

    id = graphene.ID(required=True, description="Global ID of the job.")
    kind = graphene.Field(CustomerJobKind, required=True, description="Kind of work that the job performs.")
    state = graphene.Field(CustomerJobState, required=True, description="Current state of the job.")
    phase = graphene.String(required=True, description="Current phase. Each kind of job has its own phases.")
    progress = graphene.Field(CustomerJobProgress, required=True, description="Progress in numbers.")
    report = graphene.Field(
        CustomerJobReport,
        description="Report of the job. Null until there is one, and once the job was forgotten. Like the files, "
        "null for staff without access to all channels of the user or app who started the job.",
    )
    waiting_reason = graphene.String(
        description="Why the job is not running, and what to do: the broker is unreachable, or no worker runs."
    )
    error_code = graphene.String(description="Code of the error that ended the job.")
    error_message = graphene.String(description="What went wrong and what to do.")
    actor = graphene.Field(
        CustomerRecordActor,
        required=True,
        description="On whose behalf the job runs, as shown in logs: who created it, then who updated or started "
        "it, then who retried it.",
    )
    created_by = graphene.Field(CustomerRecordActor, description="Who created the job.")
    started_by = graphene.Field(
        CustomerRecordActor,
        description="Who last started or retried the job. Null while it waits for its start, and for a job "
        "without a preview, which starts automatically.",
    )
    canceled_by = graphene.Field(CustomerRecordActor, description="Who last canceled the job.")
    undone_by = graphene.Field(CustomerRecordActor, description="Who undid the job.")
    history = list_of(CustomerJobEvent, required=True, description="Events of the job with their actors, oldest first.")
    undoes = graphene.ID(description="ID of the job that this job undoes.")
    file_name = graphene.String(required=True, description="Name of the uploaded file, or an empty string.")
    file = graphene.String(description="URL of the uploaded file, valid for one hour.")
    result_file = graphene.String(description="URL of the result, valid for one hour.")
    error_file = graphene.String(description="URL of the refused rows, valid for one hour.")
    warning_file = graphene.String(
        description="URL of the rows that were imported without a part of them, valid for one hour. Like "
        "`errorFile`, it has the layout of the uploaded file, and a column `Reason`."
    )
    created_at = DateTime(required=True, description="When the job was created.")
    started_at = DateTime(description="When a worker started the job.")
    finished_at = DateTime(description="When the job ended.")
    files_removed_at = DateTime(description="When the files and other customer data of the job were removed.")
    problems = graphene.Field(
        ProblemConnection,
        required=True,
        description="Refused and skipped rows, and rows with warnings, in file order.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_id(job: BulkJob, _info: Any) -> str:
        return to_global_id("CustomerJob", job.pk)

    @staticmethod
    def resolve_progress(job: BulkJob, info: Any) -> Any:
        return load(info, queries.steps_of, job.pk).then(functools.partial(_progress, job))

    @staticmethod
    def resolve_waiting_reason(job: BulkJob, _info: Any) -> str | None:
        return queries.waiting_reason(job)

    @staticmethod
    def resolve_report(job: BulkJob, info: Any) -> BulkJob | None:
        return report_of(job) if _may_see_files(job, info) else None

    @staticmethod
    def resolve_error_code(job: BulkJob, _info: Any) -> str | None:
        return job.error_code or None

    @staticmethod
    def resolve_error_message(job: BulkJob, _info: Any) -> str | None:
        return job.error_message or None

    @staticmethod
    def resolve_actor(job: BulkJob, _info: Any) -> Actor:
        return job.actor

    resolve_created_by = staticmethod(_done_by(JobEventType.CREATED))
    resolve_started_by = staticmethod(_done_by(JobEventType.STARTED, JobEventType.RETRIED))
    resolve_canceled_by = staticmethod(_done_by(JobEventType.CANCELED))
    resolve_undone_by = staticmethod(_done_by(JobEventType.UNDONE))

    @staticmethod
    def resolve_history(job: BulkJob, info: Any) -> Any:
        return load(info, history.events_of, job.pk)

    @staticmethod
    def resolve_undoes(job: BulkJob, _info: Any) -> str | None:
        return None if job.undoes_id is None else to_global_id("CustomerJob", job.undoes_id)

    @staticmethod
    def resolve_file(job: BulkJob, info: Any) -> str | None:
        return _address(job, job.file.name, info)

    @staticmethod
    def resolve_result_file(job: BulkJob, info: Any) -> str | None:
        return _address(job, job.result_file.name, info) if job.state == JobState.SUCCEEDED else None

    @staticmethod
    def resolve_error_file(job: BulkJob, info: Any) -> str | None:
        return _address(job, job.error_file.name, info)

    @staticmethod
    def resolve_warning_file(job: BulkJob, info: Any) -> str | None:
        return _address(job, job.warning_file.name, info)

    @staticmethod
    def resolve_problems(job: BulkJob, info: Any, **page: Any) -> Listing:
        return Listing(
            page=lambda: load(info, queries.pages_of_problems, job.pk, window=Window.of("problems", **page)),
            count=lambda: load(info, queries.count_problems, job.pk),
        )


def _progress(job: BulkJob, steps: queries.Steps) -> dict[str, Any]:
    progress = queries.progress(job, steps)
    counted = {name: job.counters.get(name, 0) for name in COUNTERS}
    return {
        **counted,
        "rows_total": job.rows_total,
        "rows_read": counted["read"],
        "bytes_total": job.bytes_total,
        "bytes_done": job.bytes_done,
        "fraction": progress.fraction,
        "rows_per_second": progress.rows_per_second,
        "seconds_left": progress.seconds_left,
    }


def _address(job: BulkJob, name: str | None, info: Any) -> str | None:
    if not name or not _may_see_files(job, info):
        return None
    return downloads.address_of(_KIND, job.pk, name, info.context)


def _may_see_files(job: BulkJob, info: Any) -> bool:
    return job_channels.may_see_files(job, channels_of(info))


def job_key(global_id: str, *, field: str = "id") -> int:
    return key_of(global_id, "CustomerJob", field=field)
