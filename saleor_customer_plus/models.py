"""Django looks here for models; each lives with its feature."""

from .activity.models import ActivityEntry
from .bulk.models import BulkChunk, BulkImportKey, BulkJob, BulkProblem, BulkProfile
from .consent.models import ConsentEvent
from .groups.models import Group, GroupMembership, VoucherUse
from .leads.models import Lead, LeadSubmission
from .ledger.models import CustomerFigures, LedgerEntry
from .notes.models import Attachment, Note, NoteMention, NoteVersion
from .reconciliation.models import Reconciliation, ReconciliationRange
from .records.models import CustomerRecord, ReleasedAccount
from .tags.models import Tag, TagAssignment

__all__ = [
    "ActivityEntry",
    "Attachment",
    "BulkChunk",
    "BulkImportKey",
    "BulkJob",
    "BulkProblem",
    "BulkProfile",
    "ConsentEvent",
    "CustomerFigures",
    "CustomerRecord",
    "Group",
    "GroupMembership",
    "Lead",
    "LeadSubmission",
    "LedgerEntry",
    "Note",
    "NoteMention",
    "NoteVersion",
    "Reconciliation",
    "ReconciliationRange",
    "ReleasedAccount",
    "Tag",
    "TagAssignment",
    "VoucherUse",
]
