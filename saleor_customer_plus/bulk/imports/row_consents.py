"""What a row says of consents, once all of its cells are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .person import CONSENTS, OF_MARKETING
from .values.choices import Answer, most_against

# All columns that say something of them.
OF_CONSENTS = (*CONSENTS, "suppressions", "unsubscribed_at")


def answers_of(beside: Mapping[str, Any], status: Answer | None) -> dict[str, Answer]:
    """What the row says. Of two things that it says of marketing, the one that is most against it counts."""
    accepts: dict[str, Answer] = {key: beside[key] for key in CONSENTS if key in beside}
    against = [status] if status not in (None, Answer.YES) else []
    against += [beside["suppressions"]] if beside.get("suppressions", Answer.NO) is not Answer.NO else []
    against += [Answer.WITHDRAWN] if "unsubscribed_at" in beside else []
    if against:
        # What says no of all that is sent beats a yes to a part of it.
        barred = CONSENTS if Answer.BOUNCED in against else OF_MARKETING
        accepts |= {key: most_against([answer, Answer.NO]) for key, answer in accepts.items() if key in barred}
    said = [*against, *(one for one in (accepts.get("accepts_marketing"), status) if one is not None)]
    return {**accepts, "accepts_marketing": most_against(said)} if said else accepts
