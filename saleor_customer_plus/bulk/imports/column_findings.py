"""What the cells of a column tell together, found while the whole file is scanned, before any row is read.

Of `3/4/2024` alone nobody can tell which number is the month; a column that also has `1/31/2024` tells. A classifier
looks at one cell and names its kind, or returns None. Each chunk of the scan counts the kinds for each column; the sums
over the whole file are given to `RowReader`, which decides by them how to read the column.

To find out something else about columns, add a classifier to `classifier_of`, and use `findings.of(index)` where
`RowReader` makes the reader of a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from ...fields.models import FieldDefinition, FieldType
from ..columns import COLUMNS, Kind
from .values import dates

Classifier = Callable[[str], str | None]


def classifier_of(key: str, field: FieldDefinition | None = None) -> Classifier | None:
    """What looks at the cells of a column during the scan, if it matters what they tell together.

    `field` is the one of the shop's own that the column is of, if it is of one.
    """
    if field is not None:
        return dates.order_of if field.type == FieldType.DATE else None
    if key in COLUMNS and COLUMNS[key].kind is Kind.TIME:
        return dates.order_of
    return None


class ColumnFindings:
    """How many cells of each kind a column has, by its position in the file."""

    def __init__(self, counts: Mapping[int, Mapping[str, int]] | None = None) -> None:
        self._counts = {index: Counter(kinds) for index, kinds in (counts or {}).items()}

    def add(self, index: int, kind: str) -> None:
        self._counts.setdefault(index, Counter())[kind] += 1

    def of(self, index: int) -> Mapping[str, int]:
        """The number of cells of each kind in this column."""
        return self._counts.get(index, Counter())

    def to_json(self) -> dict[str, dict[str, int]]:
        return {str(index): dict(kinds) for index, kinds in sorted(self._counts.items())}

    @classmethod
    def of_json(cls, value: Mapping[str, Mapping[str, int]]) -> ColumnFindings:
        return cls({int(index): kinds for index, kinds in value.items()})

    @classmethod
    def merged(cls, parts: Iterable[ColumnFindings]) -> ColumnFindings:
        """The findings of several parts of a file."""
        whole = cls()
        for part in parts:
            for index, kinds in part._counts.items():
                whole._counts.setdefault(index, Counter()).update(kinds)
        return whole
