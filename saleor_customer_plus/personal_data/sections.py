"""What the personal data of one person consists of, table by table. A test looks for tables that are not here.

A row is given with all its columns, by their names, but for those that a section leaves out. So a column that is added
to a table is given by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import F, Model, Q

from ..activity.models import ActivityEntry, ActivityType
from ..addresses.models import CustomerAddress
from ..consent.models import ConsentEvent, CurrentConsent, PreferenceLink
from ..fields.models import FieldValue
from ..groups.models import GroupMembership, VoucherUse
from ..insights.models import CustomerInsight
from ..leads.models import Lead, LeadSubmission
from ..ledger.models import CustomerAcquisition, CustomerFigures, LedgerEntry, LedgerLine
from ..mail.models import Mail, MailAttachment
from ..merging.models import Merge, MergedRecord
from ..newsletter.models import NewsletterSignup, SignupState
from ..newsletter.tokens import without_signatures
from ..notes.models import Attachment, Note, NoteVersion
from ..records.models import CustomerEmail, CustomerRecord, FormerRecord
from ..segments.models import SegmentMembership
from ..tags.models import TagAssignment

# Rows that are read, and whose files are looked up, at once.
_BATCH = 500

# Columns of a record that are computed for searching and sorting, and the private name of its picture.
NOT_OF_RECORDS = frozenset({"search_terms", "sort_name", "image"})

# What the log tells of notes. Without the notes, it is left out too.
_OF_NOTES = (
    ActivityType.NOTE_ADDED,
    ActivityType.NOTE_EDITED,
    ActivityType.NOTE_DELETED,
    ActivityType.FILE_ATTACHED,
    ActivityType.FILE_REMOVED,
)

# Rows of other tables, for the keys of some rows: by key, then under the name that they get.
Parts = Callable[[Collection[int]], Mapping[int, Mapping[str, Any]]]


def _of_record(record: CustomerRecord) -> Q:
    return Q(record=record)


def _nothing(_keys: Collection[int]) -> Mapping[int, Mapping[str, Any]]:
    return {}


@dataclass(frozen=True, slots=True)
class Section:
    """A list of rows of one table."""

    name: str
    model: type[Model]
    where: Callable[[CustomerRecord], Q] = _of_record
    order: tuple[str, ...] = ("pk",)
    # Columns that are not given, besides the record's own key, which all of them have.
    without: frozenset[str] = frozenset()
    # What is given instead of the number of another row.
    named: Mapping[str, str] = field(default_factory=dict)
    parts: Parts = _nothing
    # Texts of mails, whose links work without a login.
    linked: frozenset[str] = frozenset()
    of_notes: Q | None = None

    def rows(self, record: CustomerRecord, *, with_notes: bool) -> Iterator[dict[str, Any]]:
        """The rows of a record. Some hundred at a time are in memory."""
        found = self.model._default_manager.filter(self.where(record)).order_by(*self.order)
        if self.of_notes is not None and not with_notes:
            found = found.exclude(self.of_notes)
        named = {name: F(path) for name, path in self.named.items()}
        read = iter(found.values(*columns_of(self), **named).iterator(chunk_size=_BATCH))
        while batch := list(islice(read, _BATCH)):
            parts = self.parts([row["id"] for row in batch])
            for row in batch:
                texts = {name: without_signatures(row[name]) for name in self.linked}
                yield {**_without_private_columns(row), **texts, **parts.get(row["id"], {})}


def columns_of(section: Section) -> list[str]:
    """The columns of its table that a section gives."""
    left_out = section.without | {"record_id"}
    return [one.attname for one in section.model._meta.concrete_fields if one.attname not in left_out]


def _without_private_columns(row: dict[str, Any]) -> dict[str, Any]:
    """Merges keep whole rows of records as JSON."""
    return {
        name: {key: value for key, value in cell.items() if key not in NOT_OF_RECORDS}
        if name in ("row", "before", "after") and isinstance(cell, dict)
        else cell
        for name, cell in row.items()
    }


def _listed(model: type[Model], parent: str, columns: tuple[str, ...], keys: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {key: [] for key in keys}
    rows = model._default_manager.filter(**{f"{parent}__in": keys}).order_by("pk").values(parent, *columns)
    for row in rows:
        found[row.pop(parent)].append(row)
    return found


_FILE = ("name", "content_type", "size", "created_at")


def _parts_of_notes(keys: Collection[int]) -> dict[int, dict[str, Any]]:
    files = _listed(Attachment, "note_id", _FILE, keys)
    versions = _listed(NoteVersion, "note_id", ("text", "replaced_at", "editor_type", "editor_id"), keys)
    return {key: {"files": files[key], "earlier_versions": versions[key]} for key in keys}


def _parts_of_mails(keys: Collection[int]) -> dict[int, dict[str, Any]]:
    return {key: {"files": files} for key, files in _listed(MailAttachment, "mail_id", _FILE, keys).items()}


def _by_address(record: CustomerRecord) -> Q:
    return Q(email__in=[record.email, *record.other_emails])


SECTIONS = (
    Section("email_addresses", CustomerEmail),
    Section("former_records", FormerRecord, without=frozenset({"images"})),
    Section("addresses", CustomerAddress),
    Section(
        "own_fields",
        FieldValue,
        # The value again, as it is compared and sorted by.
        without=frozenset(
            {"definition_id", "text", "number", "date", "boolean", "choices", "unique_key", "is_indexed"}
        ),
        named={"key": "definition__key", "label": "definition__label", "type": "definition__type"},
    ),
    Section("tags", TagAssignment, without=frozenset({"tag_id"}), named={"name": "tag__name"}),
    Section("groups", GroupMembership, without=frozenset({"group_id"}), named={"name": "group__name"}),
    Section("vouchers_used", VoucherUse, without=frozenset({"group_id"}), named={"group_name": "group__name"}),
    Section("segments", SegmentMembership, without=frozenset({"segment_id"}), named={"name": "segment__name"}),
    Section("figures", CustomerFigures),
    Section("rfm", CustomerInsight),
    Section("first_visits", CustomerAcquisition),
    Section("orders", LedgerEntry, order=("placed_at", "pk"), without=frozenset({"identity", "is_settled"})),
    Section(
        "order_lines",
        LedgerLine,
        order=("placed_at", "pk"),
        without=frozenset({"entry_id"}),
        named={"order_id": "entry__order_id"},
    ),
    Section("consents_in_force", CurrentConsent),
    Section("consents", ConsentEvent, order=("at", "pk")),
    Section("newsletter_sign_ups", NewsletterSignup, order=("received_at", "pk")),
    Section(
        "newsletter_sign_ups_waiting",
        NewsletterSignup,
        where=lambda record: Q(state=SignupState.RECEIVED, record=None) & _by_address(record),
    ),
    Section("preference_links", PreferenceLink, without=frozenset({"key"})),
    Section("enquiries", Lead, order=("created_at", "pk"), without=frozenset({"search_terms"})),
    Section("enquiries_waiting", LeadSubmission, where=_by_address),
    Section(
        "messages",
        Mail,
        order=("created_at", "pk"),
        # The text again with markup, a link that works without a login, and how far a worker is.
        without=frozenset({"html", "unsubscribe_url", "search_terms", "due_at", "claimed_at", "handed_at"}),
        parts=_parts_of_mails,
        linked=frozenset({"body", "text"}),
    ),
    Section("notes", Note, order=("created_at", "pk"), parts=_parts_of_notes, of_notes=Q(pk__isnull=False)),
    Section("merges", Merge),
    Section("merged_records", MergedRecord, where=lambda record: Q(merge__record=record)),
    Section("activity", ActivityEntry, order=("at", "pk"), of_notes=Q(type__in=_OF_NOTES)),
)
# Within a row of another section.
NESTED = (Attachment, MailAttachment, NoteVersion)
# Tables of records that are no section, and why.
LEFT_OUT = {
    "DuplicateKey": "made of the record's own columns, for finding records that are alike",
    "DuplicatePair": "a guess that is about somebody else too",
    "MovedRow": "which rows a merge moved, by their numbers: the rows are there",
    "NoteMention": "which member of staff a note calls",
}
