"""The contact form: the only operation open to strangers, off until the merchant turns it on.

The response reveals nothing: one statement stores the submission, and a task looks for the customer later. Attacks and
their effects are described in docs/contact-form.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import graphene

from ... import settings, tasks
from ...activity.services import Actor
from ...core import publishing
from ...core.form_guard import MAX_AGE, SHORTEST, FormGuard, network_of
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...leads import submissions
from ...records.validation import clean
from ...settings import CustomerPlusSettings
from ..core import public_forms
from ..core.base import with_api_errors
from ..core.public_forms import PublicMutation
from ..core.types import DateTime
from .inputs import MAX_MESSAGE_LENGTH

GUARD = FormGuard("contact_form", too_many="There were too many enquiries. Try again in an hour.")

# Each e-mail attribute holds a part of the address.
_OF_EMAIL = 4
_MAX_LINE_LENGTH = {"subject": 255, "campaign": 255}


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


class CustomerLeadSubmit(PublicMutation):
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
        public_forms.check_secret(secret, chosen.contact_form_secret)
        is_trusted = bool(chosen.contact_form_secret and client_address)
        address = client_address if is_trusted else public_forms.address_of(info.context)
        GUARD.count("address", network_of(address or ""), limit=chosen.contact_form_per_hour)
        if input.get("website"):
            return {}  # bots must not learn that they were detected
        values = _checked(input)
        nonce, _shown = GUARD.check_token(input["token"])
        GUARD.count("email", values["email"], limit=max(chosen.contact_form_per_hour // _OF_EMAIL, 1))
        GUARD.use_token(nonce)
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
            token=GUARD.new_token(now),
            valid_from=datetime.fromtimestamp(now + SHORTEST, UTC),
            valid_until=datetime.fromtimestamp(now + MAX_AGE, UTC),
        )


class ContactFormMutations:
    """The mutation of the form."""

    customer_lead_submit = CustomerLeadSubmit.Field()


def _settings() -> CustomerPlusSettings:
    chosen, _is_active = settings.load()
    if not chosen.contact_form:
        raise CustomerPlusError("The contact form is turned off.", code=ErrorCode.DISABLED)
    return chosen


def _checked(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields as stored. Raise all errors at once, without the input."""
    person = clean({name: given.get(name) for name in ("email", "first_name", "last_name")})
    errors, values = list(person.errors), dict(person.values)
    readers = {"message": _message, "page": public_forms.page}
    for name in ("subject", "message", "page", "campaign"):
        try:
            values[name] = readers.get(name, _line)(given.get(name) or "", name)
        except CustomerPlusError as error:
            errors.append(error)
    if errors:
        raise SeveralErrors(errors)
    return values


def _line(raw: str, name: str) -> str:
    return public_forms.line(raw, name, _MAX_LINE_LENGTH[name])


def _message(raw: str, name: str) -> str:
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise CustomerPlusError("A message is required.", code=ErrorCode.REQUIRED, field=name)
    if len(text) > MAX_MESSAGE_LENGTH:
        raise CustomerPlusError(f"This may have at most {MAX_MESSAGE_LENGTH} characters.", field=name)
    if any((char < " " and char not in "\n\t") or "\ud800" <= char <= "\udfff" for char in text):
        raise CustomerPlusError("This has a character that is not allowed.", field=name)
    return text
