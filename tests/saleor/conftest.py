"""What the tests on a real Saleor share: a shop, its API, and what we know of a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import factories

from .client import SaleorApi
from .shop import Shop, open_shop

STAFF_PERMISSIONS = (
    "manage_users",
    "manage_staff",
    "manage_orders",
    "manage_orders_import",
    "manage_checkouts",
    "handle_payments",
    "manage_plugins",
)


@pytest.fixture
def shop(db: None) -> Shop:
    return open_shop()


@pytest.fixture
def saleor(db: None) -> SaleorApi:
    """Saleor's API, asked by staff who may do everything that the flows need, in every channel."""
    return SaleorApi(token=factories.make_token(factories.make_staff(permissions=STAFF_PERMISSIONS)))


@pytest.fixture
def storefront(saleor: SaleorApi) -> SaleorApi:
    """Saleor's API, asked by nobody in particular. `storefront.by(token)` asks as a customer."""
    return saleor.by(None)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[dict[str, str]]:
    """The latest token of each kind that Saleor wanted e-mailed."""
    from .mailbox import PATH, MailboxPlugin

    settings.PLUGINS = [*settings.PLUGINS, PATH]
    MailboxPlugin.tokens.clear()
    yield MailboxPlugin.tokens
    MailboxPlugin.tokens.clear()
