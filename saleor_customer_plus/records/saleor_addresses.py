"""How one address is picked where Saleor has two: a billing and a shipping address, of an order or of an account."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce, NullIf

from .addresses import LINES


def of_one_address(*relations: str) -> dict[str, Case]:
    """The lines and the country of the first of these addresses that has any line, blank or not.

    So a street never stands beside the city of another address. Without any line: the first country that there is.
    """
    picked = {name: _of_first_with_lines(name, relations, Value("")) for name in LINES}
    country = _of_first_with_lines("country", relations, first_said("country", *relations))
    return {**picked, "country_code": country}


def first_said(field: str, *relations: str, own: str = "") -> Coalesce:
    """The value of `own`, if one is given, or of the first of these addresses where it is not blank, or blank."""
    paths = [own] if own else []
    paths += [f"{relation}__{field}" for relation in relations]
    return Coalesce(*(NullIf(F(path), Value("")) for path in paths), Value(""), output_field=CharField())


def _of_first_with_lines(field: str, relations: tuple[str, ...], otherwise: Coalesce | Value) -> Case:
    return Case(
        *(When(_has_lines(relation), then=F(f"{relation}__{field}")) for relation in relations),
        default=otherwise,
        output_field=CharField(),
    )


def _has_lines(relation: str) -> Q:
    return reduce(or_, (Q(**{f"{relation}__{name}__gt": ""}) for name in LINES))
