"""Fields of models that migrations see as Django's own, so that these never import code of the package."""

from __future__ import annotations

from typing import Any

from django.db import models


class PrivateFileField(models.FileField):
    """A file in a storage that is not public. A data migration that opens such files has to name the storage itself."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("storage", None)
        return name, "django.db.models.FileField", args, kwargs


class KeyField(models.CharField):  # type: ignore[type-arg]
    """A text that names a row, made by `default`. A data migration that adds rows has to make it itself."""

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.CharField", args, kwargs
