"""The contact form: the only thing that a stranger can do here, off until the merchant turns it on.

Whoever sends it learns nothing: what was sent is put aside in one statement, and a task looks who it was. What an
attacker could try, and what comes of it, is in docs/contact-form.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import graphene
from django.utils.crypto import constant_time_compare

from .. import hooks, settings, tasks
from ..activity.actions import Actor
from ..activity.models import ActorType
from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from ..leads import form, submissions
from ..records.validation import clean
from ..settings import CustomerPlusSettings
from .base import tells_errors
from .lead_inputs import LONGEST_MESSAGE
from .mutations import BaseMutation
from .types import DateTime

if TYPE_CHECKING:
    from django.http import HttpRequest

# How many proxies of the shop's own stand before Saleor, each of which notes where a request came from. Whoever stands
# before them can write into that header what they like, so no more of it is believed.
PROXIES = int(os.environ.get("CUSTOMER_PLUS_PROXIES") or 0)

# One e-mail has a part of what an address has.
_OF_EMAIL = 4
_LONGEST_LINE = {"subject": 255, "page": 2048, "campaign": 255}


class CustomerLeadFormToken(graphene.ObjectType):  # type: ignore[misc]
    """What a form needs to be sent, once."""

    token = graphene.String(required=True, description="To be sent with the form.")
    valid_from = DateTime(required=True, description="When the form can be sent: nobody fills it in faster.")
    valid_until = DateTime(required=True, description="Until when it can be sent.")


class CustomerLeadSubmitInput(graphene.InputObjectType):  # type: ignore[misc]
    """A contact form, filled in. All texts are plain."""

    email = graphene.String(required=True, description="The e-mail address to answer to.")
    first_name = graphene.String(description="The first name.")
    last_name = graphene.String(description="The last name.")
    subject = graphene.String(description="What it is about: one line of at most 255 characters.")
    message = graphene.String(required=True, description=f"The message, in at most {LONGEST_MESSAGE} characters.")
    page = graphene.String(description="The page that the form is on: an address of http or https, or a path.")
    campaign = graphene.String(description="The campaign that led there.")
    token = graphene.String(required=True, description="The token that was asked for when the form was shown.")
    website = graphene.String(
        description="To be left blank. A field that people do not see: what fills it in is no person."
    )


class CustomerLeadSubmit(BaseMutation):
    """Send an enquiry, as anybody. The answer is the same for an e-mail address that is known and one that is not.

    Off until the merchant turns it on; with a secret in the settings, for the shop's own server only.
    """

    class Arguments:
        input = CustomerLeadSubmitInput(required=True, description="The form.")
        secret = graphene.String(description="The secret of the settings, if there is one.")
        client_address = graphene.String(
            description="The visitor's network address, for limits by address. Believed together with the secret only."
        )

    @classmethod
    def check_access(cls, info: Any) -> None:
        """Anybody may."""

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
        form.count("address", form.network_of(address), limit=chosen.contact_form_per_hour)
        if input.get("website"):
            return {}  # whoever filled it in is not told that it was noticed
        values = _checked(input)
        nonce = form.check_token(input["token"])
        form.count("email", values["email"], limit=max(chosen.contact_form_per_hour // _OF_EMAIL, 1))
        form.use_token(nonce)
        hooks.schedule(tasks.take_submission, submissions.receive(values).pk)
        return {}


class ContactFormQueries:
    """What a form asks before it is shown."""

    customer_lead_form_token = graphene.Field(
        CustomerLeadFormToken, description="A token for one contact form. Anybody may ask while the form is turned on."
    )

    @staticmethod
    @tells_errors
    def resolve_customer_lead_form_token(_root: Any, _info: Any) -> CustomerLeadFormToken:
        _settings()
        now = int(time.time())
        return CustomerLeadFormToken(
            token=form.new_token(now),
            valid_from=datetime.fromtimestamp(now + form.SHORTEST, UTC),
            valid_until=datetime.fromtimestamp(now + form.LONGEST, UTC),
        )


class ContactFormMutations:
    """What a form does."""

    customer_lead_submit = CustomerLeadSubmit.Field()


def address_of(request: HttpRequest) -> str:
    """The network address that a request came from, as far as the shop's own machines know it."""
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
    # Bytes: half of a character cannot be compared as a text.
    given, wanted = ((text or "").encode("utf-8", "surrogatepass") for text in (secret, chosen.contact_form_secret))
    if wanted and not constant_time_compare(given, wanted):
        raise CustomerPlusError("The secret is not the one of the settings.", field="secret")


def _checked(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields as they are kept. Raise all that is wrong with them at once, without what was typed."""
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
    if len(text) > _LONGEST_LINE[name]:
        raise CustomerPlusError(f"This may have at most {_LONGEST_LINE[name]} characters.", field=name)
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
    if len(text) > LONGEST_MESSAGE:
        raise CustomerPlusError(f"This may have at most {LONGEST_MESSAGE} characters.", field=name)
    if any((char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" for char in text):
        raise CustomerPlusError("This has a character that is not allowed.", field=name)
    return text
