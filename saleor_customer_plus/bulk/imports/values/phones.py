"""Phone numbers, and other long numbers that spreadsheets cut."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from .base import REMEMBERED, Doubtful, Unreadable, stored
from .nothing import is_nothing

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# How many of the first characters tell whether a number in E.164 stays as it is: country, area, prefixes to be cut.
_PREFIX = 7


@lru_cache(REMEMBERED)
def _calling_code(prefix: str, rest: int) -> int:
    """The calling code of numbers in E.164 with this prefix and this many more digits, or 0 if they may not stay so."""
    text = prefix + "2" * rest
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return 0
    code = int(parsed.country_code or 0)
    return code if text == f"+{code}{parsed.national_number}" else 0


def _is_stored_as_it_is(cell: str) -> bool:
    """Whether a cell is a valid number in E.164. Most are: to take them apart each time takes most of the time."""
    if not _E164.fullmatch(cell) or not (code := _calling_code(cell[:_PREFIX], len(cell) - _PREFIX)):
        return False
    national = cell[len(str(code)) + 1 :]
    return bool(
        national[0] != "0"
        and phonenumbers.is_valid_number(phonenumbers.PhoneNumber(country_code=code, national_number=int(national)))
    )


# As a spreadsheet shows a long number in a narrow column: `4.915E+12`, `4,91512E+12`.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d{1,2}", re.IGNORECASE)


def check_whole(cell: str) -> None:
    """Raise an error for a number of which a spreadsheet has kept its first digits alone."""
    if _SHORTENED.fullmatch(cell):
        raise Unreadable("A spreadsheet has cut this number. Show its column as text, and save the list again.")


def phones_of(cell: str, region: str) -> list[str] | Doubtful:
    """The numbers in a cell, each once, in E.164. Raise `Unreadable` if none can be read.

    Records keep numbers without extensions: what was left out is reported.
    """
    if _is_stored_as_it_is(cell):
        return [cell]
    numbers, warnings = _phones_of(cell, region)
    return Doubtful(list(numbers), " ".join(warnings)) if warnings else list(numbers)


_SEPARATOR = re.compile(
    r"\s*(?::::|[;,|\n\r\t]+)\s*|\s+(?:oder|und|u\.|or|and|o|ou|e|et|y|of|en|lub|&)\s+|\s+(?=\+)", re.IGNORECASE
)
_SLASH = re.compile(r"/|\s+[-\u2013]\s+")
_LABEL = re.compile(r"[^\d+\uff0b(]*")
_EXTENSION = re.compile(
    r"[\s,;(]*(?:\b(?:extension|extn?|int(?:erno)?|durchwahl|dw|poste|anexo|toestel|ramal|wew)\b\.?|(?<=[\s\d])[x#])"
    r"\s*[.:=]?\s*(\d{1,7})\s*\)?$",
    re.IGNORECASE,
)
# A note behind a number: `030 901820 (mornings)`. Before it are too many digits for a number in letters: 1-800-FLOWERS.
_NOTE = re.compile(r"(?P<number>[+\uff0b(]?(?:\d[\s()./-]*){7,}?)(?P<note>[^\W\d_].*)", re.DOTALL)
_IN_BRACKETS = re.compile(r"\(\s*((?:\+|00)[\d\s]{1,6})\)")
_OF_SPREADSHEET = re.compile(r"(\+?\d{7,15})[.,]0")


@lru_cache(REMEMBERED)
def _phones_of(cell: str, region: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers in a cell, and the warning about it, if any."""
    check_whole(cell.strip())
    if of_spreadsheet := _OF_SPREADSHEET.fullmatch(cell.strip()):
        cell = of_spreadsheet[1]
    numbers: list[str] = []
    warnings: list[str] = []
    errors: list[Unreadable] = []
    for part in _parts(cell):
        try:
            numbers += _of_part(part, region, warnings)
        except Unreadable as error:
            errors.append(error)
    if errors and not numbers:
        raise errors[0]
    if errors:
        warnings.append("One of the phone numbers of this cell cannot be read, and is left out. " + str(errors[0]))
    return tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(warnings))


def _parts(cell: str) -> list[str]:
    parts: list[str] = []
    for part in _SEPARATOR.split(cell):
        if parts and _EXTENSION.fullmatch(f" {part}"):
            parts[-1] += f" {part}"  # `+39 06 1234567, int. 4`
        elif any(map(str.isdigit, part)) and not is_nothing(part):
            parts.append(part)
    return parts or [cell.strip()] if cell.strip(" ;,|/\n") else []


def _of_part(part: str, region: str, warnings: list[str]) -> list[str]:
    """The numbers of a part between separators. A slash is within a number, or between two."""
    pieces = _SLASH.split(part)
    # `030 901820/21` is one number and the last digits of another.
    while len(pieces) > 1 and _count_digits(pieces[-1]) <= 3 and _count_digits("".join(pieces[:-1])) >= 6:
        pieces.pop()
        warnings.append("Only the last digits of another phone number are in this cell. They are left out.")
    whole = "/".join(pieces)
    try:
        return [_one(whole, region, warnings)]
    except Unreadable:
        if not 1 < len(pieces) <= 8 or (found := _between_slashes(pieces, region)) is None:
            raise
        return found


def _between_slashes(pieces: list[str], region: str) -> list[str] | None:
    """The numbers in `030/901820 / 0171/2345678`, if all of it is numbers."""
    if not pieces:
        return []
    for count in range(1, len(pieces) + 1):
        try:
            number = _one("/".join(pieces[:count]), region, [])
        except Unreadable:
            continue
        if (others := _between_slashes(pieces[count:], region)) is not None:
            return [number, *others]
    return None


def _one(text: str, region: str, warnings: list[str]) -> str:
    text = text[_LABEL.match(text).end() :].strip() or text.strip()  # type: ignore[union-attr]
    messages = []
    if extension := _EXTENSION.search(text):
        text = text[: extension.start()]
        messages.append(
            f"The extension {extension[1]} is left out: a phone number is stored without one. Write it into a note."
        )
    elif note := _NOTE.fullmatch(text):
        if _count_digits(note["note"]) >= 6:
            raise Unreadable("There is more than a phone number in this cell. Separate numbers by semicolons.")
        text = note["number"].rstrip(" (./-")
        if not note["note"].strip(" ).").isalpha():
            messages.append("The note behind the phone number is left out.")
    text = _IN_BRACKETS.sub(r"\1 ", text, count=1) if text.startswith("(") else text
    if text.startswith("00") and len(text) > 6:
        text = f"+{text[2:].lstrip()}"  # the international prefix nearly everywhere
    try:
        number = str(stored("phone", text, region))
    except Unreadable:
        if "(0)" not in text:
            raise
        number = str(stored("phone", text.replace("(0)", ""), region))
    warnings += messages
    return number


def _count_digits(text: str) -> int:
    return sum(map(str.isdigit, text))
