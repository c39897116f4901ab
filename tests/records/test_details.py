"""The rules of `records.details`, without a database."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.records.details import FIELDS, Candidate, Details, changed_fields, merge

BLANK = Details(dict.fromkeys(FIELDS, ""), {}, {})


def offered(value: str, *, source: str = "ORDER", origin: str = "o1", at: str = "2026-01-01T00:00:00Z") -> Candidate:
    return {"value": value, "source": source, "origin": origin, "at": at}


def with_values(**values: str) -> Details:
    return Details({**BLANK.values, **values}, {}, {})


def test_what_is_offered_is_taken_with_its_provenance() -> None:
    after = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    assert after.values["first_name"] == "Anna"
    assert after.provenance == {"first_name": {"source": "ORDER", "origin": "o1", "at": "2026-01-01T00:00:00Z"}}


def test_nothing_offered_erases_nothing() -> None:
    before = merge(with_values(first_name="Anna"), newest={}, locked=[])
    assert before.values["first_name"] == "Anna"


def test_a_locked_field_keeps_its_value_and_gets_a_suggestion() -> None:
    after = merge(with_values(first_name="Anna"), newest={"first_name": offered("Ann")}, locked=["first_name"])
    assert after.values["first_name"] == "Anna"
    assert after.suggestions == {"first_name": offered("Ann")}
    assert after.provenance == {}


def test_a_suggestion_goes_when_it_agrees() -> None:
    before = merge(with_values(first_name="Anna"), newest={"first_name": offered("Ann")}, locked=["first_name"])
    assert merge(before, newest={"first_name": offered("Anna")}, locked=["first_name"]).suggestions == {}


def test_unlocked_it_takes_what_was_suggested() -> None:
    before = merge(with_values(first_name="Anna"), newest={"first_name": offered("Ann")}, locked=["first_name"])
    after = merge(before, newest={"first_name": offered("Ann")}, locked=[])
    assert (after.values["first_name"], after.suggestions) == ("Ann", {})


def test_what_an_import_wrote_holds_until_something_newer_comes() -> None:
    imported = Details(
        {**BLANK.values, "phone": "+491"},
        {"phone": {"source": "IMPORT", "origin": "7", "at": "2026-02-01T00:00:00Z"}},
        {},
    )
    older = merge(imported, newest={"phone": offered("+492", at="2026-01-01T00:00:00Z")}, locked=[])
    newer = merge(imported, newest={"phone": offered("+493", at="2026-03-01T00:00:00Z")}, locked=[])
    assert (older.values["phone"], newer.values["phone"]) == ("+491", "+493")


def test_a_value_leaves_with_its_order() -> None:
    before = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    after = merge(before, newest={}, locked=[], orphaned=["first_name"])
    assert (after.values["first_name"], after.provenance) == ("", {})


def test_a_locked_value_stays_when_its_order_leaves() -> None:
    before = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    assert merge(before, newest={}, locked=["first_name"], orphaned=["first_name"]).values["first_name"] == "Anna"


def test_the_log_tells_only_what_differs() -> None:
    before, after = with_values(first_name="Ann", phone="1"), with_values(first_name="Anna", phone="1")
    assert changed_fields(before, after) == {"before": {"first_name": "Ann"}, "after": {"first_name": "Anna"}}
    assert changed_fields(before, before) == {}


words = st.sampled_from(["", "x", "y", "z"])
candidates = st.dictionaries(
    st.sampled_from(FIELDS),
    st.builds(
        offered,
        st.sampled_from(["x", "y", "z"]),
        source=st.sampled_from(["ORDER", "ACCOUNT"]),
        at=st.sampled_from(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]),
    ),
)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, words)), candidates, st.sets(st.sampled_from(FIELDS)))
def test_any_merge_is_final_and_respects_locks(values: dict[str, str], newest: Any, locked: set[str]) -> None:
    before = Details(values, {}, {})
    once = merge(before, newest=newest, locked=locked)
    assert merge(once, newest=newest, locked=locked) == once
    for name in FIELDS:
        if name in locked:
            assert once.values[name] == before.values[name]
        elif name in newest:
            assert once.values[name] == newest[name]["value"]
        else:
            assert once.values[name] == before.values[name]
