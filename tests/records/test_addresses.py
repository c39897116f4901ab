"""An address is one value: no two addresses are ever mixed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.records.addresses import ADDRESS, WHOLE, by_field, of_list, source_of
from saleor_customer_plus.records.details import FIELDS, Candidate, Details, merge, written

from .test_details import BLANK, offered

AT = datetime(2026, 1, 5, tzinfo=UTC)
BERLIN = dict(zip(ADDRESS, ("Torstraße 1", "2. Hof", "10119", "Berlin", "", "DE"), strict=True))
PARIS = dict(zip(ADDRESS, ("Rue 1", "", "75001", "Paris", "", "FR"), strict=True))
SOURCE = {"source": "ORDER", "origin": "o1", "at": "2026-01-01T00:00:00Z"}


def address(values: dict[str, str], **source: str) -> dict[str, Candidate]:
    return {name: offered(value, **source) for name, value in values.items()}


def has(values: dict[str, str], provenance: Any = None) -> Details:
    return Details({**BLANK.values, **values}, {WHOLE: SOURCE} if provenance is None else provenance, {})


def told(details: Details) -> dict[str, str]:
    return {name: details.values[name] for name in ADDRESS}


def test_the_newest_address_is_taken_over_with_what_is_blank_in_it() -> None:
    after = merge(has(BERLIN), newest=address(PARIS, origin="o2"), locked=[])
    assert told(after) == PARIS
    assert after.provenance == {WHOLE: SOURCE | {"origin": "o2"}}


def test_an_order_without_an_address_erases_nothing() -> None:
    assert merge(has(BERLIN), newest={}, locked=[]) == has(BERLIN)


def test_a_country_alone_does_not_move_an_address() -> None:
    assert told(merge(has(BERLIN), newest={"country_code": offered("FR")}, locked=[])) == BERLIN
    assert merge(BLANK, newest={"country_code": offered("FR")}, locked=[]).values["country_code"] == "FR"


def test_where_a_locked_field_says_otherwise_all_of_the_address_is_suggested() -> None:
    after = merge(has(BERLIN), newest=address(PARIS), locked=["city"])
    assert told(after) == BERLIN
    differing = {"street_address_1", "street_address_2", "postal_code", "city", "country_code"}
    assert after.suggestions == {name: offered(PARIS[name]) for name in differing}


def test_a_locked_field_that_says_the_same_is_in_no_address_s_way() -> None:
    moved = BERLIN | {"street_address_1": "Linienstraße 5", "street_address_2": ""}
    after = merge(has(BERLIN, {}), newest=address(moved), locked=["city"])
    assert (told(after), after.suggestions) == (moved, {})


def test_nor_is_one_whose_order_left_the_record() -> None:
    moved = BERLIN | {"street_address_1": "Linienstraße 5"}
    after = merge(has(BERLIN, {"city": SOURCE}), newest=address(moved), locked=["city"], orphaned=["city"])
    assert (told(after), after.suggestions) == (moved, {})


def test_nor_is_one_that_staff_wrote_later() -> None:
    moved = BERLIN | {"street_address_1": "Linienstraße 5"}
    by_staff = {"source": "STAFF", "origin": "1", "at": "2026-03-01T00:00:00Z"}
    after = merge(has(BERLIN, {WHOLE: SOURCE, "city": by_staff}), newest=address(moved), locked=["city"])
    assert (told(after), after.provenance["city"]) == (moved, by_staff)


def test_an_address_without_a_country_takes_the_country_that_comes_alone() -> None:
    without = has(BERLIN | {"country_code": ""}, {})
    assert told(merge(without, newest={"country_code": offered("DE")}, locked=[])) == BERLIN


def test_what_an_import_wrote_of_an_address_keeps_an_older_one_away() -> None:
    imported = has(BERLIN, {"city": {"source": "IMPORT", "origin": "7", "at": "2026-02-01T00:00:00Z"}})
    assert told(merge(imported, newest=address(PARIS, at="2026-01-01T00:00:00Z"), locked=[])) == BERLIN
    newer = merge(imported, newest=address(PARIS, at="2026-03-01T00:00:00Z"), locked=[])
    assert (told(newer), list(newer.provenance)) == (PARIS, [WHOLE])


def test_an_address_leaves_with_its_order_but_for_what_staff_locked() -> None:
    after = merge(has(BERLIN), newest={}, locked=["city"], orphaned=[WHOLE])
    assert told(after) == dict.fromkeys(ADDRESS, "") | {"city": "Berlin"}
    assert after.provenance == {}


def test_what_staff_just_overwrote_is_not_suggested_also_where_it_was_blank() -> None:
    edited = written(
        has(PARIS), {"street_address_2": "3e"}, source="STAFF", origin="1", at=AT, locked=["street_address_2"]
    )
    after = merge(edited, newest=address(PARIS), locked=["street_address_2"])
    assert after.values["street_address_2"] == "3e"
    assert [one.get("dismissed") for one in after.suggestions.values()] == [True]


def test_a_whole_address_has_one_entry_of_provenance() -> None:
    said = {name: value for name, value in PARIS.items() if value}
    wrote = written(BLANK, said, source="IMPORT", origin="7", at=AT, locked=())
    assert list(wrote.provenance) == [WHOLE]
    edited = written(wrote, {"city": "Lyon"}, source="STAFF", origin="1", at=AT, locked=["city"])
    assert {name: one["source"] for name, one in by_field(edited.provenance).items()} == dict.fromkeys(
        ADDRESS, "IMPORT"
    ) | {"city": "STAFF"}
    assert source_of(edited.provenance, "city")["source"] == "STAFF"


# What lists say.

BLANKS = dict.fromkeys(ADDRESS, "")


@pytest.mark.parametrize(
    ("said", "before", "options", "writes"),
    [
        ({"city": "Paris"}, BLANKS, {}, {"city": "Paris"}),
        ({"city": "Paris"}, BERLIN, {}, BLANKS | {"city": "Paris"}),
        ({"city": "berlin ", "country_code": "DE"}, BERLIN, {}, {"city": "berlin ", "country_code": "DE"}),
        ({"street_address_1": "Rue 1"}, BLANKS | {"city": "Paris"}, {}, {"street_address_1": "Rue 1"}),
        ({"country_code": "FR"}, BERLIN, {}, {}),
        ({"country_code": "FR"}, BLANKS | {"country_code": "DE"}, {}, {"country_code": "FR"}),
        ({"city": "Paris", "country_code": "FR"}, BLANKS | {"country_code": "DE"}, {},
         BLANKS | {"city": "Paris", "country_code": "FR"}),
        ({"city": "Paris"}, BERLIN, {"fills_only": True}, {}),
        ({"city": "Berlin"}, BERLIN, {"fills_only": True}, {"city": "Berlin"}),
        ({"city": "Paris"}, BERLIN, {"locked": ["street_address_1"]}, {}),
        ({"city": "Paris"}, BERLIN, {"locked": ["first_name", "country_area"]}, BLANKS | {"city": "Paris"}),
        (BLANKS, BERLIN, {}, BLANKS),
    ],
)  # fmt: skip
def test_what_a_row_of_a_list_writes(said: Any, before: Any, options: Any, writes: Any) -> None:
    assert of_list(said, before, **options) == writes


lines = st.sampled_from(["", "x", "y"])
addresses = st.fixed_dictionaries(dict.fromkeys(ADDRESS, lines))


@given(addresses, st.dictionaries(st.sampled_from(ADDRESS), lines), st.sets(st.sampled_from(ADDRESS)), st.booleans())
def test_a_list_never_mixes_two_addresses(before: Any, said: Any, locked: set[str], fills_only: bool) -> None:
    said = {name: value for name, value in said.items() if value}
    after = before | of_list(said, before, locked=locked, fills_only=fills_only)
    comes = any(said.get(name) and before[name] and said[name] != before[name] for name in ADDRESS)
    # All of the one, or all of the other; both together where they agree.
    if comes:
        assert after in (before, BLANKS | said, before | {"country_code": said.get("country_code")})
    else:
        assert after == before | said
    assert of_list(said, after, locked=locked, fills_only=fills_only).items() <= after.items()  # a second load


@given(
    addresses.filter(lambda one: any(one[name] for name in ADDRESS[:-1])),
    addresses,
    st.sets(st.sampled_from(FIELDS)),
)
def test_a_sync_takes_over_all_of_an_address_or_nothing(new: Any, old: Any, locked: set[str]) -> None:
    once = merge(has(old), newest=address(new), locked=locked)
    assert told(once) in (old, new)
    assert merge(once, newest=address(new), locked=locked) == once
    assert {name: once.suggestions[name]["value"] for name in once.suggestions} == {
        name: new[name] for name in ADDRESS if told(once)[name] != new[name]
    }
    assert all(told(once)[name] == old[name] for name in ADDRESS if name in locked)
