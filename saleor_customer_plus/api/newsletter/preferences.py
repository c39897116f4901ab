"""What the shop may write about, chosen by the link of a message: for shops that show the page themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphene

from ... import settings, tasks
from ...activity.services import Actor
from ...consent import links
from ...consent.models import ConsentPurpose, ConsentState
from ...core import publishing
from ...newsletter import choosing, texts
from ...settings import CustomerPlusSettings
from ..consent.enums import CustomerConsentPurpose
from ..core.base import with_api_errors
from ..core.public_forms import PublicMutation
from ..core.types import list_of
from .inputs import language_of
from .subscribing import count_change, link_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose, as the page of preferences shows it."""

    purpose: str
    label: str
    is_subscribed: bool
    is_pending: bool
    is_available: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """What there is to choose for whoever has a link."""

    email_hint: str
    language: str
    message_purpose: str | None
    choices: list[Choice]


def preferences_of(link: links.Link, chosen: CustomerPlusSettings, *wanted: str | None) -> Preferences:
    """What the page of a link shows, in the first of these languages that there are texts in."""
    language = language_of(chosen, *wanted)
    states, available = choosing.states_of(link.record_id), choosing.offered(chosen)
    return Preferences(
        email_hint=hint_of(link.email),
        language=language,
        message_purpose=link.purpose.value if link.purpose else None,
        choices=[
            Choice(
                purpose=purpose.value,
                label=texts.labels([purpose.value], language)[0],
                is_subscribed=states[purpose.value] == ConsentState.SUBSCRIBED,
                is_pending=states[purpose.value] == ConsentState.PENDING,
                is_available=purpose.value in available,
            )
            for purpose in ConsentPurpose
        ],
    )


def hint_of(email: str) -> str:
    """Enough of an address for whoever knows it, and little for others.

    >>> hint_of("anna.rossi@example.com"), hint_of("a@example.com")
    ('a•••@example.com', '•••@example.com')
    """
    local, _at, domain = email.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}•••@{domain}"


def chosen_by(link: links.Link, wanted: Sequence[str], language: str, *, way: str) -> bool:
    """Let the shop write about these purposes and no others. Return whether a mail asks to confirm what is new."""
    count_change(link)
    signup = choosing.choose(link, wanted, way=way, language=language)
    if signup is not None:
        publishing.publish(tasks.take_signup, signup.pk)
    return signup is not None


class CustomerNewsletterChoice(graphene.ObjectType):  # type: ignore[misc]
    """One purpose that the shop may, or may not, write about."""

    purpose = graphene.Field(CustomerConsentPurpose, required=True, description="What the shop would write about.")
    label = graphene.String(required=True, description="What to call the purpose on the page.")
    is_subscribed = graphene.Boolean(required=True, description="Whether the shop may write about it now.")
    is_pending = graphene.Boolean(required=True, description="Whether the person was mailed a link to confirm it.")
    is_available = graphene.Boolean(required=True, description="Whether the person can sign up for it here.")


class CustomerNewsletterPreferences(graphene.ObjectType):  # type: ignore[misc]
    """What the shop may write about to the person who has a link."""

    email_hint = graphene.String(required=True, description="The address, with all but its first letter hidden.")
    message_purpose = graphene.Field(
        CustomerConsentPurpose, description="Purpose of the message that has the link. Null for a general link."
    )
    choices = list_of(CustomerNewsletterChoice, required=True, description="All purposes of e-mails.")


class CustomerNewsletterPreferencesUpdate(PublicMutation):
    """Updates what the shop may write about, by the token of a link in a message. Open to everyone who has that token.

    What is missing from `purposes` is unsubscribed from at once. What is new is confirmed by a mail, as in a sign-up.
    """

    preferences = graphene.Field(
        CustomerNewsletterPreferences, description="The updated preferences. Null if the mutation failed."
    )
    must_confirm = graphene.Boolean(description="Whether a mail may ask to confirm what is new.")

    class Arguments:
        token = graphene.String(required=True, description="Token from the link in a message.")
        purposes = list_of(
            CustomerConsentPurpose,
            required=True,
            description="What the shop may write about. Blank unsubscribes from all.",
        )
        language_code = graphene.String(description="Language of the mail and of the labels, such as de.")

    @classmethod
    def perform(
        cls, info: Any, _actor: Actor, *, token: str, purposes: list[str], language_code: str | None = None
    ) -> dict[str, Any]:
        link, (chosen, _is_active) = link_of(info.context, token), settings.load()
        wanted = [getattr(purpose, "value", purpose) for purpose in purposes]
        is_asked = chosen_by(link, wanted, language_of(chosen, language_code), way=choosing.SHOP)
        return {"preferences": preferences_of(link, chosen, language_code), "must_confirm": is_asked}


class PreferenceQueries:
    """The query for a page of preferences."""

    customer_newsletter_preferences = graphene.Field(
        CustomerNewsletterPreferences,
        description="What the shop may write about, by the token of a link in a message. Open to everyone who has it.",
        token=graphene.String(required=True, description="Token from the link in the message."),
        language_code=graphene.String(description="Language of the labels, such as de. English by default."),
    )

    @staticmethod
    @with_api_errors
    def resolve_customer_newsletter_preferences(
        _root: Any, info: Any, token: str, language_code: str | None = None
    ) -> Preferences:
        link, (chosen, _is_active) = link_of(info.context, token), settings.load()
        return preferences_of(link, chosen, language_code)


class PreferenceMutations:
    """The mutation of a page of preferences."""

    customer_newsletter_preferences_update = CustomerNewsletterPreferencesUpdate.Field()
