"""Finding pairs and groups: of all records, and of those that changed."""

from __future__ import annotations

import pytest

from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.merging.duplicates import duplicates_job, finding
from saleor_customer_plus.merging.duplicates.models import DuplicateGroup, DuplicatePair

from ...factories import make_record

pytestmark = pytest.mark.django_db


def search() -> None:
    job = duplicates_job.create()
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED


def test_smoke() -> None:
    a = make_record("anna.rossi@gmail.com", first_name="Anna", last_name="Rossi", phone="+393331234567")
    b = make_record("annarossi+shop@googlemail.com", first_name="Anna", last_name="Rossi", phone="+393331234567")
    make_record("bob@example.com", first_name="Bob", last_name="Miller")
    search()
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.band) == (a, b, 3)
    assert DuplicateGroup.objects.get().pk == pair.group_id
    b.first_name = "Bruno"
    b.save()
    finding.refresh([b.pk])
    print(DuplicatePair.objects.get().reasons)
    b.delete()
    assert not DuplicatePair.objects.exists()
