"""Newsletter mutations for staff."""

from __future__ import annotations

from typing import Any

import graphene

from ...activity.services import Actor
from ...consent import links
from ...core import publishing
from ...mail.tasks import send_mail
from ...newsletter import services
from ..core.mutations import StaffMutation
from ..records.lookup import existing_record
from .types import CustomerNewsletterSignup


class CustomerNewsletterResend(StaffMutation):
    """Sends the confirmation mail of the customer's latest pending sign-up again. Requires MANAGE_USERS.

    At most as often as the settings say.
    """

    signup = graphene.Field(CustomerNewsletterSignup, description="The sign-up. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str) -> dict[str, Any]:
        record = existing_record(record_id, field="record_id")
        signup = services.resend(record.pk, actor=actor)
        publishing.publish(send_mail)
        return {"signup": signup}


class CustomerPreferenceLinksRevoke(StaffMutation):
    """Revokes all links to unsubscribe and to change preferences that a customer was sent. Requires MANAGE_USERS.

    For links that got into the wrong hands. The next message has new ones.
    """

    revoked = graphene.Int(
        description="Number of e-mail addresses whose links were revoked. Null if the mutation failed."
    )

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str) -> dict[str, Any]:
        return {"revoked": links.revoke(existing_record(record_id, field="record_id").pk, actor=actor)}


class NewsletterMutations:
    """The newsletter mutations for staff."""

    customer_newsletter_resend = CustomerNewsletterResend.Field()
    customer_preference_links_revoke = CustomerPreferenceLinksRevoke.Field()
