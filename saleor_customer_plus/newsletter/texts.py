"""What people read: the wording that they agree to, and the mails, in their language or in the shop's own words.

None of it advertises anything: a mail that asks for a confirmation must not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from ..consent.models import ConsentPurpose
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings

LANGUAGES = ("en", "de", "es", "fr", "it")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Wording(NamedTuple):
    """What people agree to, and which version of it that is."""

    text: str
    version: str


class Letter(NamedTuple):
    """A mail as it is written: Markdown with placeholders."""

    subject: str
    body: str


def spoken(settings: CustomerPlusSettings, wanted: Iterable[str]) -> str:
    """The first of these languages that there are texts in: ours or the shop's. English if there is none."""
    known = {*LANGUAGES, *settings.newsletter_words}
    for code in wanted:
        code = code.lower().replace("_", "-")
        for choice in (code, code.partition("-")[0]):
            if choice in known:
                return choice
    return "en"


def accepted_languages(header: str) -> list[str]:
    """The languages of an `Accept-Language`, the most welcome first."""
    weighed = []
    for position, part in enumerate(header[:500].split(",")):
        code, _semicolon, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        weighed.append((-quality, position, code.strip()))
    return [code for _quality, _position, code in sorted(weighed) if code]


def shop_name(settings: CustomerPlusSettings) -> str:
    return settings.newsletter_shop or host.site_name()


def purpose_label(purpose: str) -> str:
    """What the shop may write about, in the language that is active."""
    return {
        ConsentPurpose.NEWSLETTER.value: _("Newsletter"),
        ConsentPurpose.PROMOTIONAL.value: _("Offers and promotions"),
        ConsentPurpose.SYSTEM.value: _("Updates about the shop and its services"),
    }[purpose]


def labels(purposes: Collection[str], language: str) -> list[str]:
    with translation.override(base_of(language)):
        return [purpose_label(purpose.value) for purpose in ConsentPurpose if purpose in purposes]


def wording_of(settings: CustomerPlusSettings, purposes: Collection[str], language: str) -> Wording:
    """What somebody agrees to who sends the form in this language."""
    own = settings.newsletter_words.get(language, {})
    with translation.override(base_of(language)):
        text = own.get("wording") or _(
            "Yes, {{ shop }} may send me the following by e-mail: {{ purposes }}. I can unsubscribe at any time."
        )
    text = _filled(text, settings, purposes, language)
    # Without a name of its own, a text is known by what it says.
    version = own.get("wording_version") if "wording" in own else ""
    return Wording(text, version or hashlib.sha256(text.encode()).hexdigest()[:12])


def ticked(purposes: Collection[str], language: str, *, is_our_page: bool) -> str:
    """What somebody read who ticked these purposes on a page of preferences: beside the boxes and, on ours, above."""
    words = ", ".join(labels(purposes, language))
    with translation.override(base_of(language)):
        return f"{_('What may we write to you about?')} {words}" if is_our_page else words


def confirmation(settings: CustomerPlusSettings, purposes: Collection[str], language: str) -> Letter:
    """The mail that asks somebody to confirm. `{{ link }}` is left to whoever sends it."""
    own = settings.newsletter_words.get(language, {})
    with translation.override(base_of(language)):
        subject = own.get("confirm_subject") or _("Please confirm your sign-up")
        body = own.get("confirm_body") or "\n\n".join(
            [
                _("Somebody, probably you, asked {{ shop }} to send the following to this address: {{ purposes }}."),
                _linked(_("Confirm the sign-up")),
                _("If it was not you, you need not do anything: without a confirmation you receive nothing."),
            ]
        )
    return _letter(subject, body, settings, purposes, language)


def already_subscribed(settings: CustomerPlusSettings, purposes: Collection[str], language: str) -> Letter:
    """The mail to somebody who signed up and is subscribed."""
    own = settings.newsletter_words.get(language, {})
    with translation.override(base_of(language)):
        subject = own.get("known_subject") or _("You are subscribed already")
        body = own.get("known_body") or "\n\n".join(
            [
                _(
                    "Somebody, probably you, signed this address up at {{ shop }}. You are subscribed already to: "
                    "{{ purposes }}."
                ),
                _linked(_("Change or end the subscription")),
            ]
        )
    return _letter(subject, body, settings, purposes, language)


def _linked(words: str) -> str:
    return f"[{words}]({{{{ link }}}})"


def _letter(
    subject: str, body: str, settings: CustomerPlusSettings, purposes: Collection[str], language: str
) -> Letter:
    return Letter(*(_filled(text, settings, purposes, language) for text in (subject, body)))


def _filled(text: str, settings: CustomerPlusSettings, purposes: Collection[str], language: str) -> str:
    """The text with what its placeholders stand for, but for the link."""
    values = {"shop": shop_name(settings), "purposes": ", ".join(labels(purposes, language))}
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def base_of(language: str) -> str:
    """The language of our own words where the shop speaks one that we do not."""
    base = language.partition("-")[0]
    return base if base in LANGUAGES else "en"
