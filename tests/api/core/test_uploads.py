"""Files that come with an operation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import graphene
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.api.core.uploads import Upload, uploaded
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode


class Query(graphene.ObjectType):
    """Asks for a file."""

    name = graphene.String(file=Upload(), files=graphene.List(Upload))

    @staticmethod
    def resolve_name(_root: Any, info: Any, file: Any = None, files: Any = ()) -> str:
        return ", ".join(str(uploaded(info, one, field="file").name) for one in (files or [file]))


schema = graphene.Schema(Query)


def ask(query: str, variables: dict[str, Any], **parts: SimpleUploadedFile) -> Any:
    return schema.execute(query, variables=variables, context=SimpleNamespace(FILES=parts))


def test_the_part_of_the_form_that_the_variable_names() -> None:
    result = ask("query ($f: Upload) { name(file: $f) }", {"f": "0"}, **{"0": SimpleUploadedFile("a.txt", b"text")})

    assert result.data == {"name": "a.txt"}


def test_several() -> None:
    parts = {"0": SimpleUploadedFile("a.txt", b"text"), "1": SimpleUploadedFile("b.txt", b"text")}

    result = ask("query ($f: [Upload]) { name(files: $f) }", {"f": ["1", "0"]}, **parts)

    assert result.data == {"name": "b.txt, a.txt"}


@pytest.mark.parametrize("value", ["1", "", None, 0, ["0"], {"0": "0"}, True])
def test_no_such_part(value: Any) -> None:
    info = SimpleNamespace(context=SimpleNamespace(FILES={"0": SimpleUploadedFile("a.txt", b"text")}))

    with pytest.raises(CustomerPlusError, match="multipart") as caught:
        uploaded(info, value, field="image")

    assert (caught.value.code, caught.value.field) == (ErrorCode.REQUIRED, "image")


def test_not_in_the_query_itself() -> None:
    parts = {"0": SimpleUploadedFile("a.txt", b"text")}

    (error,) = ask('{ name(file: "0") }', {}, **parts).errors

    assert "multipart" in str(error) or "Upload" in str(error)


def test_an_empty_file() -> None:
    info = SimpleNamespace(context=SimpleNamespace(FILES={"0": SimpleUploadedFile("a.txt", b"")}))

    with pytest.raises(CustomerPlusError, match="empty") as caught:
        uploaded(info, "0", field="image")

    assert caught.value.code is ErrorCode.REQUIRED
