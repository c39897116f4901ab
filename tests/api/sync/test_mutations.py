"""Reconciliations by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.sync import reconciliation

from ...client import Api
from ...factories import make_job, make_order, make_staff, make_token

pytestmark = pytest.mark.django_db

START = """
  mutation($since: DateTime) { customerReconciliationStart(since: $since) {
    job { id kind state createdBy { type id } } errors { field code message }
  } }
"""
SHOW = """
  query($id: ID!) { customerJob(id: $id) {
    state phase progress { rowsRead fraction }
    report { ... on CustomerReconciliationReport {
      since seen { accounts orders ledger records }
      drift { total recordsCreated ledgerAdded figuresCorrected ledgerRemoved } setAside
    } }
  } }
"""
LIST = """
  query($filter: CustomerJobFilterInput) { customerJobs(filter: $filter, first: 9) { edges { node { kind } } } }
"""


def test_staff_start_one_and_see_what_it_corrected(api: Api, staff: Any, on_commit: Any) -> None:
    make_order("anna@example.com", total=10)
    with on_commit():
        job = api(START)["customerReconciliationStart"]["job"]
    assert (job["kind"], job["state"]) == ("RECONCILIATION", "PENDING")
    assert job["createdBy"] == {"type": "STAFF", "id": to_global_id("User", staff.pk)}

    assert LedgerEntry.objects.get().record is not None
    assert api(SHOW, id=job["id"])["customerJob"] == {
        "state": "SUCCEEDED",
        "phase": "records",
        "progress": {"rowsRead": 4, "fraction": 1.0},
        "report": {
            "since": None,
            "seen": {"accounts": 1, "orders": 1, "ledger": 1, "records": 1},
            "drift": {"total": 4, "recordsCreated": 1, "ledgerAdded": 1, "figuresCorrected": 1, "ledgerRemoved": 0},
            "setAside": 0,
        },
    }


def test_one_that_is_limited_to_recent_changes(api: Api, on_commit: Any) -> None:
    make_order("old@example.com", updated_at=timezone.now() - timedelta(days=9))
    make_order("new@example.com")
    since = timezone.now() - timedelta(days=1)
    with on_commit():
        job = api(START, since=since.isoformat())["customerReconciliationStart"]["job"]
    shown = api(SHOW, id=job["id"])["customerJob"]["report"]
    assert (shown["since"], shown["seen"]["orders"]) == (since.isoformat(), 1)
    assert LedgerEntry.objects.get().email == "new@example.com"


def test_there_is_one_at_a_time(api: Api) -> None:
    api(START)
    refused = api(START)["customerReconciliationStart"]
    assert refused["job"] is None
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [(None, "ALREADY_EXISTS")]
    assert reconciliation.all_runs().count() == 1


def test_only_who_may_manage_users_starts_one(api: Api) -> None:
    errors = api.by(make_token(make_staff(permissions=()))).errors(START)
    assert "MANAGE_USERS" in errors[0]["message"]
    assert not reconciliation.all_runs().exists()


def test_what_is_aside_is_not_known_before_the_end(api: Api) -> None:
    job = reconciliation.create(actor=Actor(ActorType.SYNC))
    assert api(SHOW, id=to_global_id("CustomerJob", job.pk))["customerJob"]["report"]["setAside"] is None


def test_the_list_of_jobs_has_them_only_where_they_are_asked_for(api: Api) -> None:
    for kind in ("RECONCILIATION", "IMPORT"):
        make_job(kind, state="SUCCEEDED")

    def kinds(filter: Any) -> list[str]:
        return [edge["node"]["kind"] for edge in api(LIST, filter=filter)["customerJobs"]["edges"]]

    assert kinds(None) == kinds({"states": ["SUCCEEDED"]}) == ["IMPORT"]
    assert kinds({"kinds": ["RECONCILIATION"]}) == ["RECONCILIATION"]
    assert sorted(kinds({"kinds": ["RECONCILIATION", "IMPORT"]})) == ["IMPORT", "RECONCILIATION"]
