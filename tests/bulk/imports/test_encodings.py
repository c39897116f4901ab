"""Single-byte encodings: whose letters they are."""

# ruff: noqa: RUF001 (letters of other scripts that look like Latin ones)

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from saleor_customer_plus.bulk.imports.readers import encodings

# Customers of one language, and the encoding in which their lists are if they are not in UTF-8.
LISTS = {
    "Turkish": ("cp1254", "Şükrü İğdır, Ayşe Yılmaz, Çağlar Öztürk, Gülşen Aydın, Barış Kılıç, Oğuz Güneş, Işıl Doğan"),
    "Romanian": ("cp1250", "Ştefan Ţuţea, Ionuţ Brânză, Mihăiţă Ăstălos, Cătălin Măruţă, Ileana Vâlcu, Răzvan Lucescu"),
    "Polish": ("cp1250", "Wałęsa Żółć, Łukasz Wiśniewski, Małgorzata Gałąź, Stanisław Jabłoński, Paweł Dąbrowski"),
    "Czech": ("cp1250", "Jiří Dvořák, Tomáš Němec, Petr Žižka, Lukáš Růžička, Markéta Černá, Zdeněk Šťastný"),
    "Slovak": ("cp1250", "Ľuboš Šťastný, Ján Kováč, Mária Ďurišová, Štefan Baláž, Juraj Kučera"),
    "Hungarian": ("cp1250", "Szőke Győző, Kovács Ödön, Nagy Erzsébet, Szűcs Dániel, Tóth Gergő, Fehér Ágnes"),
    "Croatian": ("cp1250", "Žiga Čuček, Đorđe Šarić, Ivana Kovačić, Luka Modrić, Petra Đurđević"),
    "Russian": ("cp1251", "Наталья Иванова, Сергей Щукин, Пётр Юрьев, Ольга Жукова"),
    "Ukrainian": ("cp1251", "Юлія Ґудзь, Олексій Шевченко, Марія Їжакевич, Євген Коваль"),
    "Bulgarian": ("cp1251", "Георги Димитров, Христо Стоичков, Мария Бояджиева"),
    "Serbian": ("cp1251", "Ђорђе Љубић, Милош Њего, Јелена Јанковић, Жарко Пајић"),
    "Greek": ("cp1253", "Γεώργιος Παπαδόπουλος, Ελένη Αγγέλου, Μαρία Χατζή, Νίκος Ψαρράς"),
    "German": ("cp1252", "Jürgen Müller, Größe Weiß, Käthe Köhler, Jörg Schäfer, Bärbel Höß"),
    "French": ("cp1252", "François Lefèvre, Élodie Noël, Jérôme Bélanger, Zoé Gonçalves, Agnès Côté"),
    "Spanish": ("cp1252", "José Muñoz, Begoña Ibáñez, Íñigo Martínez, Jesús Peña, Raúl Ordóñez"),
    "Portuguese": ("cp1252", "João Gonçalves, Conceição Araújo, Inês Simões, Luís Falcão"),
    # Slovak has more of these accents than Spanish and Portuguese have.
    "Spanish, with many accents": ("cp1252", "Andrés Iniesta Luján, Ángela Núñez, Óscar Gutiérrez, Martín Cañizares"),
    "Portuguese, with many accents": ("cp1252", "António Magalhães, Leonor Assunção, Vítor Brandão, Sebastião Cruz"),
    "Italian": ("cp1252", "Nicolò Però, Niccolò Papà, Mosè Cantù, Giosuè Fantò"),
    "Swedish": ("cp1252", "Björn Åkesson, Göran Sjöberg, Åsa Lindström, Märta Öberg"),
    "Danish": ("cp1252", "Søren Kjær, Jørgen Nørgård, Åse Bæk, Mette Sørensen"),
    "Finnish": ("cp1252", "Jyrki Hämäläinen, Väinö Mäkelä, Päivi Räikkönen"),
    "Icelandic": ("cp1252", "Guðrún Þórsdóttir, Sigurður Ægisson, Björk Guðmundsdóttir, Þór Hjálmarsson"),
    "Lithuanian": ("cp1257", "Žydrūnas Ilgauskas, Kęstutis Šakalys, Rūta Meilutytė, Jurgita Štreikutė, Ąžuolas Kučys"),
    "Latvian": ("cp1257", "Jānis Bērziņš, Līga Kalniņa, Ģirts Ķēniņš, Vaira Vīķe, Mārtiņš Ozoliņš"),
    "Hebrew": ("cp1255", "דוד כהן, שרה לוי, משה ישראלי, רחל אברהם"),
    "Arabic": ("cp1256", "محمد علي, فاطمة حسن, أحمد إبراهيم, عائشة يوسف"),
    "French, on a Mac": ("mac_roman", "François Lefèvre, Élodie Noël, Jérôme Bélanger, Agnès Côté"),
    "German, by DOS": ("cp850", "Jürgen Müller, Größe Weiß, Käthe Köhler, Jörg Schäfer"),
    "of many countries": (
        "cp1252",
        "Jürgen Müller, François Lefèvre, José Muñoz, Björn Åkesson, Søren Kjær, Zoë Peeters, D\u2019Angelo",
    ),
}


