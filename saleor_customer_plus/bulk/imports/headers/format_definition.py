"""What is known of the files of another shop or tool, and short ways to write it down."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....consent.models import ConsentPurpose

# A column that we know and have no place for: kept as a custom attribute when asked.
KEEP = "keep"
# A column that is of no use to anybody here, or that must not be kept: passwords and their like.
DROP = "drop"


@dataclass(frozen=True, slots=True)
class Format:
    """A layout of files. `columns` maps its headers to ours, beside those that are known by their names anyway.

    `marks` are the headers that a file of this kind surely has, and that others have not all of. Of `|` one is enough;
    an `*` stands for any ending. Each tuple is a kind of file that the tool writes.
    """

    key: str
    label: str
    marks: tuple[tuple[str, ...], ...]
    columns: dict[str, str] = field(default_factory=dict)
    delimiter: str = ","
    # For which purpose people are on such a list, or consent in such a file, unless somebody says otherwise.
    purpose: ConsentPurpose = ConsentPurpose.PROMOTIONAL
    # Headers with changing parts, such as Shopify's metafields.
    patterns: tuple[tuple[str, str], ...] = ()


def pairs(text: str) -> dict[str, str]:
    """`header: key` lines; a header without a key is one to KEEP."""
    pairs = {}
    for line in text.strip().splitlines():
        header, _, key = line.strip().partition(" > ")
        pairs[header.strip()] = key.strip() or KEEP
    return pairs


def kept(*headers: str) -> dict[str, str]:
    """Headers to KEEP."""
    return dict.fromkeys(headers, KEEP)


def dropped(headers: str) -> dict[str, str]:
    """Headers to DROP, separated by blanks."""
    return dict.fromkeys(headers.split(), DROP)
