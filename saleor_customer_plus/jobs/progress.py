"""Telling how far a long chunk has come, while its transaction hides it from everybody else."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from .models import BulkJob, JobState

logger = logging.getLogger(__name__)

# Seconds between two words, and before the first one.
PAUSE = 1.0


class Canceled(Exception):
    """Somebody canceled the job while its chunk was at work."""


class Watch:
    """Called with the number of rows that are done, it writes that down now and then, by a connection of its own.

    Raises `Canceled` once somebody has canceled the job. What goes wrong with the connection is passed over. Somebody
    in this process may listen: a progress bar.
    """

    listener: ClassVar[Callable[[int], object] | None] = None

    def __init__(self, job_id: int) -> None:
        self._job_id = job_id
        self._next = time.monotonic() + PAUSE
        self._connection: Any = None

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def __call__(self, rows: int) -> None:
        if Watch.listener is not None:
            Watch.listener(rows)
        if time.monotonic() < self._next:
            return
        try:
            state = self._write_down(rows)
        except DatabaseError as error:
            logger.warning("Could not store the progress of job %s: %s", self._job_id, type(error).__name__)
            state = None
        self._next = time.monotonic() + PAUSE
        if state == JobState.CANCELED:
            raise Canceled

    def _write_down(self, rows: int) -> str | None:
        """Return the state of the job; nothing, where it is not committed yet."""
        if self._connection is None:
            self._connection = connections[DEFAULT_DB_ALIAS].copy()
        table = self._connection.ops.quote_name(BulkJob._meta.db_table)
        with self._connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
            cursor.execute(
                f"UPDATE {table} SET counters = %s::jsonb WHERE id = %s AND state = %s",
                [json.dumps({"read": rows}), self._job_id, JobState.RUNNING.value],
            )
            cursor.execute(f"SELECT state FROM {table} WHERE id = %s", [self._job_id])
            found = cursor.fetchone()
        return found[0] if found else None
