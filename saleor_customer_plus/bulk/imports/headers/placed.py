"""Headers that say whose or where something is: `Billing City`, `Ort privat`, `Address 1 - City`, `CAP (uff.)`.

Such a header is a place and a rest that is known by itself. Columns of one place belong together: of several addresses
in a row one is taken as a whole, and never the city of one with the street of another.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from ..values.base import plain
from .synonyms import address_parts, names


class Placed(NamedTuple):
    """A column that is known: what it may be, and of which place. The place is blank for the person's own."""

    keys: tuple[str, ...]
    place: str = ""


# In the order in which they are preferred: the first that is filled in a row counts. What has no place comes first.
_PHRASES = {
    # What says nothing about a place.
    "": """
        customer, contact, user, subscriber, client, cliente, kunde, kunden, utente, usuario, abonnent, properties,
        fields, merge fields, attributes, profile, person, buyer, cust, klient, klant
    """,
    "default": """
        default address, default, address, primary address, primary, main address, main, mailing address, mailing,
        preferred, standard, standardadresse, haupt, hauptadresse, principale, principal, predefinito, predeterminada,
        par defaut
    """,
    "home": """
        home address, home, privat, private, private address, privatadresse, abitazione, ab, residenza, di residenza,
        domicile, domicilio, del domicilio, de residencia, residencia, residence, particular, personal
    """,
    "billing": """
        billing address, billing, bill to, bill, invoice address, invoice, invoicing, payment address, card address,
        card, indirizzo di fatturazione, indirizzo fatturazione, di fatturazione, fatturazione, rechnungsadresse,
        rechnung, rechnungs, rechnungsanschrift, adresse de facturation, de facturation, facturation, direccion de
        facturacion, de facturacion, facturacion, factuuradres, factuur, faturamento, de faturamento
    """,
    "shipping": """
        shipping address, shipping, ship to, ship, delivery address, delivery, last shipping, indirizzo di spedizione,
        indirizzo spedizione, di spedizione, spedizione, di consegna, consegna, lieferadresse, lieferanschrift, liefer,
        lieferung, versandadresse, versand, adresse de livraison, de livraison, livraison, direccion de envio, de
        envio, envio, de entrega, entrega, bezorgadres, bezorg, verzendadres, verzend
    """,
    "work": """
        business address, business, work address, work, office, company address, uff, ufficio, lavoro, geschaftlich,
        geschaftl, dienstlich, buro, bureau, professionnel, travail, del trabajo, de trabajo, trabajo, oficina
    """,
    "other": """
        other address, other, altro, altra, weiterer, weitere, weiteres, andere, autre, otro, otra, secondary,
        alternate, alternative
    """,
}
PLACES = tuple(_PHRASES)
_NUMBERED = re.compile(
    r"(?:address|indirizzo|adresse|direccion) (?P<address>[1-9]) (?=[^\W\d])(?P<rest>.+)|(?P<part>.+) (?P<last>[1-9])"
    r"|(?P<before>\D+) (?P<middle>[1-9]) (?P<after>\D+)"
)
_COMPOUNDS = re.compile(r"(?P<place>rechnungs|liefer|versand|privat|factuur|verzend|bezorg)(?P<rest>[a-z]{2,}.*)")
_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Notes of forms without brackets.
_FORMS = re.compile(
    r" (?:required|mandatory|optional|obbligatorio|obbligatoria|facoltativo|pflichtfeld|erforderlich|obligatoire|requis"
    r"|facultatif|obligatorio|opcional|verplicht|wymagane)$"
)
# What is made of known words, and is something else.
_ELSE = frozenset(
    ("username", "user name", "nome utente", "nom d utilisateur", "nombre de usuario", "benutzername", "last", "first")
)


_NAMES = ("first_name", "last_name", "name")
_NAMED = ("", "default", "home", "billing", "shipping")


def rank(place: str) -> tuple[int, str]:
    """Places sort by this, the preferred first. Numbered ones come before the other named ones."""
    if place in PLACES:
        index = PLACES.index(place)
        return (index if index < 2 else index + 1, place)
    return 2, place


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Each phrase and its place, the longest first."""
    listed = [(" ".join(phrase.split()), place) for place, phrases in _PHRASES.items() for phrase in phrases.split(",")]
    return tuple(sorted(listed, key=lambda one: (-len(one[0].split()), -len(one[0]))))


# No header that we know is longer.
_LONGEST = 80


def placed(header: str) -> Placed | None:
    """What a column may be by its header, and of which place; None if nobody knows."""
    return _placed(header) if len(header) <= _LONGEST else None


@lru_cache(5000)
def _placed(header: str) -> Placed | None:
    whole = plain(header)
    for words in dict.fromkeys((whole, plain(_NOTES.sub(" ", header)), _FORMS.sub("", whole))):
        if words and (words not in _ELSE or words in names()) and (found := _of_words(words)) is not None:
            return found
    return None


def _known(words: str) -> tuple[str, ...]:
    return names().get(words) or address_parts().get(words, ())


def _of_words(words: str) -> Placed | None:
    if keys := _known(words):
        return Placed(keys)
    padded = f" {words} "
    for phrase, place in _phrases():
        if f" {phrase} " not in padded:
            continue
        rest = " ".join(padded.replace(f" {phrase} ", "  ", 1).split())
        if rest in _ELSE:
            continue
        if keys := _known(rest):
            if keys[0] in _NAMES and place not in _NAMED:
                continue  # `Weitere Vornamen`
            return Placed(keys, place)
        if place and (found := _of_numbered(rest)) is not None:
            # `Billing Address 1 - City`; but in `Address Line 1 - 1` the number is the place
            return found if place == "default" else Placed(found.keys, place)
        if not place and (inner := _of_words(rest)):
            return inner
    if (found := _of_numbered(words)) is not None:
        return found
    if (compound := _COMPOUNDS.fullmatch(words)) and (keys := _known(compound["rest"])):
        return Placed(keys, next(place for phrase, place in _phrases() if phrase == compound["place"]))
    return None


def _of_numbered(words: str) -> Placed | None:
    found = _NUMBERED.fullmatch(words)
    if found is None:
        return None
    if found["rest"]:
        number, rest = found["address"], found["rest"]
    elif found["part"]:
        number, rest = found["last"], found["part"]
    else:
        number, rest = found["middle"], f"{found['before']} {found['after']}"
    keys = _known(rest)
    if not keys or keys[0] == "email":
        return None  # a second address of mail
    return Placed(keys, f"address {number}")
