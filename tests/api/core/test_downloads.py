"""Private files: fetched by an address that was given to somebody who may, and by nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core import signing
from django.core.files.base import ContentFile
from django.test import AsyncClient, Client, RequestFactory

from saleor_customer_plus.api.core import downloads
from saleor_customer_plus.api.core.downloads import Download, address_of
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import change, make_app, make_record

pytestmark = pytest.mark.django_db

CONTENT = b"%PDF-" + bytes(600_000)


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Iterator[CustomerRecord]:
    """Somebody with a file of the kind `test`."""
    record = make_record()
    record.image.save("x.pdf", ContentFile(CONTENT))

    def load(key: int, name: str, _channels: Any) -> Download | None:
        found = CustomerRecord.objects.filter(pk=key, image=name).first()
        return Download(found.image, "Größe 5.pdf", "application/pdf") if found else None

    monkeypatch.setitem(downloads._LOADERS, "test", load)
    yield record
    record.image.storage.delete(record.image.name)


def address(record: CustomerRecord, *, app: Any = None, user: Any = None) -> str:
    request: Any = RequestFactory().get("/")
    request.app, request.user = app, user
    return address_of("test", record.pk, record.image.name, request)


def test_whoever_has_the_address_gets_the_file_as_a_download(record: CustomerRecord, staff: Any) -> None:
    url = address(record, user=staff)

    response = Client().get(url)

    assert url.startswith("http://testserver/plugins/customer-plus/files/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT  # type: ignore[attr-defined]
    assert {name: response[name] for name in ("Content-Type", "Content-Length", "Content-Disposition")} == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(CONTENT)),
        "Content-Disposition": "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%205.pdf",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.standin
@pytest.mark.django_db(transaction=True)
def test_an_asgi_server_streams_it(record: CustomerRecord, staff: Any) -> None:
    async def fetch() -> list[bytes]:
        response = await AsyncClient().get(address_)
        assert response.status_code == 200
        assert response.is_async  # type: ignore[attr-defined]
        return [piece async for piece in response.streaming_content]  # type: ignore[attr-defined]

    address_ = address(record, user=staff)
    pieces = async_to_sync(fetch)()

    assert b"".join(pieces) == CONTENT
    assert len(pieces) == 3


def test_an_app_gets_it_too(record: CustomerRecord) -> None:
    app, _token = make_app()

    assert Client().get(address(record, app=app)).status_code == 200


def test_head_sends_nothing(record: CustomerRecord, staff: Any) -> None:
    response = Client().head(address(record, user=staff))

    assert response.status_code == 200
    assert response["Content-Length"] == str(len(CONTENT))
    assert response.content == b""


def test_not_after_an_hour(record: CustomerRecord, staff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = address(record, user=staff)
    too_late = time.time() + 3601
    monkeypatch.setattr("time.time", lambda: too_late)

    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "lose",
    [
        lambda staff: staff.user_permissions.clear(),
        lambda staff: change(staff, is_active=False),
        lambda staff: type(staff).objects.filter(pk=staff.pk).delete(),
    ],
    ids=["the permission", "the account", "everything"],
)
def test_not_once_the_one_it_was_given_to_lost(record: CustomerRecord, staff: Any, lose: Callable[[Any], None]) -> None:
    url = address(record, user=staff)
    lose(staff)

    assert Client().get(url).status_code == 404


def test_not_once_the_app_was_switched_off(record: CustomerRecord) -> None:
    app, _token = make_app()
    url = address(record, app=app)
    change(app, is_active=False)

    assert Client().get(url).status_code == 404


def test_not_once_there_is_another_file(record: CustomerRecord, staff: Any) -> None:
    url = address(record, user=staff)
    CustomerRecord.objects.update(image="another.pdf")

    assert Client().get(url).status_code == 404


def test_not_once_the_file_is_gone(record: CustomerRecord, staff: Any) -> None:
    url = address(record, user=staff)
    record.image.storage.delete(record.image.name)

    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "spoil", [lambda url: url[:-1], lambda url: url + "x", lambda url: url.rsplit("/", 1)[0] + "/"]
)
def test_not_with_another_address(record: CustomerRecord, staff: Any, spoil: Callable[[str], str]) -> None:
    assert Client().get(spoil(address(record, user=staff))).status_code == 404


def test_not_with_a_signature_for_something_else(record: CustomerRecord, staff: Any) -> None:
    ticket = signing.dumps(["test", record.pk, record.image.name, "user", staff.pk])

    assert Client().get(f"/plugins/customer-plus/files/{ticket}").status_code == 404


def test_not_while_the_plugin_is_inactive(record: CustomerRecord, staff: Any, configure: Callable[..., Any]) -> None:
    url = address(record, user=staff)
    configure(active=False)

    assert Client().get(url).status_code == 404


def test_only_to_be_read(record: CustomerRecord, staff: Any) -> None:
    assert Client().post(address(record, user=staff)).status_code == 405
