"""Addresses that no import or job subscribes: of nobody whom we know and on a suppression list, or of a record that
withdrew, which they left since (`address_moves`).

Only hashes are kept, with a random key of this database. So the table alone tells nobody's address, and the shop keeps
no address of people who want nothing from it. An act of the person counts more: whoever signs up by a form, a checkout
or an account is subscribed, see `consent.services`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from ..core import sql
from ..records.models import CustomerRecord
from .models import ConsentPurpose, SuppressedAddress, SuppressionKey

_KEY_BYTES = 32
# In the place of the import that listed an address: it left a record that withdrew.
_LEFT = 0


def _digest(address: str) -> sql.Sql:
    """The hash of an address, an expression of SQL. `k` is the key's row."""
    return sql.Sql(f"sha256(k.key || convert_to({address}, 'UTF8'))")


def suppressed_among(emails: Collection[str]) -> dict[str, set[ConsentPurpose]]:
    """Those of these addresses that are suppressed, and for which purposes. One statement."""
    found: dict[str, set[ConsentPurpose]] = {}
    if not emails:
        return found
    query = sql.fill(
        """
        SELECT DISTINCT e.email, s.purpose
        FROM {keys} k CROSS JOIN unnest({emails}::text[]) e(email) JOIN {suppressed} s ON s.digest = {digest}
        """,
        keys=sql.table(SuppressionKey),
        suppressed=sql.table(SuppressedAddress),
        digest=_digest("e.email"),
        emails=list(emails),
    )
    for row in sql.rows(query):
        found.setdefault(row.email, set()).add(ConsentPurpose(row.purpose))
    return found


def suppressed_records(record_ids: Collection[int]) -> set[tuple[int, str]]:
    """Those of these records of which an address is suppressed, each with a purpose. One statement."""
    if not record_ids:
        return set()
    query = sql.fill(
        """
        SELECT DISTINCT r.id, s.purpose
        FROM {keys} k CROSS JOIN {records} r
        CROSS JOIN LATERAL (SELECT r.email UNION ALL SELECT jsonb_array_elements_text(r.other_emails)) a(email)
        JOIN {suppressed} s ON s.digest = {digest}
        WHERE r.id = ANY({ids})
        """,
        keys=sql.table(SuppressionKey),
        records=sql.table(CustomerRecord),
        suppressed=sql.table(SuppressedAddress),
        digest=_digest("a.email"),
        ids=list(record_ids),
    )
    return {(row.id, row.purpose) for row in sql.rows(query)}


def suppress(addresses: Mapping[str, Collection[ConsentPurpose]], *, job_id: int) -> None:
    """Remember these addresses, each for these purposes, on account of an import. Twice is as once.

    Three statements, and none without addresses.
    """
    values: list[dict[str, Any]] = [
        {"email": email, "purpose": purpose.value} for email in sorted(addresses) for purpose in addresses[email]
    ]
    if not values:
        return
    sql.run(
        sql.fill(
            "INSERT INTO {keys} (id, key) VALUES (1, {key}) ON CONFLICT DO NOTHING",
            keys=sql.table(SuppressionKey),
            key=secrets.token_bytes(_KEY_BYTES),
        )
    )
    sql.run(
        sql.fill(
            """
            INSERT INTO {suppressed} (digest, purpose, job_id)
            SELECT {digest}, v.purpose, {job_id}
            FROM {keys} k CROSS JOIN ROWS FROM (jsonb_to_recordset({values}::jsonb) AS (email text, purpose text)) AS v
            ON CONFLICT DO NOTHING
            """,
            suppressed=sql.table(SuppressedAddress),
            keys=sql.table(SuppressionKey),
            digest=_digest("v.email"),
            values=sql.to_json(values),
            job_id=job_id,
        )
    )


def remember(addresses: Mapping[str, Collection[ConsentPurpose]]) -> None:
    """Remember these addresses, each for these purposes, because they left a record that withdrew."""
    suppress(addresses, job_id=_LEFT)


def no_longer_remember(addresses: Mapping[str, Collection[ConsentPurpose]]) -> None:
    """Forget what is remembered of these addresses because they left a record: the person signed up since."""
    if not addresses:
        return
    sql.run(
        sql.fill(
            """
            DELETE FROM {suppressed} s
            USING {keys} k CROSS JOIN unnest({emails}::text[], {purposes}::text[]) AS v(email, purpose)
            WHERE s.digest = {digest} AND s.purpose = v.purpose AND s.job_id = {left}
            """,
            suppressed=sql.table(SuppressedAddress),
            keys=sql.table(SuppressionKey),
            digest=_digest("v.email"),
            emails=[email for email in addresses for _ in addresses[email]],
            purposes=[purpose.value for email in addresses for purpose in addresses[email]],
            left=_LEFT,
        )
    )


def forget(*, job_id: int) -> int:
    """Forget what an import remembered. Return how many addresses that were."""
    digests = SuppressedAddress.objects.filter(job_id=job_id).values("digest").distinct().count()
    SuppressedAddress.objects.filter(job_id=job_id).delete()
    return digests
