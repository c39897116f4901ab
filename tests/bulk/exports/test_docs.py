"""docs/export.md says what there is, and its operations work."""

from __future__ import annotations

import re
from typing import Any

import pytest

from saleor_customer_plus.bulk.columns import COLUMNS
from saleor_customer_plus.bulk.exports.column_sql import is_column
from saleor_customer_plus.bulk.exports.options import ENCODINGS
from saleor_customer_plus.bulk.exports.profiles import READY

from ...client import Api
from ...hosts import ROOT

PAGE = (ROOT / "docs" / "export.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without the head."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def test_every_column_is_told() -> None:
    default = {key for key, _header in READY["default"].headed()}
    assert [row[:2] for row in rows("Columns")] == [
        [f"`{key}`", column.headers[0]] for key, column in COLUMNS.items() if is_column(key)
    ]
    assert {row[0].strip("`") for row in rows("Columns") if row[2:3] == ["yes"]} == default


def test_every_profile_and_encoding_is_told() -> None:
    assert [row[0].strip("`") for row in rows("Built-in profiles")] == list(READY)
    (encodings,) = [row[1] for row in rows("Options") if row[0] == "`encoding`"]
    assert re.findall("`([^`]+)`", encodings) == list(ENCODINGS)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_operations_work(api: Api, operation: str) -> None:
    ((_name, answer),) = api(operation).items()
    errors: Any = answer.get("errors", [])
    assert errors == []
