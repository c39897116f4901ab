"""Reading the activity log."""

from __future__ import annotations

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.queries import names_of_actors
from tests.factories import make_app, make_staff

pytestmark = pytest.mark.django_db


def test_who_has_no_id_has_no_name_and_takes_it_from_no_other() -> None:
    staff, (app, _token) = make_staff(first_name="Ada", last_name="Lovelace"), make_app(name="ERP")
    nobody = [(ActorType.STAFF, ""), (ActorType.APP, ""), (ActorType.CUSTOMER, "")]
    assert names_of_actors(nobody) == {}
    known = {(ActorType.STAFF, str(staff.pk)): "Ada Lovelace", (ActorType.APP, str(app.pk)): "ERP"}
    assert names_of_actors([*nobody, *known]) == known
