"""A disk that is full and a storage that is away: said by name, mended by a retry, and nothing half-written stays."""

from __future__ import annotations

import errno
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.bulk import exports, imports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.bulk.imports.readers import conversion, unpacking, workbooks
from saleor_customer_plus.core import private_files
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle, retention
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.notes import attachments
from saleor_customer_plus.records import images
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.settings import DEFAULTS

from ..factories import make_record
from ..properties import WHOLE
from ..storage import Storage

pytestmark = pytest.mark.django_db


class ClientError(Exception):
    """As the client of S3 raises it."""

    __module__ = "botocore.exceptions"

    def __init__(self, code: str) -> None:
        super().__init__("An error occurred when calling PutObject on anna@example.com.csv")
        self.response = {"Error": {"Code": code}}


def os_error(number: int) -> OSError:
    return OSError(number, "about anna@example.com", "anna.csv")


FAULTS: list[tuple[Callable[[], Exception], str, str]] = [
    (lambda: os_error(errno.ENOSPC), "STORAGE_FULL", "ENOSPC"),
    (lambda: os_error(errno.EDQUOT), "STORAGE_FULL", "EDQUOT"),
    (lambda: os_error(errno.EIO), "STORAGE_UNAVAILABLE", "EIO"),
    (lambda: os_error(errno.EACCES), "STORAGE_DENIED", "EACCES"),
    (lambda: os_error(errno.EROFS), "STORAGE_DENIED", "EROFS"),
    (lambda: TimeoutError("timed out"), "STORAGE_UNAVAILABLE", "TimeoutError"),
    (lambda: ConnectionResetError(), "STORAGE_UNAVAILABLE", "ConnectionResetError"),
    (lambda: ClientError("AccessDenied"), "STORAGE_DENIED", "AccessDenied"),
    (lambda: ClientError("SlowDown"), "STORAGE_UNAVAILABLE", "SlowDown"),
    (lambda: ClientError("anna@example.com"), "STORAGE_UNAVAILABLE", "ClientError"),
    (lambda: RuntimeError("anna@example.com"), "STORAGE_UNAVAILABLE", "RuntimeError"),
]
NAMES = [name for _make, _code, name in FAULTS]
STEP = 1 if WHOLE else 5  # from one call that fails to the next


class Faulty(Storage):
    """A storage of which one call fails. What it was writing then is half there."""

    def __init__(self, location: str, *, is_elsewhere: bool) -> None:
        super().__init__(location=location)
        self.is_elsewhere = is_elsewhere
        self.calls = 0
        self.fails_at, self.fault = 0, FAULTS[0][0]

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.fails_at:
            raise self.fault()

    def path(self, name: str) -> str:
        if self.is_elsewhere:
            raise NotImplementedError
        return super().path(name)

    def local(self, name: str) -> Path:
        return Path(self.location, name)

    def open(self, name: str, mode: str = "rb") -> Any:
        self._count()
        return Storage(location=str(self.location)).open(name, mode)

    def exists(self, name: str) -> bool:
        self._count()
        return self.local(name).exists()

    def delete(self, name: str) -> None:
        self._count()
        self.local(name).unlink(missing_ok=True)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        assert name is not None
        try:
            self._count()
        except Exception:
            self.local(name).parent.mkdir(parents=True, exist_ok=True)
            self.local(name).write_bytes(b"half")
            raise
        return Storage(location=str(self.location)).save(name, content, max_length)


