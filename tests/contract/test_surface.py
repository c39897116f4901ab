"""The stand-in has the names, signatures and columns of a real Saleor, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import saleor
from django.apps import apps

from . import surface
from .describe import column
from .inspecting import described, look_up, public_modules, public_names


def _names() -> Iterator[tuple[str, str]]:
    return ((module, name) for module, names in surface.NAMES.items() for name in names)


def _columns() -> Iterator[tuple[str, str]]:
    return ((model, name) for model, names in surface.COLUMNS.items() for name in names)


@pytest.mark.parametrize(("module", "name"), _names())
def test_a_name_is_as_the_table_says(module: str, name: str) -> None:
    try:
        found: str | None = described(look_up(module, name))
    except (AttributeError, ModuleNotFoundError):
        found = None

    assert found == surface.expected(module, name, version=saleor.__version__)


@pytest.mark.parametrize(("model", "name"), _columns())
def test_a_column_is_as_the_table_says(model: str, name: str) -> None:
    assert _described_column(model, name) == surface.expected(model, name, version=saleor.__version__)


def _described_column(model: str, name: str) -> str | None:
    """None for a column, or a whole table, that this Saleor does not have."""
    try:
        meta = apps.get_model(model)._meta
    except LookupError:
        return None
    fields = {field.name: field for field in (*meta.fields, *meta.many_to_many)}
    return meta.db_table if name == "table" else column(fields[name]) if name in fields else None


@pytest.mark.standin
def test_the_stand_in_has_no_name_that_the_table_has_not() -> None:
    found = {module.__name__: set(public_names(module)) for module in public_modules(saleor)}

    assert {module: names for module, names in found.items() if names} == {
        module: set(names) for module, names in surface.NAMES.items()
    }


@pytest.mark.standin
def test_the_stand_in_has_no_column_that_the_table_has_not() -> None:
    models = [model for model in apps.get_models() if model.__module__.startswith("saleor.")]
    found = {
        model._meta.label: {"table"} | {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
        for model in models
    }

    assert found == {model: set(columns) for model, columns in surface.COLUMNS.items()}
