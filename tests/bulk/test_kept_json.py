"""What jobs keep as JSON is read back as it was."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.bulk.exports.options import ExportOptions
from saleor_customer_plus.bulk.imports.headers.mapping import ColumnMap
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.bulk.imports.readers.layout import Layout

TEXTS = st.text(max_size=5)


def kept(value: dict[str, Any]) -> Any:
    return json.loads(json.dumps(value))


@given(st.builds(ImportOptions, mapping=st.dictionaries(TEXTS, TEXTS, max_size=3)))
def test_options_of_imports(options: ImportOptions) -> None:
    assert ImportOptions.of_json(kept(options.to_json())) == options
    assert ImportOptions.of_json({**kept(options.to_json()), "of_an_older_version": 1}) == options


@given(st.builds(ExportOptions))
def test_options_of_exports(options: ExportOptions) -> None:
    assert ExportOptions.from_json(kept(options.to_json())) == options


@given(st.builds(Layout))
def test_layouts_of_files(layout: Layout) -> None:
    assert Layout.of_json(kept(layout.to_json())) == layout


@given(st.lists(st.tuples(TEXTS, st.none() | TEXTS), max_size=4), TEXTS)
def test_what_becomes_of_columns(columns: list[tuple[str, str | None]], file_format: str) -> None:
    headers, keys = tuple(header for header, _ in columns), tuple(key for _, key in columns)
    mapped = ColumnMap(headers, keys, file_format, places=("",) * len(columns))
    assert ColumnMap.of_json(kept(mapped.to_json())) == mapped
