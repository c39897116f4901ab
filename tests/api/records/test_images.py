"""Pictures of records: private, but to be had by a browser that cannot send a token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.test import Client

from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_record

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def anna() -> Iterator[CustomerRecord]:
    record = make_record("anna@example.com")
    record.image.save("anna.png", ContentFile(PNG))
    yield record
    record.image.storage.delete(record.image.name)


def address(api: Api) -> str:
    return str(api('{ customerRecord(email: "anna@example.com") { image } }')["customerRecord"]["image"])


def test_whoever_has_the_address_gets_the_picture(api: Api, anna: CustomerRecord) -> None:
    url = address(api)

    response = Client().get(url)

    assert url.startswith("http://testserver/plugins/customer-plus/images/")
    assert response.status_code == 200
    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("name", ["evil.svg", "evil.html", "evil"])
def test_what_a_browser_could_run_is_a_download(api: Api, anna: CustomerRecord, name: str) -> None:
    anna.image.storage.delete(anna.image.name)
    anna.image.save(name, ContentFile(b"<script>"))

    response = Client().get(address(api))

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == "attachment"


def test_not_after_an_hour(api: Api, anna: CustomerRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    url = address(api)

    too_late = time.time() + 3601
    monkeypatch.setattr("time.time", lambda: too_late)

    assert Client().get(url).status_code == 404


def test_not_once_there_is_another_one(api: Api, anna: CustomerRecord) -> None:
    url = address(api)
    CustomerRecord.objects.update(image="another.png")

    assert Client().get(url).status_code == 404


def test_not_once_the_file_is_gone(api: Api, anna: CustomerRecord) -> None:
    url = address(api)
    anna.image.storage.delete(anna.image.name)

    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "change", [lambda url: url[:-1], lambda url: url + "x", lambda url: url.rsplit("/", 1)[0] + "/"]
)
def test_not_with_another_address(api: Api, anna: CustomerRecord, change: Callable[[str], str]) -> None:
    assert Client().get(change(address(api))).status_code == 404


def test_not_with_a_signature_for_something_else(anna: CustomerRecord) -> None:
    ticket = signing.dumps([anna.pk, anna.image.name])

    assert Client().get(f"/plugins/customer-plus/images/{ticket}").status_code == 404


def test_not_while_the_plugin_is_inactive(api: Api, anna: CustomerRecord, configure: Callable[..., Any]) -> None:
    url = address(api)
    configure(active=False)

    assert Client().get(url).status_code == 404


def test_not_once_the_reader_may_not(api: Api, anna: CustomerRecord, staff: Any) -> None:
    url = address(api)
    staff.user_permissions.clear()

    assert Client().get(url).status_code == 404


def test_only_to_be_read(api: Api, anna: CustomerRecord) -> None:
    assert Client().post(address(api)).status_code == 405
    assert Client().head(address(api)).status_code == 200
