"""Saleor's own GraphQL API, as a storefront or the Dashboard calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import TestCase

from tests.client import Api


@dataclass(frozen=True)
class SaleorApi(Api):
    """Saleor's endpoint. What a request leaves to do after the commit is done when it is answered."""

    path: str = "/graphql/"

    def post(self, query: str, **variables: Any) -> HttpResponse:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().post(query, **variables)

    def __call__(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return what the one root field of the query gives. Its `errors` fail the test too."""
        (answer,) = super().__call__(query, **variables).values()
        assert not answer.get("errors"), answer["errors"]
        return answer
