"""An undo that is under way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...activity.services import Actor
from ...saleor_adapter import host
from ..models import Merge
from ..values import Party
from .conflicts import Conflict, ConflictCode


class Parting:
    """One undo of a merge, under way: what there was before and after the merge, and what is not as it was."""

    def __init__(self, merge: Merge, actor: Actor, kept: Party) -> None:
        self.merge, self.actor, self.kept = merge, actor, kept
        # A column that there was not yet is as it is now.
        self.before: Mapping[str, Any] = {**kept.row, **merge.before["row"]}
        self.after: Mapping[str, Any] = {**kept.row, **merge.after["row"]}
        self.merged = list(merge.merged_records.order_by("former_id"))
        self.rows: dict[int, dict[str, Any]] = {one.former_id: dict(one.row) for one in self.merged}
        # The accounts that any of the records had, as far as Saleor still has them: those of before come first.
        ids = [self.before["account_id"], *(row["account_id"] for row in self.rows.values()), kept.account_id]
        known = host.User.objects.in_bulk({id for id in ids if id is not None})
        self.accounts = {id: known[id] for id in dict.fromkeys(ids) if id in known}
        self.conflicts: list[Conflict] = []

    @property
    def ids(self) -> list[int]:
        """All records of the merge."""
        return [self.merge.kept_id, *self.rows]

    def conflict(self, code: ConflictCode, record_id: int, message: str, what: str = "") -> None:
        self.conflicts.append(Conflict(code, record_id, message, what))

    def edited(self, what: str) -> None:
        """Report that something stays with the record that was kept."""
        message = "This was edited since, and stays with the record that was kept."
        self.conflict(ConflictCode.EDITED_SINCE, self.merge.kept_id, message, what)

    def kept_rows(self, name: str) -> list[dict[str, Any]]:
        """What was kept of a table as JSON: see `merging.tables`."""
        return [row for one in self.merged for row in one.rows[name]]