@pytest.fixture
def detected(tmp_path: Path) -> Callable[[bytes], str]:
    def detect(raw: bytes) -> str:
        path = tmp_path / "list.csv"
        path.write_bytes(raw)
        return encodings.detect(path)

    return detect


def listed(names: list[str]) -> str:
    return "email;name\n" + "".join(f"a{number}@example.com;{name}\n" for number, name in enumerate(names))


@pytest.mark.parametrize(("encoding", "names"), LISTS.values(), ids=LISTS)
def test_a_list_is_read_in_the_encoding_of_its_language(
    detected: Callable[[bytes], str], encoding: str, names: str
) -> None:
    text = listed(names.split(", "))
    assert text.encode(encoding).decode(detected(text.encode(encoding)), "replace") == text


@pytest.mark.parametrize(("encoding", "names"), LISTS.values(), ids=LISTS)
def test_so_it_is_in_capitals(detected: Callable[[bytes], str], encoding: str, names: str) -> None:
    if encoding in ("mac_roman", "cp850"):
        pytest.skip("Windows-1250 reads some of their capitals as well as they do")
    text = listed(names.replace("ß", "ss").replace("i", "İ" if encoding == "cp1254" else "I").upper().split(", "))
    assert text.encode(encoding).decode(detected(text.encode(encoding)), "replace") == text


@pytest.mark.parametrize("name", LISTS["Turkish"][1].split(", "))
def test_one_turkish_name_is_enough(detected: Callable[[bytes], str], name: str) -> None:
    assert detected(listed([name]).encode("cp1254")) == "cp1254"


@pytest.mark.parametrize(
    "name", [name for language in ("Polish", "German", "Russian") for name in LISTS[language][1].split(", ")]
)
def test_one_name_of_the_large_languages_is_enough(detected: Callable[[bytes], str], name: str) -> None:
    encoding = next(encoding for encoding, names in LISTS.values() if name in names)
    text = listed([name])
    assert text.encode(encoding).decode(detected(text.encode(encoding)), "replace") == text


def test_turkish_customers_among_germans(detected: Callable[[bytes], str]) -> None:
    names = [*LISTS["Turkish"][1].split(", "), *LISTS["German"][1].split(", ")]
    random.Random(1).shuffle(names)
    assert detected(listed(names).encode("cp1254")) == "cp1254"


def test_of_encodings_that_read_a_list_alike_the_best_known_is_told(detected: Callable[[bytes], str]) -> None:
    # ü is the same in Windows-1250, 1252, 1254 and 1257.
    assert detected(listed(["Jürgen Müller", "Gül Tütüncü"]).encode("cp1254")) == "cp1252"
