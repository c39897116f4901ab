"""The view behind Saleor's API, which plugins use for APIs of their own."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.generic import View
from graphql import GraphQLBackend, GraphQLDocument, GraphQLError, GraphQLSchema
from graphql.error import GraphQLSyntaxError
from graphql.execution import ExecutionResult
from jwt.exceptions import PyJWTError

from .. import __version__
from ..core.exceptions import PermissionDenied
from ._limits import exceeded, is_introspection
from .context import clear_context, get_context_value
from .utils import format_error


class _JsonResponse(HttpResponse):
    """As strict as the encoder of Saleor 3.23: it fails on numbers beyond 64 bits, half characters and 255 levels."""

    def __init__(self, data: Any, safe: bool = True, **options: Any) -> None:
        _check_encodable(data, 1)
        super().__init__(json.dumps(data, default=_encoded), content_type="application/json", **options)


def _encoded(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError("Type is not JSON serializable")


def _check_encodable(value: Any, level: int) -> None:
    if level > 254:
        raise TypeError("Recursion limit reached")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise TypeError("Integer exceeds 64-bit range")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise TypeError("Dict key must be str")
            _check_encodable(name, level)
            _check_encodable(inner, level + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_encodable(inner, level + 1)


_Answer = tuple[dict[str, Any], int]


class GraphQLView(View):
    """_Answers queries against any schema, with the limits, the context and the errors of the main API."""

    schema: GraphQLSchema | None = None
    executor = None
    middleware = None
    root_value = None
    backend: GraphQLBackend | None = None

    HANDLED_EXCEPTIONS = (GraphQLError, PyJWTError, PermissionDenied)

    def __init__(
        self,
        schema: GraphQLSchema,
        backend: GraphQLBackend,
        executor: Any = None,
        middleware: list[str] | None = None,
        root_value: Any = None,
    ) -> None:
        super().__init__()
        self.schema = schema
        self.backend = backend
        self.executor = executor
        self.middleware = middleware
        self.root_value = root_value

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["OPTIONS", "POST"])
        return self.handle_query(request)

    def handle_query(self, request: HttpRequest) -> _JsonResponse:
        try:
            data = self.parse_body(request)
        except RequestDataTooBig:
            return self._refuse("Request body exceeds maximum size.", status=413)
        except ValueError:
            return self._refuse("Unable to parse query.", status=400)
        if not isinstance(data, list):
            answer, status = self.get_response(request, data)
            return _JsonResponse(answer, status=status)
        if len(data) > settings.GRAPHQL_BATCH_MAX_COUNT:
            return self._refuse("Number of batch queries exceeded.", status=400)
        answers = [self.get_response(request, entry) for entry in data]
        status = max((status for _, status in answers), default=200)
        return _JsonResponse([answer for answer, _ in answers], status=status, safe=False)

    def get_response(self, request: HttpRequest, data: dict[str, Any]) -> _Answer:
        outcome = self.execute_graphql_request(request, data)
        if outcome is _STOREFRONT_TRAFFIC_BLOCKED:
            code = {"code": "STOREFRONT_TRAFFIC_NOT_ALLOWED"}
            return {"errors": [{"message": "Storefront traffic is not allowed.", "extensions": code}]}, 401
        answer: dict[str, Any] = {}
        if outcome.errors:
            answer["errors"] = [self.format_error(error) for error in outcome.errors]
        if not outcome.invalid:
            answer["data"] = outcome.data
        if outcome.extensions:
            answer["extensions"] = outcome.extensions
        return answer, 400 if outcome.invalid else 200

    def get_root_value(self) -> Any:
        return self.root_value

    def parse_query(self, query: str | None) -> tuple[GraphQLDocument | None, ExecutionResult | None]:
        """The parsed query, or why it cannot be parsed."""
        if not query or not isinstance(query, str):
            return None, _invalid(GraphQLError("Must provide a query string."))
        try:
            return cast(Any, self.backend).document_from_string(self.schema, query), None
        except (ValueError, GraphQLSyntaxError) as error:
            return None, _invalid(error)

    def execute_graphql_request(self, request: HttpRequest, data: dict[str, Any]) -> ExecutionResult:
        query, variables, operation_name = self.get_graphql_params(request, data)
        document, failure = self.parse_query(query)
        if document is None:
            return cast(ExecutionResult, failure)
        try:
            asks_for_schema = is_introspection(document)
        except GraphQLError as error:
            return _invalid(error)
        if errors := exceeded(document):
            return _invalid(*errors)
        context = get_context_value(request)
        try:
            if _is_storefront_traffic_blocked(context):
                return _STOREFRONT_TRAFFIC_BLOCKED
            # The schema is no part of the key: two schemas that get the same text share one answer, as in Saleor.
            key = f"{__version__}-{hashlib.sha256(document.document_string.encode()).hexdigest()}"
            is_cached = asks_for_schema and not settings.DEBUG
            outcome = cache.get(key) if is_cached else None
            if outcome is None:
                outcome = document.execute(
                    root=self.get_root_value(),
                    variables=variables,
                    operation_name=operation_name,
                    context=context,
                    middleware=self.middleware,
                )
                if is_cached:
                    cache.set(key, outcome)
            return cast(ExecutionResult, outcome)
        except Exception as error:
            # graphql-core 2 raises a bare exception for an integer in a variable that is too big.
            is_mistake = isinstance(error, ValueError) or str(error).startswith("Int cannot represent")
            return _invalid(GraphQLError(str(error)) if is_mistake else error)
        finally:
            clear_context(context)

    @staticmethod
    def parse_body(request: HttpRequest) -> Any:
        if request.content_type == "application/graphql":
            return {"query": request.body.decode()}
        if request.content_type == "application/json":
            body = json.loads(request.body)
            if not isinstance(body, dict | list):
                raise ValueError("Invalid query.")
            return body
        if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return request.POST
        return {}

    @staticmethod
    def get_graphql_params(request: HttpRequest, data: Any) -> tuple[str | None, dict[str, Any] | None, str | None]:
        """Query, variables and operation name. A file in a variable is the name of its part of the form."""
        operation_name = data.get("operationName")
        if request.content_type == "multipart/form-data":
            paths = json.loads(data.get("map", "{}"))
            data = json.loads(data.get("operations", "{}"))
            for part, places in paths.items():
                for place in places:
                    _put(data, place.split("."), part)
        query, variables = data.get("query"), data.get("variables")
        return (
            query if isinstance(query, str) else None,
            variables if isinstance(variables, dict) else None,
            operation_name if isinstance(operation_name, str) and operation_name != "null" else None,
        )

    def format_error(self, error: Exception) -> dict[str, Any]:
        return format_error(error, self.HANDLED_EXCEPTIONS)

    def _refuse(self, message: str, *, status: int) -> _JsonResponse:
        return _JsonResponse({"errors": [self.format_error(GraphQLError(message))]}, status=status)


def _invalid(*errors: Exception) -> ExecutionResult:
    return ExecutionResult(errors=list(errors), invalid=True)


_STOREFRONT_TRAFFIC_BLOCKED = _invalid()


def _is_storefront_traffic_blocked(context: Any) -> bool:
    """Whether only staff and apps are let in. As in Saleor 3.23.22, whoever calls the view has to have set `app`."""
    if context.app or settings.ALLOW_STOREFRONT_TRAFFIC:
        return False
    try:
        return not (context.user and context.user.is_staff)
    except PyJWTError:
        return True


def _put(target: Any, path: list[str], value: Any) -> None:
    *parents, last = [int(step) if step.isdigit() else step for step in path]
    for step in parents:
        target = target[step]
    target[last] = value
