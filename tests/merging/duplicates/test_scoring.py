"""Who is in which band, as a table: each line is a case that somebody could meet."""

# ruff: noqa: RUF001 (letters of other scripts that look like Latin ones)

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.merging.duplicates import spelling
from saleor_customer_plus.merging.duplicates.people import Block, Person, hashed, keys_of, person, surname_key
from saleor_customer_plus.merging.duplicates.scoring import Band, Context, Reason, Verdict, compare
from saleor_customer_plus.merging.duplicates.spelling import alike, forget, mailbox, within

from ...properties import examples

CERTAIN, LIKELY, LOOK = Band.CERTAIN, Band.LIKELY, Band.LOOK_AT_IT

ANNA: dict[str, Any] = {
    "first_name": "Anna",
    "last_name": "Kalkbrenner",
    "emails": ["anna.kalkbrenner@gmail.com"],
    "phones": ["+491512345678"],
    "addresses": [("Lindenstraße 12", "10969")],
}


def verdict(other: dict[str, Any], one: dict[str, Any] = ANNA, context: Context | None = None) -> Verdict:
    return compare(person(1, **one), person(2, **other), context or Context())


def changed(**fields: Any) -> dict[str, Any]:
    return {**ANNA, "emails": ["ak77@web.de"], **fields}


@pytest.mark.parametrize(
    ("other", "band"),
    [
        # A second mailbox, and everything else is the same.
        (changed(), CERTAIN),
        (changed(first_name="ANNA", last_name="kalkbrenner", addresses=[("Lindenstr. 12 b", "10969")]), CERTAIN),
        (changed(first_name="Ana"), LIKELY),
        (changed(first_name="Ana", emails=["anna.kalkbrenner@googlemail.com"]), CERTAIN),
        (changed(last_name="Kalkbrener", addresses=[]), LIKELY),
        # A mailbox that is the same one, or ought to be.
        (changed(emails=["annakalkbrenner+shop@googlemail.com"], phones=[], addresses=[]), CERTAIN),
        (changed(emails=["anna.kalkbrenner@gmial.com"], phones=[], addresses=[]), CERTAIN),
        (changed(emails=["annakalkbrenner@gmail.com"], first_name="", last_name="", phones=[]), LIKELY),
        # Names that are swapped, in one field, short, or with an initial.
        (changed(first_name="Kalkbrenner", last_name="Anna"), CERTAIN),
        (changed(first_name="Anna Kalkbrenner", last_name=""), CERTAIN),
        (changed(first_name="A.", phones=[]), LIKELY),
        (changed(first_name="Anna Maria", phones=[]), LIKELY),
        # Married, moved, or both.
        (changed(last_name="Wanzenried", emails=["anna.kalkbrenner@gmx.de"], addresses=[]), LIKELY),
        (changed(last_name="Kalkbrenner-Wanzenried"), CERTAIN),
        (changed(addresses=[("Torstraße 1", "10119")]), LIKELY),
        (changed(phones=[], addresses=[("Torstraße 1", "10119")]), LOOK),
        # Somebody else: a family, a namesake far away, colleagues, neighbours.
        (changed(first_name="Bruno"), LOOK),
        (changed(first_name="Bruno", phones=[]), None),
        (changed(first_name="Bruno", last_name="Wanzenried", phones=[]), None),
        (changed(first_name="", last_name=""), LOOK),
        (changed(first_name="Bruno", emails=["anna.kalkbrenner@googlemail.com"]), LOOK),
        (changed(last_name="Wanzenried", phones=[], addresses=[("Torstraße 1", "10119")]), None),
    ],
)
def test_the_band_of_a_case(other: dict[str, Any], band: Band | None) -> None:
    found = verdict(other)
    assert found.band == band, found


