"""The plain pages by which people confirm a sign-up, unsubscribe, and choose what the shop may write about.

No account, no cookie and no script. A GET changes nothing, because mail scanners and previews open links; the POST of
RFC 8058 unsubscribes at once. A link that is none gets the same page whatever it looks like.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseNotFound,
    HttpResponseRedirect,
    QueryDict,
)
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.translation import gettext as _

from ... import settings
from ...consent import links
from ...consent.models import ConsentPurpose
from ...errors import CustomerPlusError, ErrorCode
from ...newsletter import choosing, confirming, services, texts
from ...newsletter.confirming import Confirmation
from ...newsletter.models import NewsletterSignup, SignupState
from ...newsletter.rendering import policy, render
from ...settings import CustomerPlusSettings
from .preferences import Preferences, chosen_by, preferences_of
from .subscribing import confirmed, count_change, count_wrong_link, link_of

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

PATH = "/newsletter/"
_CONFIRM = services.CONFIRM_PATH
_PREFERENCES = links.PATH
# A form has a few fields.
_MAX_BYTES = 16 * 1024
_METHODS = ["GET", "HEAD", "POST"]
# What a mail provider posts. RFC 8058 wants it as a form; whoever sends it as plain text, in another charset or with a
# line break at its end is a withdrawal all the same.
_ONE_CLICK = b"List-Unsubscribe=One-Click"

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address has the token
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def answer(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer a request for a page."""
    if request.method not in _METHODS:
        return HttpResponseNotAllowed(_METHODS)
    chosen, _is_active = settings.load()
    language = texts.spoken(chosen, [request.GET.get("lang", "")[:35], *_accepted(request)])
    try:
        if request.method == "POST" and not _is_small(request):
            response: HttpResponseBase = HttpResponse(status=413)
        elif path.startswith(_CONFIRM):
            response = _confirm(request, path.removeprefix(_CONFIRM), chosen, language)
        elif path.startswith(_PREFERENCES):
            response = _preferences(request, path.removeprefix(_PREFERENCES), chosen, language)
        else:
            response = HttpResponseNotFound()
    except CustomerPlusError as error:
        response = _refused(error, chosen, language)
    except (BadRequest, SuspiciousOperation, MultiPartParserError):  # no form, or one beyond Django's limits
        response = HttpResponse(status=400)
    for name, value in {**HEADERS, "Content-Security-Policy": policy()}.items():
        response.headers[name] = value
    return response


def _confirm(request: HttpRequest, token: str, chosen: CustomerPlusSettings, language: str) -> HttpResponseBase:
    if request.method == "POST":
        outcome, signup = confirmed(request, token, way=choosing.PAGE)
        return _no_link(language) if signup is None else _confirm_page(signup, outcome, chosen, language)
    signup = confirming.to_confirm(token)
    if signup is None:
        count_wrong_link(request)
        return _no_link(language)
    if chosen.newsletter_page:
        return _to_shop(chosen, "confirm", token)
    is_done = signup.state == SignupState.CONFIRMED
    return _confirm_page(signup, Confirmation.ALREADY if is_done else None, chosen, language)


def _confirm_page(
    signup: NewsletterSignup, state: Confirmation | None, chosen: CustomerPlusSettings, language: str
) -> HttpResponse:
    language = texts.spoken(chosen, [signup.language_code, language])
    with translation.override(texts.base_of(language)):
        title = _("Confirm your sign-up") if state is None else _("Your sign-up is confirmed")
    return _page(
        "confirm.html",
        chosen,
        language,
        title=title,
        state=state,
        # A form for several purposes showed a text about all of them, of which the person may have chosen some. What a
        # page of preferences showed has no version.
        wording=signup.wording if signup.wording_version and {*signup.purposes} == {*choosing.offered(chosen)} else "",
        labels=texts.labels(signup.purposes, language),
    )


