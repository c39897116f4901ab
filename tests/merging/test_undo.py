"""What an undo gives back, also of what came since, and what it leaves and tells."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentPurpose, PreferenceLink
from saleor_customer_plus.consent.suppressions import suppress
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.emails import add_emails, make_primary, remove_email
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.fields.models import FieldValue
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.queries import later_merges_of
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.merging.values import Choice, MergeField
from saleor_customer_plus.newsletter.confirming import Confirmation, confirm
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.newsletter.services import take_up
from saleor_customer_plus.newsletter.tokens import new_token
from saleor_customer_plus.records import images
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord, FormerRecord, record_image_storage
from saleor_customer_plus.sync import incoming_mail, reactions
from tests.factories import (
    change,
    make_address,
    make_field,
    make_field_values,
    make_order,
    make_record,
    make_staff,
    save_settings,
)

from .test_services import actor, decide, merged, parted, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:
    return make_staff(permissions=("manage_users", "manage_staff"))


@pytest.fixture
def pair() -> tuple[CustomerRecord, CustomerRecord]:
    return make_record("anna@example.com"), make_record("ben@example.com")


Pair = tuple[CustomerRecord, CustomerRecord]


def edit(record: CustomerRecord, staff: Any, **values: Any) -> None:
    assert not edit_records({record.pk: values}, by=Writer(actor(staff))).refusals


def test_only_merges_of_the_same_record_are_undone_first(staff: Any) -> None:
    anna, ben, carla, dora, emil = (make_record() for _ in range(5))
    first = merged(staff, anna, ben)
    other = merged(staff, carla, dora)  # of another record, when it was made
    second = merged(staff, anna, emil)
    last = merged(staff, carla, anna)

    later = {id: [one.pk for one in some] for id, some in later_merges_of([first.pk, other.pk, second.pk]).items()}

    assert later == {first.pk: [last.pk, second.pk], other.pk: [last.pk], second.pk: [last.pk]}
    for done in (last, second, first):
        assert parted(staff, done) == []
    assert later_merges_of([other.pk]) == {other.pk: []}
    assert CustomerRecord.objects.get(pk=carla.pk).other_emails == [dora.email]


def test_a_record_that_got_the_number_of_a_merged_one_is_merged_again(staff: Any) -> None:
    anna, ben, carla = make_record(number="A"), make_record(number="B"), make_record(number="C")
    first = merged(staff, ben, carla)
    edit(ben, staff, number="C")
    second = merged(staff, anna, ben)
    assert dict(FormerRecord.objects.values_list("former_id", "number")) == {ben.pk: None, carla.pk: "C"}

    assert parted(staff, second) == []

    assert CustomerRecord.objects.get(pk=ben.pk).number == "C"
    assert parted(staff, first) == ["NUMBER_TAKEN"]
    assert dict(CustomerRecord.objects.values_list("pk", "number")) == {anna.pk: "A", ben.pk: "C", carla.pk: None}


def test_a_number_that_came_by_two_merges_stays_with_whoever_shows_it(staff: Any) -> None:
    anna, ben, carla = make_record(number="A"), make_record(number="B"), make_record(number="C")
    first = merged(staff, ben, carla)
    second = merged(staff, anna, ben)
    edit(anna, staff, number="C")

    assert parted(staff, second) == ["NUMBER_TAKEN"]

    assert dict(CustomerRecord.objects.values_list("pk", "number")) == {anna.pk: "C", ben.pk: "B"}
    assert list(FormerRecord.objects.values_list("former_id", "record", "number")) == [(carla.pk, ben.pk, None)]
    assert parted(staff, first) == ["NUMBER_TAKEN"]
    assert dict(CustomerRecord.objects.values_list("pk", "number")) == {anna.pk: "C", ben.pk: "B", carla.pk: None}
    connection.check_constraints()


def test_a_link_in_a_message_is_of_whoever_has_the_address(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    done = merged(staff, anna, ben)
    make_primary(CustomerRecord.objects.get(), ben.email, actor=actor(staff), context=None)
    token = links.token_of(CustomerRecord.objects.get())

    parted(staff, done)

    link = links.read(token)
    assert link is not None
    assert (link.record_id, link.email) == (ben.pk, ben.email)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_links_of_one_address_the_one_that_works_stays(staff: Any, pair: Pair, first: int) -> None:
    anna, ben = pair
    # Anna had Ben's address once.
    PreferenceLink.objects.create(record=anna, email=ben.email, key="k")
    token = links.token_of(ben)

    done = merged(staff, pair[first], pair[1 - first])

    link = links.read(token)
    assert link is not None
    assert link.record_id == pair[first].pk
    parted(staff, done)
    link = links.read(token)
    assert link is not None
    assert link.record_id == ben.pk


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_a_sign_up_since_subscribes_whoever_has_the_address(
    staff: Any, pair: Pair, settings: Any, confirmed_first: bool
) -> None:
    anna, ben = pair
    settings.EMAIL_URL = "smtp://localhost"
    save_settings(newsletter=True)
    done = merged(staff, anna, ben)
    signup = NewsletterSignup.objects.create(email=ben.email, purposes=["NEWSLETTER"])
    assert take_up(signup.pk)
    signup.refresh_from_db()
    assert signup.record_id == anna.pk
    if confirmed_first:
        assert confirm(new_token(signup), way="page")[0] is Confirmation.CONFIRMED

    parted(staff, done)

    assert NewsletterSignup.objects.get().record_id == ben.pk
    assert Mail.objects.get().record_id == ben.pk
    assert confirm(new_token(signup), way="page")[0] is (
        Confirmation.ALREADY if confirmed_first else Confirmation.CONFIRMED
    )
    assert states(anna.pk) == {}
    assert states(ben.pk) == {"NEWSLETTER": "SUBSCRIBED"}


def test_a_sign_up_of_before_stays_with_its_record(staff: Any, pair: Pair, settings: Any) -> None:
    anna, ben = pair
    settings.EMAIL_URL = "smtp://localhost"
    save_settings(newsletter=True)
    add_emails({anna.pk: ["old@example.com"]}, by=Writer(actor(staff)))
    signup = NewsletterSignup.objects.create(email="old@example.com", purposes=["NEWSLETTER"])
    assert take_up(signup.pk)
    signup.refresh_from_db()
    confirm(new_token(signup), way="page")
    remove_email(anna, "old@example.com", actor=actor(staff))
    add_emails({ben.pk: ["old@example.com"]}, by=Writer(actor(staff)))

    parted(staff, merged(staff, anna, ben))

    assert NewsletterSignup.objects.get().record_id == anna.pk
    assert (states(anna.pk), states(ben.pk)) == ({"NEWSLETTER": "SUBSCRIBED"}, {})


MESSAGE = "From: {sender}\r\nTo: shop@example.com\r\nMessage-ID: <{id}@example.com>\r\nSubject: Hello\r\n\r\nHello.\r\n"


def test_messages_since_are_of_whoever_has_the_address(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    save_settings(mail_sender="shop@example.com")
    done = merged(staff, anna, ben)
    for number, sender in enumerate((anna.email, f"Ben <{ben.email.upper()}>")):
        incoming_mail.take(MESSAGE.format(sender=sender, id=number).encode())
    assert set(Mail.objects.values_list("record", flat=True)) == {anna.pk}

    parted(staff, done)

    assert list(Mail.objects.order_by("pk").values_list("record", flat=True)) == [anna.pk, ben.pk]
    told = ActivityEntry.objects.filter(type=ActivityType.MESSAGE_RECEIVED).order_by("pk")
    assert list(told.values_list("record", flat=True)) == [anna.pk, ben.pk]


def test_an_undo_outlives_a_column_that_came_since(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    make_field("size")
    make_field_values(ben, size="L")
    done = Merge.objects.get(pk=merged(staff, anna, ben).pk)
    for side in (done.before, done.after):
        del side["row"]["lawful_basis"]
    done.save()
    kept = done.merged_records.get()
    del kept.row["lawful_basis"]
    kept.save()

    assert parted(staff, done) == []

    assert dict(CustomerRecord.objects.values_list("pk", "lawful_basis")) == {anna.pk: "", ben.pk: ""}
    assert FieldValue.objects.get().record_id == ben.pk


def test_pictures_are_kept_for_an_undo_and_for_nothing_else(staff: Any, on_commit: Any) -> None:
    anna, ben, carla = make_record(), make_record(), make_record()
    storage = record_image_storage()

    def picture(record: CustomerRecord) -> str:
        with on_commit():
            return images.set_image(record.pk, (b"picture", "jpg"), actor=actor(staff))

    annas, bens, carlas = (picture(record) for record in (anna, ben, carla))
    with on_commit():
        done = merged(staff, anna, ben, carla)
        images.remove_images([anna.pk], actor=actor(staff))
    assert [storage.exists(name) for name in (annas, bens, carlas)] == [False, True, True]

    with on_commit():
        parted(staff, done)

    assert dict(CustomerRecord.objects.values_list("pk", "image")) == {anna.pk: "", ben.pk: bens, carla.pk: carlas}
    with on_commit():
        merged(staff, anna, ben, carla)
        delete_records([anna.pk], actor=actor(staff))
    assert [storage.exists(name) for name in (bens, carlas)] == [False, False]


def test_a_picture_that_nobody_gets_back_is_removed(staff: Any, pair: Pair, on_commit: Any) -> None:
    anna, ben = pair
    with on_commit():
        mine, other = (images.set_image(one.pk, (b"picture", "jpg"), actor=actor(staff)) for one in pair)
        done = merged(staff, anna, ben, choices=[Choice(MergeField.IMAGE, ben.pk)])
    with on_commit():
        newer = images.set_image(anna.pk, (b"newer", "jpg"), actor=actor(staff))
    storage = record_image_storage()
    assert [storage.exists(name) for name in (mine, other, newer)] == [True, True, True]

    with on_commit():
        assert parted(staff, done) == ["EDITED_SINCE"]

    assert dict(CustomerRecord.objects.values_list("pk", "image")) == {anna.pk: newer, ben.pk: other}
    assert [storage.exists(name) for name in (mine, other, newer)] == [False, True, True]


def test_an_address_of_which_somebody_edited_a_part_stays_as_a_whole_and_is_told(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    done = merged(staff, anna, ben)
    order = make_order(ben.email, billing_address=make_address(street_address_1="Via Roma 1", city="Bonn"))
    reactions.orders_changed([str(order.pk)])
    edit(anna, staff, city="Rome")
    change(order, user_email=anna.email)  # it was hers
    reactions.orders_changed([str(order.pk)])

    _, conflicts = undo(done.pk, actor=actor(staff), requestor=staff)

    assert [(one.code, one.record_id, one.what) for one in conflicts] == [("EDITED_SINCE", anna.pk, "address")]
    streets = CustomerRecord.objects.order_by("pk").values_list("street_address_1", "city")
    assert list(streets) == [("Via Roma 1", "Rome"), ("", "")]


def test_what_somebody_wrote_again_as_it_was_stays_locked_and_is_told(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    edit(anna, staff, first_name="Ann")
    CustomerRecord.objects.filter(pk=anna.pk).update(locked_fields=[])
    edit(ben, staff, first_name="Ben")
    done = merged(staff, anna, ben)
    assert CustomerRecord.objects.get().first_name == "Ben"
    edit(anna, staff, first_name="Ann")

    _, conflicts = undo(done.pk, actor=actor(staff), requestor=staff)

    assert [(one.code, one.record_id, one.what) for one in conflicts] == [("EDITED_SINCE", anna.pk, "first_name")]
    names = CustomerRecord.objects.order_by("pk").values_list("first_name", "locked_fields")
    assert list(names) == [("Ann", ["first_name"]), ("Ben", ["first_name"])]


def test_an_address_that_was_removed_since_is_told(staff: Any) -> None:
    anna, ben = make_record(), make_record(others=["ben@example.org"])
    done = merged(staff, anna, ben)
    remove_email(CustomerRecord.objects.get(), "ben@example.org", actor=actor(staff))

    assert parted(staff, done) == ["EMAIL_GONE"]

    back = CustomerRecord.objects.get(pk=ben.pk)
    assert (back.email, back.other_emails) == (ben.email, [])


def test_an_undo_waits_until_an_address_is_free(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    done = merged(staff, anna, ben)
    remove_email(CustomerRecord.objects.get(), ben.email, actor=actor(staff))
    taker = make_record(others=[ben.email])

    with pytest.raises(CustomerPlusError) as refused:
        undo(done.pk, actor=actor(staff), requestor=staff)

    assert (refused.value.code, refused.value.field) == (ErrorCode.UNIQUE, "merge_id")
    assert set(CustomerRecord.objects.values_list("pk", flat=True)) == {anna.pk, taker.pk}
    remove_email(taker, ben.email, actor=actor(staff))
    assert parted(staff, done) == []
    assert CustomerRecord.objects.get(pk=ben.pk).email == ben.email


def test_a_unique_value_that_somebody_got_since_does_not_return(staff: Any, pair: Pair) -> None:
    anna, ben = pair
    make_field("card", is_unique=True)
    make_field_values(anna, card="1")
    make_field_values(ben, card="2")
    done = merged(staff, anna, ben, choices=[Choice(MergeField.FIELD, anna.pk, "card")])
    other = make_record()
    make_field_values(other, card="2")

    _, (told,) = undo(done.pk, actor=actor(staff), requestor=staff)

    assert (told.code, told.record_id, told.what) == ("FIELD_VALUE_LOST", ben.pk, "fields.card")
    values = FieldValue.objects.values_list("record", "value")
    assert dict(values) == {anna.pk: "1", other.pk: "2"}


def test_records_with_many_addresses_are_merged_and_parted(staff: Any) -> None:
    records = [make_record(others=[f"{person}.{number}@example.com" for number in range(20)]) for person in range(3)]
    before = list(CustomerRecord.objects.order_by("pk").values("pk", "email", "other_emails"))

    done = merged(staff, *records)

    assert len(CustomerRecord.objects.get().other_emails) == 62
    (refused,) = add_emails({records[0].pk: ["one.more@example.com"]}, by=Writer(actor(staff)))[records[0].pk]
    assert refused.code == ErrorCode.INVALID
    assert parted(staff, done) == []
    assert list(CustomerRecord.objects.order_by("pk").values("pk", "email", "other_emails")) == before


@pytest.mark.parametrize(("decided", "held"), [("SUBSCRIBED", "UNSUBSCRIBED"), (None, None)])
def test_a_suppressed_address_counts_where_somebody_decided(
    staff: Any, pair: Pair, decided: str | None, held: str | None
) -> None:
    anna, ben = pair
    if decided:
        decide(anna, decided)
    suppress({ben.email: [ConsentPurpose.NEWSLETTER]}, job_id=1)

    done = merged(staff, anna, ben)

    assert states(anna.pk).get("NEWSLETTER") == held
    parted(staff, done)
    assert states(anna.pk).get("NEWSLETTER") == decided
    assert states(ben.pk) == {}
