"""Every screen and dialog, in both themes, as axe sees it: WCAG 2.1, levels A and AA."""

from __future__ import annotations

import pytest

from tests.factories import make_staff, make_token, save_settings

from .conftest import Dashboard
from .shop import fill

pytest.importorskip("playwright.sync_api")

ROOT = "/plugins/customer-plus/dashboard/"
ANNA = "customers/{ANNA}"
# By their subject; each of them is a test, in which the page is loaded once.
PAGES = {
    "customers": (
        *("customers", "customers/filters", "customers/new", "views/new", "bulk?ids={ANNA}&ids={OTTO}"),
        *(f"bulk/fields?action={action}" for action in ("tag", "group", "deactivate", "consents", "setFields")),
        *(f"bulk/fields?action={action}" for action in ("message", "assignLeads", "delete")),
    ),
    "record": (
        ANNA,
        *(f"{ANNA}/{name}" for name in ("edit", "emails", "groups", "tag", "note", "proof", "log", "merge")),
        *(f"{ANNA}/{name}" for name in ("personal-data", "deactivate", "account", "picture", "delete", "order")),
        *(f"{ANNA}/{name}" for name in ("addresses/new", "message", "messages")),
        f"{ANNA}/consent?channel=EMAIL&purpose=NEWSLETTER",
    ),
    "marketing": (
        *("leads", "leads/new", "leads/{LEAD}", "leads/{LEAD}/move?state=LOST", "reports", "newsletter"),
        *("segments", "segments/new?query=order_count = 0", "segments/{SEGMENT}", "segments/{SEGMENT}/snapshot"),
        "segments/clause?field=total_spent",
    ),
    "duplicates": (
        *("duplicates", "duplicates?band=dismissed", "duplicates/accept", "merge?ids={OTTO}&ids={OTHER}"),
        "merges/{MERGE}/undo",
    ),
    "settings": (
        *("settings", "settings/tags/{TAG}", "settings/tags/{TAG}/merge", "settings/groups/new"),
        *("settings/templates/new", "settings/templates/{TEMPLATE}"),
        *("settings/fields/new", "settings/fields/{FIELD}", "settings/fields/{FIELD}/delete"),
    ),
    "jobs": ("import", "export", "jobs", "jobs/{JOB}", "jobs/{JOB}/dialog", "jobs/{JOB}/cancel", "reconcile"),
}
# Dialogs open at once, and what is folded is seen too.
SHOW = """async (path) => {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.remove());
  await htmx.ajax("GET", path, "#screen");
  document.querySelectorAll("details:not(.menu)").forEach((details) => { details.open = true; });
}"""
LOOK = """async () => {
  const found = [];
  for (const theme of ["light", "dark"]) {
    document.documentElement.dataset.theme = theme;
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    found.push(...violations.map(({ id, nodes }) => [theme, id, nodes.map(({ html }) => html)]));
  }
  return found;
}"""


@pytest.mark.parametrize("subject", PAGES)
@pytest.mark.slow
def test_nothing_keeps_people_with_disabilities_out(dashboard: Dashboard, subject: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    save_settings(dashboard=True, newsletter=True, mail_sender="shop@shop.example")
    ids = fill(make_token(make_staff()))
    dashboard.open("jobs")
    dashboard.frame.locator("#screen h1").wait_for()
    (frame,) = dashboard.page.main_frame.child_frames
    frame.evaluate(Axe().axe_script)
    found = []
    for path in PAGES[subject]:
        frame.evaluate(SHOW, ROOT + path.format(**ids))
        assert frame.locator("#screen").inner_text() != "", path
        found += [(path, *one) for one in frame.evaluate(LOOK)]
    assert found == []
