from __future__ import annotations

from typing import Any

import pytest

from .probe import Probe


@pytest.fixture
def probe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Probe]:
    """The only plugin of the host."""
    settings.PLUGINS = ["tests.contract.probe.Probe"]
    for name, value in {"calls": [], "error": None, "sets_app": True}.items():
        monkeypatch.setattr(Probe, name, value)
    return Probe
