"""A PostgreSQL for a real Saleor, which needs extensions that the embedded one has not: that of the system."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOCKETS = Path(tempfile.gettempdir())


@contextmanager
def address() -> Iterator[str]:
    """The address of a server: `DATABASE_URL`, or one that runs within the block. Its data is kept for next time."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    programs = _programs()
    data = Path("/var/tmp") / f"customer-plus-postgres-{os.getuid()}-{programs.parent.name}"
    if not (data / "PG_VERSION").exists():
        _run(programs / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", data)
    port = _free_port()
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {SOCKETS}"
    _run(programs / "pg_ctl", "--pgdata", data, "--wait", "--log", data / "log", "--options", options, "start")
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(programs / "pg_ctl", "--pgdata", data, "--mode=fast", "stop")


def _programs() -> Path:
    """The folder of the newest server that Debian or Ubuntu has installed, or of the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    sys.exit("No PostgreSQL: set DATABASE_URL to a server on which databases may be made, or install postgresql.")


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=SOCKETS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
