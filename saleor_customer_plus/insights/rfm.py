"""Scores and groups of an RFM analysis: recency, frequency, monetary value.

Every customer of a currency is compared with all the others of it, by three measures: the day of the last order, the
number of orders, and the amount net of refunds. Customers who are equal in a measure always have the same score in it.

- Recency: 5 if less than a fifth of the customers bought more recently, 4 if less than two fifths did, and so on.
- Frequency and monetary value: 5 if at least four fifths of the customers have less, 4 if at least three fifths have.

So equal customers go up in recency, where whoever bought last is always a 5, and down in the others, where most
customers of most shops have a single order and are not to be called frequent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core import sql
from .models import RfmGroup

SCORES = 5

# By the score of recency, then by the mean of the other two, rounded up: every combination has one group.
GRID: dict[int, Sequence[RfmGroup]] = {
    5: (RfmGroup.NEW, RfmGroup.ACTIVE, RfmGroup.ACTIVE, RfmGroup.CHAMPIONS, RfmGroup.CHAMPIONS),
    4: (RfmGroup.PROMISING, RfmGroup.ACTIVE, RfmGroup.ACTIVE, RfmGroup.LOYAL, RfmGroup.LOYAL),
    3: (RfmGroup.ALMOST_LOST, RfmGroup.ALMOST_LOST, RfmGroup.NEEDS_ATTENTION, RfmGroup.LOYAL, RfmGroup.LOYAL),
    2: (RfmGroup.DORMANT, RfmGroup.DORMANT, RfmGroup.AT_RISK, RfmGroup.AT_RISK, RfmGroup.PREVIOUSLY_LOYAL),
    1: (RfmGroup.DORMANT, RfmGroup.DORMANT, RfmGroup.AT_RISK, RfmGroup.AT_RISK, RfmGroup.PREVIOUSLY_LOYAL),
}


def value_score(frequency: int, monetary: int) -> int:
    """The mean of the scores of frequency and monetary value, rounded up.

    >>> value_score(1, 2), value_score(5, 5)
    (2, 5)
    """
    return (frequency + monetary + 1) // 2


def group_of(recency: int, frequency: int, monetary: int) -> RfmGroup:
    """The group of a customer with these scores, each from 1 to 5.

    >>> group_of(5, 1, 1), group_of(1, 5, 4)
    (RfmGroup.NEW, RfmGroup.PREVIOUSLY_LOYAL)
    """
    return GRID[recency][value_score(frequency, monetary) - 1]


def group_sql(recency: str, frequency: str, monetary: str) -> sql.Sql:
    """The same in SQL, for expressions of the scores."""
    listed = ", ".join(f"'{group.value}'" for score in range(1, SCORES + 1) for group in GRID[score])
    place = f"({recency} - 1) * {SCORES} + ({frequency} + {monetary} + 1) / 2"
    return sql.Sql(f"(ARRAY[{listed}])[{place}]")


def score_sql(value: str, thresholds: str) -> sql.Sql:
    """The score of a value: 1, and 1 more for each threshold that it reaches."""
    return sql.Sql(f"1 + width_bucket({value}, {thresholds})")


def thresholds_sql(of_fifth: str) -> sql.Sql:
    """The aggregate of the thresholds of scores 2 to 5, in order, from the `value`s of a currency.

    `of_fifth` is the condition, with `{fifth}` from 1 to 4, that a value reaches it.
    """
    parts: list[Any] = [f"min(value) FILTER (WHERE {of_fifth.format(fifth=fifth)})" for fifth in range(1, SCORES)]
    return sql.Sql(f"array_remove(ARRAY[{', '.join(parts)}], NULL)")
