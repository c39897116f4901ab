"""docs/merging.md: its example works, and it says all that there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.merging.blockers import BlockerCode
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.undo import ConflictCode
from tests.client import Api
from tests.factories import make_record

PAGE = (Path(__file__).parents[3] / "docs" / "merging.md").read_text()
OPERATIONS = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.django_db
def test_the_example_works(api: Api) -> None:
    anna, ben = make_record(phone="+491"), make_record(phone="+492")
    ids = {f"CustomerRecord:{number}": record.pk for number, record in ((1, anna), (2, ben))}

    def run(operation: str, **variables: Any) -> Any:
        for shown, key in ids.items():
            kind, _, number = shown.partition(":")
            operation = operation.replace(to_global_id(kind, number), to_global_id(kind, key))
        ((_, found),) = api(operation, **variables).items()
        assert not found.get("errors")
        return found

    preview, merge, undo = OPERATIONS
    token = run(preview)["token"]
    done = run(merge, token=token)
    assert [one["id"] for one in done["record"]["mergedRecords"]] == [to_global_id("CustomerRecord", ben.pk)]
    anna.refresh_from_db()
    assert (anna.phone, anna.locked_fields) == ("+492", ["phone"])
    ids["CustomerMerge:1"] = Merge.objects.get().pk
    assert run(undo)["conflicts"] == []


def test_every_blocker_and_conflict_is_told() -> None:
    told = set(re.findall(r"`([A-Z_]+)`", PAGE))
    assert {code.value for code in BlockerCode} <= told
    assert {code.value for code in ConflictCode} <= told
