"""Bulk jobs, as the API shows them: how far they are, what they refused, and their files."""

from __future__ import annotations

import functools
import mimetypes
from collections.abc import Mapping
from email.charset import Charset
from pathlib import PurePosixPath
from typing import Any

import graphene

from .. import hooks, tasks
from ..activity.actions import Actor
from ..bulk import jobs, queries, retention
from ..bulk.models import COUNTERS, BulkJob, BulkProblem, JobKind, JobState
from ..paging import Window, page
from . import downloads
from .activity import CustomerRecordActor
from .base import key_of, staff_only, tells_errors, to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .loading import load
from .mutations import StaffMutation
from .types import JSON, DateTime, enum_of, list_of

CustomerJobKind = enum_of(JobKind, name="CustomerJobKind", description="What a job does.")
CustomerJobState = enum_of(JobState, name="CustomerJobState", description="How far a job has come.")

FILES = ("file", "result_file", "error_file")
_KIND = "job"


def _download(key: int, name: str) -> downloads.Download | None:
    """One of the files of a job, by its name in the storage."""
    job = BulkJob.objects.filter(pk=key).first()
    found = next((field for field in FILES if job and name and getattr(job, field).name == name), None)
    if job is None or found is None:
        return None
    ending = "".join(PurePosixPath(name).suffixes[-2:])
    shown = {
        "file": job.file_name,
        "result_file": f"customers-{job.created_at:%Y-%m-%d}-{job.pk}{ending}",
        "error_file": f"{PurePosixPath(job.file_name).stem or 'customers'}-errors{ending}",
    }[found]
    guessed, encoding = mimetypes.guess_type(name)
    content_type = guessed if guessed and not encoding else "application/octet-stream"
    charset = _charset(job, found)
    if charset and content_type.startswith("text/"):
        content_type += f"; charset={charset}"
    return downloads.Download(getattr(job, found), shown or f"job-{job.pk}{ending}", content_type)


def _charset(job: BulkJob, found: str) -> str:
    """How a file was written by us. Many clients take a text that does not say so for ISO-8859-1."""
    written = {"result_file": job.options, "error_file": job.report.get("file", {})}.get(found, {})
    encoding = written.get("encoding", "").removesuffix("-sig")
    return str(Charset(encoding)) if encoding else ""


downloads.register(_KIND, _download)


class CustomerJobProgress(graphene.ObjectType):  # type: ignore[misc]
    """How far a job has come. Numbers of rows are of a file; of records, for a job without one."""

    rows_total = graphene.Int(description="How many rows there are, once it is known.")
    rows_read = graphene.Int(required=True, description="How many rows were read.")
    created = graphene.Int(required=True, description="How many records were made.")
    updated = graphene.Int(required=True, description="How many records were changed.")
    unchanged = graphene.Int(required=True, description="How many rows changed nothing.")
    skipped = graphene.Int(required=True, description="How many rows were passed over, as was asked.")
    invalid = graphene.Int(required=True, description="How many rows were refused.")
    bytes_total = graphene.Float(description="How large the file is, in bytes.")
    bytes_done = graphene.Float(required=True, description="How much of the file is done, in bytes.")
    fraction = graphene.Float(description="How much of the phase is done, from 0 to 1, once it is known.")
    rows_per_second = graphene.Float(description="How many rows are done in a second.")
    seconds_left = graphene.Float(description="How long the phase will take, at this rate.")


class CustomerJobReason(graphene.ObjectType):  # type: ignore[misc]
    """One thing that is wrong with a row."""

    field = graphene.String(description="The column that it is about.")
    code = graphene.String(required=True, description="The code, for programs.")
    message = graphene.String(required=True, description="What is wrong and what to do.")


class CustomerJobProblem(graphene.ObjectType):  # type: ignore[misc]
    """A row that was refused or passed over, and why."""

    id = graphene.ID(required=True, description="The global id of the problem.")
    row_number = graphene.Int(description="The row of the file, the header being row 1.")
    record_id = graphene.ID(description="The global id of the record, where the row is one.")
    cells = graphene.Field(JSON, required=True, description="The row as it was read: a list of texts.")
    reasons = list_of(CustomerJobReason, required=True, description="What is wrong.")

    @staticmethod
    def resolve_id(problem: BulkProblem, _info: Any) -> str:
        return to_global_id("CustomerJobProblem", problem.pk)

    @staticmethod
    def resolve_record_id(problem: BulkProblem, _info: Any) -> str | None:
        return None if problem.record_id is None else to_global_id("CustomerRecord", problem.record_id)

    @staticmethod
    def resolve_reasons(problem: BulkProblem, _info: Any) -> list[dict[str, Any]]:
        return [
            {"field": reason.get("field"), "code": reason.get("code", "INVALID"), "message": reason.get("message", "")}
            for reason in problem.reasons
        ]


ProblemConnection = connection_of(CustomerJobProblem, of="what a job refused or passed over, in the order of the file")


