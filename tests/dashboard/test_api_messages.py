"""What the API says in English, in the reader's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import saleor_customer_plus
from saleor_customer_plus.customers.emails import too_many
from saleor_customer_plus.dashboard.api_messages import SENTENCES, known, translated

PACKAGE = Path(saleor_customer_plus.__file__).parent
IMPORTS = PACKAGE / "bulk" / "imports"
# What is said of a row of a list, and of a value in a form.
SOURCES = [
    *(IMPORTS / "values").glob("*.py"),
    *(IMPORTS / f"{name}.py" for name in ("account_data", "accounts", "column_readers", "consents", "import_undo")),
    *(IMPORTS / f"{name}.py" for name in ("own_fields", "planner", "problems", "row_reader")),
    PACKAGE / "records" / "validation.py",
]
# Made of what other places say.
_COMPOSED = re.compile(r"^(7 )+|^Address 7, 7: 7$|^ ?Its id is 7\.$")


def sentences(path: Path) -> Iterator[str]:
    """What a module says: texts that end like a sentence and are no docstring, with a number for whatever varies."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    skipped = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
        text = _COMPOSED.sub("", text).strip()
        if re.fullmatch(r"[A-Z7].* .*[.?]", text):
            yield text


# What a word or a half sentence stands for where the code puts it in.
STANDS_FOR = {
    "This person 7.": ("This person is known already.", "This person is not known."),
    "Duplicate of row 7, which 7.": ("Duplicate of row 7, which was used.", "Duplicate of row 7, which counts."),
    "Row 7, which has the same e-mail address, 7 instead. To use this row, correct it and import it again.": (
        "Row 7, which has the same e-mail address, was used instead. To use this row, correct it and import it again.",
        "Row 7, which has the same e-mail address, counts instead. To use this row, correct it and import it again.",
    ),
    "In this column the 7 comes first, so this is not a date. Write it as 2024-05-31.": (
        "In this column the day comes first, so this is not a date. Write it as 2024-05-31.",
        "In this column the month comes first, so this is not a date. Write it as 2024-05-31.",
    ),
    "This field is required.7": ("This field is required.", "This field is required. The row is taken without it."),
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_all_that_is_said_of_rows_and_values_is_known(path: Path) -> None:
    said = [one for text in sentences(path) for one in STANDS_FOR.get(text, (text,))]
    assert [text for text in said if known(text) is None] == []


def test_what_is_collected_is_what_is_said() -> None:
    assert "This is not a phone number." in list(sentences(PACKAGE / "records" / "validation.py"))
    assert "Row 7 has this customer number." in list(sentences(IMPORTS / "planner.py"))


def test_what_imports_say_in_the_words_of_others_is_known() -> None:
    assert known(too_many()) is not None


def test_what_varies_stays() -> None:
    message = "At most 20 phone numbers are allowed. The others are left out."
    with translation.override("de"):
        assert translated(message) == "Höchstens 20 Telefonnummern sind erlaubt. Die übrigen werden weggelassen."
        assert translated("No group has the name A. B, C. Create it first.") == (
            "Keine Gruppe heißt A. B, C. Legen Sie sie zuerst an."
        )
        assert translated("Saleor says something new.") == "Saleor says something new."
        assert translated("This is not a date. Saleor says something new.") == (
            "This is not a date. Saleor says something new."
        )
        assert translated("") == translated(None) == ""
    with translation.override("en"):
        assert translated(message) == message


@pytest.mark.parametrize("language", ["de", "es", "fr", "it"])
def test_every_sentence_keeps_what_varies_in_each_language(language: str) -> None:
    names = re.compile(r"%\((\w+)\)s")
    with translation.override(language):
        for sentence in SENTENCES:
            assert sorted(names.findall(translation.gettext(sentence))) == sorted(names.findall(sentence))
            assert translation.gettext(sentence) != sentence
