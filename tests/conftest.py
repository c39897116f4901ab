"""What every test may use, on the stand-in and on a real Saleor alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from celery.signals import task_failure
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from . import hosts
from .client import Api
from .properties import WHOLE
from .storage import Storage

hosts.configure()
# Hypothesis begins with a look into all loaded modules for constants: with all of Saleor loaded that takes a while.
hypothesis.settings.register_profile(
    "customer-plus",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check=[*hypothesis.settings().suppress_health_check, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("customer-plus")

from saleor_customer_plus.saleor_adapter.host import saleor_version  # noqa: E402
from saleor_customer_plus.segments import following  # noqa: E402

from . import databases, factories, generated_columns  # noqa: E402 - they name models: Django must be configured

LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "saleor: needs a real Saleor, its own API or its own behaviour")
    config.addinivalue_line("markers", "standin: is about the stand-in in sandbox/")
    config.addinivalue_line("markers", "long: takes many seconds, and so begins before all others")
    config.addinivalue_line("markers", "slow: is left out of an everyday run; `make test WHOLE=1` runs it")
    config.addinivalue_line("markers", "failing_tasks: a Celery task of ours is meant to fail here")


def pytest_report_header() -> str:
    return f"host: {'Saleor' if hosts.ON_SALEOR else 'the stand-in for Saleor'} {saleor_version}"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not look at it again after every few tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not WHOLE:
        _leave_out(config, items)
    # The longest tests first, so that no worker is left alone with one of them at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    unwanted, reason = ("standin", "is about the stand-in") if hosts.ON_SALEOR else ("saleor", "needs a real Saleor")
    for item in items:
        if item.get_closest_marker(unwanted):
            item.add_marker(pytest.mark.skip(reason=reason))


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow, but for tests that are asked for by their own name: `path.py::test_name`."""
    named = [argument for argument in config.args if "::" in argument]
    slow = [
        item
        for item in items
        if item.get_closest_marker("slow") and not any(item.nodeid.startswith(name) for name in named)
    ]
    if not slow:
        return
    config.hook.pytest_deselected(items=slow)
    left = set(slow)
    items[:] = [item for item in items if item not in left]
    config.stash[LEFT_OUT] = len(left)
    # A worker of xdist tells the process that prints the summary.
    getattr(config, "workeroutput", {})["left_out"] = len(left)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if number := config.stash.get(LEFT_OUT, 0):
        told = f"LEFT OUT: {number} slow tests. Before you hand in a change, run them too: make test WHOLE=1"
        terminalreporter.write_sep("=", told, yellow=True, bold=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Called by pytest-django just before it makes the test database."""
    # Saleor reads from a replica by a second alias: tests may use all aliases without saying so.
    TransactionTestCase.databases = set(settings.DATABASES)
    with django_db_blocker.unblock():
        databases.prepare()


@pytest.fixture(autouse=True)
def failed_tasks(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Fail a test in which a task of ours raised: the hooks swallow it, as they must, and the test would not tell.

    A test that wants a failure is marked with `failing_tasks` and reads the names of the tasks that failed here.
    """
    failed: list[str] = []
    errors: list[BaseException] = []

    def note(sender: Any, exception: BaseException, **_kwargs: Any) -> None:
        if sender.name.startswith("saleor_customer_plus."):
            failed.append(sender.name)
            errors.append(exception)

    task_failure.connect(note)
    yield failed
    task_failure.disconnect(note)
    if errors and not request.node.get_closest_marker("failing_tasks"):
        raise errors[0]


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """Saleor caches introspection, sites and more: what one test cached is none of another's business."""
    cache.clear()


@pytest.fixture(autouse=True)
def _segments_do_not_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each task look at followed segments, however soon after another."""
    monkeypatch.setattr(following, "REST", 0)
    monkeypatch.setattr(following, "_rests_until", 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test with `transaction=True` empties every table after it: give the next test what each Saleor has."""
    result = yield
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            factories.restore_what_migrations_made()
    return result


@pytest.fixture(autouse=True)
def _generated_columns() -> Iterator[None]:
    """On PostgreSQL 18, fail a test in which the package updates records at three times the cost."""
    with generated_columns.wasteful_updates() as found:
        yield
    assert found == [], "End the SET of these statements with `records.models.generated_kept`."


@pytest.fixture
def same_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the middle of this hour for as long as a test takes: what is counted by the hour does not begin anew."""
    now = time.time() // 3600 * 3600 + 1800
    monkeypatch.setattr("time.time", lambda: now)


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """What a commit would start, started at the end of a `with on_commit():` block, without a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def staff(db: None) -> Any:
    """A member of staff who may manage customers."""
    return factories.make_staff()


@pytest.fixture
def api(staff: Any) -> Api:
    """Our endpoint, asked by `staff`. `api.by(token)` asks as somebody else, `api.by(None)` as nobody."""
    return Api(token=factories.make_token(staff))


@pytest.fixture
def configure(db: None) -> Callable[..., None]:
    """Save the plugin's settings as the Dashboard would: `configure(include_guests=False, active=True)`."""
    from . import factories

    return factories.save_settings


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Where attachments of notes are kept during the test."""
    from saleor_customer_plus.notes.models import Attachment

    storage = Storage(location=str(tmp_path))
    field: Any = Attachment._meta.get_field("file")
    monkeypatch.setattr(field, "storage", storage)
    return storage
