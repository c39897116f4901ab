"""The demo serves a built Dashboard beside itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.demo.real_dashboard import mounted


@pytest.mark.parametrize(
    ("path", "body", "caching"),
    [
        ("/dashboard/main-B7LoUDei.js", b"script", "max-age=3600"),
        ("/dashboard/customers/", b"page", "no-store"),
        ("/dashboard/../secret", b"page", "no-store"),
    ],
)
def test_scripts_are_kept_and_pages_are_not(tmp_path: Path, path: str, body: bytes, caching: str) -> None:
    """Else a browser loads and compiles all of the Dashboard again for every page of it."""
    built = tmp_path / "build"
    built.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (built / "index.html").write_bytes(b"page")
    (built / "main-B7LoUDei.js").write_bytes(b"script")
    answered: dict[str, str] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> Any:
        answered.update(headers)

    assert b"".join(mounted(None, built)({"PATH_INFO": path}, start_response)) == body
    assert answered["Cache-Control"] == caching
