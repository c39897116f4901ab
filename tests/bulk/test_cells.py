"""Cells that a spreadsheet would run, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.bulk.cells import (
    defuse,
    defused,
    guarded,
    is_formula,
    neutralise,
    neutralise_again,
    neutralised,
    restore,
)
from saleor_customer_plus.core import sql

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
# What programs take for the end of a cell, and what they pass over before a formula.
SEPARATORS = ",;|\t\r\n\x0b\x0c\x85\u2028"
BLANKS = ' "\xa0\u200b\ufeff\u3000\x07'
# What the database can hold.
TEXTS = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=["Cs"]))
NASTY = st.lists(
    st.one_of(
        st.text("'" + SIGNS + SEPARATORS + BLANKS + "0", max_size=4),
        st.sampled_from(["-Anna", "cmd|' /C calc'!A0", "SUM(1)", "'t Hooft", "+39 06 123", "#$A"]),
        TEXTS,
    ),
    max_size=5,
).map("".join)  # most texts are harmless


def cells_of(row: list[str]) -> Iterator[str]:
    """All cells that anybody can find in a file of this row: by its delimiter, and by others."""
    for written in ",;\t|":
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=written).writerow(row)
        for read in ",;\t|":
            for cells in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=read):
                yield from cells
            for line in file.getvalue().splitlines():  # without regard to quotes
                yield from line.split(read)


def begins_like_a_formula(cell: str) -> bool:
    return cell.lstrip(SEPARATORS + BLANKS).startswith(tuple(SIGNS))


@given(NASTY)
@example("+4930123456")
@example("00493012")
@example("'")
@example("x;=1+1;")
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not is_formula(neutralise(text))


@pytest.mark.parametrize("begin", [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"])
def test_nothing_that_begins_like_a_formula_is_left(begin: str) -> None:
    assert neutralise(f"{begin}cmd!A0") == f"'{begin}cmd!A0"
    assert is_formula(f"{begin}1")


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("blanks", ["", " ", "\xa0 ", '"', '" '])
def test_nothing_is_left_behind_a_separator(separator: str, blanks: str) -> None:
    for sign in SIGNS:
        text = f"x{separator}{blanks}{sign}1+1"
        assert neutralise(text) == f"x{separator}'{blanks}{sign}1+1"
        assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", ["Anna", "O'Neil, 'Bob'", "a-b; c+d", "https://x.org/?a=b", "x;1=1", "mail@x.org"])
def test_what_no_program_runs_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == defuse(text) == text


@settings(max_examples=200)
@given(NASTY, NASTY)
@example("m@example.com", "x;=1+1;")
@example("m@example.com", 'x;"=1+1";')
@example('"=1', 'a,";"|""=1')
def test_no_program_finds_a_formula_however_it_cuts_the_row(first: str, second: str) -> None:
    cells = list(cells_of(["x", neutralise(first), neutralise(second)]))
    assert [cell for cell in cells if begins_like_a_formula(cell) and not _is_only_quotes_away(cell)] == []


def _is_only_quotes_away(cell: str) -> bool:
    """A cell that begins with a separator of the file's own, and so with text: `,'=1`."""
    return cell.lstrip(SEPARATORS + BLANKS) == ""


@given(NASTY)
def test_what_nobody_neutralised_changes_only_where_it_looks_like_it(text: str) -> None:
    restored = restore(text)
    assert restored == text or len(restored) < len(text)
    assert restored.replace("'", "") == text.replace("'", "")


@given(NASTY)
@example("'=1")
@example("x;'=1")
def test_what_may_be_neutralised_already_is_read_as_before(text: str) -> None:
    again = neutralise_again(text)
    assert restore(again) == restore(text)
    assert neutralise_again(again) == again
    assert not any(map(begins_like_a_formula, [again, *again.split(";")]))


@pytest.mark.parametrize(
    "text",
    [
        "'t Hooft", "-Anna", "- Anna, Maria", "+39 06 1234567", "+39 (0)6 123-45/6", "@anna", "-anna@example.com",
        "vip, -10%", "+1 & more", "Via Roma\n- citofono 3", "'-Anna", "-", "+",
    ],
)  # fmt: skip
def test_names_and_numbers_go_to_other_tools_as_they_are(text: str) -> None:
    assert defuse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=Anna", '="x"', "\uff1d1", " =1", "\xa0=1", '"=1', "@SUM(1)", "-2+3+cmd|' /C calc'!A0",
        "+HYPERLINK(A1)", "-'file:///etc/passwd'#$passwd.A1", "+'\\\\host\\x'", "-x,y(1)", "+A1:A2",
        "\uff0bSUM\uff081)",
    ],
)  # fmt: skip
def test_what_could_do_harm_is_marked_for_other_tools(text: str) -> None:
    assert defuse(text) == f"'{text}"
    assert defuse(f"x;{text}") == f"x;'{text}"


def in_sql(expression: Callable[[str], str], texts: list[str]) -> list[str]:
    query = sql.fill(
        "SELECT {cell} AS cell FROM unnest({texts}::text[]) WITH ORDINALITY t(text, n) ORDER BY n",
        cell=sql.Sql(expression("t.text")),
        texts=texts,
    )
    return [row.cell for row in sql.rows(query)]


LISTS = st.lists(NASTY, min_size=50, max_size=150)


@pytest.mark.django_db
@settings(max_examples=10)
@given(LISTS)
def test_where_cells_are_texts_only_what_looks_neutralised_is_marked(texts: list[str]) -> None:
    found = in_sql(guarded, texts)
    assert list(map(restore, found)) == texts
    assert [one for one, text in zip(found, texts, strict=True) if one != text and restore(text) == text] == []


@pytest.mark.django_db
@settings(max_examples=10)
@given(LISTS)
def test_postgresql_does_the_same(texts: list[str]) -> None:
    assert in_sql(neutralised, texts) == list(map(neutralise, texts))
    assert in_sql(defused, texts) == list(map(defuse, texts))
