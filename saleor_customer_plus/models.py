"""Django looks here for models; each lives with its feature."""

from .activity.models import ActivityEntry
from .addresses.models import CustomerAddress
from .consent.models import ConsentEvent, CurrentConsent, PreferenceLink, SuppressedAddress, SuppressionKey
from .core.models import OwedNotice
from .core.set_aside.models import SetAsideRow
from .fields.models import FieldDefinition, FieldValue
from .groups.models import Group, GroupMembership, VoucherUse
from .insights.models import CurrencyInsight, CustomerInsight
from .jobs.models import BulkChunk, BulkImportKey, BulkJob, BulkJobEvent, BulkProblem, BulkProfile
from .leads.models import Lead, LeadSubmission
from .ledger.models import CustomerAcquisition, CustomerFigures, LedgerEntry, LedgerLine
from .mail.models import Mail, MailAttachment
from .merging.duplicates.models import (
    CrowdedKey,
    DuplicateDismissal,
    DuplicateGroup,
    DuplicateKey,
    DuplicatePair,
    FrequentSurname,
    UncheckedRecord,
)
from .merging.models import Merge, MergedRecord, MovedRow
from .messages.models import MessageTemplate, MessageTemplateText
from .newsletter.models import NewsletterSignup
from .notes.models import Attachment, Note, NoteMention, NoteVersion
from .records.models import CustomerEmail, CustomerRecord, FormerRecord, ReleasedAccount
from .segments.models import SavedView, Segment, SegmentMembership, TouchedRecord
from .sync.models import CatchUp
from .tags.models import Tag, TagAssignment

__all__ = [
    "ActivityEntry",
    "Attachment",
    "BulkChunk",
    "BulkImportKey",
    "BulkJob",
    "BulkJobEvent",
    "BulkProblem",
    "BulkProfile",
    "CatchUp",
    "ConsentEvent",
    "CrowdedKey",
    "CurrencyInsight",
    "CurrentConsent",
    "CustomerAcquisition",
    "CustomerAddress",
    "CustomerEmail",
    "CustomerFigures",
    "CustomerInsight",
    "CustomerRecord",
    "DuplicateDismissal",
    "DuplicateGroup",
    "DuplicateKey",
    "DuplicatePair",
    "FieldDefinition",
    "FieldValue",
    "FormerRecord",
    "FrequentSurname",
    "Group",
    "GroupMembership",
    "Lead",
    "LeadSubmission",
    "LedgerEntry",
    "LedgerLine",
    "Mail",
    "MailAttachment",
    "Merge",
    "MergedRecord",
    "MessageTemplate",
    "MessageTemplateText",
    "MovedRow",
    "NewsletterSignup",
    "Note",
    "NoteMention",
    "NoteVersion",
    "OwedNotice",
    "PreferenceLink",
    "ReleasedAccount",
    "SavedView",
    "Segment",
    "SegmentMembership",
    "SetAsideRow",
    "SuppressedAddress",
    "SuppressionKey",
    "Tag",
    "TagAssignment",
    "TouchedRecord",
    "UncheckedRecord",
    "VoucherUse",
]
