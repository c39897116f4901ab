"""Editing records by hand or in bulk, together with the orders that follow an address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from .. import settings
from ..consent.address_moves import address_came, address_left
from ..core import sql
from ..fields import services as fields
from ..ledger.models import LedgerEntry
from ..ledger.owners import settle_orders
from ..ledger.sync import sync_orders
from ..records.editing import Edition, Writer, edit_rows
from ..records.locks import own_identities, share_identities
from ..records.models import CustomerRecord
from ..records.spelling import spelt_alike
from ..records.writing import touch
from ..saleor_adapter import host


def edit_records(
    changes: Mapping[int, Mapping[str, Any]],
    *,
    by: Writer,
    versions: Mapping[int, datetime] | None = None,
    own: Mapping[int, fields.Values] | None = None,
) -> Edition:
    """Write these values to these records. Call it in a transaction.

    `own` are values of the shop's own fields, for records that are among those to be changed. A record is changed in
    all its fields or, where one is refused, in none. `versions` are the times of their last change that the writer
    knew: a record that changed since is refused. The address of a record that is linked to an account is the account's,
    and cannot be changed here. The others take the orders along that there are.
    """
    renamed = [id for id, values in changes.items() if "email" in values]
    touched: set[int] = set()
    before: dict[int, str] = {}
    if renamed:
        own_identities()
        touched = _look_up_orders(renamed)
        before = dict(CustomerRecord.objects.filter(sql.is_any("pk", renamed)).values_list("pk", "email"))
    elif any(values.get("number") for values in changes.values()):
        share_identities()  # no merge takes a number away between our look for its holder and our writing
    wanted = {id: values for id, values in (own or {}).items() if values}
    definitions = fields.hold({id for values in wanted.values() for id in values})
    refused = fields.refusals(wanted, definitions)
    result = edit_rows({id: values for id, values in changes.items() if id not in refused}, by=by, versions=versions)
    settle_orders(result.renamed)
    if result.renamed:
        address_left({id: [before[id]] for id in result.renamed})
        address_came({id: [email] for id, email in result.renamed.items()}, actor=by.actor, cause=by.cause)
    own_changed = fields.write(
        {id: values for id, values in wanted.items() if id not in refused and id not in result.refusals},
        by=by,
        definitions=definitions,
    )
    touch(own_changed - result.changed)
    result.changed |= own_changed
    result.refusals |= refused
    result.touched = touched
    return result


def _look_up_orders(record_ids: Collection[int]) -> set[int]:
    """Read again the orders of these records and all orders for their addresses, whose tasks may not have run yet.

    An order that got another address in Saleor must leave its record before the others follow the record to a new one.
    Return the records that got orders by it.
    """
    records = CustomerRecord.objects.filter(sql.is_any("pk", record_ids), account_id=None)
    emails = list(records.values_list("email", flat=True))
    if not emails:
        return set()
    known = LedgerEntry.objects.filter(sql.is_any("record_id", record_ids)).values_list("order_id", flat=True)
    order_ids = {*known, *(row.id for row in sql.rows(spelt_alike(host.Order, "user_email", emails)))}
    chosen, _ = settings.load()
    return sync_orders(Q(pk__in=order_ids), chosen).record_ids if order_ids else set()
