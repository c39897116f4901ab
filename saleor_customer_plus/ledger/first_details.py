"""The first details of records that have none, as nearly all of a first run: the rules of `records.details`, set-wise.

Where nothing is known, nothing is locked, suggested, written by staff or left by an order that is gone: the newest of
each detail is taken over as it is. So PostgreSQL writes and logs it without sending it to us and back.
"""

from __future__ import annotations

from collections.abc import Collection

from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import insertion
from ..core import sql
from ..records.addresses import ADDRESS, WHOLE
from ..records.details import FIELDS
from ..records.models import CustomerRecord, Source
from .said import SAID, SUMMARY, SUMMARY_DIFFERS, compared, listed


def without_details(ids: Collection[int]) -> set[int]:
    """Those of these records of which nothing is known yet, nor was ever said where from."""
    blank = " || ".join(FIELDS)
    return {
        row.id
        for row in sql.rows(
            sql.fill(
                """
                SELECT id FROM {records} WHERE id = ANY({ids})
                    AND provenance = '{}' AND suggestions = '{}' AND locked_fields = '{}' AND {blank} = ''
                """,
                records=sql.table(CustomerRecord),
                blank=sql.Sql(f"({blank})"),
                ids=list(ids),
            )
        )
    }


def describe_records(ids: list[int]) -> int:
    """Write what is said of records `without_details`, and what follows beside, and log it. Return how many differed.

    One statement. Call it while they are held.
    """
    if not ids:
        return 0
    ((written,),) = sql.rows(
        sql.fill(
            """
            WITH {compared}, described AS MATERIALIZED (
                SELECT c.*, {values}, p.provenance AS said_by, r.stage AS stage_before, r.account_id
                FROM compared c JOIN {records} r ON r.id = c.id
                CROSS JOIN LATERAL (SELECT substr(c.newest_{whole}, 66)::jsonb AS address OFFSET 0) a
                CROSS JOIN LATERAL (
                    SELECT coalesce(jsonb_object_agg(s.name, {source_of}), '{}') AS provenance
                    FROM (VALUES {said}) s(name, said) WHERE s.said IS NOT NULL
                ) p
                WHERE p.provenance <> '{}' OR {summary_differs}
            ), written AS (
                UPDATE {records} r SET ({columns}) = ROW({described}), provenance = d.said_by, modified_at = now()
                FROM described d WHERE r.id = d.id
                RETURNING r.id
            ), brought AS (
                SELECT d.id, v.source, v.origin, min(v.place) AS place,
                    jsonb_object_agg(v.name, ''::text) AS before, jsonb_object_agg(v.name, v.value) AS after
                FROM described d CROSS JOIN LATERAL (
                    SELECT v.place, v.name, v.value, d.said_by -> v.known_as ->> 'source' AS source,
                        d.said_by -> v.known_as ->> 'origin' AS origin
                    FROM (VALUES {details}) v(place, name, value, known_as) WHERE v.value <> ''
                ) v
                GROUP BY 1, 2, 3
            ), logged AS (
                {log}
            )
            SELECT count(*) AS written FROM written
            """,
            compared=compared(ids),
            records=sql.table(CustomerRecord),
            whole=sql.Sql(WHOLE),
            values=listed(f"{_value(name)} AS value_{name}" for name in FIELDS),
            source_of=_source_of("s.said"),
            said=listed(f"('{name}', {_said(name)})" for name in SAID),
            summary_differs=SUMMARY_DIFFERS,
            columns=sql.columns([*FIELDS, *SUMMARY]),
            described=listed([f"d.value_{name}" for name in FIELDS] + [f"d.now_{name}" for name in SUMMARY]),
            details=listed(
                f"({place}, '{name}', d.value_{name}, {_known_as(name)})" for place, name in enumerate(FIELDS)
            ),
            log=insertion(_log()),
        )
    )
    return int(written)


def _said(name: str) -> str:
    """What is said of one of `SAID`, if it is taken over: a country by itself not where there is an address."""
    return f"CASE WHEN c.newest_{WHOLE} IS NULL THEN c.newest_{name} END" if name in ADDRESS else f"c.newest_{name}"


def _value(name: str) -> str:
    if name not in ADDRESS:
        return f"coalesce(substr(c.newest_{name}, 66), '')"
    alone = f"substr({_said(name)}, 66)" if name in SAID else "NULL"
    return f"coalesce(a.address ->> {ADDRESS.index(name)}, {alone}, '')"


def _known_as(name: str) -> str:
    """Under which name the provenance has where a detail came from."""
    return f"CASE WHEN d.said_by ? '{WHOLE}' THEN '{WHOLE}' ELSE '{name}' END" if name in ADDRESS else f"'{name}'"


def _source_of(said: str) -> sql.Sql:
    """The provenance of what is said: see `ledger.said` for how it is written."""
    return sql.fill(
        """jsonb_build_object(
            'source', CASE WHEN substr({said}, 29, 1) = 'A' THEN {account}::text ELSE {order}::text END,
            'origin', rtrim(substr({said}, 30, 36)), 'at', substr({said}, 2, 27)
        )""",
        said=sql.Sql(said),
        account=Source.ACCOUNT.value,
        order=Source.ORDER.value,
    )


def _log() -> sql.Sql:
    """One entry for each order and account that brought something, then the stage: as `ledger.corrections` logs it."""
    return sql.fill(
        """
        SELECT e.id, statement_timestamp(), e.type, {sync}, '', e.before, e.after, e.cause_type, e.cause_id
        FROM (
            SELECT id, place, {synced} AS type, before, after, source AS cause_type, origin AS cause_id FROM brought
            UNION ALL
            SELECT id, {last}, {stage},
                jsonb_build_object('stage', stage_before), jsonb_build_object('stage', now_stage),
                CASE WHEN now_latest_order_id IS NULL THEN {account} ELSE {order} END,
                coalesce(now_latest_order_id::text, account_id::text)
            FROM described WHERE now_stage <> stage_before
        ) e
        ORDER BY e.id, e.place
        """,
        sync=ActorType.SYNC.value,
        synced=ActivityType.DETAILS_SYNCED.value,
        stage=ActivityType.STAGE_CHANGED.value,
        last=len(FIELDS),
        account=CauseType.ACCOUNT.value,
        order=CauseType.ORDER.value,
    )
