"""Reading records as the search for duplicates sees them: a constant number of statements for any number of records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from ...addresses.models import CustomerAddress
from ...core import sql
from ...records.models import CustomerRecord, Source
from .models import CrowdedKey, FrequentSurname
from .people import Person, person, surname_key
from .scoring import Context


def people(record_ids: Collection[int]) -> dict[int, Person]:
    """These records, those that are there, by their ids."""
    return _read(sql.fill("r.id = ANY({ids}::bigint[])", ids=sorted(record_ids)))


def people_between(lower: int, upper: int) -> dict[int, Person]:
    """The records with ids from `lower` to before `upper`."""
    return _read(sql.fill("r.id >= {lower} AND r.id < {upper}", lower=lower, upper=upper))


def _read(which: sql.Sql) -> dict[int, Person]:
    rows = sql.rows(
        sql.fill(
            """
            SELECT r.id, r.first_name, r.last_name, r.company_name, r.email, r.other_emails, r.phone,
                NULLIF(r.additional_phones, '[]') AS more_phones, r.street_address_1, r.postal_code
            FROM {records} r WHERE {which} ORDER BY r.id
            """,
            records=sql.table(CustomerRecord),
            which=which,
        )
    )
    further = defaultdict(list)
    for row in sql.rows(
        sql.fill(
            """
            SELECT a.record_id, a.street_address_1, a.postal_code,
                -- Not that of an order: whoever may not see the order must not learn the address.
                CASE WHEN a.source = {order} THEN '' ELSE a.phone END AS phone
            FROM {records} r JOIN {addresses} a ON a.record_id = r.id WHERE {which} ORDER BY a.id
            """,
            records=sql.table(CustomerRecord),
            addresses=sql.table(CustomerAddress),
            order=Source.ORDER.value,
            which=which,
        )
    ):
        further[row.record_id].append(row)
    return {
        row.id: person(
            row.id,
            first_name=row.first_name,
            last_name=row.last_name,
            company_name=row.company_name,
            emails=[row.email, *sql.from_json(row.other_emails)],
            phones=[
                row.phone,
                *(sql.from_json(row.more_phones) or ()),
                *(one.phone for one in further.get(row.id, ())),
            ],
            addresses=[
                (row.street_address_1, row.postal_code),
                *((one.street_address_1, one.postal_code) for one in further.get(row.id, ())),
            ],
        )
        for row in rows
    }


def context_of(people: Collection[Person]) -> Context:
    """What comparing these people takes of what is known of all records."""
    keys = {phone.key for one in people for phone in one.phones} | {
        address.key for one in people for address in one.addresses
    }
    crowded = sql.rows(
        sql.fill(
            "SELECT c.key FROM {crowded} c WHERE c.key = ANY({keys}::bigint[])",
            crowded=sql.table(CrowdedKey),
            keys=sorted(keys),
        )
    )
    surnames = {surname_key(one.surname) for one in people if one.last}
    shares = FrequentSurname.objects.filter(sql.is_any("key", surnames)).values_list("key", "share")
    return Context(frozenset(row.key for row in crowded), dict(shares))
