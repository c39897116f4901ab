"""What is wrong with a row, in the reports of all kinds of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ....bulk.imports.problems import Severity, severity_of
from ...core.types import enum_of

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
