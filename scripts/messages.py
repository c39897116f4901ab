"""Collect what the screens say, and keep the translations in step: `make messages`.

The catalogs are in saleor_customer_plus/locale, where Django finds those of an app. New messages are added to each
with no translation, those that are gone are removed, and the compiled catalogs are written. With `--check` nothing is
written: it fails for what is not translated, or not compiled.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "saleor_customer_plus"
# What people read that is translated: screens, and mail to customers.
FOLDERS = ("dashboard", "mail", "messages", "newsletter", "api/newsletter")
LANGUAGES = ("de", "es", "fr", "it")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def collected() -> Catalog:
    """What the code and the templates of screens and mail say."""
    catalog = Catalog(domain="django", fuzzy=False)
    sources = [
        path for folder in FOLDERS for ending in ("py", "html") for path in PACKAGE.glob(f"{folder}/**/*.{ending}")
    ]
    for path in sorted(sources):
        for _line, message, _comments, context in _messages(path):
            known = catalog.get(message if isinstance(message, str) else message[0], context)
            if known is None or (isinstance(message, tuple) and isinstance(known.id, str)):
                catalog.add(message, context=context)
    return catalog


def _messages(path: Path) -> Iterator[Any]:
    source = path.read_text()
    if path.suffix == ".html":
        from django.utils.translation.template import templatize

        # What is not a message becomes X's, indented as in the template, which is no Python.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    yield from extract("python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"})


def po_file(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def update() -> None:
    template = collected()
    for language in LANGUAGES:
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = read(language) if path.exists() else Catalog(locale=language, domain="django", fuzzy=False)
        # Without a date of its own, a run that changes no message changes no file.
        template.creation_date = catalog.creation_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=120, omit_header=False, sort_output=True, no_location=True)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
        print(f"{language}: {len(missing(language))} of {len(catalog)} messages have no translation")


def read(language: str) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, domain="django")


def missing(language: str) -> list[str]:
    """The messages of the screens that the catalog of a language has no translation of."""
    catalog = read(language)
    untranslated = []
    for message in collected():
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        known = catalog.get(key, message.context)
        strings = () if known is None else known.string if isinstance(known.string, tuple) else (known.string,)
        if not strings or not all(strings):
            untranslated.append(key)
    return untranslated


def outdated(language: str) -> bool:
    """Whether the compiled catalog says something else than its source."""
    with po_file(language).with_suffix(".mo").open("rb") as file:
        compiled = dict(map(_pair, filter(_is_message, read_mo(file))))
    return compiled != dict(map(_pair, filter(_is_message, read(language))))


def _pair(message: Any) -> tuple[Any, Any]:
    """A message and its translation. Plurals come as lists or tuples, and contexts as bytes before Babel 2.18."""

    def plain(text: Any) -> Any:
        return text if isinstance(text, str) else tuple(text)

    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return (context, plain(message.id)), plain(message.string)


def _is_message(message: Any) -> bool:
    return bool(message.id) and _is_whole(message)


def _is_whole(message: Any) -> bool:
    return all([message.string] if isinstance(message.string, str) else message.string)


def check() -> list[str]:
    """All that is wrong, in words."""
    problems = []
    for language in LANGUAGES:
        problems += [f"{language}: no translation of {message!r}" for message in missing(language)]
        if outdated(language):
            problems.append(f"{language}: the compiled catalog is outdated; run make messages")
    return problems


def main() -> int:
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    if sys.argv[1:] == ["--check"]:
        problems = check()
        print("\n".join(problems))
        return int(bool(problems))
    update()
    return 0


if __name__ == "__main__":
    sys.exit(main())
