"""The publisher of tasks in real processes: forks, and the end of a process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from saleor_customer_plus import tasks
from saleor_customer_plus.core import process_publisher, publisher, publishing
from saleor_customer_plus.saleor_adapter.host import celery_app

from .. import brokers
from ..hosts import ON_SALEOR, ROOT, SANDBOX

# Far more than the end of a process takes, far less than for ever.
LONG = 120

SCRIPT = """
import django, sys
django.setup()
from types import SimpleNamespace
from saleor_customer_plus.core import process_publisher, publisher, publishing
from saleor_customer_plus.plugin import CustomerPlusPlugin
publisher.FLUSH_LIMIT = {patience}
plugin = CustomerPlusPlugin(configuration=[], active=True)
for hook in (plugin.order_created, plugin.order_fully_paid, plugin.order_updated):
    hook(SimpleNamespace(pk="11111111-2222-3333-4444-555555555555"))
print("done", flush=True)
{then}
"""


@pytest.fixture
def environment_for(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment of a process that has this broker."""

    def environment_for(broker: str) -> dict[str, str]:
        (tmp_path / "broker_settings.py").write_text(
            f"from {os.environ['DJANGO_SETTINGS_MODULE']} import *\n"
            f"CELERY_BROKER_URL = {broker!r}\nCELERY_TASK_ALWAYS_EAGER = False\n"
        )
        paths = [str(tmp_path), str(ROOT), "" if ON_SALEOR else str(SANDBOX), os.environ.get("PYTHONPATH", "")]
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "broker_settings",
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        }

    return environment_for


@pytest.fixture
def run(environment_for: Callable[[str], dict[str, str]]) -> Any:
    """Run hooks of the plugin in a process that has this broker, and then something more."""

    def run(broker: str, then: str = "", patience: float = publisher.FLUSH_LIMIT) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT.format(then=then, patience=patience)],
            env=environment_for(broker), capture_output=True, text=True, timeout=LONG, check=False,
        )  # fmt: skip

    return run


@contextmanager
def redis_server() -> Iterator[tuple[int, int]]:
    """A Redis of our own: its port and its process."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    port = brokers.free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    try:
        brokers.wait_for(port)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


def queued(port: int) -> int:
    import redis

    return int(redis.Redis(port=port).llen("celery"))  # type: ignore[arg-type, unused-ignore]


@pytest.mark.parametrize(
    "then",
    [
        "",
        "sys.exit(3)",
        # A child of multiprocessing, whose end is another one, has something of its own to send.
        """
import multiprocessing
from saleor_customer_plus import tasks
child = multiprocessing.get_context("fork").Process(target=publishing.publish_ids, args=(tasks.sync_accounts, [1]))
child.start()
child.join()
sys.exit(child.exitcode)
""",
    ],
    ids=["at the end", "exit", "a child"],
)
@pytest.mark.slow
def test_the_end_of_a_process_sends_what_waits(run: Any, then: str) -> None:
    with redis_server() as (port, _process):
        done = run(f"redis://127.0.0.1:{port}/0", then, patience=LONG)  # the machine may be busy

        assert (done.stdout, done.returncode) == ("done\n", 3 if "exit(3)" in then else 0), done.stderr
        assert queued(port) == (2 if "child" in then else 1)


# What Uvicorn does with a SIGTERM: it answers what is under way, and ends by the same signal, without `atexit`.
LIKE_UVICORN = """
import asyncio, signal, sys
from asgiref.sync import sync_to_async
import django
django.setup()
from types import SimpleNamespace
from saleor_customer_plus.core import process_publisher, publisher, publishing
from saleor_customer_plus.plugin import CustomerPlusPlugin
publisher.MOMENT = {moment}
plugin = CustomerPlusPlugin(configuration=[], active=True)

async def serve():
    plugin.order_created(SimpleNamespace(pk="imported"))
    told = asyncio.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    await sync_to_async(plugin.order_created)(SimpleNamespace(pk="before"))
    print("ready", flush=True)
    while not told.is_set():
        await asyncio.sleep(0.01)
    await sync_to_async(plugin.order_created)(SimpleNamespace(pk="while it shuts down"))
    await asyncio.sleep({left})

asyncio.run(serve())
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.slow
def test_a_server_that_ends_by_a_signal_sends_what_waits(environment_for: Any) -> None:
    with redis_server() as (port, _process):
        process = subprocess.Popen(
            [sys.executable, "-c", LIKE_UVICORN.format(moment=LONG, left=3)],
            env=environment_for(f"redis://127.0.0.1:{port}/0"), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONG)

        assert process.returncode == -signal.SIGTERM
        assert queued(port) in (1, 2)  # it is sent before the moment is over, together or not


@pytest.mark.slow
def test_the_start_of_a_process_imports_the_transport_and_takes_no_signal_that_nobody_handles(
    environment_for: Any,
) -> None:
    script = """
import django, signal, sys
django.setup()
print("kombu.transport.redis" in sys.modules, signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment_for("redis://127.0.0.1:1/0"), capture_output=True, text=True, timeout=LONG, check=True,
    )  # fmt: skip

    assert done.stdout == "True True\n"


@pytest.mark.slow
def test_a_stopped_redis_holds_neither_hooks_nor_the_end_of_the_process(run: Any) -> None:
    with redis_server() as (port, process):
        os.kill(process, signal.SIGSTOP)
        done = run(f"redis://127.0.0.1:{port}/0")  # it would be for ever

        assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
        assert done.stderr.count("ends with 1 tasks unsent") == 1


@pytest.mark.slow
def test_a_silent_broker_holds_neither_hooks_nor_the_end_of_the_process(run: Any) -> None:
    """As above, where no Redis is installed, and with the other protocol."""
    with brokers.silent() as port:
        done = run(f"amqp://127.0.0.1:{port}//")

        assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr


def test_a_forked_process_has_a_publisher_of_its_own(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it is forked from a process whose thread waits, and at a moment at which the lock is held."""
    monkeypatch.setattr(celery_app.conf, "task_always_eager", False)  # before Django's, which it reads
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(process_publisher, "_publishers", {})
    monkeypatch.setattr(publisher, "MOMENT", LONG)  # the parent sends when it is told to
    read, write = os.pipe()

    def send(args: Any, **_options: Any) -> None:
        os.write(write, f"{os.getpid()} {args[0]}\n".encode())

    monkeypatch.setattr(tasks.sync_orders, "apply_async", send)
    publishing.publish_ids(tasks.sync_orders, ["of the parent"])
    of_parent = process_publisher.current()

    with of_parent._lock:
        child = os.fork()
        if not child:
            try:
                publishing.publish_ids(tasks.sync_orders, ["of the child"])
                process_publisher.flush()
            finally:
                os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    of_parent.flush(LONG)
    os.close(write)

    with os.fdopen(read) as sent:
        assert sorted(sent) == sorted([f"{child} ['of the child']\n", f"{os.getpid()} ['of the parent']\n"])
