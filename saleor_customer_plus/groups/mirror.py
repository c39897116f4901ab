"""What Saleor knows of groups: their names, in the public metadata of an account, for storefronts and promotions.

One key, `customer_plus.groups`, whose value is a text as all metadata is: a JSON array of names, sorted. Who is in no
group but the default one has no such key. Nothing else of the account is touched: not the time of its last change
either, so that nobody looks at the account again because of us.

Customers may write their own public metadata in Saleor, this key too. That makes Saleor call us, and it is put right.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from ..core import sql
from ..records.models import CustomerRecord
from ..saleor_adapter import host
from .models import Group, GroupMembership

KEY = "customer_plus.groups"


def mirror_records(record_ids: Collection[int]) -> int:
    """Tell Saleor of the groups of these records, as far as they have accounts. Return how many accounts changed."""
    accounts = CustomerRecord.objects.filter(pk__in=record_ids, account__isnull=False)
    return mirror_accounts(list(accounts.values_list("account", flat=True)))


def members_with_account(group_id: int) -> list[int]:
    """The records of those whose membership Saleor can know of."""
    members = GroupMembership.objects.filter(group=group_id, record__account__isnull=False).order_by("record")
    return list(members.values_list("record", flat=True))


@transaction.atomic
def mirror_accounts(account_ids: Collection[int]) -> int:
    """Tell Saleor of the groups of these accounts: of none where there is no record. Return how many changed."""
    users = sql.table(host.User)
    wrong = sql.fill(
        """
        SELECT u.id FROM {users} u
        WHERE u.id = ANY({ids}) AND u.metadata ->> {key} IS DISTINCT FROM ({names})
        ORDER BY u.id
        FOR NO KEY UPDATE OF u
        """,
        users=users,
        ids=sorted(account_ids),
        key=KEY,
        names=_NAMES,
    )
    # Written from what is true once we hold the accounts: somebody who came later may have written before us.
    ids = [row.id for row in sql.rows(wrong)] if account_ids else []
    if not ids:
        return 0
    return sql.run(
        sql.fill(
            """
            UPDATE {users} u SET metadata = CASE
                WHEN v.names IS NULL THEN u.metadata - {key}::text
                ELSE coalesce(u.metadata, '{}') || jsonb_build_object({key}::text, v.names)
            END
            FROM (SELECT u.id, ({names}) AS names FROM {users} u WHERE u.id = ANY({ids})) v
            WHERE u.id = v.id
            """,
            users=users,
            ids=ids,
            key=KEY,
            names=_NAMES,
        )
    )


# The value for an account `u`. Null if there should be none.
_NAMES = sql.fill(
    """
    SELECT jsonb_agg(g.name ORDER BY g.key COLLATE "C")::text
    FROM {records} r JOIN {memberships} m ON m.record_id = r.id JOIN {groups} g ON g.id = m.group_id
    WHERE r.account_id = u.id
    """,
    records=sql.table(CustomerRecord),
    memberships=sql.table(GroupMembership),
    groups=sql.table(Group),
)
