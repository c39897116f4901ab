"""Take the pictures of the screens for the documentation: `make screenshots`. Needs a Chromium.

Plays the demo, and looks at it in the page that plays the Dashboard.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
PORT = os.environ.get("PORT", "8765")
ADDRESS = f"http://127.0.0.1:{PORT}"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def main() -> int:
    if CHROMIUM is None:
        print("There is no Chromium on this machine.", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    demo = subprocess.Popen([sys.executable, "-m", "sandbox.demo"], cwd=ROOT, env={**os.environ, "PORT": PORT})
    try:
        _wait()
        with sync_playwright() as tool:
            browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for theme in ("light", "dark"):
                page = browser.new_page(viewport={"width": 1360, "height": 860})
                _take(page, theme)
                page.close()
            browser.close()
    finally:
        demo.terminate()
        demo.wait()
    return 0


def _take(page: Any, theme: str) -> None:
    page.goto(f"{ADDRESS}/?theme={theme}#/plugins/customer-plus/dashboard/customers")
    frame = page.frame_locator("#frame")
    frame.get_by_role("link", name="Anna Rossi").wait_for()
    page.screenshot(path=PICTURES / f"customers-{theme}.png")
    frame.get_by_role("link", name="Anna Rossi").click()
    frame.get_by_role("heading", name="Anna Rossi").wait_for()
    page.screenshot(path=PICTURES / f"customer-{theme}.png")


def _wait() -> None:
    """Until the demo serves."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{ADDRESS}/frame.css").close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise TimeoutError("The demo did not begin to serve.")


if __name__ == "__main__":
    sys.exit(main())
