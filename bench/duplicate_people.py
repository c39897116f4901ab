"""A generated shop whose duplicates are known: records of the same people, with errors as people make them.

Nothing of it is read from the search for duplicates. `generate` is the same for the same seed everywhere.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from .people import COMPANIES, FIRST_NAMES, LAST_NAMES, STREETS, TRADES, words

# Consonants and vowels of which rare names and streets are made.
_ONSETS = words("b br d dr f fl g gr h j k kl kr l m n p pr r s sch st t tr v w z")
_VOWELS = words("a e i o u au ei ie")
_CODAS = words("n r l s t ck mann berg er ler ner sen ski ini etti ard in el ko vic")
_MORE_FIRST_NAMES = words("""
Alexander Andrea Angela Annika Arthur Barbara Beate Birgit Carlos Carmen Caroline Christian Christine Claudia Daniel
Dominik Elisabeth Emilia Erik Eva Fabian Florian Francesca Frank Franziska Georg Gabriele Helena Helmut Ingrid Jana
Jan Jessica Johannes Jonas Josef Katharina Kevin Laura Leon Lisa Lorenzo Luca Luisa Manuel Marco Marie Markus Martha
Martin Matthias Michael Miguel Monika Nicole Niklas Patrick Paul Peter Philipp Ralf Robert Sabine Sandra Sarah Sebastian
Simon Sofia Sophie Susanne Thomas Tim Tobias Ursula Valentina Veronika Walter Wolfgang
""")
_PROVIDERS = words(
    "gmail.com gmx.de web.de outlook.com hotmail.com yahoo.com icloud.com t-online.de libero.it orange.fr"
)
_WEIGHTS = (34, 14, 12, 9, 7, 6, 6, 5, 4, 3)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the shop, and the person that it really is of."""

    person: int
    email: str
    first_name: str
    last_name: str
    phone: str
    street: str
    postal_code: str
    city: str
    company: str


def generate(people: int, seed: int) -> list[Record]:
    """The records of so many people, in a random order: about 1.4 times as many."""
    world = _World(random.Random(seed), people)
    records = list(world.records())
    world.random.shuffle(records)
    return records


