"""One line of text for a function or a column, so that two hosts can be compared and a difference can be read."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED


def signature(function: Callable[..., Any]) -> str:
    """The parameters with their defaults, without types: `(self, order, webhooks=None)`.

    >>> signature(lambda one, *, two=2: None)
    '(one, *, two=2)'
    """
    bare = inspect.signature(function)
    parameters = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in bare.parameters.values()]
    return str(bare.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


def column(field: models.Field[Any, Any]) -> str:
    """A model's field: `CharField(256) null default=''`."""
    words = [type(field).__name__ + _size(field)]
    words += [word for word, holds in _properties(field).items() if holds]
    if field.has_default():
        words.append(f"default={_default(field.default)}")
    if field.remote_field is not None:
        words += _relation(field)
    return " ".join(words)


def _size(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.DecimalField):
        return f"({field.max_digits}, {field.decimal_places})"
    # A field that derives its length, such as a foreign key, has none of its own.
    return f"({field.max_length})" if field.max_length else ""


def _properties(field: models.Field[Any, Any]) -> dict[str, bool]:
    return {
        "key": field.primary_key,
        "null": field.null and not field.many_to_many,
        "unique": field.unique and not field.primary_key,
        "auto_now": getattr(field, "auto_now", False),
        "auto_now_add": getattr(field, "auto_now_add", False),
        "db_default": field.db_default is not NOT_PROVIDED,
    }


def _default(default: Any) -> str:
    if isinstance(default, functools.partial):
        default = default.func
    return default.__name__ if callable(default) else repr(default)


def _relation(field: Any) -> list[str]:
    target = field.remote_field.model._meta.label
    related_name = field.remote_field.related_name or "-"
    if field.many_to_many:
        return [f"of {target} as {related_name}"]
    return [f"to {target} as {related_name}", field.remote_field.on_delete.__name__]
