"""What may stand in braces in a message: `{{ first_name }}` is the person's, `{{ staff_name }}` that of who writes."""

from __future__ import annotations

from collections.abc import Collection
from email.utils import parseaddr

from ..activity.queries import names_of_actors
from ..activity.services import Actor
from ..mail.composing import sender_of
from ..records.models import CustomerRecord
from ..settings import CustomerPlusSettings

OF_RECORD = ("first_name", "last_name", "company_name", "email", "phone", "number", "postal_code", "city")
NAMES = frozenset([*OF_RECORD, "full_name", "staff_name", "shop_name"])


def values_of(
    records: Collection[CustomerRecord], settings: CustomerPlusSettings, *, actor: Actor
) -> dict[int, dict[str, str]]:
    """What each placeholder stands for, for each of these records. What is not known is blank. One statement."""
    key = (actor.type.value, actor.id)
    staff_name = names_of_actors([key]).get(key, "")
    shop_name, address = parseaddr(sender_of(settings))
    shared = {"staff_name": staff_name, "shop_name": shop_name or address.rpartition("@")[2]}
    return {record.pk: _of(record) | shared for record in records}


def _of(record: CustomerRecord) -> dict[str, str]:
    values = {name: str(getattr(record, name) or "") for name in OF_RECORD}
    return values | {"full_name": f"{record.first_name} {record.last_name}".strip()}
