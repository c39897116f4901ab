"""Files that come with a mutation, sent as the GraphQL multipart request specification says.

Saleor's view puts the name of a part of the form into the variable that the file is for; the part itself stays with
the request. `uploaded` fetches it:

    class Arguments:
        image = Upload(required=True, description="The picture.")

    def perform(info, actor, *, image):
        file = uploaded(info, image, field="image")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import graphene

from ..errors import CustomerPlusError, ErrorCode

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class Upload(graphene.Scalar):  # type: ignore[misc]
    """A file. Its variable is null in the operation, and a part of the multipart form takes its place."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(_node: Any) -> None:
        return None  # a file cannot be written into a query

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value


def uploaded(info: Any, name: Any, *, field: str) -> UploadedFile:
    """The file that the form has under this name. Raise if it has none, or nothing in it."""
    file: UploadedFile | None = info.context.FILES.get(name) if isinstance(name, str) else None
    if file is None:
        raise CustomerPlusError(
            "Send the file as a part of a multipart request, as its specification says.",
            code=ErrorCode.REQUIRED,
            field=field,
        )
    if not file.size:
        raise CustomerPlusError("The file is empty.", code=ErrorCode.REQUIRED, field=field)
    return file
