"""Types of import columns and formats."""

from __future__ import annotations

import graphene


class CustomerImportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column supported by imports."""

    key = graphene.String(required=True, description="Key of the column in `mapping`.")
    header = graphene.String(required=True, description="Header in the file.")
    holds = graphene.String(required=True, description="Kind of values in the column.")
    example = graphene.String(required=True, description="Example value.")


class CustomerImportFormat(graphene.ObjectType):  # type: ignore[misc]
    """A file format that is detected by its headers."""

    key = graphene.String(required=True, description="Key of the format in the option `format`.")
    name = graphene.String(required=True, description="Source of files in this format.")
