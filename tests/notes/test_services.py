"""Writing notes: their limits."""

from __future__ import annotations

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.notes import services
from tests.factories import make_record, make_staff

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")


def test_a_member_of_staff_who_is_mentioned_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_MENTIONS", 2)
    one, two, three = (make_staff().pk for _ in range(3))

    note = services.create(make_record().pk, "Please call.", actor=STAFF, mentions=[one, two, one])

    assert services.mentioned(note) == {one, two}
    with pytest.raises(CustomerPlusError) as raised:
        services.create(make_record().pk, "Please call.", actor=STAFF, mentions=[one, two, three])
    assert (raised.value.code, raised.value.field) == (ErrorCode.LIMIT_REACHED, "mentions")


def test_lines_end_the_same_way_whoever_wrote_them() -> None:
    assert services.checked(" one\r\ntwo\rthree\nfour \n") == "one\ntwo\nthree\nfour"
