"""Lists of records by tag and by group."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.tags.models import TagAssignment
from tests.api.tags.test_tags import gid
from tests.client import Api
from tests.factories import make_group, make_record, make_tag

pytestmark = pytest.mark.django_db

LIST = """
query ($filter: CustomerRecordFilterInput) {
  customerRecords(first: 50, filter: $filter, sortBy: {field: EMAIL, direction: ASC}) {
    totalCount edges { node { email } }
  }
}
"""

# Who has which labels. `o` is the default group, or no tag at all.
PEOPLE = {"anna": "ab", "ben": "a", "carl": "b", "dora": "", "emil": "abc"}


@pytest.fixture(params=["tags", "groups"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ids(kind: str) -> dict[str, str]:
    make = make_tag if kind == "tags" else make_group
    labels: dict[str, Any] = {letter: make(letter) for letter in "abc"}
    for name, letters in PEOPLE.items():
        record = make_record(f"{name}@example.com")
        for letter in letters:
            if kind == "tags":
                TagAssignment.objects.create(record=record, tag=labels[letter])
            else:
                GroupMembership.objects.create(record=record, group=labels[letter])
    if kind == "groups":
        labels["o"] = default_group()
    return {letter: gid(label) for letter, label in labels.items()}


def found(api: Api, filter: dict[str, Any]) -> list[str]:
    answer = api(LIST, filter=filter)["customerRecords"]
    names = [edge["node"]["email"].partition("@")[0] for edge in answer["edges"]]
    assert answer["totalCount"] == len(names)
    return names


def expected(letters: dict[str, str | None]) -> list[str]:
    """What the words of the filter mean."""
    names = []
    for name, has in PEOPLE.items():
        has = has or "o"
        any_of, all_of, none_of = (letters.get(side) for side in ("any", "all", "none"))
        if (
            (any_of is None or set(any_of) & set(has))
            and set(all_of or "") <= set(has)
            and not set(none_of or "") & set(has)
        ):
            names.append(name)
    return names


def test_every_combination(api: Api, kind: str, ids: dict[str, str]) -> None:
    choices = [None, "", "a", "ab", "c", *(["o", "ao"] if kind == "groups" else [])]
    for any_of, all_of, none_of in product(choices, ["", "b", "ab"], ["", "a", "o" if kind == "groups" else "c"]):
        letters = {"any": any_of, "all": all_of, "none": none_of}
        given = {side: None if wanted is None else [ids[one] for one in wanted] for side, wanted in letters.items()}
        assert found(api, {kind: given}) == expected(letters), letters


def test_with_other_filters(api: Api, kind: str, ids: dict[str, str]) -> None:
    make_record("zoe@example.com", is_tax_exempt=True)
    assert found(api, {kind: {"any": [ids["a"]]}, "isTaxExempt": True}) == []
    assert found(api, {kind: {}, "isTaxExempt": True}) == ["zoe"]
    assert found(api, {kind: None, "isTaxExempt": True}) == ["zoe"]


def test_both_kinds_together(api: Api) -> None:
    anna, ben, tag, group = make_record("anna@example.com"), make_record(), make_tag(), make_group()
    for person in (anna, ben):
        TagAssignment.objects.create(record=person, tag=tag)
    GroupMembership.objects.create(record=anna, group=group)
    assert found(api, {"tags": {"any": [gid(tag)]}, "groups": {"any": [gid(group)]}}) == ["anna"]


@pytest.mark.parametrize(("values", "side"), [(["CustomerTag:1"], "any"), (["x"] * 21, "all"), (["x"] * 1001, "none")])
def test_refused(api: Api, kind: str, values: list[str], side: str) -> None:
    (error,) = api.errors(LIST, filter={kind: {side: values}})
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == f"{kind}.{side}"