@pytest.mark.parametrize(
    ("one", "other", "band"),
    [
        ("Martin", "Martina", LOOK),
        ("Maria", "Mario", LOOK),
        ("Andrea", "Andreas", LOOK),
        ("Christian", "Christina", LOOK),
        ("Julian", "Juliane", LOOK),
        ("Gabriel", "Gabriella", LOOK),
        ("Jan", "Jana", LOOK),
        ("Leo", "Lea", LOOK),
        ("Lena", "Lina", LIKELY),
        ("Hanna", "Anna", LIKELY),
        ("Johanna", "Johana", LIKELY),
        ("Alex", "Alexander", LIKELY),
        ("Renée", "RENEE", CERTAIN),
    ],
)
def test_names_of_brother_and_sister_are_no_typos(one: str, other: str, band: Band) -> None:
    """All else is the same but the mailbox: twins with their parents' phone are not merged without a look."""
    found = verdict(changed(first_name=other), changed(first_name=one, emails=["x4@gmx.de"]))
    assert found.band == band, found
    same_mailbox = changed(first_name=other, emails=["ak77+x@web.de"])
    assert verdict(same_mailbox, changed(first_name=one)).band == (LIKELY if band == LOOK else CERTAIN)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Семён", "СЕМЕН", Reason.SAME_FIRST_NAME),
        ("مُحَمَّد", "محمد", Reason.SAME_FIRST_NAME),
        ("Γιώργος", "ΓΙΩΡΓΟΣ", Reason.SAME_FIRST_NAME),
        ("प्रिया", "प्रिया", Reason.SAME_FIRST_NAME),
        ("प्रिया", "प्रकाश", Reason.DIFFERENT_FIRST_NAME),
        ("ศิริพร", "ศุภชัย", Reason.DIFFERENT_FIRST_NAME),
        ("지훈", "지후", Reason.DIFFERENT_FIRST_NAME),
        ("ハナ", "バナ", Reason.DIFFERENT_FIRST_NAME),
        ("علی\u200cرضا", "علیرضا", Reason.SAME_FIRST_NAME),
    ],
)
def test_names_in_any_script(one: str, other: str, reason: Reason) -> None:
    names = [{"first_name": name, "emails": ["a@web.de"]} for name in (one, other)]
    assert verdict(names[1], names[0]).reasons[0] == reason


def test_a_last_name_of_one_syllable_is_not_compared_by_its_sounds() -> None:
    kim, im = ({"first_name": "민준", "last_name": name} for name in ("김", "임"))
    assert Reason.DIFFERENT_LAST_NAME in verdict(im, kim).reasons


def test_what_many_have_counts_for_little() -> None:
    reception = {"phones": ["+493012345678"], "addresses": [("Lindenstraße 12", "10969")], "company_name": "Alpina AG"}
    one = {"first_name": "Anna", "last_name": "Rossi", "emails": ["anna.rossi@alpina.de"], **reception}
    other = {"first_name": "Anna", "last_name": "Weber", "emails": ["anna.weber@alpina.de"], **reception}
    assert verdict(other, one).band == LOOK  # colleagues with the same first name

    ann = person(1, **one)
    crowded = frozenset({ann.phones[0].key, ann.addresses[0].key})
    found = verdict(other, one, Context(crowded))
    assert {Reason.SHARED_PHONE, Reason.SHARED_ADDRESS} <= set(found.reasons)
    assert found.band is None


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    shares = {surname_key("kalkbrenner"): 0.01}
    rare, common = verdict(changed()), verdict(changed(), context=Context(surname_shares=shares))
    assert (rare.score - common.score, common.reasons[1]) == (4, Reason.SAME_COMMON_LAST_NAME)


def test_an_info_mailbox_is_of_nobody() -> None:
    one, other = ({"emails": [f"info+{tag}@alpina.de"]} for tag in "ab")
    assert verdict(other, one).reasons == ()
    assert not set(keys_of(person(1, **one))) & set(keys_of(person(2, **other)))


def test_the_best_of_several_phones_mailboxes_and_addresses_tells() -> None:
    several = changed(
        emails=["ak77@web.de", "anna.kalkbrenner@googlemail.com"],
        phones=["+4930999999", "0151 2345678"],
        addresses=[("Torstraße 1", "10119"), ("Lindenstrasse 12", "10969")],
    )
    assert set(verdict(several).reasons) == {
        Reason.SAME_FIRST_NAME,
        Reason.SAME_RARE_LAST_NAME,
        Reason.SAME_MAILBOX,
        Reason.SAME_PHONE,
        Reason.SAME_ADDRESS,
    }