@pytest.fixture(params=[False, True], ids=["of this machine", "elsewhere"])
def faulty(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    storage = Faulty(str(tmp_path), is_elsewhere=request.param)
    monkeypatch.setattr(host, "private_storage", storage)
    for name in ("file", "result_file", "error_file"):
        monkeypatch.setattr(BulkJob._meta.get_field(name), "storage", storage)
    return storage


def run(job: BulkJob) -> BulkJob:
    """Work on a job, retried once if a storage failed."""
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    if job.state == JobState.FAILED:
        assert job.error_code.startswith("STORAGE_"), job.error_code
        assert any(name in job.error_message for name in NAMES)
        assert "anna" not in job.error_message
        lifecycle.retry(job.pk, actor=SYNC)
        for _ in jobs.run(job.pk):
            pass
        job.refresh_from_db()
    assert job.state in (JobState.READY, JobState.SUCCEEDED), job.error_message
    return job


def twice(act: Callable[[], Any], storage: Faulty) -> Any:
    """Do what a caller does: again, if it was told that a storage failed. Nothing half-written stays from the first."""
    before = storage.paths()
    try:
        return act()
    except CustomerPlusError as error:
        told = error
    assert told.code.value.startswith("STORAGE_")
    assert "anna" not in told.message
    assert set(storage.paths()) <= set(before)
    return act()


def play(storage: Faulty) -> None:
    """A list is loaded, corrected, written and exported, and everything is forgotten."""
    content = "email\nanna@example.com\nnobody\n".encode("utf-16")
    job = twice(lambda: imports.of_file(io.BytesIO(content), ImportOptions(), actor=SYNC), storage)
    run(job)
    imports.change(job.pk, ImportOptions(month_first=True), actor=SYNC)
    run(job)
    imports.start(job.pk, actor=SYNC)
    run(job)
    assert job.counters["read"] == 2
    assert storage.local(job.error_file.name).read_text("utf-8-sig").count("nobody") == 1
    export = run(exports.create(RecordList(), ExportRequest(), actor=SYNC))
    assert "anna@example.com" in storage.local(export.result_file.name).read_text("utf-8-sig")
    for one in (job, export):
        twice(lambda one=one: retention.forget(one.pk, actor=SYNC), storage)


def test_each_call_of_a_storage_may_fail_once(faulty: Faulty, on_commit: Any) -> None:
    faulty.fault = FAULTS[NAMES.index("AccessDenied" if faulty.is_elsewhere else "ENOSPC")][0]
    while faulty.calls >= faulty.fails_at:
        faulty.fails_at, faulty.calls = faulty.fails_at + STEP, 0
        with on_commit():
            play(faulty)
        assert [path for path in faulty.paths() if not _was_not_removed(faulty, path)] == []
        for path in faulty.paths():
            faulty.local(path).unlink()
    assert faulty.fails_at > 10  # so many calls there are


def _was_not_removed(_storage: Faulty, path: str) -> bool:
    """What could not be removed is whole, under a name of its own, and is found by the daily search for orphans."""
    return _storage.local(path).read_bytes() != b"half"


@pytest.mark.parametrize(("make", "code", "name"), FAULTS, ids=NAMES)
def test_an_error_is_called_by_its_name_and_tells_nothing_else(make: Any, code: str, name: str) -> None:
    with pytest.raises(CustomerPlusError) as told, private_files.naming_failures(field="file"):
        raise make()
    assert (told.value.code, told.value.field) == (ErrorCode(code), "file")
    assert f"({name})" in told.value.message
    assert "anna" not in told.value.message


@given(st.sampled_from(sorted(errno.errorcode)))
def test_every_error_of_the_system_is_told(number: int) -> None:
    failure = private_files.failure_of(OSError(number, "x"))
    assert failure is not None
    assert errno.errorcode[number] in failure.message


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), gzip.BadGzipFile("x"), OSError("x")])
def test_what_is_no_error_of_a_disk_is_not_called_one(error: Exception) -> None:
    assert private_files.failure_of(error) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize(
    ("module", "function", "content"),
    [
        (unpacking, "_copy", gzip.compress(b"email\nanna@example.com\n", mtime=0)),
        (conversion, "write_text", "email\nanna@example.com\n".encode("utf-16")),
        (conversion, "write", b'{"email": "anna@example.com"}\n'),
    ],
    ids=["packed", "wide", "json"],
)
def test_a_full_disk_is_no_broken_archive(
    module: Any, function: str, content: bytes, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise os_error(number)

    job = imports.of_file(io.BytesIO(content), ImportOptions(), actor=SYNC)
    with monkeypatch.context() as patch:
        patch.setattr(module, function, fail)
        for _ in jobs.run(job.pk):
            pass
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "STORAGE_FULL" if number == errno.ENOSPC else
                                           "STORAGE_UNAVAILABLE")  # fmt: skip
    assert errno.errorcode[number] in job.error_message
    lifecycle.retry(job.pk, actor=SYNC)
    assert list(jobs.run(job.pk))[-1].state == JobState.READY


def test_a_disk_that_fails_is_no_broken_workbook() -> None:
    with pytest.raises(OSError, match="about"), workbooks._reading():
        raise os_error(errno.EIO)


@pytest.mark.parametrize("fault", range(len(FAULTS)), ids=NAMES)
def test_files_of_notes_and_pictures_say_so_too_and_leave_nothing(
    faulty: Faulty, fault: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, code, _name = FAULTS[fault]
    monkeypatch.setattr(attachments.Attachment._meta.get_field("file"), "storage", faulty)
    monkeypatch.setattr(images, "record_image_storage", lambda: faulty)
    record = make_record()
    faulty.fault = make
    for number in (1, 2):
        faulty.calls, faulty.fails_at = 0, number
        with pytest.raises(CustomerPlusError) as told, attachments.Staging.begin() as stage:
            stage.store([SimpleUploadedFile("a.txt", b"text")], DEFAULTS)
        assert (told.value.code.value, told.value.field) == (code, "attachments")
        faulty.calls = 0
        with pytest.raises(CustomerPlusError) as told:
            images.set_image(record.pk, (b"picture", "png"), actor=SYNC)
        assert (told.value.code.value, told.value.field) == (code, "image")
        assert faulty.paths() == []


def test_old_files_that_cannot_be_removed_are_tried_again(faulty: Faulty, configure: Any) -> None:
    faulty.save("customer-plus/bulk/x", ContentFile(b"x"))
    job = BulkJob.objects.create(
        kind="EXPORT", state="SUCCEEDED", actor_type="SYNC", result_file="customer-plus/bulk/x",
        created_at="2020-01-01T00:00Z", finished_at="2020-01-01T00:00Z",
    )  # fmt: skip
    faulty.fault, faulty.fails_at, faulty.calls = FAULTS[7][0], 1, 0
    assert retention.remove_old_files() == 0
    job.refresh_from_db()
    assert job.files_removed_at is None
    assert retention.remove_old_files() == 1
    assert faulty.paths() == []
