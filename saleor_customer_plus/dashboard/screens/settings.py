"""Tags, groups, fields, what the plugin's settings are, and what the caller may do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..formats import country, number
from ..requests import Screen, ScreenRequest, address
from . import choices

SETTINGS = """
query CustomerPlusSettings($search: String, $after: String, $sort: CustomerTagSortingInput) {
  customerTags(first: 100, after: $after, search: $search, sortBy: $sort) {
    edges { node { id name color usageCount } }
    pageInfo { hasNextPage endCursor }
  }
  customerNewsletterSignups(states: [PENDING]) { totalCount }
  customerFields { id label type helpText isRequired isUnique valueCount }
  archivedFields: customerFields(isArchived: true) { id label type archivedAt }
  customerMessageTemplates { id name purpose texts { languageCode } }
  customerSettings {
    version saleorVersion permissions emailEditable tagLimit severalGroups groupVouchers requireApprovedBuyers
    blockGuestBuyers includeGuests countsWhen contactForm defaultCountry jobRetentionDays
    newsletter newsletterOptIn newsletterPurposes newsletterPendingDays newsletterResendMinutes
    limits { attachmentMegabytes attachmentsMegabytes importMegabytes }
  }
}
"""

GROUPS = """
query CustomerPlusGroupsWithMembers($after: String) {
  customerGroups(first: 100, after: $after) {
    edges { node { id name description isDefault voucherCode memberCount } } pageInfo { hasNextPage endCursor }
  }
}
"""

SORTS = {
    "name": {"field": "NAME", "direction": "ASC"},
    "usage": {"field": "USAGE_COUNT", "direction": "DESC"},
}


def show_settings(request: ScreenRequest) -> Screen:
    query = request.query
    sort = query.get("sort", "name")
    data = request.execute(
        SETTINGS,
        search=query.get("q", "").strip() or None,
        after=query.get("after") or None,
        sort=SORTS.get(sort, SORTS["name"]),
    )
    settings, page = data["customerSettings"], data["customerTags"]["pageInfo"]
    kept = {name: query.get(name, "") for name in ("q", "sort")}
    context = {
        "tags": [edge["node"] for edge in data["customerTags"]["edges"]],
        "next": address("settings", {**kept, "after": page["endCursor"]}) if page["hasNextPage"] else "",
        "first": address("settings", kept) if query.get("after") else "",
        "search": query.get("q", ""),
        "sort": sort,
        "groups": choices.all_of(request, GROUPS),
        "fields": data["customerFields"],
        "archived_fields": data["archivedFields"],
        "templates": data["customerMessageTemplates"],
        "settings": settings,
        "facts": _facts(settings),
        "waiting_signups": data["customerNewsletterSignups"]["totalCount"],
        "rights": _rights(settings["permissions"]),
        "plugin": plugin_page(settings["saleorVersion"]),
    }
    return Screen("settings/show.html", context, address=address("settings", query))


def plugin_page(saleor_version: str) -> str:
    """The Dashboard's page with the plugin's settings: it moved with Saleor 3.22."""
    minor = saleor_version.split(".")[1:2]
    is_older = saleor_version.startswith("3.") and minor and minor[0].isdigit() and int(minor[0]) < 22
    return "/plugins/customer-plus" if is_older else "/extensions/installed"


def _facts(settings: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is set: words and values. Booleans are worded by the template."""
    limits = settings["limits"]
    return [
        (_("Which orders count"), _("Paid ones") if settings["countsWhen"] == "PAID" else _("All that were placed")),
        (_("Guests become customers"), settings["includeGuests"]),
        (_("E-mail addresses can be edited"), settings["emailEditable"]),
        (_("Only approved buyers can buy"), settings["requireApprovedBuyers"]),
        (_("Guests cannot buy meanwhile"), settings["blockGuestBuyers"]),
        (_("Customers can be in several groups"), settings["severalGroups"]),
        (_("Vouchers of groups are applied in the checkout"), settings["groupVouchers"]),
        (_("Most tags that there can be"), number(settings["tagLimit"]) or _("Unlimited")),
        (_("Contact form"), settings["contactForm"]),
        (_("Newsletter sign-up"), settings["newsletter"]),
        (
            _("Opt-in of the newsletter"),
            _("Confirmed by a mail") if settings["newsletterOptIn"] == "CONFIRMED" else _("At once"),
        ),
        (_("Days to confirm a sign-up"), number(settings["newsletterPendingDays"])),
        (_("Minutes between two mails to confirm"), number(settings["newsletterResendMinutes"])),
        (_("Country of phone numbers without a prefix"), country(settings["defaultCountry"]) or _("None")),
        (_("Days that files of jobs are kept"), number(settings["jobRetentionDays"])),
        (_("Largest file of a note (MB)"), number(limits["attachmentMegabytes"])),
        (_("Largest sum of files of a customer (MB)"), number(limits["attachmentsMegabytes"])),
        (_("Largest file of an import (MB)"), number(limits["importMegabytes"])),
    ]


def _rights(held: list[str]) -> list[dict[str, Any]]:
    """What each of Saleor's permissions allows here, and whether the caller has it."""
    words = {
        "MANAGE_USERS": (_("Manage customers"), _("Everything here: see, edit, import, export and delete customers.")),
        "MANAGE_ORDERS": (_("Manage orders"), _("Place orders for customers.")),
        "MANAGE_STAFF": (_("Manage staff"), _("Change customers whose account is one of staff.")),
    }
    return [{"name": name, "text": text, "is_held": code in held} for code, (name, text) in words.items()]
