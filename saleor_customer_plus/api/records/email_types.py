"""The e-mail addresses of a customer record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import graphene

from ...records.emails import OtherEmail
from ...records.models import CustomerRecord as Record
from ..core.types import DateTime
from ..customers.inputs import CustomerRecordSource


class CustomerRecordEmail(graphene.ObjectType):  # type: ignore[misc]
    """An e-mail address of a customer."""

    email = graphene.String(required=True, description="E-mail address, trimmed and in lower case.")
    is_primary = graphene.Boolean(
        required=True, description="Whether it is the primary address, to which messages are sent."
    )
    source = graphene.Field(
        CustomerRecordSource, description="Where another address came from. Null for the primary address."
    )
    created_at = DateTime(
        description="Since when it has been another address of the record. Null for the primary address."
    )


def emails_of(record: Record, others: Iterable[OtherEmail]) -> list[dict[str, Any]]:
    """Return the addresses of a record, the primary one first."""
    return [
        {"email": record.email, "is_primary": True},
        *(
            {"email": one.email, "source": one.source, "created_at": one.created_at, "is_primary": False}
            for one in others
        ),
    ]
