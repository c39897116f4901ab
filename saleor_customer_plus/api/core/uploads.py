"""Files of a mutation, sent as in the GraphQL multipart request specification.

Saleor's view sets the variable of a file to the name of the form part, and leaves the part in the request. `uploaded`
returns it:

    class Arguments:
        image = Upload(required=True, description="The picture.")

    def perform(info, actor, *, image):
        file = uploaded(info, image, field="image")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import graphene

from ...errors import CustomerPlusError, ErrorCode

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class Upload(graphene.Scalar):  # type: ignore[misc]
    """A file upload. Its variable is null in the operation and is replaced with a part of the multipart form."""

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @staticmethod
    def parse_literal(_node: Any) -> None:
        return None  # a file cannot be a literal

    @staticmethod
    def parse_value(value: Any) -> Any:
        return value


def uploaded(info: Any, name: Any, *, field: str) -> UploadedFile:
    """Return the uploaded file of this name. Raise if it is missing or empty."""
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
