"""The schema of the plugin's endpoint."""

from __future__ import annotations

import functools
from pathlib import Path

import graphene

from .activity_log import ActivityQueries
from .bulk_updates import BulkUpdateMutations
from .consent_changes import ConsentMutations, ConsentQueries
from .contact_form import ContactFormMutations, ContactFormQueries
from .exports import ExportMutations, ExportQueries
from .group_changes import GroupMutations, GroupQueries
from .imports import ImportMutations, ImportQueries
from .jobs import JobMutations, JobQueries
from .lead_changes import LeadMutations
from .leads import LeadQueries
from .note_changes import NoteMutations
from .notes import NoteQueries
from .record_deletion import DeletionMutations, DeletionQueries
from .record_state_changes import RecordMutations
from .records import RecordQueries
from .saleor_actions import SaleorMutations
from .sdl import print_schema
from .tag_changes import TagMutations, TagQueries

# What `sdl` returned when the API was last changed on purpose. A test compares.
SNAPSHOT = Path(__file__).with_name("schema.graphql")


class Query(
    ActivityQueries,
    RecordQueries,
    DeletionQueries,
    ConsentQueries,
    LeadQueries,
    NoteQueries,
    ContactFormQueries,
    JobQueries,
    ExportQueries,
    ImportQueries,
    TagQueries,
    GroupQueries,
    graphene.ObjectType,  # type: ignore[misc]
):
    """What can be asked."""  # Saleor recognises an introspection by the root type's name, which has to be `Query`.


class Mutation(
    RecordMutations,
    DeletionMutations,
    SaleorMutations,
    ConsentMutations,
    LeadMutations,
    NoteMutations,
    ContactFormMutations,
    JobMutations,
    ExportMutations,
    ImportMutations,
    BulkUpdateMutations,
    TagMutations,
    GroupMutations,
    graphene.ObjectType,  # type: ignore[misc]
):
    """What can be changed."""


schema = graphene.Schema(query=Query, mutation=Mutation)


@functools.cache
def sdl() -> str:
    """The schema in GraphQL's own language, with all descriptions."""
    return print_schema(schema)
