"""The connections of the tests themselves."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connections, transaction

WRITER, REPLICA = settings.DATABASE_CONNECTION_DEFAULT_NAME, settings.DATABASE_CONNECTION_REPLICA_NAME


@pytest.mark.django_db
def test_the_replica_has_no_transaction_of_its_own() -> None:
    """If it had, a test after one that empties all tables would leave its transaction open (see tests/databases.py)."""
    with transaction.atomic():
        connections[REPLICA].needs_rollback = True  # as `transaction.Atomic` sets it
        assert connections[WRITER].needs_rollback
        connections[REPLICA].needs_rollback = False
        assert not connections[WRITER].needs_rollback
