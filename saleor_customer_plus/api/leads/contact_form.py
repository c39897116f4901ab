"""The contact form: the only operation open to strangers, off until the merchant turns it on.

The response reveals nothing: one statement stores the submission, and a task looks for the customer later. Attacks and
their effects are described in docs/contact-form.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import graphene
from django.utils.crypto import constant_time_compare

from ... import settings, tasks
from ...activity.models import ActorType
from ...activity.services import Actor
from ...core import environment, publishing
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...leads import form_guard, submissions
from ...records.validation import clean
from ...settings import CustomerPlusSettings
from ..core.base import with_api_errors
from ..core.mutations import BaseMutation
from ..core.types import DateTime
from .inputs import MAX_MESSAGE_LENGTH

if TYPE_CHECKING:
    from django.http import HttpRequest

# The number of the shop's own proxies before Saleor, each of which appends the address of its client to the header.
# Clients can put anything into that header, so earlier entries are not trusted.
PROXIES = environment.believed_proxies()

# Each e-mail attribute holds a part of the address.
_OF_EMAIL = 4
_MAX_LINE_LENGTH = {"subject": 255, "page": 2048, "campaign": 255}


class CustomerLeadFormToken(graphene.ObjectType):  # type: ignore[misc]
    """Data needed to submit a contact form once."""

    token = graphene.String(required=True, description="Token to send with the form.")
    valid_from = DateTime(
        required=True, description="Earliest time to submit the form. People need at least this long to fill it in."
    )
    valid_until = DateTime(required=True, description="When the token expires.")


class CustomerLeadSubmitInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a contact form. All text is plain text."""

    email = graphene.String(required=True, description="E-mail address for the reply.")
    first_name = graphene.String(description="Given name of the customer.")
    last_name = graphene.String(description="Family name of the customer.")
    subject = graphene.String(description="Subject: one line of at most 255 characters.")
    message = graphene.String(required=True, description=f"Message, at most {MAX_MESSAGE_LENGTH} characters.")
    page = graphene.String(description="Page of the form: an http or https URL, or a path.")
    campaign = graphene.String(description="Campaign that led to the page.")
    token = graphene.String(required=True, description="Token requested when the form was shown.")
    website = graphene.String(description="Leave blank. A honeypot field hidden from visitors: only bots fill it in.")


class CustomerLeadSubmit(BaseMutation):
    """Submits the contact form. Open to everyone. The response is the same for known and unknown e-mail addresses.

    Off until the merchant turns it on. If the settings contain a secret, only the shop's own server can use it.
    """

    class Arguments:
        input = CustomerLeadSubmitInput(required=True, description="Fields of the contact form.")
        secret = graphene.String(description="Secret from the settings, if there is one.")
        client_address = graphene.String(
            description="Visitor's IP address, for rate limits. Trusted only with the secret."
        )

    @classmethod
    def check_access(cls, info: Any) -> None:
        """Allow everyone."""

    @classmethod
    def caller(cls, _info: Any) -> Actor:
        return Actor(ActorType.CUSTOMER)

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
        _check_secret(secret, chosen)
        address = client_address if chosen.contact_form_secret and client_address else address_of(info.context)
        form_guard.count("address", form_guard.network_of(address), limit=chosen.contact_form_per_hour)
        if input.get("website"):
            return {}  # bots are not told that they were detected
        values = _checked(input)
        nonce = form_guard.check_token(input["token"])
        form_guard.count("email", values["email"], limit=max(chosen.contact_form_per_hour // _OF_EMAIL, 1))
        form_guard.use_token(nonce)
        publishing.publish(tasks.take_submission, submissions.receive(values).pk)
        return {}


class ContactFormQueries:
    """The query before a form is shown."""

    customer_lead_form_token = graphene.Field(
        CustomerLeadFormToken, description="Token for one contact form. Open to everyone while the form is turned on."
    )

    @staticmethod
    @with_api_errors
    def resolve_customer_lead_form_token(_root: Any, _info: Any) -> CustomerLeadFormToken:
        _settings()
        now = int(time.time())
        return CustomerLeadFormToken(
            token=form_guard.new_token(now),
            valid_from=datetime.fromtimestamp(now + form_guard.SHORTEST, UTC),
            valid_until=datetime.fromtimestamp(now + form_guard.MAX_AGE, UTC),
        )


class ContactFormMutations:
    """The mutation of the form."""

    customer_lead_submit = CustomerLeadSubmit.Field()


def address_of(request: HttpRequest) -> str:
    """Return the IP address of a request, as far as the shop's own proxies confirm it."""
    seen = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    if PROXIES and len(seen) >= PROXIES:
        return str(seen[-PROXIES])
    return str(request.META.get("REMOTE_ADDR") or "")


def _settings() -> CustomerPlusSettings:
    chosen, _is_active = settings.load()
    if not chosen.contact_form:
        raise CustomerPlusError("The contact form is turned off.", code=ErrorCode.DISABLED)
    return chosen


def _check_secret(secret: str | None, chosen: CustomerPlusSettings) -> None:
    # Bytes: text with an unpaired surrogate cannot be compared.
    given, wanted = ((text or "").encode("utf-8", "surrogatepass") for text in (secret, chosen.contact_form_secret))
    if wanted and not constant_time_compare(given, wanted):
        raise CustomerPlusError("The secret is not the one of the settings.", field="secret")


def _checked(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields as stored. Raise all errors at once, without the input."""
    person = clean({name: given.get(name) for name in ("email", "first_name", "last_name")})
    errors, values = list(person.errors), dict(person.values)
    readers = {"message": _message, "page": _page}
    for name in ("subject", "message", "page", "campaign"):
        try:
            values[name] = readers.get(name, _line)(given.get(name) or "", name)
        except CustomerPlusError as error:
            errors.append(error)
    if errors:
        raise SeveralErrors(errors)
    return values


def _line(raw: str, name: str) -> str:
    text = raw.strip()
    if len(text) > _MAX_LINE_LENGTH[name]:
        raise CustomerPlusError(f"This may have at most {_MAX_LINE_LENGTH[name]} characters.", field=name)
    if any(char in "\x7f\x85\u2028\u2029" or char < " " or "\ud800" <= char <= "\udfff" for char in text):
        raise CustomerPlusError("This must be one line of text.", field=name)
    return text


def _page(raw: str, name: str) -> str:
    page = _line(raw, name)
    if page and not page.lower().startswith(("http://", "https://", "/")):
        raise CustomerPlusError("This must be an address of http or https, or a path.", field=name)
    return page


def _message(raw: str, name: str) -> str:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise CustomerPlusError("A message is required.", code=ErrorCode.REQUIRED, field=name)
    if len(text) > MAX_MESSAGE_LENGTH:
        raise CustomerPlusError(f"This may have at most {MAX_MESSAGE_LENGTH} characters.", field=name)
    if any((char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" for char in text):
        raise CustomerPlusError("This has a character that is not allowed.", field=name)
    return text
