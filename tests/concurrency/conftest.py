from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from saleor_customer_plus.jobs import chunks

from .. import factories, processes


@pytest.fixture(autouse=True)
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In the place of pytest-django's, whose clean-up would also take what Saleor's migrations put into the tables."""
    with processes.committed(django_db_blocker):
        yield


@pytest.fixture
def configure() -> Callable[..., None]:
    """As everywhere, but committed."""
    return factories.save_settings


@pytest.fixture
def endless_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that kill workers: on a slow machine all of them may die at the same chunk, which would end its job."""
    monkeypatch.setattr(chunks, "STARTS", 1000)
