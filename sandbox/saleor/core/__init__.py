"""Core: the private file storage."""

from typing import cast

from django.conf import settings
from django.core.files.storage import Storage
from django.utils.functional import LazyObject
from django.utils.module_loading import import_string


class PrivateStorage(LazyObject):
    """Files that must not be in the public bucket. Which storage that is, the settings say."""

    def _setup(self) -> None:
        self._wrapped = import_string(settings.PRIVATE_FILE_STORAGE)()


private_storage = cast(Storage, PrivateStorage())
