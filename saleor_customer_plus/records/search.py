"""What a record is found by, and what it is sorted by when sorted by name.

The database computes both (generated columns), in core PostgreSQL only; `search_query` cuts what the user typed in the
same way. A word matches the start of a term.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField, Value

from ..core.expressions import SchemaExpression

# Where words end, in names as in e-mail addresses. Kept to ASCII: what `\w` means depends on the database's locale.
_SEPARATORS = r"[\s@._+,;:/()<>''\"&|!*\\-]+"
_SEPARATORS_SQL = r"[[:space:]@._+,;:/()<>''\"&|!*\\-]+"
MAX_WORDS = 10
_MARKS = "[\u0300-\u036f]"

# ITU-T E.164 country calling codes form a prefix-free set: this cuts one off an international number.
_CALLING_CODE = (
    r"^(1|7|2[07]|2[1-689][0-9]|3[0-469]|3[578][0-9]|4[013-9]|42[0-9]|5[1-8]|5[09][0-9]|6[0-6]|6[7-9][0-9]"
    r"|8[1246]|8[0578][0-9]|9[0-58]|9[679][0-9])0*"
)


def words_of(text: str) -> str:
    """The SQL for the words of a text, as an array: no accents, lower case, no punctuation."""
    plain = f"lower(regexp_replace(normalize({text}, NFKD), '{_MARKS}', '', 'g'))"
    # A lexeme holds 2,046 bytes at the most: longer runs are cut rather than refused. That costs more than all
    # the rest, so it is left out for what is too short, also after NFKD, which makes 3 bytes 33 at the worst.
    cut = f"regexp_replace({plain}, '([^[:space:]]{{255}})', '\\1 ', 'g')"
    # In ASCII, as most texts are, there is nothing to take apart.
    return f"""CASE
        WHEN octet_length({text}) >= 180 THEN {_split(cut)}
        WHEN octet_length({text}) > char_length({text}) THEN {_split(plain)}
        ELSE {_split(f"lower({text})")}
    END"""


def _split(text: str) -> str:
    return f"regexp_split_to_array({text}, '{_SEPARATORS_SQL}')"


def _phone_terms(phone: str, phones: str) -> str:
    """The SQL for the digits of phones, with and without the country's calling code, as an array."""
    digits = f"regexp_replace({phone} || ',' || ({phones})::text, '[^0-9,]', '', 'g')"
    full = f"regexp_replace({digits}, '(^|,)0+', '\\1', 'g')"
    national = f"regexp_replace({full}, '(^|,){_CALLING_CODE[1:]}', '\\1', 'g')"
    # Nearly everybody has one number or none, in E.164: that takes a tenth of the time.
    one = f"ltrim({phone}, '+0')"
    return f"""CASE
        WHEN {phone} ~ '^[+]?[0-9]*$' AND {phones} = '[]'::jsonb
            THEN ARRAY[{one}, regexp_replace({one}, '{_CALLING_CODE}', '')]
        ELSE string_to_array({full}, ',') || string_to_array({national}, ',')
    END"""


class SearchTerms(SchemaExpression):
    """The terms of a record as a `tsvector`: words of name, company, e-mails and number, and the digits of phones.

    Accents are stripped (`normalize` and a regular expression, both immutable), so `Müller` is found by `muller`.
    A phone gives its digits with and without the country's calling code.
    """

    def sql(self, *columns: str) -> str:
        email, first, last, company, number, phone, phones, emails = columns
        text = f"{email} || ' ' || {first} || ' ' || {last} || ' ' || {company} || ' ' || COALESCE({number}, '')"
        text += f" || CASE WHEN {emails} = '[]'::jsonb THEN '' ELSE ' ' || btrim({emails}::text, '[]') END"
        return f"array_to_tsvector(array_remove({words_of(text)} || {_phone_terms(phone, phones)}, ''))"


class SortName(SchemaExpression):
    """Last name, first name; the e-mail address for somebody without a name. Lower-cased."""

    arity = 3

    def sql(self, *columns: str) -> str:
        last, first, email = columns
        return f"lower(COALESCE(NULLIF(btrim({last} || ' ' || {first}), ''), {email}))"


def folded(text: str) -> str:
    """The SQL for a text without accents, in lower case: what all spellings of a city have in common."""
    plain = f"lower(regexp_replace(normalize({text}, NFKD), '{_MARKS}', '', 'g'))"
    letters = f"translate({plain}, '{''.join(_STROKES)}', '{''.join(_STROKES.values())}')"
    spelt_out = functools.reduce(lambda sql, pair: f"replace({sql}, '{pair[0]}', '{pair[1]}')", _PAIRS.items(), letters)
    return f"CASE WHEN octet_length({text}) > char_length({text}) THEN {spelt_out} ELSE lower({text}) END"


