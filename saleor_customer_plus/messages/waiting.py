"""Messages of the mailbox that could not be taken in: when each is tried again, and when it is given up.

Each message is noted before it is fetched, and forgotten once it is marked as read. So whatever ends a run at it, a
server that stalls, or a worker that is killed, the next run goes on with the messages after it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from ..core.set_aside.faults import described
from ..core.set_aside.models import RowKind, SetAsideRow
from ..core.set_aside.services import note_try
from .mailbox import Mailbox, Refused

logger = logging.getLogger(__name__)

# How long a message is tried. After the last try, it is given up.
GIVE_UP_AFTER = timedelta(days=7)
# What is said of a message at which a run ended: nobody was left to say why.
UNFINISHED = "Unfinished"


class Waiting:
    """The messages of an open mailbox that were begun and not taken in, at the beginning of a run."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box
        forget_others(box.identity)
        rows = {_uid_of(row): row for row in _rows()}
        self._given_up = {uid for uid, row in rows.items() if row.given_up_at is not None}
        self._waiting = {uid: row for uid, row in rows.items() if uid not in self._given_up}
        self._forget_what_is_done()
        self._give_up()

    def due(self) -> Iterator[str]:
        """The UIDs of those to be tried now: first what was never tried, so that new messages wait for nothing."""
        yield from (uid for uid in self._box.unread() if uid not in self._waiting)
        now = timezone.now()
        for uid, row in sorted(self._waiting.items(), key=lambda item: item[1].retry_at):
            if row.retry_at <= now and not _is_too_old(row):
                yield uid

    def begin(self, uid: str) -> None:
        """Note a message that is about to be fetched."""
        if uid in self._given_up:  # somebody marked it as unread, to have it tried anew
            self.forget(uid)
        note_try(RowKind.MAILBOX, self._key(uid), UNFINISHED)

    def failed(self, uid: str, error: BaseException) -> None:
        """Note why a message that was begun could not be taken in."""
        error_class, error_code = described(error)
        row = _rows().filter(key=self._key(uid))
        row.update(error_class=error_class, error_code=error_code)
        logger.error(
            "A message of the mailbox could not be taken in (%s): UID %s. It is tried again.", error_class, uid
        )

    def forget(self, *uids: str) -> None:
        """These were taken in, or somebody saw to them in the mailbox."""
        if uids:
            _rows().filter(key__in=[self._key(uid) for uid in uids]).delete()

    def _forget_what_is_done(self) -> None:
        """By hand: what waits was read, or is gone; of what was given up, the flag was taken away."""
        unread = self._box.those(self._waiting, "UNSEEN")
        flagged = self._box.those(self._given_up, "FLAGGED")
        self.forget(*(self._waiting.keys() - unread), *(self._given_up - flagged))
        self._waiting = {uid: row for uid, row in self._waiting.items() if uid in unread}
        self._given_up &= flagged

    def _give_up(self) -> None:
        """Mark what was tried for too long. One that cannot be marked stays as it is, and is not fetched again."""
        for uid in [uid for uid, row in self._waiting.items() if _is_too_old(row)]:
            try:
                self._box.set_aside(uid)
            except Refused:
                continue
            row = self._waiting.pop(uid)
            self._given_up.add(uid)
            _rows().filter(pk=row.pk).update(given_up_at=timezone.now())
            logger.error("A message of the mailbox was given up after %s tries: UID %s.", row.tries, uid)

    def _key(self, uid: str) -> str:
        return f"{self._box.identity}:{uid}"


def given_up() -> list[str]:
    """The UIDs of messages that were given up, the oldest first."""
    too_old = _rows().filter(tried_at__gte=F("first_seen_at") + GIVE_UP_AFTER)
    return [_uid_of(row) for row in too_old.order_by("first_seen_at", "id")]


def forget_others(identity: str | None) -> None:
    """Forget what is of no mailbox that is read now: UIDs name nothing in another one."""
    others = _rows() if identity is None else _rows().exclude(key__startswith=f"{identity}:")
    others.delete()


def _rows() -> QuerySet[SetAsideRow]:
    return SetAsideRow.objects.filter(kind=RowKind.MAILBOX)


def _uid_of(row: SetAsideRow) -> str:
    return row.key.rpartition(":")[2]


def _is_too_old(row: SetAsideRow) -> bool:
    """Whether it was tried once more after the time: a shop whose workers were away for long has a last try, too."""
    return row.tried_at - row.first_seen_at >= GIVE_UP_AFTER
