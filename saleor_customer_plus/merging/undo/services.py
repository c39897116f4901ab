"""Taking a merge back, at any time: the records are apart again, as if they had never been merged.

What was of a record returns to it. What was edited since stays with the record that was kept, and is reported as
a conflict. What came since and belongs to an address, such as an order, goes to the record that has the address. Of
merges into the same record, the last one is undone first. A preview does all of it and rolls it back, and so reports
what would really happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from ...activity.models import ActivityType
from ...activity.services import Actor, Entry, append
from ...core import sql
from ...core.models import NoticeKind
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...fields import services as fields
from ...fields.queries import live
from ...groups.consequences import memberships_changed
from ...groups.mirror import mirror_accounts
from ...ledger.models import LedgerEntry
from ...records.locks import own_identities
from ...saleor_adapter import saleor_api, staff
from ...sync import reactions
from .. import tables, tasks
from ..blockers import obstacles
from ..duplicates import services as duplicates
from ..models import Merge, MergedRecord, MergeState, MovedRow
from ..parties import read
from ..queries import later_merges_of
from ..services import MOVED_AT_ONCE
from ..values import Party
from .addresses import owners_of_returned, part_accounts, part_addresses
from .conflicts import Conflict
from .consequences import part_consents, raise_stages, reopen_leads, return_orders
from .edits import row_of_kept
from .own_fields import return_own_fields
from .parting import Parting
from .rows import log_labels, return_rows, write_records

# Rows up to which a request previews an undo: it does all of it, and nobody else gives anybody an address meanwhile.
# 30,000 rows took 0.8 seconds (docs/merging.md); so many were not timed.
PREVIEWED_AT_ONCE = 100_000


def check(merge: Merge) -> None:
    """Raise `CustomerPlusError` unless this merge can be undone now: the last one into a record goes first."""
    if merge.state == MergeState.UNDONE:
        raise CustomerPlusError("This merge was undone already.", code=ErrorCode.ALREADY_EXISTS, field="merge_id")
    if later := later_merges_of([merge.pk])[merge.pk]:
        order = ", ".join(str(one.pk) for one in later)
        raise CustomerPlusError(
            f"The record was merged again since. Undo these merges first, in this order: {order}.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="merge_id",
            id=saleor_api.global_id("CustomerMerge", later[0].pk),
        )


def preview(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels = None, job_id: int | None = None
) -> list[Conflict]:
    """What an undo would leave other than it was: it is done, and taken back. Raises what is in the way."""
    with transaction.atomic():
        _merge, conflicts = undo(merge_id, actor=actor, requestor=requestor, channels=channels, job_id=job_id)
        transaction.set_rollback(True)
    return conflicts


@transaction.atomic
def undo(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels = None, job_id: int | None = None
) -> tuple[Merge, list[Conflict]]:
    """Take a merge back. Return it, and what is not as it was.

    `requestor` is the user or the app who is `actor`, and `channels` those whose orders they may see. Raises what is in
    the way.
    """
    own_identities()
    fields.hold([definition.pk for definition in live()])
    merge, record = _checked(merge_id, requestor, channels, job_id, lock=True)
    parting = Parting(merge, actor, record)
    _run(parting)
    return merge, parting.conflicts


def preview_in_request(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels = None
) -> list[Conflict] | None:
    """The same, or None where so much is to be given back that only the job finds out. Raises what is in the way."""
    merge, _record = _checked(merge_id, requestor, channels, None)
    if size(merge) > PREVIEWED_AT_ONCE:
        return None
    return preview(merge_id, actor=actor, requestor=requestor, channels=channels)


def as_job(merge_id: int, *, requestor: Any, channels: staff.Channels = None) -> Merge | None:
    """The merge, if so much is to be given back that a job does it. Raises what is in the way of undoing it."""
    merge, _record = _checked(merge_id, requestor, channels, None)
    return merge if size(merge) > MOVED_AT_ONCE else None


def _checked(
    merge_id: int, requestor: Any, channels: staff.Channels, job_id: int | None, *, lock: bool = False
) -> tuple[Merge, Party]:
    """The merge and the record that was kept. Raises what is in the way."""
    record_id = Merge.objects.filter(pk=merge_id).values_list("record_id", flat=True).first()
    parties = read([record_id], lock=lock) if record_id is not None else []
    merges = Merge.objects.select_for_update() if lock else Merge.objects.all()
    merge = merges.filter(pk=merge_id).first()
    if merge is None or not parties:
        raise CustomerPlusError("No merge has this id.", code=ErrorCode.NOT_FOUND, field="merge_id")
    check(merge)
    problems = Problems()
    problems.errors = [one.as_error(field="merge_id") for one in obstacles(parties, requestor, channels, job_id)]
    problems.raise_any()
    return merge, parties[0]


def size(merge: Merge) -> int:
    """How many rows an undo gives back: those that moved, and the orders of the merged addresses. Two statements."""
    (row,) = sql.rows(
        sql.fill(
            """
            SELECT count(*) AS orders FROM {ledger} e
            WHERE e.record_id = {record} AND e.identity IN (
                SELECT m.email FROM {merged} m WHERE m.merge_id = {merge}
                UNION
                SELECT o.email FROM {merged} m, jsonb_array_elements_text(m."row" -> 'other_emails') o(email)
                WHERE m.merge_id = {merge}
            )
            """,
            ledger=sql.table(LedgerEntry),
            merged=sql.table(MergedRecord),
            record=merge.record_id,
            merge=merge.pk,
        )
    )
    return int(row.orders) + MovedRow.objects.filter(merge=merge).count()


def _run(parting: Parting) -> None:
    """Undo it in an order in which each step has what it needs: labels, say, are compared before they return."""
    log_labels(parting)
    shares = part_addresses(parting)
    accounts = part_accounts(parting, shares)
    write_records(parting, row_of_kept(parting), shares, accounts)
    return_rows(parting)
    return_own_fields(parting)
    owners = owners_of_returned(parting, shares)
    tables.return_by_address(parting.merge, owners)
    return_orders(parting, owners)
    raise_stages(parting)
    reopen_leads(parting)
    part_consents(parting)
    duplicates.share(parting.merge.kept_id, parting.rows.keys(), since=parting.merge.created_at)
    _end(parting)


def _end(parting: Parting) -> None:
    """Keep of the merge only that it was undone, log it, and update everything that depends on addresses."""
    merge = parting.merge
    all_emails = [email for one in read(parting.ids) for email in one.emails]
    MovedRow.objects.filter(merge=merge).delete()
    MergedRecord.objects.filter(merge=merge).delete()
    parting.conflicts = list(dict.fromkeys(parting.conflicts))
    merge.state, merge.undone_at = MergeState.UNDONE, timezone.now()
    merge.undone_by_type, merge.undone_by_id = parting.actor.type, parting.actor.id
    merge.before, merge.after = {}, {}
    merge.conflicts = [asdict(one) for one in parting.conflicts]
    merge.save()
    append(_entries(parting))
    reactions.records_identified(parting.ids, all_emails)
    memberships_changed(parting.ids)
    tasks.announce(NoticeKind.MERGE_UNDO, merge.pk)
    transaction.on_commit(partial(mirror_accounts, sorted(parting.accounts)), robust=True)


def _entries(parting: Parting) -> Iterator[Entry]:
    for record_id in parting.ids:
        yield Entry(
            record_id,
            ActivityType.MERGE_UNDONE,
            before={"kept_id": parting.merge.kept_id},
            after={"conflicts": len([one for one in parting.conflicts if one.record_id == record_id])},
            **parting.actor.of_entry,
            **parting.merge.cause.of_entry,
        )
