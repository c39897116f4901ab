"""Brokers that misbehave, as small servers that need nothing installed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, *, seconds: float = 60) -> None:
    """Until a server that was just started accepts connections."""
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody listens at port {port}")
        time.sleep(0.05)


@contextmanager
def refusing() -> Iterator[int]:
    """Nobody listens at this port."""
    yield free_port()


@contextmanager
def silent() -> Iterator[int]:
    """Accepts, and never says a word: as a server that was stopped with SIGSTOP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]  # the backlog of the kernel accepts


@contextmanager
def closing() -> Iterator[int]:
    """Accepts, and closes."""
    with _answering(lambda client: None) as port:
        yield port


@contextmanager
def babbling() -> Iterator[int]:
    """Answers what no broker would."""
    with _answering(lambda client: client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)) as port:
        yield port


@contextmanager
def _answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _address = server.accept()
            except OSError:
                return
            with client:
                try:
                    answer(client)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


MISBEHAVING = (refusing, silent, closing, babbling)
