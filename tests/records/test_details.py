"""The rules of `records.details`, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.records.addresses import LINES
from saleor_customer_plus.records.details import FIELDS, Candidate, Details, changed_fields, merge, moment, written

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


def test_what_an_import_cleared_stays_blank_until_something_newer_comes() -> None:
    cleared = Details(BLANK.values, {"phone": {"source": "IMPORT", "origin": "7", "at": "2026-02-01T00:00:00Z"}}, {})

    older = merge(cleared, newest={"phone": offered("+492", at="2026-01-01T00:00:00Z")}, locked=[])
    newer = merge(cleared, newest={"phone": offered("+493", at="2026-03-01T00:00:00Z")}, locked=[])

    assert (older.values["phone"], newer.values["phone"]) == ("", "+493")


def test_what_an_import_wrote_gives_way_to_an_order_of_the_same_moment() -> None:
    at = "2026-02-01T00:00:00Z"
    imported = Details({**BLANK.values, "phone": "+491"}, {"phone": {"source": "IMPORT", "origin": "7", "at": at}}, {})
    assert merge(imported, newest={"phone": offered("+492", at=at)}, locked=[]).values["phone"] == "+492"


def test_what_an_order_wrote_gives_way_to_an_older_one_that_is_the_newest_now() -> None:
    """As when the newer order leaves the record, or no longer counts."""
    newer = merge(BLANK, newest={"phone": offered("+491", at="2026-02-01T00:00:00Z")}, locked=[])
    after = merge(newer, newest={"phone": offered("+492", origin="o0", at="2026-01-01T00:00:00Z")}, locked=[])
    assert (after.values["phone"], after.provenance["phone"]["origin"]) == ("+492", "o0")


def test_what_staff_wrote_stays_when_an_older_order_is_offered_and_the_value_s_order_left() -> None:
    by_staff = Details({**BLANK.values, "phone": "+491"}, {"phone": {**BY_STAFF}}, {})
    after = merge(by_staff, newest={"phone": offered("+492")}, locked=[], orphaned=["phone"])
    assert (after.values["phone"], after.provenance["phone"]) == ("+491", BY_STAFF)


def test_a_value_leaves_with_its_order() -> None:
    before = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    after = merge(before, newest={}, locked=[], orphaned=["first_name"])
    assert (after.values["first_name"], after.provenance) == ("", {})


def test_a_locked_value_stays_when_its_order_leaves() -> None:
    before = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    assert merge(before, newest={}, locked=["first_name"], orphaned=["first_name"]).values["first_name"] == "Anna"


def dismissed(value: str, **options: str) -> Candidate:
    return {**offered(value, **options), "dismissed": True}


def test_what_was_dismissed_is_not_suggested_again_whoever_says_it() -> None:
    before = Details(with_values(first_name="Anna").values, {}, {"first_name": dismissed("Ann")})

    after = merge(before, newest={"first_name": offered("Ann", origin="o2")}, locked=["first_name"])

    assert after.suggestions == {"first_name": dismissed("Ann", origin="o2")}


def test_something_else_is_suggested_after_a_dismissal() -> None:
    before = Details(with_values(first_name="Anna").values, {}, {"first_name": dismissed("Ann")})

    after = merge(before, newest={"first_name": offered("Annie")}, locked=["first_name"])

    assert after.suggestions == {"first_name": offered("Annie")}


def test_what_is_overwritten_does_not_replace_what_is_suggested() -> None:
    before = merge(BLANK, newest={"first_name": offered("Anna")}, locked=[])
    suggested = merge(before, newest={"first_name": offered("Ann", origin="o2")}, locked=["first_name"])
    assert wrote(suggested, first_name="Annie").suggestions == {"first_name": offered("Ann", origin="o2")}


def test_only_a_value_of_an_order_or_the_account_is_kept_when_it_is_overwritten() -> None:
    blank = Details(BLANK.values, {"first_name": {"source": "ORDER", "origin": "o1", "at": "2026-01-01"}}, {})
    unknown = with_values(first_name="Anna")
    by_staff = wrote(BLANK, first_name="Anna")
    for before in (blank, unknown, by_staff):
        assert wrote(before, first_name="Annie").suggestions == {}
    of_the_account = merge(BLANK, newest={"first_name": offered("Anna", source="ACCOUNT")}, locked=[])
    assert wrote(of_the_account, first_name="Annie").suggestions == {"first_name": dismissed("Anna", source="ACCOUNT")}


def wrote(before: Details, locked: tuple[str, ...] = ("first_name",), **changes: str) -> Details:
    return written(before, changes, source="STAFF", origin="7", at=datetime(2026, 5, 1, tzinfo=UTC), locked=locked)


BY_STAFF = {"source": "STAFF", "origin": "7", "at": "2026-05-01T00:00:00.000000Z"}


def test_what_staff_write_is_theirs() -> None:
    assert wrote(BLANK, first_name="Anna") == Details(
        with_values(first_name="Anna").values, {"first_name": BY_STAFF}, {}
    )


def test_what_staff_overwrite_is_not_suggested() -> None:
    before = merge(BLANK, newest={"first_name": offered("Ann")}, locked=[])

    after = wrote(before, first_name="Anna")

    assert after.suggestions == {"first_name": dismissed("Ann")}
    assert merge(after, newest={"first_name": offered("Ann")}, locked=["first_name"]) == after


def test_what_is_written_without_a_lock_leaves_no_suggestion() -> None:
    before = merge(BLANK, newest={"first_name": offered("Ann")}, locked=[])

    assert wrote(before, locked=(), first_name="Anna").suggestions == {}


def test_writing_what_is_suggested_settles_it() -> None:
    before = merge(with_values(first_name="Anna"), newest={"first_name": offered("Ann")}, locked=["first_name"])

    assert wrote(before, first_name="Ann").suggestions == {}
    assert wrote(before, first_name="Anne").suggestions == {"first_name": offered("Ann")}


def test_times_sort_as_texts() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert moment(noon) == moment(noon.astimezone(timezone(timedelta(hours=9)))) == "2026-05-01T12:00:00.000000Z"
    assert moment(noon) < moment(noon + timedelta(microseconds=1)) < moment(noon + timedelta(seconds=1))


def test_the_log_tells_only_what_differs() -> None:
    before, after = with_values(first_name="Ann", phone="1"), with_values(first_name="Anna", phone="1")
    assert changed_fields(before, after) == {"before": {"first_name": "Ann"}, "after": {"first_name": "Anna"}}
    assert changed_fields(before, before) == {}


words = st.sampled_from(["", "x", "y", "z"])
# Of the address the country alone; all of it is in `test_addresses`.
candidates = st.dictionaries(
    st.sampled_from([name for name in FIELDS if name not in LINES]),
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
        elif name == "country_code" and before.values[name] and any(before.values[line] for line in LINES):
            assert once.values[name] == before.values[name]  # that of the address
        elif name in newest:
            assert once.values[name] == newest[name]["value"]
        else:
            assert once.values[name] == before.values[name]
