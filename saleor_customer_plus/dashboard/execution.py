"""Executing a GraphQL document in-process, as whoever sent the request for a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from ..api.view import graphql


class Unauthorized(Exception):
    """The token is missing, expired or invalid. The Dashboard can provide a new one."""


class Forbidden(Exception):
    """The caller lacks a permission."""


class Failed(Exception):
    """The API refused or could not answer the document. The message is for the member of staff."""


# Exceptions of Saleor and PyJWT about tokens, by the name in `extensions.exception.code`.
_TOKEN_ERRORS = ("ExpiredSignatureError", "InvalidTokenError", "DecodeError", "InvalidSignatureError")


def execute(
    request: HttpRequest,
    document: str,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, UploadedFile] | None = None,
) -> dict[str, Any]:
    """Return the document's `data`.

    `files` are uploads by the path of their variable, such as `attachments.0`. Raises `Unauthorized`, `Forbidden` or
    `Failed`; errors that a payload lists are the caller's business.
    """
    answer = json.loads(graphql(_request(request, document, variables or {}, files or {})).content)
    errors = answer.get("errors")
    if errors:
        raise _error(errors[0])
    data: dict[str, Any] = answer["data"]
    return data


def _request(
    outer: HttpRequest, document: str, variables: Mapping[str, Any], files: Mapping[str, UploadedFile]
) -> HttpRequest:
    """The request that the caller would have sent to the API: the same token and connection, another body."""
    inner = HttpRequest()
    inner.method = "POST"
    inner.path = inner.path_info = outer.path
    body = {"query": document, "variables": dict(variables)}
    inner.META = {name: value for name, value in outer.META.items() if name not in ("CONTENT_LENGTH", "QUERY_STRING")}
    if files:
        inner.content_type = "multipart/form-data"
        form = QueryDict(mutable=True)
        form["operations"] = json.dumps(body)
        form["map"] = json.dumps({str(number): [f"variables.{path}"] for number, path in enumerate(files)})
        inner.POST = form
        inner.FILES = MultiValueDict({str(number): [file] for number, file in enumerate(files.values())})
        inner._body = b""
    else:
        inner.content_type = "application/json"
        inner._body = json.dumps(body).encode()
    inner.META.update(CONTENT_TYPE=inner.content_type, CONTENT_LENGTH=str(len(inner._body)), REQUEST_METHOD="POST")
    # For the addresses of files: https stays https.
    scheme = outer.scheme
    inner._get_scheme = lambda: scheme  # type: ignore[attr-defined]
    return inner


def _error(error: Mapping[str, Any]) -> Exception:
    extensions = error.get("extensions") or {}
    name = (extensions.get("exception") or {}).get("code", "")
    if name in _TOKEN_ERRORS:
        return Unauthorized()
    if name == "PermissionDenied" or extensions.get("code") == "PERMISSION_DENIED":
        return Forbidden(error["message"])
    return Failed(error["message"])
