"""What the orders and the account of a record say of it: the newest of each detail, and what the orders add up to."""

from __future__ import annotations

from collections.abc import Iterable

from ..core import sql
from ..records.addresses import ADDRESS, LINES, WHOLE
from ..records.details import FIELDS
from ..records.models import CustomerRecord, Source, Stage
from .models import LedgerEntry

# What follows from the ledger beside the details, with the type of the column and how it is computed: `r` is the
# record, `o` what its orders add up to, `a` when its account joined.
SUMMARY = {
    "stage": ("text", "CASE WHEN {is_customer} THEN {customer} ELSE r.stage END"),
    "sources": (
        "varchar[]",
        "CASE WHEN o.record_id IS NULL OR {order} = ANY(r.sources) THEN r.sources"
        " ELSE array_append(r.sources, {order}::varchar) END",
    ),
    "created_at": ("timestamptz", "least(r.created_at, a.joined_at, o.first_seen_at)"),
    "customer_since": (
        "timestamptz",
        "coalesce(least(CASE WHEN {is_customer} THEN a.joined_at END, o.first_order_at), r.customer_since)",
    ),
    "order_count": ("integer", "coalesce(o.order_count, 0)"),
    "last_order_at": ("timestamptz", "o.last_order_at"),
    "latest_order_id": ("uuid", "o.latest_order_id"),
}
_IS_CUSTOMER = sql.fill(
    "(r.stage = {customer} OR o.order_count > 0 OR r.account_id IS NOT NULL)", customer=Stage.CUSTOMER.value
)

# What orders and the account say, each of them as one value: the address as a JSON array of its fields. What is said of
# the country by itself, in `country_code`, counts only where nothing says a whole address.
SAID = (*(name for name in FIELDS if name not in ADDRESS), "country_code", WHOLE)

# To find the newest of several values by a mere `max`, each is written as a text that sorts as the values are to win:
#     1  2024-05-01T12:00:00.000000Z  O  3f0c...  Anna          (without the blanks between)
# A digit: 1 for what the account or an order that counts says, 0 for other orders. The time, 27 characters. O for an
# order, A for the account. Its id, 36 characters, padded with blanks. Then the value. So there is no sort, and no more
# memory for a person with fifty thousand orders than for one with two.
AT, KIND, ORIGIN, VALUE = slice(1, 28), 28, slice(29, 65), slice(65, None)
_TIME = """to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def compared(ids: list[int]) -> sql.Sql:
    """The parts of a statement that begin with a table `compared`: these records with what is said of them.

    It has their details and `newest_...` of each of `SAID`, and `now_...` of each of `SUMMARY`.
    """
    return sql.fill(
        """
        orders AS (
            SELECT e.record_id,
                count(*) FILTER (WHERE e.counts) AS order_count,
                min(e.placed_at) AS first_seen_at,
                min(e.placed_at) FILTER (WHERE e.counts) AS first_order_at,
                max(e.placed_at) FILTER (WHERE e.counts) AS last_order_at,
                substr(max(k.key) FILTER (WHERE e.counts), 30, 36)::uuid AS latest_order_id,
                {newest_of_orders}
            FROM unnest({ids}) AS w(id)
            -- OFFSET 0: as for the figures
            CROSS JOIN LATERAL (SELECT * FROM {ledger} e WHERE e.record_id = w.id OFFSET 0) e
            CROSS JOIN LATERAL (
                SELECT (e.counts::int || {order_time} || 'O' || e.order_id) COLLATE "C" AS key
                OFFSET 0  -- once for each order, and not again for each use
            ) k
            GROUP BY e.record_id
        ), compared AS MATERIALIZED (  -- for the same reason
            SELECT r.id, r.locked_fields, r.provenance, r.suggestions, {current}, {summary}, {newest}
            FROM {records} r
            LEFT JOIN orders o ON o.record_id = r.id
            CROSS JOIN LATERAL (
                SELECT (r.account_details ->> 'joined_at')::timestamptz AS joined_at,
                    -- also of an account that is gone: a detail does not go with it
                    r.account_details -> 'fields' AS fields, r.account_details ->> 'account_id' AS id
            ) a
            WHERE r.id = ANY({ids})
        )
        """,
        ledger=sql.table(LedgerEntry),
        records=sql.table(CustomerRecord),
        order_time=sql.Sql(_TIME.format(moment="e.placed_at")),
        newest_of_orders=listed(
            f"max(k.key || {value_of(name, 'e')}) FILTER (WHERE {_is_said(name, 'e')}) AS {name}" for name in SAID
        ),
        current=listed(f"r.{name}" for name in FIELDS),
        summary=listed(
            sql.fill(
                expression + " AS now_" + name,
                is_customer=_IS_CUSTOMER,
                customer=Stage.CUSTOMER.value,
                order=Source.ORDER.value,
            )
            for name, (_, expression) in SUMMARY.items()
        ),
        newest=listed(_newest(name) for name in SAID),
        ids=ids,
    )


# Whether what follows from the ledger beside the details is not what a record `r` has.
SUMMARY_DIFFERS = sql.Sql(
    f"""ROW({", ".join(f"r.{name}" for name in SUMMARY)})
    IS DISTINCT FROM ROW({", ".join(f"c.now_{name}" for name in SUMMARY)})"""
)


def value_of(name: str, row: str) -> str:
    """One detail of a row as it is compared."""
    return f"jsonb_build_array({_fields_of(row, ADDRESS)})::text" if name == WHOLE else f"{row}.{name}"


def _is_said(name: str, row: str) -> str:
    has_lines = f"({_fields_of(row, LINES, ' || ')}) <> ''"
    if name == WHOLE:
        return has_lines
    return f"{row}.{name} <> ''" + (f" AND NOT ({has_lines})" if name in ADDRESS else "")


def _fields_of(row: str, names: Iterable[str], separator: str = ", ") -> str:
    return separator.join(f"{row}.{name}" for name in names)


def _newest(name: str) -> str:
    """The newest of what the orders and the account say of one detail."""
    said = f"a.fields -> '{name}'"
    time = _TIME.format(moment=f"({said} ->> 'at')::timestamptz")
    return f"""greatest(
        o.{name},
        CASE WHEN {said} ->> 'value' <> '' THEN
            ('1' || {time} || 'A' || rpad(a.id, 36) || ({said} ->> 'value')) COLLATE "C"
        END
    ) AS newest_{name}"""


def is_in_line(name: str) -> str:
    known, newest = f"c.provenance -> '{name}'", f"c.newest_{name}"
    if name in ADDRESS:  # the country by itself
        newest = f"CASE WHEN c.newest_{WHOLE} IS NULL THEN {newest} END"
    return f"""(CASE
        WHEN {newest} IS NULL THEN {known} IS NULL
        ELSE {value_of(name, "c")} = substr({newest}, 66) AND {known} ->> 'at' = substr({newest}, 2, 27)
            AND {known} ->> 'origin' = rtrim(substr({newest}, 30, 36))
    END) IS TRUE"""


def listed(parts: Iterable[str | sql.Sql]) -> sql.Sql:
    pieces = [part if isinstance(part, sql.Sql) else sql.Sql(part) for part in parts]
    return sql.Sql(
        ", ".join(piece.text for piece in pieces), tuple(param for piece in pieces for param in piece.params)
    )
