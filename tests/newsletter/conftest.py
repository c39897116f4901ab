from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .forms import subscribe


@pytest.fixture(autouse=True)
def _newsletter(configure: Callable[..., None], same_hour: None) -> None:
    configure(newsletter=True, newsletter_shop="Sofas & Co")


@pytest.fixture
def signed_up(on_commit: Callable[[], Any]) -> Callable[..., list[dict[str, Any]]]:
    """Send the form and let the tasks run, as the commit would."""

    def send(*args: Any, **given: Any) -> list[dict[str, Any]]:
        with on_commit():
            return subscribe(*args, **given)

    return send
