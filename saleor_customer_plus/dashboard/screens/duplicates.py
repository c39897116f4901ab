"""Duplicates: the list of records that seem to be of one person, and what to do about them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..formats import number
from ..requests import Screen, ScreenRequest, address, page_of
from . import jobs
from .answers import done, refused

ROWS_ON_A_PAGE = 20

LIST = """
query CustomerPlusDuplicates(
  $first: Int, $after: String, $last: Int, $before: String, $filter: CustomerDuplicateFilterInput
) {
  customerDuplicates(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    totalCount
    edges { node {
      id band score foundAt
      reasons { code points }
      records {
        id email firstName lastName companyName phone image streetAddress1 postalCode city orderCount createdAt
        hasAccount isActive
      }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
  customerJobs(first: 1, filter: {kinds: [DUPLICATES]}) { edges { node { id state startedAt finishedAt } } }
}
"""

DISMISSED = """
query CustomerPlusDismissed($first: Int, $after: String, $last: Int, $before: String) {
  customerDuplicateDismissals(first: $first, after: $after, last: $last, before: $before) {
    edges { node { dismissedAt actor { type name } records { id email firstName lastName companyName image } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""

SEARCH = """
mutation CustomerPlusDuplicatesSearch {
  customerDuplicatesSearch { job { id } errors { field message code } }
}
"""

CERTAIN = "query CustomerPlusCertain { customerDuplicates(first: 1, filter: {bands: [CERTAIN]}) { totalCount } }"

ACCEPT = """
mutation CustomerPlusDuplicatesAccept {
  customerDuplicatesAccept { job { id } errors { field message code } }
}
"""

DISMISS = """
mutation CustomerPlusDismiss($ids: [ID!]!) {
  customerDuplicateDismiss(recordIds: $ids) { errors { field message code } }
}
"""

UNDISMISS = """
mutation CustomerPlusUndismiss($ids: [ID!]!) {
  customerDuplicateUndismiss(recordIds: $ids) { errors { field message code } }
}
"""

BANDS: dict[str, tuple[Any, str]] = {
    "CERTAIN": (gettext_lazy("Certain"), "good"),
    "LIKELY": (gettext_lazy("Likely"), "info"),
    "LOOK_AT_IT": (gettext_lazy("Look at it"), "warn"),
}

REASONS: dict[str, Any] = {
    "SAME_FIRST_NAME": gettext_lazy("Same first name"),
    "SIMILAR_FIRST_NAME": gettext_lazy("Similar first name"),
    "OTHER_ENDING_OF_FIRST_NAME": gettext_lazy("First names that differ in their ending"),
    "SAME_INITIAL": gettext_lazy("Same initial of the first name"),
    "DIFFERENT_FIRST_NAME": gettext_lazy("Different first name"),
    "SAME_RARE_LAST_NAME": gettext_lazy("Same last name, a rare one"),
    "SAME_LAST_NAME": gettext_lazy("Same last name"),
    "SAME_COMMON_LAST_NAME": gettext_lazy("Same last name, a common one"),
    "PART_OF_LAST_NAME": gettext_lazy("Last name with a part in common"),
    "SIMILAR_LAST_NAME": gettext_lazy("Similar last name"),
    "DIFFERENT_LAST_NAME": gettext_lazy("Different last name"),
    "SWAPPED_NAMES": gettext_lazy("First and last name are swapped"),
    "SAME_MAILBOX": gettext_lazy("Same mailbox, written differently"),
    "MISSPELLED_DOMAIN": gettext_lazy("Same mailbox, with a typo in the domain"),
    "SIMILAR_MAILBOX": gettext_lazy("Similar e-mail address"),
    "SAME_LOCAL_PART": gettext_lazy("Same e-mail address at another provider"),
    "NAME_IN_MAILBOX": gettext_lazy("E-mail addresses made of the same name"),
    "SAME_PHONE": gettext_lazy("Same phone number"),
    "SIMILAR_PHONE": gettext_lazy("Phone numbers that differ by a digit"),
    "SHARED_PHONE": gettext_lazy("Same phone number, which many have"),
    "DIFFERENT_PHONE": gettext_lazy("Different phone number"),
    "SAME_ADDRESS": gettext_lazy("Same address"),
    "SIMILAR_ADDRESS": gettext_lazy("Similar address"),
    "SHARED_ADDRESS": gettext_lazy("Same address, which many have"),
    "SAME_POSTAL_CODE": gettext_lazy("Same postal code"),
    "DIFFERENT_ADDRESS": gettext_lazy("Different address"),
    "SAME_COMPANY": gettext_lazy("Same company"),
    "DIFFERENT_COMPANY": gettext_lazy("Different company"),
}

DISMISSED_TAB = "dismissed"


def in_words(found: dict[str, Any]) -> dict[str, Any]:
    """A finding with its band and its reasons in words, those that weigh most first."""
    label, tone = BANDS[found["band"]]
    reasons = sorted(found["reasons"], key=lambda reason: -abs(reason["points"]))
    return {
        **found,
        "label": label,
        "tone": tone,
        "points": _points(found["score"]),
        "reasons": [
            {**reason, "words": REASONS[reason["code"]], "weight": _points(reason["points"])} for reason in reasons
        ],
    }


def others_in_words(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Who a record may be the same person as, and where the two are compared."""
    return [
        {**in_words(other), "merge": merge_address([record["id"], other["record"]["id"]])}
        for other in record["possibleDuplicates"]
        if other["record"] is not None
    ]


def _points(points: int) -> str:
    return ngettext("%s point", "%s points", abs(points)) % number(points)


def merge_address(ids: list[str]) -> str:
    """Where records are compared side by side."""
    return address("merge", {"ids": ids})


def show_list(request: ScreenRequest) -> Screen:
    """The whole screen: findings, or what was said not to be the same."""
    query = request.query
    tab = query.get("band", "")
    if tab == DISMISSED_TAB:
        return _show_dismissed(request)
    tab = tab if tab in BANDS else ""
    data = request.execute(LIST, **page_of(query, ROWS_ON_A_PAGE), filter={"bands": [tab]} if tab else {})
    found = data["customerDuplicates"]
    last = next((edge["node"] for edge in data["customerJobs"]["edges"]), None)
    context = {
        "found": [
            {**in_words(node), "merge": merge_address([record["id"] for record in node["records"]])}
            for node in _nodes(found)
            if node["records"]  # not deleted at this moment
        ],
        "total": found["totalCount"],
        "search": last,
        "is_searching": last is not None and last["state"] in ("PENDING", "RUNNING"),
    }
    return _screen("duplicates/list.html", context, found["pageInfo"], tab, query)


def _show_dismissed(request: ScreenRequest) -> Screen:
    data = request.execute(DISMISSED, **page_of(request.query, ROWS_ON_A_PAGE))["customerDuplicateDismissals"]
    context = {"dismissals": [{**one, "can_be_compared": _are_two(one["records"])} for one in _nodes(data)]}
    return _screen("duplicates/dismissed.html", context, data["pageInfo"], DISMISSED_TAB, request.query)


def _nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def _are_two(records: list[dict[str, Any]]) -> bool:
    """Whether both are there: neither was deleted, and they were not merged after all."""
    return len({record["id"] for record in records}) > 1


def _screen(template: str, context: dict[str, Any], page: dict[str, Any], tab: str, query: Any) -> Screen:
    tabs = [("", _("All")), *((band, label) for band, (label, _tone) in BANDS.items()), (DISMISSED_TAB, _("Dismissed"))]
    more = {
        "tabs": [(address("duplicates", {"band": key}), label, key == tab) for key, label in tabs],
        "next": address("duplicates", {"band": tab, "after": page["endCursor"]}) if page["hasNextPage"] else "",
        "previous": address("duplicates", {"band": tab, "before": page["startCursor"]})
        if page["hasPreviousPage"]
        else "",
    }
    return Screen(template, {**context, **more}, address=address("duplicates", query))


def search(request: ScreenRequest) -> Screen:
    """Search all customers, and show how far it is."""
    payload, errors = request.change(SEARCH)
    return refused(errors) if errors else jobs.start_in_dialog(request, payload["job"]["id"])


def accept(request: ScreenRequest) -> Screen:
    """Merge everybody who is certain, once somebody confirmed it, and show how far it is."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        payload, errors = request.change(ACCEPT)
        if not errors:
            return jobs.start_in_dialog(request, payload["job"]["id"])
    count = request.execute(CERTAIN)["customerDuplicates"]["totalCount"]
    return Screen("duplicates/accept.html", {"count": count, "errors": errors})


def dismiss(request: ScreenRequest) -> Screen:
    """Say that these are not the same person."""
    _payload, errors = request.change(DISMISS, ids=request.form.getlist("ids"))
    return refused(errors) if errors else done(_("They will not be suggested again."))


def undismiss(request: ScreenRequest) -> Screen:
    """Take that back."""
    _payload, errors = request.change(UNDISMISS, ids=request.form.getlist("ids"))
    return refused(errors) if errors else done(_("They are compared again."))
