"""Countries and languages by the names that people use for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale
from django_countries import countries

from saleor_customer_plus.bulk.imports.values import places
from saleor_customer_plus.bulk.imports.values.base import Unreadable

from .country_names import COUNTRY_NAMES, pairs

# As shops, mailing tools, spreadsheets and people write them.
COMMON = {
    "US": "US, us, USA, U.S., U.S.A., usa., United States, United States (US), United States of America, "
    "America, the United States, Stati Uniti, Stati Uniti d'America, gli Stati Uniti, Vereinigte Staaten, "
    "Etats-Unis, États-Unis, Estados Unidos, EE.UU., EE. UU., EEUU, E.U.A., EUA, Verenigde Staten, Stany "
    "Zjednoczone, USA (United States)",
    "GB": "GB, GBR, UK, U.K., United Kingdom, United Kingdom (UK), the UK, Great Britain, Great Britain (UK), "
    "Britain, England, Scotland, Wales, Northern Ireland, England/UK, Regno Unito, Inghilterra, Gran "
    "Bretagna, Großbritannien, Grossbritannien, Vereinigtes Königreich, Royaume-Uni, Grande-Bretagne, "
    "Angleterre, Reino Unido, Gran Bretaña, Inglaterra, Verenigd Koninkrijk, Groot-Brittannië, "
    "Grã-Bretanha, Wielka Brytania, Zjednoczone Królestwo, Anglia",
    "CZ": "Czechia, Czech Republic, the Czech Republic, Cechia, Repubblica Ceca, Tschechien, Tschechische "
    "Republik, Tchéquie, République tchèque, Chequia, República Checa, Tsjechië, Tsjechische Republiek, "
    "Tchéquia, Czechy, Česko, Česká republika, Чехия",
    "XK": "Kosovo, Kosova, Kosowo, XK, KOSOVO",
    "MO": "Macau, Macao, Macao SAR China, Macau SAR, MAC",
    "HK": "Hong Kong, Hong-Kong, Hongkong, Hong Kong SAR China, Hong Kong (SAR), HKG",
    "DE": "Germany, Deutschland, Germania, Allemagne, Alemania, Duitsland, Alemanha, Niemcy, DE - Germany, "
    "Germany (DE), DEU, BRD, Deutschland/Germany, Tyskland, Németország, Γερμανία, 德国, ドイツ, المانيا",
    "IT": "Italy, Italia, Italien, Italie, Italië, Itália, Włochy, IT-Italy, Italy (Italia), ITA, l'Italia",
    "FR": "France, Francia, Frankreich, Frankrijk, França, Francja, la France, FRA",
    "ES": "Spain, España, Spagna, Spanien, Espagne, Spanje, Espanha, Hiszpania, Espana",
    "NL": "Netherlands, the Netherlands, Holland, Nederland, Paesi Bassi, Olanda, Niederlande, die Niederlande, "
    "Pays-Bas, les Pays-Bas, Países Bajos, Holanda, Países Baixos, Holandia, Niderlandy",
    "AT": "Austria, Österreich, Oesterreich, Autriche, Oostenrijk, Áustria",
    "CH": "Switzerland, Schweiz, die Schweiz, Svizzera, Suisse, la Suisse, Suiza, Zwitserland, Suíça, "
    "Szwajcaria, Svizra",
    "TR": "Turkey, Türkiye, Turkiye, Türkei, Tuerkei, Turchia, Turquie, Turquía, Turkije, Turquia, Turcja, TURKİYE",
    "KR": "South Korea, Korea, Korea (South), Korea, Republic of Korea, Corea del Sud, Südkorea, Suedkorea, "
    "Corée du Sud, Corea del Sur, Zuid-Korea, Coreia do Sul, Korea Południowa, KOR",
    "KP": "North Korea, Nordkorea, Corea del Nord, Democratic People's Republic of Korea, PRK",
    "RU": "Russia, Russian Federation, Russland, Russie, Rusia, Rusland, Rússia, Rosja, Россия, Federazione Russa",
    "CI": "Côte d'Ivoire, Cote d'Ivoire, Côte d\u2019Ivoire, Ivory Coast, Costa d'Avorio, Elfenbeinküste, Ivoorkust",
    "BA": "Bosnia and Herzegovina, Bosnia & Herzegovina, Bosnia-Herzegovina, Bosnia ed Erzegovina, Bosnien und "
    "Herzegowina, Bosnia y Herzegovina, Bosnia",
    "TT": "Trinidad and Tobago, Trinidad & Tobago, Trinidad e Tobago, Trinidad",
    "LC": "St. Lucia, Saint Lucia, Santa Lucia",
    "MK": "North Macedonia, Macedonia, Nordmazedonien, Macedonia del Nord, Republic of Macedonia",
    "SZ": "Swaziland, Eswatini",
    "CV": "Cape Verde, Cabo Verde, Capo Verde",
    "MM": "Burma, Myanmar, Myanmar (Burma)",
    "TL": "East Timor, Timor-Leste",
    "VN": "Vietnam, Viet Nam",
    "LA": "Laos",
    "SY": "Syria, Syrian Arab Republic",
    "AE": "United Arab Emirates, UAE, U.A.E., Emirati Arabi Uniti, Vereinigte Arabische Emirate, VAE",
    "VA": "Vatican, Vatican City, Holy See, Holy See (Vatican City State), Città del Vaticano, Vatikanstadt",
    "PS": "Palestine, Palestinian Territories, Palästina, State of Palestine",
    "CD": "DR Congo, DRC, Congo (DRC), Congo - Kinshasa, Congo (Kinshasa), Democratic Republic of the Congo",
    "CG": "Congo-Brazzaville, Congo (Brazzaville), Republic of the Congo",
    "IE": "Ireland, Éire, Republic of Ireland, Irlanda, Irland, Irlande, Ierland, Irlandia",
    "GR": "Greece, EL, Hellas, Grecia, Griechenland, Grèce, Griekenland, Grecja, Ελλάδα",
    "PL": "Poland, Polska, Polonia, Polen, Pologne",
    "BR": "Brazil, Brasil, Brasile, Brasilien, Brésil, Brazylia",
    "SK": "Slovakia, Slovak Republic, Slovacchia, Slowakei, Slovensko",
    "SI": "Slovenia, Slowenien, Slovenija",
    "TW": "Taiwan",
    "BY": "Belarus, Weißrussland, Bielorussia",
    "JP": "Japan, Giappone, 日本",
    "VG": "British Virgin Islands",
    "VI": "US Virgin Islands, U.S. Virgin Islands",
    "RE": "Réunion, Reunion",
    "BO": "Bolivia",
    "VE": "Venezuela",
    "TZ": "Tanzania",
    "MD": "Moldova, Republic of Moldova",
    "IR": "Iran",
    "NE": "Niger",
    "NG": "Nigeria",
    "DM": "Dominica",
    "DO": "Dominican Republic",
    "GE": "Georgia",
    "IN": "India, Indien",
    "AU": "Australia, Australien",
    "WS": "Samoa",
    "AS": "American Samoa, AS",
    "GN": "Guinea",
    "CW": "Curaçao, Curacao",
}
NAMES = [(name, code) for code, names in COMMON.items() for name in names.split(", ")]
# With a comma in them.
NAMES += [
    ("Korea, Republic of", "KR"),
    ("Iran, Islamic Republic of", "IR"),
    ("Tanzania, United Republic of", "TZ"),
    ("Congo, The Democratic Republic of the", "CD"),
    ("Moldova, Republic of", "MD"),
    ("Virgin Islands, British", "VG"),
    ("Virgin Islands, U.S.", "VI"),
    ("Macedonia, the Former Yugoslav Republic of", "MK"),
    ("Palestinian Territory, Occupied", "PS"),
    ("Taiwan, Province of China", "TW"),
    ("Germany, DE", "DE"),
]


@pytest.mark.parametrize(("name", "code"), NAMES, ids=[name for name, _ in NAMES])
def test_countries_are_read_by_the_names_that_people_use(name: str, code: str) -> None:
    assert places.country_of(name) == code
    assert places.country_of(f"  {name.upper()} ") == code


def test_there_are_more_names_than_were_tried_once() -> None:
    assert len({name.casefold() for name, _ in NAMES}) >= 119


@pytest.mark.parametrize("language", COUNTRY_NAMES)
def test_countries_are_read_in_the_words_of_eight_languages(language: str) -> None:
    names = pairs(language)
    wrong = {}
    for name, code in names:
        for spelt in (name, name.upper(), name.lower(), f" {name}\u00a0", name.replace(" ", "\u00a0")):
            try:
                read = places.country_of(spelt)
            except Unreadable:
                read = ""
            if read != code:
                wrong[spelt] = read
    assert wrong == {}


def test_hundreds_of_names_are_tried() -> None:
    assert sum(len(pairs(language)) for language in COUNTRY_NAMES) > 2000


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("276", "DE"), ("276.0", "DE"), ("040", "AT"), ("IT-MI", "IT"), ("GB-ENG", "GB"),
        ("\U0001f1e9\U0001f1ea", "DE"),
        ("Italia \U0001f1ee\U0001f1f9", "IT"), ("IT\u00a0-\u00a0Italia", "IT"), ("\ufeffItalia\u200b", "IT"),
        ("Korea", "KR"), ("Guinea", "GN"), ("Georgia", "GE"),
    ],
)  # fmt: skip
def test_countries_are_read_by_numbers_flags_and_other_signs(cell: str, code: str) -> None:
    assert places.country_of(cell) == code


@pytest.mark.parametrize(
    "language", ["en", "it", "de", "fr", "es", "nl", "pt", "pl", "sv", "cs", "hu", "el", "ru", "ja", "ar"]
)
def test_every_country_is_read_in_every_language(language: str) -> None:
    territories = Locale.parse(language).territories
    wrong = {}
    for code, _name in countries:
        if name := territories.get(code):
            try:
                read = places.country_of(name)
            except Unreadable:
                read = ""
            if read != code:
                wrong[name] = read
    # Each of these names is another country's, too: "Congo" of both, "São Martinho" of the French and the Dutch part.
    assert wrong == {"es": {"Congo": ""}, "pl": {"Kongo": ""}, "pt": {"São Martinho": ""}}.get(language, {})


@pytest.mark.parametrize("code", [code for code, _ in countries])
def test_every_country_is_read_by_its_codes(code: str) -> None:
    assert places.country_of(code.lower()) == code
    if alpha3 := countries.alpha3(code):
        assert places.country_of(alpha3) == code


@pytest.mark.parametrize(
    "name",
    [
        "Congo",
        "Kongo",
        "the Congo",
        "Virgin Islands",
        "Isole Vergini",
        "Congo (the)",
        "Republic of China",
        "China, Republic of",
        "Channel Islands",
        "Netherlands Antilles",
    ],
)
def test_a_name_of_two_countries_is_refused_and_not_guessed(name: str) -> None:
    with pytest.raises(Unreadable, match=r"^Several countries have this name\."):
        places.country_of(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Atlantis",
        "Italy (DE)",
        "Germany/France",
        "DE FR",
        "U.E.A.",
        "N/A",
        "n.a.",
        "N. A.",
        "i.e.",
        "n.d.",
        "D E",
        "a",
        "Yugoslavia",
        "Republic",
        "the",
        "()",
        "DE-FR",
        "US-CA",
        "ŠR",
        "12",
        "001",
        "Georgia, USA",
        "State of Georgia",
        "Jersey City",
        "New Mexico",
        "United Arab States",
        "German Democratic Republic",
        "Soviet Union",
        "Long Island",
        "Africa",
        "Lebanon, PA",
    ],
)
def test_what_names_no_country_or_several_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        places.country_of(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Deutsch", "de"), ("German", "de"), ("tedesco", "de"), ("Duits", "de"), ("niemiecki", "de"), ("deu", "de"),
        ("GER", "de"), ("Italiano", "it"), ("włoski", "it"), ("Français", "fr"), ("francais", "fr"), ("Español", "es"),
        ("Nederlands", "nl"), ("Português", "pt"), ("Brazilian Portuguese", "pt-br"), ("Polski", "pl"),
        ("Türkçe", "tr"), ("日本語", "ja"), ("Русский", "ru"), ("hindi", "hi"), ("en", "en"), ("pt_BR", "pt-br"),
        ("English (United States)", "en-us"), ("German - Austria", "de-at"), ("Simplified Chinese", "zh-hans"),
    ],
)  # fmt: skip
def test_languages_are_read_by_their_names_in_any_language(name: str, code: str) -> None:
    assert places.language_of(name) == code


@pytest.mark.parametrize("name", ["Klingonish", "12", "English (Atlantis)"])
def test_what_names_no_language_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        places.language_of(name)


@pytest.mark.standin
def test_the_names_take_little_memory(tmp_path: Path) -> None:
    """Babel by itself would keep the data of each locale that it was asked for, 150 MB in all."""
    code = (
        "import django, resource; django.setup()\n"
        "from saleor_customer_plus.bulk.imports.values import places\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak(); places.country_of('Italia'); places.language_of('Deutsch'); print(peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 60 * 1024  # kilobytes