class _World:
    """A region with households, blocks of flats and companies."""

    def __init__(self, random: random.Random, people: int) -> None:
        self.random = random
        self.people = people
        rare = {self._syllables(2).capitalize() for _ in range(max(people // 3, 500))}
        self.last_names = [*LAST_NAMES, *sorted(rare)]
        # A few names are very common, and half of the people have one that hardly anybody else has.
        common, single = len(LAST_NAMES), len(self.last_names) - len(LAST_NAMES)
        weights = [1 / (rank + 4) for rank in range(common)]
        scale = sum(weights)
        self.last_name_sums = list(accumulate([*(weight / scale for weight in weights), *([1.0 / single] * single)]))
        self.first_names = [*FIRST_NAMES, *_MORE_FIRST_NAMES]
        self.postal_codes = [f"{number:05d}" for number in random.sample(range(10_000, 99_999), max(people // 60, 20))]
        self.streets = [*STREETS, *(f"{self._syllables(2).capitalize()}straße" for _ in range(400))]
        self.used: set[str] = set()  # mailboxes
        self.written: set[str] = set()  # and how they are written

    # What there is.

    def _syllables(self, number: int) -> str:
        return "".join(self.random.choice(_ONSETS) + self.random.choice(_VOWELS) for _ in range(number)) + (
            self.random.choice(_CODAS)
        )

    def _last_name(self) -> str:
        return self.random.choices(self.last_names, cum_weights=self.last_name_sums)[0]

    def _address(self) -> tuple[str, str]:
        code = self.random.choice(self.postal_codes)
        return f"{self.random.choice(self.streets)} {self.random.randint(1, 120)}", code

    def _mobile(self) -> str:
        return f"+4915{self.random.randint(10**8, 10**9 - 1)}"

    def _landline(self) -> str:
        return f"+4930{self.random.randint(10**7, 10**8 - 1)}"

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # Who there is.

    def records(self) -> Iterator[Record]:
        person = 0
        while person < self.people:
            kind = self.random.random()
            size = 1 if kind < 0.55 else self.random.randint(2, 4)
            some = self._colleagues(person, size + 2) if kind > 0.95 else self._household(person, size)
            for one in some[: self.people - person]:
                yield from self._several(one)
            person += len(some)

    def _household(self, person: int, size: int) -> list[Record]:
        street, code = self._address()
        name, landline = self._last_name(), self._landline() if self._chance(0.4) else ""
        members: list[Record] = []
        for number in range(size):
            first = self.random.choice(self.first_names)
            while any(one.first_name == first for one in members) and not self._chance(0.02):  # or junior
                first = self.random.choice(self.first_names)
            last = name if self._chance(0.85) else self._last_name()  # flatmates, and those who kept their names
            phone = landline if landline and self._chance(0.5) else self._mobile()
            members.append(self._made(person + number, first, last, phone, street, code))
        return members

    def _colleagues(self, person: int, size: int) -> list[Record]:
        """People who order for a company, with the phone of its reception."""
        street, code = self._address()
        word = self.random.choice(COMPANIES)
        company, domain = f"{word} {self.random.choice(TRADES)}", f"{_plain(word)}-{self._syllables(1)}.de"
        reception = self._landline()
        members = []
        for number in range(size):
            first, last = self.random.choice(self.first_names), self._last_name()
            one = self._made(person + number, first, last, reception, street, code)
            email = self._free(f"{_plain(first)}.{_plain(last)}@{domain}")
            members.append(replace(one, company=company, email=email))
        return members

    def _made(self, person: int, first: str, last: str, phone: str, street: str, code: str) -> Record:
        email = self._mailbox(first, last)
        return Record(person, email, first, last, phone, street, code, f"City {code[:2]}", "")

    def _mailbox(self, first: str, last: str) -> str:
        one, other = _plain(first), _plain(last)
        local = self.random.choices(
            [
                f"{one}.{other}",
                f"{one}{other}",
                f"{one[0]}.{other}",
                f"{one}.{other}{self.random.randint(1, 99)}",
                f"{one}{self.random.randint(1950, 2008)}",
                f"{self._syllables(2)}{self.random.randint(1, 999)}",
                f"{other}.{one}",
            ],
            weights=(30, 15, 10, 15, 10, 12, 8),
        )[0]
        return self._free(f"{local}@{self.random.choices(_PROVIDERS, weights=_WEIGHTS)[0]}")

    def _free(self, email: str) -> str:
        """A mailbox that nobody has: providers make people add a number. Gmail takes no other one with other dots."""
        local, _at, domain = email.partition("@")
        while (key := _as_provider(email)) in self.used or email in self.written:
            email = f"{local}{self.random.randint(1, 9999)}@{domain}"
        self.used.add(key)
        self.written.add(email)
        return email

    def _rewritten(self, email: str, other: str) -> str:
        """Another spelling of a mailbox, or another mailbox where that is how a record has it already."""
        if other in self.written:
            return self._free(email)
        self.written.add(other)
        return other

    # What people get wrong.

    def _several(self, first: Record) -> Iterator[Record]:
        yield first
        number = self.random.choices((0, 1, 2, 3, 4), weights=(72, 19, 6, 2, 1))[0]
        for _ in range(number):
            yield self._again(first)

    def _again(self, one: Record) -> Record:
        """The same person comes back under another address."""
        one = self._other_name(one)
        one = self._other_place(one)
        one = self._other_phone(one)
        if one.company and self._chance(0.3):
            one = replace(one, company="")
        return replace(one, email=self._other_email(one))

    def _other_name(self, one: Record) -> Record:
        first, last = one.first_name, one.last_name
        if self._chance(0.03):  # married
            other = self._last_name()
            last = f"{last}-{other}" if self._chance(0.3) else other
        if self._chance(0.07):
            first = self._typo(first)
        if self._chance(0.07):
            last = self._typo(last)
        if self._chance(0.15):
            first, last = _without_accents(first), _without_accents(last)
        if self._chance(0.05):
            first = f"{first[0]}."
        if self._chance(0.06):
            first, last = self.random.choice(((first.upper(), last.upper()), (first.lower(), last.lower())))
        if self._chance(0.04):
            first, last = last, first
        elif self._chance(0.03):
            first, last = "", ""  # signed up for the newsletter only
        return replace(one, first_name=first, last_name=last)

    def _other_place(self, one: Record) -> Record:
        if self._chance(0.12):  # left out
            return replace(one, street="", postal_code="", city="")
        if self._chance(0.15):  # moved
            street, code = self._address()
            return replace(one, street=street, postal_code=code, city=f"City {code[:2]}")
        street = one.street
        if self._chance(0.15):
            street = street.replace("straße", self.random.choice(("str.", "strasse", " Str.")))
        if self._chance(0.07):
            street = self._typo(street)
        if self._chance(0.1):
            street = f"{street}{self.random.choice('abc')}"
        code = one.postal_code if self._chance(0.97) else self._typo(one.postal_code, "0123456789")
        return replace(one, street=street, postal_code=code)

    def _other_phone(self, one: Record) -> Record:
        if self._chance(0.3):
            return replace(one, phone="")
        if self._chance(0.12):
            return replace(one, phone=self._mobile())
        return replace(one, phone=self._typo(one.phone[:3], "")[:3] + one.phone[3:-4] + self._digits(one.phone[-4:]))

    def _digits(self, digits: str) -> str:
        return self._typo(digits, "0123456789") if self._chance(0.03) else digits

    def _other_email(self, one: Record) -> str:
        local, _at, domain = one.email.partition("@")
        kind = self.random.random()
        if kind < 0.12:
            name, dot, end = domain.partition(".")
            return self._rewritten(one.email, f"{local}@{self._typo(name)}{dot}{end}")
        if kind < 0.2:
            tag = self.random.choice(("shop", "news", "orders", "2024"))
            return self._rewritten(one.email, f"{local}+{tag}@{domain}")
        if kind < 0.28 and domain == "gmail.com" and "." in local:
            meant = f"{local.replace('.', '')}@{self.random.choice(('gmail.com', 'googlemail.com'))}"
            return self._rewritten(one.email, meant)
        if kind < 0.36:
            return self._rewritten(one.email, f"{self._typo(local)}@{domain}")
        if kind < 0.5:
            return self._free(f"{local}@{self.random.choices(_PROVIDERS, weights=_WEIGHTS)[0]}")
        return self._mailbox(one.first_name or "kunde", one.last_name or "shop")

    def _typo(self, text: str, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
        """One letter wrong, too many or missing, or two in the wrong order; never the first one."""
        if len(text) < 3 or not letters:
            return text
        at = self.random.randrange(1, len(text) - 1)
        kind = self.random.randrange(3 if letters.isdigit() else 4)
        if kind == 0:
            return text[:at] + self.random.choice(letters) + text[at + 1 :]
        if kind == 1:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if kind == 2:
            return text[:at] + self.random.choice(letters) + text[at + (letters.isdigit()) :]
        return text[:at] + text[at + 1 :]


def _without_accents(text: str) -> str:
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ø", "o")):
        text = text.replace(letter, written).replace(letter.upper(), written.capitalize())
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _as_provider(email: str) -> str:
    local, _at, domain = email.partition("@")
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return email


def _plain(text: str) -> str:
    return "".join(char for char in _without_accents(text).lower() if char.isalnum())
