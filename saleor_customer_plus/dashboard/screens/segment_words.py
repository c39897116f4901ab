"""What ready-made segments are called: in the language of whoever looks. The API names them in English."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

# The name and the description of each, as the API has them.
READY_MADE: dict[str, tuple[str, str]] = {
    "CUSTOMERS": (
        _("Customers"),
        _("Everybody with an order that counts, or an account with a confirmed address."),
    ),
    "NEW": (
        _("New customers"),
        _("Who bought for the first time within the last 30 days."),
    ),
    "RETURNING": (
        _("Returning customers"),
        _("Who bought at least twice."),
    ),
    "ONE_TIME": (
        _("One-time customers"),
        _("Who bought exactly once."),
    ),
    "BEST": (
        _("Best customers"),
        _("Who buys often or for much, and bought not long ago."),
    ),
    "SLIPPING_AWAY": (
        _("Slipping away"),
        _("Who used to buy well, but has not bought for long."),
    ),
    "NEVER_BOUGHT": (
        _("Never bought"),
        _("Who has no order that counts."),
    ),
    "LEADS_TO_CALL": (
        _("Leads to call"),
        _("Who has an open enquiry whose next contact is due today, or was."),
    ),
    "SUBSCRIBED": (
        _("Subscribed"),
        _("Who consents to the newsletter or to offers by e-mail."),
    ),
    "NO_CONSENT": (
        _("No consent"),
        _("Who consents neither to the newsletter nor to offers by e-mail."),
    ),
    "BIRTHDAY": (
        _("Birthday"),
        _("Whose birthday is today or within the next 7 days."),
    ),
}


def in_words(segment: dict[str, Any]) -> dict[str, Any]:
    """A segment as the API gives it, with the texts of a ready-made one translated.

    One whose name the shop had used before has another name, which stays.
    """
    name, description = READY_MADE.get(segment.get("readyMade") or "", ("", ""))
    words = {**segment}
    if name and segment["name"] == name:
        words["name"] = gettext(name)
    if description and segment.get("description") == description:
        words["description"] = gettext(description)
    return words
