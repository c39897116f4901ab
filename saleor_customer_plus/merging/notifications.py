"""Telling Saleor's plugins and apps that records were merged, and that a merge was undone: ids only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import Merge

MERGED = "customer_plus.records_merged"
UNDONE = "customer_plus.merge_undone"


def announce(merge_ids: Collection[int]) -> None:
    """Tell of what is still owed of these merges, each merge before its undo."""
    for kind, event in ((NoticeKind.MERGE, MERGED), (NoticeKind.MERGE_UNDO, UNDONE)):
        claimed = owed.claim(kind, merge_ids)
        known = Merge.objects.filter(pk__in=claimed).defer("before", "after").in_bulk()
        for merge_id in claimed:
            if (merge := known.get(merge_id)) is not None:  # else deleted meanwhile, with the record
                notifications.notify(event, _payload(merge, event), about=f"merge {merge_id}")


def left_behind() -> list[int]:
    """Merges that were not announced to Saleor, because the task was lost."""
    return sorted({*owed.left_behind(NoticeKind.MERGE), *owed.left_behind(NoticeKind.MERGE_UNDO)})


def _payload(merge: Merge, event: str) -> dict[str, Any]:
    payload = {"merge_id": merge.pk, "record_id": merge.kept_id, "merged_ids": merge.merged_ids, "job_id": merge.job_id}
    if event == MERGED:
        who, at = merge.actor, merge.created_at
    else:
        assert merge.undone_by is not None
        assert merge.undone_at is not None
        who, at = merge.undone_by, merge.undone_at
        payload["conflicts"] = len(merge.conflicts)
    return {**payload, "actor_type": who.type.value, "actor_id": who.id, "at": at.isoformat()}
