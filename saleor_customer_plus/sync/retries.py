"""Rows that were set aside, tried again one by one."""

from __future__ import annotations

import logging
import time
from functools import partial
from uuid import UUID

from .. import settings
from ..core import sql
from ..core.set_aside.models import RowKind, SetAsideRow
from ..core.set_aside.services import Runner, carefully, due, put_aside
from ..settings import CustomerPlusSettings
from .walks import Found, Walk, orders_walk, refresh_walk, walk_batch

logger = logging.getLogger(__name__)

# Rows that are looked at in one go. Those that waited longest come first, so none waits for ever.
AT_ONCE = 1000

_WALKS = {
    RowKind.ACCOUNT: Walk.ACCOUNTS,
    RowKind.LEDGER_ENTRY: Walk.LEDGER,
    RowKind.RECORD: Walk.RECORDS,
}


def retry_set_aside(*, seconds: float) -> None:
    """Try the rows whose time has come, each in a transaction of its own, for so long. What succeeds is forgotten."""
    chosen, is_active = settings.load()
    deadline = time.monotonic() + seconds
    for row in due(AT_ONCE) if is_active else ():
        if time.monotonic() >= deadline:
            return
        kind = RowKind(row.kind)
        try:
            carefully(partial(_again, kind, row.key, chosen))
        except Exception as error:  # of the moment: it waits like the others
            logger.error("Could not try %s %s again: %s.", kind.value, row.key, type(error).__name__)
            put_aside(kind, row.key, error)


def _again(kind: RowKind, key: str, chosen: CustomerPlusSettings, run: Runner) -> None:
    sql.plan_for_batches()
    if kind is not RowKind.ORDER:
        walk_batch(_WALKS[kind], [int(key)], chosen, refresh=True, run=run)
        return
    try:
        order_id = UUID(key)
    except ValueError:  # not an id after all, or an object that was gone before its id was known
        SetAsideRow.objects.filter(kind=kind, key=key).delete()
        return
    found = Found()
    found.add(orders_walk([order_id], chosen, run))
    refresh_walk(chosen, run, found)
