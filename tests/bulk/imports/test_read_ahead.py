"""What is read in advance is what would be read anyway, and nothing of it stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from saleor_customer_plus.bulk.imports.read_ahead import Place, ReadAhead


def chunk(number: int, *, job_id: int = 1, phase: str = "write") -> Place:
    return Place(job_id, phase, number)


class Source:
    """Counts how often it is read, and in which thread."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.threads: list[str] = []

    def read(self) -> Iterator[str]:
        self.threads.append(threading.current_thread().name)
        yield from self.text

    @property
    def is_read_in_advance(self) -> bool:
        return self.threads == ["customer-plus-read-ahead"]


def never() -> Iterator[str]:
    raise AssertionError("It was read in advance.")


@pytest.fixture
def ahead() -> Iterator[ReadAhead[str]]:
    ahead = ReadAhead[str]()
    yield ahead
    ahead.drop()


def test_the_next_chunk_is_read_once_in_another_thread(ahead: ReadAhead[str]) -> None:
    following = Source("anna, bo and carla")

    assert list(ahead.take(chunk(7), Source("x").read)) == ["x"]
    ahead.follow(chunk(7), following.read)

    assert "".join(ahead.take(chunk(8), never)) == "anna, bo and carla"
    assert following.is_read_in_advance


@pytest.mark.parametrize("other", [chunk(9), chunk(8, job_id=2), chunk(8, phase="preview")])
def test_another_chunk_gets_its_own_rows(ahead: ReadAhead[str], other: Place) -> None:
    ahead.follow(chunk(7), Source("somebody else's").read)

    assert "".join(ahead.take(other, Source("its own").read)) == "its own"
    assert "".join(ahead.take(chunk(8), Source("again").read)) == "again"


def test_nothing_is_read_in_advance_while_others_take_the_chunks_between(ahead: ReadAhead[str]) -> None:
    ahead.follow(chunk(1), Source("").read)
    skipped = Source("")

    ahead.follow(chunk(4), skipped.read)
    assert list(ahead.take(chunk(5), Source("5").read)) == ["5"]
    assert skipped.threads == []

    following = Source("6")
    ahead.follow(chunk(5), following.read)
    assert list(ahead.take(chunk(6), never)) == ["6"]


def test_what_cannot_be_read_is_told_to_whoever_takes_it(ahead: ReadAhead[str]) -> None:
    def broken() -> Iterator[str]:
        yield "anna"
        raise OSError("gone")

    ahead.follow(chunk(1), broken)

    with pytest.raises(OSError, match="gone"):
        ahead.take(chunk(2), never)
    assert list(ahead.take(chunk(2), Source("2").read)) == ["2"]


def test_nothing_is_kept_once_the_process_rests() -> None:
    ahead, going_on, ended = ReadAhead[str](), threading.Event(), threading.Event()

    def endless() -> Iterator[str]:
        going_on.set()
        try:
            while True:
                yield "anna"
        finally:
            ended.set()

    ahead.follow(chunk(1), endless)
    going_on.wait()
    ahead.drop()

    assert ended.wait(5)
    assert list(ahead.take(chunk(2), Source("2").read)) == ["2"]
