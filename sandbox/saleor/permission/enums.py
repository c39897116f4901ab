"""Permissions: the one that guards customers, and enough of the others to have staff without it."""

from enum import Enum


class BasePermissionEnum(Enum):
    """A permission by its app label and code name."""

    @property
    def codename(self) -> str:
        return str(self.value).split(".")[1]


class AccountPermissions(BasePermissionEnum):
    """Permissions on accounts."""

    MANAGE_USERS = "account.manage_users"
    MANAGE_STAFF = "account.manage_staff"
    IMPERSONATE_USER = "account.impersonate_user"


class OrderPermissions(BasePermissionEnum):
    """Permissions on orders."""

    MANAGE_ORDERS = "order.manage_orders"
    MANAGE_ORDERS_IMPORT = "order.manage_orders_import"
