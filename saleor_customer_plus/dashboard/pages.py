"""The HTTP side of the screens: which view answers a path, the frame around it, headers, language, errors.

A screen is loaded in two steps. Saleor's Dashboard opens its address in a frame, without a token: the answer is the
same for everybody, an empty page with the scripts. These ask the Dashboard for the token of whoever is logged in, and
load the screen itself with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import ResolverMatch, get_resolver
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .. import __version__
from ..api.view import is_too_large
from ..saleor_adapter import dashboard_app
from ..settings import CustomerPlusSettings
from . import static_files
from .execution import Failed, Forbidden, Unauthorized
from .requests import OnlyByPost, Screen, ScreenRequest

logger = logging.getLogger(__name__)

PATH = "/dashboard/"
LANGUAGES = ("en", "de", "es", "fr", "it")
# A screen is asked for by the script, with a token; an address by the browser, without one.
FROM_SCRIPT = "HX-Request"


def endpoint(request: HttpRequest, path: str, settings: CustomerPlusSettings) -> HttpResponse:
    """Answer a request for a path below `/plugins/customer-plus/dashboard/`."""
    if not settings.dashboard:
        return HttpResponseNotFound()
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if path.startswith(static_files.PATH):
        version, _slash, name = path.removeprefix(static_files.PATH).partition("/")
        return static_files.serve(version, name)
    if path == "manifest":
        return JsonResponse(dashboard_app.manifest(__version__))
    if path == "register":
        return HttpResponse()  # Saleor sends a token for the app itself, which the screens do not need
    try:
        match = get_resolver("saleor_customer_plus.dashboard.urls").resolve(f"/{path}")
    except Http404:
        return HttpResponseNotFound()
    with _reader_of(request):
        is_screen = request.headers.get(FROM_SCRIPT) == "true"
        response = _screen(request, match) if is_screen else _frame(request, match)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = _policy(settings)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _frame(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    """The page without its contents, which need a token."""
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context = {
        "kind_of_page": _kind(match),
        "language": _language(request),
        "style": static_files.url_of(static_files.STYLE),
        "script": static_files.url_of("dashboard.js"),
        "modules": [static_files.url_of(name) for name in static_files.modules()],
        "htmx": static_files.url_of(static_files.HTMX),
    }
    return Screen("frame.html", context).response()


def _kind(match: ResolverMatch) -> str:
    url_name = match.url_name or ""
    return next((kind for kind in ("widget", "popup") if url_name.startswith(kind)), "screen")


def _screen(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    failed = _("This did not work")
    if request.method == "POST" and is_too_large(request):  # before anything of it is read: see the endpoint of the API
        return _refusal(request, match, failed, _("This is too large. Choose a smaller file."), 413)
    try:
        screen: Screen = match.func(ScreenRequest(request), *match.args, **match.kwargs)
        return screen.response(current=match.url_name)
    except Unauthorized:
        return HttpResponse(status=401)  # the script gets a new token and asks again
    except Forbidden:
        message = _("You need the permission to manage customers. Ask an administrator of the shop for it.")
        return _refusal(request, match, _("No permission"), message, 403)
    except Http404:
        return _refusal(request, match, _("Not found"), _("It may have been deleted."), 404)
    except Failed as error:
        return _refusal(request, match, failed, str(error), 400)
    except OnlyByPost:
        return _refusal(request, match, failed, _("Open the screen with the form, and send it from there."), 405)
    except (SuspiciousOperation, MultiPartParserError):  # Django's limits: too many fields, too long a text
        message = _("This is too long, or too much at once. Choose a file instead of a long text, or fewer at once.")
        return _refusal(request, match, failed, message, 400)
    except Exception as error:
        # Not its message, which may name a person.
        logger.error("The screen %s failed: %s", match.url_name, type(error).__name__)
        return _refusal(request, match, failed, _("The server could not show this. Its log says why."), 500)


def _refusal(request: HttpRequest, match: ResolverMatch, title: str, text: str, status: int) -> HttpResponse:
    """What went wrong, in the place of what was asked for: a dialog, a whole screen with its navigation, or a part."""
    target = request.headers.get("HX-Target")
    if target == "dialog":
        return Screen("parts/refused.html", {"title": title, "errors": [{"message": text}]}, status=status).response()
    # Whoever may see nothing is not led elsewhere.
    has_navigation = target in (None, "screen") and _kind(match) == "screen" and status != 403
    context = {"title": title, "text": text, "has_navigation": has_navigation, "current": ""}
    return Screen("error.html", context, status=status).response()


@contextmanager
def _reader_of(request: HttpRequest) -> Iterator[None]:
    """Work in the language and time zone of the browser, as the script tells."""
    try:
        zone = ZoneInfo(request.headers.get("X-Time-Zone", "UTC"))
    except (ValueError, KeyError, OSError):  # none that is known here
        zone = ZoneInfo("UTC")
    with translation.override(_language(request)), timezone.override(zone):
        yield


def _language(request: HttpRequest) -> str:
    """The language of the Dashboard, where we speak it; English otherwise."""
    asked = request.headers.get("X-Locale") or request.GET.get("locale") or request.headers.get("Accept-Language", "en")
    code = asked.replace("_", "-").partition(",")[0].partition("-")[0].strip().lower()
    return code if code in LANGUAGES else "en"


def _policy(settings: CustomerPlusSettings) -> str:
    """Where a screen may load from, and who may frame it: Saleor's own origin and the Dashboard's."""
    framed_by = " ".join(["'self'", *ancestors(settings)])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
        ]
    )


def ancestors(settings: CustomerPlusSettings) -> list[str]:
    """The origins of the Dashboard: the setting, or else the hosts that Saleor sends customers and staff to."""
    if settings.dashboard_url:
        parts = urlsplit(settings.dashboard_url)
        return [f"{parts.scheme}://{parts.netloc}"]
    hosts = getattr(django_settings, "ALLOWED_CLIENT_HOSTS", [])
    # With any port in development; whatever else would be a directive of its own is no host.
    return [
        f"{host}:*" if host in ("localhost", "127.0.0.1") else host
        for host in hosts
        if host and all(char.isalnum() or char in ".-:*" for char in host)
    ]
