"""Pages of a list by key: however deep a page is, and whatever was added meanwhile, it costs what the first one costs.

A list is an `Ordering`: segments that follow each other, each with rows ordered by columns of which the last is unique.
A cursor names the row it stands at: the ordering, the segment, and the row's values of those columns. The next page is
read with one comparison of rows, `(a, id) < (x, y)`, which PostgreSQL answers from an index on the same columns, also
when most rows share `a`.
"""

from .orderings import InRows, Key, Ordering, RankedSegment, Segment, of_each, of_range
from .pages import LIMIT, Edge, Page, Window, count_of_each, page, page_of_each, read_cursor

__all__ = [
    "LIMIT",
    "Edge",
    "InRows",
    "Key",
    "Ordering",
    "Page",
    "RankedSegment",
    "Segment",
    "Window",
    "count_of_each",
    "of_each",
    "of_range",
    "page",
    "page_of_each",
    "read_cursor",
]
