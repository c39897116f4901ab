"""A client of the plugin's GraphQL endpoint, and of Saleor's own where there is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.test import Client

OUR_PATH = "/plugins/customer-plus/graphql/"
SALEOR_PATH = "/graphql/"


@dataclass(frozen=True)
class Api:
    """One GraphQL endpoint, asked with one token (none: by an anonymous client)."""

    token: str | None = None
    path: str = OUR_PATH

    def by(self, token: str | None) -> Api:
        """Return the same endpoint, asked by somebody else."""
        return replace(self, token=token)

    def post(self, query: str, **variables: Any) -> HttpResponse:
        """Return the bare HTTP response."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables}
        return Client(headers=headers).post(self.path, body, content_type="application/json")

    def __call__(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return `data`. Errors of GraphQL fail the test, with what they say."""
        response = self.post(query, **variables)
        answer = response.json()
        assert "errors" not in answer, answer["errors"]
        assert response.status_code == 200
        return answer["data"]

    def errors(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """Return `errors`, of which there must be some."""
        answer = self.post(query, **variables).json()
        assert answer.get("errors"), answer
        return answer["errors"]
