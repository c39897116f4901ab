"""That docs/conditions.md has every field, and that each example in it can be compiled."""

from __future__ import annotations

import json
import re

import pytest

from saleor_customer_plus.conditions import json_tree, limits
from saleor_customer_plus.conditions.catalogue import REGISTRY
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context, SavedTree
from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.registry import Function
from tests.factories import make_channel, make_field, make_group, make_tag
from tests.hosts import ROOT

TEXT = (ROOT / "docs" / "conditions.md").read_text()
EXAMPLES = [
    *(line for block in re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()),
    *re.findall(r"\| `([^|\n]+)` \|\n", TEXT.partition("## Fields")[2].partition("## Errors")[0]),
]


@pytest.fixture
def context() -> Context:
    for name in ("vip", "press"):
        make_tag(name)
    make_group("trade")
    make_field("birthday", "DATE")
    for slug in ("eu", "us"):
        make_channel(slug)
    return Context(find_segment=lambda name: SavedTree(1, parse("order_count > 2")) if name == "Best" else None)


def test_every_field_and_parameter_is_there() -> None:
    """In this page, or in that of the feature."""
    pages = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    code = " ".join(
        re.findall(r"`([^`\n]+)`", pages) + re.findall(r"^```\w*\n(.*?)```", pages, re.MULTILINE | re.DOTALL)
    )
    words = set(re.findall(r"\w+", code))

    assert {entry.name for entry in REGISTRY} - words == set()
    assert {one.name for entry in REGISTRY if isinstance(entry, Function) for one in entry.parameters} - words == set()


@pytest.mark.django_db
def test_every_example_can_be_compiled(context: Context) -> None:
    assert len(EXAMPLES) > 50
    for example in EXAMPLES:
        try:
            compile_tree(parse(example), context)
        except ConditionError as error:
            if error.reason is not Reason.NOT_FOUND:  # a name of some other shop
                raise


@pytest.mark.django_db
def test_the_json_can_be_compiled(context: Context) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)

    compile_tree(json_tree.load(json.loads(block)), context)


def test_reasons_and_limits_are_there() -> None:
    for reason in Reason:
        assert f"| `{reason}` |" in TEXT
    for limit in (
        limits.MAX_CONDITIONS,
        limits.MAX_CONDITIONS_WITH_SEGMENTS,
        limits.MAX_DEPTH,
        limits.MAX_LENGTH,
        limits.MAX_VALUES,
        limits.MAX_VALUE_LENGTH,
    ):
        assert f"{limit:,} " in TEXT