# Letters that Unicode does not take apart. In both cases: what `lower` knows depends on the database's locale.
_STROKES = dict(zip("ŁłØøĐđĦħı", "llooddhhi", strict=True))
_PAIRS = {"ß": "ss", "ẞ": "ss", "Æ": "ae", "æ": "ae", "Œ": "oe", "œ": "oe"}


class FoldedText(SchemaExpression):
    """A text as `folded` spells it, of a field or a value."""

    arity = 1
    output_field = TextField()

    def sql(self, *columns: str) -> str:
        (text,) = columns
        return f"({folded(text)})"

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> tuple[str, Any]:
        text, params = compiler.compile(self.source_expressions[0])
        if not params:
            return self.sql(text), []
        # Not as a subquery: PostgreSQL computes it while it plans, and then knows how many rows have it.
        spelt = folded(f"({text})::text")
        return f"({spelt})", [*params] * (spelt.count("%s") // len(params))


def split_words(text: str) -> list[str]:
    """Cut what the user typed into words as the database cuts a record: no accents, lower case, no punctuation.

    >>> split_words("Jean-Luc MÜLLER")
    ['jean', 'luc', 'muller']
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("\x00", " "))
    plain = re.sub(_MARKS, "", decomposed).lower()
    return [word for word in re.split(_SEPARATORS, plain) if word]


def search_query(text: str, *, whole_words: bool = False) -> str:
    """Return the `tsquery` that finds what the user typed, or a blank one when there is no word in it.

    Every word must match the start of a term, or with `whole_words` all of one; those after the tenth are left out, so
    that a pasted text still finds somebody. Digits find phones however they are
    grouped and whether a zero or the country comes first, besides what they are by themselves.

    >>> search_query("Anna R")
    "'anna':* & 'r':*"
    >>> search_query("0171/23")
    "((('0171' | '171') & '23':*) | '17123':*)"
    """
    star = "" if whole_words else ":*"
    parts: list[str] = []
    for is_digits, run in itertools.groupby(_first_words(text), key=_is_digits):
        words = list(run)
        if is_digits:
            is_dialled = words[0].startswith("0") or text.lstrip().startswith("+")
            parts.append(_digits_query(words, star, is_dialled=is_dialled))
        else:
            parts.extend(_any_of([word], star) for word in words)
    return " & ".join(dict.fromkeys(parts))


def _first_words(text: str) -> list[str]:
    """The words up to the tenth different one. The groups of a phone number may repeat."""
    words: list[str] = []
    seen: set[str] = set()
    for word in split_words(text):
        if word in seen and not _is_digits(word):
            continue
        if (word not in seen and len(seen) == MAX_WORDS) or len(words) == 2 * MAX_WORDS:
            break
        seen.add(word)
        words.append(word)
    return words


def matches(query: str, *, is_guessable: bool = False) -> Q:
    """The condition that the terms of a record match a `tsquery`.

    PostgreSQL has statistics of whole words, but guesses wildly how many words begin with some letters or digits. So
    unless the query `is_guessable` it stands in a subquery: PostgreSQL then plans without seeing it, takes it to match
    few records, and uses the index.
    """
    template = "%(expressions)s::tsquery" if is_guessable else "(SELECT %(expressions)s::tsquery)"
    wanted = Func(Value(query), template=template, output_field=TextField())
    return Q(
        Func(F("search_terms"), wanted, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
    )


def phone_digits(text: str) -> str:
    """Return the digits by which a phone number is found, if the text looks like a whole one, else nothing.

    >>> phone_digits("+49 (0)171 234-567"), phone_digits("Anna 171")
    ('49171234567', '')
    """
    if not re.fullmatch(r"\s*\+?[0-9\s()./-]+", text):
        return ""
    digits = _joined(split_words(text))
    return digits if len(digits) >= _SHORTEST_PHONE else ""


# Fewer digits are hardly a phone number of their own.
_SHORTEST_PHONE = 5


def _is_digits(word: str) -> bool:
    return word.isascii() and word.isdigit()


def _joined(groups: list[str]) -> str:
    """The digits of a phone number cut in groups, without the zeros that are dialled before it: 0, 00 and (0)."""
    return "".join(group for group in groups if group != "0").lstrip("0")


def _digits_query(groups: list[str], star: str, *, is_dialled: bool) -> str:
    # Read one by one, the groups of a phone are whole: very many phones begin like some country or network.
    *first, last = groups
    each = [_any_of([group, group.lstrip("0")], "" if is_dialled else star) for group in first]
    plain = " & ".join([*each, _any_of([last, last.lstrip("0")], star)])
    joined = _joined(groups)
    return f"(({plain}) | {_any_of([joined], star)})" if first and joined else plain


def _any_of(words: list[str], star: str) -> str:
    # `split_words` leaves no quote and no backslash in a word.
    quoted = [f"'{word}'{star}" for word in dict.fromkeys(words) if word]
    return quoted[0] if len(quoted) == 1 else f"({' | '.join(quoted)})"
