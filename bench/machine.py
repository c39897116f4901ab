"""What a measurement takes of the machine beside time: memory, and CPU here and in PostgreSQL."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used up to the start of a measurement. CPU in seconds, memory in bytes."""

    backend: int
    cpu_here: float
    cpu_database: float
    memory: int

    @classmethod
    def start(cls) -> Usage:
        _forget_peak()
        backend = _backend()
        return cls(backend, time.process_time(), _cpu_of(backend), _peak_memory())

    def stop(self) -> dict[str, float]:
        """What was used since then, and the most memory that one process had."""
        helpers = _in_bytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        here, database = time.process_time() - self.cpu_here, _cpu_of(self.backend) - self.cpu_database
        return {
            "cpu": here + database,
            "cpu_here": here,
            "memory_before": self.memory,
            "memory_peak": max(_peak_memory(), helpers),
        }


@contextmanager
def sampled(every: float = 1.0) -> Iterator[list[int]]:
    """The memory of this process while something goes on, in bytes, each so many seconds."""
    samples: list[int] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(every):
            samples.append(_of_status("VmRSS") or _peak_memory())

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def _backend() -> int:
    """The process of PostgreSQL that serves this one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _cpu_of(process: int) -> float:
    """The CPU time of a process on this machine; 0 where that cannot be told."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _forget_peak() -> None:
    """On Linux, let the peak begin anew: importing Saleor takes more memory than it keeps."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_memory() -> int:
    return _of_status("VmHWM") or _in_bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _of_status(name: str) -> int:
    """What Linux says of this process, in bytes; 0 elsewhere."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return 0


def _in_bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024
