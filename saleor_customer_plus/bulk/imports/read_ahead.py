"""Reading the next rows of a file while PostgreSQL is busy with those before them.

To read a row takes Python about as long as it takes PostgreSQL to write it. A thread reads the next chunk meanwhile, as
far as there is a second processor. It touches neither the database nor the storage.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import islice
from threading import Thread
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

# Items after which the reading thread lets the other one have Python, if that has an answer from PostgreSQL by now: it
# would wait five milliseconds for it otherwise, at each of its statements.
_AT_ONCE = 8


class Place(NamedTuple):
    """Which chunk of which phase of a job."""

    job_id: int
    phase: str
    number: int


class ReadAhead(Generic[T]):
    """The rows of one chunk, read in advance by a process that does one chunk of a job after the other.

    Where other workers are at the same job, the next chunk is probably theirs, and they keep the other processors busy:
    nothing is read in advance as long as the last two chunks that this process did are not neighbours.
    """

    def __init__(self) -> None:
        self._reading: _Reading[T] | None = None
        self._last: Place | None = None

    def take(self, place: Place, read: Callable[[], Iterable[T]]) -> Iterable[T]:
        """What was read in advance of this chunk, or what `read` returns. Raises what reading raised."""
        reading, self._reading = self._reading, None
        if reading is None:
            return read()
        if reading.place != place:
            reading.stop()
            return read()
        return reading.result()

    def follow(self, place: Place, read: Callable[[], Iterable[T]]) -> None:
        """Begin to read the chunk after this one, unless it is likely to be somebody else's."""
        is_alone = self._last is None or self._last[:2] != place[:2] or self._last.number + 1 == place.number
        self._last = place
        if is_alone:
            self._reading = _Reading(place._replace(number=place.number + 1), read)
            self._reading.start()

    def drop(self) -> None:
        """Forget what was read, which is somebody's data."""
        if self._reading is not None:
            self._reading.stop()
        self._reading = self._last = None


class _Reading(Thread, Generic[T]):
    def __init__(self, place: Place, read: Callable[[], Iterable[T]]) -> None:
        super().__init__(name="customer-plus-read-ahead", daemon=True)
        self.place = place
        self._read = read
        self._is_wanted = True
        self._items: list[T] = []
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            items = iter(self._read())
            while self._is_wanted and (some := list(islice(items, _AT_ONCE))):
                self._items += some
                time.sleep(0)
        except Exception as error:
            self._error = error

    def result(self) -> list[T]:
        """Everything that was read, once it is. Raises what reading raised."""
        self.join()
        if self._error is not None:
            raise self._error
        return self._items

    def stop(self) -> None:
        """Nobody wants it: end at the next item."""
        self._is_wanted = False
        self.join()
