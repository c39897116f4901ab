"""Expressions that are part of the schema: of generated columns, indexes and checks."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.db.models import F, Func
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property


class SchemaExpression(Func):
    """An expression over columns of one table, in SQL without parameters.

    A migration gets its SQL as it is at that time, and not the name of the class: so migrations stay what they were,
    and `makemigrations` sees every change of the SQL.
    """

    @abstractmethod
    def sql(self, *columns: str) -> str:
        """Return the SQL, given that of the source expressions."""

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_extra: Any) -> tuple[str, Any]:
        return self.sql(*(compiler.compile(expression)[0] for expression in self.source_expressions)), []

    def frozen(self) -> RawSQL:
        """Return what migrations have of it."""
        columns: Any = self.source_expressions  # each an `F`
        return RawSQL(self.sql(*(f'"{column.name}"' for column in columns)), ())

    def deconstruct(self) -> Any:
        return self.frozen().deconstruct()

    @cached_property
    def identity(self) -> Any:
        """Equal to what migrations have of it: so Django compares the expressions of indexes and checks."""
        if all(isinstance(column, F) for column in self.source_expressions):
            return self.frozen().identity
        return super().identity
