"""No row stops another: a batch that fails is halved until the row at fault is alone, and that one is set aside.

Work on many rows is given to a `Runner`, stage by stage. `together` does all rows at once, which is how nearly every
batch ends. Where it fails because of what is in some row, `carefully` rolls back and does the same with `halving`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import sql
from .faults import TIMED_OUT, code_of, described, is_of_row
from .models import RowKind, SetAsideRow

logger = logging.getLogger(__name__)

# How long a row waits before it is tried again: twice as long each time, and at most a day.
FIRST_WAIT = timedelta(minutes=10)
MAX_WAIT = timedelta(days=1)

K = TypeVar("K")
T = TypeVar("T")
# How rows are named in `SetAsideRow.key`, where that is not what the caller has of them.
Names = Callable[[Sequence[Any]], Sequence[str]]


def _as_text(keys: Sequence[Any]) -> Sequence[str]:
    return [str(key) for key in keys]


class Runner(Protocol):
    """How a stage of some work is done for many rows. Returns what each call of `work` came to."""

    def __call__(
        self, kind: RowKind, keys: Collection[K], work: Callable[[list[K]], T], *, names: Names = _as_text
    ) -> list[T]: ...


def together(kind: RowKind, keys: Collection[K], work: Callable[[list[K]], T], *, names: Names = _as_text) -> list[T]:
    """Do all rows at once, in the caller's transaction."""
    if not keys:
        return []
    done = work(list(keys))
    _forget(kind, list(keys), names)
    return [done]


def halving(kind: RowKind, keys: Collection[K], work: Callable[[list[K]], T], *, names: Names = _as_text) -> list[T]:
    """Do as many rows at once as there is none among that fails, and set those aside that fail alone."""
    results: list[T] = []
    waiting = [list(keys)] if keys else []
    while waiting:
        part = waiting.pop()
        try:
            with transaction.atomic():
                results.append(work(part))
                _forget(kind, part, names)
        except Exception as error:
            is_alone = len(part) == 1
            # Half as many rows may well be done within the limit of time.
            if not is_of_row(error) and (is_alone or code_of(error) != TIMED_OUT):
                raise
            if is_alone:
                put_aside(kind, names(part)[0], error)
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
    return results


def carefully(do: Callable[[Runner], T]) -> T:
    """Do some work in a transaction (a savepoint, within another one); where a row is at fault, again without it."""
    try:
        with transaction.atomic():
            return do(together)
    except Exception as error:
        if not is_of_row(error):
            raise
    with transaction.atomic():
        return do(halving)


def put_aside(kind: RowKind, key: str, error: BaseException) -> None:
    """Note that this row failed alone, and when to try it again."""
    error_class, error_code = described(error)
    logger.warning("Set aside %s %s: %s %s. Everything else goes on.", kind.value, key[:64], error_class, error_code)
    note_try(kind, key, error_class, error_code)


def note_try(kind: RowKind, key: str, error_class: str, error_code: str = "") -> None:
    """Note a try that failed, or that may fail: when to try again is twice as long as after the one before."""
    sql.run(
        sql.fill(
            """
            INSERT INTO {table} AS a (kind, key, error_class, error_code, tries, first_seen_at, tried_at, retry_at)
            VALUES ({kind}, {key}, {error_class}, {error_code}, 1, {now}, {now}, {now} + {first})
            ON CONFLICT (kind, key) DO UPDATE SET
                error_class = EXCLUDED.error_class, error_code = EXCLUDED.error_code, tries = a.tries + 1,
                tried_at = EXCLUDED.tried_at,
                retry_at = EXCLUDED.tried_at + least({first} * 2 ^ least(a.tries, 20), {longest})
            """,
            table=sql.table(SetAsideRow),
            kind=kind.value,
            key=key[:64],
            error_class=error_class,
            error_code=error_code,
            now=timezone.now(),
            first=FIRST_WAIT,
            longest=MAX_WAIT,
        )
    )


def due(limit: int) -> list[SetAsideRow]:
    """Rows of the sync that it is time to try again, those that waited longest first."""
    return list(of_sync().filter(retry_at__lte=timezone.now()).order_by("retry_at", "id")[:limit])


def of_sync() -> QuerySet[SetAsideRow]:
    """Rows that the sync set aside, and tries again: not the messages of the mailbox."""
    return SetAsideRow.objects.exclude(kind=RowKind.MAILBOX)


def summary(limit: int = 100) -> dict[str, Any]:
    """What a report says of the rows that the sync set aside: how many, and the oldest of them."""
    rows = of_sync().order_by("id")
    return {
        "count": rows.count(),
        "rows": [
            {
                "kind": row.kind,
                "key": row.key,
                "error": f"{row.error_class} {row.error_code}".strip(),
                "tries": row.tries,
                "first_seen_at": row.first_seen_at.isoformat(),
                "tried_at": row.tried_at.isoformat(),
                "retry_at": row.retry_at.isoformat(),
            }
            for row in rows[:limit]
        ],
    }


def _forget(kind: RowKind, keys: list[Any], names: Names) -> None:
    """These rows succeeded. Nearly always none of them was set aside, and one statement tells."""
    aside = set(SetAsideRow.objects.filter(kind=kind).values_list("key", flat=True))
    if aside and (succeeded := aside.intersection(names(keys))):
        SetAsideRow.objects.filter(kind=kind, key__in=succeeded).delete()
