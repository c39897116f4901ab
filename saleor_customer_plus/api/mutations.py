"""What all mutations share: who may call them, one transaction, and errors as `errors { field message code id }`.

A mutation of a feature is a class like

    class CustomerTagCreate(StaffMutation):
        "Make a tag."

        tag = graphene.Field(CustomerTag, description="The tag.")

        class Arguments:
            input = CustomerTagInput(required=True, description="The tag's fields.")

        @classmethod
        def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
            return {"tag": actions.create(**input, actor=actor)}
"""

from __future__ import annotations

from typing import Any

import graphene
from django.db import transaction
from graphene.utils.str_converters import to_camel_case

from .. import host, sql
from ..activity.actions import Actor
from ..activity.models import ActorType
from ..errors import CustomerPlusError as Problem
from ..errors import ErrorCode, SeveralErrors
from .base import may_manage
from .types import enum_of, list_of

CustomerPlusErrorCode = enum_of(ErrorCode, name="CustomerPlusErrorCode", description="What kind of error it is.")


class CustomerPlusError(graphene.ObjectType):  # type: ignore[misc]
    """Why a mutation was refused. Nothing was done then."""

    field = graphene.String(description="The field of the input that the error is about.")
    message = graphene.String(required=True, description="What is wrong and what to do, without personal data.")
    code = graphene.Field(CustomerPlusErrorCode, required=True, description="The code, for programs.")
    id = graphene.ID(description="The global id of what is in the way, where there is such a thing.")

    @classmethod
    def of(cls, error: Problem) -> CustomerPlusError:
        field = None if error.field is None else ".".join(map(to_camel_case, error.field.split(".")))
        return cls(field=field, message=error.message, code=error.code, id=error.id)


def actor_of(info: Any) -> Actor:
    """Who calls: the app whose token the request carries, or the user."""
    app, user = info.context.app, info.context.user
    if app:
        return Actor(ActorType.APP, str(app.pk))
    return Actor(ActorType.STAFF if user.is_staff else ActorType.CUSTOMER, str(user.pk))


class BaseMutation(graphene.Mutation):  # type: ignore[misc]
    """A mutation whose refusals are data. `perform` runs in one transaction and returns the fields of the payload."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        cls.errors = list_of(CustomerPlusError, required=True, description="Why it was refused. Empty if it was done.")
        options.setdefault("description", " ".join((cls.__doc__ or "").split()))
        super().__init_subclass_with_meta__(**options)

    @classmethod
    def check_access(cls, info: Any) -> None:
        """Raise `PermissionDenied` unless the caller may do this at all."""
        raise NotImplementedError

    # Called as `perform(info, actor, **arguments)`. Declared like this, so that each may name its own arguments.
    @classmethod
    def perform(cls, *args: Any, **arguments: Any) -> dict[str, Any]:
        raise NotImplementedError

    @classmethod
    def caller(cls, info: Any) -> Actor:
        return actor_of(info)

    @classmethod
    def mutate(cls, _root: Any, info: Any, **arguments: Any) -> Any:
        cls.check_access(info)
        try:
            with sql.without_values(), transaction.atomic():
                return cls(**cls.perform(info, cls.caller(info), **arguments), errors=[])
        except Problem as problem:
            return cls(errors=[CustomerPlusError.of(problem)])
        except SeveralErrors as several:
            return cls(errors=[CustomerPlusError.of(problem) for problem in several.errors])


class StaffMutation(BaseMutation):
    """A mutation for staff members and apps that may manage users."""

    class Meta:
        abstract = True

    @classmethod
    def check_access(cls, info: Any) -> None:
        if not may_manage(info):
            raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
