"""Which column of a file is which of ours: by a known format, by the names of headers, by what is in the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....errors import CustomerPlusError
from ....records.validation import LONGEST_ATTRIBUTE_NAME
from ...columns import ATTRIBUTE, IMPORTED
from ..values.addresses import has_address
from ..values.base import plain
from .formats import DROP, KEEP, Format, columns_of, format_of, recognise
from .synonyms import exported_names, names

# Several columns of a file may go into one of these.
_SEVERAL = ("additional_phones", "tags")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What becomes of each column of a file, by position: one of ours, `attribute:<name>`, or None."""

    headers: tuple[str, ...]
    keys: tuple[str | None, ...]
    format: str = ""

    @property
    def used(self) -> dict[int, str]:
        return {index: key for index, key in enumerate(self.keys) if key}

    def to_json(self) -> dict[str, Any]:
        columns = [{"header": header, "column": key} for header, key in zip(self.headers, self.keys, strict=True)]
        return {"format": self.format, "columns": columns}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> ColumnMap:
        columns = value["columns"]
        return cls(
            tuple(column["header"] for column in columns),
            tuple(column["column"] for column in columns),
            value["format"],
        )


def map_columns(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    format: str = "",
    corrections: Mapping[str, str] | None = None,
    keep_unknown: bool = False,
) -> ColumnMap:
    """Map the columns of a file. `rows` are some of its first rows.

    `format` is that of `formats`, blank to find it out. `corrections` name what a header, as it is written in the
    file, is to be: one of our columns, `attribute:<name>`, or blank to pass it over. Raises `CustomerPlusError` for a
    correction that makes no sense, and if no column has e-mail addresses.
    """
    known = _chosen(format, headers)
    found: dict[int, str | None] = _corrected(headers, corrections or {})
    taken = {key for key in found.values() if key}
    if known is not None:
        for index, key in columns_of(known, headers).items():
            if index not in found:
                found[index] = _free(key, taken, keep_unknown, headers[index])
    _by_name(headers, found, taken)
    sample = list(rows)
    _full_names(sample, found, taken)
    if "email" not in taken:
        _by_content(sample, found, taken, len(headers))
    is_own = known is None and _is_own(headers)
    for index, header in enumerate(headers):
        if index not in found:
            passed_over = is_own and (plain(header) in exported_names() or plain(header) in names())
            found[index] = _attribute(header, taken) if keep_unknown and not passed_over else None
    if "email" not in taken:
        raise CustomerPlusError(
            "No column has e-mail addresses. Say in the mapping which one it is, or look whether the file has any.",
            field="mapping",
        )
    keys = tuple(found[index] for index in range(len(headers)))
    return ColumnMap(tuple(headers), keys, known.key if known else "")


def _chosen(format: str, headers: Sequence[str]) -> Format | None:
    if not format:
        return recognise(headers)
    if format == "none":
        return None
    try:
        return format_of(format)
    except KeyError:
        raise CustomerPlusError("There is no such format.", field="format") from None


def _corrected(headers: Sequence[str], corrections: Mapping[str, str]) -> dict[int, str | None]:
    by_header = {header.strip().casefold(): index for index, header in reversed(list(enumerate(headers)))}
    found: dict[int, str | None] = {}
    for header, key in corrections.items():
        index = by_header.get(header.strip().casefold())
        if index is None:
            continue  # a profile may name columns that this file has not
        if key and key not in IMPORTED and not (key.startswith(ATTRIBUTE) and _is_name(key.removeprefix(ATTRIBUTE))):
            raise CustomerPlusError("The mapping names a column that there is not.", field="mapping")
        if key and key not in _SEVERAL and key in found.values():
            raise CustomerPlusError("The mapping names a column twice.", field="mapping")
        found[index] = key or None
    return found


def _is_name(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST_ATTRIBUTE_NAME


def _free(key: str, taken: set[str], keep_unknown: bool, header: str) -> str | None:
    """The key, unless another column has it; what is known and has no place here, as an attribute when asked."""
    if key == DROP:
        return None
    if key == KEEP:
        return _attribute(header, taken) if keep_unknown else None
    if key in taken and key not in _SEVERAL:
        return None
    taken.add(key)
    return key


def _attribute(header: str, taken: set[str]) -> str | None:
    key = ATTRIBUTE + header.strip()
    if not _is_name(header) or key in taken:
        return None
    taken.add(key)
    return key


def _by_name(headers: Sequence[str], found: dict[int, str | None], taken: set[str]) -> None:
    open_columns = [(index, header) for index, header in enumerate(headers) if index not in found]
    # What has one meaning first: it tells what the others mean.
    for index, header in sorted(open_columns, key=lambda one: (len(names().get(plain(one[1]), ())), one[0])):
        if header.strip().startswith(ATTRIBUTE):
            found[index] = _attribute(header.strip().removeprefix(ATTRIBUTE), taken)
            continue
        for key in names().get(plain(header), ()):
            choice = _choice(key, taken)
            if choice is not None:
                found[index] = choice
                taken.add(choice)
                break


def _full_names(rows: Sequence[Sequence[str]], found: dict[int, str | None], taken: set[str]) -> None:
    """Beside a first name, a name was taken for the last one: not if it begins with the first name."""
    by_key = {key: index for index, key in found.items()}
    first, last = by_key.get("first_name"), by_key.get("last_name")
    if first is None or last is None or "name" in taken:
        return
    both = [(row[first], row[last]) for row in rows if max(first, last) < len(row) and row[first].strip()]
    if both and all(name.startswith(first_name) and name for first_name, name in both):
        found[last] = "name"
        taken.add("name")
        taken.discard("last_name")


def _choice(key: str, taken: set[str]) -> str | None:
    if key == "name" and "first_name" in taken:
        key = "last_name"  # beside a first name, as in German, a name is the last one
    if key == "phone" and key in taken:
        key = "additional_phones"
    return None if key in taken and key not in _SEVERAL else key


def _by_content(rows: Iterable[Sequence[str]], found: dict[int, str | None], taken: set[str], width: int) -> None:
    """Find the column where most cells are e-mail addresses."""
    counts = [0] * width
    number = 0
    for row in rows:
        number += 1
        for index, cell in enumerate(row[:width]):
            if index not in found and has_address(cell):
                counts[index] += 1
    best = max(range(width), key=counts.__getitem__, default=None)
    if best is not None and number and counts[best] * 2 >= number:
        found[best] = "email"
        taken.add("email")


def _is_own(headers: Sequence[str]) -> bool:
    """Whether a file looks as if we had exported it: nearly all headers are ours, and some are of no other use."""
    ours = [header for header in headers if plain(header) in names() or plain(header) in exported_names()]
    return len(ours) >= 0.8 * len(headers)
