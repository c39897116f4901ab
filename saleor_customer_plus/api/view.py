"""The endpoint: `/plugins/customer-plus/graphql/`, served by Saleor's own GraphQL view. Files are beside it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseNotFound
from django.utils.crypto import salted_hmac
from graphql.execution import ExecutionResult

from .. import __version__, host
from . import downloads, images, limits
from .schema import schema, sdl

if TYPE_CHECKING:
    from django.http import HttpRequest

PATH = "/graphql/"

# Answers are data, and personal: no browser may render, frame or keep them.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def endpoint(request: HttpRequest, path: str, *, active: bool) -> HttpResponseBase:
    """Answer what Saleor passes on to the plugin. It does so for a plugin that was switched off, too."""
    if not active:
        return HttpResponseNotFound()
    if path == PATH:
        response: HttpResponseBase = _graphql(request)
    elif path.startswith(downloads.PATH):
        response = downloads.answer(request, path.removeprefix(downloads.PATH))
    elif path.startswith(images.PATH):
        response = images.answer(request, path.removeprefix(images.PATH))
    else:
        return HttpResponseNotFound()
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _graphql(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        return HttpResponse(sdl(), content_type="text/plain; charset=utf-8")
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    # Saleor resolves apps on its own path only, and its view reads the attribute in any case.
    request.app = host.app_of(request)  # type: ignore[attr-defined]
    view = _view_class().as_view(schema=schema, backend=host.graphql_backend())
    return view(request)  # type: ignore[no-any-return]


@functools.cache
def _view_class() -> type[Any]:
    class CustomerPlusView(host.graphql_view()):  # type: ignore[misc]
        """Saleor's view, with limits that fit our schema and introspections kept apart from those of the main API."""

        variables: Any = None

        def get_graphql_params(self, request: HttpRequest, data: Any) -> tuple[Any, Any, Any]:
            query, self.variables, operation_name = super().get_graphql_params(request, data)
            return query, self.variables, operation_name

        def parse_query(self, query: Any) -> tuple[Any, Any]:
            if not query or not isinstance(query, str):
                return super().parse_query(query)  # type: ignore[no-any-return]
            # Also finds syntax errors: of these the parser shows where they are, and so might show the mark.
            if error := limits.check(query, self.variables):
                return None, ExecutionResult(errors=[error], invalid=True)
            return super().parse_query(query + introspection_mark())  # type: ignore[no-any-return]

    return CustomerPlusView


@functools.cache
def introspection_mark() -> str:
    """A comment that no query to the main API can have.

    Saleor caches the answer to an introspection by the text of the query alone: without a mark the main API would
    answer with our schema and we with its own. The mark cannot be guessed, and changes with the schema.
    """
    secret = salted_hmac("saleor_customer_plus.introspection", sdl(), algorithm="sha256").hexdigest()
    return f"\n# saleor_customer_plus {__version__} {secret}"
