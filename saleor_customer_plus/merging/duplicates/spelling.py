"""What is left of a name, an address, a phone number or a mailbox when its spelling does not matter.

All caches hold parts of names and addresses: `forget` empties them when a process leaves off searching.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from ...records.email import GMAIL, mailbox_of

# What each cache remembers: what the records of some ranges have in common. More of it costs memory and saves no time.
REMEMBERED = 20_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Letters that Unicode does not decompose, as they are most often written without them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile("['\u2019`\u00b4]")
# Two letters for one with an umlaut: Müller, Mueller and Muller are alike.
_UMLAUTS = re.compile(r"([aou])e")
_NUMBER = re.compile(r"\d+")
_DOUBLED = re.compile(r"(.)\1")

# Of given names that are of two people where the rest is the same: Martin and Martina, Maria and Mario.
_ENDINGS = frozenset({"", *"aeionsy", "an", "ia", "ie", "na", "ina", "ine"})

# How words of a street are abbreviated, in the languages of the screens and in English.
_STREET_WORDS = {
    "str": "strasse",
    "street": "strasse",
    "st": "strasse",
    "rd": "road",
    "ave": "avenue",
    "av": "avenue",
    "avda": "avenida",
    "blvd": "boulevard",
    "bd": "boulevard",
    "ln": "lane",
    "dr": "drive",
    "pl": "platz",
    "pza": "plaza",
    "pzza": "piazza",
    "v": "via",
    "vle": "viale",
    "cso": "corso",
    "c": "calle",
}
_STREET_END = re.compile(r"str$")

# Legal forms, which one writes and another leaves out.
_LEGAL_FORMS = _words("gmbh ag kg ohg ug ev co inc llc ltd plc corp sa sas sarl srl spa snc sl slu bv nv ab oy as")

# Providers of mailboxes. Whoever misspells one has written an address that does not exist.
PROVIDERS = _words(
    """
    gmail.com googlemail.com mail.com email.com ymail.com hotmail.com hotmail.de hotmail.fr hotmail.it hotmail.es
    hotmail.co.uk outlook.com outlook.de outlook.fr outlook.it outlook.es live.com live.de live.fr live.it msn.com
    yahoo.com yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.uk icloud.com me.com mac.com aol.com aol.de gmx.de gmx.net
    gmx.at gmx.ch web.de freenet.de t-online.de posteo.de mailbox.org proton.me protonmail.com libero.it tiscali.it
    virgilio.it alice.it tin.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr telefonica.net bluewin.ch btinternet.com
    zoho.com fastmail.com yandex.ru yandex.com mail.ru qq.com 163.com
    """
)
# Shorter names are too often one letter from another one that exists.
_SHORTEST_PROVIDER = 9
# Mailboxes of nobody in particular.
ROLES = _words(
    """
    info office mail kontakt contact contacto contatti hello hallo sales support service shop admin einkauf orders order
    bestellung buchhaltung rechnung invoice billing accounting team post reception empfang noreply newsletter
    """
)


@lru_cache(maxsize=REMEMBERED)
def fold(text: str) -> str:
    """Words in lower case, without accents and punctuation."""
    folded = _APOSTROPHES.sub("", text.casefold())
    if folded.isascii():
        return _NO_WORD.sub(" ", folded).strip()
    parts = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
    # Composed again: a syllable of Hangul is one letter, and so is a kana with its mark.
    whole = unicodedata.normalize("NFC", "".join(char for char in parts if not _is_left_out(char)))
    return " ".join("".join(char if char.isalnum() or _is_mark(char) else " " for char in whole).split())


def _is_left_out(char: str) -> bool:
    """Whether a word is the same without it: an accent, a vowel point of Hebrew or Arabic, or what nobody sees."""
    combining = unicodedata.combining(char)
    is_unseen = "\ufe00" <= char <= "\ufe0f" or unicodedata.category(char) == "Cf"
    return combining >= 200 or combining == 1 or 10 <= combining <= 36 or is_unseen


def _is_mark(char: str) -> bool:
    """Whether it is a part of a word though no letter: the vowels of Devanagari or Thai are."""
    return unicodedata.category(char).startswith("M")


@lru_cache(maxsize=REMEMBERED)
def name_words(text: str) -> tuple[str, ...]:
    """The words of a first or last name."""
    return tuple(_UMLAUTS.sub(r"\1", word) for word in fold(text).split())


@lru_cache(maxsize=REMEMBERED)
def company(text: str) -> str:
    """A company without its legal form."""
    words = fold(text).split()
    return " ".join([word for word in words if word not in _LEGAL_FORMS] or words)


@lru_cache(maxsize=REMEMBERED)
def street(text: str) -> tuple[str, str]:
    """The words of a street, and the number of the house, blank if there is none."""
    words, number = [], ""
    for word in fold(text).split():
        if found := _NUMBER.match(word):
            number = number or found.group()
            continue
        if len(word) == 1 and number:
            continue  # the letter of the house
        word = _STREET_WORDS.get(word, _STREET_END.sub("strasse", word))
        words.append(_UMLAUTS.sub(r"\1", word))
    return " ".join(words), number


@lru_cache(maxsize=REMEMBERED)
def postal_code(text: str) -> str:
    return fold(text).replace(" ", "")


@lru_cache(maxsize=REMEMBERED)
def phone(text: str) -> str:
    """The digits that are the same with and without the prefix of the country, or blank if these are too few."""
    digits = "".join(_NUMBER.findall(text))
    return digits[-9:] if len(digits) >= 7 else ""


@lru_cache(maxsize=REMEMBERED)
def provider(domain: str) -> str:
    """The domain of a mailbox, or the provider that is meant if the domain is one typo from it."""
    if domain in PROVIDERS or len(domain) < _SHORTEST_PROVIDER - 1:
        return "gmail.com" if domain in GMAIL else domain
    meant = sorted(one for one in PROVIDERS if len(one) >= _SHORTEST_PROVIDER and within(domain, one, 1))
    if not meant:
        return domain
    return "gmail.com" if meant[0] in GMAIL else meant[0]


def is_misspelled(one: str, other: str) -> bool:
    """Whether one of two domains is the other one with a typo, and not one that exists: mail.com is not gmail.com."""
    known = (one in PROVIDERS) + (other in PROVIDERS)
    if known == 2 or (known == 0 and min(len(one), len(other)) < _SHORTEST_PROVIDER):
        return False
    return within(*sorted((one, other)), 1)


@lru_cache(maxsize=REMEMBERED)
def mailbox(email: str) -> tuple[str, str, str]:
    """The part before the @ without what providers ignore, the domain, and the domain that is meant."""
    local, _at, domain = mailbox_of(email).rpartition("@")
    meant = provider(domain)
    if meant == "gmail.com":
        local = local.replace(".", "") or local
    return local, domain, meant


@lru_cache(maxsize=REMEMBERED)
def within(one: str, other: str, most: int) -> bool:
    """Whether so many typos make one text the other: a letter too many, missing, wrong, or two in the wrong order."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > most:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if max(len(one), len(other)) <= 1:
        return most >= 1
    if len(one) == len(other) == 2 and one == other[::-1]:
        return most >= 1
    return most > 1 and _distance(one, other) <= most


