"""Every name of Saleor that the plugin uses. No other module imports `saleor` (ruff enforces it).

It is imported while Django's apps get ready, so nothing here may pull in Saleor's GraphQL schema: the names that do
are behind functions, to be called when a request is served.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from saleor import __version__ as saleor_version
from saleor.account.models import Address, User
from saleor.app.models import App, AppExtension
from saleor.attribute import AttributeInputType
from saleor.celeryconf import app as celery_app
from saleor.channel.models import Channel
from saleor.core import private_storage
from saleor.core.db.connection import allow_writer
from saleor.core.exceptions import PermissionDenied
from saleor.core.utils import build_absolute_uri
from saleor.order import OrderChargeStatus, OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.payment import TransactionKind
from saleor.payment.models import Payment, Transaction, TransactionItem
from saleor.permission.enums import AccountPermissions, OrderPermissions
from saleor.permission.models import Permission
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import Category, Collection, CollectionProduct, Product, ProductVariant

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = [
    "AccountPermissions",
    "Address",
    "App",
    "AppExtension",
    "AttributeInputType",
    "BasePlugin",
    "Category",
    "Channel",
    "Collection",
    "CollectionProduct",
    "ConfigurationTypeField",
    "CustomerAttributeModels",
    "Order",
    "OrderChargeStatus",
    "OrderLine",
    "OrderPermissions",
    "OrderStatus",
    "Payment",
    "Permission",
    "PermissionDenied",
    "PluginConfiguration",
    "Product",
    "ProductVariant",
    "Transaction",
    "TransactionItem",
    "TransactionKind",
    "User",
    "absolute_url",
    "allow_writer",
    "app_of",
    "caller_of",
    "celery_app",
    "checkouts",
    "customer_attribute_models",
    "customer_type_model",
    "graphql_backend",
    "graphql_schema",
    "graphql_view",
    "is_voucher_code",
    "notify",
    "private_storage",
    "saleor_version",
    "site_name",
    "voucher_codes",
]


def absolute_url(path: str) -> str:
    """The address of a path of this Saleor, as the world knows it: by `PUBLIC_URL`, or by the domain of its site."""
    return str(build_absolute_uri(path))


def site_name() -> str:
    """What the shop is called: the name of Saleor's site, or its domain."""
    site = _model("sites", "Site")
    name = "" if site is None else site.objects.get_current().name
    return str(name or urlsplit(absolute_url("/")).hostname or "")


def graphql_view() -> type[Any]:
    """Saleor's own GraphQL view class: parsing, limits, error format and context as in its main API."""
    from saleor.graphql.views import GraphQLView

    return GraphQLView


def graphql_backend() -> Any:
    """The document cache of Saleor's main API. It keeps a cache for each schema, so it is safe to share."""
    from saleor.graphql.api import backend

    return backend


def graphql_schema() -> Any:
    """The schema of Saleor's main API."""
    from saleor.graphql.api import schema

    return schema


def checkouts() -> Any:
    """Saleor's checkouts."""
    return apps.get_model("checkout", "Checkout").objects


def is_voucher_code(code: str) -> bool:
    """Whether a voucher has this code: a gift card may have one that looks the same."""
    return bool(apps.get_model("discount", "VoucherCode").objects.filter(code=code).exists())


def voucher_codes(codes: set[str]) -> set[str]:
    """Which of these are codes of vouchers."""
    if not codes or not apps.is_installed("saleor.discount"):
        return set()
    found = apps.get_model("discount", "VoucherCode").objects.filter(code__in=codes)
    return set(found.order_by().values_list("code", flat=True))


class CustomerAttributeModels(NamedTuple):
    """The tables of the typed attributes of customers."""

    attribute: Any
    type_attribute: Any  # which attributes a customer type has, sorted
    assigned_value: Any  # which values a user has


def customer_type_model() -> Any | None:
    """The table of Saleor's customer types. None before 3.23, which has none."""
    return _model("account", "CustomerType")


def customer_attribute_models() -> CustomerAttributeModels | None:
    """The tables of the attributes of customers. None before 3.23.26, which has no values of them."""
    names = ("Attribute", "AttributeCustomerType", "AssignedUserAttributeValue")
    models = [_model("attribute", name) for name in names]
    return None if None in models else CustomerAttributeModels(*models)


def _model(app_label: str, name: str) -> Any | None:
    """A model that only some versions of Saleor have."""
    try:
        return apps.get_model(app_label, name)
    except LookupError:
        return None


def app_of(request: HttpRequest) -> Any | None:
    """The Saleor app whose token the request carries, if any. Saleor itself resolves it on its main path only."""
    from saleor.graphql.app.dataloaders import get_app_promise

    return get_app_promise(request).get()


def caller_of(request: HttpRequest) -> Any | None:
    """The app or the user whose token the request carries, once the token is verified. None for anybody else."""
    from saleor.graphql.context import get_context_value

    try:
        request.app = app_of(request)  # type: ignore[attr-defined]
        user = get_context_value(request).user
        return request.app or (user if user else None)  # type: ignore[attr-defined]
    except Exception:  # whatever Saleor, or one of its plugins, raises of a token that does not hold
        return None


def notify(event: str, payload: Mapping[str, Any]) -> None:
    """Tell Saleor's plugins and, by the webhook NOTIFY_USER, its apps. Who knows no such event passes it over.

    It asks the database for plugins and webhooks, so it belongs into a task.
    """
    from saleor.plugins.manager import get_plugins_manager

    get_plugins_manager(allow_replica=False).notify(event, lambda: dict(payload))
