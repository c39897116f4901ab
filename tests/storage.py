"""A storage of the test's own: others run at the same time."""

from __future__ import annotations

from pathlib import Path

from django.core.files.storage import FileSystemStorage


class Storage(FileSystemStorage):
    """Files in a folder, of which a test can ask which there are."""

    def paths(self) -> list[str]:
        root = Path(self.location)
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
