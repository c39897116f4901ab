from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.conf import settings as django_settings

from .probe import Probe


@pytest.fixture
def probe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Probe]:
    """The only plugin of the host."""
    settings.PLUGINS = ["tests.contract.probe.Probe"]
    for name, value in {"calls": [], "error": None, "sets_app": True}.items():
        monkeypatch.setattr(Probe, name, value)
    return Probe


@pytest.fixture(scope="session", autouse=True)
def _front_door() -> None:
    """Saleor's GraphQL modules import each other in circles: they are to be entered where a server enters them."""
    importlib.import_module(django_settings.ROOT_URLCONF)
