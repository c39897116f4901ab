"""The groups of an RFM analysis."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection

from saleor_customer_plus.core import sql
from saleor_customer_plus.insights.models import KEPT_GROUPS, RfmGroup
from saleor_customer_plus.insights.rfm import GRID, group_of, group_sql

SCORES = range(1, 6)


def test_every_combination_of_scores_has_a_group_and_every_group_some() -> None:
    groups = {scores: group_of(*scores) for scores in itertools.product(SCORES, repeat=3)}
    assert len(groups) == 125
    assert set(groups.values()) == set(KEPT_GROUPS)
    assert RfmGroup.PROSPECTS not in KEPT_GROUPS


@pytest.mark.parametrize(
    ("scores", "group"),
    [
        ((5, 5, 5), "CHAMPIONS"),
        ((5, 4, 3), "CHAMPIONS"),  # 3.5 is rounded up
        ((4, 5, 5), "LOYAL"),
        ((3, 4, 4), "LOYAL"),
        ((5, 3, 3), "ACTIVE"),
        ((4, 1, 2), "ACTIVE"),
        ((5, 1, 1), "NEW"),
        ((4, 1, 1), "PROMISING"),
        ((3, 3, 2), "NEEDS_ATTENTION"),
        ((3, 1, 3), "ALMOST_LOST"),
        ((2, 3, 4), "AT_RISK"),
        ((1, 5, 5), "PREVIOUSLY_LOYAL"),
        ((2, 2, 2), "DORMANT"),
    ],
)
def test_groups(scores: tuple[int, int, int], group: str) -> None:
    assert group_of(*scores) == group


def test_to_buy_more_never_moves_to_a_group_of_less_value() -> None:
    """Read from left to right, no group of the grid comes back after another one."""
    for row in GRID.values():
        assert len(list(itertools.groupby(row))) == len(set(row))


@pytest.mark.django_db
def test_postgresql_finds_the_same_groups() -> None:
    group = group_sql("r", "f", "m")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r, f, m, {group.text} FROM generate_series(1, 5) r, generate_series(1, 5) f,"
            " generate_series(1, 5) m"
        )
        found = {tuple(scores): group for *scores, group in cursor.fetchall()}
    assert found == {scores: group_of(*scores).value for scores in itertools.product(SCORES, repeat=3)}
    assert isinstance(group, sql.Sql)
