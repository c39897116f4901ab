"""Queries for one job and the list of jobs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import graphene

from ...core.paging import Window, page
from ...jobs import queries
from ...jobs.models import BulkJob
from ..core.base import staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from .inputs import CustomerJobFilterInput
from .types import CustomerJob, job_key

JobConnection = connection_of(CustomerJob, of="bulk jobs, newest first")


class JobQueries:
    """The job queries."""

    customer_job = graphene.Field(
        CustomerJob,
        description="Look up a job by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the job."),
    )
    customer_jobs = graphene.Field(
        JobConnection,
        description="List of jobs, newest first. Without a filter, those that staff start. Requires MANAGE_USERS.",
        filter=CustomerJobFilterInput(description="Filtering options for jobs."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_job(_root: Any, _info: Any, id: str) -> BulkJob | None:
        return BulkJob.objects.filter(pk=job_key(id)).first()

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_jobs(
        _root: Any, _info: Any, filter: Mapping[str, Any] | None = None, **arguments: Any
    ) -> Listing:
        given = filter or {}
        wanted = queries.JobList(given.get("kinds"), given.get("states"))
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerJobs", **arguments))),
            count=wanted.count,
        )
