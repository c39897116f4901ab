"""The report of a job that changes a field."""

from __future__ import annotations

from typing import Any

import graphene

from ....bulk.fields.field_job import examples_of
from ....jobs.models import BulkJob
from ...core.types import list_of


class CustomerFieldChangeReport(graphene.ObjectType):  # type: ignore[misc]
    """What becomes of the values of a field. Complete when the job is READY. Zero for a restoration."""

    value_count = graphene.Int(required=True, description="Number of values looked at.")
    kept_count = graphene.Int(required=True, description="Number of values that are kept, converted if necessary.")
    lost_count = graphene.Int(required=True, description="Number of values that the changed field cannot have.")
    lost_examples = list_of(
        graphene.String, required=True, description="Different values among those that are lost, at most 10."
    )

    @staticmethod
    def resolve_value_count(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("read", 0))

    @staticmethod
    def resolve_kept_count(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("kept", 0))

    @staticmethod
    def resolve_lost_count(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("read", 0)) - int(job.counters.get("kept", 0))

    @staticmethod
    def resolve_lost_examples(job: BulkJob, _info: Any) -> list[str]:
        return examples_of(job)
