"""The API as a member of staff uses it: sends what a Dashboard extension would send, and reads what it would show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from .serve import PATH, staff_token


class ApiClient:
    """The plugin's endpoint, asked by staff who may manage customers."""

    def __init__(self) -> None:
        self.token = staff_token()
        self.client = Client(headers={"Authorization": f"Bearer {self.token}"}, SERVER_NAME="localhost")

    def __call__(self, operation: str, files: Mapping[str, SimpleUploadedFile] | None = None, **variables: Any) -> Any:
        """Return what the one field of an operation answers. Whatever is refused ends the demo with its errors."""
        response = self._send_files(operation, files, variables) if files else self._send(operation, variables)
        answer = response.json()
        refused = answer.get("errors") or [
            error for payload in answer["data"].values() for error in (payload or {}).get("errors") or ()
        ]
        if refused:
            raise RuntimeError(f"{operation}: {refused}")
        ((_, payload),) = answer["data"].items()
        return payload

    def download(self, address: str) -> bytes:
        """Fetch a private file by the address that the API gave."""
        response = self.client.get(address.partition("localhost")[2] or address)
        if response.status_code != 200:
            raise RuntimeError(f"A download was answered with {response.status_code}.")
        return response.getvalue()

    def record(self, email: str) -> str:
        """The id of somebody's record."""
        return str(self("query ($email: String!) { customerRecord(email: $email) { id } }", email=email)["id"])

    def _send(self, operation: str, variables: Mapping[str, Any]) -> Any:
        return self.client.post(PATH, {"query": operation, "variables": variables}, content_type="application/json")

    def _send_files(self, operation: str, files: Mapping[str, Any], variables: Mapping[str, Any]) -> Any:
        """As the GraphQL multipart request specification has it."""
        form = {
            "operations": json.dumps({"query": operation, "variables": _with_room_for(files, variables)}),
            "map": json.dumps({str(part): [f"variables.{name}"] for part, name in enumerate(files)}),
        }
        return self.client.post(PATH, form | {str(part): file for part, file in enumerate(files.values())})


def _with_room_for(files: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables, with a null in the place of each file, also within a list (`files.0`)."""
    filled = dict(variables)
    for name in files:
        variable, _, is_in_list = name.partition(".")
        filled[variable] = [*filled.get(variable, []), None] if is_in_list else None
    return filled
