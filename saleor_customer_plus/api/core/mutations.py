"""The base of all mutations: permissions, one transaction, and errors as `errors { field message code id }`.

A mutation of a feature looks like this:

    class CustomerTagCreate(StaffMutation):
        "Creates a tag."

        tag = graphene.Field(CustomerTag, description="The created tag. Null if the mutation failed.")

        class Arguments:
            input = CustomerTagInput(required=True, description="Fields required to create a tag.")

        @classmethod
        def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
            return {"tag": actions.create(**input, actor=actor)}
"""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.db import OperationalError

from ...activity.models import ActorType
from ...activity.services import Actor
from ...core import sql
from ...core.staged_files import Staging
from ...errors import CustomerPlusError as Problem
from ...errors import ErrorCode, SeveralErrors
from ...saleor_adapter import host
from . import timeouts
from .base import may_manage, spelled
from .types import enum_of, list_of

CustomerPlusErrorCode = enum_of(
    ErrorCode,
    name="CustomerPlusErrorCode",
    description="Error codes.",
    values={
        "ALREADY_EXISTS": "The action was already performed, for example the account exists",
        "DISABLED": "A setting, or the state of the object, does not allow the action",
        "INVALID": "The value is invalid",
        "LIMIT_REACHED": "A limit was exceeded: too many values, characters, bytes or tags",
        "NOT_FOUND": "The object with this ID or name does not exist or was deleted",
        "OUT_OF_SCOPE": "The caller, or a rule such as a withdrawn consent, does not allow the action",
        "RATE_LIMITED": "Too many requests. Try again later",
        "REQUIRED": "A required value is missing",
        "STALE": "The object changed after it was read. Read it again",
        "STORAGE_DENIED": "Saleor has no access to the storage for private files",
        "STORAGE_FULL": "The disk, or the storage for private files, is full",
        "STORAGE_UNAVAILABLE": "The storage for private files is unavailable",
        "TIMEOUT": "The database timed out or waited too long for a lock. Try again",
        "UNIQUE": "The value is already in use. `id` identifies the object, if the caller may know it",
        "UNSUPPORTED": "The installed Saleor does not have this. The message names the version that does",
        "UNSUPPORTED_FILE": "The file has an unsupported type or cannot be read",
        "GRAPHQL_ERROR": "Saleor rejected a call made by this mutation, or did not respond",
    },
)


class CustomerPlusError(graphene.ObjectType):  # type: ignore[misc]
    """An error that occurred during a mutation. Nothing was changed."""

    field = graphene.String(description="Name of the input field that caused the error.")
    message = graphene.String(
        required=True, description="The error message: what is wrong and what to do. Contains no personal data."
    )
    code = graphene.Field(CustomerPlusErrorCode, required=True, description="Error code for programs.")
    id = graphene.ID(description="ID of the conflicting object, if any.")

    @classmethod
    def of(cls, error: Problem) -> CustomerPlusError:
        field = None if error.field is None else spelled(error.field)
        return cls(field=field, message=error.message, code=error.code, id=error.id)


def actor_of(info: Any) -> Actor:
    """The caller: the app of the token, or the user."""
    app, user = info.context.app, info.context.user
    if app:
        return Actor(ActorType.APP, str(app.pk))
    return Actor(ActorType.STAFF if user.is_staff else ActorType.CUSTOMER, str(user.pk))


def _too_slow() -> Problem:
    return Problem(
        f"The database did not finish within {timeouts.seconds()}, so nothing was changed. Somebody else may be"
        " changing the same customers: try again, or narrow what is asked for.",
        code=ErrorCode.TIMEOUT,
    )


class BaseMutation(graphene.Mutation):  # type: ignore[misc]
    """A mutation that returns its errors. `perform` runs in one transaction and returns the fields of the payload."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        cls.errors = list_of(
            CustomerPlusError, required=True, description="List of errors. Empty if the mutation succeeded."
        )
        options.setdefault("description", " ".join((cls.__doc__ or "").split()))
        super().__init_subclass_with_meta__(**options)

    @classmethod
    def check_access(cls, info: Any) -> None:
        """Raise `PermissionDenied` unless the caller may use this mutation."""
        raise NotImplementedError

    # Called as `perform(info, actor, **arguments)`. Declared like this so that each mutation can name its arguments.
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
            with sql.without_values(), timeouts.limited():
                return cls(**cls.perform(info, cls.caller(info), **arguments), errors=[])
        except Problem as problem:
            return cls(errors=[CustomerPlusError.of(problem)])
        except SeveralErrors as several:
            return cls(errors=[CustomerPlusError.of(problem) for problem in several.errors])
        except OperationalError as error:
            if not timeouts.is_timeout(error):
                raise
            return cls(errors=[CustomerPlusError.of(_too_slow())])


class StaffMutation(BaseMutation):
    """A mutation for staff members and apps with MANAGE_USERS."""

    class Meta:
        abstract = True

    @classmethod
    def check_access(cls, info: Any) -> None:
        if not may_manage(info):
            raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])


class FilesMutation(StaffMutation):
    """A mutation with files. If anything fails, even after `perform`, no file is left in the storage."""

    class Meta:
        abstract = True

    # Which files they are. `perform` gets one as `stage`.
    staging: ClassVar[type[Staging]]

    @classmethod
    def mutate(cls, _root: Any, info: Any, **arguments: Any) -> Any:
        with cls.staging.begin() as stage:
            payload = super().mutate(_root, info, stage=stage, **arguments)
            if not payload.errors:
                stage.keep()
            return payload