def _distance(one: str, other: str) -> int:
    """The optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != its))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def is_made_of(local: str, names: Iterable[str]) -> bool:
    """Whether a mailbox is called by these names and nothing else, but for a letter."""
    if sum(map(str.isdigit, local)) > 1:
        return False
    rest = _UMLAUTS.sub(r"\1", fold(local).replace(" ", ""))
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "", 1)
    return sum(map(str.isalpha, rest)) <= 1


def alike(one: str, other: str) -> bool:
    """Whether two words differ by a typo: one in short words, two from eight letters on."""
    shorter = min(len(one), len(other))
    if shorter < 3:
        return False
    return within(one, other, 2 if shorter >= 8 else 1) if one < other else within(other, one, 2 if shorter >= 8 else 1)


def differ_in_ending(one: str, other: str) -> bool:
    """Whether two given names are the same but for an ending that tells women from men, or sisters and brothers."""
    one, other = _DOUBLED.sub(r"\1", one), _DOUBLED.sub(r"\1", other)
    stem = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    ends = one[stem:], other[stem:]
    shortest = 2 if all(len(end) == 1 for end in ends) else 3
    return one != other and stem >= shortest and _ENDINGS.issuperset(ends)


def forget() -> None:
    """Empty all caches."""
    for cached in (fold, name_words, company, street, postal_code, phone, provider, mailbox, within):
        cached.cache_clear()
