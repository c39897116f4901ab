"""What each kind of job declares, and the registry of all kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from ..activity.services import Actor
from .models import BulkChunk, BulkJob, JobKind


class Kind:
    """What one kind of job does. Subclasses are registered with `register`.

    A phase may make chunks of a later one, as many as it finds to be done: they wait until their phase has come.
    """

    kind: ClassVar[JobKind]
    # In order. A phase without chunks is passed over.
    phases: ClassVar[tuple[str, ...]]

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        """The specs of a phase's chunks, asked when the phase before is over. May set fields of the job."""
        raise NotImplementedError

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        """Do one chunk, in the caller's transaction. Return what was counted; `bytes` is progress through the file.

        To do it in steps, set `chunk.position` to where the next step begins, and to None in the last one.
        """
        raise NotImplementedError

    def failed(self, job: BulkJob, chunk: BulkChunk, error: Exception) -> bool:
        """Called after a step of a chunk failed and was rolled back, in a transaction of its own.

        May change `chunk.failures`, so that the next step is smaller, or `chunk.position`, to pass over what is at
        fault. Return whether the job goes on at once. Otherwise an error of the connection is raised, to be tried again
        later, and any other ends the job.
        """
        return False

    def waits_after(self, job: BulkJob, phase: str) -> bool:
        """Whether the job waits after this phase, READY, until somebody calls `start`."""
        return False

    def check(self, job: BulkJob, actor: Actor) -> None:
        """Raise `CustomerPlusError` if the job may not go on in the name of this actor."""

    def finish(self, job: BulkJob) -> None:
        """Called once, in the transaction in which the job succeeds: put the files together, write the report."""

    def notifies(self, job: BulkJob) -> bool:
        """Whether staff are notified that the job succeeded or failed."""
        return True

    def forget(self, job: BulkJob) -> None:
        """Called when the job's files are removed: remove what else it keeps of anybody's data."""

    def rest(self) -> None:
        """Called when this process leaves off working at jobs: drop the copies of anybody's data that it has."""


_KINDS: dict[JobKind, Kind] = {}


def register(kind: Kind) -> None:
    _KINDS[kind.kind] = kind


def kind_of(job: BulkJob) -> Kind:
    return _KINDS[JobKind(job.kind)]


def all_kinds() -> Collection[Kind]:
    return _KINDS.values()
