"""Statement timeouts of the API, so that no request occupies the database, or waits for it, indefinitely."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from graphql import GraphQLError, GraphQLSchema
from graphql.execution import ExecutionResult, execute
from graphql.language import ast
from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus

from ...core import environment

# Read at import.
MILLISECONDS = environment.believed_statement_timeout() * 1000


def run(schema: GraphQLSchema, document: ast.Document, **arguments: Any) -> Any:
    """Execute a document with a timeout for each statement, including those that wait for a lock.

    A query is one transaction, and returns everything or nothing. Each field of a mutation has its own transaction
    (`limited`); reading its payload has none.
    """
    operations = _wanted(document, arguments.get("operation_name"))
    if not MILLISECONDS or not _asks_for_more_than_the_schema(operations):
        return execute(schema, document, **arguments)
    if any(operation.operation != "query" for operation in operations):
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(_each_limited):
            done: Any = execute(schema, document, **arguments)
        if getattr(done, "errors", None):
            done.errors = [_too_slow(path=error.path) if is_timeout(error) else error for error in done.errors]
        return done
    with _limited_query() as watch:
        result = execute(schema, document, **arguments)
        watch.is_over = any(is_timeout(error) for error in getattr(result, "errors", None) or ())
    if not watch.is_over:
        return result
    # Later statements in the same transaction failed as a consequence.
    return ExecutionResult(data=None, errors=[_too_slow()])


def seconds() -> str:
    """The timeout in words, for messages."""
    return f"{MILLISECONDS / 1000:g} seconds"


def _too_slow(path: Any = None) -> GraphQLError:
    return GraphQLError(
        f"The database took longer than {seconds()} for one statement. Narrow the filter or the"
        " search, leave out totalCount, or ask for fewer lists at once.",
        path=path,
        extensions={"code": "TIMEOUT"},
    )


def _wanted(document: ast.Document, name: str | None) -> list[ast.OperationDefinition]:
    operations = [item for item in document.definitions if isinstance(item, ast.OperationDefinition)]
    return [item for item in operations if not name or (item.name and item.name.value == name)]


def _asks_for_more_than_the_schema(operations: list[ast.OperationDefinition]) -> bool:
    return any(
        not (isinstance(item, ast.Field) and item.name.value.startswith("__"))
        for operation in operations
        for item in operation.selection_set.selections
    )


def is_timeout(error: Any) -> bool:
    """Whether an error, or its cause, is a statement that PostgreSQL canceled."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, QueryCanceled):
            return True
        seen.add(id(error))
        error = getattr(error, "original_error", None) or getattr(error, "__cause__", None)
    return False


class _Watch:
    is_over = False


@contextmanager
def limited() -> Iterator[None]:
    """A transaction, or a savepoint in the current one, with a timeout for each statement.

    Its own statements bypass Django, whose log of statements is for those of the request.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    is_within = connection.in_atomic_block
    with transaction.atomic():
        if not MILLISECONDS:
            yield
            return
        driver = connection.connection
        before = driver.execute("SHOW statement_timeout").fetchone()[0] if is_within else ""
        driver.execute(f"SET LOCAL statement_timeout = {MILLISECONDS}")
        yield
        if is_within:  # after an error, the rollback to the savepoint does the same
            driver.execute(f"SET LOCAL statement_timeout = '{before}'")


def _each_limited(run_it: Any, statement: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute one statement, in its own transaction unless one is open."""
    if context["connection"].in_atomic_block:
        return run_it(statement, params, many, context)
    with limited():
        return run_it(statement, params, many, context)


@contextmanager
def _limited_query() -> Iterator[_Watch]:
    """A transaction, or a savepoint in the current one, with timeouts; rolled back if a statement exceeded its own."""
    watch = _Watch()
    connection: Any = connections[DEFAULT_DB_ALIAS]
    is_within = connection.in_atomic_block
    with transaction.atomic(savepoint=False):
        driver = connection.connection
        before = driver.execute("SHOW statement_timeout").fetchone()[0] if is_within else ""
        if is_within:
            driver.execute("SAVEPOINT customer_plus_query")
        # Conditions are long, and PostgreSQL guesses that they are dear: it would compile one for seconds that then
        # takes a moment.
        driver.execute(f"SET LOCAL statement_timeout = {MILLISECONDS}; SET LOCAL jit = off")
        try:
            yield watch
        finally:
            is_broken = driver.info.transaction_status == TransactionStatus.INERROR
            if is_within and is_broken:
                driver.execute("ROLLBACK TO SAVEPOINT customer_plus_query")
                connection.needs_rollback = False
            elif is_within:
                driver.execute(f"SET LOCAL statement_timeout = '{before}'")
                driver.execute("RELEASE SAVEPOINT customer_plus_query")
            elif is_broken:
                transaction.set_rollback(True)
