"""What a record is found by: the database cuts texts into terms as `split_words` cuts what the user types."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.records.search import split_words
from tests.factories import make_record

# Python and PostgreSQL may know letters of different versions of Unicode. Those of 3.2 are the same in all of them.
known_letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]).filter(
    lambda letter: unicodedata.ucd_3_2_0.category(letter) != "Cn"
)
# Whitespace and separators of many kinds among letters with and without accents, ligatures, digits and emoji.
texts = st.lists(
    st.text(known_letters, max_size=12)
    | st.sampled_from(["Jean-Luc", "MÜLLER", "ﬁn", "İ", "a\u00a0b", "x\u3000y", "o'neil", "A&B|C!", "+49", "\\d", "ß"]),
    max_size=6,
).map(" ".join)


def terms_of(record: CustomerRecord) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tsvector_to_array(search_terms) FROM {CustomerRecord._meta.db_table} WHERE id = %s", [record.pk]
        )
        return set(cursor.fetchone()[0])


class Terms(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(texts, texts)
    @example("Anna", "Rossi")
    @example("Chloé", "x" * 100)
    @example("a" * 150, "b" * 100)
    def test_are_the_words_that_are_typed(self, name: str, company: str) -> None:
        record = make_record("anna.b@example.com", first_name=name, company_name=company)

        words = split_words(f"anna.b@example.com {name} {company}")
        assert terms_of(record) == {word[start : start + 255] for word in words for start in range(0, len(word), 255)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("phone", "more", "terms"),
    [
        ("", [], set()),
        ("+4915112345678", [], {"4915112345678", "15112345678"}),
        ("015112345678", [], {"15112345678", "5112345678"}),  # as if +1 511: both are harmless
        ("+390612345678", [], {"390612345678", "612345678"}),
        ("+49 151-123", [], {"49151123", "151123"}),
        ("", ["+4915112345678"], {"4915112345678", "15112345678"}),
        ("+12025550123", ["+41791234567"], {"12025550123", "2025550123", "41791234567", "791234567"}),
    ],
)
def test_phones_are_found_with_and_without_the_country(phone: str, more: list[str], terms: set[str]) -> None:
    record = make_record("anna@example.com", phone=phone, additional_phones=more)

    assert terms_of(record) == {"anna", "example", "com"} | terms
