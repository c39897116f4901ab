"""Who the people are, as SQL expressions of a person's number: the same person in every table."""

from __future__ import annotations

from dataclasses import dataclass

from .rows import below, pick


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = words(
    """
    Anna Ben Clara David Emma Felix Greta Hannah Ivan Julia Karl Lena Mats Nina Oskar Paula Rosa Stefan Tina
    Uwe Viktor Wanda Xaver Yara Zoe Amélie Björn Chloé Dieter Elena François Giulia Henrik Inés Jörg Käthe
    Lukas Maria Noah Olga Piotr Quentin Renée Søren Teresa Ulrike Vera Willem Yves Zuzana
    """
)
LAST_NAMES = words(
    """
    Müller Rossi Schmidt Garcia Kowalski Novak Jensen Dubois Silva Andersson Virtanen Popescu Horvat Nagy
    Murphy Smith Jones Taylor Brown Wilson Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch
    Bauer Richter Klein Wolf Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner
    Krause Meier Lehmann Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Martin Bernard
    Thomas Petit Robert Richard Durand Leroy Moreau Simon Laurent Lefebvre Michel Lopez Martinez Sanchez
    Perez Gomez Fernandez Moreno Jimenez
    """
)
COMPANIES = words(
    """
    Nordwind Bergmann Alpina Rheintal Solaris Quantum Bluebird Evergreen Helios Kranich Lotus Mercator Nimbus
    Orion Pinnacle Quarz Riviera Stellar Tundra Umbra Vega Westend Xenon Ypsilon Zephyr
    """
)
TRADES = ("Handels GmbH", "Logistics", "Foods", "Design", "Bau AG", "Studio", "S.r.l.", "SARL", "Ltd", "Textil KG")
STREETS = (
    "Torstraße",
    "Main Street",
    "Via Roma",
    "Rue de la Paix",
    "Calle Mayor",
    "Hauptstraße",
    "Storgata",
    "Lindenweg",
)
CITIES = words(
    """
    Berlin Hamburg München Paris Lyon Milano Roma Madrid Wien Zürich London Warszawa Praha Oslo
    """
)
# As a shop's customers are: most from a few countries.
COUNTRIES = words(
    """
    DE DE DE DE DE DE DE AT AT CH FR FR IT IT ES NL BE PL GB US
    """
)
LANGUAGES = words(
    """
    de de de de en en fr it es pl
    """
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's details, each an expression of the person's number."""

    email: str
    first_name: str
    last_name: str
    company_name: str
    phone: str
    country_code: str
    language_code: str
    street: str
    city: str


def person(number: str) -> Person:
    """The person of a number, which is itself an expression."""
    first, last = pick(FIRST_NAMES, number, 101), pick(LAST_NAMES, number, 102)
    company = (
        f"{pick(COMPANIES, number, 103)} || ' ' || {pick(TRADES, number, 104)} || ' ' || {below(400, number, 105)}"
    )
    ascii_only = f"translate(lower({first} || '.' || {last}), 'äöüéåøæß', 'aoueaoas')"
    return Person(
        email=f"{ascii_only} || {number} || '@' || {pick(('example.com', 'example.org', 'example.net'), number, 106)}",
        first_name=first,
        last_name=last,
        company_name=f"CASE WHEN {below(8, number, 107)} = 0 THEN {company} ELSE '' END",
        phone=f"CASE WHEN {below(3, number, 108)} > 0 THEN '+49151' || lpad({number}::text, 8, '0') ELSE '' END",
        country_code=pick(COUNTRIES, number, 109),
        language_code=pick(LANGUAGES, number, 110),
        street=pick(STREETS, number, 111),
        city=pick(CITIES, number, 112),
    )
