"""The keys of all records: which each has, which are too crowded to tell anything, and which names are common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from ...core import sql
from ...records.models import CustomerRecord
from . import spelling
from .models import CrowdedKey, DuplicateKey, FrequentSurname, UncheckedRecord
from .people import Person, keys_of, surname_key
from .scoring import RARE_SHARE

# More records than this have no phone, no mailbox and no address of one person.
CAP = 30

# A name that fewer have is not common, in however small a shop.
_FEWEST = 5


def write(people: Mapping[int, Person], record_ids: sql.Sql) -> set[int]:
    """Let these records have the keys that they ought to have. Return the keys that some gained or lost.

    `record_ids` is the condition on `k.record_id` for all that were looked for, also those that are no more.
    """
    pairs = [(id, key) for id, one in people.items() for key in keys_of(one)]
    rows = sql.rows(
        sql.fill(
            """
            WITH wanted AS (
                SELECT * FROM unnest({ids}::bigint[], {keys}::bigint[]) AS w(record_id, key)
            ), kept AS (
                SELECT k.id, k.record_id, k.key FROM {table} k WHERE {record_ids}
            ), gone AS (
                DELETE FROM {table} k USING kept
                WHERE k.id = kept.id
                    AND NOT EXISTS (SELECT FROM wanted w WHERE w.record_id = kept.record_id AND w.key = kept.key)
                RETURNING k.key
            ), made AS (
                INSERT INTO {table} (record_id, key)
                SELECT w.record_id, w.key FROM wanted w
                WHERE NOT EXISTS (SELECT FROM kept k WHERE k.record_id = w.record_id AND k.key = w.key)
                RETURNING key
            )
            SELECT key FROM gone UNION SELECT key FROM made
            """,
            table=sql.table(DuplicateKey),
            record_ids=record_ids,
            ids=[id for id, _key in pairs],
            keys=[key for _id, key in pairs],
        )
    )
    return {row.key for row in rows}


def count_all() -> None:
    """Find out which keys are crowded, and how common last names are, over all records."""
    sql.run(
        sql.fill(
            """
            WITH wanted AS (SELECT key FROM {keys} GROUP BY key HAVING count(DISTINCT record_id) > {cap}),
            gone AS (DELETE FROM {crowded} c WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.key = c.key))
            INSERT INTO {crowded} (key) SELECT key FROM wanted ON CONFLICT (key) DO NOTHING
            """,
            keys=sql.table(DuplicateKey),
            crowded=sql.table(CrowdedKey),
            cap=CAP,
        )
    )
    _count_surnames()


def _count_surnames() -> None:
    rows = sql.rows(
        sql.fill(
            """
            WITH names AS (
                SELECT lower(last_name) AS name, count(*) AS number FROM {records} WHERE last_name <> '' GROUP BY 1
            )
            SELECT name, number, (SELECT sum(number) FROM names) AS total FROM names
            WHERE number >= {fewest} AND number >= (SELECT sum(number) FROM names) * {share} / 4
            """,
            records=sql.table(CustomerRecord),
            fewest=_FEWEST,
            share=RARE_SHARE,
        )
    )
    numbers: Counter[int] = Counter()
    for row in rows:
        if words := spelling.name_words(row.name):
            numbers[surname_key(" ".join(words))] += row.number
    total = float(rows[0].total) if rows else 1.0
    FrequentSurname.objects.exclude(key__in=numbers).delete()
    FrequentSurname.objects.bulk_create(
        [FrequentSurname(key=key, share=number / total) for key, number in sorted(numbers.items())],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["share"],
    )


def recount_crowded() -> None:
    """Find out which keys are no longer crowded: records that have them may have been deleted, which notes nothing."""
    recount(list(CrowdedKey.objects.values_list("key", flat=True)))


def recount(keys: Collection[int]) -> None:
    """Find out whether these are crowded. What that changes for the records that have them is looked at later."""
    if not keys:
        return
    sql.run(
        sql.fill(
            """
            WITH counted AS (
                SELECT w.key, (
                    SELECT count(*) FROM (
                        SELECT DISTINCT k.record_id FROM {table} k WHERE k.key = w.key LIMIT {cap} + 1
                    ) k
                ) > {cap} AS is_crowded, EXISTS (SELECT FROM {crowded} c WHERE c.key = w.key) AS was_crowded
                FROM unnest({keys}::bigint[]) AS w(key)
            ), changed AS (
                SELECT key, is_crowded FROM counted WHERE is_crowded <> was_crowded
            ), made AS (
                INSERT INTO {crowded} (key) SELECT key FROM changed WHERE is_crowded ON CONFLICT (key) DO NOTHING
            ), gone AS (
                DELETE FROM {crowded} c USING changed WHERE c.key = changed.key AND NOT changed.is_crowded
            )
            INSERT INTO {unchecked} (record_id)
            SELECT DISTINCT k.record_id FROM changed JOIN {table} k ON k.key = changed.key ORDER BY 1
            """,
            table=sql.table(DuplicateKey),
            crowded=sql.table(CrowdedKey),
            unchecked=sql.table(UncheckedRecord),
            keys=sorted(keys),
            cap=CAP,
        )
    )
