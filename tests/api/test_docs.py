"""docs/api.md and its neighbours: every operation in them works, and they say nothing that is not so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActivityType
from saleor_customer_plus.api.core import limits
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.core.paging import LIMIT
from saleor_customer_plus.groups.models import Group
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord, Source
from saleor_customer_plus.saleor_adapter.host import OrderStatus
from saleor_customer_plus.settings import DEFAULTS
from tests.client import Api
from tests.factories import make_ledger_entry, make_record, make_staff

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "api.md").read_text()
BACK_OFFICE = (DOCS / "back-office.md").read_text()
SEGMENTS = (DOCS / "segments.md").read_text()
NEWSLETTER = (DOCS / "newsletter.md").read_text()


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def anna() -> CustomerRecord:
    """Somebody whom every list of the page has."""
    record = make_record(
        "anna@example.com",
        last_name="Müller",
        phone="+491712345678",
        country_code="DE",
        sources=[Source.ORDER],
        created_at=datetime(2024, 5, 1, tzinfo=UTC),
    )
    for _ in range(2):
        make_ledger_entry(record, total="300", placed_at=datetime(2024, 5, 1, tzinfo=UTC))
    make_ledger_entry(record, counts=False, status=OrderStatus.CANCELED)
    refresh_records([record.pk], DEFAULTS)
    return record


@pytest.mark.parametrize("operation", blocks("graphql"))
def test_operations(api: Api, anna: CustomerRecord, operation: str) -> None:
    variables = {"record": to_global_id("CustomerRecord", anna.pk)} if "$record" in operation else {}
    ((_, found),) = api(operation, **variables).items()

    assert not found.get("errors")
    if "edges" in found:
        assert [edge["node"]["email"] for edge in found["edges"]] == ["anna@example.com"]
    else:
        assert all(value != [] for name, value in found.items() if name in ("figures", "sources"))


def test_the_operation_in_the_curl_line(api: Api, anna: CustomerRecord) -> None:
    (body,) = re.findall(r"-d '(.*)'", PAGE)

    assert api(json.loads(body)["query"]) == {"customerRecords": {"edges": [{"node": {"email": "anna@example.com"}}]}}


def test_the_error(api: Api) -> None:
    (shown,) = map(json.loads, blocks("json"))

    (error,) = api.errors(
        "query ($search: String) { customerRecords(search: $search) { totalCount } }", search="x" * 201
    )

    error["extensions"]["exception"].pop("stacktrace", None)
    assert {name: error[name] for name in shown} == shown


def names_of(type_name: str) -> set[str]:
    type_: Any = schema.get_type_map()[type_name]
    return {value.name for value in type_.values} if hasattr(type_, "values") else set(type_.fields)


@pytest.mark.parametrize("type_name", ["CustomerRecordFilterInput", "CustomerRecordSortField"])
def test_nothing_is_left_out_of_the_list(type_name: str) -> None:
    assert {name for name in names_of(type_name) if name not in PAGE} == set()


@pytest.mark.parametrize("type_name", ["Query", "Mutation"])
def test_every_operation_is_told_of_somewhere(type_name: str) -> None:
    told = "".join(page.read_text() for page in DOCS.glob("*.md"))
    assert {name for name in names_of(type_name) if not re.search(rf"\b{name}\b", told)} == set()


def test_every_type_of_activity_is_listed_with_its_keys() -> None:
    table = BACK_OFFICE.partition("| type | keys of `before` and `after` |")[2].partition("\n\n")[0]
    listed = [name for line in table.splitlines() for name in re.findall(r"`([A-Z_]+)`", line.split(" | ")[0])]
    assert sorted(listed) == sorted(ActivityType.values)


@pytest.mark.parametrize("page", [BACK_OFFICE, SEGMENTS, NEWSLETTER], ids=["back-office", "segments", "newsletter"])
def test_the_operations_of_a_page(api: Api, anna: CustomerRecord, on_commit: Any, page: str) -> None:
    """One after the other, as somebody who tries them would."""
    known = Known(anna, make_staff())

    for operation in blocks("graphql", page):
        wanted = re.findall(r"\$(\w+): \w+!?[,)]", operation)
        with on_commit():
            answer = api(operation, **{name: known[name] for name in wanted})
        for payload in answer.values():
            assert payload, operation
            assert not (isinstance(payload, dict) and payload.get("errors")), payload
        known.learn(answer)


class Known(dict[str, Any]):
    """The variables of the page: what earlier answers gave."""

    def __init__(self, record: CustomerRecord, staff: Any) -> None:
        group = Group.objects.create(name="Friends of the house")
        super().__init__(
            record=to_global_id("CustomerRecord", record.pk),
            staff=to_global_id("User", staff.pk),
            group=to_global_id("CustomerGroup", group.pk),
            version=None,
        )

    def learn(self, answer: dict[str, Any]) -> None:
        for name, payload in answer.items():
            if name == "customerRecordTagsAdd":
                self["tag"] = payload["record"]["tags"][0]["id"]
            elif name == "customerLeadCreate":
                self["lead"] = payload["lead"]["id"]
            elif name == "customerNoteCreate":
                self["note"] = payload["note"]["id"]
            elif name == "customerRecordsBulkUpdate":
                self["job"] = payload["job"]["id"]
            elif name == "customerSegmentCreate":
                self["segment"] = payload["segment"]["id"]
            elif name == "customerSavedViewCreate":
                self["view"] = payload["view"]["id"]
            elif name == "customerRecordDeletionPreview":
                self["token"] = payload["token"]


def test_the_limits() -> None:
    for number in (
        limits.MAX_CHARACTERS,
        limits.MAX_FIELDS,
        limits.MAX_ROOT_FIELDS,
        limits.MAX_DEPTH,
        limits.MAX_ROWS,
        LIMIT,
    ):
        assert re.search(rf"\b{number:,}\b", PAGE)
