"""Whose lead it is: the record that has the e-mail, or a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..activity.services import Actor, Cause
from ..records.editing import Writer, create_records
from ..records.models import Source
from ..records.sources import add_source


class Found(NamedTuple):
    """The records of some e-mails, and which of the e-mails nobody was known by before."""

    ids: dict[str, int]
    new: set[str]


def records_of(
    people: Sequence[Mapping[str, Any]], *, source: Source, actor: Actor, cause: Cause | None = None
) -> Found:
    """The record of each of these people, made where there was none, with `source` among its sources.

    A person has an `email`, no two the same, and may have other values that `records.validation` cleaned: of somebody
    known they are passed over, because whoever enquires may give any name. Orders that waited for a new e-mail are
    attached by `sync.reactions`.
    """
    made = create_records(people, by=Writer(actor, cause, source, locks=False))
    known = {
        email: refusal.record_id
        for email, refusals in made.refusals.items()
        for refusal in refusals
        if refusal.field == "email" and refusal.record_id is not None
    }
    add_source(known.values(), source)
    return Found({**made.ids, **known}, set(made.ids))
