"""Reading messages and conversations, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField

from ..core import sql
from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, read_cursor
from ..leads.models import Lead, LeadOrigin
from ..mail.models import CONVERSATION, Mail, MailAttachment
from ..records.search import matches, search_query

_AT = (Key("created_at", DateTimeField()), Key("id", BigIntegerField()))
# Enquiries that a person wrote; those that staff or an import noted down are no part of a conversation.
_WRITTEN = (LeadOrigin.CONTACT_FORM, LeadOrigin.EMAIL)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was said: a message, or the text of an enquiry."""

    at: datetime
    kind: str  # "LEAD" or "MAIL"
    id: int
    said: Mail | Lead


# By which cursors of a conversation are read and written. Its rows are those of two tables.
_TALK: Any = Ordering(
    "CONVERSATION",
    [
        Segment(
            Mail.objects.none(),
            (Key("at", DateTimeField()), Key("kind", CharField(max_length=4)), Key("id", BigIntegerField())),
            descending=True,
        )
    ],
)


def find(mail_id: int) -> Mail | None:
    return Mail.objects.filter(pk=mail_id).first()


def pages_of_conversations(record_ids: Collection[int], window: Window) -> dict[int, Page[Any]]:
    """One page of what was said between the shop and each of these people, newest first. Three statements."""
    cursor = read_cursor(_TALK, window)
    values = None if cursor is None else cursor[1]
    rows = sql.rows(_places(record_ids, values, window.size + 1, backward=window.backward))
    behind: set[int] = set()
    if values is not None:
        found = sql.rows(_places(record_ids, values, 1, backward=not window.backward, included=True))
        behind = {row.record_id for row in found}
    said: dict[str, Mapping[int, Any]] = {
        "MAIL": Mail.objects.in_bulk([row.id for row in rows if row.kind == "MAIL"]),
        "LEAD": Lead.objects.in_bulk([row.id for row in rows if row.kind == "LEAD"]),
    }
    items: dict[int, list[tuple[int, Any]]] = {record_id: [] for record_id in record_ids}
    for row in rows:
        if (one := said[row.kind].get(row.id)) is not None:
            items[row.record_id].append((0, Item(row.at, row.kind, row.id, one)))
    return {
        record_id: Page(_TALK, window, items[record_id], partial(bool, record_id in behind)) for record_id in record_ids
    }


def _places(record_ids: Collection[int], values: Any, limit: int, *, backward: bool, included: bool = False) -> sql.Sql:
    """Where the next things that were said are, from a place on: `backward` is towards the newest."""
    direction = sql.Sql("ASC" if backward else "DESC")
    beyond = sql.Sql("TRUE")
    if values is not None:
        at, kind, key = values
        operator = sql.Sql((">" if backward else "<") + ("=" if included else ""))
        beyond = sql.fill("(x.at, x.kind, x.id) {operator} ({at}::timestamptz, {kind}::text, {key}::bigint)",
                          operator=operator, at=at, kind=kind, key=key)  # fmt: skip
    return sql.fill(
        """
        SELECT r.id AS record_id, t.at, t.kind, t.id
        FROM unnest({ids}::bigint[]) r(id) CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT x.* FROM (
                    SELECT m.created_at AS at, 'MAIL'::text AS kind, m.id FROM {mails} m
                    WHERE m.record_id = r.id AND m.kind = ANY({kinds})
                ) x WHERE {beyond} ORDER BY x.at {direction}, x.kind {direction}, x.id {direction} LIMIT {limit})
                UNION ALL
                (SELECT x.* FROM (
                    SELECT l.created_at AS at, 'LEAD'::text AS kind, l.id FROM {leads} l
                    WHERE l.record_id = r.id AND l.origin = ANY({written}) AND l.message <> ''
                ) x WHERE {beyond} ORDER BY x.at {direction}, x.kind {direction}, x.id {direction} LIMIT {limit})
            ) u ORDER BY u.at {direction}, u.kind {direction}, u.id {direction} LIMIT {limit}
        ) t
        """,
        ids=list(record_ids),
        mails=sql.table(Mail),
        leads=sql.table(Lead),
        kinds=[kind.value for kind in CONVERSATION],
        written=[origin.value for origin in _WRITTEN],
        beyond=beyond,
        direction=direction,
        limit=limit,
    )


def count_conversations(record_ids: Collection[int]) -> dict[int, int]:
    """How much was said between the shop and each of these people. Two statements."""
    mails = count_of_each(Mail.objects.filter(kind__in=CONVERSATION), record_ids, parent="record")
    leads = Lead.objects.filter(origin__in=_WRITTEN).exclude(message="")
    enquiries = count_of_each(leads, record_ids, parent="record")
    return {record_id: mails[record_id] + enquiries[record_id] for record_id in record_ids}


def all_messages(*, search: str = "", states: Collection[str] | None = None) -> Ordering[Mail]:
    """Messages of all people that have these words and one of these states, newest first."""
    rows = Mail.objects.filter(kind__in=CONVERSATION)
    if states is not None:
        rows = rows.filter(state__in=states)
    if search.strip():
        query = search_query(search)
        rows = rows.filter(matches(query)) if query else rows.none()
    return Ordering("MESSAGES", [Segment(rows, _AT, descending=True)])


def attachments_of(mail_ids: Collection[int]) -> dict[int, list[MailAttachment]]:
    """The files of messages. One statement."""
    files: dict[int, list[MailAttachment]] = {mail_id: [] for mail_id in mail_ids}
    for row in MailAttachment.objects.filter(mail_id__in=mail_ids).order_by("pk"):
        files[row.mail_id].append(row)
    return files


def find_attachment(attachment_id: int, path: str) -> MailAttachment | None:
    """A file, if it is still the one at this path."""
    return MailAttachment.objects.filter(pk=attachment_id, file=path).first()
