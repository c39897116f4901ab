"""Every GraphQL document of a screen fits the schema, and no template switches escaping off."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from graphql import parse, validate

from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.dashboard import rendering, screens

DOCUMENTS = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(screens.__path__)
    for name, value in vars(importlib.import_module(f"{screens.__name__}.{module.name}")).items()
    if isinstance(value, str) and re.match(r"\s*(query|mutation) ", value)
}
TEMPLATES = sorted(Path(rendering.FOLDER, "templates").rglob("*.html"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_fits_the_schema(name: str) -> None:
    assert validate(schema, parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_each_template_compiles_and_escapes_everything(path: Path) -> None:
    source = path.read_text()
    rendering.engine().from_string(source)
    assert not re.search(r"\|\s*(safe|safeseq)\b|autoescape off|mark_safe", source)
    # The policy of the page forbids them.
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?! (?:type=.module. )?src=)", source)
