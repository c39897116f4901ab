"""The app by which Saleor's Dashboard knows our screens.

Saleor makes an app from a manifest that it fetches, in a task, from a URL that its own IP filter may refuse. The plugin
is in the same process, so it writes the two rows itself: an `App`, and an `AppExtension` for each place in the
Dashboard. Nothing here is needed for the API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from .host import (
    AccountPermissions,
    App,
    AppExtension,
    OrderPermissions,
    Permission,
    absolute_url,
    saleor_version,
)

IDENTIFIER = "saleor-customer-plus"
NAME = "Customer Plus"
PATH = "/plugins/customer-plus/dashboard"
# What the screens can do at most, whatever the permissions of staff: a token has those that both have. Orders are for
# placing one for a customer.
PERMISSIONS = (AccountPermissions.MANAGE_USERS, OrderPermissions.MANAGE_ORDERS)

PAGE, POPUP, WIDGET = "app_page", "popup", "widget"


@dataclass(frozen=True, slots=True)
class Extension:
    """A place in the Dashboard, since a version of Saleor."""

    identifier: str
    label: str
    path: str
    mount: str
    target: str
    since: tuple[int, int] = (3, 21)


EXTENSIONS = (
    Extension("customers", "Customers+", "/customers", "navigation_customers", PAGE),
    Extension("tag-customers", "Tag", "/popups/tag", "customer_overview_more_actions", POPUP),
    Extension("group-customers", "Add to a group", "/popups/group", "customer_overview_more_actions", POPUP),
    Extension("export-customers", "Export", "/popups/export", "customer_overview_more_actions", POPUP),
    Extension("tag-customer", "Tag", "/popups/tag", "customer_details_more_actions", POPUP),
    Extension("note-customer", "Write a note", "/popups/note", "customer_details_more_actions", POPUP),
    Extension("customer", NAME, "/widgets/customer", "customer_details_widgets", WIDGET, (3, 22)),
    Extension("order", NAME, "/widgets/order", "order_details_widgets", WIDGET, (3, 22)),
    Extension("draft-order", NAME, "/widgets/order", "draft_order_details_widgets", WIDGET, (3, 22)),
)


def wanted_here(version: str = saleor_version) -> list[Extension]:
    """The places that this version of Saleor knows."""
    found = re.match(r"(\d+)\.(\d+)", version)
    here = (int(found[1]), int(found[2])) if found else (3, 21)
    return [extension for extension in EXTENSIONS if extension.since <= here]


def install(version: str) -> Any:
    """Make or update the app and its extensions, and activate it. Return the app. Twice changes nothing."""
    with transaction.atomic():
        app = _apps().select_for_update().order_by("removed_at", "pk").first() or App(identifier=IDENTIFIER)
        app.name, app.type, app.version = NAME, "thirdparty", version
        app.is_active, app.is_installed, app.removed_at = True, True, None
        app.app_url = absolute_url(PATH)
        app.about_app = "Customer records, leads, imports and exports. Made by the plugin Customer Plus."
        app.author = NAME
        app.save()
        app.permissions.set(_permissions(PERMISSIONS))
        _write_extensions(app)
    return app


def deactivate() -> None:
    """Hide the screens. The app stays, so that staff's permissions for it do."""
    _apps().filter(is_active=True).update(is_active=False)


def remove() -> int:
    """Delete the app and its extensions for good: before the plugin is uninstalled. Return how many there were."""
    count = _apps().count()
    _apps().delete()
    return int(count)


def refresh(version: str) -> bool:
    """Update the app after an upgrade of the plugin or a change of Saleor's address, in place.

    Saleor never looks at a manifest again. An app that staff deleted or deactivated stays so. Return whether anything
    was to be done.
    """
    app = _apps().filter(removed_at=None, is_active=True).first()
    if app is None or (app.version, app.app_url) == (version, absolute_url(PATH)):
        return False
    install(version)
    return True


def described() -> str:
    """How the app is, for people."""
    app = _apps().filter(removed_at=None).first()
    if app is None:
        return "There is no app. The setting “dashboard”, or --install, makes it."
    state = "active" if app.is_active else "deactivated"
    return f"The app of version {app.version} is {state}; its screens are at {app.app_url}."


def manifest(version: str) -> dict[str, Any]:
    """The manifest, for whoever prefers to install the app the ordinary way."""
    return {
        "id": IDENTIFIER,
        "name": NAME,
        "version": version,
        "about": "Customer records, leads, imports and exports inside the Dashboard.",
        "permissions": [permission.name for permission in PERMISSIONS],
        "appUrl": absolute_url(PATH),
        "tokenTargetUrl": absolute_url(f"{PATH}/register"),
        "extensions": [
            {
                "label": extension.label,
                "mount": extension.mount.upper(),
                "target": extension.target.upper(),
                "permissions": [AccountPermissions.MANAGE_USERS.name],
                "url": _url(extension),
                "options": _options(extension),
            }
            for extension in wanted_here()
        ],
    }


def _apps() -> Any:
    return App.objects.filter(identifier=IDENTIFIER)


def _url(extension: Extension) -> str:
    """A page of the app is known by its path, everything else by its address."""
    return extension.path if extension.target == PAGE else absolute_url(f"{PATH}{extension.path}")


def _options(extension: Extension) -> dict[str, Any]:
    return {"widgetTarget": {"method": "GET"}} if extension.target == WIDGET else {}


def _write_extensions(app: Any) -> None:
    """Let the app have these extensions and no others, keeping the rows that there are: the Dashboard has their ids."""
    columns = {field.name for field in AppExtension._meta.get_fields()}
    existing = {(row.mount, row.label): row for row in AppExtension.objects.filter(app=app)}
    permissions = _permissions((AccountPermissions.MANAGE_USERS,))
    for extension in wanted_here():
        row = existing.pop((extension.mount, extension.label), None)
        row = row or AppExtension(app=app, mount=extension.mount, label=extension.label)
        values = {
            "url": _url(extension),
            "target": extension.target,
            "settings": _options(extension),
            "http_target_method": "GET" if extension.target == WIDGET else None,
            "identifier": extension.identifier,
        }
        for name, value in values.items():
            if name in columns:  # the others came in later versions
                setattr(row, name, value)
        row.save()
        row.permissions.set(permissions)
    for outdated in existing.values():
        outdated.delete()


def _permissions(wanted: Any) -> list[Any]:
    codenames = [permission.codename for permission in wanted]
    return list(Permission.objects.filter(codename__in=codenames))
