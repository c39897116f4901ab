"""Countries and languages, by code or by name in each of our languages."""

from __future__ import annotations

import gettext
from functools import cache, lru_cache
from pathlib import Path

import django_countries
from django.utils import translation
from django_countries import countries

from ...columns import LANGUAGES
from .base import REMEMBERED, Unreadable, plain, stored

_OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u s a": "US",
    "united states of america": "US", "america": "US", "holland": "NL", "the netherlands": "NL", "niederlande": "NL",
    "czech republic": "CZ", "tschechien": "CZ", "russia": "RU", "south korea": "KR", "korea": "KR", "turkey": "TR",
    "turkei": "TR", "vatican": "VA", "inghilterra": "GB", "gran bretagna": "GB", "grande bretagne": "GB",
    "grossbritannien": "GB", "gran bretana": "GB", "stati uniti": "US", "vereinigte staaten": "US", "etats unis": "US",
    "estados unidos": "US", "paesi bassi": "NL", "pays bas": "NL", "paises bajos": "NL", "olanda": "NL",
    "hollande": "NL", "bundesrepublik deutschland": "DE", "brd": "DE", "osterreich": "AT", "schweiz": "CH",
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    """The code of each country by code, three-letter code and name in each of our languages."""
    found: dict[str, str] = {}
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
    # Read from the library's own catalogs: Django's translation is for a site to switch off.
    folder = Path(django_countries.__file__).parent / "locale"
    for language in LANGUAGES:
        catalog = gettext.translation("django", folder, [language], fallback=True)
        for code, name in english.items():
            found.setdefault(plain(catalog.gettext(name)), code)
            found.setdefault(plain(name), code)
    for code in english:
        found[code.lower()] = code
        if alpha3 := countries.alpha3(code):
            found.setdefault(alpha3.lower(), code)
    return {**found, **_OTHER_NAMES}


@lru_cache(REMEMBERED)
def country_of(cell: str) -> str:
    code = _countries().get(plain(cell))
    if code is None:
        raise Unreadable("There is no such country. Use its code, such as DE, or its name.")
    return code


@cache
def _languages() -> dict[str, str]:
    names = {
        "en": "english inglese englisch anglais ingles",
        "it": "italian italiano italienisch italien",
        "de": "german tedesco deutsch allemand aleman",
        "fr": "french francese franzosisch francais frances",
        "es": "spanish spagnolo spanisch espagnol espanol",
    }
    return {name: code for code, listed in names.items() for name in listed.split()}


@lru_cache(REMEMBERED)
def language_of(cell: str) -> str:
    return str(_languages().get(plain(cell)) or stored("language_code", cell))
