"""Deleting people: what would be lost, a token that proves that somebody was warned, and the deletion itself.

Saleor keeps its orders. All that is ours goes: the record, its figures and log, notes with their files, leads, messages
with their files, tags, groups, consent events, the picture.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import transaction

from .. import settings
from ..activity.services import Actor
from ..consent.models import ConsentEvent
from ..core import private_files, sql
from ..core.preview_tokens import PreviewTokens
from ..errors import CustomerPlusError, ErrorCode
from ..groups import vouchers
from ..groups.mirror import mirror_accounts
from ..groups.models import GroupMembership
from ..leads.models import Lead
from ..ledger.channel_figures import orders_seen
from ..ledger.refresh import refresh_carefully
from ..mail.attachments import paths_of
from ..mail.models import Mail, MailAttachment, mail_storage
from ..notes.models import Attachment, Note, attachment_storage
from ..records.models import CustomerRecord, record_image_storage
from ..saleor_adapter import host, staff
from ..tags.models import TagAssignment
from .record_deletion import Deleted, delete, lock, look_for

logger = logging.getLogger(__name__)

TOKENS = PreviewTokens("saleor_customer_plus.deletion.services", again="look at what would be lost again")


@dataclass(frozen=True, slots=True)
class Losses:
    """What there is of one record, and so what its deletion would take, but for the orders."""

    record_id: int
    modified_at: str
    account_id: int | None
    # One that has the address of a record without a link: not confirmed, say.
    unlinked_account_id: int | None
    notes: int
    files: int
    leads: int
    tags: int
    groups: int
    consent_events: int
    messages: int
    orders_kept: int

    @property
    def token(self) -> str:
        """Proves for an hour that somebody saw these losses."""
        return TOKENS.new(asdict(self))

    def check(self, token: str) -> None:
        """Raise `CustomerPlusError` unless the token is of this record, and everything still as it was then."""
        seen = TOKENS.read(token)
        if seen["record_id"] != self.record_id:
            raise CustomerPlusError("The token is of another record.", code=ErrorCode.INVALID, field="token")
        if seen != asdict(self):
            raise TOKENS.stale("The record changed since the preview")


_COUNTED = {
    "notes": Note,
    "leads": Lead,
    "tags": TagAssignment,
    "groups": GroupMembership,
    "consent_events": ConsentEvent,
    "messages": Mail,
}


def losses(record_id: int, channels: staff.Channels = None) -> Losses | None:
    """What there is of a record, if there is such a record: of orders, those of these channels. One statement."""
    counts = [
        sql.fill(f"(SELECT count(*) FROM {{table}} x WHERE x.record_id = r.id) AS {name}", table=sql.table(model))
        for name, model in _COUNTED.items()
    ]
    seen = orders_seen(channels).order_by().values("record_id")
    found = sql.rows(
        sql.fill(
            """
            SELECT r.id AS record_id, r.modified_at, r.account_id,
                (SELECT min(u.id) FROM {users} u WHERE r.account_id IS NULL
                    AND u.email = ANY(ARRAY(SELECT jsonb_array_elements_text(r.other_emails)) || r.email::text))
                    AS unlinked_account_id,
                {counts},
                (SELECT count(*) FROM ({seen}) x WHERE x.record_id = r.id) AS orders_kept,
                (SELECT count(*) FROM {files} f JOIN {notes} n ON n.id = f.note_id WHERE n.record_id = r.id)
                    + (SELECT count(*) FROM {mailed} f JOIN {mails} m ON m.id = f.mail_id WHERE m.record_id = r.id)
                    AS files
            FROM {records} r WHERE r.id = {id}
            """,
            counts=sql.Sql(", ".join(count.text for count in counts)),
            seen=sql.of_queryset(seen),
            files=sql.table(Attachment),
            notes=sql.table(Note),
            mailed=sql.table(MailAttachment),
            mails=sql.table(Mail),
            users=sql.table(host.User),
            records=sql.table(CustomerRecord),
            id=record_id,
        )
    )
    return None if not found else _losses(found[0]._asdict())


def _losses(row: dict[str, Any]) -> Losses:
    return Losses(**row | {"modified_at": row["modified_at"].isoformat()})


@transaction.atomic
def delete_records(record_ids: Collection[int], *, actor: Actor) -> Deleted:
    """Delete these records and all that is ours of them. Their accounts stay, and no longer list any group.

    The number of statements does not grow with that of the records, but for one in every hundred. Files and vouchers in
    checkouts go after the commit.
    """
    chosen, _is_active = settings.load()
    traces = look_for(record_ids)
    people = lock(record_ids)
    uses = vouchers.uses_of(record_ids)
    attached = list(Attachment.objects.filter(note__record__in=record_ids).values_list("file", flat=True))
    mailed = paths_of(record_ids)
    _allow_erasure("on")
    deleted = delete(people, traces, chosen)
    _allow_erasure("off")
    refresh_carefully(deleted.touched, chosen)
    # Not while the records are locked: a checkout may hold the account, and a storage may be slow.
    for afterwards in (
        partial(mirror_accounts, deleted.account_ids),
        partial(vouchers.take_out, uses),
        partial(private_files.remove, attachment_storage(), attached),
        partial(private_files.remove, mail_storage(), mailed),
        partial(private_files.remove, record_image_storage(), deleted.images),
    ):
        transaction.on_commit(afterwards, robust=True)
    if deleted.record_ids:
        logger.info("Records %s were deleted by %s %s.", deleted.record_ids, actor.type, actor.id)
    return deleted


def _allow_erasure(value: str) -> None:
    """Consent events are proof: the database lets them go for an erasure that says so, in its own transaction."""
    sql.rows(sql.fill("SELECT set_config('customer_plus.erasure', {value}, true)", value=value))
