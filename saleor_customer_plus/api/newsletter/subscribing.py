"""Signing up for the newsletter, and confirming it: open to strangers, off until the merchant turns it on.

The response reveals nothing: one statement stores the sign-up, and a task does the rest. Attacks and their effects are
described in docs/newsletter.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import graphene

from ... import settings, tasks
from ...activity.services import Actor
from ...consent import links
from ...core import publishing
from ...core.form_guard import MAX_AGE, SHORTEST, FormGuard, network_of, parsed_address
from ...errors import CustomerPlusError, ErrorCode
from ...newsletter import choosing, confirming, services, texts
from ...newsletter.confirming import Confirmation
from ...records.email import mailbox_of
from ...settings import CustomerPlusSettings
from ..consent.enums import CustomerConsentPurpose
from ..core import public_forms
from ..core.base import with_api_errors
from ..core.public_forms import PublicMutation
from ..core.types import DateTime, list_of
from .inputs import CustomerNewsletterSubscribeInput, language_of, signup_values

if TYPE_CHECKING:
    from django.http import HttpRequest

GUARD = FormGuard("newsletter", too_many="There were too many sign-ups. Try again in an hour.")

# Each mailbox may sign up a quarter as often as a network address.
_OF_EMAIL = 4
# Links that are none, in an hour from one address: whoever sends more is guessing.
WRONG_LINKS_PER_HOUR = 60
# What one link may do in an hour. Consent events are never deleted.
CHANGES_PER_HOUR = 30


class CustomerNewsletterForm(graphene.ObjectType):  # type: ignore[misc]
    """Data to show a newsletter form, and to submit it once."""

    token = graphene.String(required=True, description="Token to submit with the form.")
    valid_from = DateTime(
        required=True, description="Earliest time to submit the form. People take at least this long to fill it in."
    )
    valid_until = DateTime(required=True, description="When this token expires.")
    language_code = graphene.String(required=True, description="Language of the text.")
    wording = graphene.String(
        required=True, description="What people agree to. Show it beside the button, or beside a box to tick."
    )
    wording_version = graphene.String(required=True, description="Version of the text, as it is kept as a proof.")
    purposes = list_of(CustomerConsentPurpose, required=True, description="What people can sign up for.")


class CustomerNewsletterSubscribe(PublicMutation):
    """Signs up for the newsletter. Open to everyone. The response is the same for known and unknown e-mail addresses.

    Off until the merchant turns it on. If the settings contain a secret, only the shop's own server can use it. With a
    double opt-in, which is the default, nobody is subscribed before they confirm it by the link that they are mailed.
    """

    class Arguments:
        input = CustomerNewsletterSubscribeInput(required=True, description="Fields of the newsletter form.")
        secret = graphene.String(description="Secret of the newsletter from the settings, if there is one.")
        client_address = graphene.String(
            description="Visitor's IP address, for rate limits. Trusted only with the secret."
        )

    @classmethod
    def perform(
        cls,
        info: Any,
        _actor: Actor,
        *,
        input: Mapping[str, Any],
        secret: str | None = None,
        client_address: str | None = None,
    ) -> dict[str, Any]:
        chosen = _settings()
        public_forms.check_secret(secret, chosen.newsletter_secret)
        is_trusted = bool(chosen.newsletter_secret)
        address = client_address if is_trusted and client_address else public_forms.address_of(info.context)
        GUARD.count("address", network_of(address), limit=chosen.newsletter_per_hour)
        if input.get("website"):
            return {}  # bots must not learn that they were detected
        values = signup_values(input, chosen, is_trusted=is_trusted)
        nonce, shown = GUARD.check_token(input["token"])
        values = _with_wording(values, shown, chosen)
        GUARD.count("email", mailbox_of(values["email"]), limit=max(chosen.newsletter_per_hour // _OF_EMAIL, 1))
        GUARD.count("all", "", limit=chosen.newsletter_total_per_hour)
        GUARD.use_token(nonce)
        values["ip_address"] = kept_address(address, chosen)
        publishing.publish(tasks.take_signup, services.receive(values).pk)
        return {}


class CustomerNewsletterConfirm(PublicMutation):
    """Confirms a newsletter sign-up by the token of the link in the mail. Open to everyone who has that token.

    For shops that show the page themselves: call it when the visitor presses a button, not when the page is opened, as
    mail scanners open links, too.
    """

    purposes = list_of(
        CustomerConsentPurpose, description="What the person is subscribed to now. Null if the mutation failed."
    )

    class Arguments:
        token = graphene.String(required=True, description="Token from the link in the mail.")

    @classmethod
    def perform(cls, info: Any, _actor: Actor, *, token: str) -> dict[str, Any]:
        outcome, signup = confirmed(info.context, token, way=choosing.SHOP)
        if outcome is Confirmation.INVALID or signup is None:
            raise no_link()
        return {"purposes": signup.purposes}


class NewsletterFormQueries:
    """The query before a newsletter form is shown."""

    customer_newsletter_form = graphene.Field(
        CustomerNewsletterForm,
        description="Token and consent text for one newsletter form. Open to everyone while the newsletter is on.",
        language_code=graphene.String(
            description="Language of the form, such as de. By default that of the browser, as far as there are texts."
        ),
    )

    @staticmethod
    @with_api_errors
    def resolve_customer_newsletter_form(
        _root: Any, info: Any, language_code: str | None = None
    ) -> CustomerNewsletterForm:
        chosen, now = _settings(), int(time.time())
        accepted = texts.accepted_languages(info.context.headers.get("Accept-Language", ""))
        language = language_of(chosen, language_code, *accepted)
        purposes = choosing.offered(chosen)
        wording = texts.wording_of(chosen, purposes, language)
        return CustomerNewsletterForm(
            token=GUARD.new_token(now, f"{language} {wording.version}"),
            valid_from=datetime.fromtimestamp(now + SHORTEST, UTC),
            valid_until=datetime.fromtimestamp(now + MAX_AGE, UTC),
            language_code=language,
            wording=wording.text,
            wording_version=wording.version,
            purposes=purposes,
        )


class NewsletterFormMutations:
    """The public mutations of the newsletter."""

    customer_newsletter_subscribe = CustomerNewsletterSubscribe.Field()
    customer_newsletter_confirm = CustomerNewsletterConfirm.Field()


def confirmed(request: HttpRequest, token: str, *, way: str) -> tuple[Confirmation, Any]:
    """Confirm the sign-up of a token. Whoever sends many wrong ones has to wait."""
    chosen, _is_active = settings.load()
    address = kept_address(public_forms.address_of(request), chosen)
    outcome, signup = confirming.confirm(token, way=way, ip_address=address)
    if outcome is Confirmation.INVALID:
        count_wrong_link(request)
    return outcome, signup


def link_of(request: HttpRequest, token: str) -> links.Link:
    """Whose link this is. Raise for an invalid one; whoever sends many of them has to wait."""
    link = links.read(token)
    if link is None:
        count_wrong_link(request)
        raise no_link()
    return link


def count_wrong_link(request: HttpRequest) -> None:
    network = network_of(public_forms.address_of(request))
    GUARD.count("wrong link", network, limit=WRONG_LINKS_PER_HOUR)


def count_change(link: links.Link) -> None:
    """Count by the link, not by the network: the servers of big mail providers unsubscribe for everybody."""
    GUARD.count("change", link.key, limit=CHANGES_PER_HOUR)


def no_link() -> CustomerPlusError:
    return CustomerPlusError("This link is not valid, or not any more.", code=ErrorCode.NOT_FOUND, field="token")


def kept_address(address: str, chosen: CustomerPlusSettings) -> str | None:
    """The IP address, where the merchant wants it to be kept."""
    parsed = parsed_address(address) if chosen.newsletter_keep_ip else None
    return None if parsed is None else str(parsed)


def _settings() -> CustomerPlusSettings:
    chosen, _is_active = settings.load()
    if not chosen.newsletter:
        raise CustomerPlusError("The newsletter is turned off.", code=ErrorCode.DISABLED)
    return chosen


def _with_wording(values: dict[str, Any], shown: str, chosen: CustomerPlusSettings) -> dict[str, Any]:
    """With the text that the form showed. The token says which that was: a proof of another one is none."""
    if "wording" in values:
        return values
    language, _blank, version = shown.partition(" ")
    wording = texts.wording_of(chosen, choosing.offered(chosen), language)
    if wording.version != version:
        raise CustomerPlusError("The text of the form was changed. Load the form again.", field="token")
    return {
        **values,
        "wording": wording.text,
        "wording_version": wording.version,
        "language_code": values["language_code"] or language,
    }
