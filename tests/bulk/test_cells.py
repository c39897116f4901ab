"""Cells that a spreadsheet would run, and back."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saleor_customer_plus import sql
from saleor_customer_plus.bulk.cells import guarded, is_formula, neutralise, neutralised, restore

# What the database can hold.
TEXTS = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]))
NASTY = st.builds(
    str.__add__, st.text("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20 0", max_size=4), TEXTS
)  # most texts begin harmlessly


@given(st.text())
def test_a_neutralised_cell_is_restored(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("begin", [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_nothing_that_begins_like_a_formula_is_left(begin: str) -> None:
    assert neutralise(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"
    assert is_formula(f"{begin}1")


@given(NASTY)
@example("+4930123456")
@example("00493012")
@example("'")
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not is_formula(neutralise(text))


@given(NASTY)
def test_what_nobody_neutralised_changes_only_where_it_looks_like_it(text: str) -> None:
    assert restore(text) == (text[1:] if text == neutralise(text[1:]) and text != text[1:] else text)


@pytest.mark.django_db
@settings(max_examples=5)
@given(st.lists(NASTY, min_size=50, max_size=200))
def test_where_cells_are_texts_only_what_looks_neutralised_is_marked(texts: list[str]) -> None:
    query = sql.fill(
        "SELECT {cell} AS cell FROM unnest({texts}::text[]) WITH ORDINALITY t(text, n) ORDER BY n",
        cell=sql.Sql(guarded("t.text")),
        texts=texts,
    )
    found = [row.cell for row in sql.rows(query)]
    assert found == [text if restore(text) == text else f"'{text}" for text in texts]
    assert list(map(restore, found)) == texts


@pytest.mark.django_db
@settings(max_examples=5)
@given(st.lists(NASTY, min_size=50, max_size=200))
def test_postgresql_does_the_same(texts: list[str]) -> None:
    query = sql.fill(
        "SELECT {cell} AS cell FROM unnest({texts}::text[]) WITH ORDINALITY t(text, n) ORDER BY n",
        cell=sql.Sql(neutralised("t.text")),
        texts=texts,
    )
    assert [row.cell for row in sql.rows(query)] == [neutralise(text) for text in texts]
