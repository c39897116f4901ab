import logging
from typing import Any

from django.db import migrations

from saleor_customer_plus.records.email import normal_email

_logger = logging.getLogger("saleor_customer_plus")
_NORMAL = normal_email("email")
# Of records that come to have one address, the first keeps it, or whoever has it already. The others stay under an
# address that says which record it is: to merge them is for staff. The next reconciliation places their orders anew.
_ALIGN = f"""
    WITH odd AS (
        SELECT id, {_NORMAL} AS normal, row_number() OVER (PARTITION BY {_NORMAL} ORDER BY id) AS place
        FROM saleor_customer_plus_customerrecord WHERE email <> {_NORMAL}
    ), judged AS (
        SELECT odd.*, normal <> '' AND place = 1 AND NOT EXISTS (
            SELECT FROM saleor_customer_plus_customerrecord o WHERE o.email = odd.normal
        ) AS is_free FROM odd
    ), changed AS (
        UPDATE saleor_customer_plus_customerrecord r SET email =
            CASE WHEN is_free THEN normal ELSE ltrim(left(normal, 220) || ' (record ' || r.id || ')') END
        FROM judged WHERE judged.id = r.id
    )
    SELECT count(*) FILTER (WHERE NOT is_free) FROM judged
"""


def align(apps: Any, schema_editor: Any) -> None:
    """Bring the addresses of records in line with the rule of `records.email`."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_ALIGN)
        (collided,) = cursor.fetchone()
    if collided:
        _logger.warning(
            "%s records have the e-mail address of another record by now. They were kept: look for `(record` in the"
            " list of customers.",
            collided,
        )


class Migration(migrations.Migration):
    dependencies = [("saleor_customer_plus", "0018_without_email_check")]

    operations = [migrations.RunPython(align, migrations.RunPython.noop, elidable=True)]
