"""A client of the plugin's GraphQL endpoint, and of Saleor's own where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
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
        return _data(self.post(query, **variables))

    def upload(self, query: str, files: Mapping[str, UploadedFile], **variables: Any) -> dict[str, Any]:
        """Send files along, each for the variable of its name (`input.files.0` for one within), and return `data`."""
        return _data(self.post_files(query, files, **variables))

    def post_files(self, query: str, files: Mapping[str, UploadedFile], **variables: Any) -> HttpResponse:
        """Return the bare HTTP response to a multipart request."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        variables = {**{name: None for name in files if "." not in name}, **variables}
        form = {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({str(part): [f"variables.{name}"] for part, name in enumerate(files)}),
            **{str(part): file for part, file in enumerate(files.values())},
        }
        return Client(headers=headers).post(self.path, form)

    def errors(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """Return `errors`, of which there must be some."""
        answer = self.post(query, **variables).json()
        assert answer.get("errors"), answer
        return answer["errors"]


def _data(response: HttpResponse) -> dict[str, Any]:
    answer = response.json()
    assert "errors" not in answer, answer["errors"]
    assert response.status_code == 200
    return answer["data"]
