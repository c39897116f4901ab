"""Undoing what an import had Saleor set of accounts: by Saleor's own mutations, as whoever undoes it.

What is no longer as the import left it stays, and is reported. So does private metadata, whose values the log does not
keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from ...accounts import services as account_services
from ...accounts.account_changes import AccountChanges, change_account, has_texts
from ...accounts.account_data import attributes, customer_type_id, customer_types, metadata_of, type_id_of
from ...activity.models import ActivityEntry, ActivityType
from ...customers.queries import account_of
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs.models import BulkJob
from ...merging.models import MovedRow
from ...records.models import CustomerRecord
from ...records.writing import lock_rows
from ...saleor_adapter import host
from ..updates.changes import Changed
from ..updates.update_job import save_problems

_TOUCHED = "This was changed since, and was kept."
_PRIVATE = "The values that private metadata had before are not kept."
_NO_TYPE = "The account had no customer type before, or one that was deleted. It keeps the one of the list."
_NOT_ALLOWED = "Whoever undoes this may not change accounts: the permission MANAGE_USERS is missing."

# Reports something that stays: what it is, and why.
_Keep = Callable[[str, str], None]


def restore_values(job: BulkJob, undone: BulkJob, record_ids: Collection[int]) -> Counter[str]:
    """Have Saleor set back what the import set in the accounts of these records."""
    lock_rows(list(record_ids))
    context = account_services.context_of(job.actor)
    changes = _logged(record_ids, undone)
    done = Changed()
    for record in CustomerRecord.objects.filter(pk__in=changes).order_by("pk"):
        keep = partial(_keep, done, record.pk)
        try:
            with transaction.atomic():
                if _restore(job, record, changes[record.pk], context, keep):
                    done.changed.add(record.pk)
        except host.PermissionDenied:
            keep("account", _NOT_ALLOWED)
        except CustomerPlusError as error:
            keep("account", error.message)
        except SeveralErrors as several:
            for one in several.errors:
                keep("account", one.message)
    save_problems(job, done)
    return +Counter(accounts_changed=len(done.changed))


def _keep(done: Changed, record_id: int, what: str, why: str) -> None:
    done.skip(record_id, ErrorCode.STALE, why, what)


def _logged(record_ids: Collection[int], undone: BulkJob) -> dict[int, ActivityEntry]:
    """The entries of the import in the logs of these records, without those of records that were merged into them."""
    moved = Exists(MovedRow.objects.filter(table="activity", row_id=OuterRef("pk")))
    cause = undone.cause
    entries = ActivityEntry.objects.filter(
        ~moved,
        record_id__in=record_ids,
        type=ActivityType.ACCOUNT_CHANGED,
        cause_type=cause.type,
        cause_id=cause.id,
    )
    return {entry.record_id: entry for entry in entries}


def _restore(job: BulkJob, record: CustomerRecord, entry: ActivityEntry, context: Any, keep: _Keep) -> bool:
    account = account_of(record)
    if account is None:
        return False
    if context is None:
        raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
    before, after = entry.before, entry.after
    type_id = _type_before(account, before, after, keep) if "customer_type" in after else None
    if "private_metadata_keys" in after:
        keep("private_metadata", _PRIVATE)
    changes = AccountChanges(
        type_id,
        _attributes_before(account, type_id, before.get("attributes", {}), after.get("attributes", {}), keep),
        _metadata_before(account, before.get("metadata", {}), after.get("metadata", {}), keep),
    )
    return change_account(record, account, changes, context=context, actor=job.actor, cause=job.cause)


def _type_before(account: Any, before: Mapping[str, Any], after: Mapping[str, Any], keep: _Keep) -> int | None:
    current = type_id_of(account)
    kinds = customer_types([current] if current else [])
    if current is None or kinds[current].slug != after["customer_type"]:
        keep("customer_type", _TOUCHED)
        return None
    found = customer_type_id(before["customer_type"]) if before["customer_type"] else None
    if found is None:
        keep("customer_type", _NO_TYPE)
    return found


def _attributes_before(
    account: Any, type_id: int | None, before: Mapping[str, Any], after: Mapping[str, Any], keep: _Keep
) -> dict[str, list[str]]:
    """What attributes had that are still as the import left them, if the type that the account gets has them."""
    if not after:
        return {}
    now, then = (account.pk, type_id_of(account)), (account.pk, type_id or type_id_of(account))
    found = attributes([now, then])
    current, known = {one.slug: one for one in found[now]}, {one.slug for one in found[then]}
    back = {}
    for slug, texts in after.items():
        if slug not in current or not has_texts(current[slug], texts):
            keep(f"account_attribute:{slug}", _TOUCHED)
        elif slug in known:
            back[slug] = before[slug]
    return back


def _metadata_before(
    account: Any, before: Mapping[str, Any], after: Mapping[str, Any], keep: _Keep
) -> dict[str, str | None]:
    current = metadata_of(account, is_private=False)
    back = {}
    for key, value in after.items():
        if current.get(key) == value:
            back[key] = before[key]
        else:
            keep(f"metadata:{key}", _TOUCHED)
    return back
