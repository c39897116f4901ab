"""The query for all that is kept about one customer."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import Any

import graphene
from django.core.files import File

from ...activity.models import ActorType
from ...activity.services import Actor
from ...core import private_files
from ...errors import CustomerPlusError, ErrorCode
from ...personal_data.writing import log, write
from ...saleor_adapter import staff
from ..core.base import channels_of, staff_only, with_api_errors
from ..core.downloads import Download, address_of, register
from ..core.mutations import actor_of
from ..records.lookup import existing_record

_KIND = "personal-data"
_WITH_NOTES, _WITHOUT_NOTES = "all", "without-notes"


class CustomerPersonalData(graphene.ObjectType):  # type: ignore[misc]
    """All that is kept about one customer, as a JSON file."""

    url = graphene.String(
        required=True, description="URL to download the file, valid for one hour. Anyone who has it can use it."
    )


class PersonalDataQueries:
    """The personal data of one customer, for staff."""

    customer_personal_data = graphene.Field(
        CustomerPersonalData,
        description="All that is kept about one customer, to answer a request for access (GDPR Art. 15). Requires "
        "MANAGE_USERS, and access to the orders of all channels.",
        record_id=graphene.ID(required=True, description="Global ID of the customer record."),
        include_notes=graphene.Boolean(
            default_value=True,
            description="Whether the file contains the internal notes. They are data about the customer too. If they "
            "are left out, the file says so.",
        ),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_personal_data(
        _root: Any, info: Any, record_id: str, include_notes: bool | None = True
    ) -> CustomerPersonalData:
        record = existing_record(record_id, field="record_id")
        if channels_of(info) is not None:
            raise CustomerPlusError(
                "The file must be complete: ask somebody for it who has access to the orders of all channels.",
                code=ErrorCode.OUT_OF_SCOPE,
                field="record_id",
            )
        actor = actor_of(info)
        name = f"{_WITHOUT_NOTES if include_notes is False else _WITH_NOTES} {actor.type.value} {actor.id}"
        return CustomerPersonalData(url=address_of(_KIND, record.pk, name, info.context))


def _made(record_id: int, name: str, channels: staff.Channels) -> Download | None:
    """The data as it is now, for whoever follows the link and still has access to all channels.

    The log of the person says that whoever asked for the link has the file, each time that it is downloaded.
    """
    if channels is not None:
        return None
    notes, actor_type, actor_id = name.split(" ")
    with_notes, actor = notes == _WITH_NOTES, Actor(ActorType(actor_type), actor_id)
    with private_files.naming_failures():
        # Not in memory. The response closes it, which removes it.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            is_there = write(record_id, file, with_notes=with_notes)
            file.seek(0)
        except BaseException:
            file.close()
            raise
    if not is_there:
        file.close()
        return None
    leaving = partial(log, record_id, actor=actor, with_notes=with_notes)
    return Download(File(file), f"customer-{record_id}.json", "application/json", leaving)


register(_KIND, _made)
