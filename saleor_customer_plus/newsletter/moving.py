"""Sign-ups of records that are parted again: each goes to whom its address is of, with what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from ..consent import moving
from ..mail.models import Mail
from .models import NewsletterSignup


def part(kept_id: int, owners: Mapping[str, int], *, since: datetime) -> None:
    """Give the owners of these addresses their sign-ups of since then, with mails and what was decided since.

    Whoever confirmed did so for the address: nobody else is subscribed by that. A sign-up from before the merge stays
    where it was, even if its address is somebody else's by now. Call it in a transaction that holds the records.
    """
    for signup in NewsletterSignup.objects.filter(record=kept_id, email__in=owners, asked_at__gt=since):
        signup.record_id = owners[signup.email]
        signup.save(update_fields=["record"])
    keys: dict[int, list[str]] = defaultdict(list)
    for signup in NewsletterSignup.objects.filter(record__in=owners.values()):
        keys[signup.record_id or 0].append(signup.key)
        Mail.objects.filter(pk__in=signup.mail_ids, record=kept_id).update(record=signup.record_id)
    for record_id, theirs in keys.items():
        moving.give_decisions(kept_id, record_id, theirs, since=since)
