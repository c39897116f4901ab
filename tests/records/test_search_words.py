"""How many words of a search count."""

from __future__ import annotations

import pytest

from saleor_customer_plus.records.search import search_query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("anna anna ANNA", "'anna':*"),
        (" ".join(f"w{n}x" for n in range(99)), " & ".join(f"'w{n}x':*" for n in range(10))),
        ("a " * 99 + "b", "'a':* & 'b':*"),
    ],
)
def test_words_are_different_and_at_most_ten(text: str, query: str) -> None:
    assert search_query(text) == query


def test_the_groups_of_a_phone_may_repeat() -> None:
    assert "'1712222':*" in search_query("0171 22 22")


def test_a_phone_of_a_hundred_groups_is_cut() -> None:
    assert len(search_query("1 2 " * 50)) < 300
