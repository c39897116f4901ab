"""Types of export columns, and profiles of imports and exports."""

from __future__ import annotations

import graphene

from ...jobs.models import BulkProfile, JobKind
from ..core.base import to_global_id
from ..core.types import DateTime
from ..jobs.options import CustomerJobExport, CustomerJobImport, import_options


class CustomerExportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column available in exports."""

    key = graphene.String(required=True, description="Key of the column in `columns`.")
    header = graphene.String(required=True, description="Header in the file.")
    example = graphene.String(required=True, description="Example value.")
    is_default = graphene.Boolean(required=True, description="Whether the default profile contains the column.")


class CustomerJobProfile(graphene.ObjectType):  # type: ignore[misc]
    """Saved options of imports or exports."""

    id = graphene.ID(description="ID of a saved profile. Null for a built-in one.")
    name = graphene.String(required=True, description="Name of the profile, case-insensitive.")
    description = graphene.String(required=True, description="Purpose of a built-in profile.")
    export_options = graphene.Field(CustomerJobExport, description="Export options. Null for an import profile.")
    import_options = graphene.Field(CustomerJobImport, description="Import options. Null for an export profile.")
    updated_at = DateTime(description="When the profile was saved.")

    @classmethod
    def of(cls, profile: BulkProfile) -> CustomerJobProfile:
        return cls(
            id=to_global_id("CustomerJobProfile", profile.pk),
            name=profile.name,
            description="",
            export_options=profile.options if profile.kind == JobKind.EXPORT else None,
            import_options=import_options(profile.options) if profile.kind == JobKind.IMPORT else None,
            updated_at=profile.modified_at,
        )
