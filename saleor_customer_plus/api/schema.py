"""The schema of the plugin's GraphQL endpoint."""

from __future__ import annotations

import functools
from pathlib import Path

import graphene

from .accounts.mutations import AccountMutations
from .activity.queries import ActivityQueries
from .addresses.mutations import AddressMutations
from .consent.mutations import ConsentMutations
from .consent.queries import ConsentQueries
from .core.sdl import print_schema
from .customers.queries import RecordQueries
from .deletion.mutations import DeletionMutations
from .deletion.queries import DeletionQueries
from .duplicates.mutations import DuplicateMutations
from .duplicates.queries import DuplicateQueries
from .exports.mutations import ExportMutations
from .exports.queries import ExportQueries
from .fields.mutations import FieldMutations
from .fields.queries import FieldQueries
from .groups.mutations import GroupMutations
from .groups.queries import GroupQueries
from .imports.mutations import ImportMutations
from .imports.queries import ImportQueries
from .insights.mutations import InsightMutations
from .insights.report_queries import ReportQueries
from .jobs.mutations import JobMutations
from .jobs.queries import JobQueries
from .leads.contact_form import ContactFormMutations, ContactFormQueries
from .leads.mutations import LeadMutations
from .leads.queries import LeadQueries
from .ledger.mutations import OrderMutations
from .merging.mutations import MergeMutations
from .merging.queries import MergeQueries
from .messages.mutations import MessageMutations
from .messages.queries import MessageQueries
from .newsletter.mutations import NewsletterMutations
from .newsletter.preferences import PreferenceMutations, PreferenceQueries
from .newsletter.queries import NewsletterQueries
from .newsletter.subscribing import NewsletterFormMutations, NewsletterFormQueries
from .notes.mutations import NoteMutations
from .notes.queries import NoteQueries
from .personal_data.queries import PersonalDataQueries
from .records.email_mutations import EmailMutations
from .records.state_mutations import RecordMutations
from .segments.mutations import SegmentMutations
from .segments.queries import SegmentQueries
from .segments.views import SavedViewMutations, SavedViewQueries
from .settings.queries import SettingsQueries
from .staff.queries import StaffQueries
from .sync.mutations import SyncMutations
from .tags.mutations import TagMutations
from .tags.queries import TagQueries
from .updates.mutations import BulkUpdateMutations

# The output of `sdl` at the last intended change of the API. A test compares them.
SNAPSHOT = Path(__file__).with_name("schema.graphql")


class Query(
    ActivityQueries,
    RecordQueries,
    DeletionQueries,
    PersonalDataQueries,
    MergeQueries,
    ConsentQueries,
    LeadQueries,
    NoteQueries,
    MessageQueries,
    ContactFormQueries,
    NewsletterFormQueries,
    PreferenceQueries,
    NewsletterQueries,
    JobQueries,
    ExportQueries,
    ImportQueries,
    TagQueries,
    FieldQueries,
    GroupQueries,
    SegmentQueries,
    SavedViewQueries,
    StaffQueries,
    SettingsQueries,
    ReportQueries,
    DuplicateQueries,
    graphene.ObjectType,  # type: ignore[misc]
):
    """Queries of Customer Plus."""  # Saleor detects an introspection by the root type's name `Query`.


class Mutation(
    RecordMutations,
    EmailMutations,
    DeletionMutations,
    MergeMutations,
    AccountMutations,
    AddressMutations,
    OrderMutations,
    ConsentMutations,
    LeadMutations,
    NoteMutations,
    MessageMutations,
    ContactFormMutations,
    NewsletterFormMutations,
    PreferenceMutations,
    NewsletterMutations,
    JobMutations,
    ExportMutations,
    ImportMutations,
    BulkUpdateMutations,
    TagMutations,
    FieldMutations,
    GroupMutations,
    SegmentMutations,
    SavedViewMutations,
    SyncMutations,
    InsightMutations,
    DuplicateMutations,
    graphene.ObjectType,  # type: ignore[misc]
):
    """Mutations of Customer Plus."""


schema = graphene.Schema(query=Query, mutation=Mutation)


@functools.cache
def sdl() -> str:
    """Return the schema in GraphQL's schema definition language, with descriptions."""
    return print_schema(schema)
