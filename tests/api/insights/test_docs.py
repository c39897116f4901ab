"""docs/insights.md: its operations work, and its table of groups is the one that holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.insights.rfm import GRID

from ...client import Api
from ...insights.stores import Bought, build

PAGE = (Path(__file__).parents[3] / "docs" / "insights.md").read_text()


@pytest.mark.django_db
def test_the_operations(api: Api, on_commit: Any) -> None:
    """One after the other, as somebody who tries them would."""
    (record,) = build([Bought(0, 0), Bought(0, 50)], people=1)
    for operation in re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL):
        known = {"record": to_global_id("CustomerRecord", record.pk)}
        with on_commit():
            answer = api(operation, **{name: known[name] for name in re.findall(r"\$(\w+): \w+!?[,)]", operation)})
        for payload in answer.values():
            assert payload
            assert not payload.get("errors"), payload
            assert payload.get("insights") != []


def test_the_table_of_groups() -> None:
    shown = {int(r): re.findall(r"`(\w+)`", row) for r, row in re.findall(r"^\| \*\*R (\d)\*\* (.*)$", PAGE, re.M)}
    assert shown == {score: [group.value for group in row] for score, row in GRID.items()}
