"""The system check that names messages which were given up. Django runs it with `check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Tags, Warning, register
from django.db import DatabaseError, connections, transaction

from . import waiting

# UIDs that the check names. More than these have one reason, which the log tells.
_MAX_NAMED = 20


@register(Tags.database)
def check_mailbox(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Warning]:
    """Messages that could not be taken in for a week are in the mailbox only: say which."""
    if "default" not in (databases or []) or connections["default"].vendor != "postgresql":
        return []
    try:
        with transaction.atomic():  # before the first migration there is no table
            uids = waiting.given_up()
    except DatabaseError:
        return []
    if not uids:
        return []
    named = ", ".join(uids[:_MAX_NAMED]) + (", ..." if len(uids) > _MAX_NAMED else "")
    return [
        Warning(
            f"Messages of the shop's mailbox could not be taken in and were given up: {len(uids)} (UID {named}).",
            hint="They are in the folder that the setting mailbox_secret names, marked as read and flagged. Answer "
            "them there. This warning ends when the flag is removed, or the message moved or deleted. A message that "
            "is marked as unread is tried again.",
            id="saleor_customer_plus.W011",
        )
    ]