def _preferences(request: HttpRequest, token: str, chosen: CustomerPlusSettings, language: str) -> HttpResponseBase:
    link = link_of(request, token)
    if request.method == "POST":
        return _changed(request, link, chosen, language)
    if chosen.newsletter_page:
        return _to_shop(chosen, "preferences", token)
    return _preferences_page(preferences_of(link, chosen, language), chosen)


def _changed(request: HttpRequest, link: links.Link, chosen: CustomerPlusSettings, language: str) -> HttpResponse:
    """Do what a form says, or the one click of a mail program. Whoever says nothing is shown the form again."""
    # The body first: it cannot be read any more once Django has looked for a form in it.
    is_one_click = request.body.strip() == _ONE_CLICK
    form = QueryDict() if is_one_click else request.POST
    notice = ""
    with translation.override(texts.base_of(language)):
        if is_one_click or form.get("List-Unsubscribe") == "One-Click":
            count_change(link)
            # A link of no message in particular is of all of them.
            ended = [link.purpose.value] if link.purpose else [purpose.value for purpose in ConsentPurpose]
            choosing.withdraw(link, ended, way="ONE_CLICK")
            notice = _("You are unsubscribed.")
        elif form.get("unsubscribe") == "all":
            count_change(link)
            choosing.withdraw(link, [purpose.value for purpose in ConsentPurpose], way=choosing.PAGE)
            notice = _("You are unsubscribed from everything.")
        elif "choose" in form:
            wanted = [purpose for purpose in form.getlist("purposes") if purpose in ConsentPurpose.values]
            is_asked = chosen_by(link, wanted, language, way=choosing.PAGE)
            notice = _("Saved. Please confirm what is new by the link that we send you.") if is_asked else _("Saved.")
    return _preferences_page(preferences_of(link, chosen, language), chosen, notice=notice)


def _preferences_page(preferences: Preferences, chosen: CustomerPlusSettings, *, notice: str = "") -> HttpResponse:
    with translation.override(texts.base_of(preferences.language)):
        title = _("Your e-mails from us")
    return _page("preferences.html", chosen, preferences.language, title=title, preferences=preferences, notice=notice)


def _to_shop(chosen: CustomerPlusSettings, action: str, token: str) -> HttpResponse:
    """To the page of the settings, and to no other: nothing of the request decides where."""
    return HttpResponseRedirect(f"{chosen.newsletter_page}?{urlencode({'action': action, 'token': token})}")


def _no_link(language: str) -> HttpResponse:
    with translation.override(texts.base_of(language)):
        title = _("This link is not valid")
        text = _("It may have been used before, be too old, or be cut off. Use the link in the latest message.")
        content = render("message.html", {"title": title, "text": text, "language": language})
    return HttpResponse(content, status=404)


def _refused(error: CustomerPlusError, chosen: CustomerPlusSettings, language: str) -> HttpResponse:
    if error.code is not ErrorCode.RATE_LIMITED:
        return _no_link(language)
    with translation.override(texts.base_of(language)):
        title, text = _("Too many attempts"), _("Please try again in an hour.")
        content = render("message.html", {"title": title, "text": text, "language": language})
    response = HttpResponse(content, status=429)
    response.headers["Retry-After"] = "3600"
    return response


def _page(template: str, chosen: CustomerPlusSettings, language: str, **context: Any) -> HttpResponse:
    with translation.override(texts.base_of(language)):
        return HttpResponse(render(template, {"shop": texts.shop_name(chosen), "language": language, **context}))


def _accepted(request: HttpRequest) -> list[str]:
    return texts.accepted_languages(request.headers.get("Accept-Language", ""))


def _is_small(request: HttpRequest) -> bool:
    """Whether the body is no larger than a form's. One that does not tell its length is read that far."""
    if "CONTENT_LENGTH" not in request.META:
        request._body = request.read(_MAX_BYTES + 1)
        return len(request.body) <= _MAX_BYTES
    length = request.META["CONTENT_LENGTH"] or "0"
    return length.isascii() and length.isdigit() and len(length) < 12 and int(length) <= _MAX_BYTES
