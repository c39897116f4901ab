"""Group inputs."""

from __future__ import annotations

import graphene


class CustomerGroupInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a group. Omitted fields are unchanged."""

    name = graphene.String(
        description="Name, visible to members. At most 255 characters, no comma. Required to create a group."
    )
    description = graphene.String(description="Internal description, not shown to customers.")
    voucher_code = graphene.String(
        description="Code of a Saleor voucher to apply to members' checkouts, or an empty string. Not validated."
    )
