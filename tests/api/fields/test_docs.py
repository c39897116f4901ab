"""docs/fields.md: the operations work, one after the other, as somebody who tries them would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.fields import definitions
from saleor_customer_plus.fields.limits import MAX_DECIMALS, MAX_DIGITS, MAX_INDEXED_LENGTH
from saleor_customer_plus.fields.models import FieldDefinition, FieldType
from tests.client import Api
from tests.factories import make_record

pytestmark = pytest.mark.django_db

PAGE = (Path(__file__).parents[3] / "docs" / "fields.md").read_text()


def test_the_operations(api: Api, on_commit: Any) -> None:
    record = to_global_id("CustomerRecord", make_record().pk)

    known: dict[str, Any] = {"record": record, "version": None}
    for operation in re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL):
        made = [to_global_id("CustomerField", one.pk) for one in FieldDefinition.objects.order_by("pk")]
        known |= dict(zip(("field", "other"), made, strict=False))
        with on_commit():
            answer = api(operation, **{name: known[name] for name in re.findall(r"\$(\w+): \w+!?[,)]", operation)})
        for payload in answer.values():
            assert payload, operation
            assert not (isinstance(payload, dict) and payload.get("errors")), payload
            if isinstance(payload, dict) and "token" in payload:
                known["token"] = payload["token"]


def test_every_type_is_listed() -> None:
    listed = PAGE.partition("| type | value in the API |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([A-Z]+)` \|", listed, re.MULTILINE) == FieldType.values


def test_the_limits() -> None:
    for number in (definitions.MAX_FIELDS, definitions.MAX_CHOICES, definitions.MAX_INDEXED, MAX_DIGITS, MAX_DECIMALS):
        assert re.search(rf"\b{number}\b", PAGE)
    assert f"{MAX_INDEXED_LENGTH} characters" in PAGE
