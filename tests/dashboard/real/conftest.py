"""A failure leaves the picture of its tab beside its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PICTURES = Path(__file__).parents[3] / "build" / "real-dashboard"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        picture = PICTURES / f"{item.name}.png"
        page.screenshot(path=picture)
        report.sections.append(("Picture", f"{picture} of {page.url}"))
    return report