@pytest.mark.parametrize(
    ("email", "meant"),
    [
        ("a.b.c+x@gmail.com", ("abc", "gmail.com", "gmail.com")),
        ("a.b.c@googlemail.com", ("abc", "gmail.com", "gmail.com")),
        ("a.b.c@hotmial.com", ("a.b.c", "hotmial.com", "hotmail.com")),
        ("a.b.c@mail.com", ("a.b.c", "mail.com", "mail.com")),  # one letter from Gmail, and real
        ("a.b.c@gmx.dee", ("a.b.c", "gmx.dee", "gmx.dee")),  # too short to tell
        ("+@gmail.com", ("+", "gmail.com", "gmail.com")),
    ],
)
def test_the_mailbox_that_is_meant(email: str, meant: tuple[str, str, str]) -> None:
    assert mailbox(email) == meant


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("gmail.com", "mail.com", Reason.NAME_IN_MAILBOX),  # both exist, and each has its own Anna Kalkbrenner
        ("gmail.com", "ymail.com", Reason.NAME_IN_MAILBOX),
        ("kpm.de", "kpn.de", Reason.NAME_IN_MAILBOX),
        ("web.de", "wbe.de", Reason.MISSPELLED_DOMAIN),
        ("gmail.com", "gmial.com", Reason.MISSPELLED_DOMAIN),
        ("kalkbrenner.de", "kalkbrener.de", Reason.MISSPELLED_DOMAIN),
    ],
)
def test_a_domain_that_exists_is_no_typo_of_another(one: str, other: str, reason: Reason) -> None:
    some = [changed(emails=[f"anna.kalkbrenner@{domain}"]) for domain in (one, other)]
    assert reason in verdict(some[1], some[0]).reasons


def naive_distance(one: str, other: str) -> int:
    """As the textbook has it: optimal string alignment."""
    if not one or not other:
        return len(one) + len(other)
    found = min(
        naive_distance(one[1:], other) + 1,
        naive_distance(one, other[1:]) + 1,
        naive_distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        found = min(found, naive_distance(one[2:], other[2:]) + 1)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.sampled_from([1, 2]))
def test_typos_are_counted_as_the_textbook_does(one: str, other: str, most: int) -> None:
    assert within(one, other, most) == (naive_distance(one, other) <= most)
    assert alike(one, other) == alike(other, one)


names = st.sampled_from(["", "Anna", "anna", "Ana", "A.", "Rossi", "Rossi-Bianchi", "Müller", "Mueller", "Bruno Max"])
people = st.builds(
    person,
    st.just(1),
    first_name=names,
    last_name=names,
    emails=st.lists(
        st.sampled_from(["anna.rossi@gmail.com", "annarossi@gmail.com", "anna.rossi@gmial.com", "x@web.de"]), max_size=2
    ),
    phones=st.lists(st.sampled_from(["+491512345678", "+491512345679", "0151 2345678", "12"]), max_size=2),
    addresses=st.lists(
        st.tuples(st.sampled_from(["", "Torstr. 1", "Torstraße 1a", "Weg 2"]), st.sampled_from(["", "10119", "10191"])),
        max_size=2,
    ),
    company_name=st.sampled_from(["", "Alpina AG", "Alpina", "Nordwind"]),
)


@settings(max_examples=examples(60), deadline=None)
@given(people, people, st.booleans())
def test_it_does_not_matter_which_is_which(one: Person, other: Person, is_crowded: bool) -> None:
    crowded = {hashed(Block.PHONE, "512345678")} if is_crowded else set()
    forth, back = (compare(a, b, Context(frozenset(crowded))) for a, b in ((one, other), (other, one)))
    forget()
    assert (forth.score, forth.band, set(forth.reasons)) == (back.score, back.band, set(back.reasons))
    if {Reason.DIFFERENT_FIRST_NAME} & set(forth.reasons):
        assert forth.band in (None, LOOK)


def test_the_memory_of_a_search_does_not_grow_with_the_records() -> None:
    """What is remembered of spellings is limited, and all of it is forgotten."""
    caches = {name: one for name, one in vars(spelling).items() if hasattr(one, "cache_info")}
    assert len(caches) == 9
    for number in range(spelling.REMEMBERED + 500):
        spelling.mailbox(f"anna.rossi{number}@example{number}.com")
        spelling.street(f"Lindenstraße {number}")
    for one in caches.values():
        assert one.cache_info().currsize <= one.cache_info().maxsize <= 20_000
    assert spelling.mailbox.cache_info().currsize == spelling.REMEMBERED
    spelling.forget()
    assert {name: one.cache_info().currsize for name, one in caches.items()} == dict.fromkeys(caches, 0)
