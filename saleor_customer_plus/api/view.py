"""The endpoint `/plugins/customer-plus/graphql/`, served by Saleor's own GraphQL view, and the URLs of files."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from django.utils.crypto import salted_hmac
from graphql import GraphQLError
from graphql.execution import ExecutionResult

from .. import __version__
from ..core import json_values
from ..saleor_adapter import host
from .core import documents, downloads, limits
from .newsletter import pages
from .records import images
from .schema import schema, sdl

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

PATH = "/graphql/"

# Responses contain personal data: browsers must not render, frame or cache them.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def endpoint(request: HttpRequest, path: str, *, active: bool) -> HttpResponseBase:
    """Handle a request that Saleor passes to the plugin, which it does even for a plugin that is switched off."""
    if not active:
        return HttpResponseNotFound()
    if path.startswith(pages.PATH):
        return pages.answer(request, path)
    if path == PATH:
        response: HttpResponseBase = graphql(request)
    elif path.startswith(downloads.PATH):
        response = downloads.answer(request, path.removeprefix(downloads.PATH))
    elif path.startswith(images.PATH):
        response = images.answer(request, path.removeprefix(images.PATH))
    else:
        return HttpResponseNotFound()
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def graphql(request: HttpRequest) -> HttpResponse:
    """Answer a request to the GraphQL endpoint. A GET returns the schema."""
    if request.method in ("GET", "HEAD"):
        return HttpResponse(sdl(), content_type="text/plain; charset=utf-8")
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if is_too_large(request):
        return _refused("Request body exceeds maximum size.", status=413)
    # Saleor sets the app on its own path only, but its view always reads the attribute.
    request.app = host.app_of(request)  # type: ignore[attr-defined]
    view = _view_class().as_view(schema=schema, backend=documents.Backend())
    return view(request)  # type: ignore[no-any-return]


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is larger than the caller may send, by its Content-Length.

    Only callers with MANAGE_USERS may upload files. Checking that takes a few statements, so it is done for large
    bodies only.
    """
    if "CONTENT_LENGTH" not in request.META:
        return _exceeds_declared_length(request)
    if _bytes_of(request) <= limits.MAX_BODY_BYTES:
        return False
    if request.content_type != "multipart/form-data":
        return True
    caller = host.caller_of(request)
    return caller is None or not caller.has_perm(host.AccountPermissions.MANAGE_USERS)


def _exceeds_declared_length(request: HttpRequest) -> bool:
    """Whether a chunked body, which has no Content-Length, is too large. An ASGI server passes on all of it."""
    body = request.read(limits.MAX_BODY_BYTES + 1)
    request._body = body
    return len(body) > limits.MAX_BODY_BYTES


def _bytes_of(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refused(message: str, *, status: int) -> HttpResponse:
    return JsonResponse({"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}, status=status)


@functools.cache
def _view_class() -> type[Any]:
    class CustomerPlusView(host.graphql_view()):  # type: ignore[misc]
        """Saleor's view with limits for our schema, and introspections cached separately from those of the main API."""

        variables: Any = None
        # The response, kept for the case that Saleor cannot encode it.
        answers: list[tuple[Any, int]]

        def handle_query(self, request: HttpRequest) -> Any:
            self.answers = []
            try:
                return super().handle_query(request)
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                if not self.answers:
                    raise
                logger.error("An answer could not be encoded: %s", type(error).__name__)
                answers = json_values.returnable([answer for answer, _ in self.answers])
                status = max(status for _, status in self.answers)
                is_one = len(answers) == 1
                return JsonResponse(answers[0] if is_one else answers, status=status, safe=False)

        def get_response(self, request: HttpRequest, data: Any) -> tuple[Any, int]:
            answer = super().get_response(request, data)
            self.answers.append(answer)
            return answer  # type: ignore[no-any-return]

        @staticmethod
        def parse_body(request: HttpRequest) -> Any:
            try:
                body = host.graphql_view().parse_body(request)
            except RecursionError:
                raise ValueError("The body has too many levels.") from None
            if isinstance(body, list) and not all(isinstance(entry, dict) for entry in body):
                raise ValueError("Each entry of a batch must be an object.")
            return body

        def get_graphql_params(self, request: HttpRequest, data: Any) -> tuple[Any, Any, Any]:
            query, variables, operation_name = super().get_graphql_params(request, data)
            # Before 3.23, Saleor passes on any value.
            self.variables = variables if isinstance(variables, dict) else None
            return query, self.variables, operation_name if isinstance(operation_name, str) else None

        def parse_query(self, query: Any) -> tuple[Any, Any]:
            if not query or not isinstance(query, str):
                return super().parse_query(query)  # type: ignore[no-any-return]
            try:
                return documents.read(self.schema, query, self.variables or {}, mark=introspection_mark()), None
            except documents.InvalidDocument as invalid:
                return None, ExecutionResult(errors=[*invalid.errors], invalid=True)

        def execute_graphql_request(self, request: HttpRequest, data: Any) -> Any:
            try:
                return super().execute_graphql_request(request, data)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
                # Not part of the execution, whose errors Saleor handles: an invalid map of files.
                logger.info("A request could not be read: %s", type(error).__name__)
                failure = GraphQLError("Unable to parse query.", extensions={"code": "BAD_REQUEST"})
                return ExecutionResult(errors=[failure], invalid=True)

    return CustomerPlusView


@functools.cache
def introspection_mark() -> str:
    """A comment that no query to the main API contains.

    Saleor caches introspections by the text of the query alone: without a mark, the main API would return our schema,
    and this one Saleor's. The mark cannot be guessed and changes with the schema.
    """
    secret = salted_hmac("saleor_customer_plus.introspection", sdl(), algorithm="sha256").hexdigest()
    return f"\n# saleor_customer_plus {__version__} {secret}"