class CustomerJob(graphene.ObjectType):  # type: ignore[misc]
    """One import, export or bulk action, which goes on in the background."""

    id = graphene.ID(required=True, description="The global id of the job.")
    kind = graphene.Field(CustomerJobKind, required=True, description="What it does.")
    state = graphene.Field(CustomerJobState, required=True, description="How far it has come.")
    phase = graphene.String(required=True, description="What it is at: each kind goes through phases of its own.")
    progress = graphene.Field(CustomerJobProgress, required=True, description="How far it has come, in numbers.")
    options = graphene.Field(JSON, required=True, description="What was asked for: an object.")
    report = graphene.Field(JSON, required=True, description="What it has to tell: an object.")
    error_code = graphene.String(description="The code of the error that ended it.")
    error_message = graphene.String(description="What went wrong and what to do.")
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who started it.")
    undoes = graphene.ID(description="The global id of the job that this one undoes.")
    file_name = graphene.String(required=True, description="The name of the file that was sent, or blank.")
    file = graphene.String(description="Where the file that was sent can be fetched within an hour.")
    result_file = graphene.String(description="Where the result can be fetched within an hour.")
    error_file = graphene.String(description="Where the rows that were refused can be fetched within an hour.")
    created_at = DateTime(required=True, description="When it was asked for.")
    started_at = DateTime(description="When a worker began.")
    finished_at = DateTime(description="When it ended.")
    files_removed_at = DateTime(description="When its files, and what else it kept of customers, were removed.")
    problems = graphene.Field(
        ProblemConnection,
        required=True,
        description="Rows that were refused or passed over, in the order of the file.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_id(job: BulkJob, _info: Any) -> str:
        return to_global_id("CustomerJob", job.pk)

    @staticmethod
    def resolve_progress(job: BulkJob, info: Any) -> Any:
        return load(info, queries.steps_of, job.pk).then(functools.partial(_progress, job))

    @staticmethod
    def resolve_options(job: BulkJob, _info: Any) -> dict[str, Any]:
        # What begins with an underscore is for the job itself.
        return {name: value for name, value in job.options.items() if not name.startswith("_")}

    @staticmethod
    def resolve_error_code(job: BulkJob, _info: Any) -> str | None:
        return job.error_code or None

    @staticmethod
    def resolve_error_message(job: BulkJob, _info: Any) -> str | None:
        return job.error_message or None

    @staticmethod
    def resolve_actor(job: BulkJob, _info: Any) -> Actor:
        return job.actor

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
    def resolve_problems(job: BulkJob, info: Any, **page: Any) -> Listing:
        return Listing(
            page=lambda: load(info, queries.pages_of_problems, job.pk, window=Window.of("problems", **page)),
            count=lambda: load(info, queries.count_problems, job.pk),
        )


def _progress(job: BulkJob, steps: queries.Steps) -> dict[str, Any]:
    told = queries.progress(job, steps)
    counted = {name: job.counters.get(name, 0) for name in COUNTERS}
    return {
        **counted,
        "rows_total": job.rows_total,
        "rows_read": counted["read"],
        "bytes_total": job.bytes_total,
        "bytes_done": job.bytes_done,
        "fraction": told.fraction,
        "rows_per_second": told.rows_per_second,
        "seconds_left": told.seconds_left,
    }


def _address(job: BulkJob, name: str | None, info: Any) -> str | None:
    return downloads.address_of(_KIND, job.pk, name, info.context) if name else None


class CustomerJobFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Which jobs are listed."""

    kinds = list_of(CustomerJobKind, description="What they do: any of these.")
    states = list_of(CustomerJobState, description="How far they have come: any of these.")


JobConnection = connection_of(CustomerJob, of="bulk jobs, newest first")


class JobQueries:
    """The queries for jobs."""

    customer_job = graphene.Field(
        CustomerJob,
        description="Look up a bulk job. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the job."),
    )
    customer_jobs = graphene.Field(
        JobConnection,
        description="The bulk jobs, newest first. Requires MANAGE_USERS.",
        filter=CustomerJobFilterInput(description="Which jobs are listed."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_job(_root: Any, _info: Any, id: str) -> BulkJob | None:
        return BulkJob.objects.filter(pk=job_key(id)).first()

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_jobs(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Listing:
        given = filter or {}
        wanted = queries.JobList(given.get("kinds"), given.get("states"))
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerJobs", **arguments))),
            count=wanted.count,
        )


def job_key(global_id: str, *, field: str = "id") -> int:
    return key_of(global_id, "CustomerJob", field=field)


def send_to_work(job: BulkJob) -> None:
    """Let workers at a job once the transaction is committed."""
    hooks.schedule(tasks.run_job, job.pk)


class _JobMutation(StaffMutation):
    class Meta:
        abstract = True

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the job.")

    job = graphene.Field(CustomerJob, description="The job.")


class CustomerJobCancel(_JobMutation):
    """End a job before its next step. What was done stays. Requires MANAGE_USERS."""

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"job": jobs.cancel(job_key(id))}


class CustomerJobRetry(_JobMutation):
    """Let a job that failed or was canceled go on from where it ended. Requires MANAGE_USERS."""

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        job = jobs.retry(job_key(id))
        send_to_work(job)
        return {"job": job}


class CustomerJobForget(_JobMutation):
    """Remove at once what a job keeps of customers: its files, previews and refused rows. Requires MANAGE_USERS.

    For an erasure that cannot wait. The job can neither be undone nor go on afterwards.
    """

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"job": retention.forget(job_key(id))}


class JobMutations:
    """The mutations of jobs of any kind."""

    customer_job_cancel = CustomerJobCancel.Field()
    customer_job_retry = CustomerJobRetry.Field()
    customer_job_forget = CustomerJobForget.Field()
