"""Writing the further addresses of a person: their limits, and what is held while one is changed."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from saleor_customer_plus.addresses import services
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.errors import SeveralErrors
from tests.factories import make_record

pytestmark = pytest.mark.django_db


def test_a_label_has_at_most_64_characters() -> None:
    assert services.cleaned({"label": "x" * 64}, region="DE") == {"label": "x" * 64}
    with pytest.raises(SeveralErrors) as raised:
        services.cleaned({"label": "x" * 65}, region="DE")
    assert [(error.field, error.message) for error in raised.value.errors] == [
        ("label", "This may have at most 64 characters.")
    ]


def test_an_address_that_moved_while_its_record_was_locked_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge gives the address to another record: that one has to be locked, too."""
    loser, winner = make_record(), make_record()
    address = CustomerAddress.objects.create(record=loser, city="Bonn", source="STAFF")
    locked: list[list[int]] = []

    def lock_and_merge(record_ids: Collection[int]) -> None:
        locked.append(list(record_ids))
        CustomerAddress.objects.filter(pk=address.pk).update(record=winner, city="Kiel")

    monkeypatch.setattr(services, "lock_rows", lock_and_merge)

    found = services.existing(address.pk)

    assert (found.record_id, found.city) == (winner.pk, "Kiel")
    assert locked == [[loser.pk], [winner.pk]]
