from __future__ import annotations

import pytest

from .client import Browser, open_dashboard


@pytest.fixture
def browser(db: None) -> Browser:
    """The Dashboard with the screens, as a member of staff who may manage customers."""
    return open_dashboard()[0]
